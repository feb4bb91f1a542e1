// Oxigraph in a worker: loads the dump, answers queries. The page ends this worker to stop a query.
import init, { Store } from "oxigraph/web.js";
import wasm from "oxigraph/web_bg.wasm";

const FORMATS = { union: "application/n-triples", graphs: "application/n-quads" };
const RESULTS = { select: "application/sparql-results+json", ask: "application/sparql-results+json", graph: "application/n-triples" };
const MOST = 100_000_000; // characters of an answer: a page can show nothing of more, and would stand still
const started = init({ module_or_path: new URL(wasm, import.meta.url) });
let store;

async function load(what, bytes) {
  await started;
  store ??= new Store();
  store.load(await unpacked(bytes), { format: FORMATS[what], no_transaction: true });
  return store.size;
}

/** Some hosts say of a .gz file that it is encoded, and then the browser has unpacked it already. */
async function unpacked(bytes) {
  const packed = new Uint8Array(bytes);
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function query(text, form) {
  const answer = store.query(text, { results_format: RESULTS[form] });
  if (typeof answer === "boolean") return JSON.stringify({ head: {}, boolean: answer });
  if (answer.length > MOST) throw new Error("too-large");
  return answer;
}

/** Turtle as N-Triples. */
async function plain(text) {
  await started;
  const other = new Store();
  other.load(text, { format: "text/turtle" });
  return other.dump({ format: "application/n-triples", from_graph_name: undefined });
}

addEventListener("message", async ({ data: { id, kind, what, bytes, text, form } }) => {
  try {
    const answer = kind === "load" ? await load(what, bytes) : kind === "plain" ? await plain(text) : query(text, form);
    postMessage({ id, answer });
  } catch (error) {
    postMessage({ id, failure: String(error?.message ?? error) });
  }
});
