// The licences of what was bundled: packages in node_modules, and packages that those carry inside a file built ahead.
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

const PACKAGE = /^(.*?node_modules\/)((?:@[^/]+\/)?[^/]+)\//;
const TEXT = /^(licen[cs]e|copying|notice)/i;

/** LICENCES.txt, from esbuild's outputs: of every package whose inputs reached a file, name, version, licence and text. */
export async function licences(root, outputs) {
  const found = new Map();
  for (const { inputs } of outputs) {
    for (const path of Object.keys(inputs)) await collect(root, path, found);
  }
  const names = [...found.keys()].sort();
  const head = `The scripts of this folder hold parts of ${names.length} packages. Their licences follow.\n`;
  const parts = await Promise.all(names.map((name) => section(root, name, found.get(name))));
  return [head, ...parts].join(`\n${"-".repeat(78)}\n\n`);
}

async function collect(root, path, found) {
  const name = path.match(PACKAGE)?.[2];
  if (!name) return;
  if (!found.has(name)) found.set(name, "");
  const map = join(root, `${path}.map`);
  if (!existsSync(map)) return;
  // a file that its makers bundled: its source map says of what
  const { sources, sourcesContent } = JSON.parse(await readFile(map, "utf8"));
  sources.forEach((source, n) => {
    const inner = source.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
    if (inner && !found.get(inner)) found.set(inner, leading(sourcesContent?.[n] ?? ""));
    if (source.startsWith("../../utils/")) found.set("@zazuko/yasgui-utils", "");
  });
}

/** The comment that a source begins with, where it is a licence. */
function leading(source) {
  const lines = source.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  const comment = lines.slice(0, end < 0 ? lines.length : end).map((line) => line.replace(/^\/\/ ?/, ""));
  return /permission is hereby granted/i.test(comment.join(" ")) ? comment.join("\n") : "";
}

async function section(root, name, comment) {
  const folder = join(root, "node_modules", name);
  const own = join(root, "licences", `${name}.txt`);
  const about = existsSync(folder) ? JSON.parse(await readFile(join(folder, "package.json"), "utf8")) : null;
  const files = about ? (await readdir(folder)).filter((file) => TEXT.test(file)).sort() : [];
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  // kept here where the package has no text in it: what its makers' repository says
  if (!texts.length && existsSync(own)) texts.push(await readFile(own, "utf8"));
  if (!texts.length && comment) texts.push(comment);
  if (!texts.length) throw new Error(`${name}: no licence text was found; put it into licences/${name}.txt`);
  const title = about ? `${name} ${about.version} (${about.license})` : name;
  return `${title}\n\n${texts.map((text) => text.replace(/\r/g, "").trim()).join("\n\n")}\n`;
}
