// One chart in its figure: drawing, zoom, keyboard, tooltip, resize, theme.
import { palette } from "./colors.js";
import { fillLegend } from "./legend.js";
import { options } from "./options.js";
import { Tip } from "./tip.js";
import { Clock, summary } from "./words.js";

const LEAST_STEPS = 4;
const SPEAK_AFTER_MS = 350;
const DAY_S = 86400;

export class SeriesChart {
  constructor(uPlot, figure, data) {
    Object.assign(this, { uPlot, figure, data, plot: figure.querySelector(".plot"), index: null, shown: [data.start, data.end] });
    this.clock = new Clock(data.zone);
    this.tip = new Tip(data, this.clock);
    figure.clock = this.clock;
    fillLegend(figure.querySelector(".legend"), data);
    figure.querySelector("[data-summary]").textContent = summary(data);
    this.redraw();
    this.plot.addEventListener("keydown", (event) => this.onKey(event));
    this.plot.addEventListener("focusout", () => this.tip.hide());
    new ResizeObserver(() => this.resize()).observe(this.plot);
  }

  /** Draw anew, with the colours of the present theme. */
  redraw() {
    this.u?.destroy();
    this.plot.replaceChildren();
    const { width, height } = this.size();
    this.began = performance.now();
    const hooks = { setSelect: [(u) => this.onSelect(u)], setCursor: [(u) => this.onCursor(u)], ready: [(u) => this.onReady(u)] };
    const made = options(this.uPlot, this.data, palette(this.figure), { width, height, hooks, drawn: () => this.onDrawn() });
    this.u = new this.uPlot(made, [this.data.x, ...this.data.series.map((series) => series.y)], this.plot);
    this.plot.append(this.tip.box);
  }

  size() {
    return { width: this.plot.clientWidth, height: Math.max(this.plot.clientHeight, 240) };
  }

  resize() {
    if (this.plot.clientWidth !== this.u.width) this.u.setSize(this.size());
  }

  onReady(u) {
    u.setScale("x", { min: this.shown[0], max: this.shown[1] });
    u.over.addEventListener("dblclick", () => this.zoom(this.data.start, this.data.end));
    u.over.addEventListener("mouseleave", () => this.tip.hide());
  }

  /** How long building and drawing took stays readable on the figure: data-drawn-ms. */
  onDrawn() {
    this.figure.dataset.drawnMs ??= (performance.now() - this.began).toFixed(1);
  }

  onSelect(u) {
    if (u.select.width < 3) return;
    this.zoom(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x"));
    u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  }

  onCursor(u) {
    const { left, idx } = u.cursor;
    if (left === undefined || left < 0 || idx === null || idx === undefined) return;
    this.index = Math.min(idx, this.data.steps - 1);
    this.tip.show(this.index, left + u.over.offsetLeft, u.over.offsetTop + 4, this.plot.clientWidth);
  }

  /** Show [from, to) in whole steps; tells the page unless nothing changed. */
  zoom(from, to) {
    const { start, step, end, steps } = this.data;
    const first = Math.min(Math.max(Math.floor((from - start) / step), 0), Math.max(steps - LEAST_STEPS, 0));
    const last = Math.max(Math.ceil((Math.min(to, end) - start) / step), Math.min(first + LEAST_STEPS, steps));
    const shown = [start + first * step, start + last * step];
    if (shown[0] === this.shown[0] && shown[1] === this.shown[1]) return;
    this.shown = shown;
    this.u.setScale("x", { min: shown[0], max: shown[1] });
    this.figure.dispatchEvent(new CustomEvent("chart:period", { bubbles: true, detail: { from: shown[0], to: shown[1] } }));
  }

  zoomBy(factor) {
    const [from, to] = this.shown;
    const middle = this.index === null ? (from + to) / 2 : this.data.x[this.index];
    this.zoom(middle - (middle - from) * factor, middle + (to - middle) * factor);
  }

  onKey(event) {
    const daySteps = Math.max(1, Math.round(DAY_S / this.data.step));
    const stride = event.shiftKey ? daySteps : 1;
    const moves = {
      ArrowLeft: () => this.move((this.index ?? this.firstShown() + 1) - stride),
      ArrowRight: () => this.move((this.index ?? this.firstShown() - 1) + stride),
      Home: () => this.move(this.firstShown()),
      End: () => this.move(this.lastShown()),
      "+": () => this.zoomBy(0.5),
      "=": () => this.zoomBy(0.5),
      "-": () => this.zoomBy(2),
      Escape: () => this.zoom(this.data.start, this.data.end),
    };
    if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moves[event.key]();
  }

  firstShown() {
    return Math.round((this.shown[0] - this.data.start) / this.data.step);
  }

  lastShown() {
    return Math.round((this.shown[1] - this.data.start) / this.data.step) - 1;
  }

  /** Put the cursor on step `index`, shifting the shown period when it lies outside. */
  move(index) {
    const to = Math.min(Math.max(index, 0), this.data.steps - 1);
    const by = to < this.firstShown() ? to - this.firstShown() : Math.max(to - this.lastShown(), 0);
    if (by) this.zoom(this.shown[0] + by * this.data.step, this.shown[1] + by * this.data.step);
    this.u.setCursor({ left: this.u.valToPos(this.data.x[to] + this.data.step / 2, "x"), top: 0 });
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => this.speak(to), SPEAK_AFTER_MS);
  }

  speak(index) {
    this.figure.querySelector("[data-reading]").textContent = this.tip.spoken(index);
  }
}
