// Any SPARQL endpoint, asked by the SPARQL 1.1 Protocol (§2.1.2: query via POST with URL-encoded parameters).
import { Stopped } from "./engine.js";

const ACCEPT = {
  select: "application/sparql-results+json, application/json;q=0.5",
  ask: "application/sparql-results+json, application/json;q=0.5",
  graph: "application/n-triples, text/turtle;q=0.8",
};

export class BadAnswer extends Error {
  constructor(kind, values = {}) {
    super(kind);
    this.kind = kind;
    this.values = values;
  }
}

/** The address of an endpoint as it is asked; undefined for what is none. */
export function endpointOf(text) {
  try {
    const url = new URL(text.trim());
    return ["http:", "https:"].includes(url.protocol) && !url.username && !url.password ? url.href : undefined;
  } catch {
    return undefined;
  }
}

export class Endpoint {
  #abort = null;

  constructor(address, said) {
    this.address = address;
    this.said = said;
  }

  async run(text, form) {
    this.said("asking");
    this.#abort = new AbortController();
    try {
      const response = await fetch(this.address, {
        method: "POST",
        headers: { Accept: ACCEPT[form] },
        body: new URLSearchParams({ query: text }),
        credentials: "omit",
        signal: this.#abort.signal,
      });
      const body = await response.text();
      if (!response.ok) throw new BadAnswer("status", { status: response.status, said: body.slice(0, 300) });
      return checked(form, body, response.headers.get("Content-Type") ?? "");
    } catch (error) {
      if (error.name === "AbortError") throw new Stopped();
      // a browser tells no script why: nobody there, or no leave for other pages (CORS)
      if (error instanceof TypeError) throw new BadAnswer("unreachable");
      throw error;
    }
  }

  stop() {
    this.#abort?.abort();
  }
}

function checked(form, body, type) {
  if (form === "graph") {
    if (/html/i.test(type)) throw new BadAnswer("no-sparql");
    return body;
  }
  try {
    const parsed = JSON.parse(body);
    if (typeof parsed.boolean === "boolean" || (Array.isArray(parsed.head.vars) && Array.isArray(parsed.results.bindings))) return body;
  } catch {
    // told below
  }
  throw new BadAnswer("no-sparql");
}
