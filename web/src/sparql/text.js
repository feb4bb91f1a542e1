// What can be told of a query without running it, and parameters put into its text.
// SPARQL 1.1 §19.8: comments, IRIs, strings and names may hold words that mean nothing.
const TOKEN =
  /(#[^\r\n]*|<[^<>"{}|^`\\\x00-\x20]*>|"{3}(?:\\.|(?!"{3})[^\\])*"{3}|'{3}(?:\\.|(?!'{3})[^\\])*'{3}|"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'|\\.|[?$]\w+|[\w-]*:[\w.:-]*)|(\w+)|[{}()]/gs;
const MARK = /^([ \t]*)#[ \t]*VALUES[ \t]+\?(\w+)([ \t]+\..*|[ \t]*)$/gm;
const FORMS = { SELECT: "select", ASK: "ask", CONSTRUCT: "graph", DESCRIBE: "graph" };

/** The words of a query in upper case, without those in names, strings and comments. */
export const words = (text) => [...text.matchAll(TOKEN)].filter((found) => found[2]).map((found) => found[2].toUpperCase());

/** select, ask or graph; undefined for what is no query. */
export const formOf = (text) => FORMS[words(text).find((word) => word in FORMS)];

export const speaksOfGraphs = (text) => words(text).some((word) => word === "GRAPH" || word === "FROM");
export const asksElsewhere = (text) => words(text).includes("SERVICE");

/** A query's text with VALUES blocks: at the comments that ask for them, else where its first group begins. */
export function withValues(text, terms) {
  const blocks = Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, `VALUES ?${name} { ${term} }`]));
  const placed = new Set([...text.matchAll(MARK)].map((found) => found[2]));
  const first = Object.entries(blocks).filter(([name]) => !placed.has(name)).map(([, block]) => block).join(" "); // prettier-ignore
  const filled = text.replace(MARK, (whole, indent, name, more) => (name in blocks ? indent + blocks[name] + more : whole));
  return first ? atTheStart(filled, first) : filled;
}

function atTheStart(text, block) {
  const places = outermost(text);
  if (!places.length) return `${text.trimEnd()}\n${block}\n`;
  const [from, to] = places.at(-1).construct && places.length > 1 ? places[1] : places[0];
  const inside = text.slice(from, to);
  const nested = words(inside)[0] === "SELECT" && /^\s*SELECT/i.test(inside.replace(/#[^\n]*/g, ""));
  return nested ? `${text.slice(0, from)} ${block} {${inside}} ${text.slice(to)}` : `${text.slice(0, from)} ${block}${text.slice(from)}`;
}

/** The braces that lie in no others: where their inside begins and ends. */
function outermost(text) {
  const found = [];
  let depth = 0;
  let round = 0;
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0];
    if (token === "(") round += 1;
    else if (token === ")") round -= 1;
    else if (token === "{" && !(round && !depth)) {
      if (!depth) from = match.index + 1;
      depth += 1;
    } else if (token === "}" && depth) {
      depth -= 1;
      if (!depth) found.push([from, match.index]);
    }
  }
  if (words(text).includes("CONSTRUCT") && found.length) found.at(-1).construct = true;
  return found;
}

const escaped = (text) => text.replace(/[\\"\n\r\t]/g, (one) => ({ "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" })[one]);

/** A value of a parameter as a term, by the parameter's kind; undefined for what cannot be one. */
export function termOf({ kind }, value, base) {
  if (kind === "text") return `"${escaped(value)}"`;
  if (kind.includes("|")) return kind.split("|").includes(value) ? `"${escaped(value)}"` : undefined;
  if (kind === "integer") return /^[+-]?\d{1,18}$/.test(value) ? `"${BigInt(value)}"^^<http://www.w3.org/2001/XMLSchema#integer>` : undefined;
  const space = kind === "resource" ? `${base}id/` : `${base}id/${kind}/`;
  const key = value.replace(/^id\//, "");
  const iri = /^https?:\/\//.test(value) ? value : space + (key.startsWith(`${kind}/`) ? key.slice(kind.length + 1) : key);
  return /[\x00-\x20<>"{}|\\^`[\]]/.test(iri) ? undefined : `<${iri}>`;
}
