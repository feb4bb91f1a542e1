// What a reader asks for, and the address that says it: ?q=…&theme=migration&theme=education&summit=2001-quebec&sort=newest
import { words } from "./fold.js";

export const FACETS = ["theme", "summit", "document", "kind", "instrument", "body", "year", "language"];
/** The value of what has none: a key of a thing is never a bare hyphen. */
export const NONE = "-";
const SORTS = new Set(["newest", "oldest"]);

/** {q, facets: {theme: [key, …], …}, sort} of the query part of an address; unknown parts are left out. */
export function fromAddress(search) {
  const given = new URLSearchParams(search);
  const facets = {};
  for (const facet of FACETS) facets[facet] = [...new Set(given.getAll(facet).filter(Boolean))];
  const sort = given.get("sort");
  return { q: given.get("q") ?? "", facets, sort: SORTS.has(sort) ? sort : "" };
}

/** The query part of an address, with its question mark; empty when nothing is asked. */
export function toAddress({ q, facets, sort }) {
  const parts = [];
  const put = (key, value) => parts.push(`${key}=${encodeURIComponent(value).replace(/%2F/g, "/").replace(/%20/g, "+")}`);
  if (q.trim()) put("q", q.trim());
  for (const facet of FACETS) for (const key of [...(facets[facet] ?? [])].sort()) put(facet, key);
  if (sort) put("sort", sort);
  return parts.length ? `?${parts.join("&")}` : "";
}

/** {loose: [word, …], phrases: [[word, …], …]} of what is typed; an open quotation mark closes at the end. */
export function parts(q) {
  const loose = [];
  const phrases = [];
  q.split(/["“”«»]/).forEach((part, n) => {
    const found = words(part);
    if (!found.length) return;
    if (n % 2) phrases.push(found);
    else loose.push(...found);
  });
  return { loose, phrases };
}
