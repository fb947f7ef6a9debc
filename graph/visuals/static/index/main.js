// The ranked list: sorted and filtered here, in the browser, over data that came with the page.

const data = JSON.parse(document.getElementById("data").textContent);
const FIELDS = ["rank", "id", "file", "score", "q", "typology", "flagged", "sizes", "amount", "bad", "first", "last", "lineage", "changed", "sentence"];
const rings = data.rings.map((row) => Object.fromEntries(FIELDS.map((field, place) => [field, row[place]])));
const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const FIRST_ROWS = 200;
const COLUMNS = [
  ["Rank", "rank", "n", false], ["Score", "score", "score", true], ["Ring", "id", "ring", false], ["Members", "members", "", true],
  ["Moved", "amount", "n money", true], ["Gone bad", "bad", "n money", true], ["First seen", "first", "day", true], ["Last seen", "last", "day", true], ["Strongest signal", "", "why", false],
];
const list = { sort: "rank", down: false, all: false };

function byId(id) { return document.getElementById(id); }
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) if (value !== null && value !== "") element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}
function plural(count, word) { return grouped.format(count) + " " + word + (count === 1 ? "" : "s"); }

for (const ring of rings) {
  ring.members = ring.sizes.reduce((sum, size) => sum + size, 0);
  ring.words = [ring.id, ring.typology, ring.lineage, ring.sentence, ring.changed].join("\n").toLowerCase();
}

function wanted() {
  const text = byId("search").value.trim().toLowerCase();
  const [kind, score, money] = [byId("typology").value, Number(byId("score").value) || 0, Number(byId("money").value) || 0];
  return rings.filter((ring) => ring.score >= score && ring.amount >= money && (!kind || ring.typology === kind) && (!text || ring.words.includes(text)));
}

function fill() {
  const found = wanted();
  const sign = list.down ? -1 : 1;
  found.sort((x, y) => (x[list.sort] < y[list.sort] ? -sign : x[list.sort] > y[list.sort] ? sign : x.rank - y.rank));
  const rows = list.all ? found : found.slice(0, FIRST_ROWS);
  byId("rings").tBodies[0].replaceChildren(...rows.map(line));
  [...byId("rings").tHead.rows[0].cells].forEach((cell, place) => { if (COLUMNS[place][1] === list.sort) cell.setAttribute("aria-sort", list.down ? "descending" : "ascending"); else cell.removeAttribute("aria-sort"); });
  byId("more").hidden = rows.length === found.length;
  byId("more").textContent = "Show all " + grouped.format(found.length);
  byId("said").textContent = found.length === rings.length ? "" : grouped.format(found.length) + " of " + plural(rings.length, "ring");
  byId("none").hidden = found.length > 0;
  document.querySelector(".table-box").hidden = found.length === 0;
  byId("none").textContent = rings.length ? "No ring passes these filters." : "No rings found. Looked at " + data.counts.join(", ") + ".";
}

function line(ring) {
  const sizes = ring.sizes.map((size, place) => (size ? plural(size, data.kinds[place]) : "")).filter(Boolean).join(", ");
  const cells = [
    [grouped.format(ring.rank)],
    [el("meter", { min: "0", max: "1", value: String(ring.score), "aria-label": "score" }), (ring.score > 0.995 ? Math.min(ring.score, 0.999).toFixed(3) : ring.score.toFixed(2)), el("span", { class: "small" }, "q " + (ring.q < 0.0001 ? "< 0.0001" : String(ring.q)))],
    [el("a", { href: ring.file }, ring.id), ring.flagged ? el("span", { class: "flag" }, "flagged") : "", el("span", { class: "small" }, ring.typology + (ring.lineage && ring.lineage !== "born" ? ", " + ring.lineage : ""))],
    [grouped.format(ring.members), el("span", { class: "small" }, sizes)],
    [grouped.format(ring.amount)], [grouped.format(ring.bad), el("span", { class: "small" }, ring.amount > 0 ? Math.round((100 * ring.bad) / ring.amount) + " %" : "")],
    [ring.first], [ring.last], [ring.sentence, ring.changed && ring.lineage !== "continued" ? el("span", { class: "small" }, ring.changed) : ""],
  ];
  return el("tr", {}, ...cells.map((content, place) => el("td", { class: COLUMNS[place][2] }, ...content)));
}

function build() {
  const flagged = rings.filter((ring) => ring.flagged).length;
  byId("title").textContent = rings.length ? plural(rings.length, "ring") + ", " + (flagged ? grouped.format(flagged) : "none") + " flagged" : "No rings found";
  byId("run").textContent = "As of " + data.asOf + ", among " + data.counts.join(", ") + ". Amounts in " + data.currency + ". Flagged is a score of " + data.flaggedFrom + " and more.";
  byId("remarks").append(...data.remarks.map((remark) => el("li", {}, remark)));
  byId("foot").textContent = (data.version ? data.version + ". " : "") + "Days in UTC. This page asks nothing of any network.";
  byId("rings").tHead.append(el("tr", {}, ...COLUMNS.map(head)));
  const kinds = [...new Set(rings.map((ring) => ring.typology))].sort();
  byId("typology").append(new Option("all", ""), ...kinds.map((kind) => new Option(kind, kind)));
  byId("typology").value = "";
  byId("flagged").hidden = !flagged || flagged === rings.length;
  byId("flagged").addEventListener("click", () => { byId("score").value = data.flaggedFrom; list.all = false; fill(); });
  for (const id of ["search", "typology", "score", "money"]) byId(id).addEventListener("input", () => { list.all = false; fill(); });
  byId("clear").addEventListener("click", () => { byId("filters").reset(); byId("typology").value = ""; fill(); });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").hidden = rings.length === 0;
  byId("dissolved").hidden = data.dissolved.length === 0;
  byId("dissolved-title").textContent = plural(data.dissolved.length, "ring") + " of the previous run dissolved";
  byId("dissolved-rings").append(...data.dissolved.flatMap(([id, why]) => [el("dt", {}, id), el("dd", {}, why)]));
  byId("more").addEventListener("click", () => { list.all = true; fill(); });
  window.addEventListener("beforeprint", () => { list.all = true; fill(); });
  document.addEventListener("keydown", (event) => { if (event.key === "/" && event.target.tagName !== "INPUT") { event.preventDefault(); byId("search").focus(); } });
  fill();
  document.documentElement.dataset.ready = "yes";
}

function head([word, field, className, down]) {
  if (!field) return el("th", { scope: "col", class: className }, word);
  const button = el("button", { type: "button" }, word);
  button.addEventListener("click", () => { list.down = list.sort === field ? !list.down : down; list.sort = field; fill(); });
  return el("th", { scope: "col", class: className }, button);
}

build();
window.indexPage = { rings, list };
