// An answer before the reader: as a table, a chart, a network, a text, and as files.
import { download, el, number, t } from "../page.js";
import { axes, chart, edgesOf, network, save } from "./drawing.js";
import { csv, tsv, turtle } from "./formats.js";
import { Table } from "./table.js";
import { Tabs } from "./tabs.js";

const LONG = 200_000; // characters of a text that is shown; the file has it whole

/** Puts an answer into a place. */
export function show(place, answer, labels, prefixes) {
  if (answer.form === "ask") {
    place.replaceChildren(el("p", { class: "yes-no" }, t(answer.yes ? "sparql.yes" : "sparql.no")), takes(answer, prefixes));
    return;
  }
  const tabs = [["table", t("sparql.table"), (panel) => table(panel, answer, labels)]];
  const found = axes(answer.vars, answer.rows);
  const edges = edgesOf(answer.vars, answer.rows);
  if (found.y && found.x) tabs.push(["chart", t("sparql.chart"), (panel) => charts(panel, answer, labels, found)]);
  if (edges.length) tabs.push(["graph", t("sparql.graph"), (panel) => graph(panel, edges, labels)]);
  tabs.push(["text", answer.form === "graph" ? "Turtle" : "JSON", (panel) => text(panel, answer, prefixes)]);
  place.replaceChildren(new Tabs(t("sparql.views"), tabs).element, takes(answer, prefixes));
}

function table(panel, { vars, rows }, labels) {
  const place = el("div");
  if (!rows.length) return panel.append(el("p", {}, t("sparql.none")));
  const made = new Table(place, vars, rows, labels);
  const toggle = el("input", { type: "checkbox", id: "named", checked: true, onchange: () => made.toggle(toggle.checked) });
  return panel.append(el("p", { class: "named" }, toggle, " ", el("label", { for: "named" }, t("sparql.named"))), place);
}

function choice(id, label, options, chosen, onchange) {
  const select = el("select", { id, onchange }, options.map(([value, said]) => el("option", { value, selected: value === chosen }, said)));
  return [el("span", {}, el("label", { for: id }, label), " ", select), select];
}

async function charts(panel, { vars, rows }, labels, found) {
  const names = vars.map((name) => [name, name]);
  const drawing = el("div", { class: "drawing", tabindex: "0", role: "region", "aria-label": t("sparql.chart") });
  const note = el("p", { class: "quiet" });
  const redraw = async () => {
    const chosen = { kind: kind.value, x: x.value, y: y.value };
    const drawn = chart(chosen, rows, labels);
    note.textContent = drawn.left ? t("sparql.chart-left", { n: number(rows.length - drawn.left), left: number(drawn.left) }) : t("sparql.chart-how");
    drawing.replaceChildren(drawn.svg);
  };
  const kinds = ["bars", "line", "points"].map((each) => [each, t(`sparql.${each}`)]);
  const [kindField, kind] = choice("chart-kind", t("sparql.kind"), kinds, found.kind, redraw);
  const [xField, x] = choice("chart-x", t("sparql.across"), names, found.x, redraw);
  const [yField, y] = choice("chart-y", t("sparql.up"), found.numbers.map((name) => [name, name]), found.y, redraw); // prettier-ignore
  panel.append(el("div", { class: "axes" }, kindField, xField, yField, saver(drawing, "chart.svg")), drawing, note);
  await labels.fetch(rows.slice(0, 200).flatMap((row) => Object.values(row)).filter(({ type }) => type === "uri").map(({ value }) => value)); // prettier-ignore
  await redraw();
}

async function graph(panel, edges, labels) {
  const drawing = el("div", { class: "drawing", tabindex: "0", role: "region", "aria-label": t("sparql.graph") });
  const note = el("p", { class: "quiet" });
  panel.append(el("div", { class: "axes" }, saver(drawing, "graph.svg")), drawing, note);
  await labels.fetch(edges.slice(0, 300).flatMap((edge) => edge.filter(Boolean).map(({ value }) => value)));
  const drawn = network(edges, labels);
  note.textContent = drawn.left ? t("sparql.graph-left", { n: number(edges.length - drawn.left), left: number(drawn.left) }) : t("sparql.graph-how");
  drawing.replaceChildren(drawn.svg);
}

const saver = (drawing, name) => el("button", { type: "button", onclick: () => save(drawing.querySelector("svg"), name) }, t("sparql.save-svg"));

function text(panel, answer, prefixes) {
  const whole = answer.form === "graph" ? turtle(answer.rows, prefixes) : JSON.stringify(JSON.parse(answer.text), null, 1);
  if (whole.length > LONG) panel.append(el("p", { class: "quiet" }, t("sparql.text-cut")));
  panel.append(el("pre", { tabindex: "0" }, whole.slice(0, LONG)));
}

function takes(answer, prefixes) {
  const { form, vars, rows } = answer;
  const files = {
    select: [["csv", "CSV", "text/csv", () => csv(vars, rows)], ["tsv", "TSV", "text/tab-separated-values", () => tsv(vars, rows)], ["json", "JSON", "application/sparql-results+json", () => answer.text]],
    ask: [["json", "JSON", "application/sparql-results+json", () => answer.text]],
    graph: [["ttl", "Turtle", "text/turtle", () => turtle(rows, prefixes)], ["nt", "N-Triples", "application/n-triples", () => answer.text]],
  }[form]; // prettier-ignore
  const said = el("span", { role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(form === "graph" ? turtle(rows, prefixes) : form === "select" ? tsv(vars, rows) : String(answer.yes));
      said.textContent = t("sparql.copied");
    } catch {
      said.textContent = t("sparql.not-copied");
    }
  };
  const buttons = files.map(([ending, name, type, made]) => el("button", { type: "button", "data-take": ending, onclick: () => download(`result.${ending}`, type, made()) }, name));
  return el("div", { class: "takes" }, el("span", {}, t("sparql.take")), buttons, el("button", { type: "button", onclick: copy }, t("sparql.copy")), said);
}
