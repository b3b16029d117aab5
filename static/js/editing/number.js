// Decimal numbers with the sign of the page as exact integers (BigInt) of 10^exponent: the rule of the server, so that
// what is refused there is said here at once.
const GROUPING = /[\s'’_\u00a0\u202f\u2009]/;
const NARROW_SPACE = "\u202f";
const LIMIT = 2n ** 52n; // what the value store keeps exactly

/** { value } for a number, { value: null } for an empty text, { error } for anything else. */
export function parse(text, sign, exponent) {
  const written = text.trim().replace("\u2212", "-");
  if (!written) return { value: null };
  const other = sign === "." ? "," : ".";
  if (written.includes(other) || GROUPING.test(written)) return { error: `${written}: the decimal sign is “${sign}”, and digits are not grouped` };
  const found = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(written.replace(sign, "."));
  if (!found || !(found[2] || found[3])) return { error: `${written} is not a number` };
  return scaled(written, found[1], found[2], found[3] ?? "", exponent);
}

function scaled(written, minus, whole, fraction, exponent) {
  const places = Math.max(-exponent, 0);
  const kept = fraction.replace(/0+$/, "");
  if (kept.length > places) return { error: `${written} has more than ${places} digits after the decimal sign` };
  let value = BigInt(`${whole}${kept.padEnd(places, "0")}` || "0");
  if (exponent > 0) {
    const step = 10n ** BigInt(exponent);
    if (value % step) return { error: `${written} is not a multiple of ${step}` };
    value /= step;
  }
  if (value >= LIMIT) return { error: `${written} is too large to be stored` };
  return { value: minus === "-" ? -value : value };
}

/** An integer of 10^exponent in groups of three, as the page writes numbers. */
export function grouped(value, exponent) {
  const places = Math.max(-exponent, 0);
  const digits = String((value < 0n ? -value : value) * 10n ** BigInt(Math.max(exponent, 0))).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  const fraction = places ? `.${digits.slice(-places)}` : "";
  return `${value < 0n ? "\u2212" : ""}${whole}${fraction}`;
}
