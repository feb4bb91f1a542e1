// Results as files: SPARQL 1.1 Query Results CSV and TSV Formats, and Turtle.

/** CSV (§3): plain values, with the line ends of RFC 4180. */
export function csv(vars, rows) {
  const field = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const value = (cell) => (cell ? (cell.type === "bnode" ? `_:${cell.value}` : cell.value) : "");
  return [vars, ...rows.map((row) => vars.map((name) => value(row[name])))].map((each) => `${each.map(field).join(",")}\r\n`).join("");
}

/** TSV (§4): terms as SPARQL writes them. */
export function tsv(vars, rows) {
  return [vars.map((name) => `?${name}`), ...rows.map((row) => vars.map((name) => (row[name] ? written(row[name]) : "")))].map((each) => `${each.join("\t")}\n`).join("");
}

const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const literal = (text) => `"${text.replace(/[\\"\n\r\t]/g, (one) => ESCAPES[one])}"`;

/** A term in N-Triples syntax; with `short`, IRIs as it has them. */
export function written(cell, short = (iri) => `<${iri}>`) {
  if (cell.type === "uri") return short(cell.value);
  if (cell.type === "bnode") return `_:${cell.value}`;
  if (cell["xml:lang"]) return `${literal(cell.value)}@${cell["xml:lang"]}`;
  return cell.datatype && !cell.datatype.endsWith("XMLSchema#string") ? `${literal(cell.value)}^^${short(cell.datatype)}` : literal(cell.value);
}

/** Statements as Turtle: what is said of a thing stands together, and only the prefixes that are used. */
export function turtle(rows, prefixes) {
  const used = new Set();
  const short = (iri) => {
    for (const [prefix, space] of Object.entries(prefixes)) {
      if (iri.startsWith(space) && /^[A-Za-z_][\w-]*$/.test(iri.slice(space.length))) {
        used.add(prefix);
        return `${prefix}:${iri.slice(space.length)}`;
      }
    }
    return `<${iri}>`;
  };
  const things = new Map();
  for (const { subject, predicate, object } of rows) {
    const verb = predicate.value === "http://www.w3.org/1999/02/22-rdf-syntax-ns#type" ? "a" : short(predicate.value);
    const key = written(subject, short);
    if (!things.has(key)) things.set(key, []);
    things.get(key).push(`${verb} ${written(object, short)}`);
  }
  const body = [...things].map(([thing, said]) => `${thing}\n  ${said.join(" ;\n  ")} .\n`);
  const head = [...used].sort().map((prefix) => `@prefix ${prefix}: <${prefixes[prefix]}> .\n`);
  return [head.join(""), ...body].filter(Boolean).join("\n");
}
