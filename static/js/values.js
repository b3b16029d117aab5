// The Data Browser: keys that change the period, and the versions of a value in a dialog. Without this module the keys are
// links and a value opens its own page.

const dialog = document.getElementById("versions");
const keysOn = document.getElementById("shortcuts")?.dataset.shortcuts !== "off";

if (keysOn) document.addEventListener("keydown", follow);
document.querySelector("[data-versions]")?.addEventListener("click", open);

/** Follow the link of the pressed key, unless the key means something else where it was pressed. */
function follow(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (document.querySelector("dialog[open]") || isBusy(event.target)) return;
  const link = document.querySelector(`[data-keys] a[data-key="${CSS.escape(event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
}

function isBusy(target) {
  return target.matches?.('input, select, textarea, [contenteditable], [role="application"], .table-scroll, summary');
}

async function open(event) {
  const link = event.target.closest("td a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    await window.htmx.ajax("GET", link.href, { target: "#versions-body", swap: "innerHTML" });
    if (!dialog.open) dialog.showModal();
  } catch {
    location.assign(link.href);
  }
}
