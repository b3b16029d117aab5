// The table in edit mode: paste a column, move with Enter and arrows, see what changed and the running sum, undo, and be
// warned before leaving. Without this module it is a plain form.
import { grouped, parse } from "./editing/number.js";

class Sheet {
  constructor(form) {
    this.form = form;
    this.sign = form.dataset.sign;
    this.exponent = Number(form.dataset.exponent);
    this.inputs = [...form.querySelectorAll("input[data-stored]")];
    this.texts = new Map(this.inputs.map((input) => [input, input.value]));
    this.history = [];
    this.listen();
    this.refresh();
  }

  listen() {
    this.form.addEventListener("input", (event) => this.onInput(event));
    this.form.addEventListener("keydown", (event) => this.onKey(event));
    this.form.addEventListener("paste", (event) => this.onPaste(event));
    this.find("[data-undo]").addEventListener("click", () => this.undo());
    this.form.addEventListener("submit", () => { this.leaving = true; });
    window.addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.changed().length) event.preventDefault();
    });
  }

  find(selector) {
    return this.form.querySelector(selector);
  }

  changed() {
    return this.inputs.filter((input) => input.value.trim() !== input.dataset.stored);
  }

  /** Typing in one field is one step of undo, whatever the number of keys. */
  onInput({ target }) {
    if (!this.texts.has(target)) return;
    const last = this.history.at(-1);
    if (!last || last.typed !== target) this.history.push({ typed: target, before: [[target, this.texts.get(target)]] });
    this.texts.set(target, target.value);
    this.check(target);
    this.refresh();
  }

  onKey(event) {
    const at = this.inputs.indexOf(event.target);
    if (at < 0 || event.altKey) return;
    if (event.ctrlKey || event.metaKey) return this.onUndoKey(event);
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.put([[event.target, event.target.dataset.stored]]);
    else if (step) (this.inputs[at + step] ?? event.target).select();
    else return;
    event.preventDefault();
  }

  /** The browser's own undo knows nothing of what was pasted over several fields. */
  onUndoKey(event) {
    if (event.key !== "z" || event.shiftKey) return;
    event.preventDefault();
    this.undo();
  }

  /** A column of a spreadsheet fills downwards from the field it is pasted into. */
  onPaste(event) {
    const at = this.inputs.indexOf(event.target);
    const lines = event.clipboardData.getData("text").replace(/(\r?\n)+$/, "").split(/\r?\n/);
    if (at < 0 || (lines.length === 1 && !lines[0].includes("\t"))) return;
    event.preventDefault();
    if (lines.some((line) => line.includes("\t"))) return this.say("Several columns were copied: copy one column of numbers.");
    const fields = this.inputs.slice(at, at + lines.length);
    this.put(fields.map((input, n) => [input, lines[n].trim()]));
    const over = lines.length - fields.length;
    this.say(over ? `${over} of ${lines.length} pasted values have no row: they were left out.` : "");
    fields.at(-1).focus();
  }

  /** Set several fields as one step of undo. */
  put(pairs) {
    if (pairs.every(([input, text]) => input.value === text)) return;
    this.history.push({ before: pairs.map(([input]) => [input, input.value]) });
    this.fill(pairs);
  }

  undo() {
    const step = this.history.pop();
    if (!step) return;
    this.fill(step.before);
    step.before[0][0].focus();
  }

  fill(pairs) {
    for (const [input, text] of pairs) {
      input.value = text;
      this.texts.set(input, text);
      this.check(input);
    }
    this.refresh();
  }

  check(input) {
    const changed = input.value.trim() !== input.dataset.stored;
    const error = changed ? parse(input.value, this.sign, this.exponent).error : undefined;
    const row = input.closest("tr");
    row.classList.toggle("changed", changed);
    row.querySelector("[data-was]").textContent = changed ? input.dataset.stored || "no value" : "";
    row.querySelector("[data-error]").textContent = error ?? "";
    describe(input, error);
  }

  refresh() {
    const wrong = this.form.querySelectorAll("input[data-stored][aria-invalid]").length;
    const count = this.changed().length;
    const said = wrong ? `${count} changed, ${wrong} of them not accepted` : `${count} changed, not saved`;
    this.find("[data-changed]").textContent = count ? said : "";
    this.find("[data-undo]").hidden = !this.history.length;
    if (this.find("[data-sum]")) this.sum();
  }

  sum() {
    const typed = this.total((input) => input.value);
    const stored = this.total((input) => input.dataset.stored);
    for (const part of this.form.querySelectorAll("[data-live]")) part.hidden = typed === stored;
    this.write("[data-sum]", typed);
    this.write("[data-off]", typed - stored, true);
    if (this.form.dataset.difference) this.write("[data-registers]", typed - BigInt(this.form.dataset.difference), true);
  }

  total(text) {
    return this.inputs.reduce((sum, input) => sum + (parse(text(input), this.sign, this.exponent).value ?? 0n), 0n);
  }

  write(selector, value, signed = false) {
    const output = this.find(selector);
    if (output) output.textContent = `${signed && value > 0n ? "+" : ""}${grouped(value, this.exponent)}`;
  }

  say(text) {
    this.find("[data-said]").textContent = text;
  }
}

function describe(input, error) {
  const attributes = { "aria-invalid": "true", "aria-describedby": `${input.id}-error` };
  for (const [name, value] of Object.entries(attributes)) {
    if (error) input.setAttribute(name, value);
    else input.removeAttribute(name);
  }
}

for (const form of document.querySelectorAll("[data-sheet]")) new Sheet(form);
