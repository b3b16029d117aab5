// A canvas needs colours as they are computed now: light-dark() and the chosen theme are resolved by the style sheet.

/** A function from the name of a token ("series-1") to its colour in the figure's present theme. */
export function palette(figure) {
  const probe = document.createElement("span");
  probe.hidden = true;
  figure.append(probe);
  const names = ["text", "muted", "line", "line-strong", "surface", "ok", "info", "busy", "warn", "bad"];
  for (let i = 1; i <= 6; i += 1) names.push(`series-${i}`);
  const colors = new Map(names.map((name) => [name, resolve(probe, name)]));
  probe.remove();
  return (name) => colors.get(name) ?? colors.get("muted");
}

function resolve(probe, name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/** `color` ("rgb(r, g, b)") with an opacity. */
export function faded(color, alpha) {
  return color.replace("rgb(", "rgba(").replace(")", `, ${alpha})`);
}
