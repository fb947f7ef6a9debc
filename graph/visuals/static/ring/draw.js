// How a member looks: shape and colour by kind, glyph, and risk as ring, badge and number.

const KIND_COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7"];
const PART_COLOUR = "#5F7486";
const RADIUS = 15;
const HIGH = 0.85;
const MIDDLE = 0.6;
const LINK_LOOKS = [
  { colour: "#6B7580", dashes: false }, // ordered_at
  { colour: "#009E73", dashes: false }, // used
  { colour: "#B85C8E", dashes: [2, 4] }, // paid_from
  { colour: "#009E73", dashes: [7, 4] }, // logged_in_from
  { colour: "#B85C8E", dashes: false }, // paid_out_to
  { colour: "#D55E00", dashes: [9, 4, 2, 4] }, // transferred_to
];

const OUTLINES = [
  (ctx, x, y, r) => ctx.roundRect(x - r * 0.92, y - r * 0.92, r * 1.84, r * 1.84, r * 0.3),
  (ctx, x, y, r) => ctx.arc(x, y, r, 0, 2 * Math.PI),
  (ctx, x, y, r) => polygon(ctx, x, y, r * 1.08, 6, 0),
  (ctx, x, y, r) => polygon(ctx, x, y, r * 1.22, 4, 0),
];

function polygon(ctx, x, y, r, corners, turn) {
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = turn + (corner * 2 * Math.PI) / corners;
    ctx[corner ? "lineTo" : "moveTo"](x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  ctx.closePath();
}

const GLYPHS = [
  (ctx, x, y, u) => { // a shop front
    ctx.fillRect(x - 6 * u, y - 6 * u, 12 * u, 4.4 * u);
    ctx.fillRect(x - 5 * u, y - 0.6 * u, 10 * u, 1.4 * u);
    ctx.fillRect(x - 5 * u, y, 1.6 * u, 6 * u);
    ctx.fillRect(x + 3.4 * u, y, 1.6 * u, 6 * u);
    ctx.fillRect(x - 5 * u, y + 4.8 * u, 10 * u, 1.4 * u);
  },
  (ctx, x, y, u) => { // a person
    ctx.beginPath();
    ctx.arc(x, y - 3 * u, 3.1 * u, 0, 2 * Math.PI);
    ctx.fill();
    ctx.beginPath();
    ctx.arc(x, y + 6.2 * u, 5.8 * u, Math.PI, 2 * Math.PI);
    ctx.fill();
  },
  (ctx, x, y, u) => { // a phone
    ctx.lineWidth = 1.5 * u;
    ctx.beginPath();
    ctx.roundRect(x - 3.6 * u, y - 6.4 * u, 7.2 * u, 12.8 * u, 1.4 * u);
    ctx.stroke();
    ctx.fillRect(x - 1.2 * u, y + 3.6 * u, 2.4 * u, 1.3 * u);
  },
  (ctx, x, y, u) => { // a bank
    ctx.beginPath();
    ctx.moveTo(x - 6.4 * u, y - 2.2 * u);
    ctx.lineTo(x, y - 6.4 * u);
    ctx.lineTo(x + 6.4 * u, y - 2.2 * u);
    ctx.fill();
    for (const step of [-4.4, -0.8, 2.8]) ctx.fillRect(x + step * u, y - 1.2 * u, 1.6 * u, 4.8 * u);
    ctx.fillRect(x - 6 * u, y + 4.2 * u, 12 * u, 1.6 * u);
  },
];

function outline(ctx, kind, x, y, r) {
  ctx.beginPath();
  (kind < 0 ? OUTLINES[1] : OUTLINES[kind])(ctx, x, y, r);
}

function drawRisk(ctx, kind, x, y, r, risk) {
  ctx.lineWidth = r * (risk >= HIGH ? 0.12 : risk >= MIDDLE ? 0.22 : 0.07);
  ctx.strokeStyle = risk >= HIGH ? "#B00020" : risk >= MIDDLE ? "#000" : "#26323D";
  outline(ctx, kind, x, y, r);
  ctx.stroke();
  if (risk < HIGH) return;
  outline(ctx, kind, x, y, r * 1.27);
  ctx.stroke();
}

function drawBadge(ctx, x, y, r) {
  ctx.beginPath();
  ctx.arc(x + r * 1.02, y - r * 1.02, r * 0.5, 0, 2 * Math.PI);
  ctx.fillStyle = "#B00020";
  ctx.fill();
  ctx.lineWidth = r * 0.08;
  ctx.strokeStyle = "#fff";
  ctx.stroke();
  ctx.fillStyle = "#fff";
  ctx.fillRect(x + r * 0.95, y - r * 1.32, r * 0.14, r * 0.36);
  ctx.fillRect(x + r * 0.95, y - r * 0.87, r * 0.14, r * 0.13);
}

// `detail` false leaves out the glyph: at a few pixels it is only noise.
function drawMember(ctx, kind, x, y, r, risk, detail) {
  outline(ctx, kind, x, y, r);
  ctx.fillStyle = kind < 0 ? PART_COLOUR : KIND_COLOURS[kind];
  ctx.fill();
  if (detail && kind >= 0) {
    ctx.fillStyle = ctx.strokeStyle = kind === 0 ? "#fff" : "#000";
    GLYPHS[kind](ctx, x, y, r / 12.5);
  }
  drawRisk(ctx, kind, x, y, r, risk);
  if (risk >= HIGH) drawBadge(ctx, x, y, r);
}

function swatch(width, height, draw) {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const ratio = Math.max(2, window.devicePixelRatio || 1);
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = width + "px";
  canvas.style.height = height + "px";
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  draw(ctx);
  return canvas;
}

function memberSwatch(kind, risk) { return swatch(30, 26, (ctx) => drawMember(ctx, kind, 14, 14, 8, risk, true)); }

function linkSwatch(type) {
  return swatch(30, 14, (ctx) => {
    ctx.strokeStyle = LINK_LOOKS[type].colour;
    ctx.lineWidth = 2.4;
    ctx.setLineDash(LINK_LOOKS[type].dashes || []);
    ctx.beginPath();
    ctx.moveTo(1, 7);
    ctx.lineTo(29, 7);
    ctx.stroke();
  });
}
