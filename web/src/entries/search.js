// The search page: what is asked stands in the address, and everything else follows from it.
import { counted, el, number, page, t } from "../page.js";
import { Asker } from "../search/asker.js";
import { FACETS, fromAddress, toAddress } from "../search/asked.js";
import { Facets } from "../search/view/facets.js";
import { chip, result, things } from "../search/view/results.js";
import { Takes } from "../search/view/takes.js";

const STEP = 20;
const PAUSE = 180;
const TITLE = document.title;

const at = (id) => document.getElementById(id);
const [form, typed, status, list, more, sort] = ["ask", "q", "status", "results", "more", "sort"].map(at);
let asked = fromAddress(location.search);
let limit = STEP;
let latest = 0;
let facets;
let takes;
let asker;

async function start() {
  typed.value = asked.q;
  at("finding").hidden = false;
  if (matchMedia("(max-width: 56rem)").matches) at("facets").open = false;
  status.textContent = t("search.reading");
  asker = new Asker(new URL("search-worker.js", import.meta.url));
  const address = new URL("../data/search.json", import.meta.url).href;
  const facts = await asker.ask("load", { address, language: page.lang });
  facets = new Facets(at("facet-list"), facts.facets, chosen);
  takes = new Takes(at("take"), (kind, more) => asker.ask(kind, more), facts.about);
  facets.choose(asked.facets);
  listen();
  await show();
}

function listen() {
  let pause;
  typed.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => go({ ...asked, q: typed.value }, { replace: true }), PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    go({ ...asked, q: typed.value });
  });
  sort.addEventListener("change", () => go({ ...asked, sort: sort.value }));
  more.addEventListener("click", showMore);
  at("clear").addEventListener("click", () => {
    go({ ...fromAddress(""), q: asked.q });
    status.focus();
  });
  addEventListener("popstate", () => {
    // a link to a part of the page asks nothing else
    if (toAddress(fromAddress(location.search)) === toAddress(asked)) return;
    asked = fromAddress(location.search);
    typed.value = asked.q;
    facets.choose(asked.facets);
    limit = STEP;
    show();
  });
}

function chosen() {
  go({ ...asked, facets: facets.chosen() });
}

/** Ask something else, and say it in the address; typing does not fill the history. */
function go(next, { replace = false } = {}) {
  asked = next;
  limit = STEP;
  const address = toAddress(asked) || location.pathname;
  if (address !== (location.search || location.pathname)) history[replace ? "replaceState" : "pushState"](null, "", address);
  facets.choose(asked.facets);
  return show();
}

async function show() {
  latest += 1;
  const mine = latest;
  const found = await asker.ask("find", { asked, limit, language: page.lang });
  if (mine !== latest) return;
  list.replaceChildren(...found.rows.map(result));
  things(at("things"), found.things);
  facets.tell(found.counts);
  chips();
  sort.value = asked.sort;
  sort.options[0].textContent = asked.q.trim() ? t("search.sort.relevance") : t("search.sort.newest");
  sort.options[1].hidden = !asked.q.trim();
  status.textContent = `${counted("search.found", found.paragraphs)}${found.near ? ` ${t("search.near")}` : ""}`;
  at("nothing").hidden = found.paragraphs > 0;
  at("nothing-facets").hidden = !FACETS.some((facet) => asked.facets[facet].length);
  at("nothing-words").hidden = !asked.q.trim();
  left(found);
  takes.tell(asked, found.mandates);
  document.title = (asked.q.trim() ? `${asked.q.trim()} – ` : "") + TITLE;
}

function left({ paragraphs, rows }) {
  more.hidden = rows.length >= paragraphs;
  more.textContent = t("search.more", { n: number(Math.min(STEP, paragraphs - rows.length)), left: number(paragraphs - rows.length) });
}

/** More results below those that are there; the focus goes to the first new one. */
async function showMore() {
  const before = list.children.length;
  const mine = latest;
  limit = before + STEP;
  const found = await asker.ask("find", { asked, limit, language: page.lang });
  if (mine !== latest) return;
  list.append(...found.rows.slice(before).map(result));
  left(found);
  list.children[before]?.querySelector("a").focus();
}

function chips() {
  const box = at("chosen");
  const made = FACETS.flatMap((facet) => asked.facets[facet].map((key) => [facet, key]));
  box.querySelector("ul").replaceChildren(
    ...made.map(([facet, key], n) => {
      const name = facets.name(facet, key);
      return chip(facet, typeof name === "string" ? name : name.cloneNode(true), () => {
        go({ ...asked, facets: { ...asked.facets, [facet]: asked.facets[facet].filter((each) => each !== key) } }).then(() => {
          const buttons = box.querySelectorAll("li button");
          (buttons[Math.min(n, buttons.length - 1)] ?? status).focus();
        });
      });
    }),
  );
  box.hidden = made.length === 0;
}

start().catch((error) => {
  status.replaceChildren(el("strong", {}, t("search.failed", { why: error.message })));
});
