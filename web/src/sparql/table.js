// Rows as a table: a page at a time, sorted by a column, with names or IRIs.
import { el, number, page, t } from "../page.js";
import { isNumber, plain, shown } from "./terms.js";

const PAGE = 100;
const ALPHABET = new Intl.Collator(page.lang, { numeric: true });

export class Table {
  #from = 0;
  #by = null;
  #down = false;
  #time = 0;

  constructor(place, vars, rows, labels) {
    Object.assign(this, { place, vars, rows, labels, named: true });
    this.#draw();
  }

  toggle(named) {
    this.named = named;
    this.#draw();
  }

  get #labels() {
    return this.named ? this.labels : null;
  }

  /** Drawn at once, and again when the names are there: a server may take its time. */
  async #draw(focus) {
    this.#time += 1;
    const mine = this.#time;
    this.#render(focus);
    const rows = this.rows.slice(this.#from, this.#from + PAGE);
    const iris = rows.flatMap((row) => Object.values(row)).filter(({ type }) => type === "uri");
    if (!this.named || !(await this.labels.fetch(iris.map(({ value }) => value))) || mine !== this.#time) return;
    this.#render(this.place.contains(document.activeElement) ? focus : null);
  }

  #render(focus) {
    const rows = this.rows.slice(this.#from, this.#from + PAGE);
    const head = this.vars.map((name) =>
      el(
        "th",
        { scope: "col", "aria-sort": this.#by === name ? (this.#down ? "descending" : "ascending") : null },
        el("button", { type: "button", class: "sort-by", onclick: () => this.#sort(name), "data-column": name }, name, this.#by === name ? (this.#down ? " ↓" : " ↑") : ""),
      ),
    );
    const body = rows.map((row) => el("tr", {}, this.vars.map((name) => el("td", { class: isNumber(row[name]) ? "number" : null }, shown(row[name], this.#labels)))));
    const table = el("table", {}, el("caption", { class: "visually-hidden" }, t("sparql.results")), el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
    this.place.replaceChildren(el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("sparql.table") }, table), this.#pages());
    if (focus) this.place.querySelector(focus)?.focus();
  }

  #pages() {
    if (this.rows.length <= PAGE) return "";
    const last = Math.min(this.#from + PAGE, this.rows.length);
    const step = (by, key, ok) => el("button", { type: "button", disabled: !ok, "data-step": key, onclick: () => this.#go(by, key) }, t(`sparql.${key}`));
    return el(
      "p",
      { class: "pages" },
      step(-PAGE, "previous", this.#from > 0),
      ` ${t("sparql.rows-of", { from: number(this.#from + 1), to: number(last), n: number(this.rows.length) })} `,
      step(PAGE, "next", last < this.rows.length),
    );
  }

  #go(by, key) {
    this.#from += by;
    this.#draw(`[data-step="${key}"]:not([disabled]), [data-step]:not([disabled])`);
  }

  async #sort(name) {
    this.#down = this.#by === name && !this.#down;
    this.#by = name;
    this.#from = 0;
    const key = (row) => (isNumber(row[name]) ? Number(row[name].value) : plain(row[name], null));
    const keyed = this.rows.map((row) => [key(row), row]);
    const order = ([a], [b]) => (typeof a === "number" && typeof b === "number" ? a - b : ALPHABET.compare(a, b));
    keyed.sort((one, other) => (this.#down ? order(other, one) : order(one, other)));
    this.rows = keyed.map(([, row]) => row);
    this.#draw(`[data-column="${CSS.escape(name)}"]`);
  }
}
