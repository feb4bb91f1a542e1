// What is named together. The places follow from the data alone: fixed first places, a fixed source of chance, a fixed
// number of steps, so that the same graph gives the same picture.
import { extent, max } from "d3-array";
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { scaleSqrt } from "d3-scale";
import { number, t } from "../page.js";
import { canvas, lines, linked, write } from "./drawing.js";

const WIDTH = 980;
const MARGIN = 30;
const STEPS = 400;
const LETTERS = 24;
const LINES = 3;
// names are wider than they are high, so the room that nodes keep is too
const FLAT = 0.68;

export function net(book) {
  const { named, together, drawn } = book.data;
  const joined = new Set(together.flatMap(({ one, other }) => [one, other]));
  const nodes = named.filter(({ iri }) => joined.has(iri)).slice(0, drawn).map((row) => ({ ...row, id: row.iri })); // prettier-ignore
  const there = new Set(nodes.map(({ id }) => id));
  const edges = together
    .filter(({ one, other }) => there.has(one) && there.has(other))
    .map(({ one, other, n }) => ({ source: one, target: other, n }));
  if (!edges.length) return null;
  const size = scaleSqrt([0, max(nodes, ({ total }) => total)], [0, 16]);
  for (const node of nodes) node.r = Math.max(5, size(node.total));
  place(nodes, edges);
  const height = fit(nodes);
  const svg = canvas("net", WIDTH, height);
  const thick = scaleSqrt([0, max(edges, ({ n }) => n)], [0, 7]);
  for (const { source, target, n } of edges) {
    const edge = svg.append("line").attr("class", "edge").attr("stroke-width", Math.max(1, thick(n)));
    edge.attr("x1", source.x).attr("y1", source.y).attr("x2", target.x).attr("y2", target.y);
    edge.append("title").text(`${book.name(source.id)} – ${book.name(target.id)}: ${number(n)}`);
  }
  for (const node of nodes) draw(svg, book, node, edges);
  // names above everything else; the links have said them already
  const names = svg.append("g").attr("aria-hidden", "true").attr("pointer-events", "none");
  for (const node of nodes) call(names, book, node);
  return svg.node();
}

function place(nodes, edges) {
  forceSimulation(nodes)
    .force("link", forceLink(edges).id(({ id }) => id).distance(190)) // prettier-ignore
    .force("apart", forceManyBody().strength(-700))
    .force("room", forceCollide(({ r }) => r + 66))
    .force("x", forceX(0).strength(0.03))
    .force("y", forceY(0).strength(0.12))
    .stop()
    .tick(STEPS);
}

/** Move the nodes into the picture, with room for their names; gives its height. */
function fit(nodes) {
  const [left, right] = extent(nodes, ({ x }) => x);
  const [top, bottom] = extent(nodes, ({ y }) => y);
  const room = WIDTH - 2 * MARGIN - 240;
  const scale = Math.min(1.15, room / Math.max(1, right - left));
  for (const node of nodes) {
    node.x = MARGIN + 120 + (room - (right - left) * scale) / 2 + (node.x - left) * scale;
    node.y = MARGIN + (node.y - top) * FLAT;
  }
  return Math.round((bottom - top) * FLAT + 2 * MARGIN + 50);
}

function draw(svg, book, node, edges) {
  const name = book.name(node.id);
  const others = edges
    .filter(({ source, target }) => source === node || target === node)
    .map(({ source, target }) => book.name((source === node ? target : source).id));
  const link = linked(svg, book.page(node.id), t("pictures.node", { thing: name, n: number(node.total), others: others.join(", ") }));
  link.append("title").text(name);
  link.append("circle").attr("class", node.kind).attr("cx", node.x).attr("cy", node.y).attr("r", node.r);
}

function call(names, book, node) {
  const text = names.append("text").attr("class", "halo").attr("paint-order", "stroke").attr("x", node.x).attr("y", node.y + node.r + 13).attr("text-anchor", "middle"); // prettier-ignore
  const name = lines(book.name(node.id), LETTERS);
  // a long name is cut here; the link has it whole
  write(text, name.length > LINES ? [...name.slice(0, LINES - 1), `${name[LINES - 1]} …`] : name, { below: true });
}
