// The light/dark button: what the reader chose is kept in this browser, and nowhere else. Loaded in the head without
// waiting, it colours the page before anything is shown; the button is looked for when it is there.
import { apply, chosen, shown, store } from "../theme.js";

apply(chosen());
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();

function start() {
  const button = document.querySelector("button.theme");
  if (!button) return;
  const tell = () => button.setAttribute("aria-pressed", String(shown() === "dark"));
  // it is called by what it switches on, and says whether that is on
  button.textContent = button.dataset.dark ?? button.textContent;
  button.hidden = false;
  tell();
  button.addEventListener("click", () => {
    store(shown() === "dark" ? "light" : "dark");
    tell();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
}
