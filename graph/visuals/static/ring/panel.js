// Evidence on click: every fact with its amount, days, what is usual, and where it stands in the input.

function nodeButton(index) {
  return el("button", { type: "button", onclick: () => choose([index], true) }, members[index].name);
}

function chips(indexes) {
  if (isMap) return el("p", { class: "usual" }, indexes.slice(0, 30).map((index) => members[index].name).join(" · ") + (indexes.length > 30 ? " and " + (indexes.length - 30) + " more" : ""));
  const box = el("div", { class: "chips" }, ...indexes.slice(0, 12).map(nodeButton));
  if (indexes.length > 12) {
    const more = el("button", { type: "button" }, (indexes.length - 12) + " more");
    more.addEventListener("click", () => more.replaceWith(...indexes.slice(12).map(nodeButton)));
    box.append(more);
  }
  return box;
}

function meterOf(strength) {
  const meter = el("meter", { min: "0", max: "1", value: String(strength), "aria-label": "strength" });
  return meter;
}

function evidenceCard(evidence) {
  return el("div", { class: "fact" + (evidence.against ? " against" : "") },
    el("p", { class: "title" }, meterOf(evidence.strength), evidence.strength.toFixed(2) + "  " + evidence.signal),
    el("p", {}, evidence.sentence),
    evidence.measured ? el("p", { class: "usual" }, evidence.measured) : null,
    evidence.nodes.length ? chips(evidence.nodes) : null,
    evidence.outside.length ? el("p", { class: "usual" }, "Beyond the ring: " + evidence.outside.join(" · ")) : null,
    sourcesOf(evidence));
}

function sourcesOf(evidence) {
  if (!evidence.source.length) return null;
  const list = el("ul", {}, ...evidence.source.map((source) => el("li", {}, sourceText(source))));
  return el("details", {}, el("summary", {}, "Where it stands: " + plural(evidence.source.length, "source")), list);
}

function sourceText(source) {
  const rows = source.rows.length ? " – rows " + source.rows.join(", ") + (source.more ? " and " + source.more + " more" : "") : "";
  return source.table + (source.ids.length ? ": " + source.ids.join(" · ") : "") + rows;
}

// One link in words ---------------------------------------------------------------------------------------------

function amounts(link, type) {
  const parts = [plural(link.count, type.unit)];
  if (link.amount) parts.push(money(link.amount));
  const gone = [["refunded", link.refunded], ["disputed", link.disputed], ["defaulted", link.defaulted]].filter((part) => part[1]).map((part) => part[1] + " " + part[0]);
  if (gone.length) parts.push(gone.join(", ") + (link.bad ? " (" + money(link.bad) + ")" : ""));
  return parts.join(" · ");
}

function usual(type) {
  if (type.usualCount === null) return "";
  const usualMoney = type.usualAmount === null ? "" : ", " + money(type.usualAmount);
  return "Usual for such a pair in this run: " + type.usualCount + " " + type.unit + (type.usualCount === 1 ? "" : "s") + usualMoney;
}

function exactId(member) { return member.exact || member.entity; }

function whereOf(link, type) {
  return type.table + " where " + type.columns[0] + " = " + exactId(members[link.sourceMember]) + " and " + type.columns[1] + " = " + exactId(members[link.targetMember]);
}

function citedRows(link, type) {
  const rows = new Set();
  for (const evidence of data.evidence) for (const source of evidence.source) {
    if (source.table !== type.table) continue;
    const hit = source.pairs.some(([a, b]) => Math.min(link.sourceMember, link.targetMember) === a && Math.max(link.sourceMember, link.targetMember) === b);
    if (hit) source.rows.forEach((row) => rows.add(row));
  }
  return [...rows];
}

function linkCard(link) {
  const type = data.linkTypes[link.type];
  const ends = isMap ? [members[link.sourceMember].name, members[link.targetMember].name] : [nodeButton(link.source), nodeButton(link.target)];
  const rows = citedRows(link, type);
  return el("div", { class: "fact" },
    el("p", { class: "title" }, ends[0], " " + type.says + " ", ends[1]),
    el("p", {}, amounts(link, type)),
    el("p", {}, link.first === link.last ? timeOf(link.first) : timeOf(link.first) + " to " + timeOf(link.last)),
    el("p", { class: "usual" }, usual(type)),
    el("p", { class: "where" }, "Rows: " + (rows.length ? rows.join(", ") + ", in " : "") + whereOf(link, type)));
}

