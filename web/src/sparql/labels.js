// Names of IRIs, from wherever the rows come.
import { page } from "../page.js";

const NAME = "<http://www.w3.org/2000/01/rdf-schema#label>|<http://www.w3.org/2004/02/skos/core#prefLabel>";
const SAFE = /^[^\x00-\x20<>"{}|\\^`]+$/;

export class Labels {
  #known = new Map();

  constructor(run) {
    this.run = run;
  }

  /** Ask for names that are not known yet, and say whether any came; a source without an answer leaves IRIs alone. */
  async fetch(iris) {
    const asked = [...new Set(iris)].filter((iri) => !this.#known.has(iri) && SAFE.test(iri));
    for (const iri of asked) this.#known.set(iri, new Map());
    let came = false;
    for (let at = 0; at < asked.length; at += 200) {
      const values = asked.slice(at, at + 200).map((iri) => `<${iri}>`).join(" "); // prettier-ignore
      try {
        const answer = JSON.parse(await this.run(`SELECT ?thing ?name { VALUES ?thing { ${values} } ?thing ${NAME} ?name }`, "select"));
        for (const { thing, name } of answer.results.bindings) {
          const names = this.#known.get(thing.value);
          const language = name["xml:lang"] ?? "";
          if (names && !names.has(language)) names.set(language, name.value);
          came = true;
        }
      } catch {
        return came;
      }
    }
    return came;
  }

  /** The name for the reader and its language, or null. */
  best(iri) {
    const names = this.#known.get(iri);
    if (!names?.size) return null;
    for (const code of [page.lang, "", ...page.languages, ...names.keys()]) if (names.has(code)) return { text: names.get(code), language: code };
    return null;
  }
}
