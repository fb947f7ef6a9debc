"""The gate: whether a challenger may take the champion's place, with the reasons in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from gnn.backtest import Comparison, Harm, Later
from gnn.card import harmless
from gnn.learning import MIN_LATER


@dataclass(frozen=True)
class Rules:
    """What a challenger has to show: so much more average precision, and no subgroup worse by so much.

    Neither counts where its 90 % interval, over resampled rings, holds 0: a few verdicts must not decide.
    """

    margin: float = 0.01
    harm: float = 0.05


@dataclass(frozen=True)
class Ruling:
    """`against` holds every reason to refuse, in sentences; none lets the challenger through."""

    against: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against


def rule(found: Comparison, later: Later, rules: Rules, *, rival: str) -> Ruling:
    """The ruling on what a comparison with `rival`, in words, has found."""
    gain = found.gain
    figure = f"{gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
    against = []
    if min(int(later.fraud.sum()), int(later.legit.sum())) < MIN_LATER:
        against.append(
            f"Only {later.fraud.sum()} frauds and {later.legit.sum()} cleared partners became known "
            f"afterwards; at least {MIN_LATER} of each are needed to judge."
        )
    elif not gain.value >= rules.margin:
        against.append(
            f"It does not beat {rival} by {rules.margin:.3f} in average precision: "
            f"the difference is {figure}."
        )
    elif not gain.low > 0:
        against.append(f"That it beats {rival} may be chance: the difference is {figure}.")
    against += [_harm(one) for one in found.harms if _harmed(one, rules)]
    said = [f"Average precision less that of {rival}: {figure}."]
    judged = len({one.part for one in found.harms})
    said.append(
        f"{judged} subgroups were compared; in {len(found.too_few)} more too few were decided about to tell."
    )
    said += [
        f"{_harm(one)} That may be chance, and is not held against it."
        for one in found.harms
        if one.worse.value > rules.harm and not _harmed(one, rules)
    ]
    if judged:
        said.append(
            f"A subgroup may still fare worse: by up to {rules.harm:.3f}, or by more where its verdicts are "
            "too few to tell that from chance."
        )
    return Ruling(tuple(against), tuple(said))


def _harmed(one: Harm, rules: Rules) -> bool:
    return one.worse.value > rules.harm and one.worse.low > 0


def _harm(one: Harm) -> str:
    verb = "ranked worse" if one.figure == "average precision" else "accused more"
    return (
        f"Partners of {harmless(one.part)} are {verb}: {one.figure} {_by(one)}, "
        f"{one.frauds} frauds, {one.cleared} cleared."
    )


def _by(one: Harm) -> str:
    word = "lower" if one.figure == "average precision" else "higher"
    return f"{word} by {one.worse.value:.3f} ({one.worse.low:.3f} to {one.worse.high:.3f})"
