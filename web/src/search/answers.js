// What the worker answers: messages of plain values in, plain values out.
import { FACETS, NONE } from "./asked.js";
import { key, named } from "./data.js";
import { bibtex } from "./take/bibtex.js";
import { csv } from "./take/csv.js";
import { sparql } from "./take/sparql.js";

const KINDS = { load: facts, find, take };

export function answer(finder, kind, asked) {
  return KINDS[kind](finder, asked);
}

/** Everything that facets can hold: by facet, [{value, name, language, depth, place}, …] in the order that is shown. */
function facts({ data }, { language }) {
  const facets = Object.fromEntries(FACETS.map((facet, n) => [facet, values(data, facet, n, language)]));
  return { about: data.about, mandates: data.mandates.length, facets };
}

function values(data, facet, n, language) {
  const total = new Map();
  const dated = new Map();
  for (const mandate of data.mandates) {
    for (const value of mandate.values[n]) {
      total.set(value, (total.get(value) ?? 0) + 1);
      dated.set(value, mandate.date);
    }
  }
  const things = new Map(data.things.filter(({ kind }) => kind === facet).map((thing) => [key(thing), thing]));
  const found = [...total.keys()].map((value) => {
    const thing = things.get(value);
    const name = thing ? named(thing, language, data.languages) : { text: value === NONE ? "" : value, language: "" };
    return { value, name: name.text, language: name.language, known: Boolean(thing), depth: 0, date: dated.get(value) };
  });
  const order = new Intl.Collator(language);
  const byName = (a, b) => order.compare(a.name, b.name);
  const last = (each) => Number(each.value === NONE);
  if (facet === "theme") return tree(data, found, things, byName);
  if (facet === "summit" || facet === "document" || facet === "year") {
    return found.sort((a, b) => last(a) - last(b) || (a.date < b.date ? 1 : a.date > b.date ? -1 : byName(a, b)));
  }
  return found.sort((a, b) => total.get(b.value) - total.get(a.value) || byName(a, b));
}

/** Themes, each before those below it. */
function tree(data, found, things, byName) {
  const above = new Map(found.map((each) => [each.value, things.get(each.value)]));
  const parent = (each) => {
    const thing = (data.broader.get(above.get(each.value)) ?? [])[0];
    return thing && above.has(key(thing)) ? key(thing) : null;
  };
  const below = new Map();
  for (const each of found.sort(byName)) {
    const over = parent(each);
    if (!below.has(over)) below.set(over, []);
    below.get(over).push(each);
  }
  const walk = (over, depth, seen) =>
    (below.get(over) ?? []).flatMap((each) => {
      if (seen.has(each.value)) return [];
      return [{ ...each, depth }, ...walk(each.value, depth + 1, new Set([...seen, each.value]))];
    });
  return walk(null, 0, new Set());
}

/** The first `limit` paragraphs, and how many there are; counts as {facet: {value: n}}. */
function find(finder, { asked, limit, language }) {
  const found = finder.find(asked);
  const groups = finder.sorted(found, asked);
  return {
    paragraphs: found.paragraphs.size,
    mandates: found.mandates.size,
    near: found.near,
    rows: groups.slice(0, limit).map((group) => row(finder.data, found, group, language)),
    counts: Object.fromEntries(FACETS.map((facet, n) => [facet, Object.fromEntries(found.counts[n])])),
    things: finder.thingsNamed(asked.q).map((thing) => told(finder.data, thing, language)),
  };
}

const told = (data, thing, language) => ({ ...named(thing, language, data.languages), short: thing.short, kind: thing.kind });

/** A paragraph: the text that fits best, in the reader's own language where several fit alike. */
function row(data, { mandates }, group, language) {
  const best = mandates.get(group[0]).score;
  const speaks = (mandate) => mandate.texts.some(([code]) => code === language);
  const chosen = group.find((each) => mandates.get(each).score === best && speaks(each)) ?? group[0];
  return {
    short: chosen.short,
    texts: chosen.texts,
    terms: mandates.get(chosen).terms,
    kind: chosen.kind,
    number: chosen.number,
    document: chosen.document && told(data, chosen.document, language),
    summit: chosen.summit && told(data, chosen.summit, language),
    year: chosen.date.slice(0, 4),
    themes: chosen.themes.map((theme) => told(data, theme, language)),
    // the same paragraph in other languages, whether or not those texts were found
    others: data.paragraphs.get(chosen.paragraph).filter((each) => each !== chosen).map(({ short, texts }) => ({ short, language: texts[0]?.[0] ?? "" })),
  };
}

/** A selection to take away: a file's text, or the mandates' short IRIs in the order of their IRIs. */
function take(finder, { asked, form, head }) {
  const chosen = [...finder.find(asked).mandates.keys()].sort((a, b) => (a.short < b.short ? -1 : 1));
  const { data } = finder;
  switch (form) {
    case "csv":
      return csv(data, chosen);
    case "bib":
      return bibtex(data, chosen, head);
    case "rq":
      return sparql(data.about.base, asked, chosen.map((each) => data.iri(each)), head); // prettier-ignore
    default:
      return chosen.map(({ short }) => short);
  }
}
