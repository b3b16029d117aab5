// Everything the chart says: numbers, local times with their zone, the summary that stands for the picture.
const NARROW_SPACE = "\u202f";
const KILO_FROM = 10_000;
const GROWN = { W: "kW", Wh: "kWh", var: "kvar", varh: "kvarh", VA: "kVA", VAh: "kVAh", kW: "MW", kWh: "MWh", kvarh: "Mvarh" };

/** A number with grouped digits and its unit; sums that outgrow the unit of the single values get the next one. */
export function quantity(value, { unit, decimals }) {
  const grow = Math.abs(value) >= KILO_FROM ? GROWN[unit] : undefined;
  const text = (grow ? value / 1000 : value).toLocaleString("en-GB", { maximumFractionDigits: grow ? 3 : Math.min(decimals, 3) });
  return `${text.replaceAll(",", NARROW_SPACE)} ${grow ?? unit}`;
}

/** Formats instants (Unix seconds) in one zone. Intl formatters are slow to make, so they are made once. */
export class Clock {
  constructor(zone) {
    const at = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
    this.day = at({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
    this.time = at({ hour: "2-digit", minute: "2-digit" });
    this.zoned = at({ hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
    this.parts = at({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  /** "Fri, 20 Nov 2026 14:15–14:30 EET", or without an end "Fri, 20 Nov 2026 14:15 EET". */
  interval(from, to) {
    const start = new Date(from * 1000);
    if (to === undefined) return `${this.day.format(start)} ${this.zoned.format(start)}`;
    return `${this.day.format(start)} ${this.time.format(start)}–${this.zoned.format(new Date(to * 1000))}`;
  }

  /** "2026-11-20T14:15", what an <input type="datetime-local"> takes. */
  local(instant) {
    const part = Object.fromEntries(this.parts.formatToParts(new Date(instant * 1000)).map(({ type, value }) => [type, value]));
    return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
  }
}

/** The text alternative: per series how many values, the range, the total, and what is not plainly measured. */
export function summary(data) {
  return data.series.map((series) => seriesSummary(data, series)).join(" ");
}

function seriesSummary(data, series) {
  if (!series.count) return `${series.label}: no values.`;
  const said = [`${series.count} of ${data.steps} values`, `${quantity(series.least, series)} to ${quantity(series.most, series)}`];
  if (series.kind === "consumption") said.push(`total ${quantity(series.total, series)}`);
  if (series.missing) said.push(`${series.missing} missing`);
  for (const [label, count] of countQualities(data, series)) said.push(`${count} ${label.toLowerCase()}`);
  return `${series.label}: ${said.join(", ")}.`;
}

function countQualities(data, series) {
  const counts = new Map();
  for (const { code, from, to } of series.marks) {
    const label = data.qualities.get(code)?.label ?? `quality ${code}`;
    counts.set(label, (counts.get(label) ?? 0) + to - from);
  }
  return counts;
}
