const region = document.getElementById("live");

/** Say `text` to screen readers without moving the focus. */
export function announce(text) {
  if (region) region.textContent = text;
}
