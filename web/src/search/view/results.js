// The results: a list of paragraphs, with the words that were found marked.
import { address, el, inLanguage, t } from "../../page.js";
import { fold, pieces } from "../fold.js";
import { languageName } from "./facets.js";

const LONGEST = 700;
const BEFORE = 160;

/** A paragraph as a list item. */
export function result(row) {
  // documents give many results the same name; what is said tells them apart
  const id = `says-${row.short.replace(/[^\w-]/g, "_")}`;
  const text = row.texts.map(([language, words], n) =>
    el("p", { class: "says", id: n ? null : id, lang: language || null }, marked(words, row.terms)),
  );
  const place = [row.document ? inLanguage(row.document.text, row.document.language) : t("search.none.document")];
  if (row.number) place.push(t("search.number", { number: row.number }));
  const heading = el("h3", {}, el("a", { href: address(row.short), "aria-describedby": id }, joined(place, ", ")));
  const where = el("p", { class: "where" });
  const facts = [];
  if (row.summit) facts.push(el("a", { href: address(row.summit.short) }, inLanguage(row.summit.text, row.summit.language)));
  if (row.year && !row.summit?.text.includes(row.year)) facts.push(row.year);
  if (row.kind && row.kind !== "mandate") facts.push(t(`search.is.${row.kind}`));
  for (const theme of row.themes) {
    facts.push(el("a", { class: "theme", href: address(theme.short) }, inLanguage(theme.text, theme.language)));
  }
  where.append(...joined(facts, " · "));
  const others = row.others.map((twin) =>
    el("a", { href: address(twin.short), hreflang: twin.language || null }, t("search.also", { language: languageName(twin.language) })),
  );
  const item = el("li", {}, heading, text, where, others.length ? el("p", { class: "where" }, joined(others, " · ")) : null);
  item.dataset.mandate = row.short;
  return item;
}

function joined(parts, between) {
  return parts.flatMap((part, n) => (n ? [between, part] : [part]));
}

/** A text with the terms marked; a long one is cut around the first of them. */
export function marked(text, terms) {
  const wanted = new Set(terms);
  const all = pieces(text);
  const hit = ([piece, word]) => word && wanted.has(fold(piece));
  let from = 0;
  let cut = all;
  if (text.length > LONGEST) {
    const first = Math.max(0, all.findIndex(hit));
    let before = 0;
    from = first;
    while (from > 0 && before < BEFORE) {
      from -= 1;
      before += all[from][0].length;
    }
    if (before < BEFORE) from = 0;
    let length = 0;
    let to = from;
    while (to < all.length && length < LONGEST) {
      length += all[to][0].length;
      to += 1;
    }
    cut = all.slice(from, to);
    if (to < all.length) cut = [...cut, [" …", false]];
  }
  if (from > 0) cut = [["… ", false], ...cut];
  const nodes = [];
  let plain = "";
  for (const piece of cut) {
    if (!hit(piece)) plain += piece[0];
    else {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(el("mark", {}, piece[0]));
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

/** Things whose names fit what is typed: a box above the results. */
export function things(box, found) {
  const list = box.querySelector("ul");
  list.replaceChildren(
    ...found.map((thing) =>
      el(
        "li",
        {},
        el("a", { href: address(thing.short) }, inLanguage(thing.text, thing.language)),
        el("span", { class: "quiet" }, ` ${t(`search.thing.${thing.kind}`)}`),
      ),
    ),
  );
  box.hidden = found.length === 0;
}

export const chip = (facet, name, remove) =>
  el(
    "li",
    {},
    el(
      "button",
      { type: "button", onclick: remove },
      el("span", { class: "visually-hidden" }, `${t("search.remove")} `),
      el("span", { class: "quiet" }, `${t(`search.facet.${facet}`)}: `),
      name,
      el("span", { "aria-hidden": "true" }, " ×"),
    ),
  );

