"""Which theme a page is about: from the manifest, else its heading, else its stem, else unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from mandate_graph.iris import slug, text_key
from mandate_graph.model import Entity

__all__ = ["PageTheme", "Themes", "split_heading", "stem_of"]

Found: TypeAlias = Literal["manifest", "heading", "stem", "unknown"]

# Spanish pages carry their language at the end of the stem; the rest is the stem of their English twin.
_LANGUAGE_SUFFIX = re.compile(r"_(sp|es|fr|pt|en)\Z")
_STEM_LANGUAGES = {"sp": "es"}


@dataclass(frozen=True, slots=True)
class PageTheme:
    """A page's theme: its key, how it was found, and its labels as the page should show them.

    ``minted`` holds the labels of a theme that no table has: the heading names it.
    """

    key: str = ""
    found: Found = "unknown"
    theme: str = ""
    subtheme: str = ""
    minted: tuple[tuple[str, str], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Themes:
    """The theme table, by key, by label and by stem."""

    table: Mapping[str, Entity]
    by_label: Mapping[tuple[str, str], str] = field(init=False)
    by_stem: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        labels = {
            (entity.cells["broader"], text_key(label)): key
            for key, entity in self.table.items()
            for label in entity.labels.values()
        }
        object.__setattr__(self, "by_label", labels)
        object.__setattr__(self, "by_stem", {entity.cells["stem"]: key for key, entity in self.table.items()})

    def is_theme(self, words: str) -> bool:
        """Whether words are the label of a main theme, in any language."""
        return ("", text_key(words)) in self.by_label

    def of_page(self, named: str, heading: str, page: str, language: str) -> PageTheme:
        """Find the theme of a page; ``named`` is the manifest's word for it, or empty."""
        by_heading = self._by_heading(heading, page)
        if named and named not in self.table:
            other = self.of_page("", heading, page, language)
            return replace(other, problem=f"the manifest names the theme {named!r}, which has no row in themes.csv")
        if named:
            problem = ""
            if by_heading.key and by_heading.key != named:
                problem = f"the heading says {heading!r}, but the manifest says {named!r}; the manifest was followed"
            return self._known(named, "manifest", language, problem)
        if by_heading.key:
            return by_heading
        stem, _ = stem_of(page)
        for candidate in _shorter(stem):
            if candidate in self.by_stem:
                key = self.by_stem[candidate]
                problem = (
                    "" if candidate == stem else f"no subtheme has the stem {stem!r}; only the main theme is known"
                )
                return self._known(key, "stem", language, problem)
        return PageTheme(problem="neither manifest nor heading nor stem tells the theme")

    def _by_heading(self, heading: str, page: str) -> PageTheme:
        main, sub = split_heading(heading)
        if not main:
            return PageTheme()
        key = self.by_label.get(("", text_key(main)), "") or self._untranslated(page)
        if key and not sub:
            return PageTheme(key, "heading", main)
        known = self.by_label.get((key, text_key(sub)), "") if key else ""
        twin = self.by_stem.get(stem_of(page)[0], "")
        if (
            not known
            and twin
            and bool(sub) == bool(broader := self.table[twin].cells["broader"])
            and key in {"", broader}
        ):
            known = twin  # a heading in a language that the table lacks; the stem is that of the known twin
        if known:
            return PageTheme(known, "heading", main, sub)
        theme = key or slug(main)
        minted = ((theme, main),) if not key else ()
        if sub and slug(sub):
            minted = (*minted, (f"{theme}/{self._slug(theme, page) or slug(sub)}", sub))
        if not minted or not theme:
            return PageTheme()
        return PageTheme(
            minted[-1][0], "heading", main, sub, minted, f"the heading {heading!r} has no row in themes.csv"
        )

    def _untranslated(self, page: str) -> str:
        """The main theme that a stem begins as, for a page in a language that the table has no label in."""
        stem, language = stem_of(page)
        key = self.by_stem.get(stem.partition("_")[0], "")
        return key if key and language and language not in self.table[key].labels else ""

    def _slug(self, theme: str, page: str) -> str:
        """The last part of a stem, where it begins as those of the theme do: one key for the page in every language."""
        own = self.table[theme].cells["stem"] if theme in self.table else ""
        stem, _ = stem_of(page)
        return slug(stem.removeprefix(f"{own}_")) if own and stem.startswith(f"{own}_") else ""

    def _known(self, key: str, found: Found, language: str, problem: str) -> PageTheme:
        entity = self.table[key]
        broader = entity.cells["broader"]
        if not broader:
            return PageTheme(key, found, entity.label(language), problem=problem)
        return PageTheme(key, found, self.table[broader].label(language), entity.label(language), problem=problem)


def split_heading(heading: str) -> tuple[str, str]:
    """Main theme and subtheme, parted by a colon or a dash: ``"HEALTH: Access"`` → ``("HEALTH", "Access")``."""
    main, *rest = re.split(r":|\s[-–—]\s|/\s", heading, maxsplit=1)
    return " ".join(main.split()), " ".join(" ".join(rest).split())


def stem_of(page: str) -> tuple[str, str]:
    """The stem without its language, and the language: ``"mig_hr_sp"`` → ``("mig_hr", "es")``."""
    match = _LANGUAGE_SUFFIX.search(page)
    if not match:
        return page, ""
    return page[: match.start()], _STEM_LANGUAGES.get(match[1], match[1])


def _shorter(stem: str) -> Iterator[str]:
    while stem:
        yield stem
        stem = stem.rpartition("_")[0]
