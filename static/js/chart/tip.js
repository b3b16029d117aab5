// The tooltip: local time with zone, then each series' value with unit and quality. The same words go to the live region.
import { notesAt, qualityAt } from "./data.js";
import { element } from "./states.js";
import { quantity } from "./words.js";

export class Tip {
  constructor(data, clock) {
    this.data = data;
    this.clock = clock;
    this.box = element("div", "", "tip");
    this.box.hidden = true;
  }

  /** Show step `index` beside the cursor at `left` px of a plot `width` px wide. */
  show(index, left, top, width) {
    const list = document.createElement("dl");
    for (const series of this.data.series) list.append(...this.lines(series, index));
    for (const note of notesAt(this.data, index)) list.append(element("dd", `${note.number} ${note.text}`, "note"));
    this.box.replaceChildren(element("strong", this.when(index)), list);
    this.box.hidden = false;
    const beside = left > width / 2 ? left - this.box.offsetWidth - 12 : left + 12;
    this.box.style.transform = `translate(${Math.round(Math.max(beside, 0))}px, ${Math.round(Math.max(top, 0))}px)`;
  }

  hide() {
    this.box.hidden = true;
  }

  /** What the live region says of step `index`. */
  spoken(index) {
    const values = this.data.series.map((series) => `${series.label} ${this.reading(series, index)}${this.remark(series, index)}`);
    const notes = notesAt(this.data, index).map(({ text }) => `. Comment: ${text}`);
    return `${this.when(index)}: ${values.join("; ")}${notes.join("")}`;
  }

  when(index) {
    const instant = this.data.series.every(({ kind }) => kind === "stand");
    return this.clock.interval(this.data.x[index], instant ? undefined : this.data.x[index + 1]);
  }

  lines(series, index) {
    const name = element("dt", series.label, `key-${series.key}`);
    const lines = [name, element("dd", this.reading(series, index))];
    const quality = qualityAt(this.data, series, index);
    if (quality) lines.push(element("dd", `${quality.symbol} ${quality.label}`, "note"));
    return lines;
  }

  reading(series, index) {
    const value = series.y[index];
    return value === null ? "no value" : quantity(value, series);
  }

  remark(series, index) {
    const quality = qualityAt(this.data, series, index);
    return quality ? `, ${quality.label.toLowerCase()}` : "";
  }
}
