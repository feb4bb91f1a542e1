// Taking a selection away: as a file of ours, as the mandates' own files joined, or as the query that gives it.
import { address, counted, download, number, page, t } from "../../page.js";
import { toAddress } from "../asked.js";
import { fetched, jsonld, turtle } from "../take/joined.js";

const TYPES = {
  csv: "text/csv;charset=utf-8",
  bib: "application/x-bibtex;charset=utf-8",
  rq: "application/sparql-query;charset=utf-8",
  ttl: "text/turtle;charset=utf-8",
  jsonld: "application/ld+json",
};

/** Characters of an address that every browser takes. */
const LONGEST = 60_000;

export class Takes {
  #ask;
  #about;
  #asked = null;
  #stop = null;

  /** `box` is the part of the page for it, `ask` asks the worker, `about` tells of the dataset. */
  constructor(box, ask, about) {
    this.#ask = ask;
    this.#about = about;
    this.box = box;
    this.status = box.querySelector("[role=status]");
    this.query = box.querySelector("textarea");
    this.shown = box.querySelector("details.query");
    for (const button of box.querySelectorAll("[data-take]")) {
      button.addEventListener("click", () => this.#take(button.dataset.take));
    }
    box.querySelector("[data-stop]").addEventListener("click", () => this.#stop?.abort());
    box.querySelector("[data-copy]").addEventListener("click", () => this.#copy());
    this.shown.addEventListener("toggle", () => this.#write());
  }

  /** A new selection. */
  tell(asked, mandates) {
    this.#asked = asked;
    this.#stop?.abort();
    this.box.hidden = mandates === 0;
    document.getElementById("to-take").hidden = mandates === 0;
    this.box.querySelector("[data-how-many]").textContent = counted("search.take.mandates", mandates);
    this.box.querySelector("[data-text-only]").hidden = !asked.q.trim();
    this.status.textContent = "";
    this.#write();
  }

  /** The address that gives this selection: the site's own one, where the page has only a file's. */
  #here() {
    const there = new URL(location.href);
    there.search = toAddress(this.#asked);
    there.hash = "";
    return there.href;
  }

  #head() {
    const { title, version, license, dataset, rights } = this.#about;
    return [
      `${title[page.lang] ?? Object.values(title)[0]}, ${version} <${dataset}>`,
      `${t("search.take.from")}: ${this.#here()}`,
      `${t("search.take.licence")}: ${license}`,
      ...(rights[page.lang] ?? Object.values(rights)[0] ?? "").split("\n"),
    ];
  }

  #made(form) {
    return this.#ask("take", { asked: this.#asked, form, head: this.#head() });
  }

  async #write() {
    if (!this.shown.open) return;
    const asked = this.#asked;
    const text = await this.#made("rq");
    if (asked !== this.#asked) return;
    this.query.value = text;
    const link = this.box.querySelector("[data-open]");
    const whole = `${link.dataset.open}#query=${encodeURIComponent(text)}`;
    const fits = whole.length <= LONGEST;
    link.href = fits ? whole : link.dataset.open;
    link.textContent = t(fits ? "search.take.open" : "search.take.toolong");
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.query.value);
      this.status.textContent = t("search.take.copied");
    } catch {
      this.query.focus();
      this.query.select();
      this.status.textContent = t("search.take.selected");
    }
  }

  async #take(form) {
    try {
      const text = form === "ttl" || form === "jsonld" ? await this.#joined(form) : await this.#made(form);
      download(`mandates.${form}`, TYPES[form], text);
      this.status.textContent = t("search.take.done", { name: `mandates.${form}` });
    } catch (error) {
      this.status.textContent = error.name === "AbortError" ? t("search.take.stopped") : t("search.take.failed", { why: error.message });
    } finally {
      this.#busy(null);
    }
  }

  async #joined(form) {
    const shorts = await this.#made("list");
    this.#busy(new AbortController());
    const files = shorts.map((short) => address(short, `.${form}`));
    const bar = this.box.querySelector("progress");
    bar.max = files.length;
    bar.value = 0;
    const told = (n) => {
      bar.value = n;
      bar.textContent = `${number(n)} / ${number(files.length)}`;
    };
    this.status.textContent = counted("search.take.fetching", files.length);
    const texts = await fetched(files, told, this.#stop.signal);
    if (form === "ttl") return turtle(texts, this.#head());
    return jsonld(texts, { ...this.#about, address: this.#here() });
  }

  #busy(stop) {
    this.#stop = stop;
    this.box.querySelector(".busy").hidden = !stop;
    for (const button of this.box.querySelectorAll("[data-take]")) button.disabled = Boolean(stop);
  }
}
