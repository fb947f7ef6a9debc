// What is shown: the legend, risk, amount and time, with hidden and pinned members.

const filters = { kinds: new Set(), types: new Set(), risk: 0, amount: 0, from: -Infinity, to: Infinity, hidden: new Set(), only: null };
const moments = links.flatMap((link) => [link.first, link.last]).filter((minute) => minute >= 0);
const span = moments.length ? [moments.reduce((x, y) => Math.min(x, y)), moments.reduce((x, y) => Math.max(x, y))] : [0, 0];
const shown = { nodes: nodes.map(() => true), bundles: bundles.map(() => true), links: links.map(() => true), close: !LARGE };

function linkPasses(link) {
  if (filters.types.has(link.type) || (link.amount > 0 && link.amount < filters.amount)) return false;
  return link.first < 0 || (link.first <= filters.to && link.last >= filters.from);
}

function narrowsLinks() { return filters.types.size > 0 || filters.amount > 0 || filters.from > span[0] || filters.to < span[1]; }

function nodePasses(node) {
  if (filters.hidden.has(node.index)) return false;
  if (view.pinned.has(node.index)) return true;
  return !filters.kinds.has(node.kind) && node.risk >= filters.risk && (filters.only === null || filters.only.has(node.index));
}

const built = { done: false };

function refresh() {
  if (!built.done) return;
  const open = links.map(linkPasses);
  const standing = nodes.map(nodePasses);
  const linked = nodes.map(() => false);
  links.forEach((link, index) => {
    shown.links[index] = open[index] && standing[link.source] && standing[link.target];
    if (shown.links[index]) linked[link.source] = linked[link.target] = true;
  });
  // A member whose every link is filtered away goes with them; one that never had links stays.
  const narrowed = narrowsLinks();
  const now = nodes.map((node, index) => standing[index] && (!narrowed || linked[index] || !node.links.length || view.pinned.has(index)));
  applyNodes(now);
  applyBundles();
  countLegend();
  markTable();
}

function applyNodes(now) {
  const changed = nodes.filter((node) => now[node.index] !== shown.nodes[node.index]);
  shown.nodes = now;
  if (changed.length) nodeSet.update(changed.map((node) => ({ id: node.id, hidden: !now[node.index] })));
}

function applyBundles() {
  const changed = [];
  for (const bundle of bundles) {
    const passing = bundle.links.filter((link) => shown.links[link.index]);
    shown.bundles[bundle.index] = passing.length > 0;
    const look = passing.length ? { hidden: false, ...edgeLook(bundle, passing, shown.close) } : { hidden: true };
    const print = JSON.stringify(look);
    if (bundle.print !== print) changed.push({ id: bundle.id, ...look });
    bundle.print = print;
  }
  if (changed.length) edgeSet.update(changed);
}

function shownNodes() { return nodes.filter((node) => shown.nodes[node.index]).map((node) => node.index); }

network.on("zoom", () => {
  const close = !LARGE || network.getScale() >= CLOSE;
  if (close !== shown.close) { shown.close = close; applyBundles(); }
});

// The legend -------------------------------------------------------------------------------------------------

function legendKey(picture, word, off, value, box) {
  const tick = el("input", { type: "checkbox" });
  tick.checked = !off.has(value);
  tick.addEventListener("change", () => { if (tick.checked) off.delete(value); else off.add(value); refresh(); });
  const count = el("span", { class: "count" });
  box.append(el("li", {}, el("label", {}, tick, picture, el("span", {}, word), count)));
  return { tick, count, off, value };
}

const kindKeys = [];
const typeKeys = [];

function buildLegend() {
  const kinds = isMap ? [-1] : [0, 1, 2, 3];
  for (const kind of kinds) {
    if (!nodes.some((node) => node.kind === kind)) continue;
    kindKeys.push(legendKey(memberSwatch(kind, 0), kind < 0 ? "part of the ring" : data.kinds[kind].word, filters.kinds, kind, byId("legend-kinds")));
  }
  data.linkTypes.forEach((type, index) => {
    if (links.some((link) => link.type === index)) typeKeys.push(legendKey(linkSwatch(index), type.says, filters.types, index, byId("legend-types")));
  });
  const marks = [[0.9, "0.85 and over: double ring and “!”"], [0.7, "0.60 to 0.84: thick ring"], [0.2, "below 0.60: thin ring"]];
  for (const [risk, word] of marks) byId("legend-risk").append(el("li", { class: "key" }, memberSwatch(isMap ? -1 : 1, risk), el("span", {}, word)));
}

