// Selecting, neighbours, paths, pins, hiding, finding.

const path = { waiting: false };

function choose(chosen, move) {
  network.setSelection({ nodes: chosen.map((index) => "n" + index), edges: [] });
  if (move && chosen.length === 1) centre(chosen[0]);
  selectionChanged(chosen, []);
}

function selectionChanged(chosen, bundlesChosen) {
  if (path.waiting && chosen.length === 1 && !view.chosen.has(chosen[0])) { findPath([...view.chosen][0], chosen[0]); return; }
  view.chosen = new Set(chosen);
  view.marked.clear();
  path.waiting = false;
  view.focus = null;
  if (chosen.length === 1) view.focus = new Set([chosen[0], ...neighbours[chosen[0]]]);
  if (!chosen.length && bundlesChosen.length) view.focus = new Set(bundlesChosen.flatMap((bundle) => [bundle.a, bundle.b]));
  if (chosen.length > 1) showMany(chosen);
  else if (chosen.length) showNode(chosen[0]);
  else if (bundlesChosen.length) showBundle(bundlesChosen[0]);
  else showRing();
  refresh();
  markTools();
  network.redraw();
}

function highlight(bundlesMarked, words) {
  view.marked = new Set(bundlesMarked.map((bundle) => bundle.index));
  view.focus = new Set(bundlesMarked.flatMap((bundle) => [bundle.a, bundle.b]));
  path.waiting = false;
  refresh();
  network.redraw();
  say(words);
}

function startPath() {
  const chosen = [...view.chosen];
  if (chosen.length === 2) { findPath(chosen[0], chosen[1]); return; }
  if (chosen.length !== 1) { say("Select the member where the path begins, then Path."); return; }
  path.waiting = true;
  say("Now select where the path ends.");
  markTools();
}

// Dijkstra; a step costs less the more its links weigh, so the path goes by the most telling links.
function findPath(from, to) {
  const cost = nodes.map(() => Infinity);
  const via = nodes.map(() => null);
  const open = new Set([from]);
  cost[from] = 0;
  while (open.size) {
    let here = -1;
    for (const index of open) if (here < 0 || cost[index] < cost[here] || (cost[index] === cost[here] && index < here)) here = index;
    open.delete(here);
    if (here === to) break;
    for (const next of neighbours[here]) {
      const bundle = bundleOfPair.get(pairKey(here, next));
      const weight = bundle.links.reduce((sum, link) => sum + (shown.links[link.index] ? link.weight : 0), 0);
      if (!shown.bundles[bundle.index] || cost[here] + 1 / (0.05 + weight) >= cost[next]) continue;
      cost[next] = cost[here] + 1 / (0.05 + weight);
      via[next] = { here, bundle };
      open.add(next);
    }
  }
  tellPath(from, to, cost[to] === Infinity ? null : walk(via, to));
}

function walk(via, to) {
  const steps = [];
  for (let at = to; via[at]; at = via[at].here) steps.unshift(via[at].bundle);
  return steps;
}

function tellPath(from, to, steps) {
  view.chosen = new Set([from, to]);
  network.setSelection({ nodes: ["n" + from, "n" + to], edges: [] });
  showPath(steps, from, to);
  highlight(steps || [], steps ? plural(steps.length, "step") : "No path by shown links.");
  if (!steps) view.focus = null;
  page.path = steps ? steps.map((bundle) => bundle.index) : null;
  markTools();
}

function toggleNeighbours() {
  if (filters.only) { filters.only = null; say(""); } else {
    if (!view.chosen.size) { say("Select a member first."); return; }
    filters.only = new Set([...view.chosen].flatMap((index) => [index, ...neighbours[index]]));
    say(plural(filters.only.size, "member") + " shown");
  }
  refresh();
  fit();
  markTools();
}

function togglePin() {
  if (!view.chosen.size) { say("Select a member first."); return; }
  const pin = ![...view.chosen].every((index) => view.pinned.has(index));
  for (const index of view.chosen) { if (pin) view.pinned.add(index); else view.pinned.delete(index); }
  nodeSet.update([...view.chosen].map((index) => ({ id: "n" + index, fixed: pin })));
  say(pin ? "Pinned: it stays in place and under every filter." : "Unpinned.");
  refresh();
  if (view.chosen.size === 1) showNode([...view.chosen][0]);
}

function hideChosen() {
  if (!view.chosen.size) { say("Select what to hide first."); return; }
  for (const index of view.chosen) filters.hidden.add(index);
  const count = view.chosen.size;
  choose([], false);
  say(plural(count, "member") + " hidden; Show all brings back what is hidden.");
}

function showAll() {
  filters.kinds.clear();
  filters.types.clear();
  filters.hidden.clear();
  Object.assign(filters, { risk: 0, amount: 0, from: -Infinity, to: Infinity, only: null });
  syncControls();
  choose([], false);
  fit();
  say("");
}

