// Dialogs, menus and dismissable messages. A <details class="menu"> opens without this module; here it also
// closes on Escape, on a click outside and when another opens.

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  const opener = target.closest("[data-dialog-open]");
  if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
  if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
  target.closest("[data-dismiss]")?.closest(".message")?.remove();
  closeMenus(target.closest("[data-menu]"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("[data-menu][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary")?.focus();
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset?.confirm;
  if (!question || event.target.dataset.confirmed) return;
  event.preventDefault();
  ask(question).then((yes) => {
    if (!yes) return;
    event.target.dataset.confirmed = "yes";
    event.target.requestSubmit(event.submitter);
  });
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

/** Ask a yes/no question in a modal dialog; resolves to true for yes. */
function ask(question) {
  const dialog = document.createElement("dialog");
  const body = Object.assign(document.createElement("form"), { method: "dialog" });
  const text = Object.assign(document.createElement("p"), { textContent: question });
  const row = Object.assign(document.createElement("div"), { className: "row end" });
  row.append(button("No", "no", "button"), button("Yes", "yes", "button primary"));
  body.append(text, row);
  dialog.append(body);
  dialog.setAttribute("aria-label", question);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
  });
}

function button(label, value, className) {
  return Object.assign(document.createElement("button"), { textContent: label, value, className });
}