function countLegend() {
  const tally = (key, total, now) => { key.count.textContent = now === total ? grouped.format(total) : grouped.format(now) + " of " + grouped.format(total); };
  for (const key of kindKeys) {
    const all = nodes.filter((node) => node.kind === key.value);
    tally(key, all.length, all.filter((node) => shown.nodes[node.index]).length);
  }
  for (const key of typeKeys) {
    const all = links.filter((link) => link.type === key.value);
    tally(key, all.length, all.filter((link) => shown.links[link.index]).length);
  }
  byId("canvas-said").textContent = "Picture of " + plural(shownNodes().length, isMap ? "part" : "member") + ". The members' table below holds the same in text.";
}

// Time -------------------------------------------------------------------------------------------------------

const BARS = 48;
const STEPS = 240;
let playing = 0;

function minuteAt(step) { return span[0] + ((span[1] - span[0]) * step) / STEPS; }

function buildTime() {
  if (span[1] <= span[0]) { byId("time").hidden = true; byId("time").style.display = "none"; return; }
  const counts = new Array(BARS).fill(0);
  for (const { first } of links) if (first >= 0) counts[Math.min(BARS - 1, Math.floor(((first - span[0]) / (span[1] - span[0])) * BARS))] += 1;
  const most = Math.max(...counts);
  const svg = byId("bars");
  svg.setAttribute("viewBox", "0 0 " + BARS * 10 + " 38");
  counts.forEach((count, index) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const height = count ? Math.max(2, (count / most) * 36) : 0;
    for (const [name, value] of Object.entries({ x: index * 10 + 1, y: 38 - height, width: 8, height })) bar.setAttribute(name, value);
    svg.append(bar);
  });
  for (const [id, value] of [["from", 0], ["to", STEPS]]) {
    const input = byId(id);
    Object.assign(input, { min: 0, max: STEPS, step: 1 });
    input.value = value;
    input.addEventListener("input", () => { stop(); timeChanged(id); });
  }
  byId("play").addEventListener("click", () => (playing ? stop() : play()));
  timeChanged("to");
}

function timeChanged(moved) {
  let [low, high] = [Number(byId("from").value), Number(byId("to").value)];
  if (low > high) { if (moved === "from") low = high; else high = low; byId(moved).value = low; }
  filters.from = low === 0 ? -Infinity : minuteAt(low);
  filters.to = high === STEPS ? Infinity : minuteAt(high);
  const [start, end] = [dayOf(Math.floor(minuteAt(low))), dayOf(Math.floor(minuteAt(high)))];
  byId("time-said").textContent = start + " – " + end;
  byId("from").setAttribute("aria-valuetext", start);
  byId("to").setAttribute("aria-valuetext", end);
  [...byId("bars").children].forEach((bar, index) => bar.setAttribute("class", (index + 1) / BARS > low / STEPS && index / BARS < high / STEPS ? "in" : ""));
  refresh();
}

function play() {
  const to = byId("to");
  if (Number(to.value) >= STEPS) to.value = byId("from").value;
  byId("play").textContent = "Stop";
  playing = setInterval(() => {
    to.value = Math.min(STEPS, Number(to.value) + 2);
    timeChanged("to");
    if (Number(to.value) >= STEPS) stop();
  }, 60);
}

function stop() {
  clearInterval(playing);
  playing = 0;
  byId("play").textContent = "Play";
}

function buildThresholds() {
  byId("risk").addEventListener("input", () => { filters.risk = Number(byId("risk").value); byId("risk-said").textContent = riskText(filters.risk); refresh(); });
  byId("amount").addEventListener("input", () => { filters.amount = Number(byId("amount").value) || 0; refresh(); });
  byId("amount-unit").textContent = data.ring.currency;
}
