// What people said about the values: a numbered flag where a comment begins and a line as long as it reaches; and the
// stretch somebody is about to change, on a ground of its own.
import { faded } from "./colors.js";

const FLAG_PX = 15;

/** The ground of the stretch that is told apart. */
export function drawStretch(u, data, color) {
  if (!data.marked) return;
  const [left, right] = data.marked.map((instant) => u.valToPos(instant, "x", true));
  const { ctx, bbox } = u;
  const from = Math.max(left, bbox.left);
  const to = Math.min(right, bbox.left + bbox.width);
  ctx.save();
  ctx.fillStyle = faded(color("info"), 0.1);
  ctx.fillRect(from, bbox.top, to - from, bbox.height);
  ctx.restore();
}

/** The flags, along the top. */
export function drawNotes(u, data, color) {
  const { ctx, bbox } = u;
  const size = FLAG_PX * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `650 ${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const note of data.notes) drawNote(u, note, color, size);
  ctx.restore();
}

function drawNote(u, { number, start, end }, color, size) {
  const { ctx, bbox } = u;
  const left = Math.max(u.valToPos(start, "x", true), bbox.left);
  const right = Math.min(u.valToPos(end, "x", true), bbox.left + bbox.width);
  if (right <= left) return;
  ctx.fillStyle = color("warn");
  ctx.fillRect(left, bbox.top, right - left, 2 * devicePixelRatio);
  ctx.fillRect(left, bbox.top, size, size);
  ctx.fillStyle = color("surface");
  ctx.fillText(String(number), left + size / 2, bbox.top + size / 2);
}
