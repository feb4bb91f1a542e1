// BibTeX: an entry a mandate, each with its identifier as the address.
import { tabled } from "../data.js";

const SPECIAL = {
  "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", $: "\\$", "&": "\\&", "#": "\\#", _: "\\_", "%": "\\%",
  "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
}; // prettier-ignore
const WORDS = 12;

/** Text as LaTeX prints it; letters beyond ASCII stay, as BibLaTeX and every current BibTeX style read UTF-8. */
export const escape = (text) => text.replace(/\s+/g, " ").replace(/[\\{}$&#_%~^]/g, (found) => SPECIAL[found]);

// an address is read by \url, which takes most characters as they are; what would break a field is percent-encoded
const address = (iri) => iri.replace(/[\\{}%#\s]/g, (found) => (found === "%" || found === "#" ? `\\${found}` : encodeURIComponent(found)));

export function bibtex(data, mandates, head) {
  const entries = mandates.map((mandate) => entry(data, mandate));
  // what stands outside an entry is a comment to BibTeX; an @ would begin one
  return `${head.map((line) => `% ${line.replace(/@/g, "(at)")}\n`).join("")}\n${entries.join("\n")}`;
}

function entry(data, mandate) {
  const [language, text] = mandate.texts[0] ?? ["", ""];
  const opening = text.split(/\s+/).slice(0, WORDS).join(" ") + (text.split(/\s+/).length > WORDS ? " …" : "");
  const place = [mandate.document && tabled(mandate.document), mandate.number && `para. ${mandate.number}`];
  const fields = {
    author: mandate.summit && `{${escape(tabled(mandate.summit))}}`,
    title: `{${escape([...place.filter(Boolean), `“${opening}”`].join(", "))}}`,
    year: mandate.date.slice(0, 4),
    howpublished: escape(data.about.title.en ?? Object.values(data.about.title)[0] ?? ""),
    organization: mandate.summit && "Summits of the Americas",
    version: escape(data.about.version ?? ""),
    url: address(data.iri(mandate)),
    langid: { en: "english", es: "spanish", pt: "portuguese", fr: "french" }[language],
  };
  const lines = Object.entries(fields).filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}}`);
  return `@misc{${label(mandate)},\n${lines.join(",\n")}\n}\n`;
}

/** A key of letters, digits and hyphens: BibTeX and Biber take no more for certain. */
const label = (mandate) => mandate.short.replace(/^id\/mandate\//, "").replace(/[^A-Za-z0-9]+/g, "-");
