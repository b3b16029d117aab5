// Selecting rows of a list. Without this module the check boxes and buttons work as a plain form.
import { announce } from "./live.js";

let last = null;

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-selection]");
  if (!form) return;
  if (event.target.matches("[data-pick-page]")) {
    for (const box of boxes(form)) box.checked = event.target.checked;
  }
  show(form);
});
document.addEventListener("click", pickRange);
document.addEventListener("htmx:afterSwap", showAll);
showAll();

function boxes(form) {
  return [...form.querySelectorAll('input[name="pk"]')];
}

function showAll() {
  for (const form of document.querySelectorAll("[data-selection]")) show(form, true);
}

function show(form, quiet = false) {
  const bulk = form.querySelector("[data-bulk]");
  if (!bulk) return;
  const all = boxes(form);
  const everything = form.querySelector("[data-pick-all]").checked;
  const picked = all.filter((box) => box.checked).length;
  const page = form.querySelector("[data-pick-page]");
  page.hidden = false;
  page.checked = picked > 0 && picked === all.length;
  page.indeterminate = picked > 0 && picked < all.length;
  const text = everything ? "All matching selected" : `${picked} selected`;
  bulk.hidden = picked === 0 && !everything;
  bulk.querySelector("[data-picked]").textContent = text;
  if (!quiet) announce(text);
}

/** Shift-click selects the range between the last clicked box and this one. */
function pickRange(event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.name !== "pk") return;
  const form = box.closest("[data-selection]");
  const all = boxes(form);
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
}
