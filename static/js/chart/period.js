// The period of chart, table and URL is one: when the reader zooms, the page's form with data-period gets the new
// period in its fields "from" and "to" (local to the chart's zone) and is sent.
const SETTLE_MS = 500;

export function followPeriod(figure) {
  let waiting = 0;
  figure.addEventListener("chart:period", ({ detail }) => {
    const form = document.querySelector("form[data-period]");
    if (!form) return;
    fill(form.elements.from, figure.clock.local(detail.from));
    fill(form.elements.to, figure.clock.local(detail.to));
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(), SETTLE_MS);
  });
}

function fill(input, text) {
  if (input) input.value = input.type === "date" ? text.slice(0, 10) : text;
}
