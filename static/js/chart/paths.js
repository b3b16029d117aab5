// Paths of interval values. A value holds for its whole step, so it is drawn as a step or, when steps are wide enough to
// be told apart, as a bar. Where several steps share a pixel only the extremes of that pixel are drawn: a year of
// quarter hours costs as much as the width of the screen, and no peak is lost. A missing value ends the path.
const BAR_FROM_PX = 8;
const BAR_GAP_PX = 2;

/** A uPlot path builder for interval values; `alone`: the only series, so that bars do not hide another one's. */
export function intervalPaths(step, alone) {
  return (u, seriesIndex, first, last) => {
    const { scale } = u.series[seriesIndex];
    const values = u.data[seriesIndex];
    const px = (i) => Math.round(u.valToPos(u.data[0][i], "x", true));
    const py = (value) => Math.round(u.valToPos(value, scale, true));
    const width = u.valToPos(u.data[0][0] + step, "x", true) - u.valToPos(u.data[0][0], "x", true);
    const ratio = devicePixelRatio;
    if (alone && width >= BAR_FROM_PX * ratio) return bars({ values, first, last, px, py, gap: BAR_GAP_PX * ratio });
    return steps({ values, first, last, px, py });
  };
}

function bars({ values, first, last, px, py, gap }) {
  const fill = new Path2D();
  const zero = py(0);
  for (let i = first; i <= last; i += 1) {
    if (values[i] === null || i + 1 >= values.length) continue;
    const [left, right, top] = [px(i), px(i + 1), py(values[i])];
    fill.rect(left + gap / 2, Math.min(top, zero), right - left - gap, Math.abs(zero - top));
  }
  return { stroke: null, fill, clip: null, flags: 1 };
}

function steps({ values, first, last, px, py }) {
  const stroke = new Path2D();
  const fill = new Path2D();
  const zero = py(0);
  let i = first;
  while (i <= last) {
    if (values[i] === null) { i += 1; continue; }
    i = run({ values, from: i, last, px, py, stroke, fill, zero });
  }
  return { stroke, fill, clip: null, flags: 1 };
}

/** Draw the run of values that begins at `from`; returns the index after it. */
function run({ values, from, last, px, py, stroke, fill, zero }) {
  const left = px(from);
  let i = from;
  let x = left;
  stroke.moveTo(x, py(values[i]));
  fill.moveTo(x, zero);
  while (i <= last && values[i] !== null && values[i] !== undefined) {
    let [low, high] = [values[i], values[i]];
    const enter = py(values[i]);
    let end = px(i + 1);
    while (end <= x && i < last && values[i + 1] !== null) {
      i += 1;
      if (values[i] < low) low = values[i];
      if (values[i] > high) high = values[i];
      end = px(i + 1);
    }
    for (const y of low === high ? [enter] : [enter, py(low), py(high), py(values[i])]) {
      stroke.lineTo(x, y);
      fill.lineTo(x, y);
    }
    stroke.lineTo(end, py(values[i]));
    fill.lineTo(end, py(values[i]));
    x = end;
    i += 1;
  }
  fill.lineTo(x, zero);
  fill.closePath();
  return i;
}
