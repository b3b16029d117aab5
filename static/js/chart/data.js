// From the server's columns to what is drawn: scaled numbers, one quality code per step, runs, statistics.

const PREFIXED = /^(W|Wh|var|varh|VA|VAh)$/;
const KILO_FROM = 10_000;

/** Turn the JSON document into { start, step, zone, x, end, series, qualities, notes, marked }; x has one instant more than there are steps. */
export function decode(document) {
  const { start, step, zone } = document;
  const steps = Math.max(0, ...document.series.map((series) => series.values.length));
  const x = Float64Array.from({ length: steps + 1 }, (_, i) => start + i * step);
  const qualities = new Map(document.qualities.map((quality) => [quality.code, quality]));
  const series = document.series.map((one, index) => decodeSeries(one, index + 1));
  const { notes = [], marked = null } = document;
  return { start, step, zone, steps, end: start + steps * step, x, series, qualities, notes, marked };
}

/** The notes that touch step `index`. */
export function notesAt(data, index) {
  return data.notes.filter(({ start, end }) => start < data.x[index] + data.step && end > data.x[index]);
}

function decodeSeries(series, index) {
  const base = 10 ** series.exponent;
  const largest = series.values.reduce((most, value) => Math.max(most, Math.abs(value ?? 0)), 0) * base;
  const kilo = PREFIXED.test(series.unit) && largest >= KILO_FROM;
  const factor = kilo ? base / 1000 : base;
  const y = series.values.map((value) => (value === null ? null : value * factor));
  return {
    ...series,
    ...statistics(y),
    key: ((index - 1) % 6) + 1,
    unit: kilo ? `k${series.unit}` : series.unit,
    decimals: Math.max(0, -Math.round(Math.log10(factor))),
    y: [...y, null],
    gaps: runsOf(y, (value) => value === null),
    marks: marksOf(series.quality),
  };
}

function statistics(y) {
  let [count, total, least, most] = [0, 0, Infinity, -Infinity];
  for (const value of y) {
    if (value === null) continue;
    count += 1;
    total += value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { count, total, least, most, missing: y.length - count };
}

/** Runs [from, to) of the entries for which `test` holds. */
function runsOf(values, test) {
  const runs = [];
  for (let i = 0; i < values.length; i += 1) {
    if (!test(values[i])) continue;
    const from = i;
    while (i < values.length && test(values[i])) i += 1;
    runs.push([from, i]);
  }
  return runs;
}

/** Runs { code, from, to } of the quality codes other than 0. */
function marksOf(quality) {
  const marks = [];
  let at = 0;
  for (const [code, count] of quality) {
    if (code !== 0) marks.push({ code, from: at, to: at + count });
    at += count;
  }
  return marks;
}

/** The quality of step `index` of a decoded series, or undefined when it is measured and good. */
export function qualityAt(data, series, index) {
  const mark = series.marks.find(({ from, to }) => from <= index && index < to);
  return mark && (data.qualities.get(mark.code) ?? { label: `Quality ${mark.code}`, tone: "muted", symbol: "?" });
}
