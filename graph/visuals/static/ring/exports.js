// PNG, CSV, GraphML and the link to this view. A cell never starts a formula, a text never ends its element.

function save(name, content) {
  const link = el("a", { href: URL.createObjectURL(content), download: data.file + name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function savePng() {
  const source = byId("canvas").querySelector("canvas");
  const strip = 30 * (window.devicePixelRatio || 1);
  const picture = el("canvas", {});
  picture.width = source.width;
  picture.height = source.height + strip;
  const ctx = picture.getContext("2d");
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.drawImage(source, 0, 0);
  ctx.fillStyle = "#17212b";
  ctx.font = strip * 0.45 + "px sans-serif";
  ctx.fillText("Ring " + data.ring.id + " · score " + data.ring.score + " · as of " + data.ring.asOf, strip * 0.4, source.height + strip * 0.65);
  picture.toBlob((blob) => save(".png", blob), "image/png");
}

function csvCell(value) {
  const text = String(value);
  const guarded = typeof value === "string" && /^[=+\-@\t\r＝＋－＠]/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(guarded) ? '"' + guarded.replaceAll('"', '""') + '"' : guarded;
}

// With a byte order mark: without it a spreadsheet reads UTF-8 as something else.
function csvText(rows) { return "\ufeff" + rows.map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n"; }

function membersCsv() {
  const rows = [["kind", "id", "name", "role", "risk", "links", "shown"]];
  for (const node of members) {
    rows.push([data.kinds[node.kind].name, exactId(node), node.name, node.role, node.risk, node.links.length, isMap || shown.nodes[node.index] ? "yes" : "no"]);
  }
  return csvText(rows);
}

function linksCsv() {
  const rows = [["link", "source", "target", "count", "amount", "bad_amount", "currency", "first_at", "last_at", "refunded", "disputed", "defaulted", "table", "shown"]];
  for (const link of links) {
    const type = data.linkTypes[link.type];
    rows.push([type.name, exactId(members[link.sourceMember]), exactId(members[link.targetMember]), link.count, link.amount, link.bad, data.ring.currency, stamp(link.first), stamp(link.last),
      link.refunded, link.disputed, link.defaulted, type.table, shown.links[link.index] ? "yes" : "no"]);
  }
  return csvText(rows);
}

function stamp(minute) { return minute < 0 ? "" : new Date(minute * 60000).toISOString().slice(0, 16) + "Z"; }

function saveMembers() { save("-members.csv", new Blob([membersCsv()], { type: "text/csv;charset=utf-8" })); }
function saveLinks() { save("-links.csv", new Blob([linksCsv()], { type: "text/csv;charset=utf-8" })); }

function xml(value) {
  return String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&apos;");
}

const NODE_KEYS = [["kind", "string"], ["entity", "string"], ["name", "string"], ["role", "string"], ["risk", "double"], ["x", "int"], ["y", "int"]];
const LINK_KEYS = [["type", "string"], ["count", "int"], ["amount", "double"], ["bad_amount", "double"], ["first_at", "string"], ["last_at", "string"]];

function graphml() {
  const key = (side) => ([name, type]) => '<key id="' + side + "_" + name + '" for="' + side + '" attr.name="' + name + '" attr.type="' + type + '"/>';
  const values = (side, keys, found) => keys.map(([name], place) => '<data key="' + side + "_" + name + '">' + xml(found[place]) + "</data>").join("");
  const nodeLines = members.map((node, index) => '<node id="n' + index + '">' + values("node", NODE_KEYS, [data.kinds[node.kind].name, exactId(node), node.name, node.role, node.risk, node.x || 0, node.y || 0]) + "</node>");
  const linkLines = links.map((link) => '<edge id="e' + link.index + '" source="n' + link.sourceMember + '" target="n' + link.targetMember + '">' +
    values("edge", LINK_KEYS, [data.linkTypes[link.type].name, link.count, link.amount, link.bad, stamp(link.first), stamp(link.last)]) + "</edge>");
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">', ...NODE_KEYS.map(key("node")), ...LINK_KEYS.map(key("edge")),
    '<graph id="ring" edgedefault="directed">', ...nodeLines, ...linkLines, "</graph>", "</graphml>", ""].join("\n");
}

function saveGraphml() { save(".graphml", new Blob([graphml()], { type: "application/xml" })); }

// The view as a link: numbers only, so that no name can ride in it ------------------------------------------------

function viewHash() {
  const found = new URLSearchParams();
  const put = (name, list) => { if (list.length) found.set(name, list.join(".")); };
  put("kinds", [...filters.kinds]);
  put("types", [...filters.types]);
  put("hidden", [...filters.hidden]);
  put("pinned", [...view.pinned]);
  put("chosen", [...view.chosen]);
  put("only", filters.only ? [...filters.only] : []);
  if (filters.risk) found.set("risk", filters.risk);
  if (filters.amount) found.set("amount", filters.amount);
  if (filters.from !== -Infinity) found.set("from", byId("from").value);
  if (filters.to !== Infinity) found.set("to", byId("to").value);
  const moved = nodes.filter((node) => node.moved).map((node) => node.index + "_" + node.moved.map(Math.round).join("_"));
  put("moved", moved);
  const { x, y } = network.getViewPosition();
  found.set("at", [Math.round(x), Math.round(y), network.getScale().toFixed(3)].join("_"));
  return "#" + found.toString();
}

function numbersOf(text, below) { return (text || "").split(".").filter(Boolean).map(Number).filter((value) => Number.isInteger(value) && value >= -1 && value < below); }

function restoreView() {
  const found = new URLSearchParams(window.location.hash.slice(1));
  if (!found.has("at")) return false;
  numbersOf(found.get("kinds"), 4).forEach((value) => filters.kinds.add(value));
  numbersOf(found.get("types"), data.linkTypes.length).forEach((value) => filters.types.add(value));
  const chosenNodes = (name) => numbersOf(found.get(name), nodes.length).filter((index) => index >= 0);
  chosenNodes("hidden").forEach((index) => filters.hidden.add(index));
  chosenNodes("pinned").forEach((index) => view.pinned.add(index));
  nodeSet.update([...view.pinned].map((index) => ({ id: "n" + index, fixed: true })));
  if (found.has("only")) filters.only = new Set(chosenNodes("only"));
  filters.risk = Math.min(1, Number(found.get("risk")) || 0);
  filters.amount = Number(found.get("amount")) || 0;
  if (found.has("from")) filters.from = minuteAt(Number(found.get("from")) || 0);
  if (found.has("to")) filters.to = minuteAt(Number(found.get("to")) || 0);
  for (const text of (found.get("moved") || "").split(".")) {
    const [index, x, y] = text.split("_").map(Number);
    if (nodes[index] && Number.isFinite(x) && Number.isFinite(y)) { nodes[index].moved = [x, y]; network.moveNode("n" + index, x, y); }
  }
  syncControls();
  const [x, y, scale] = found.get("at").split("_").map(Number);
  choose(chosenNodes("chosen"), false);
  if ([x, y, scale].every(Number.isFinite) && scale > 0) network.moveTo({ position: { x, y }, scale, animation: false });
  return true;
}

network.on("dragEnd", ({ nodes: dragged }) => {
  for (const id of dragged) { const { x, y } = network.getPosition(id); nodes[Number(id.slice(1))].moved = [x, y]; }
});

function copyView() {
  window.location.replace(viewHash());
  const done = () => say("Link copied; it opens this view of this page.");
  const asked = navigator.clipboard ? navigator.clipboard.writeText(window.location.href) : Promise.reject(new Error("no clipboard"));
  asked.then(done, () => say("The address bar now holds the link to this view."));
}
