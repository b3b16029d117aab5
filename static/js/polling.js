// Fragments that ask for themselves again rest while nobody looks, and while the reader is inside them.

document.addEventListener("htmx:beforeRequest", (event) => {
  const element = event.detail.elt;
  if (!element.getAttribute("hx-trigger")?.includes("every ")) return;
  const busy = element.contains(document.activeElement) && element.id !== "running";
  if (document.hidden || busy) event.preventDefault();
});
