"""Prints a planned page as the site does: furniture, headings, markers, citations, notes and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import Literal

from inventing.chance import Chance
from inventing.items import Item, invent, sentence, steps, varied
from inventing.plan import Plan, Slot, full_text_of
from inventing.words import Document, Vocabulary

__all__ = ["heading_of", "page_text"]

_ORGANIZATION = (
    "Organization of American States Summits of the Americas",
    "Organización de los Estados Americanos Cumbres de las Américas",
)
_FOLLOW_UP = ("Follow-up and Implementation: Mandates", "Seguimiento e implementación: Mandatos")
_MANDATES = ("MANDATES", "MANDATOS")
_MINISTERIALS = ("Click here for Related Ministerials", "Haga clic aquí para Ministeriales relacionadas")
_COPYRIGHT = ("© Summits of the Americas", "© Cumbres de las Américas")
_INITIATIVE = ("Initiative", "Iniciativa")
_MENU = (
    ("Sixth", "Fifth", "Fourth", "Third", "Second", "First", "Special", "Sustainable"),
    ("Sexta", "Quinta", "Cuarta", "Tercera", "Segunda", "Primera", "Extraordinaria", "Sostenible"),
)
_MONTH = ("April", "Abril")
_NBSP = "\u00a0"
# What stands before, inside and behind the parenthesis of a citation, the usual first.
_USUAL = ((". ", "(", ")."), (". ", "(", ")."), (" ", "(", ")."), (".", "(", ")."), (".", "(", ")"), (" .", "(", ")"))
_LISTED = (("; ", "(", ")."), (";", "(", ")."), (" ;", "( ", ")."), (";", "( ", ")."), (".  ", "(", ")"))
# Citations that nobody can follow.
_WRONG = (
    ("Plan of Acton Québec, 2001", "Plan de Accion Quebeque, 2001"),
    ("Declaration of Tamoquil, 1997", "Declaración de Tamoquil, 1997"),
    ("Plan of Action, 1998", "Plan de Acción, 1998"),
    ("Declaration of Nuevo León, 2014", "Declaración de Nuevo León, 2014"),
    ("River Ports, Cartagena, 2012", "Puertos Fluviales, Cartagena, 2012"),
)
_STYLES = ("A", "A", "A", "AM", "B", "BM", "C", "D", "E")
# A page that prints no heading needs another way to tell its theme.
_HEADED = ("A", "A", "AM", "B", "BM", "E")


@dataclass(slots=True)
class _Block:
    """A line, or an item with the lines that stand under it."""

    text: str
    kind: Literal["line", "heading", "item"] = "line"
    marker: str = ""
    below: list[tuple[str, str]] = field(default_factory=list)


def page_text(plan: Plan, language: int, seed: int, words: Vocabulary, *, older: bool = False) -> str:
    """The bytes of a page, as text, in one language (0 English, 1 Spanish); ``older`` is its earlier capture."""
    page = _Page(plan, language, seed, words, older=older)
    if plan.form == "full-text":
        return page.full_text()
    blocks = list(page.listing() if plan.form == "listing" else page.theme_page())
    return _PRINTERS[plan.container](blocks)


def heading_of(plan: Plan, language: int, words: Vocabulary) -> str:
    """What a page prints as its theme; a few name a subtheme that no table has."""
    heading = words.themes[plan.theme][2][language]
    if plan.known_by == "minted":
        part = words.phrases["part"][plan.number % len(words.phrases["part"])]
        return f"{heading.partition(':')[0]}: {part[language]}"
    return heading


class _Page:
    def __init__(self, plan: Plan, language: int, seed: int, words: Vocabulary, *, older: bool) -> None:
        self.plan = plan
        self.language = language
        self.seed = seed
        self.words = words
        self.older = older
        self.chance = Chance(seed, "print", plan.number, language, older)

    def items(self) -> Iterator[tuple[Slot, Item]]:
        """What the page lists, the newest document first.

        An older capture lacks what the newest Summits added, and says one thing in other words.
        """
        found: list[tuple[Slot, Item]] = []
        for slot in self.plan.slots:
            if slot.missing and self.language:
                continue
            item = invent(self.seed, slot.page, slot.place, self.words, full_text_of(slot.page, self.words))
            if slot.filled in {"near", "kin"}:
                key = f"{self.plan.number}:{len(found)}"
                item = varied(item, self.seed, key, self.words, elsewhere=slot.filled == "kin")
            found.append((slot, item))
        if self.older:
            found = [(slot, item) for slot, item in found if self.document(item).year < 2018]
            if found:
                found[0] = (found[0][0], varied(found[0][1], self.seed, f"older:{self.plan.number}", self.words))
        rank = {year: number for number, year in enumerate(sorted({row.year for row in self.words.documents}))}
        found.sort(key=lambda pair: (-rank[self.document(pair[1]).year], pair[1].document))
        yield from found

    def document(self, item: Item) -> Document:
        return self.words.documents[item.document]

    def theme_page(self) -> Iterator[_Block]:
        """Page forms A to E of the site."""
        style = self.chance.pick(_HEADED if self.plan.known_by in {"heading", "minted"} else _STYLES)
        yield from self._head(style)
        runs = self.chance.happens(0.15)
        number = before = 0
        for slot, item in self.items():
            year = self.document(item).year
            if before and year != before:
                yield from self._gap(before)
                number = 0
            number, before = number + 1, year
            yield self._item(slot, item, f"{number if runs else 1}.")
        if self.chance.happens(0.1):
            yield _Block(sentence("stray", self.chance, self.words)[self.language])
        if style[0] == "A":
            yield from (_Block(_NBSP), _Block("2"), _Block("   "))
        if self.chance.happens(0.8):
            yield _Block(_COPYRIGHT[self.language])

    def _head(self, style: str) -> Iterator[_Block]:
        language = self.language
        if style[0] in "ABC":
            if self.chance.happens(0.1):
                yield from (_Block("Skip Navigation Links"), _Block("select"))
            yield _Block(_ORGANIZATION[language])
            yield _Block(_FOLLOW_UP[language])
        if style[0] == "A":
            yield from (_Block(_NBSP), _Block("2"), _Block(f"  {_NBSP}"))
        if style[0] in "ABE":
            yield _Block(heading_of(self.plan, language, self.words), "heading")
        if style[0] == "A":
            yield _Block(_MANDATES[language])
        if style[1:] == "M":
            yield _Block(_MINISTERIALS[language])

    def _gap(self, before: int) -> Iterator[_Block]:
        """What parts the blocks of two Summits: often nothing."""
        draw = self.chance.draw()
        if draw < 0.3:
            yield _Block("")
        elif before == 2022 and draw < 0.5:
            yield _Block("_" * 60)

    def _item(self, slot: Slot, item: Item, marker: str) -> _Block:
        text = self._noisy(item.text(self.language))
        if slot.filled == "steps":
            return self._steps(slot, item, marker)
        block = _Block(self._ended(text, slot, item), "item", marker)
        if item.label:
            label = item.label
            if "." not in label:
                label = f"{_INITIATIVE[self.language]} {label}{self.chance.pick(('', '.'))}"
            block.marker, block.text = "•", f"{label} {block.text}"
        if slot.filled == "noted":
            block.below.append(("", self._note()))
        return block

    def _ended(self, text: str, slot: Slot, item: Item) -> str:
        """The words with their citation as it may be printed."""
        document = self.document(item)
        is_list = document.kind == "plan-of-action" and document.year == 2001
        before, opening, closing = self.chance.pick(_LISTED if is_list else _USUAL)
        if slot.filled == "loose":
            return f"{text}."
        cited = self._cited(item)
        if slot.filled == "wrong":
            cited = self.chance.pick(_WRONG)[self.language]
        mark = "*" if slot.filled == "noted" else ""
        if mark and self.chance.happens(0.5):
            return f"{text}{before.rstrip()}{mark} {opening}{cited}{closing}"
        if is_list and self.chance.happens(0.05):
            before = ": "
        return f"{text}{before}{opening}{cited}{closing}{mark}"

    def _cited(self, item: Item) -> str:
        section = item.section[self.language] if item.section else ""
        return self.document(item).cited[self.language].replace("{section}", section)

    def _steps(self, slot: Slot, item: Item, marker: str) -> _Block:
        """A chapeau and its lettered sub-items; the citation of the last one governs them all."""
        chapeau = sentence("chapeau", Chance(self.seed, "chapeau", slot.page, slot.place), self.words)
        block = _Block(f"{chapeau[self.language]}:", "item", marker)
        is_numbered = self.plan.container == "txt" and self.chance.happens(0.25)
        block.below = [
            (f"{number if is_numbered else letter}.", f"{said[self.language]};")
            for number, (letter, said) in enumerate(steps(self.seed, slot.page, slot.place, self.words), 1)
        ]
        letter, last = block.below[-1]
        block.below[-1] = (letter, f"{last.rstrip(';')}. ({self._cited(item)}).")
        return block

    def _note(self) -> str:
        state = self.chance.pick(self.words.countries)[self.language]
        said = sentence("note", self.chance, self.words)[self.language]
        return f"*{state} {said}"

    def _noisy(self, text: str) -> str:
        """Mostly the words as they are; sometimes as captures spoil them."""
        draw = self.chance.draw()
        if draw < 0.03:
            return text.replace(", ", " , ", 1)
        if draw < 0.05:
            return text.replace("Inter-American", "InterAmerican")
        if draw < 0.07:
            return text.replace(" ", f"{_NBSP}", 1)
        return text

    def listing(self) -> Iterator[_Block]:
        """Page form F: the follow-up application's lists below the headings of their documents."""
        yield _Block("Skip Navigation Links")
        yield from (_Block(entry) for entry in _MENU[self.language])
        yield _Block("")
        yield _Block(heading_of(self.plan, self.language, self.words), "heading")
        for _, group in groupby(self.items(), key=lambda pair: pair[1].document):
            listed = list(group)
            row = self.document(listed[0][1])
            title, place, country = (said[self.language] for said in (row.title, row.place, row.country))
            yield _Block(
                f"{title.partition(' (')[0]} - {place}, {country} - {_MONTH[self.language]} {row.year}", "heading"
            )
            for number, (slot, item) in enumerate(listed, 1):
                official = f"{number}: " if slot.filled == "own" and row.most >= len(listed) else ""
                yield _Block(f"{official}{item.text(self.language)}.", "item", "•")
        yield _Block(_COPYRIGHT[self.language])

    def full_text(self) -> str:
        """A declaration or plan with its title, its headings and its numbered paragraphs."""
        listed = list(self.items())
        row = self.document(listed[0][1])
        language = self.language
        title = row.title[language].partition(" (")[0].upper()
        lines = [f"{row.place[language]}, {row.country[language]}", str(row.year), "", title, ""]
        lines += [self.words.phrases["motto"][0][language], ""]
        headings = self.words.phrases["heading"]
        for number, (_, item) in enumerate(listed):
            if number % 7 == 0:
                lines += [headings[number // 7 % len(headings)][language], ""]
            label = f"{number + 1}. " if row.most == 0 or number < row.most else ""
            lines += [f"{label}{item.text(language)}.", ""]
        return "\n".join(lines)


def _plain(blocks: Sequence[_Block]) -> str:
    lines: list[str] = []
    for block in blocks:
        if block.kind == "line":
            lines.append(block.text)
            continue
        if lines and lines[-1].strip():
            lines.append("")
        lines.append(f"  {block.marker} {block.text}" if block.kind == "item" else block.text)
        lines += [f"    {_marked(marker)}{text}" for marker, text in block.below]
    return "\n".join(lines)


def _marked(marker: str) -> str:
    """Letters stand behind a bullet, numbers and notes do not."""
    return f"• {marker} " if marker[:1].isalpha() else f"{marker} " if marker else ""


def _html(blocks: Sequence[_Block]) -> str:
    lines = ["<!DOCTYPE html>", '<meta charset="utf-8">', "<body>"]
    for is_item, group in groupby(blocks, key=lambda block: block.kind == "item"):
        if not is_item:
            tags = {"heading": "h2", "line": "p"}
            lines += [f"<{tags[block.kind]}>{escape(block.text)}</{tags[block.kind]}>" for block in group]
            continue
        lines.append("<ol>")
        for block in group:
            notes = "".join(f"<br>{escape(text)}" for marker, text in block.below if not marker)
            under = "".join(f"<li>{marker} {escape(text)}</li>" for marker, text in block.below if marker)
            lines.append(f"<li>{escape(block.text)}{notes}{f'<ul>{under}</ul>' if under else ''}</li>")
        lines.append("</ol>")
    return "\n".join((*lines, "</body>"))


def _markdown(blocks: Sequence[_Block]) -> str:
    lines: list[str] = []
    for block in blocks:
        if block.kind != "item":
            lines += [f"## {block.text}" if block.kind == "heading" else block.text, ""]
            continue
        lines += [f"{block.marker.replace('•', '-')} {block.text}".replace("*", "\\*")]
        lines += [
            f"    - {marker} {text}" if marker else f"\n    {text}".replace("*", "\\*") for marker, text in block.below
        ]
        lines.append("")
    return "\n".join(lines)


_PRINTERS: Mapping[str, Callable[[Sequence[_Block]], str]] = {"txt": _plain, "html": _html, "md": _markdown}
