// Oxigraph in a worker: loads the dump, answers queries. The page ends this worker to stop a query.
import init, { Store } from "oxigraph/web.js";
import wasm from "oxigraph/web_bg.wasm";

const FORMATS = { union: "application/n-triples", graphs: "application/n-quads" };
const RESULTS = { select: "application/sparql-results+json", ask: "application/sparql-results+json", graph: "application/n-triples" };
let store;

async function load(what, bytes) {
  if (!store) {
    await init({ module_or_path: new URL(wasm, import.meta.url) });
    store = new Store();
  }
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
  return typeof answer === "boolean" ? JSON.stringify({ head: {}, boolean: answer }) : answer;
}

addEventListener("message", async ({ data: { id, kind, what, bytes, text, form } }) => {
  try {
    postMessage({ id, answer: kind === "load" ? await load(what, bytes) : query(text, form) });
  } catch (error) {
    postMessage({ id, failure: String(error?.message ?? error) });
  }
});
