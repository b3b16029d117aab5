// Single-key shortcuts: / ? j k x, g followed by a letter, and the keys a page gives to its links and buttons (data-key).
// They can be switched off (WCAG 2.1.4) in the ? dialog.
const dialog = document.getElementById("shortcuts");
const enabled = dialog?.dataset.shortcuts !== "off";
const SECOND_KEY_MS = 1200;
let goUntil = 0;

const actions = {
  "/": () => document.getElementById("search")?.select(),
  "?": () => dialog?.showModal(),
  j: () => moveRow(1),
  k: () => moveRow(-1),
  x: () => currentRow()?.querySelector('input[name="pk"]')?.click(),
  g: () => { goUntil = performance.now() + SECOND_KEY_MS; },
};

if (enabled) document.addEventListener("keydown", onKey);

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (performance.now() < goUntil) {
    goUntil = 0;
    return follow(event, document.querySelector(`[data-shortcut="g ${CSS.escape(event.key)}"]`));
  }
  const own = document.querySelector(`[data-key~="${CSS.escape(event.key)}"]`);
  if (own) return follow(event, own);
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function follow(event, link) {
  if (!link) return;
  event.preventDefault();
  link.click();
}

function isTyping(target) {
  return target.matches?.('input:not([type="checkbox"], [type="radio"]), select, textarea, [contenteditable], [role="application"]');
}

function rows() {
  return [...document.querySelectorAll(".table tbody tr")].filter((row) => stop(row));
}

function stop(row) {
  return row.querySelector("a[href], input");
}

function currentRow() {
  return document.activeElement?.closest(".table tbody tr");
}

function moveRow(step) {
  const all = rows();
  const at = all.indexOf(currentRow());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  if (next) stop(next).focus();
}
