// The engine in the browser, seen from the page: it is loaded when it is first needed, and ended to stop a query.
import { Asker } from "../search/asker.js";
import { asksElsewhere, speaksOfGraphs } from "./text.js";

const FILES = { union: "mandates.nt", graphs: "mandates.nq" };

export class Stopped extends Error {}
export class AsksElsewhere extends Error {}

export class LocalEngine {
  #asker = null;
  #loaded = new Set();
  #bytes = {};
  #stop = null;
  #fetching = null;

  /** `said` is told what is being done: fetching with bytes, loading, running. */
  constructor(said) {
    this.said = said;
  }

  async run(text, form) {
    if (asksElsewhere(text)) throw new AsksElsewhere();
    const stopped = new Promise((_, reject) => {
      this.#stop = () => reject(new Stopped());
    });
    try {
      return await Promise.race([this.#answer(text, form), stopped]);
    } finally {
      this.#stop = null;
    }
  }

  async #answer(text, form) {
    await this.#load("union");
    if (speaksOfGraphs(text)) await this.#load("graphs");
    this.said("running");
    return this.#asker.ask("query", { text, form });
  }

  /** Load the union before anything is asked. */
  async ready() {
    await this.#load("union");
  }

  /** Ends what runs. The dump that was fetched is kept; the next query loads it into a new engine. */
  stop() {
    this.#fetching?.abort();
    this.#asker?.end();
    this.#asker = null;
    this.#loaded.clear();
    this.#stop?.();
  }

  async #load(what) {
    if (this.#loaded.has(what)) return;
    this.#bytes[what] ??= await this.#fetched(FILES[what]);
    this.said("loading");
    this.#asker ??= new Asker(new URL("./sparql-worker.js", import.meta.url));
    this.said("loaded", await this.#asker.ask("load", { what, bytes: this.#bytes[what] }));
    this.#loaded.add(what);
  }

  async #fetched(name) {
    this.#fetching = new AbortController();
    const { signal } = this.#fetching;
    for (const file of [`${name}.gz`, name]) {
      const response = await fetch(new URL(`../dump/${file}`, import.meta.url), { signal });
      if (response.ok) return this.#read(response);
    }
    throw new Error(`dump/${name}`);
  }

  async #read(response) {
    const pieces = [];
    let size = 0;
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      size += value.length;
      this.said("fetching", size);
    }
    return new Blob(pieces).arrayBuffer();
  }
}
