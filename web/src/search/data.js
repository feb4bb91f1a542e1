// data/search.json read: mandates and things with names instead of places.
import { FACETS, NONE } from "./asked.js";

const DATED = new Set(["summit", "document", "year"]);

export class Data {
  constructor(raw) {
    this.about = raw.about;
    this.languages = raw.languages;
    this.things = raw.things.map(([short, kind, names, others], place) => ({ place, short, kind, names, others }));
    this.mandates = raw.mandates.map((row, place) => mandate(row, place));
    const named = (pairs) => new Map(Object.entries(pairs).map(([one, other]) => [this.things[one], other]));
    this.broader = new Map([...named(raw.broader)].map(([one, others]) => [one, others.map((n) => this.things[n])]));
    this.adopted = new Map([...named(raw.adopted)].map(([one, other]) => [one, this.things[other]]));
    this.dates = named(raw.dates);
    this.paragraphs = new Map();
    for (const each of this.mandates) {
      this.#complete(each);
      this.paragraphs.set(each.paragraph, [...(this.paragraphs.get(each.paragraph) ?? []), each]);
    }
  }

  #complete(each) {
    const thing = (place) => this.things[place] ?? null;
    each.document = thing(each.document);
    each.section = thing(each.section);
    each.themes = each.themes.map(thing);
    each.names = each.names.map(thing);
    each.chapeau = this.mandates[each.chapeau] ?? null;
    each.summit = this.adopted.get(each.document) ?? null;
    each.date = this.dates.get(each.summit) ?? "";
    each.values = FACETS.map((facet) => {
      const found = this.#values(each, facet);
      return found.length || !DATED.has(facet) ? found : [NONE];
    });
  }

  #values(each, facet) {
    switch (facet) {
      case "theme":
        return [...new Set(each.themes.flatMap((theme) => this.line(theme)))].map((theme) => key(theme));
      case "summit":
        return each.summit ? [key(each.summit)] : [];
      case "document":
        return each.document ? [key(each.document)] : [];
      case "kind":
        return each.kind ? [each.kind] : [];
      case "year":
        return each.date ? [each.date.slice(0, 4)] : [];
      case "language":
        return [...new Set(each.texts.map(([language]) => language))].filter(Boolean);
      default:
        return each.names.filter(({ kind }) => kind === facet).map((thing) => key(thing));
    }
  }

  /** A theme and all above it. */
  line(theme) {
    const found = new Set([theme]);
    for (const each of found) for (const above of this.broader.get(each) ?? []) found.add(above);
    return [...found];
  }

  iri(thing) {
    return thing.short.includes("://") ? thing.short : this.about.base + thing.short;
  }
}

/** What a thing is called in an address: its IRI without base and kind. */
export const key = (thing) => thing.short.replace(/^id\/[^/]+\//, "");

function mandate([short, paragraph, flat, kind, number, document, section, chapeau, themes, names], place) {
  const texts = [];
  for (let n = 0; n < flat.length; n += 2) texts.push([flat[n], flat[n + 1]]);
  return { place, short, paragraph, texts, kind, number, document, section, chapeau, themes, names };
}

/** {text, language} of a name in a language, else in the next one that has any, else what the IRI ends in. */
export function named(thing, language, languages) {
  for (const code of [language, "", ...languages]) {
    if (code in thing.names) return { text: thing.names[code], language: code };
  }
  return { text: decodeURIComponent(thing.short.split(/[/#]/).pop()), language: "" };
}

/** The name as the tables write it: in English, else the first of all in the order of their characters. */
export function tabled(thing) {
  const all = Object.values(thing.names).sort((a, b) => compare(a, b));
  return thing.names.en ?? all[0] ?? "";
}

/** Order by code points, as SPARQL and Python have it; JavaScript's own is by UTF-16 units. */
export function compare(a, b) {
  const one = [...a];
  const other = [...b];
  for (let n = 0; n < Math.min(one.length, other.length); n += 1) {
    if (one[n] !== other[n]) return one[n].codePointAt(0) - other[n].codePointAt(0);
  }
  return one.length - other.length;
}
