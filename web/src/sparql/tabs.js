// Tabs as the ARIA Authoring Practices have them: one stop of Tab, arrows between, panels made when first seen.
import { el } from "../page.js";

export class Tabs {
  /** `tabs` are [key, name, fill]; fill(panel) is called once. */
  constructor(label, tabs) {
    this.tabs = tabs.map(([key, name, fill]) => ({
      fill,
      tab: el("button", { type: "button", role: "tab", id: `tab-${key}`, "aria-controls": `panel-${key}` }, name),
      panel: el("div", { role: "tabpanel", id: `panel-${key}`, "aria-labelledby": `tab-${key}`, hidden: true }),
    }));
    const list = el("div", { role: "tablist", "aria-label": label }, this.tabs.map(({ tab }) => tab));
    this.tabs.forEach(({ tab }, n) => tab.addEventListener("click", () => this.choose(n)));
    list.addEventListener("keydown", (event) => this.#key(event));
    this.element = el("div", { class: "tabs" }, list, this.tabs.map(({ panel }) => panel));
    this.choose(0);
  }

  choose(chosen) {
    this.chosen = chosen;
    this.tabs.forEach((each, n) => {
      each.tab.setAttribute("aria-selected", String(n === chosen));
      each.tab.tabIndex = n === chosen ? 0 : -1;
      each.panel.hidden = n !== chosen;
    });
    const { panel, fill } = this.tabs[chosen];
    if (!panel.childElementCount) fill(panel);
  }

  #key(event) {
    const last = this.tabs.length - 1;
    const to = { ArrowRight: this.chosen === last ? 0 : this.chosen + 1, ArrowLeft: this.chosen === 0 ? last : this.chosen - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(to);
    this.tabs[to].tab.focus();
  }
}
