// Light or dark: the system says, unless the reader does.
const KEY = "mandate-graph.theme";
const KNOWN = new Set(["light", "dark"]);

/** What the reader chose in this browser, or null; storage may be forbidden. */
export function chosen() {
  try {
    const value = localStorage.getItem(KEY);
    return KNOWN.has(value) ? value : null;
  } catch {
    return null;
  }
}

export function apply(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

/** What is shown now. */
export function shown() {
  return document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

export function store(theme) {
  apply(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // a browser that keeps nothing still shows it for this page
  }
}
