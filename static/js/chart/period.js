// The period of chart, table and URL is one: when the reader zooms, the page's form with data-period gets the new
// period in its fields "from" and "to" (local to the chart's zone) and is sent.
const SETTLE_MS = 500;

export function followPeriod(figure) {
  let waiting = 0;
  figure.addEventListener("chart:period", ({ detail }) => {
    const form = document.querySelector("form[data-period]");
    if (!form) return;
    fill(form.elements.from, figure.clock.local(detail.from), detail.from);
    fill(form.elements.to, figure.clock.local(detail.to), detail.to);
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(), SETTLE_MS);
  });
}

/** A text field takes the instant itself, so that both runs of the hour that comes twice can be named. */
function fill(input, text, instant) {
  if (!input) return;
  if (input.type === "text") input.value = new Date(instant * 1000).toISOString();
  else input.value = input.type === "date" ? text.slice(0, 10) : text;
}
