// What can be told of a query without running it, and parameters put into its text, as the Python package does
// (`mandate_graph.sparql.text`): tests hold the two against each other.
// SPARQL 1.1 §19.8: comments, IRIs, strings and names may hold words that mean nothing.
const TOKEN =
  /(?<skip>#[^\r\n]*|<[^<>"{}|^`\\\x00-\x20]*>|"{3}(?:\\.|(?!"{3})[^\\])*"{3}|'{3}(?:\\.|(?!'{3})[^\\])*'{3}|"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'|\\.|[?$][\p{L}\p{N}_]+|[\p{L}\p{N}_]*:[\p{L}\p{N}_.:-]*)|(?<word>[\p{L}\p{N}_]+)|[{}()]/gsu;
const MARK = /^([ \t]*)#[ \t]*VALUES[ \t]+\?([\p{L}\p{N}_]+)([ \t]+\..*|[ \t]*)$/gmu;
const FORMS = { SELECT: "select", ASK: "ask", CONSTRUCT: "graph", DESCRIBE: "graph" };
const CHANGES = ["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"];

/** The words of a query in upper case, without those in names, strings and comments. */
export const words = (text) => [...text.matchAll(TOKEN)].filter(({ groups }) => groups.word).map(([word]) => word.toUpperCase());

/** select, ask or graph; "change" for an update, undefined for what is neither. */
export function formOf(text) {
  const first = words(text).find((word) => word in FORMS || CHANGES.includes(word));
  return CHANGES.includes(first) ? "change" : FORMS[first];
}

export const speaksOfGraphs = (text) => words(text).some((word) => word === "GRAPH" || word === "FROM");
export const asksElsewhere = (text) => words(text).includes("SERVICE");

/** A query's text with VALUES blocks: at the comments that ask for them, else where its first group begins. */
export function withValues(text, terms) {
  const blocks = Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, `VALUES ?${name} { ${oneLine(term)} }`]));
  const placed = new Set([...text.matchAll(MARK)].map(([, , name]) => name));
  const first = Object.keys(blocks).filter((name) => !placed.has(name)).map((name) => blocks[name]).join(" "); // prettier-ignore
  const filled = first ? atTheStart(text, first) : text;
  return filled.replace(MARK, (whole, indent, name, more) => (name in blocks ? indent + blocks[name] + more : whole));
}

/** A term as every engine reads it, also one that reads escapes of characters first (SPARQL 1.1 §19.2). */
const oneLine = (term) => term.replace(/\\\\([uU])|\\./g, (whole, u) => (u ? `\\\\\\u00${u.charCodeAt(0).toString(16).toUpperCase()}` : whole));

function atTheStart(text, block) {
  const group = whereGroup(text);
  if (!group) return `${text.trimEnd()}\n${block}\n`;
  const [from, to] = group;
  const inside = text.slice(from, to);
  const nested = tokens(inside).next().value?.[0] === "SELECT"; // a sub-SELECT has nothing beside it
  return nested ? `${text.slice(0, from)} ${block} {${inside}} ${text.slice(to)}` : `${text.slice(0, from)} ${block}${text.slice(from)}`;
}

/** The inside of the outermost WHERE group; null where there is none, or where it takes no VALUES. */
function whereGroup(text) {
  const groups = outermost(text);
  if (!groups.length) return null;
  if (![...tokens(text.slice(0, groups[0][0]))].some(([word]) => word === "CONSTRUCT")) return groups[0];
  // CONSTRUCT WHERE { … }: the group is the template too
  return groups[0][2] === "CONSTRUCT" && groups[1] ? groups[1] : null;
}

/** The braces that lie in no others: where their inside begins and ends, and the word before them. */
function outermost(text) {
  const found = [];
  let [depth, round, from, word, before] = [0, 0, 0, "", ""];
  for (const [token, place] of tokens(text)) {
    if (token === "(" || token === ")") round += token === "(" ? 1 : -1;
    else if (round && !depth) continue; // an expression of the SELECT clause: EXISTS { … } has braces of its own
    if (token === "{") {
      if (!depth) [from, word] = [place + 1, before];
      depth += 1;
    } else if (token === "}") {
      depth -= 1;
      if (!depth) found.push([from, place, word]);
    }
    before = token;
  }
  return found;
}

function* tokens(text) {
  for (const { 0: token, groups, index } of text.matchAll(TOKEN)) {
    if (!groups.skip) yield [token.toUpperCase(), index];
    else if (!token.startsWith("#")) yield [".", index];
  }
}

const NAMED = { "\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" };
const escaped = (text) =>
  // RDF Dataset Canonicalization §5
  text.replace(/[\\"\x00-\x1f\x7f]/g, (one) => NAMED[one] ?? `\\u${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`);

/** A value of a parameter as a term, by the parameter's kind; undefined for what cannot be one. */
export function termOf({ kind }, value, base) {
  if (kind.includes("|")) return kind.split("|").includes(value) ? `"${escaped(value)}"` : undefined;
  if (kind === "text") return `"${escaped(value)}"`;
  if (kind === "integer") return /^[+-]?\d{1,18}$/.test(value) ? `"${BigInt(value.replace("+", ""))}"^^<http://www.w3.org/2001/XMLSchema#integer>` : undefined;
  const space = kind === "resource" ? `${base}id/` : `${base}id/${kind}/`;
  const key = value.replace(/^id\//, "");
  const iri = /^https?:\/\//.test(value) ? value : space + (key.startsWith(`${kind}/`) ? key.slice(kind.length + 1) : key);
  return /[\x00-\x20<>"{}|\\^`[\]]/.test(iri) || !iri.startsWith(space) || iri === space ? undefined : `<${iri}>`;
}
