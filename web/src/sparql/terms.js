// Terms of results as elements. Whatever they hold is text; only addresses of the web become links.
import { address, el, inLanguage, page } from "../page.js";

const LONG = 600;

/** A cell of a result (SPARQL 1.1 Query Results JSON §3.2.2). */
export function shown(cell, labels) {
  if (!cell) return "";
  if (cell.type === "uri") {
    const name = labels?.best(cell.value);
    return linked(cell.value, name ? inLanguage(name.text, name.language) : short(cell.value, labels), name ? cell.value : null);
  }
  const text = cell.value.length > LONG ? `${cell.value.slice(0, LONG)} …` : cell.value;
  const language = cell["xml:lang"];
  return language ? [inLanguage(text, language), " ", el("small", { class: "code" }, language)] : text;
}

export function linked(iri, inside, title) {
  if (iri.startsWith(page.base) && iri.length > page.base.length) return el("a", { href: address(iri.slice(page.base.length)), title }, inside);
  return /^https?:\/\//i.test(iri) ? el("a", { href: iri, rel: "external noopener", title }, inside) : el("span", { title }, inside);
}

/** An IRI without its beginning where names are asked for, else whole. */
export const short = (iri, labels) => (labels ? (iri.split(/[/#]/).filter(Boolean).pop() ?? iri) : iri);

/** The plain text of a cell. */
export const plain = (cell, labels) => (cell?.type === "uri" ? (labels?.best(cell.value)?.text ?? short(cell.value, labels)) : (cell?.value ?? ""));

const NUMBER = /#(integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger)$/;
export const isNumber = (cell) => cell?.type !== "uri" && NUMBER.test(cell?.datatype ?? "") && Number.isFinite(Number(cell.value));
export const isTime = (cell) => /#(date|dateTime|gYear|gYearMonth)$/.test(cell?.datatype ?? "");

/** Statements of N-Triples, each as three cells. Lines that are none are left out. */
export function triples(text) {
  const found = [];
  const line = /^\s*(<[^<>]*>|_:\S+)\s+(<[^<>]*>)\s+(<[^<>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^<>]*>)?)\s*\.\s*$/;
  for (const each of text.split("\n")) {
    const match = line.exec(each);
    if (match) found.push(match.slice(1).map(term));
  }
  return found;
}

function term(text) {
  if (text.startsWith("<")) return { type: "uri", value: unescaped(text.slice(1, -1)) };
  if (text.startsWith("_:")) return { type: "bnode", value: text.slice(2) };
  const end = text.lastIndexOf('"');
  const cell = { type: "literal", value: unescaped(text.slice(1, end)) };
  const more = text.slice(end + 1);
  if (more.startsWith("@")) cell["xml:lang"] = more.slice(1);
  else if (more) cell.datatype = more.slice(3, -1);
  return cell;
}

const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f", '"': '"', "'": "'", "\\": "\\" };
const unescaped = (text) =>
  text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, four, eight, one) => (one ? (ESCAPES[one] ?? one) : String.fromCodePoint(parseInt(four ?? eight, 16))));
