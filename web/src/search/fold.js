// Words as they are compared: without case and accents, so that "migracion" finds "Migración".

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** A text without case, accents and compatibility forms. */
export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss");

/** The words of a text, as they are printed. */
export const printed = (text) => text.match(WORD) ?? [];

/** The words of a text, folded. */
export const words = (text) => printed(text).map(fold);

/** A text cut where its words begin and end: pieces that are words, and what stands between them. */
export function pieces(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(WORD)) {
    if (match.index > end) found.push([text.slice(end, match.index), false]);
    found.push([match[0], true]);
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push([text.slice(end), false]);
  return found;
}
