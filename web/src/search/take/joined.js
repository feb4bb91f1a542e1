// The mandates' own files put together: each is fetched from beside its page, a few at a time.

const AT_ONCE = 6;

/** The texts of files, in their order; `told` hears how many are there; `signal` stops it. */
export async function fetched(addresses, told, signal) {
  const texts = new Array(addresses.length);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < addresses.length) {
      const n = next;
      next += 1;
      const response = await fetch(addresses[n], { signal });
      if (!response.ok) throw new Error(`${response.status}: ${addresses[n]}`);
      texts[n] = await response.text();
      done += 1;
      told(done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, addresses.length) }, worker));
  return texts;
}

/** Turtle documents may follow each other: prefixes may be said again (Turtle §2.4), and there are no blank nodes. */
export function turtle(texts, head) {
  return `${head.map((line) => `# ${line}\n`).join("")}\n${texts.map((text) => text.trimEnd()).join("\n\n")}\n`;
}

/**
 * One JSON-LD document: one context, every node object once. JSON has no comments: what they would say is said of the
 * selection's address. Each file has the part of one context that it uses, so that their union means the same.
 */
export function jsonld(texts, about) {
  const context = {};
  const nodes = new Map();
  for (const text of texts) {
    const { "@context": own, "@graph": graph, ...node } = JSON.parse(text);
    for (const [term, meaning] of Object.entries(own ?? {})) {
      if (JSON.stringify(context[term] ?? meaning) !== JSON.stringify(meaning)) throw new Error(`@context: ${term}`);
      context[term] = meaning;
    }
    for (const each of graph ?? [node]) nodes.set(JSON.stringify(each), each);
  }
  const own = { "@id": about.address, "http://purl.org/dc/terms/isPartOf": { "@id": about.dataset } };
  if (about.license) own["http://purl.org/dc/terms/license"] = { "@id": about.license };
  if (about.version) own["http://www.w3.org/ns/dcat#version"] = about.version;
  return `${JSON.stringify({ "@context": context, "@graph": [own, ...nodes.values()] }, null, 1)}\n`;
}
