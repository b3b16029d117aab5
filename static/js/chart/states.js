// Loading, nothing and failed, as the same kind of box the pages use.
const WORDS = {
  loading: ["Loading the chart…", ""],
  nothing: ["No values in this period", "Choose another period, or read the device."],
  failed: ["The chart could not be loaded", "Try again; if it stays, tell your administrator."],
};

/** Put the state `kind` in the figure's place for the plot; `detail` and `retry` belong to "failed". */
export function showState(figure, kind, detail = "", retry = null) {
  const box = document.createElement("div");
  box.className = "empty";
  box.dataset.empty = kind === "nothing" ? "no-match" : kind;
  if (kind === "failed") box.setAttribute("role", "alert");
  const [title, text] = WORDS[kind];
  box.append(element("h2", title), element("p", detail ? `${text} (${detail})` : text));
  if (retry) box.append(retryButton(retry));
  figure.querySelector(".plot").replaceChildren(box);
}

function retryButton(retry) {
  const button = element("button", "Try again");
  button.className = "button";
  button.addEventListener("click", retry);
  return button;
}

export function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
