// The page's side of the worker: a question, a promise of its answer.
export class Asker {
  #worker;
  #waiting = new Map();
  #next = 0;

  constructor(address) {
    this.#worker = new Worker(address, { type: "module" });
    this.#worker.addEventListener("message", ({ data: { id, answer, failure } }) => {
      const { resolve, reject } = this.#waiting.get(id) ?? {};
      this.#waiting.delete(id);
      if (failure === undefined) resolve?.(answer);
      else reject?.(new Error(failure));
    });
    this.#worker.addEventListener("error", (event) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(event.message || "the worker ended"));
      this.#waiting.clear();
    });
  }

  /** End the worker; what was asked gets no answer. */
  end() {
    this.#worker.terminate();
    this.#waiting.clear();
  }

  ask(kind, asked) {
    this.#next += 1;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, kind, ...asked });
    });
  }
}
