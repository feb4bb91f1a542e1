// The light/dark button: what the reader chose is kept in this browser, and nowhere else.
import { apply, chosen, shown, store } from "../theme.js";

const button = document.querySelector("button.theme");
apply(chosen());
if (button) {
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
