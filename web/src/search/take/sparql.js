// The SPARQL query that gives a selection: graph patterns for facets, the mandates themselves where words were typed.
import { FACETS, NONE } from "../asked.js";

const PREFIXES = {
  dcterms: "http://purl.org/dc/terms/",
  eli: "http://data.europa.eu/eli/ontology#",
  mg: "https://w3id.org/mandate-graph/ns#",
  prov: "http://www.w3.org/ns/prov#",
  schema: "https://schema.org/",
  skos: "http://www.w3.org/2004/02/skos/core#",
};
const SUMMIT = "?mandate eli:is_part_of/eli:is_part_of? ?adopted . ?adopted a mg:SummitDocument ; prov:wasGeneratedBy ?summit . ";
// of each facet: the variable, what it is a value of, and the pattern that leads from a mandate to it
const PATTERNS = {
  theme: ["?theme", "thing", "?mandate dcterms:subject/skos:broader* ?theme ."],
  summit: ["?summit", "thing", `${SUMMIT}?summit schema:startDate ?day .`],
  document: ["?document", "thing", "?mandate eli:is_part_of/eli:is_part_of? ?document . ?document a mg:SummitDocument ."],
  kind: ["?kind", "text", "?mandate eli:type_subdivision/skos:notation ?kind ."],
  instrument: ["?instrument", "thing", "?mandate eli:refers_to ?instrument ."],
  body: ["?body", "thing", "?mandate eli:refers_to ?body ."],
  year: ["?year", "text", `${SUMMIT}?summit schema:startDate ?day . BIND ( SUBSTR(STR(?day), 1, 4) AS ?year )`],
  language: ["?language", "text", "?mandate eli:is_realized_by/schema:text ?written . BIND ( LANG(?written) AS ?language )"],
};

/** The query; `listed` are the mandates' IRIs, and are used only where words were typed. */
export function sparql(base, { q, facets }, listed, head) {
  const blocks = ["  ?mandate a mg:Mandate ; eli:is_realized_by/schema:text ?text ."];
  if (q.trim()) blocks.push(values("?mandate", listed.map(iri)));
  else for (const facet of FACETS) if (facets[facet].length) blocks.push(block(base, facet, facets[facet]));
  const names = Object.entries(PREFIXES).filter(([name]) => blocks.some((each) => each.includes(`${name}:`)));
  return [
    ...head.map((line) => `# ${line.replace(/[\r\n]+/g, " ")}`),
    ...names.map(([name, iri]) => `PREFIX ${name}: <${iri}>`),
    "SELECT DISTINCT ?mandate ?text",
    "WHERE {",
    ...blocks,
    "}",
    "ORDER BY ?mandate",
    "",
  ].join("\n");
}

function block(base, facet, keys) {
  const [variable, what, pattern] = PATTERNS[facet];
  const terms = keys.filter((key) => key !== NONE).map((key) => (what === "text" ? literal(key) : iri(`${base}id/${facet}/${key}`)));
  // each facet in brackets of its own, so that their inner variables are kept apart
  // values come last: what BIND makes must not be there before it (SPARQL 1.1 §10.1)
  const fits = `  ${pattern}\n  ${values(variable, terms)}`;
  if (!keys.includes(NONE)) return `  { SELECT DISTINCT ?mandate {\n  ${fits}\n  } }`;
  const without = `NOT EXISTS { ${pattern} }`;
  return terms.length ? `  FILTER ( ${without} || EXISTS {\n  ${fits} } )` : `  FILTER ${without}`;
}

const values = (variable, terms) => `  VALUES ${variable} {\n${terms.map((term) => `    ${term}\n`).join("")}  }`;
// SPARQL 1.1 §19.8: what an IRI and a string cannot hold as it is; a key may come from an address that anybody wrote
const iri = (text) => `<${text.replace(/[\u0000-\u0020<>"{}|^`\\]/g, (found) => encodeURIComponent(found))}>`;
const literal = (text) => `"${text.replace(/["\\]/g, "\\$&").replace(/[\r\n]/g, " ")}"`;
