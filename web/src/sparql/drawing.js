// Results as pictures: a chart of a column of numbers, a network of what leads to what.
import { extent, max } from "d3-array";
import { axisBottom, axisLeft } from "d3-axis";
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { scaleBand, scaleLinear, scalePoint } from "d3-scale";
import { create } from "d3-selection";
import { line as path } from "d3-shape";
import { download, t } from "../page.js";
import { SAVED } from "../pictures/drawing.js";
import { isNumber, isTime, plain } from "./terms.js";

const WIDTH = 900;
const HEIGHT = 420;
const MOST_BARS = 60;
export const MOST_EDGES = 300;

/** Which columns can be drawn: those of numbers, and those that say what a number is of. */
export function axes(vars, rows) {
  const full = (name, test) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || test(row[name]));
  const numbers = vars.filter((name) => full(name, isNumber));
  const value = numbers.at(-1);
  // IRIs say less than their names in the column beside them
  const others = vars.filter((name) => name !== value);
  const x = others.find((name) => full(name, isTime)) ?? others.find((name) => full(name, (cell) => cell.type !== "uri" && !isNumber(cell))) ?? others[0];
  return { numbers, x, y: value, kind: x && full(x, isTime) ? "line" : x && numbers.includes(x) ? "points" : "bars" };
}

function canvas(title, description, width, height) {
  const svg = create("svg").attr("xmlns", "http://www.w3.org/2000/svg").attr("width", width).attr("height", height).attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img").attr("aria-label", title); // prettier-ignore
  svg.append("title").text(title);
  svg.append("desc").text(description);
  return svg;
}

export function chart({ x, y, kind }, rows, labels) {
  const shownRows = rows.filter((row) => row[x] && row[y]).slice(0, kind === "bars" ? MOST_BARS : 5_000);
  const svg = canvas(t("sparql.chart-of", { x, y }), t("sparql.chart-how"), WIDTH, HEIGHT);
  const names = shownRows.map((row) => plain(row[x], labels));
  const values = shownRows.map((row) => Number(row[y].value));
  const low = Math.min(0, ...values);
  const up = scaleLinear([low, max(values) || 1], [HEIGHT - 120, 20]).nice();
  const keys = shownRows.map((_, n) => String(n));
  const numeric = kind === "points" && shownRows.every((row) => isNumber(row[x]));
  // days and years stand as far apart as they are
  const times = kind === "bars" ? [] : shownRows.map((row) => (isTime(row[x]) ? Date.parse(row[x].value) : NaN));
  const timed = times.length > 0 && times.every(Number.isFinite);
  const across = numeric
    ? scaleLinear(extent(shownRows, (row) => Number(row[x].value)), [70, WIDTH - 20]).nice() // prettier-ignore
    : timed ? scaleLinear(extent(times), [70, WIDTH - 30]) // prettier-ignore
    : (kind === "bars" ? scaleBand(keys, [60, WIDTH - 20]).padding(0.15) : scalePoint(keys, [70, WIDTH - 30]));
  const bottom = axisBottom(across);
  if (timed) bottom.tickValues(apart(times, across)).tickFormat((time) => cut(names[times.indexOf(time)]));
  else if (!numeric) {
    const step = Math.ceil(keys.length / 30);
    bottom.tickValues(keys.filter((_, n) => n % step === 0)).tickFormat((key) => cut(names[Number(key)]));
  }
  const foot = svg.append("g").attr("class", "axis").attr("transform", `translate(0,${up(low)})`).call(bottom);
  if (!numeric) foot.selectAll("text").attr("transform", "rotate(-40)").attr("text-anchor", "end").attr("dx", "-.5em").attr("dy", ".3em"); // prettier-ignore
  svg.append("g").attr("class", "axis").attr("transform", "translate(60,0)").call(axisLeft(up).ticks(6));
  const at = (n) => (timed ? across(times[n]) : numeric ? across(Number(shownRows[n][x].value)) : across(keys[n]));
  if (kind === "bars") {
    keys.forEach((key, n) => {
      const bar = svg.append("rect").attr("class", "bar").attr("x", at(n)).attr("width", across.bandwidth()).attr("y", Math.min(up(values[n]), up(0))).attr("height", Math.abs(up(0) - up(values[n]))); // prettier-ignore
      bar.append("title").text(`${names[n]}: ${values[n]}`);
    });
  } else {
    if (kind === "line") svg.append("path").attr("class", "curve").attr("fill", "none").attr("d", path()(keys.map((_, n) => [at(n), up(values[n])]))); // prettier-ignore
    keys.forEach((_, n) => svg.append("circle").attr("class", "dot").attr("r", 4).attr("cx", at(n)).attr("cy", up(values[n])).append("title").text(`${names[n]}: ${values[n]}`)); // prettier-ignore
  }
  return { svg: svg.node(), left: rows.length - shownRows.length };
}

