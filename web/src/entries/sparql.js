// The SPARQL page: an editor, an engine in the page or a server elsewhere, and what they answer.
import { el, number, page, t } from "../page.js";
import { fromAddress, toAddress } from "../sparql/address.js";
import { editor, mark } from "../sparql/editor.js";
import { BadAnswer, endpointOf } from "../sparql/endpoint.js";
import { AsksElsewhere, Stopped } from "../sparql/engine.js";
import { examples } from "../sparql/examples.js";
import { Labels } from "../sparql/labels.js";
import { show } from "../sparql/results.js";
import { asked, Sources } from "../sparql/source.js";
import { formOf } from "../sparql/text.js";

const at = (id) => document.getElementById(id);
const [status, clock, run, stop, answers, far, address, limit] = ["told", "clock", "run", "stop", "answer", "far", "endpoint", "limit"].map(at);
const own = at("own");
/** The endpoint of the server that this page comes from; empty where it comes from none. */
const ownAddress = own ? new URL(own.value, document.baseURI).href : "";
const read = async (name) => (await fetch(new URL(`../data/${name}.json`, import.meta.url))).json();
const vocabulary = read("vocabulary");
const labels = new Map();
const sources = new Sources(tell);
let running = null;
let yasqe;

function start() {
  at("asking").hidden = false;
  yasqe = editor(at("editor"), { value: page.first, run: go, vocabulary });
  follow();
  run.addEventListener("click", go);
  stop.addEventListener("click", () => running?.source.stop());
  at("copy-link").addEventListener("click", copyLink);
  for (const radio of document.querySelectorAll("[name=source]")) radio.addEventListener("change", choose);
  addEventListener("hashchange", follow);
  at("load")?.addEventListener("click", load);
  read("queries").then((queries) => vocabulary.then(() => examples(at("questions"), at("filter"), { queries, vocabulary, take })));
}

/** What the address asks is put into the editor; nothing runs before the reader says so. */
function follow() {
  const { query, endpoint } = fromAddress(location.hash);
  if (query && query !== yasqe.getValue()) yasqe.setValue(query);
  if (endpoint && endpoint === ownAddress) own.checked = true;
  else if (endpoint) {
    far.checked = true;
    address.value = endpoint;
  } else if (query && at("here")) at("here").checked = true;
  choose();
}

function choose() {
  address.closest("p").hidden = !far.checked;
}

/** A question of the library comes into the editor. */
function take(query, text) {
  yasqe.setValue(text);
  yasqe.focus();
  at("asking").scrollIntoView();
  tell("taken", query.title);
}

/** The endpoint that is chosen: "" for the engine in the page, undefined for what is no address. */
function chosen() {
  if (own?.checked) return ownAddress;
  if (!far.checked) return "";
  const found = endpointOf(address.value);
  address.setAttribute("aria-invalid", String(!found));
  return found;
}

async function load() {
  try {
    await sources.at("").ready();
    tell("ready", loaded);
  } catch (error) {
    wrong(error, "", "");
  }
}

async function go() {
  if (running) return;
  const text = yasqe.getValue();
  const endpoint = chosen();
  const form = formOf(text);
  if (endpoint === undefined) return refuse(t("sparql.bad-endpoint"), address);
  if (!form || form === "change") return refuse(t(form ? "sparql.change" : "sparql.no-query"));
  history.replaceState(null, "", toAddress({ query: text, endpoint }) || location.pathname);
  const source = sources.at(endpoint);
  begin(source);
  try {
    const answer = await asked(source, text, form);
    const seconds = ((performance.now() - running.since) / 1000).toFixed(1);
    end();
    said(endpoint, answer, seconds);
    show(answers, answer, labelsOf(endpoint, source), (await vocabulary).prefixes);
    answers.hidden = false;
  } catch (error) {
    const late = running?.late;
    end();
    wrong(error, endpoint, text, late);
  }
}

function labelsOf(endpoint, source) {
  if (!labels.has(endpoint)) labels.set(endpoint, new Labels((text, form) => source.run(text, form)));
  return labels.get(endpoint);
}

function begin(source) {
  running = { source, since: performance.now(), late: false };
  const seconds = Number(limit.value);
  running.clock = setInterval(() => {
    const now = (performance.now() - running.since) / 1000;
    clock.textContent = t("sparql.seconds", { n: now.toFixed(0) });
    if (!seconds || now < seconds) return;
    running.late = true;
    source.stop();
  }, 250);
  run.disabled = true;
  stop.hidden = false;
  answers.hidden = true;
  yasqe.checkSyntax();
}

function end() {
  clearInterval(running?.clock);
  running = null;
  clock.textContent = "";
  run.disabled = false;
  stop.hidden = true;
}

let loaded = 0;

/** What is being done; numbers that change quickly are not read out. */
function tell(what, value) {
  if (what === "loaded") loaded = value;
  if (what === "fetching") clock.textContent = t("sparql.bytes", { n: (value / 1e6).toFixed(1) });
  else if (what === "ready" || what === "loaded") status.textContent = t("sparql.ready", { n: number(value) });
  else if (what === "taken") status.textContent = t("sparql.taken", { title: value });
  else if (running || what === "loading") status.textContent = t(`sparql.now.${what}`);
  if (what === "fetching") status.textContent = t("sparql.now.fetching");
}

function said(endpoint, { form, rows }, seconds) {
  const n = number(rows.length);
  const where = endpoint ? t("sparql.from", { where: new URL(endpoint).host }) : t("sparql.from-here");
  const found = form === "ask" ? "" : `${t(`sparql.found.${form}.${rows.length === 1 ? "one" : "many"}`, { n })}, `;
  status.textContent = `${found}${t("sparql.took", { n: seconds })}, ${where}`;
}

function refuse(words, field) {
  status.replaceChildren(el("span", { class: "wrong" }, words));
  field?.focus();
}

/** Why there is no answer, in words, and what can be done. */
function wrong(error, endpoint, text, late) {
  answers.hidden = true;
  if (error instanceof Stopped) return refuse(late ? t("sparql.late", { n: limit.value }) : t("sparql.stopped"));
  if (error instanceof AsksElsewhere) {
    refuse(t("sparql.elsewhere"));
    status.append(" ", el("button", { type: "button", onclick: () => sendAway() }, t("sparql.send-away")));
    return undefined;
  }
  if (error instanceof BadAnswer) return refuse(t(`sparql.bad.${error.kind}`, { where: endpoint, ...error.values }));
  if (error.message === "too-large") return refuse(t("sparql.bad.too-large"));
  const [, line, column] = /at (\d+):(\d+)/.exec(error.message) ?? [];
  if (line && !endpoint) {
    mark(yasqe, Number(line) - 1, error.message);
    yasqe.setCursor(Number(line) - 1, Number(column) - 1);
    return refuse(t("sparql.syntax", { line, column, why: error.message.replace(/^error at \d+:\d+: /, "") }));
  }
  return refuse(t("sparql.failed", { why: error.message }));
}

function sendAway() {
  far.checked = true;
  choose();
  address.focus();
  status.textContent = t("sparql.which-endpoint");
}

async function copyLink() {
  const endpoint = chosen() ?? "";
  history.replaceState(null, "", toAddress({ query: yasqe.getValue(), endpoint }) || location.pathname);
  try {
    await navigator.clipboard.writeText(location.href);
    status.textContent = t("sparql.link-copied");
  } catch {
    status.textContent = t("sparql.link-there");
  }
}

start();
