// The data of the page as nodes, links and bundles of parallel links. Names are values here, never keys or markup.

const data = JSON.parse(document.getElementById("data").textContent);
const FIELDS = ["type", "source", "target", "count", "amount", "bad", "first", "last", "refunded", "disputed", "defaulted", "weight", "sourceMember", "targetMember"];

function linkOf(row, index) {
  const link = { index };
  FIELDS.forEach((field, column) => { link[field] = row[column]; });
  if (link.sourceMember === undefined) { link.sourceMember = link.source; link.targetMember = link.target; }
  return link;
}

const isMap = Array.isArray(data.parts);
const nodes = data.nodes.map((node, index) => ({ name: node.label, facts: [], ...node, index, id: "n" + index, links: [] }));
const members = isMap ? data.members.map((node, index) => ({ name: node.label, facts: [], ...node, index, links: [] })) : nodes;
const links = data.links.map(linkOf);
const bundles = [];
const bundleOfPair = new Map();

function pairKey(a, b) { return Math.min(a, b) * nodes.length + Math.max(a, b); }

for (const link of links) {
  const key = pairKey(link.source, link.target);
  let bundle = bundleOfPair.get(key);
  if (!bundle) {
    bundle = { id: "b" + bundles.length, index: bundles.length, a: link.source, b: link.target, links: [] };
    bundles.push(bundle);
    bundleOfPair.set(key, bundle);
  }
  bundle.links.push(link);
  link.bundle = bundle;
  nodes[link.source].links.push(link);
  if (link.target !== link.source) nodes[link.target].links.push(link);
}
for (const bundle of bundles) bundle.links.sort((x, y) => y.weight - x.weight || x.index - y.index);

const neighbours = nodes.map(() => new Set());
for (const { a, b } of bundles) { neighbours[a].add(b); neighbours[b].add(a); }

const evidenceOfNode = nodes.map(() => []);
if (!isMap) for (const evidence of data.evidence) for (const index of evidence.nodes) evidenceOfNode[index].push(evidence);

const LARGE = nodes.length > 600;

// Text of numbers and days -------------------------------------------------------------------------------------

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const exactNumber = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

function money(amount) { return (Math.abs(amount) < 100 ? exactNumber : grouped).format(amount) + " " + data.ring.currency; }
function dayOf(minute) { return minute < 0 ? "unknown" : new Date(minute * 60000).toISOString().slice(0, 10); }
function timeOf(minute) { return minute < 0 ? "unknown" : new Date(minute * 60000).toISOString().slice(0, 16).replace("T", " "); }
function plural(count, word) { return grouped.format(count) + " " + word + (count === 1 ? "" : "s"); }
function riskText(risk) { return risk.toFixed(2); }
function kindWord(node) { return node.kind < 0 ? "part" : data.kinds[node.kind].word; }

// Elements are made here and nowhere else: text goes in as text --------------------------------------------------

function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (name === "disabled" || name === "hidden") element[name] = value;
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}
function byId(id) { return document.getElementById(id); }
function say(text) { byId("said").textContent = text; }