/** Values whose places are far enough from each other to be written below. */
function apart(values, across) {
  const kept = [];
  for (const value of [...new Set(values)].sort((one, other) => one - other)) {
    if (!kept.length || across(value) - across(kept.at(-1)) > 18) kept.push(value);
  }
  return kept;
}

const cut = (text) => (text.length > 28 ? `${text.slice(0, 27)}…` : text);

/** Edges of a result: statements between things, or the first two columns of things. */
export function edgesOf(vars, rows) {
  const things = vars.filter((name) => rows.some((row) => row[name]?.type === "uri"));
  if (vars.join() === "subject,predicate,object") return rows.filter((row) => row.object.type === "uri").map((row) => [row.subject, row.object, row.predicate]);
  if (things.length < 2) return [];
  const [one, other] = things;
  return rows.filter((row) => row[one]?.type === "uri" && row[other]?.type === "uri").map((row) => [row[one], row[other], null]);
}

export function network(edges, labels) {
  const kept = edges.slice(0, MOST_EDGES);
  const nodes = [...new Set(kept.flatMap(([one, other]) => [one.value, other.value]))].map((id) => ({ id }));
  const links = kept.map(([one, other, how]) => ({ source: one.value, target: other.value, how }));
  const height = Math.min(1400, 420 + nodes.length * 5);
  forceSimulation(nodes)
    .force("link", forceLink(links).id(({ id }) => id).distance(110)) // prettier-ignore
    .force("apart", forceManyBody().strength(-260))
    .force("room", forceCollide(26))
    .force("x", forceX(WIDTH / 2).strength(0.05))
    .force("y", forceY(height / 2).strength(0.08))
    .stop()
    .tick(300);
  const name = (iri) => plain({ type: "uri", value: iri }, labels);
  const inside = (value, most, margin) => Math.max(margin, Math.min(most - margin, value));
  for (const node of nodes) Object.assign(node, { x: inside(node.x, WIDTH, 90), y: inside(node.y, height, 24) });
  const svg = canvas(t("sparql.graph"), t("sparql.graph-how"), WIDTH, height);
  for (const { source, target, how } of links) {
    const edge = svg.append("path").attr("class", "edge").attr("d", path()([[source.x, source.y], [target.x, target.y]])); // prettier-ignore
    edge.append("title").text(`${name(source.id)} → ${name(target.id)}${how ? ` (${name(how.value)})` : ""}`);
  }
  for (const node of nodes) {
    svg.append("circle").attr("class", "dot").attr("r", 6).attr("cx", node.x).attr("cy", node.y).append("title").text(name(node.id)); // prettier-ignore
    svg.append("text").attr("class", "halo").attr("paint-order", "stroke").attr("x", node.x).attr("y", node.y + 18).attr("text-anchor", "middle").text(cut(name(node.id))); // prettier-ignore
  }
  return { svg: svg.node(), left: edges.length - kept.length };
}

/** Save a drawing: what the style sheet says becomes attributes. */
export function save(svg, name) {
  const copy = svg.cloneNode(true);
  const to = [copy, ...copy.querySelectorAll("*")];
  [svg, ...svg.querySelectorAll("*")].forEach((element, n) => {
    if (["title", "desc"].includes(element.localName)) return;
    const style = getComputedStyle(element);
    to[n].removeAttribute("class");
    for (const each of SAVED) to[n].setAttribute(each, style.getPropertyValue(each));
  });
  const back = document.createElementNS(copy.namespaceURI, "rect");
  const fill = getComputedStyle(document.body).backgroundColor;
  for (const [key, value] of Object.entries({ width: "100%", height: "100%", fill })) back.setAttribute(key, value);
  copy.insertBefore(back, copy.firstChild);
  download(name, "image/svg+xml", `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`);
}
