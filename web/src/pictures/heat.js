// Mandates by theme and Summit: a field for each, the darker the more.
import { scaleBand } from "d3-scale";
import { number, t } from "../page.js";
import { canvas, lines, linked, write } from "./drawing.js";

const ROW = 34;
const COLUMN = 58;
const LEFT = 250;
const TOP = 34;
const STEP = 14;

export function heat(book) {
  const { themes, summits, cells } = book.data;
  if (!themes.length) return null;
  const x = scaleBand(summits.map(({ key }) => key), [LEFT, LEFT + COLUMN * summits.length]).padding(0.06); // prettier-ignore
  const y = scaleBand(themes.map(({ iri }) => iri), [TOP, TOP + ROW * themes.length]).padding(0.08); // prettier-ignore
  const svg = canvas("heat", LEFT + COLUMN * summits.length + 4, TOP + ROW * themes.length + 4);
  for (const summit of summits) {
    const at = x(summit.key) + x.bandwidth() / 2;
    const place = summit.iri ? linked(svg, book.page(summit.iri), book.summit(summit)) : svg;
    place.append("text").attr("x", at).attr("y", TOP - 12).attr("text-anchor", "middle").text(summit.year || t("pictures.none"));
  }
  for (const theme of themes) {
    const name = book.name(theme.iri);
    const middle = y(theme.iri) + y.bandwidth() / 2;
    const label = linked(svg, book.page(theme.iri), name);
    const text = label.append("text").attr("x", Math.min(theme.depth, 3) * STEP).attr("y", middle).attr("dominant-baseline", "central"); // prettier-ignore
    write(text, lines(name, 36 - 2 * Math.min(theme.depth, 3)));
    for (const summit of summits) field(svg, book, theme, summit, x, y, cells[theme.iri]?.[summit.key]);
  }
  return svg.node();
}

function field(svg, book, theme, summit, x, y, cell) {
  const values = { theme: book.name(theme.iri), summit: book.summit(summit), n: number(cell?.n ?? 0) };
  const place = cell ? linked(svg, book.search({ theme: theme.key, summit: summit.key }), t("pictures.cell", values)) : svg;
  place
    .append("rect")
    .attr("class", `h${cell?.shade ?? 0}`)
    .attr("x", x(summit.key))
    .attr("y", y(theme.iri))
    .attr("width", x.bandwidth())
    .attr("height", y.bandwidth())
    .attr("rx", 2);
  if (!cell) return;
  place
    .append("text")
    .attr("class", `ink${cell.shade}`)
    .attr("x", x(summit.key) + x.bandwidth() / 2)
    .attr("y", y(theme.iri) + y.bandwidth() / 2)
    .attr("text-anchor", "middle")
    .attr("dominant-baseline", "central")
    .text(number(cell.n));
}
