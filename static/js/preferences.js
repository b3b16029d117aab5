// Theme, density and shortcuts at once, without a page load. The server keeps the choice in its cookie, so the
// same form works without this module.

document.addEventListener("submit", (event) => {
  const form = event.target;
  const chosen = event.submitter;
  if (!form.matches?.("[data-preferences]") || !chosen?.name) return;
  event.preventDefault();
  apply(chosen.name, chosen.value);
  mark(form, chosen);
  const data = new FormData(form, chosen);
  fetch(form.action, { method: "POST", body: data, redirect: "manual" }).catch(() => form.submit());
});

function apply(name, value) {
  const root = document.documentElement;
  if (name === "shortcuts") location.reload();
  else if (value === "system") delete root.dataset[name];
  else root.dataset[name] = value;
  document.dispatchEvent(new CustomEvent("preferences:changed", { detail: { name, value } }));
}

function mark(form, chosen) {
  for (const other of form.querySelectorAll(`button[name="${chosen.name}"]`)) {
    other.setAttribute("aria-pressed", String(other === chosen));
  }
}
