// The facets: made once, so that what has the focus keeps it; a new answer only changes numbers and what is hidden.
import { FACETS, NONE } from "../asked.js";
import { el, inLanguage, number, t } from "../../page.js";

const FEW = 10;
const WHOLE = new Set(["summit", "year", "kind", "language"]);
const DATED = new Set(["summit", "document"]);
const OPEN = new Set(["theme", "summit"]);

export class Facets {
  #facets = new Map();
  #unknown = {};

  /** `facts` as the worker tells them; `changed` is called when the reader chooses. */
  constructor(place, facts, changed) {
    for (const facet of FACETS) {
      if (!facts[facet].length) continue;
      const made = this.#facet(facet, facts[facet], changed);
      this.#facets.set(facet, made);
      place.append(made.box);
    }
  }

  #facet(facet, values, changed) {
    const items = values.map((value) => item(facet, value, changed));
    const made = { items, all: values.length <= FEW || WHOLE.has(facet) };
    const more = el("button", { type: "button", class: "all", hidden: made.all, "aria-expanded": "false" });
    more.addEventListener("click", () => {
      made.all = !made.all;
      this.#show(made);
    });
    const list = el("ul", {}, items.map(({ row }) => row)); // prettier-ignore
    const legend = el("legend", { class: "visually-hidden" }, t(`search.facet.${facet}`));
    made.more = more;
    made.long = !made.all;
    made.mark = el("span", { class: "chosen-count" });
    made.box = el(
      "details",
      { class: "facet", "data-facet": facet, open: OPEN.has(facet) },
      el("summary", {}, t(`search.facet.${facet}`), made.mark),
      el("fieldset", {}, legend, list, more),
    );
    return made;
  }

  /** What is chosen now: {facet: [value, …]}. */
  chosen() {
    const found = Object.fromEntries(FACETS.map((facet) => [facet, []]));
    for (const [facet, { items }] of this.#facets) {
      found[facet] = items.filter(({ box }) => box.checked).map(({ value }) => value.value);
    }
    for (const facet of FACETS) found[facet].push(...(this.#unknown[facet] ?? []));
    return found;
  }

  /** Check what an address says; values that this graph does not know stay until they are taken away. */
  choose(facets) {
    for (const facet of FACETS) {
      const { items = [], box } = this.#facets.get(facet) ?? {};
      for (const each of items) each.box.checked = facets[facet].includes(each.value.value);
      this.#unknown[facet] = facets[facet].filter((key) => !items.some(({ value }) => value.value === key));
      if (box && facets[facet].length) box.open = true;
    }
  }

  tell(counts) {
    for (const [facet, made] of this.#facets) {
      for (const each of made.items) {
        each.n = counts[facet][each.value.value] ?? 0;
        each.count.textContent = number(each.n);
        each.row.classList.toggle("none", each.n === 0);
      }
      const chosen = made.items.filter(({ box }) => box.checked).length;
      made.mark.textContent = chosen ? ` · ${number(chosen)}` : "";
      this.#show(made);
    }
  }

  #show({ items, all, more, long }) {
    if (!long) return;
    const ranked = [...items].filter(({ n }) => n > 0).sort((a, b) => b.n - a.n);
    const top = new Set(all ? ranked : ranked.slice(0, FEW));
    for (const each of items) each.row.hidden = !top.has(each) && !each.box.checked && each.box !== document.activeElement;
    more.hidden = ranked.length <= FEW;
    more.setAttribute("aria-expanded", String(all));
    more.textContent = all ? t("search.fewer") : t("search.all", { n: number(ranked.length) });
  }

  /** What a value is called. */
  name(facet, key) {
    const value = this.#facets.get(facet)?.items.find((each) => each.value.value === key)?.value;
    return value ? nameOf(facet, value) : key;
  }
}

function item(facet, value, changed) {
  const box = el("input", { type: "checkbox", name: facet, value: value.value, onchange: changed });
  const count = el("span", { class: "count" });
  const year = DATED.has(facet) && value.date && !value.name.includes(value.date.slice(0, 4)) ? value.date.slice(0, 4) : "";
  const name = el("span", { class: "name" }, nameOf(facet, value), year && el("span", { class: "quiet" }, ` ${year}`));
  const row = el("li", { class: `depth${Math.min(value.depth, 3)}` }, el("label", {}, box, name, " ", count));
  return { value, box, count, row, n: 0 };
}

function nameOf(facet, value) {
  if (value.value === NONE) return t(`search.none.${facet}`);
  if (facet === "kind") return t(`search.is.${value.value}`);
  if (facet === "language") return languageName(value.value);
  return inLanguage(value.name, value.language);
}

/** What a language is called in the page's one. */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(code);
  } catch {
    return code;
  }
}
