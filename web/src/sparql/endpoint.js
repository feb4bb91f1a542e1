// Any SPARQL endpoint, asked by the SPARQL 1.1 Protocol (§2.1.2: query via POST with URL-encoded parameters).
import { Asker } from "../search/asker.js";
import { Stopped } from "./engine.js";

const ACCEPT = {
  select: "application/sparql-results+json, application/json;q=0.5",
  ask: "application/sparql-results+json, application/json;q=0.5",
  graph: "application/n-triples, text/turtle;q=0.8",
};
const MOST = 100_000_000; // bytes: a browser shows nothing of more

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
      const body = await bounded(response);
      if (!response.ok) throw new BadAnswer("status", { status: response.status, said: body.slice(0, 500) });
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

  /** Turtle as N-Triples; the engine in the page reads it, which is why that is loaded here. */
  async plain(text) {
    const asker = new Asker(new URL("./sparql-worker.js", import.meta.url));
    try {
      return await asker.ask("plain", { text });
    } catch {
      throw new BadAnswer("no-sparql");
    } finally {
      asker.end();
    }
  }
}

async function bounded(response) {
  const pieces = [];
  let size = 0;
  for (const reader = response.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST) {
      reader.cancel();
      throw new BadAnswer("too-large");
    }
    pieces.push(value);
  }
  return new Blob(pieces).text();
}

/** What a server calls results, held against SPARQL 1.1 Query Results JSON Format §3; only strings go on. */
function checked(form, body, type) {
  if (form === "graph") {
    if (/html/i.test(type)) throw new BadAnswer("no-sparql");
    return body;
  }
  try {
    const parsed = JSON.parse(body);
    if (typeof parsed.boolean === "boolean") return JSON.stringify({ head: {}, boolean: parsed.boolean });
    const vars = parsed.head.vars.map(String);
    const bindings = parsed.results.bindings.map((row) => Object.fromEntries(vars.filter((name) => row[name]).map((name) => [name, strings(row[name])])));
    return JSON.stringify({ head: { vars }, results: { bindings } });
  } catch {
    throw new BadAnswer("no-sparql");
  }
}

function strings(cell) {
  const kept = ["type", "value", "xml:lang", "datatype"].filter((key) => cell[key] !== undefined);
  return { type: "literal", value: "", ...Object.fromEntries(kept.map((key) => [key, String(cell[key])])) };
}
