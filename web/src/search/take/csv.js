// The table `mandates` (docs/exports.md) of a selection, with how to cite each row and the licence.
import { compare, tabled } from "../data.js";

export const COLUMNS = [
  "mandate", "kind", "number", "document", "documentLabel", "section", "summit", "summitLabel", "date", "chapeau",
  "themes", "themeLabels", "names", "nameLabels", "language", "text", "citation", "licence",
]; // prettier-ignore
const SEPARATOR = " | ";
/** What a spreadsheet would run as a formula begins so (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** CSV (RFC 4180) with a byte order mark, without which Excel reads accents wrongly. */
export function csv(data, mandates) {
  const lines = [COLUMNS, ...mandates.map((mandate) => row(data, mandate))];
  return `\ufeff${lines.map((cells) => cells.map(cell).join(",")).join("\n")}\n`;
}

/** A cell; an apostrophe keeps a formula from being run, and is what spreadsheets themselves write before text. */
function cell(value) {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function row(data, mandate) {
  const iri = (thing) => (thing ? data.iri(thing) : "");
  const name = (thing) => (thing ? tabled(thing) : "");
  const joined = (values) => [...new Set(values.filter(Boolean))].sort(compare).join(SEPARATOR);
  return [
    iri(mandate), mandate.kind, mandate.number, iri(mandate.document), name(mandate.document), name(mandate.section),
    iri(mandate.summit), name(mandate.summit), mandate.date, iri(mandate.chapeau),
    joined(mandate.themes.map(iri)), joined(mandate.themes.map(name)),
    joined(mandate.names.map(iri)), joined(mandate.names.map(name)),
    joined(mandate.texts.map(([language]) => language)), joined(mandate.texts.map(([, text]) => text)),
    citation(data, mandate), data.about.license ?? "",
  ]; // prettier-ignore
}

/** How a paragraph is cited: Summit, document, number, year, identifier. */
export function citation(data, mandate) {
  const number = mandate.number && `para. ${mandate.number}`;
  const place = [mandate.document && tabled(mandate.document), number].filter(Boolean).join(", ");
  const said = [mandate.summit && tabled(mandate.summit), place, mandate.date.slice(0, 4)].filter(Boolean).join(". ");
  return `${said}${said ? ". " : ""}${data.iri(mandate)}`;
}
