// Where a query is asked: the engine in this page, or a server; and what its answer is in rows.
import { Endpoint } from "./endpoint.js";
import { LocalEngine } from "./engine.js";
import { triples } from "./terms.js";

const STATEMENT = ["subject", "predicate", "object"];

export class Sources {
  #local;
  #far = new Map();

  constructor(said) {
    this.said = said;
    this.#local = new LocalEngine(said);
  }

  /** The engine in the page for an empty address, else the server there. */
  at(address) {
    if (!address) return this.#local;
    if (!this.#far.has(address)) this.#far.set(address, new Endpoint(address, this.said));
    return this.#far.get(address);
  }
}

/** An answer as { form, vars, rows, yes, text }: SELECT and statements as rows of cells. */
export async function asked(source, text, form) {
  const answer = await source.run(text, form);
  if (form === "graph") {
    const nt = /^\s*(@prefix|PREFIX|@base|BASE)\b/im.test(answer) ? await source.plain(answer) : answer;
    const rows = triples(nt).map((row) => Object.fromEntries(row.map((cell, n) => [STATEMENT[n], cell])));
    return { form, vars: STATEMENT, rows, text: nt };
  }
  const parsed = JSON.parse(answer);
  if (typeof parsed.boolean === "boolean") return { form: "ask", vars: [], rows: [], yes: parsed.boolean, text: answer };
  return { form: "select", vars: parsed.head.vars, rows: parsed.results.bindings, text: answer };
}
