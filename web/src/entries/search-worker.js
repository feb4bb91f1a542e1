// The search in a thread of its own: the page stays alive while the index is made and asked.
import { answer } from "../search/answers.js";
import { Finder } from "../search/finder.js";

let ready;

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status}: ${address}`);
  return new Finder(await response.json());
}

addEventListener("message", async ({ data: { id, kind, ...asked } }) => {
  try {
    if (kind === "load") ready = load(asked.address);
    postMessage({ id, answer: answer(await ready, kind, asked) });
  } catch (error) {
    postMessage({ id, failure: String(error?.message ?? error) });
  }
});
