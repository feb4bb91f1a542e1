"""The verbs that look things up: by words, and everything that is known of one thing."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from mandate_graph.failures import shown

if TYPE_CHECKING:
    from mandate_graph.cli.console import Line
    from mandate_graph.lookup.finding import Found, Hit
    from mandate_graph.lookup.records import Inference, Link, Node, Paragraph, Statement, Thing, Value

__all__ = ["search", "show"]

Field: TypeAlias = "tuple[str, list[Line]]"

_COLUMNS = ("kind", "key", "label", "where", "snippet", "language", "date", "document", "document_label", "thing")
_FEW_PLACES = 4
_LONG = 120
# What the paragraph of a mandate says already.
_SAID = ("eli:is_realized_by", "eli:is_part_of", "eli:number", "eli:type_subdivision", "dcterms:subject", "rdfs:label")
_SAID_TOO = ("mg:chapeau", "mg:sameParagraphAs", "mg:kindredTo")
_TITLE = "bold"


def search(options: argparse.Namespace) -> int:
    """Print what was found by words, the best first."""
    from mandate_graph.cli.console import Watch, paged
    from mandate_graph.lookup import search as run

    words = " ".join(options.words)
    with Watch("searching"):
        found = run(words, build=options.source, kind=options.kind, most=options.most)
    if options.format == "json":
        from dataclasses import asdict

        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n")
    elif options.format == "csv":
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for hit in found:
            writer.writerow(hit.marked() if name == "snippet" else getattr(hit, name) for name in _COLUMNS)
    elif found:
        with paged():
            _show_found(found, options.most)
    if not found:
        sys.stderr.write(f"mandate-graph: {shown(words[:_LONG])}{'…' * (len(words) > _LONG)}: {_nothing(found)}\n")
    return 0


def _nothing(found: Found) -> str:
    if found.near:
        return f"nothing was found. Near are: {', '.join(found.near)}."
    if found.missing:
        return "nothing was found, and no word here is like it."
    return "nothing was found: each word occurs, but nothing has them all."


def _show_found(found: Found, most: int) -> None:
    from mandate_graph.cli.console import say, show_fields

    show_fields([(hit.kind, [*_hit(hit), ""]) for hit in found])
    total = f"{found.total:,} hit{'' if found.total == 1 else 's'}"
    more = f"{len(found):,} of {total}; --most N shows more" if found.total > most else total
    say(f"{more}; 'mandate-graph show KEY' shows one", "dim")


def _hit(hit: Hit) -> Iterator[Line]:
    from mandate_graph.cli.console import shows_styles

    snippet: Line = (hit.snippet, hit.marks) if shows_styles() else hit.marked()
    if hit.kind == "mandate":
        yield ", ".join(filter(None, (hit.document_label or "document unknown", _date(hit.date))))
        yield snippet
    elif hit.where == "label" and hit.snippet == hit.label:
        yield snippet
    else:
        yield hit.label
        if hit.where != "key":
            yield (f"{hit.where}: {hit.snippet}", _shifted(hit)) if shows_styles() else f"{hit.where}: {snippet}"
    yield hit.key


def _shifted(hit: Hit) -> list[tuple[int, int]]:
    by = len(hit.where) + 2
    return [(start + by, end + by) for start, end in hit.marks]


def show(options: argparse.Namespace) -> int:
    """Print everything that is known of one thing."""
    from mandate_graph.cli.console import Watch, paged
    from mandate_graph.dataset import Graph
    from mandate_graph.lookup import asked_for, describe, naming_of, triples_about

    with Watch("looking it up"):
        dataset = Graph(options.source)
        naming, engine = naming_of(dataset.base), dataset.engine()
        thing = describe(engine, naming, asked_for(engine, naming, options.key), options.most)
        triples = triples_about(engine, thing) if options.format == "turtle" else []
    if options.format == "json":
        sys.stdout.write(json.dumps(thing.as_dict(), ensure_ascii=False, indent=1) + "\n")
    elif options.format == "turtle":
        from mandate_graph.write import write

        sys.stdout.buffer.write(write(triples, "turtle", dataset.style()))
        sys.stdout.buffer.flush()
    else:
        with paged():
            _show_thing(thing)
    return 0


def _show_thing(thing: Thing) -> None:
    from mandate_graph.cli.console import say, show_fields

    say(thing.label, _TITLE)
    say(", ".join(dict.fromkeys(each.label for each in thing.types)) or "what it is, is not said here")
    say(thing.iri, "dim")
    statements: Sequence[Statement] = thing.statements
    parts: list[tuple[str, list[Field]]] = []
    if thing.paragraph:
        say()
        for text in thing.paragraph.texts:
            say(f"{text.text} ({text.language})" if len(thing.paragraph.texts) > 1 else text.text)
        parts += _paragraph(thing.paragraph)
        statements = [each for each in statements if each.property.key not in (*_SAID, *_SAID_TOO)]
    parts += [
        (
            "What is said of it",
            [(each.property.label, [_value(value) for value in each.values]) for each in statements],
        ),
        ("What was inferred, and why", [_inference(each, subject=False) for each in _alike(thing.inferences)]),
        ("What leads here", list(_incoming(thing))),
        (_leading_title(thing), [_inference([each], subject=True) for each in thing.leading]),
    ]
    for title, fields in parts:
        if fields:
            say()
            say(title, _TITLE)
            show_fields(fields)


def _leading_title(thing: Thing) -> str:
    shown_here = len(thing.leading)
    of = f" (the first {shown_here} of {thing.leading_count:,})" if thing.leading_count > shown_here else ""
    return f"By whom it is named, and why{of}"


def _paragraph(own: Paragraph) -> Iterator[tuple[str, list[Field]]]:
    facts: list[Field] = [
        ("kind", [own.kind]),
        ("document", _nodes([own.document] if own.document else []) or ["unknown"]),
        ("Summit", [*_nodes([own.summit]), _date(own.date)] if own.summit else []),
        ("section", _nodes([own.section] if own.section else [])),
        ("number", [own.number] if own.number else []),
        ("themes", _nodes(own.themes)),
        ("introduced by", _nodes(own.chapeau)),
        ("introduces", _nodes(own.subitems)),
        ("in another language", _nodes(own.twins)),
        ("kindred", _nodes(own.kindred)),
    ]
    yield "Where it belongs", [(name, lines) for name, lines in facts if lines]
    yield (
        "Where it is printed",
        [
            (
                f"page {each.page}, line {each.line}",
                [
                    ", ".join(
                        filter(
                            None,
                            (
                                f"as {each.label}" if each.label else "",
                                f"in the section “{each.section}”" if each.section else "",
                                f"citation “{each.citation}”" if each.citation else "without a citation",
                                f"document {each.attribution}" if each.attribution else "",
                            ),
                        )
                    )
                ],
            )
            for each in own.printed
        ],
    )
    yield (
        "Footnotes",
        [
            (
                each.by or "footnote",
                [each.text, ", ".join(filter(None, (each.kind, f"page {each.page}, line {each.line}")))],
            )
            for each in own.footnotes
        ],
    )


def _nodes(nodes: Sequence[Node | None]) -> list[Line]:
    return [_node(each) for each in nodes if each]


def _node(node: Node) -> str:
    return node.key if node.label == node.key else f"{node.label}  {node.key}"


def _value(value: Value) -> str:
    if value.node:
        words = _node(value.node)
    elif value.datatype.endswith("#date"):
        words = _date(value.text)
    else:
        words = f"{value.text} ({value.language})" if value.language else value.text
    return f"{words}  (inferred)" if value.inferred else f"{words}{_link(value.link)}"


def _link(link: Link | None) -> str:
    if not link:
        return ""
    by = f" by {link.reviewer} on {_date(link.reviewed)}" if link.reviewer else ""
    return f"  ({link.state}{by}, {link.confidence:g})"


def _alike(inferences: Sequence[Inference]) -> list[list[Inference]]:
    """Mentions of one thing in the same words, by the same rule, are told once."""
    groups: dict[object, list[Inference]] = {}
    for each in inferences:
        how = (each.relation, each.cue, each.rule, each.confidence, each.who)
        same = (each.kind, each.quote.casefold(), each.object, *how) if each.quote else each.node
        groups.setdefault(same, []).append(each)
    return list(groups.values())


def _inference(group: Sequence[Inference], *, subject: bool) -> Field:
    each = group[0]
    lines: list[Line] = []
    if each.quote:
        times = f", {len(group)} times" if len(group) > 1 else ""
        lines.append(f"“{' '.join(each.quote.split())}”{times}")
    if subject:
        lines.append(f"{'by' if each.kind != 'claim' else 'of'} {_node(each.subject)}")
    if each.object and not subject:
        lines.append(f"{'→ ' if each.quote else ''}{_node(each.object)}")
    elif not each.object:
        lines.append(f"{each.outcome}: no one thing that is known here has this name")
    cue = f" (“{each.cue}”)" if each.cue else ""
    why = f"rule {each.rule} (version {each.rule_version}), confidence {each.confidence:g}, {each.who}"
    lines.append("; ".join(filter(None, (f"{each.relation}{cue}" if each.relation else "", why))))
    if each.difference:
        lines.append(each.difference)
    spots = list(dict.fromkeys(f"page {place.page}, line {place.line}" for one in group for place in one.places))
    more = f" and {len(spots) - _FEW_PLACES} more" if len(spots) > _FEW_PLACES else ""
    if spots:
        lines.append("; ".join(spots[:_FEW_PLACES]) + more)
    name = each.property.label if each.kind == "claim" else each.named_kind or each.kind
    return name, [*lines, ""]


def _incoming(thing: Thing) -> Iterator[Field]:
    for each in thing.incoming:
        lines: list[Line] = [f"{_node(node)}{_link(link)}" for node, link in zip(each.first, each.links, strict=True)]
        if each.count > len(lines):
            lines.append(f"… and {each.count - len(lines):,} more (--most)")
        yield f"{each.property.label} ({each.count:,})", lines


def _date(text: str) -> str:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"
