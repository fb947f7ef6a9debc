import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app import run_folder
from app.run_folder import OutputError, whole_folder

HOLDS = frozenset(("run.json", "a"))


def write_run(out: Path, content: str = "a") -> None:
    with whole_folder(out, may_hold=HOLDS) as draft:
        (draft / "run.json").write_text(json.dumps({"ringwatch": "0"}))
        (draft / "a").write_text(content)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_the_folder_appears_when_the_block_ends(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "out") as draft:
        (draft / "a").touch()
        assert not (tmp_path / "out").exists()
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["a"]


def test_nothing_is_left_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "new" / "deep" / "out"):
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_an_earlier_run_is_replaced_whole(tmp_path: Path) -> None:
    write_run(tmp_path / "out", "first")
    write_run(tmp_path / "out", "second")
    assert (tmp_path / "out" / "a").read_text() == "second"
    assert names(tmp_path) == ["out"]


def test_an_earlier_run_is_replaced_where_names_cannot_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_folder, "_exchange", lambda first, second: False)
    test_an_earlier_run_is_replaced_whole(tmp_path)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_while_writing_is_told_in_a_sentence(tmp_path: Path, number: int) -> None:
    with (
        pytest.raises(OutputError, match=r"out' cannot be written \(the disk .*\); choose another"),
        whole_folder(tmp_path / "new" / "out"),
    ):
        raise OSError(number, os.strerror(number))
    assert names(tmp_path) == []


def test_an_earlier_run_stays_when_the_next_fails(tmp_path: Path) -> None:
    write_run(tmp_path / "out", "first")
    with pytest.raises(ValueError, match="no"), whole_folder(tmp_path / "out", may_hold=HOLDS):
        raise ValueError("no")
    assert (tmp_path / "out" / "a").read_text() == "first"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_run(tmp_path / "out")
    assert names(tmp_path / "out") == ["a", "run.json"]


@pytest.mark.parametrize(
    "files",
    [
        {"precious.txt": "mine"},
        {"run.json": "not JSON"},
        {"run.json": '{"other": 1}'},
        {"run.json": '{"ringwatch": "0"}', "precious.txt": "mine"},
    ],
)
def test_a_folder_with_other_files_is_refused_untouched(tmp_path: Path, files: dict[str, str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name, content in files.items():
        (out / name).write_text(content)
    with pytest.raises(OutputError, match=r"did not write|no run of ringwatch wrote"):
        write_run(out)
    assert {name: (out / name).read_text() for name in names(out)} == files


def test_what_replaces_nothing_is_not_written_over_a_run_and_does_not_disown_it(tmp_path: Path) -> None:
    write_run(tmp_path / "out")
    before = names(tmp_path / "out")
    with (
        pytest.raises(OutputError, match=r"'.*out' is not empty; choose an empty or a new one\.$"),
        whole_folder(tmp_path / "out"),
    ):
        pytest.fail("written")
    assert names(tmp_path / "out") == before


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(OutputError, match="is a file"):
        write_run(tmp_path / "out")


def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"), whole_folder(tmp_path / "file" / "out"):
        pytest.fail("the block must not start")


def test_a_long_name_is_no_trouble(tmp_path: Path) -> None:
    write_run(tmp_path / ("x" * 255))
    assert names(tmp_path) == ["x" * 255]


def test_a_symbolic_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    write_run(tmp_path / "out")
    assert (tmp_path / "out").is_symlink()
    assert names(tmp_path / "real") == ["a", "run.json"]


def test_a_killed_process_leaves_a_draft_that_the_next_removes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = (
        "import pathlib, sys, time\nfrom app.run_folder import whole_folder\n"
        f"with whole_folder(pathlib.Path({str(out)!r})) as draft:\n"
        " (draft / 'half').touch(); print('there', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert not out.exists()
        process.send_signal(signal.SIGKILL)
    assert len(names(tmp_path)) == 1
    write_run(out)
    assert names(tmp_path) == ["out"]


def test_the_draft_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "out", may_hold=HOLDS) as draft:
        write_run(tmp_path / "out")
        assert draft.is_dir()
        (draft / "run.json").write_text('{"ringwatch": "0"}')
        (draft / "a").write_text("later")
    assert (tmp_path / "out" / "a").read_text() == "later"


def test_a_folder_of_the_same_look_is_not_followed_out(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    place = tmp_path / "out"
    (tmp_path / (run_folder._prefix(place) + "link")).symlink_to(precious)
    write_run(place)
    assert names(precious) == ["file"]


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_run(tmp_path / "out")
    finally:
        os.umask(before)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o750


def test_the_lock_is_given_back(tmp_path: Path) -> None:
    write_run(tmp_path / "out")
    handle = os.open(tmp_path / "out", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(handle)
