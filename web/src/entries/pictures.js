// The pictures, drawn from the same numbers as the tables beside them.
import { el, t } from "../page.js";
import { Book, save } from "../pictures/drawing.js";
import { heat } from "../pictures/heat.js";
import { net } from "../pictures/net.js";
import { time } from "../pictures/time.js";

const DRAWN = { heat, time, net };

async function start() {
  const response = await fetch(new URL("../data/pictures.json", import.meta.url));
  if (!response.ok) throw new Error(`${response.status}`);
  const book = new Book(await response.json());
  for (const figure of document.querySelectorAll("[data-picture]")) {
    const key = figure.dataset.picture;
    const svg = DRAWN[key](book);
    if (!svg) continue;
    figure.querySelector(".drawing").append(svg);
    if (key !== "heat") figure.querySelector("figcaption").prepend(legend());
    figure.querySelector("[data-save]").addEventListener("click", () => save(svg, key, book.about));
    figure.hidden = false;
    figure.closest("section").querySelector("details").open = false;
  }
}

const legend = () =>
  el(
    "ul",
    { class: "inline legend" },
    ["instrument", "body"].map((kind) => el("li", { class: kind }, t(`pictures.${kind}`))),
  );

start().catch((error) => {
  document.getElementById("pictures-status").textContent = t("pictures.failed", { why: error.message });
});
