// The legend: each series with its line, each quality with tone and symbol, the hatch of missing values.
import { element } from "./states.js";

const SVG = "http://www.w3.org/2000/svg";

export function fillLegend(list, data) {
  const seen = new Set(data.series.flatMap((series) => series.marks.map(({ code }) => code)));
  const qualities = [...data.qualities.values()].filter(({ code }) => seen.has(code));
  list.replaceChildren(...data.series.map(seriesEntry), ...qualities.map(qualityEntry));
  if (data.series.some((series) => series.missing)) list.append(entry(sample("M1 11 7 5M7 11 13 5M13 11 17 7"), "no value"));
}

function seriesEntry(series) {
  const drawn = entry(sample(series.kind === "stand" ? "M1 10 17 3" : "M1 9H6V3H11V7H17"), `${series.label} (${series.unit})`);
  drawn.classList.add(`key-${series.key}`);
  return drawn;
}

function qualityEntry({ label, tone, symbol }) {
  const badge = element("span", symbol, "badge mono");
  badge.dataset.tone = tone;
  return entry(badge, label);
}

function entry(picture, text) {
  const item = document.createElement("li");
  item.append(picture, text);
  return item;
}

function sample(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 18 12");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}