function syncControls() {
  for (const key of [...kindKeys, ...typeKeys]) key.tick.checked = !key.off.has(key.value);
  byId("risk").value = filters.risk;
  byId("risk-said").textContent = riskText(filters.risk);
  byId("amount").value = filters.amount;
  stop();
  byId("from").value = filters.from === -Infinity ? 0 : Math.round(((filters.from - span[0]) / (span[1] - span[0])) * STEPS);
  byId("to").value = filters.to === Infinity ? STEPS : Math.round(((filters.to - span[0]) / (span[1] - span[0])) * STEPS);
  if (span[1] > span[0]) timeChanged("to");
}

network.on("click", (event) => {
  const chosen = event.nodes.map((id) => Number(id.slice(1)));
  const tied = event.edges.map((id) => bundles[Number(id.slice(1))]);
  if (chosen.length || tied.length || view.focus || view.chosen.size) selectionChanged(chosen, tied);
  if (!path.waiting) say("");
});
network.on("doubleClick", (event) => {
  if (isMap && event.nodes.length === 1) window.location.href = data.parts[Number(event.nodes[0].slice(1))];
});

// Finding ------------------------------------------------------------------------------------------------------

const MOST_FOUND = 12;
let foundAt = 0;

function matches(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const at = (node) => Math.min(...[node.name, node.entity, exactId(node)].map((field) => { const place = field.toLowerCase().indexOf(wanted); return place < 0 ? Infinity : place; }));
  return members.map((node) => [at(node), node]).filter((hit) => hit[0] < Infinity).sort((x, y) => x[0] - y[0] || x[1].index - y[1].index).map((hit) => hit[1]);
}

function listFound() {
  const box = byId("found");
  const hits = matches(byId("search").value);
  foundAt = Math.max(0, Math.min(foundAt, hits.length - 1, MOST_FOUND - 1));
  const rows = hits.slice(0, MOST_FOUND).map((node, place) => el("li", { role: "option", id: "found-" + place, "aria-selected": String(place === foundAt), onclick: () => take(node) }, node.name, el("small", {}, kindWord(node) + (node.name === node.entity ? "" : " " + node.entity))));
  if (hits.length > MOST_FOUND) rows.push(el("li", { class: "muted" }, (hits.length - MOST_FOUND) + " more"));
  if (!hits.length && byId("search").value.trim()) rows.push(el("li", { class: "muted" }, "Nothing found"));
  box.replaceChildren(...rows);
  box.hidden = rows.length === 0;
  byId("search").setAttribute("aria-expanded", String(rows.length > 0));
  byId("search").setAttribute("aria-activedescendant", hits.length ? "found-" + foundAt : "");
  return hits;
}

function take(node) {
  byId("search").value = "";
  listFound();
  const index = isMap ? node.part : node.index;
  filters.hidden.delete(index);
  if (!shown.nodes[index]) showAll();
  choose([index], true);
  if (isMap) say(node.name + " is in part " + (node.part + 1) + ".");
}

function buildSearch() {
  const search = byId("search");
  search.addEventListener("input", () => { foundAt = 0; listFound(); });
  search.addEventListener("keydown", (event) => {
    const hits = matches(search.value);
    if (event.key === "ArrowDown") foundAt += 1;
    else if (event.key === "ArrowUp") foundAt -= 1;
    else if (event.key === "Enter" && hits.length) { take(hits[foundAt]); return; } else if (event.key === "Escape") search.value = "";
    else return;
    event.preventDefault();
    listFound();
  });
}

const TOOLS = [
  [["Fit", "f", fit], ["Show all", "a", showAll]],
  [["Neighbours only", "n", toggleNeighbours], ["Path", "p", startPath], ["Pin", "i", togglePin], ["Hide", "h", hideChosen]],
  [["PNG", "", savePng], ["Members CSV", "", saveMembers], ["Links CSV", "", saveLinks], ["GraphML", "", saveGraphml]],
  [["Copy view link", "", copyView]],
];
const toolButtons = new Map();

function buildTools() {
  for (const group of TOOLS) {
    const box = el("span", {});
    for (const [word, key, run] of group) {
      const button = el("button", { type: "button", title: key ? word + " (" + key + ")" : null, onclick: run }, word);
      toolButtons.set(word, button);
      box.append(button);
    }
    byId("tools").append(box);
  }
  document.addEventListener("keydown", shortcut);
  markTools();
}

function shortcut(event) {
  const typing = ["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName) && event.target.type !== "checkbox" && event.target.type !== "range";
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { event.preventDefault(); byId("search").focus(); return; }
  if (event.key === "Escape") { choose([], false); say(""); return; }
  for (const [, key, run] of TOOLS.flat()) if (key && key === event.key) run();
}

function markTools() {
  toolButtons.get("Neighbours only").setAttribute("aria-pressed", String(filters.only !== null));
  toolButtons.get("Path").setAttribute("aria-pressed", String(path.waiting));
  for (const word of ["Pin", "Hide"]) toolButtons.get(word).disabled = view.chosen.size === 0;
}
