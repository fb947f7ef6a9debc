// The picture: positions come with the data, physics stays off. Labels never overlap: the more telling member wins.

const CLOSE = LARGE ? 0.7 : 0; // above 600 members: no labels, arrows or dashes until zoomed in this far
const NAMED = 0.7; // from this zoom every member may have its name
const NUMBERED = 0.55; // and from this its risk under it
const FADED = 0.13;
const view = { scale: 1, focus: null, marked: new Set(), hovered: -1, chosen: new Set(), taken: [], pinned: new Set() };

function radiusOf(node) { return node.kind < 0 ? 16 + Math.sqrt(node.size) : RADIUS; }
// Far out the members shrink less than the picture, partners least: they are what an eye looks for first.
function drawnRadius(node, radius) { return node.kind < 0 ? radius : Math.max(radius, Math.min((node.kind === 0 ? 7 : 3) / view.scale, radius * 3)); }
function isFaded(index) { return view.focus !== null && !view.focus.has(index); }

function renderer(node) {
  const size = radiusOf(node);
  const box = { width: size * 2.2, height: size * 2.2 };
  return ({ ctx, x, y, state }) => ({
    drawNode() {
      const radius = drawnRadius(node, size);
      ctx.globalAlpha = isFaded(node.index) ? FADED : 1;
      if (state.selected || view.hovered === node.index) halo(ctx, x, y, radius, state.selected);
      drawMember(ctx, node.kind, x, y, radius, node.risk, radius * view.scale > 6.5);
      if (view.pinned.has(node.index)) pinMark(ctx, x, y, radius);
    },
    drawExternalLabel() { drawLabel(ctx, node, x, y + size * 1.4, state.selected || view.hovered === node.index); },
    nodeDimensions: box,
  });
}

function halo(ctx, x, y, radius, strong) {
  ctx.beginPath();
  ctx.arc(x, y, radius * 1.75, 0, 2 * Math.PI);
  ctx.fillStyle = strong ? "rgba(11, 90, 156, 0.26)" : "rgba(11, 90, 156, 0.13)";
  ctx.fill();
}

function pinMark(ctx, x, y, radius) {
  ctx.beginPath();
  ctx.arc(x - radius * 1.02, y - radius * 1.02, radius * 0.34, 0, 2 * Math.PI);
  ctx.fillStyle = "#17212b";
  ctx.fill();
}

function drawLabel(ctx, node, x, top, always) {
  if (isFaded(node.index) || (!always && tooSmall(node))) return;
  const size = Math.max(11.5, Math.min(15, 11.5 * view.scale)) / view.scale;
  ctx.font = size + "px system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif";
  const lines = [[node.label, 0, "#17212b"]];
  if (node.kind < 0) lines.push([plural(node.size, "member"), 1.12, "#55636f"]);
  else if (always || view.scale >= NUMBERED) lines.push([riskText(node.risk), 1.12, node.risk >= HIGH ? "#B00020" : "#55636f"]);
  const wide = Math.max(labelWidth(ctx, node, size), size * 2) / 2 + size * 0.3;
  const box = [x - wide, top, x + wide, top + size * (lines.length > 1 ? 2.4 : 1.25)];
  if (!always && view.taken.some((other) => overlaps(box, other))) return;
  view.taken.push(box);
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.lineJoin = "round";
  ctx.lineWidth = size * 0.32;
  ctx.strokeStyle = "rgba(255, 255, 255, 0.92)";
  for (const [text, line, colour] of lines) {
    ctx.strokeText(text, x, top + line * size);
    ctx.fillStyle = colour;
    ctx.fillText(text, x, top + line * size);
  }
}

// Far out, a label on every member is a grey carpet: only partners keep theirs.
function tooSmall(node) { return node.kind >= 0 && (view.scale < CLOSE || (node.kind !== 0 && view.scale < NAMED)); }

function labelWidth(ctx, node, size) {
  if (node.em === undefined) node.em = ctx.measureText(node.label).width / size;
  return node.em * size;
}

function overlaps(p, q) { return p[0] < q[2] && p[2] > q[0] && p[1] < q[3] && p[3] > q[1]; }

