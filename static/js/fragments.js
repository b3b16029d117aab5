// What htmx fragments need: tidy URLs, announced results, and a message when an answer does not come.
import { announce } from "./live.js";

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches("[data-prune]")) return;
  const parameters = event.detail.parameters;
  for (const name of new Set(parameters.keys())) {
    const kept = parameters.getAll(name).filter((value) => value !== "");
    parameters.delete(name);
    for (const value of kept) parameters.append(name, value);
  }
});

let said = "";
document.addEventListener("htmx:afterSwap", () => {
  const news = document.querySelector("[data-announce]")?.dataset.announce;
  if (news && news !== said) announce(news);
  said = news;
});

document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt.matches("[data-ended]")) refresh();
});

/** What a reading that has just ended changed on this page is taken from a fresh copy of it. */
async function refresh() {
  const parts = document.querySelectorAll("[data-refresh]");
  if (!parts.length) return;
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return warn("What the meter sent is stored, but this page could not be refreshed.");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (fresh) part.replaceWith(fresh);
  }
}

document.addEventListener("htmx:responseError", (event) => fail(event, "The server answered with an error."));
document.addEventListener("htmx:sendError", (event) => fail(event, "The server cannot be reached."));

/** Say what failed; polling stays quiet until it works again, and a lost session leads to the sign-in page. */
function fail(event, text) {
  if (event.detail.xhr?.status === 403 || event.detail.elt.id === "running") return;
  warn(text);
}

function warn(text) {
  const list = document.getElementById("messages");
  const item = document.createElement("li");
  item.className = "message";
  item.dataset.tone = "bad";
  item.textContent = `${text} What is shown may be old; load the page again.`;
  list?.replaceChildren(item);
}
