"""Things with all their names: those that the graph publishes, and those that the tables know beside."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mandate_graph.citator.knowledge import Knowledge
from mandate_graph.citator.names import Lexicon
from mandate_graph.engine import unquote
from mandate_graph.lookup.labels import FIRST
from mandate_graph.model import Entity
from mandate_graph.reconcile.known import KINDS, PROPERTIES, Facts
from mandate_graph.reconcile.records import How, Name, Thing

__all__ = ["read_things", "spoken"]

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_PLURAL = re.compile(r"(?<=[A-Z])s$")
_ORDER: tuple[How, ...] = ("label", "other", "code", "form", "hidden")
_HOW: Mapping[str, How] = {"name": "form", "topic": "form"}
# What stands beside the names of a thing when people write of it.
_BESIDE = ("place", "country", "summit", "creator", "above", "document", "series")
_LABEL = 100
_SHOWN = 160


def spoken(terms: Iterable[str], language: str = "") -> list[str]:
    """The texts of literals: those of a language first, then English, Spanish, and others."""
    first = (language, *FIRST)
    read = [unquote(term) for term in terms]
    rank = {tag: place for place, tag in reversed(list(enumerate(first)))}
    read.sort(key=lambda each: (rank.get(each[2], len(first)), each[2], each[1]))
    return list(dict.fromkeys(value for _, value, _, _ in read))


def read_things(facts: Facts, knowledge: Knowledge, places: Mapping[str, Entity]) -> list[Thing]:
    """Everything of the kinds that are served, in the order of kinds and keys.

    Texts do not name ``places``, so what the tables know of them is not in ``knowledge``.
    """
    tables = _tables(knowledge.lexicon, places)
    return [
        _thing(facts, kind, key, (tables.get(key, ()), knowledge.years.get(key, frozenset())))
        for kind in KINDS
        for key in facts.keys(kind)
    ]


def _thing(facts: Facts, kind: str, key: str, tables: tuple[Sequence[Name], frozenset[str]]) -> Thing:
    term = facts.term(key)
    published = list(_published(facts, term, kind))
    label = spoken(facts.walk(term, "label"))[0]
    names = list(published)
    beside, of_tables = tables
    # The tables may be of another house: they speak of this thing only where they call it as the graph does.
    if {name.text for name in beside} & {name.text for name in published}:
        names += beside
    else:
        of_tables = frozenset()
    names.sort(key=lambda name: (_ORDER.index(name.how), name.language, name.text))
    years = {year for value in facts.values(term, PROPERTIES["year"]) for year in _YEAR.findall(value)[:1]}
    if not years and kind != "mandate":
        said = " ".join([key, *(name.text for name in published if name.how != "code")])
        years = set(_YEAR.findall(said)) | of_tables
    unique: dict[str, Name] = {}
    for name in names:
        unique.setdefault(name.text, name)
    if kind == "mandate":
        label = label if len(label) <= _LABEL else label[: _LABEL + 1].rpartition(" ")[0] + "…"
    return Thing(
        key, kind, label, tuple(unique.values()), frozenset(years), _context(facts, term), _describe(facts, term, kind)
    )


def _published(facts: Facts, term: str, kind: str) -> Iterator[Name]:
    hows: tuple[tuple[str, How], ...] = (("label", "label"), ("other", "other"), ("code", "code"), ("hidden", "hidden"))
    if kind == "mandate":
        hows = (("expression/text", "label"), ("number", "code"))
    for path, how in hows:
        for literal in facts.walk(term, path):
            _, text, language, _ = unquote(literal)
            yield Name(text, language, how)
    if kind == "mandate":
        yield from _numbered(facts, term)
    if kind == "sdg":
        yield from _short(facts, term)


def _numbered(facts: Facts, term: str) -> Iterator[Name]:
    """A mandate by its document and its number: "Plan of Action of Santa Cruz 33"."""
    for number in spoken(facts.walk(term, "number")):
        for document in facts.values(term, PROPERTIES["document"]):
            for name in (*spoken(facts.walk(document, "label")), *spoken(facts.walk(document, "other"))):
                yield Name(f"{name} {number}", "", "form")


def _short(facts: Facts, term: str) -> Iterator[Name]:
    """A goal or a target by the short name of all goals and its number: "ODS 16.a", and of "SDGs" one: "SDG 16"."""
    codes = spoken(facts.walk(term, "code"))
    for name in spoken((*facts.walk(term, "above/other"), *facts.walk(term, "above/above/other"))):
        for code in codes:
            yield Name(f"{_PLURAL.sub('', name)} {code}", "", "form")


def _tables(lexicon: Lexicon, places: Mapping[str, Entity]) -> dict[str, list[Name]]:
    """By key, the names that texts are searched for: forms of names, abbreviations, misprints, unchecked ones."""
    found: dict[str, list[Name]] = defaultdict(list)
    for name in itertools.chain(*lexicon.groups.values(), *lexicon.acronyms.values()):
        if len(name.targets) == 1 and not name.requires:
            found[name.targets[0]].append(Name(name.text, name.language, _HOW.get(name.rule, "hidden")))
    for key, place in places.items():
        names = found[f"place/{key}"]
        names += [Name(text, language, "form") for language, text in place.labels.items()]
        for hidden in (place.hiddens, place.finds):
            names += [Name(text, language, "hidden") for language, several in hidden.items() for text in several]
    return found


def _context(facts: Facts, term: str) -> tuple[str, ...]:
    """Names of what stands beside a thing, in all languages, and the years that it is of."""
    beside: dict[str, None] = {}
    for each in _BESIDE:
        for other in facts.values(term, PROPERTIES[each]):
            for path in ("label", "other"):
                beside.update(dict.fromkeys(spoken(facts.walk(other, path))))
    return tuple(beside)


def _describe(facts: Facts, term: str, kind: str) -> str:
    """What tells a thing from its namesakes, in a line."""

    def first(pid: str) -> list[str]:
        found = []
        for value in facts.values(term, PROPERTIES[pid])[:1]:
            found += (
                (spoken(facts.walk(value, "label")) or [facts.key(value)])[:1]
                if value[0] == "<"
                else [unquote(value)[1]]
            )
        return found

    parts = {
        "summit": ("place", "date"),
        "document": ("sort", "summit", "date"),
        "instrument": ("sort", "creator", "date", "above"),
        "body": ("above", "later"),
        "place": ("country",),
        "theme": ("above",),
        "mandate": ("document", "number", "date", "text"),
    }.get(kind, ("meaning",))
    told = list(itertools.chain(*(first(part) for part in parts)))
    said = ", ".join(told if parts[0] == "sort" and told else [KINDS[kind].name, *told])
    return said if len(said) <= _SHOWN else said[: _SHOWN + 1].rpartition(" ")[0] + "…"
