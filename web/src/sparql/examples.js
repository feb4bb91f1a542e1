// The named queries: found by their words, filled in, and put into the editor.
import { el, page, t } from "../page.js";
import { termOf, withValues } from "./text.js";

const MOST = 400;
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Buttons beside the questions of the page; `take` is given a text and the endpoint that it needs. */
export function examples(list, filter, { queries, vocabulary, take }) {
  const items = [...list.querySelectorAll("[data-query]")];
  for (const item of items) {
    const query = queries.find(({ name }) => name === item.dataset.query);
    if (query) opener(item.querySelector("details"), query, vocabulary, take);
  }
  filter.addEventListener("input", () => {
    const words = fold(filter.value).split(/\s+/);
    for (const item of items) item.hidden = !words.every((word) => fold(item.textContent).includes(word));
    for (const group of list.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[data-query]:not([hidden])");
  });
}

function opener(details, query, vocabulary, take) {
  const deeds = details.querySelector(".deeds");
  deeds.prepend(el("button", { type: "button", onclick: () => take(query, query.text) }, t("sparql.show")));
  if (!query.parameters.length) return;
  const place = el("form", { hidden: true, class: "parameters" });
  const button = el("button", { type: "button", "aria-expanded": "false" }, t("sparql.fill"));
  button.addEventListener("click", async () => {
    if (!place.childElementCount) build(place, query, await vocabulary, take);
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    if (!place.hidden) place.querySelector("input, select").focus();
  });
  deeds.querySelector("button").after(button);
  details.append(place);
}

function build(form, query, vocabulary, take) {
  const given = example(query.example);
  const fields = query.parameters.map((parameter) => [parameter, field(query, parameter, vocabulary)]);
  for (const [parameter, input] of fields) {
    const help = `${input.id}-help`;
    input.setAttribute("aria-describedby", help);
    form.append(el("p", {}, el("label", { for: input.id }, parameter.name), input, el("span", { id: help, class: "quiet", lang: "en" }, parameter.purpose)));
  }
  const wrong = el("p", { role: "alert", class: "wrong" });
  const fill = el("button", { type: "button" }, t("sparql.example"));
  fill.addEventListener("click", () => {
    for (const [{ name }, input] of fields) input.value = given[name] ?? "";
  });
  form.append(wrong, el("p", {}, el("button", { type: "submit" }, t("sparql.show")), " ", Object.keys(given).length ? fill : ""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const terms = {};
    wrong.textContent = "";
    for (const [parameter, input] of fields) {
      const value = input.value.trim();
      input.removeAttribute("aria-invalid");
      if (!value) continue;
      terms[parameter.name] = termOf(parameter, value, page.base);
      if (terms[parameter.name]) continue;
      wrong.textContent = t("sparql.bad-value", { name: parameter.name, kind: parameter.kind });
      input.setAttribute("aria-invalid", "true");
      input.focus();
      return;
    }
    take(query, withValues(query.text, terms));
  });
}

function field(query, { name, kind }, vocabulary) {
  const id = `p-${query.name}-${name}`;
  if (kind.includes("|")) return el("select", { id }, el("option", { value: "" }, t("sparql.any")), kind.split("|").map((each) => el("option", {}, each)));
  if (kind === "integer") return el("input", { id, inputmode: "numeric", autocomplete: "off" });
  if (kind === "text") return el("input", { id, autocomplete: "off" });
  const space = kind === "resource" ? `${page.base}id/` : `${page.base}id/${kind}/`;
  const known = vocabulary.things.filter(({ iri }) => iri.startsWith(space)).slice(0, MOST);
  const list = el("datalist", { id: `${id}-known` }, known.map(({ iri, names }) => el("option", { value: iri.slice(space.length), label: names[0] })));
  const input = el("input", { id, list: list.id, autocomplete: "off" });
  queueMicrotask(() => input.after(list));
  return input;
}

/** `--param` values of an example: name=value, quoted where there are spaces. */
function example(text) {
  const found = {};
  for (const [, name, quoted, plain] of text.matchAll(/(\w+)=(?:"([^"]*)"|'[^']*'|(\S+))/g)) found[name] = quoted ?? plain ?? "";
  return found;
}
