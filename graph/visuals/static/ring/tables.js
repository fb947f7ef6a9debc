// The words on top, what would break the ring, and the members' table: the accessible twin of the picture.

function buildWhy() {
  const ring = data.ring;
  byId("ring-name").textContent = "Ring " + ring.id;
  byId("ring-place").textContent = "Rank " + ring.rank + " · " + ring.typology + " · as of " + ring.asOf;
  if (data.map) byId("ring-map").append(el("a", { href: data.map }, "Map of the ring"), " · part " + data.part);
  byId("why-title").textContent = ring.headline;
  byId("why-words").textContent = ring.sure;
  byId("why-changed").textContent = ring.changed;
  byId("why-changed").hidden = !ring.changed;
  const tile = (name, value, note, className) => el("div", { class: className || null }, el("dt", {}, name), el("dd", {}, value, note ? el("small", {}, note) : null));
  byId("why-numbers").append(
    tile("Score", ring.score, "", "score"), tile("q-value", ring.q, "p-value " + ring.p), tile("Typology", ring.typology, ring.lineage ? "ring " + ring.lineage : ""),
    tile("Money moved", ring.moved), tile("Gone bad", ring.bad, ring.share), tile("First seen", ring.first), tile("Last seen", ring.last),
    ...(ring.found ? [tile("Found by", ring.found)] : []));
  const reasons = data.evidence.filter((evidence) => !evidence.against && evidence.strength > 0).slice(0, 3);
  const against = data.evidence.filter((evidence) => evidence.against);
  byId("why-strongest").append(...(reasons.length ? reasons.map(signalLine) : [el("p", {}, "No signal was raised.")]));
  byId("why-against").classList.add("against");
  byId("why-against").append(...(against.length ? against.slice(0, 4).map(signalLine) : [el("p", { class: "muted" }, "No signal speaks for the members. That is no proof: look at the members' own facts.")]));
  byId("why-seen").hidden = !ring.seen.length;
  byId("why-seen").querySelector("ul").append(...ring.seen.map((sentence) => el("li", {}, sentence)));
  byId("foot-currency").textContent = ring.currency || "the run's currency";
}

function signalLine(evidence) {
  return el("li", {}, el("span", { class: "strength" }, meterOf(evidence.strength), evidence.strength.toFixed(2)), el("span", {}, evidence.sentence));
}

function buildBreaks() {
  if (!data.breaks) {
    byId("breaks-words").append("This is worked out over the whole ring: see ", el("a", { href: data.map }, "its map"), ".");
    return;
  }
  byId("breaks-words").textContent = data.breaks.says;
  const cut = data.breaks.rows.map(linkOf);
  if (!cut.length) return;
  if (!isMap) {
    const pairs = new Set(cut.map((link) => bundleOfPair.get(pairKey(link.source, link.target))));
    const show = el("button", { type: "button", onclick: () => { choose([], false); highlight([...pairs], "Red: what would break it."); byId("picture").scrollIntoView(); } }, "Show in the picture");
    byId("breaks-links").append(el("div", { class: "acts" }, show));
  }
  linkCards(cut, byId("breaks-links"));
}

// The members ---------------------------------------------------------------------------------------------------

const FIRST_ROWS = 400;
const COLUMNS = [
  ["Member", (row) => row.node.name.toLowerCase(), false], ["Type", (row) => row.node.kind, false], ["Role", (row) => row.node.role, false],
  ["Risk", (row) => row.node.risk, true], ["Links", (row) => row.links, true], ["Amount", (row) => row.amount, true], ["First", (row) => row.first, true], ["Last", (row) => row.last, true],
];
const table = { rows: [], sort: 3, down: true, all: false };

function buildTable() {
  const touched = members.map((node) => ({ node, links: 0, amount: 0, first: -1, last: -1 }));
  for (const link of links) for (const end of new Set([link.sourceMember, link.targetMember])) {
    const row = touched[end];
    row.links += 1;
    row.amount += link.amount;
    if (link.first >= 0) row.first = row.first < 0 ? link.first : Math.min(row.first, link.first);
    row.last = Math.max(row.last, link.last);
  }
  table.rows = touched;
  byId("members-title").textContent = plural(members.length, "member");
  const heads = COLUMNS.map(([word, , number], place) => el("th", { scope: "col", class: number ? "n" : null }, el("button", { type: "button", onclick: () => sortBy(place) }, isMap && place === 4 ? "Links to other parts" : word)));
  byId("members-table").tHead.append(el("tr", {}, ...heads, isMap ? el("th", { scope: "col" }, "Part") : null));
  byId("members-more").addEventListener("click", () => { table.all = true; fillTable(); });
  window.addEventListener("beforeprint", () => { table.all = true; fillTable(); printEvidence(); });
  fillTable();
}

function sortBy(place) {
  table.down = table.sort === place ? !table.down : COLUMNS[place][2];
  table.sort = place;
  fillTable();
}

function fillTable() {
  const value = COLUMNS[table.sort][1];
  const sign = table.down ? -1 : 1;
  table.rows.sort((x, y) => (value(x) < value(y) ? -sign : value(x) > value(y) ? sign : x.node.index - y.node.index));
  const rows = table.all ? table.rows : table.rows.slice(0, FIRST_ROWS);
  byId("members-table").tBodies[0].replaceChildren(...rows.map(tableRow));
  [...byId("members-table").tHead.rows[0].cells].forEach((cell, place) => { if (place === table.sort) cell.setAttribute("aria-sort", table.down ? "descending" : "ascending"); else cell.removeAttribute("aria-sort"); });
  byId("members-more").hidden = rows.length === table.rows.length;
  byId("members-more").textContent = "Show all " + grouped.format(table.rows.length) + " members";
  markTable();
}

function tableRow(row) {
  const node = row.node;
  const open = isMap ? document.createTextNode(node.name) : el("button", { type: "button", onclick: () => { choose([node.index], true); byId("picture").scrollIntoView(); } }, node.name);
  const known = node.name === node.entity ? null : el("div", { class: "muted" }, node.entity);
  const number = (text) => el("td", { class: "n" }, text);
  row.line = el("tr", {}, el("td", {}, open, known), el("td", {}, kindWord(node)), el("td", {}, node.role), el("td", { class: "n" }, badgeOfRow(node.risk)), number(grouped.format(row.links)), number(row.amount ? money(row.amount) : "–"),
    number(row.first < 0 ? "–" : dayOf(row.first)), number(row.last < 0 ? "–" : dayOf(row.last)), isMap ? el("td", {}, el("a", { href: data.parts[node.part] }, "part " + (node.part + 1))) : null);
  return row.line;
}

function badgeOfRow(risk) { return el("span", { class: "badge" + (risk >= HIGH ? " high" : risk >= MIDDLE ? " mid" : "") }, (risk >= HIGH ? "! " : "") + riskText(risk)); }

function markTable() {
  if (isMap) return;
  for (const row of table.rows) if (row.line) row.line.className = (shown.nodes[row.node.index] ? "" : "off") + (view.chosen.has(row.node.index) ? " chosen" : "");
}

function printEvidence() {
  byId("why-seen").open = true;
  byId("evidence-print").replaceChildren(el("h2", {}, "Evidence"), ...data.evidence.map(evidenceCard));
  for (const part of byId("evidence-print").querySelectorAll("details")) part.open = true;
}
