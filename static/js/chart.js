// The series chart: finds its figures, brings the data and the drawing library, shows loading, failed and empty states.
// The format of the data and the event "chart:period" are described in docs/explanation/web.md.
import { decode } from "./chart/data.js";
import { SeriesChart } from "./chart/series_chart.js";
import { followPeriod } from "./chart/period.js";
import { showState } from "./chart/states.js";

async function load(figure) {
  showState(figure, "loading");
  try {
    const [library, columns] = await Promise.all([import(figure.dataset.uplot), fetchColumns(figure.dataset.chart)]);
    draw(figure, library.default, decode(columns));
  } catch (error) {
    showState(figure, "failed", error.message, () => load(figure));
  }
}

async function fetchColumns(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (response.redirected) throw new Error("you are no longer signed in");
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json().catch(() => { throw new Error("the answer is not chart data"); });
}

function draw(figure, uPlot, data) {
  if (!data.series.some((series) => series.count > 0)) return showState(figure, "nothing");
  const chart = new SeriesChart(uPlot, figure, data);
  const again = () => chart.redraw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  document.addEventListener("preferences:changed", again);
}

function start(root) {
  for (const figure of root.querySelectorAll("[data-chart]:not([data-started])")) {
    figure.dataset.started = "";
    followPeriod(figure);
    load(figure);
  }
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target));
