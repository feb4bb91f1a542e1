// The editor: YASQE, with completion from this graph's own words and nothing fetched from elsewhere.
import { Yasqe } from "@zazuko/yasqe";
import { t } from "../page.js";

const MOST = 60;

// YASQE's own completers ask prefix.cc and LOV, and its marks of errors are markup with styles in it
for (const name of Object.keys(Yasqe.Autocompleters)) delete Yasqe.Autocompleters[name];
Yasqe.defaults.autocompleters = [];
Yasqe.prototype.checkSyntax = checkSyntax;

/** An editor in an element; `vocabulary` may come later (a promise). */
export function editor(parent, { value, run, vocabulary }) {
  const yasqe = new Yasqe(parent, {
    value,
    autocompleters: [],
    persistenceId: null,
    createShareableLink: null,
    createShortLink: null,
    showQueryButton: false,
    resizeable: false,
    consumeShareLink: null,
    lineWrapping: true,
    editorHeight: "auto",
    collapsePrefixesOnLoad: false,
    prefixCcApi: null,
    foldGutter: false,
    gutters: ["gutterErrorBar", "CodeMirror-linenumbers"],
    viewportMargin: Infinity,
    extraKeys: {
      Tab: false,
      "Shift-Tab": false,
      "Ctrl-Enter": run,
      "Cmd-Enter": run,
      "Ctrl-Space": (cm) => suggest(cm, vocabulary),
    },
  });
  const input = yasqe.getInputField();
  input.setAttribute("aria-label", t("sparql.editor"));
  input.setAttribute("aria-describedby", "editor-keys");
  yasqe.on("inputRead", (cm, change) => {
    if (change.origin === "+input" && /[\w:<]/.test(change.text.join(""))) suggest(cm, vocabulary, true);
  });
  return yasqe;
}

/** Marks the first line that cannot be one of SPARQL, and says what it could go on with. */
function checkSyntax() {
  this.queryValid = true;
  this.clearGutter("gutterErrorBar");
  for (let line = 0; line < this.lineCount(); line += 1) {
    const { state } = this.getTokenAt({ line, ch: this.getLine(line).length }, true);
    this.setOption("queryType", state.queryType);
    if (state.OK !== false) continue;
    this.queryValid = false;
    const expected = (state.possibleCurrent ?? []).slice(0, 12).join(" ");
    mark(this, line, state.errorMsg || (expected ? t("sparql.expected", { what: expected }) : ""));
    return;
  }
}

/** A mark beside a line; what it says is its title, and in the status of the page after a run. */
export function mark(cm, line, said) {
  const sign = document.createElement("span");
  sign.className = "parse-error";
  sign.textContent = "●";
  sign.title = said;
  cm.setGutterMarker(line, "gutterErrorBar", sign);
}

/** The part of a word before the cursor: a variable, a prefixed name, an IRI, or a word. */
function token(cm) {
  const cursor = cm.getCursor();
  const line = cm.getLine(cursor.line).slice(0, cursor.ch);
  const found = /([?$]\w*|<[^<>\s]*|[\w-]*:[\w-]*|[\w-]+)$/.exec(line);
  return { text: found?.[0] ?? "", from: { line: cursor.line, ch: cursor.ch - (found?.[0].length ?? 0) }, to: cursor, before: line.slice(0, line.length - (found?.[0].length ?? 0)) };
}

async function suggest(cm, vocabulary, quietly = false) {
  const known = await vocabulary;
  const at = token(cm);
  if (quietly && at.text.replace(/^[?$<]/, "").length < 2) return;
  if (/["']|#/.test(at.before.replace(/<[^<>\s]*>/g, ""))) return;
  const list = options(cm, known, at.text);
  if (!list.length) return;
  cm.showHint({
    completeSingle: false,
    closeOnUnfocus: true,
    closeCharacters: /[\s{}().;,]/,
    hint: () => ({ list: list.map((each) => hint(cm, known, each)), from: at.from, to: at.to }),
  });
}

function hint(cm, known, { text, said, prefix }) {
  return {
    text,
    displayText: text,
    render(element, _self, data) {
      element.append(data.text);
      if (said) {
        const small = document.createElement("small");
        small.textContent = ` ${said}`;
        element.append(small);
      }
    },
    hint(editorOf, self, data) {
      editorOf.replaceRange(data.text, self.from, self.to, "complete");
      if (prefix && !(prefix in editorOf.getPrefixesFromQuery())) editorOf.addPrefixes({ [prefix]: known.prefixes[prefix] });
    },
  };
}

/** What a beginning may become: variables of the query, prefixes, words of the vocabulary, things by their names. */
function options(cm, known, typed) {
  const asked = fold(typed.replace(/^[?$<]/, ""));
  if (/^[?$]/.test(typed)) {
    const names = new Set([...cm.getValue().matchAll(/[?$](\w+)/g)].map((found) => found[1]));
    names.delete(typed.slice(1));
    return [...names].filter((name) => fold(name).startsWith(asked)).sort().slice(0, MOST).map((name) => ({ text: `?${name}` })); // prettier-ignore
  }
  const found = [];
  if (!typed.startsWith("<")) {
    for (const word of [...known.properties, ...known.classes]) {
      const short = compact(word.iri, known.prefixes);
      if (!short) continue;
      const labels = Object.values(word.labels);
      if (fold(short.text).includes(asked) || labels.some((label) => fold(label).includes(asked))) {
        found.push({ ...short, said: labels.join(" · "), rank: [!fold(short.text).startsWith(asked) && !fold(short.text).includes(`:${asked}`), -word.n] });
      }
    }
    for (const prefix of Object.keys(known.prefixes)) {
      if (asked && prefix.startsWith(asked)) found.push({ text: `${prefix}:`, prefix, said: known.prefixes[prefix], rank: [true, -1] });
    }
  }
  if (asked.length > 1 && !typed.includes(":")) {
    for (const { iri, names } of known.things) {
      const key = iri.split("/").at(-1);
      if (fold(key).startsWith(asked) || names.some((name) => fold(name).includes(asked))) {
        found.push({ text: `<${iri}>`, said: names[0], rank: [fold(key) !== asked, names.some((name) => fold(name) === asked) ? -1 : 0] });
      }
    }
  } else if (typed.startsWith("<")) {
    for (const { iri, names } of known.things) {
      if (fold(iri).startsWith(asked) || (asked.length > 1 && names.some((name) => fold(name).includes(asked)))) found.push({ text: `<${iri}>`, said: names[0], rank: [false, 0] }); // prettier-ignore
    }
  }
  return found.sort((one, other) => one.rank[0] - other.rank[0] || one.rank[1] - other.rank[1] || (one.text < other.text ? -1 : 1)).slice(0, MOST);
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function compact(iri, prefixes) {
  for (const [prefix, space] of Object.entries(prefixes)) {
    if (iri.startsWith(space) && /^[A-Za-z_][\w-]*$/.test(iri.slice(space.length))) return { text: `${prefix}:${iri.slice(space.length)}`, prefix };
  }
  return null;
}
