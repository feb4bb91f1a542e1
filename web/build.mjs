// Makes the scripts of the published site: every file of src/entries/ becomes one file of the Python package, and
// LICENCES.txt holds the licence of every package of which something went in. Equal sources give equal bytes.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { licences } from "./licences.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../src/mandate_graph/publish/scripts"));
const entries = (await readdir(join(here, "src/entries"))).filter((name) => /\.(js|css)$/.test(name)).sort();

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await esbuild.build({
  absWorkingDir: here,
  entryPoints: entries.map((name) => join("src/entries", name)),
  outdir: out,
  bundle: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16.4"],
  minify: true,
  charset: "utf8",
  legalComments: "none", // LICENCES.txt has them whole
  loader: { ".wasm": "file", ".svg": "file", ".png": "file", ".woff2": "file" },
  assetNames: "[name]",
  define: { "process.env.NODE_ENV": '"production"' },
  metafile: true,
  logLevel: "warning",
});
// Written last: a folder with this file is a whole one.
await writeFile(join(out, "LICENCES.txt"), await licences(here, Object.values(metafile.outputs)));
for (const [path, { bytes }] of Object.entries(metafile.outputs).sort()) {
  console.log(`${relative(out, join(here, path))}\t${bytes}`);
}
