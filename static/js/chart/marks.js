// What the values themselves do not show: hatched bands where values are missing, and along the bottom one strip per
// series with the tone and the symbol of every value that is not plainly measured.
import { faded } from "./colors.js";

const STRIP_PX = 14;
const SYMBOL_ROOM_PX = 14;
const LEAST_PX = 2;

/** The strips' height in CSS pixels, to be left free below the values. */
export function stripsHeight(data) {
  return data.series.filter((series) => series.marks.length).length * STRIP_PX;
}

/** Hatched bands over the steps for which any series has no value. */
export function drawGaps(u, data, color) {
  const { ctx, bbox } = u;
  ctx.save();
  clip(ctx, bbox);
  ctx.fillStyle = hatch(ctx, faded(color("muted"), 0.5));
  for (const series of data.series) {
    for (const [from, to] of series.gaps) {
      const [left, width] = span(u, data, from, to);
      if (left + width >= bbox.left && left <= bbox.left + bbox.width) ctx.fillRect(left, bbox.top, width, bbox.height);
    }
  }
  ctx.restore();
}

/** Strips with tone and symbol; a symbol is written where there is room for it. */
export function drawMarks(u, data, color) {
  const { ctx, bbox } = u;
  const height = STRIP_PX * devicePixelRatio;
  const marked = data.series.filter((series) => series.marks.length);
  ctx.save();
  clip(ctx, bbox);
  ctx.font = `600 ${11 * devicePixelRatio}px ui-monospace, monospace`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  marked.forEach((series, row) => drawStrip(u, data, series, { color, height, top: bbox.top + bbox.height - height * (row + 1) }));
  ctx.restore();
}

function drawStrip(u, data, series, { color, height, top }) {
  const { ctx, bbox } = u;
  const room = SYMBOL_ROOM_PX * devicePixelRatio;
  let free = -Infinity;
  for (const { code, from, to } of series.marks) {
    const quality = data.qualities.get(code) ?? { tone: "muted", symbol: "?" };
    const [left, width] = span(u, data, from, to);
    ctx.fillStyle = faded(color(quality.tone), 0.28);
    ctx.fillRect(left, top, width, height);
    const middle = Math.min(Math.max(left + width / 2, bbox.left + room / 2), bbox.left + bbox.width - room / 2);
    if (left + width < bbox.left || left > bbox.left + bbox.width || middle - room / 2 < free) continue;
    ctx.fillStyle = color(quality.tone);
    ctx.fillText(quality.symbol, middle, top + height / 2);
    free = middle + room / 2;
  }
}

function span(u, data, from, to) {
  const left = u.valToPos(data.x[from], "x", true);
  return [left, Math.max(u.valToPos(data.x[to], "x", true) - left, LEAST_PX * devicePixelRatio)];
}

function clip(ctx, { left, top, width, height }) {
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
}

function hatch(ctx, color) {
  const size = 8 * devicePixelRatio;
  const tile = new OffscreenCanvas(size, size);
  const pen = tile.getContext("2d");
  pen.strokeStyle = color;
  pen.lineWidth = devicePixelRatio;
  for (const offset of [-size, 0, size]) {
    pen.moveTo(offset, size);
    pen.lineTo(offset + size, 0);
  }
  pen.stroke();
  return ctx.createPattern(tile, "repeat");
}