const FIRST_CARDS = 25;

function linkCards(all, box) {
  box.append(...all.slice(0, FIRST_CARDS).map(linkCard));
  if (all.length <= FIRST_CARDS) return;
  const more = el("button", { type: "button" }, "Show " + (all.length - FIRST_CARDS) + " more links");
  more.addEventListener("click", () => more.replaceWith(...all.slice(FIRST_CARDS).map(linkCard)));
  box.append(more);
}

// What the panel shows -------------------------------------------------------------------------------------------

function fill(...children) {
  const panel = byId("panel");
  panel.replaceChildren(...children.filter((child) => child !== null));
  panel.scrollTop = 0;
}

function showRing() {
  const against = data.evidence.filter((evidence) => evidence.against);
  const reasons = data.evidence.filter((evidence) => !evidence.against);
  fill(el("h2", {}, "Evidence"), el("p", { class: "muted" }, isMap ? "Select a part or a tie between parts; this is what holds for the ring." : "Select a member or a link; this is what holds for the ring."),
    ...(reasons.length ? reasons.map(evidenceCard) : [el("p", {}, "No signal was raised.")]),
    against.length ? el("h2", {}, "What speaks against") : null, ...against.map(evidenceCard));
}

function badge(risk) {
  const level = risk >= HIGH ? " high" : risk >= MIDDLE ? " mid" : "";
  return el("span", { class: "badge" + level }, (risk >= HIGH ? "! " : "") + "risk " + riskText(risk));
}

function factList(node) {
  const pairs = node.kind < 0 ? [] : [["id", exactId(node)], ["role", node.role]];
  return el("dl", {}, ...[...pairs, ...node.facts].filter((pair) => pair[1]).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

function showNode(index) {
  const node = nodes[index];
  const box = el("div", {});
  const ordered = [...node.links].sort((x, y) => y.weight - x.weight || x.index - y.index);
  linkCards(ordered, box);
  const open = isMap ? el("p", {}, el("a", { href: data.parts[index] }, "Open this part")) : null;
  const mine = evidenceOfNode[index];
  fill(el("h3", {}, node.name), el("p", { class: "muted" }, kindWord(node) + " ", badge(node.risk)), open, factList(node), actions(index),
    mine.length ? el("h2", {}, "Evidence that names it") : null, ...mine.map(evidenceCard),
    el("h2", {}, plural(node.links.length, "link")), box);
}

function actions(index) {
  const act = (word, run) => el("button", { type: "button", onclick: run }, word);
  return el("div", { class: "acts" }, act(view.pinned.has(index) ? "Unpin" : "Pin", togglePin), act("Hide", hideChosen), act("Neighbours only", toggleNeighbours), act("Path from here", startPath));
}

function showBundle(bundle) {
  const box = el("div", {});
  linkCards(bundle.links, box);
  fill(el("h3", {}, nodes[bundle.a].name + " and " + nodes[bundle.b].name), el("p", { class: "muted" }, plural(bundle.links.length, "link") + " between them"), box);
}

function showPath(steps, from, to) {
  if (!steps) { fill(el("h2", {}, "Path"), el("p", {}, "No path of shown links leads from " + nodes[from].name + " to " + nodes[to].name + ".")); return; }
  const box = el("div", {}, ...steps.flatMap((bundle) => bundle.links.filter((link) => shown.links[link.index]).slice(0, 3).map(linkCard)));
  fill(el("h3", {}, "From " + nodes[from].name + " to " + nodes[to].name), el("p", { class: "muted" }, plural(steps.length, "step") + ", by the most telling links"), box);
}

function showMany(chosen) {
  fill(el("h3", {}, plural(chosen.length, "member") + " selected"), chips(chosen), chosen.length === 2 ? el("div", { class: "acts" }, el("button", { type: "button", onclick: startPath }, "Path between them")) : null);
}
