"""What any text names, without building a graph.

>>> import mandate_graph as mg
>>> for named in mg.cite("We reaffirm the Charter of the OAS."):    # doctest: +SKIP
...     print(named.quote, named.target_label, named.relation)
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.citator.mentions import Found, MentionFinder
from mandate_graph.citator.names import KINDS
from mandate_graph.errors import BadOption
from mandate_graph.house import choose_house
from mandate_graph.iris import Iris

__all__ = ["FORMATS", "Citator", "Named", "cite", "render"]

PathLike: TypeAlias = str | Path

FORMATS = ("table", "json", "jsonl", "csv", "html")
"""How mentions can be written; ``table`` is for terminals."""

_TABLE_OF = {kind: table for table, kind in KINDS.items()}
_REFERS = "eli:refers_to"


@dataclass(frozen=True, slots=True)
class Named:
    """A mention in a text: one thing that some of its words name, or seem to name.

    ``line`` counts from 1 (0 where the text is one); ``start`` and ``end`` are code points of the text, end-exclusive.
    ``outcome`` is resolved, ambiguous or unresolved; ``kind`` instrument, body, summit, document, sdg, country or topic.
    ``target`` is the identifier of what is named, or none; ``candidates`` are those of an ambiguous mention, and ``why``
    says why nothing was chosen. ``relation`` is how the thing is named (``cito:confirms``; ``eli:refers_to`` where no
    cue tells), ``cue`` the words that tell it. ``confidence`` is the share of such links that are right on the gold
    standard (docs/citator.md).
    """

    line: int
    start: int
    end: int
    quote: str
    outcome: str
    kind: str
    target: str | None
    target_label: str | None
    symbol: str | None
    candidates: tuple[str, ...]
    relation: str | None
    confidence: float
    rule: str
    why: str | None = None
    cue: str | None = None
    cue_start: int | None = None
    cue_end: int | None = None

    def as_dict(self) -> dict[str, object]:
        """The fields as JSON has them."""
        return {**asdict(self), "candidates": list(self.candidates)}


class Citator:
    """The tables of a house, compiled: finds what texts name."""

    def __init__(self, house: PathLike | None = None) -> None:
        """Take the tables of the named house, of the one around the current folder, or of the package.

        Raises:
            MissingPath: when the named folder is no house.
            BadTable: when a table is wrong.
        """
        home = choose_house(house, needed=False)
        self._authorities = load_authorities(home.authorities)
        self._finder = MentionFinder(self._authorities)
        self._iris = Iris(home.config().base)
        self._properties = {row["key"]: row["curie"] for row in self._authorities.words["relations"]}

    @property
    def languages(self) -> Sequence[str]:
        """The codes of languages that texts may have."""
        return sorted(self._authorities.languages)

    def cite(self, text: str, *, language: str | None = None, topics: bool = False, line: int = 0) -> list[Named]:
        """Everything that a text names, in its order; a phrase that names several things gives one mention a thing.

        Without a ``language`` the small words of the text tell it. With ``topics`` what the text is about is there too.

        Raises:
            BadOption: when there is no such language.
        """
        if language and language not in self._authorities.languages:
            raise BadOption("--lang", f"{language!r} is none of {', '.join(self.languages)}")
        code = language if language is not None else self._finder.guess(text)
        return [
            named for found in self._finder.find(text, code, topics=topics) for named in self._each(found, text, line)
        ]

    def _each(self, found: Found, text: str, line: int) -> Iterator[Named]:
        targets: Sequence[str | None] = found.targets if found.outcome == "resolved" else (None,)
        candidates = tuple(map(self._iri, found.targets)) if found.outcome == "ambiguous" else ()
        symbols = found.symbol.split(" | ") if found.symbol else []
        rule = self._authorities.rules[found.rule]
        for place, target in enumerate(targets):
            yield Named(
                line=line,
                start=found.span.start,
                end=found.span.end,
                quote=found.span.cut(text),
                outcome=found.outcome,
                kind=_kind(target) if target else found.kind,
                target=self._iri(target) if target else None,
                target_label=label_of(self._authorities, target, found) if target else None,
                symbol=(symbols[place] if place < len(symbols) else symbols[0]) if symbols else None,
                candidates=candidates,
                relation=None if found.outcome == "unresolved" or found.kind == "topic" else self._properties.get(found.relation, _REFERS),
                confidence=float(rule.confidence),
                rule=rule.key,
                why=found.why or None,
                cue=found.cue.cut(text) if found.cue else None,
                cue_start=found.cue.start if found.cue else None,
                cue_end=found.cue.end if found.cue else None,
            )

    def _iri(self, target: str) -> str:
        kind, _, key = target.partition("/")
        return self._iris.thing(kind, key)


def _kind(target: str) -> str:
    kind = target.partition("/")[0]
    return "summit" if kind == "series" else kind


def label_of(authorities: Authorities, target: str, found: Found | None = None, language: str = "en") -> str:
    """The label of what is named: that of its table, or of the symbol that it is known by alone."""
    kind, _, key = target.partition("/")
    if entity := authorities[_TABLE_OF[kind]].get(key):
        return entity.label(language)
    minted = {each.key: each.labels for each in found.minted} if found else {}
    return minted.get(key, {}).get(language, key)


@lru_cache(maxsize=4)
def _citator(house: PathLike | None, around: Path) -> Citator:
    return Citator(house)


def cite(text: str, *, language: str | None = None, topics: bool = False, house: PathLike | None = None) -> list[Named]:
    """Everything that a text names (``Citator.cite``), with the tables of a house that are compiled once.

    Raises:
        MissingPath: when the named folder is no house.
        BadTable: when a table is wrong.
        BadOption: when there is no such language.
    """
    return _citator(house, Path.cwd()).cite(text, language=language, topics=topics)


def render(named: Iterable[Named], form: str, texts: Mapping[int, str]) -> Iterator[str]:
    """Mentions as ``json``, ``jsonl``, ``csv`` or ``html``, piece by piece; ``texts`` are the texts by their lines."""
    if form == "jsonl":
        for each in named:
            yield json.dumps(each.as_dict(), ensure_ascii=False) + "\n"
    elif form == "json":
        yield json.dumps([each.as_dict() for each in named], ensure_ascii=False, indent=1) + "\n"
    elif form == "csv":
        yield from _csv(named)
    else:
        yield from _html(list(named), texts)


def _csv(named: Iterable[Named]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(Named)], lineterminator="\n")
    writer.writeheader()
    for each in named:
        writer.writerow({**each.as_dict(), "candidates": " | ".join(each.candidates)})
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


_STYLE = """\
body{font:16px/1.6 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
p{white-space:pre-wrap;overflow-wrap:anywhere}
mark{color:inherit;background:#dbe9ff;border-bottom:2px solid #2457a6;padding:0 .1em;border-radius:.15em}
mark.body{background:#dff3e3;border-color:#1c7035}mark.summit,mark.document{background:#f3e6fb;border-color:#7a3aa0}
mark.sdg{background:#fff0d6;border-color:#96610a}mark.country{background:#e9e9e9;border-color:#565656}
mark.topic{background:none;border-bottom:2px dotted #888}
mark.ambiguous{border-bottom-style:dashed}mark.unresolved{background:#fff;border-bottom:2px dotted #b03030}
u{text-decoration:underline dotted #888;text-underline-offset:.25em}
a{color:inherit;text-decoration:none}a:hover{text-decoration:underline}sup{font-size:.65em;line-height:0}
table{border-collapse:collapse;font-size:.85rem;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #ddd;overflow-wrap:anywhere}
.key{font-size:.85rem}.key mark{margin-right:.6em}"""


def _html(named: Sequence[Named], texts: Mapping[int, str]) -> Iterator[str]:
    """A page that needs nothing else: each text with its mentions marked, and a table of them."""
    yield (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>What the text names</title>\n<style>\n{_STYLE}\n</style>\n<h1>What the text names</h1>\n"
    )
    kinds = " ".join(f'<mark class="{kind}">{kind}</mark>' for kind in ("instrument", "body", "summit", "sdg", "country"))
    yield f'<p class="key">{kinds} <mark class="ambiguous">ambiguous</mark> <mark class="unresolved">unresolved</mark></p>\n'
    by_line: dict[int, list[tuple[int, Named]]] = {}
    for number, each in enumerate(named, 1):
        by_line.setdefault(each.line, []).append((number, each))
    for line, text in texts.items():
        yield f"<p>{_marked(text, by_line.get(line, []))}</p>\n"
    yield "<table>\n<tr><th></th><th>words</th><th>name</th><th>how</th><th>rule</th></tr>\n"
    for number, each in enumerate(named, 1):
        cells = (each.quote, _named(each), f"{each.relation or ''} {f'“{each.cue}”' if each.cue else ''}", f"{each.rule} {each.confidence:g}")
        link = f'<a href="{html.escape(each.target)}">{html.escape(cells[1])}</a>' if each.target else html.escape(cells[1])
        yield f'<tr id="m{number}"><td>{number}</td><td>{html.escape(cells[0])}</td><td>{link}</td><td>{html.escape(cells[2])}</td><td>{html.escape(cells[3])}</td></tr>\n'
    yield "</table>\n</html>\n"


def _named(each: Named) -> str:
    if each.outcome == "resolved":
        return each.target_label or each.target or ""
    what = f"{each.outcome}{f': {each.why}' if each.why else ''}"
    return f"{what} ({', '.join(candidate.rpartition('/id/')[2] for candidate in each.candidates)})" if each.candidates else what


def _marked(text: str, named: Sequence[tuple[int, Named]]) -> str:
    """The text with its mentions marked; of those that overlap the first, the longest, is."""
    parts, place = [], 0
    groups: dict[tuple[int, int], list[tuple[int, Named]]] = {}
    for number, each in sorted(named, key=lambda pair: (pair[1].start, -pair[1].end, pair[1].kind == "topic")):
        groups.setdefault((each.start, each.end), []).append((number, each))
    for (start, end), group in groups.items():
        if start < place:
            continue
        first = group[0][1]
        names = "; ".join(dict.fromkeys(_named(each) for _, each in group))
        notes = " ".join(f'<a href="#m{number}">{number}</a>' for number, _ in group)
        kind = f"{first.kind} {first.outcome}"
        parts.append(html.escape(text[place:start]))
        parts.append(f'<mark class="{kind}" title="{html.escape(names)}">{html.escape(text[start:end])}</mark><sup>{notes}</sup>')
        place = end
    parts.append(html.escape(text[place:]))
    return "".join(parts)
