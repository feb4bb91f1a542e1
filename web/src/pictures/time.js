// Who is named when: a line for each instrument or body, a dot for each Summit whose texts name it.
import { cumsum, max } from "d3-array";
import { axisTop } from "d3-axis";
import { scaleLinear, scaleSqrt } from "d3-scale";
import { number, t } from "../page.js";
import { LINE, canvas, lines, linked, write } from "./drawing.js";

const ROW = 30;
const LETTERS = 44;
const LEFT = 330;
const WIDTH = 980;
const RIGHT = 40;
const TOP = 44;
const UNKNOWN = 70;

export function time(book) {
  const { summits, drawn } = book.data;
  const rows = book.data.named.slice(0, drawn);
  if (!rows.length) return null;
  const dated = summits.filter(({ date }) => date);
  const without = dated.length < summits.length ? UNKNOWN : 0;
  // a row is as high as its name needs
  const names = rows.map(({ iri }) => lines(book.name(iri), LETTERS));
  const heights = names.map(({ length }) => Math.max(ROW, length * LINE + 12));
  const ends = cumsum(heights);
  const height = TOP + ends.at(-1) + 10;
  const svg = canvas("time", WIDTH, height);
  const days = dated.map(({ date }) => Date.parse(date));
  const x = scaleLinear([days[0] ?? 0, days.at(-1) ?? 0], [LEFT + without + 16, WIDTH - RIGHT]);
  const at = ({ date }) => (date ? x(Date.parse(date)) : LEFT + 24);
  const size = scaleSqrt([0, max(rows, ({ by }) => max(Object.values(by)))], [0, 12]);
  const axis = axisTop(x).tickValues(spaced(days, x)).tickFormat((day) => new Date(day).getUTCFullYear()).tickSize(-(height - TOP)); // prettier-ignore
  svg.append("g").attr("transform", `translate(0,${TOP - 6})`).call(axis).attr("font-size", null).attr("font-family", null).attr("aria-hidden", "true");
  if (without) svg.append("text").attr("x", LEFT + 24).attr("y", TOP - 16).attr("text-anchor", "middle").text(t("pictures.none"));
  rows.forEach((row, n) => {
    line(svg, book, row, { name: names[n], y: TOP + ends[n] - heights[n] / 2, at, size, end: WIDTH - RIGHT, summits });
  });
  return svg.node();
}

/** Days whose years stand far enough from each other to be read; Summits of two years in a row would overlap. */
function spaced(days, x) {
  const kept = [];
  for (const day of days) if (!kept.length || x(day) - x(kept.at(-1)) > 34) kept.push(day);
  return kept;
}

function line(svg, book, row, { name: written, y, at, size, end, summits }) {
  const name = book.name(row.iri);
  svg.append("line").attr("class", "rule").attr("x1", LEFT).attr("x2", end).attr("y1", y).attr("y2", y);
  const label = linked(svg, book.page(row.iri), `${name} (${t(`pictures.${row.kind}`)})`);
  const text = label.append("text").attr("x", LEFT - 12).attr("y", y).attr("text-anchor", "end").attr("dominant-baseline", "central");
  write(text, written);
  for (const summit of summits) {
    const n = row.by[summit.key];
    if (!n) continue;
    const href = book.search({ [row.kind]: row.iri.split(`/id/${row.kind}/`)[1], summit: summit.key });
    const dot = linked(svg, href, t("pictures.dot", { thing: name, summit: book.summit(summit), n: number(n) }));
    dot.append("title").text(t("pictures.dot", { thing: name, summit: book.summit(summit), n: number(n) }));
    dot.append("circle").attr("class", row.kind).attr("cx", at(summit)).attr("cy", y).attr("r", Math.max(4, size(n)));
  }
}
