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
 * One JSON-LD document: the context once, every node object once. JSON has no comments: what they would say is said of
 * the selection's address. Files with several contexts become a list of documents, which JSON-LD allows as well.
 */
export function jsonld(texts, about) {
  const documents = texts.map((text) => JSON.parse(text));
  const contexts = new Set(documents.map((each) => JSON.stringify(each["@context"] ?? null)));
  const own = { "@id": about.address, "http://purl.org/dc/terms/isPartOf": { "@id": about.dataset } };
  if (about.license) own["http://purl.org/dc/terms/license"] = { "@id": about.license };
  if (about.version) own["http://www.w3.org/ns/dcat#version"] = about.version;
  if (contexts.size > 1) return `${JSON.stringify([own, ...documents], null, 1)}\n`;
  const nodes = new Map();
  for (const { "@context": _, "@graph": graph, ...node } of documents) {
    for (const each of graph ?? [node]) nodes.set(JSON.stringify(each), each);
  }
  const context = documents[0]?.["@context"];
  return `${JSON.stringify({ ...(context && { "@context": context }), "@graph": [own, ...nodes.values()] }, null, 1)}\n`;
}
