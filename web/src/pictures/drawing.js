// What the drawings share: a canvas with a title and a description, names, links, and a file of their own.
import { create } from "d3-selection";
import { address, download, page, t } from "../page.js";

export const SAVED = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linejoin", "paint-order",
  "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline", "opacity",
]; // prettier-ignore
const NONE = "-";

/** Names and addresses of the things in the data. */
export class Book {
  constructor(data) {
    this.data = data;
    this.about = data.about;
  }

  name(iri) {
    const names = this.data.names[iri] ?? {};
    for (const code of [page.lang, "", ...page.languages]) if (code in names) return names[code];
    return Object.values(names)[0] ?? iri.split(/[/#]/).pop();
  }

  page(iri) {
    return iri.startsWith(page.base) ? address(iri.slice(page.base.length)) : iri;
  }

  summit({ iri, year }) {
    return iri ? [year, this.name(iri)].filter(Boolean).join(", ") : t("pictures.none");
  }

  search(facets) {
    const query = Object.entries(facets).map(([name, key]) => `${name}=${encodeURIComponent(key).replace(/%2F/g, "/")}`);
    return `${address("search")}?${query.join("&")}`;
  }
}

export const hasNone = (summits) => summits.some(({ key }) => key === NONE);

/** An SVG of a size, called and described as its section is. */
export function canvas(key, width, height) {
  const svg = create("svg")
    .attr("xmlns", "http://www.w3.org/2000/svg")
    .attr("width", width)
    .attr("height", height)
    .attr("viewBox", `0 0 ${width} ${height}`)
    // a group, not an image: what is inside can be followed
    .attr("role", "group")
    .attr("aria-labelledby", `${key}-svg-title`)
    .attr("aria-describedby", `${key}-how`);
  svg.append("title").attr("id", `${key}-svg-title`).text(t(`pictures.${key}.title`));
  svg.append("desc").text(document.getElementById(`${key}-how`).textContent);
  return svg;
}

/** A link inside a drawing, with what it says to those who do not see it. */
export const linked = (parent, href, label) => parent.append("a").attr("href", href).attr("aria-label", label);

export const LINE = 14;

/** The lines of a name, each of at most so many letters where its words are not longer. */
export function lines(name, letters) {
  const found = [];
  for (const word of name.split(/\s+/)) {
    const last = found.at(-1);
    if (last && last.length + word.length < letters) found[found.length - 1] = `${last} ${word}`;
    else found.push(word);
  }
  return found;
}

/** Lines in a text whose middle is its place, or, `below`, whose first line is. */
export function write(text, found, { below = false } = {}) {
  const [x, y] = [text.attr("x"), Number(text.attr("y"))];
  const top = below ? y : y - ((found.length - 1) * LINE) / 2;
  found.forEach((line, n) => {
    text.append("tspan").attr("x", x).attr("y", top + n * LINE).text(n < found.length - 1 ? `${line} ` : line); // prettier-ignore
  });
}

/** Save a drawing: what the style sheet says becomes attributes, links become absolute, and the licence goes along. */
export function save(svg, key, about) {
  const copy = svg.cloneNode(true);
  const from = [svg, ...svg.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, n) => {
    const style = getComputedStyle(element);
    to[n].removeAttribute("class");
    if (["title", "desc"].includes(element.localName)) return;
    for (const name of SAVED) to[n].setAttribute(name, style.getPropertyValue(name));
    if (element.localName === "a") to[n].setAttribute("href", element.href.baseVal && new URL(element.href.baseVal, location.href).href);
  });
  copy.setAttribute("role", "img");
  copy.removeAttribute("aria-describedby");
  const back = document.createElementNS(copy.namespaceURI, "rect");
  for (const [name, value] of [["width", "100%"], ["height", "100%"], ["fill", getComputedStyle(document.body).backgroundColor]]) {
    back.setAttribute(name, value);
  }
  const title = about.title[page.lang] ?? Object.values(about.title)[0];
  const description = copy.querySelector("desc");
  description.textContent += ` ${title}, ${about.version}. ${about.license} ${new URL(location.href).href.split("#")[0]}`;
  copy.insertBefore(back, description.nextSibling);
  download(`${key}.svg`, "image/svg+xml", `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`);
}
