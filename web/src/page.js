// What every script of a page needs: its data, its words, and elements made without a line of markup.

const block = document.getElementById("page-data");
export const page = block ? JSON.parse(block.textContent) : { words: {}, root: "", lang: "en", languages: ["en"] };

/** Words of the interface; {name} in them is a value. */
export function t(key, values = {}) {
  return (page.words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Words that differ for one and many: KEY.one and KEY.many, with {n}. */
export const counted = (key, n, values = {}) => t(`${key}.${n === 1 ? "one" : "many"}`, { ...values, n: number(n) });

/** A whole number, spaced as the pages of the site have it. */
export const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** An element: properties with a hyphen, and `role`, `for`, `class`, `lang` become attributes, `on…` listeners. */
export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** The relative address of a thing's page in the reader's language, or of a file beside it. */
export function address(short, ending = "") {
  const [stem, fragment] = short.split("#");
  const path = decode(stem).split("/").map(encodeURIComponent).join("/");
  const code = page.lang === page.languages[0] ? "" : `.${page.lang}`;
  return `${page.root}${path}${ending || `${code}.html`}${fragment && !ending ? `#${fragment}` : ""}`;
}

function decode(stem) {
  try {
    return decodeURIComponent(stem);
  } catch {
    return stem;
  }
}

/** A name that says its language where it is not the page's. */
export const inLanguage = (text, language) => (language && language !== page.lang ? el("span", { lang: language }, text) : text);

/** Give a text to the reader as a file. */
export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