function bundleWidth(bundle) {
  const events = bundle.links.reduce((sum, link) => sum + link.count, 0);
  return Math.min(1 + Math.log10(1 + events) * 1.3, 5);
}

function rgba(hex, alpha) {
  const part = (start) => parseInt(hex.slice(start, start + 2), 16);
  return "rgba(" + part(1) + ", " + part(3) + ", " + part(5) + ", " + alpha + ")";
}

// A bundle looks like its most telling link that passes the filters; `close` adds arrows and dashes.
function edgeLook(bundle, passing, close) {
  const look = LINK_LOOKS[passing[0].type];
  const marked = view.marked.has(bundle.index);
  const faded = !marked && view.focus !== null && !(view.focus.has(bundle.a) && view.focus.has(bundle.b));
  const forward = passing.some((link) => link.source === bundle.a);
  const back = passing.some((link) => link.source !== bundle.a);
  const head = { enabled: true, scaleFactor: 0.45 };
  const colour = marked ? "#B00020" : rgba(look.colour, faded ? FADED * 0.7 : bundles.length > 150 ? 0.5 : 0.78);
  return {
    color: { color: colour, highlight: marked ? colour : look.colour, hover: look.colour },
    width: bundleWidth(bundle) * (marked ? 1.8 : 1),
    dashes: close ? look.dashes : false,
    arrows: { to: close && forward ? head : { enabled: false }, from: close && back ? head : { enabled: false } },
  };
}

function smoothness() {
  if (isMap || nodes.length <= 60) return { enabled: true, type: isMap ? "curvedCW" : "cubicBezier", forceDirection: "vertical", roundness: isMap ? 0.12 : 0.42 };
  return LARGE ? { enabled: false } : { enabled: true, type: "curvedCW", roundness: 0.08 };
}

// Drawn and labelled first: high risk, then partners, accounts, devices and consumers.
const LABEL_ORDER = [0, 3, 2, 1];
function telling(x, y) {
  return (y.risk >= HIGH) - (x.risk >= HIGH) || LABEL_ORDER[x.kind] - LABEL_ORDER[y.kind] || y.risk - x.risk || x.index - y.index;
}

const nodeSet = new vis.DataSet([...nodes].sort(telling).map((node) => ({
  id: node.id, x: node.x, y: node.y, shape: "custom", ctxRenderer: renderer(node), size: radiusOf(node), chosen: false,
})));
const edgeSet = new vis.DataSet(bundles.map((bundle) => {
  const look = { hidden: false, ...edgeLook(bundle, bundle.links, !LARGE) };
  bundle.print = JSON.stringify(look);
  return { id: bundle.id, from: nodes[bundle.a].id, to: nodes[bundle.b].id, ...look };
}));
const network = new vis.Network(byId("canvas"), { nodes: nodeSet, edges: edgeSet }, {
  autoResize: true,
  physics: false,
  layout: { improvedLayout: false },
  nodes: { chosen: false },
  edges: { smooth: smoothness(), arrowStrikethrough: false, selectionWidth: 1.2, hoverWidth: 0.6 },
  interaction: { hover: true, hoverConnectedEdges: false, multiselect: true, selectConnectedEdges: false, hideEdgesOnDrag: LARGE, hideEdgesOnZoom: LARGE, tooltipDelay: 3600000, zoomSpeed: 0.7 },
});
network.on("beforeDrawing", () => { view.scale = network.getScale(); view.taken = []; });
network.on("hoverNode", ({ node }) => { view.hovered = Number(node.slice(1)); network.redraw(); });
network.on("blurNode", () => { view.hovered = -1; network.redraw(); });

// A little farther out than vis fits: it leaves no room for the labels.
function fit() {
  network.fit({ nodes: shownNodes().map((index) => "n" + index), animation: false, maxZoomLevel: 1.3 });
  network.moveTo({ scale: network.getScale() * 0.93, animation: false });
}
function calm() { return window.matchMedia("(prefers-reduced-motion: reduce)").matches; }
function centre(index) { network.focus("n" + index, { scale: Math.max(network.getScale(), LARGE ? 0.9 : 0.8), animation: calm() ? false : { duration: 250 } }); }
