// The drawing library's options: axes in the utility's zone, one scale per unit, colours of the theme.
import { faded } from "./colors.js";
import { drawGaps, drawMarks, stripsHeight } from "./marks.js";
import { drawNotes, drawStretch } from "./notes.js";
import { intervalPaths } from "./paths.js";

const FONT = "12px system-ui, sans-serif";
const TOP_ROOM = 0.06;
const AXIS_PX = 66;
const DAY = 86400;

export function options(uPlot, data, color, { width, height, hooks, drawn }) {
  const units = [...new Set(data.series.map((series) => series.unit))];
  const tzDate = (seconds) => uPlot.tzDate(new Date(seconds * 1000), data.zone);
  return {
    width,
    height,
    tzDate,
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
      y: false,
      dataIdx: (u, _, __, seconds) => Math.min(Math.max(Math.floor((seconds - data.start) / data.step), 0), data.steps - 1),
    },
    scales: { x: { time: true }, ...Object.fromEntries(units.map((unit) => [unit, valueScale(data, unit, height)])) },
    axes: [timeAxis(color, tzDate), ...units.map((unit, i) => valueAxis(unit, i, color))],
    series: [{}, ...data.series.map((series) => drawnSeries(uPlot, data, series, color))],
    hooks: {
      drawClear: [(u) => drawStretch(u, data, color), (u) => drawGaps(u, data, color)],
      draw: [(u) => drawMarks(u, data, color), (u) => drawNotes(u, data, color), drawn],
      ...hooks,
    },
  };
}

function valueScale(data, unit, height) {
  const fromZero = data.series.some((series) => series.unit === unit && series.kind === "consumption");
  const strips = stripsHeight(data) / (height - AXIS_PX);
  const below = (strips / (1 - strips)) * 1.1;
  return {
    range: (_, least, most) => {
      if (least === null) return [0, 1];
      const low = fromZero ? Math.min(least, 0) : least;
      const span = most - low || Math.abs(most) || 1;
      return [low - span * below - (fromZero ? 0 : span * TOP_ROOM), most + span * TOP_ROOM];
    },
  };
}

function timeAxis(color, tzDate) {
  return {
    stroke: color("muted"),
    font: FONT,
    grid: { show: false },
    ticks: { stroke: color("line"), size: 4 },
    space: 64,
    values: (_, splits, __, ___, increment) => timeLabels(splits.map(tzDate), increment),
  };
}

/** Labels by the distance of the ticks: hours, days, months; the date is added where it changes. */
function timeLabels(dates, increment) {
  let said = "";
  return dates.map((date) => {
    const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
    const text = increment >= 28 * DAY ? date.toLocaleDateString("en-GB", { month: "short", year: "numeric" }) : day;
    const extra = text === said ? "" : text;
    said = text;
    if (increment >= DAY) return extra;
    const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    return extra ? `${time}\n${extra}` : time;
  });
}

function valueAxis(unit, index, color) {
  return {
    scale: unit,
    side: index === 0 ? 3 : 1,
    stroke: color("muted"),
    font: FONT,
    label: unit,
    labelFont: FONT,
    labelSize: 18,
    size: 56,
    grid: { show: index === 0, stroke: color("line"), width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map((value) => value.toLocaleString("en-GB", { maximumFractionDigits: 6 }).replaceAll(",", "\u202f")),
  };
}

function drawnSeries(uPlot, data, series, color) {
  const stroke = color(`series-${series.key}`);
  const alone = data.series.length === 1;
  const first = series === data.series[0]; // grounds laid over each other would be of no series' colour
  const line = series.kind === "stand";
  return {
    label: series.label,
    scale: series.unit,
    stroke,
    width: 1.5,
    fill: line || !first ? undefined : (u) => faded(stroke, alone ? barAlpha(u, data) : 0.14),
    paths: line ? uPlot.paths.linear() : intervalPaths(data.step, alone),
    points: { show: line && data.steps <= 120 },
    spanGaps: false,
  };
}

function barAlpha(u, data) {
  const shown = (u.scales.x.max - u.scales.x.min) / data.step;
  return u.bbox.width / devicePixelRatio / shown >= 8 ? 0.75 : 0.2;
}
