// The index, and what is found with it: pure, so that it runs in a worker, and in a test without a browser.
import MiniSearch from "minisearch";
import { FACETS, parts } from "./asked.js";
import { Data } from "./data.js";
import { fold, words } from "./fold.js";

const SHORTEST_BEGINNING = 3;
const SHORTEST_FUZZY = 5;
const THINGS = 6;
const beginning = (term) => term.length >= SHORTEST_BEGINNING;
// one letter in five may be another one
const likeness = (term) => (term.length >= SHORTEST_FUZZY ? 0.2 : false);

export class Finder {
  constructor(raw) {
    this.data = new Data(raw);
    const options = { tokenize: words, processTerm: (term) => term, idField: "place" };
    this.texts = new MiniSearch({ ...options, fields: ["text"], extractField: textOf });
    this.texts.addAll(this.data.mandates);
    this.names = new MiniSearch({ ...options, fields: ["text", "others"], extractField: nameOf });
    this.names.addAll(this.data.things.filter(({ kind }) => kind));
  }

  /**
   * What fits: {mandates: Map of mandate to {score, terms}, near, counts, paragraphs}. `near` says that no text has the
   * words, and those with words like them were taken. A count of a facet's value follows all other facets; a paragraph
   * counts once, in however many languages it fits.
   */
  find({ q, facets }) {
    const { hits, near } = this.#hits(q);
    const wanted = FACETS.map((facet) => new Set(facets[facet]));
    const counts = FACETS.map(() => new Map());
    const seen = FACETS.map(() => new Map());
    const mandates = new Map();
    const paragraphs = new Set();
    for (const mandate of this.data.mandates) {
      const hit = hits ? hits.get(mandate.place) : NO_HIT;
      if (!hit) continue;
      const failed = wanted.flatMap((keys, n) => (keys.size && !mandate.values[n].some((key) => keys.has(key)) ? [n] : []));
      if (failed.length === 0) {
        mandates.set(mandate, hit);
        paragraphs.add(mandate.paragraph);
      }
      if (failed.length > 1) continue;
      for (const n of failed.length ? failed : FACETS.keys()) count(mandate, n, counts[n], seen[n]);
    }
    return { mandates, paragraphs, near, counts };
  }

  /** Paragraphs of what was found, sorted: [[mandate, …], …], each with its mandates that fit, the best first. */
  sorted({ mandates }, { q, sort }) {
    const grouped = new Map();
    for (const mandate of mandates.keys()) {
      if (!grouped.has(mandate.paragraph)) grouped.set(mandate.paragraph, []);
      grouped.get(mandate.paragraph).push(mandate);
    }
    const score = (mandate) => mandates.get(mandate).score;
    const groups = [...grouped.values()];
    for (const group of groups) group.sort((a, b) => score(b) - score(a) || a.place - b.place);
    const place = (group) => Math.min(...group.map((each) => each.place));
    const how = sort || (q.trim() ? "" : "newest");
    // within a Summit, documents and paragraphs keep their order
    const late = (a, b) => (a[0].date < b[0].date ? 1 : a[0].date > b[0].date ? -1 : 0);
    if (how === "newest") return groups.sort((a, b) => late(a, b) || place(a) - place(b));
    if (how === "oldest") return groups.sort((a, b) => late(b, a) || place(a) - place(b));
    return groups.sort((a, b) => score(b[0]) - score(a[0]) || late(a, b) || place(a) - place(b));
  }

  /** Things whose names fit, the best first. */
  thingsNamed(q) {
    const { loose, phrases } = parts(q);
    const asked = [...loose, ...phrases.flat()];
    if (!asked.length) return [];
    const options = { combineWith: "AND", prefix: beginning, boost: { text: 2 } };
    let found = this.names.search(asked.join(" "), options);
    if (!found.length) found = this.names.search(asked.join(" "), { ...options, fuzzy: likeness });
    const whole = fold(q.trim());
    const exact = (thing) => [...Object.values(thing.names), ...thing.others].some((name) => fold(name) === whole);
    return found
      .map(({ id, score }) => ({ thing: this.data.things[id], score }))
      .map((each) => ({ ...each, score: exact(each.thing) ? Infinity : each.score }))
      .sort((a, b) => (a.score === b.score ? a.thing.place - b.thing.place : b.score - a.score))
      .slice(0, THINGS)
      .map(({ thing }) => thing);
  }

  #hits(q) {
    if (!q.trim()) return { hits: null, near: false };
    const { loose, phrases } = parts(q);
    if (!loose.length && !phrases.length) return { hits: new Map(), near: false };
    const exact = this.#search(loose, phrases, false);
    if (exact.size || !loose.length) return { hits: exact, near: false };
    const near = this.#search(loose, phrases, likeness);
    return { hits: near, near: near.size > 0 };
  }

  #search(loose, phrases, fuzzy) {
    const queries = [];
    if (loose.length) queries.push({ combineWith: "AND", queries: loose, prefix: beginning, fuzzy });
    for (const phrase of phrases) queries.push({ combineWith: "AND", queries: phrase, prefix: false, fuzzy: false });
    const found = new Map();
    for (const { id, score, terms } of this.texts.search({ combineWith: "AND", queries })) {
      if (this.#says(this.data.mandates[id], phrases)) found.set(id, { score, terms });
    }
    return found;
  }

  #says(mandate, phrases) {
    if (!phrases.length) return true;
    return mandate.texts.some(([, text]) => {
      const folded = ` ${words(text).join(" ")} `;
      return phrases.every((phrase) => folded.includes(` ${phrase.join(" ")} `));
    });
  }
}

const NO_HIT = { score: 0, terms: [] };

function count(mandate, n, counts, seen) {
  for (const value of mandate.values[n]) {
    // twins stand side by side, so the last paragraph is enough to tell
    if (seen.get(value) === mandate.paragraph) continue;
    seen.set(value, mandate.paragraph);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
}

function textOf(mandate, field) {
  return field === "place" ? mandate.place : mandate.texts.map(([, text]) => text).join("\n");
}

function nameOf(thing, field) {
  if (field === "place") return thing.place;
  return field === "text" ? Object.values(thing.names).join("\n") : thing.others.join("\n");
}
