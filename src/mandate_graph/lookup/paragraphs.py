"""What one wants to know of a mandate: its words, where it comes from, where it is printed, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping

from mandate_graph.engine import unquote
from mandate_graph.iris import MG
from mandate_graph.lookup.evidence import ELI, OA, PROV, RDF, SCHEMA, first, page_stem
from mandate_graph.lookup.labels import Facts, facts_of
from mandate_graph.lookup.records import Footnote, Node, Nodes, Paragraph, Printed, Text
from mandate_graph.sparql import Tables

__all__ = ["Around", "around", "paragraph"]

_DC = "http://purl.org/dc/terms/"
Around = Facts
"""What is said of a mandate and of all that goes with it."""


def around(answers: Tables, mandate: str) -> Around:
    """The facts of a mandate, its texts, sections, document, Summit, listings with their captures, and footnotes."""
    facts = dict(facts_of(answers, [mandate]))
    own = facts.get(mandate, {})
    texts = own.get(f"<{ELI}is_realized_by>", [])
    _, rows = answers.table(
        f"""SELECT DISTINCT ?thing {{ {{ {mandate} <{ELI}is_realized_by> ?text . ?thing <{MG}occurrenceOf> ?text }}
        UNION {{ ?thing a <{MG}Footnote> ; <{OA}hasTarget> {mandate} }}
        UNION {{ ?thing <{MG}chapeau> {mandate} }} }}""",
        "what goes with a mandate",
    )
    ring = [*texts, *own.get(f"<{ELI}is_part_of>", []), *(row[0] for row in rows)]
    # A section leads to its document, a document to its Summit, a listing to its capture: three steps at most.
    for step in (f"{ELI}is_part_of", f"{PROV}wasGeneratedBy", f"{MG}inCapture"):
        new = facts_of(answers, [each for each in ring if each not in facts])
        facts.update(new)
        ring += [target for each in ring for target in facts.get(each, {}).get(f"<{step}>", [])]
    facts.update(facts_of(answers, [each for each in ring if each not in facts]))
    return facts


def paragraph(facts: Around, mandate: str, node: Nodes) -> Paragraph | None:
    """What is known of a mandate; None for anything else."""
    own = facts.get(mandate, {})
    if f"<{MG}Mandate>" not in own.get(f"<{RDF}type>", []):
        return None
    document, section, summit = _place(facts, own)
    captures = {each: page_stem(first(said, f"{PROV}specializationOf")) for each, said in facts.items()}

    def several(predicate: str) -> tuple[Node, ...]:
        return tuple(node(each) for each in own.get(f"<{predicate}>", []))

    return Paragraph(
        texts=tuple(
            Text(language, text)
            for each in own.get(f"<{ELI}is_realized_by>", [])
            for _, text, language, _ in [unquote(first(facts[each], f"{SCHEMA}text") or '""')]
        ),
        kind=node(kind).label if (kind := first(own, f"{ELI}type_subdivision")) else "",
        number=", ".join(_text(each) for each in own.get(f"<{ELI}number>", [])),
        section=node(section) if section else None,
        document=node(document) if document else None,
        summit=node(summit) if summit else None,
        date=_text(first(facts.get(summit, {}), f"{SCHEMA}startDate")),
        themes=several(f"{_DC}subject"),
        chapeau=several(f"{MG}chapeau"),
        subitems=tuple(node(each) for each, said in facts.items() if mandate in said.get(f"<{MG}chapeau>", [])),
        printed=_printed(facts, captures, node),
        footnotes=_footnotes(facts, mandate, captures, node),
        twins=several(f"{MG}sameParagraphAs"),
        kindred=several(f"{MG}kindredTo"),
    )


def _place(facts: Around, own: Mapping[str, list[str]]) -> tuple[str, str, str]:
    """Document, section and Summit of a mandate; a section stands between it and the document, or none does."""
    document = section = ""
    for part in own.get(f"<{ELI}is_part_of>", []):
        said = facts.get(part, {})
        if f"<{MG}SummitDocument>" in said.get(f"<{RDF}type>", []):
            document = document or part
        elif f"<{MG}Mandate>" not in said.get(f"<{RDF}type>", []):
            section = part
            document = first(said, f"{ELI}is_part_of") or document
    return document, section, first(facts.get(document, {}), f"{PROV}wasGeneratedBy")


def _printed(facts: Around, captures: Mapping[str, str], node: Nodes) -> tuple[Printed, ...]:
    found = []
    for said in facts.values():
        if f"<{MG}Occurrence>" in said.get(f"<{RDF}type>", []):
            attribution = first(said, f"{MG}attribution")
            found.append(
                Printed(
                    captures.get(first(said, f"{MG}inCapture"), ""),
                    int(_text(first(said, f"{MG}line")) or 0),
                    _text(first(said, f"{MG}printedLabel")),
                    _text(first(said, f"{MG}printedSection")),
                    _text(first(said, f"{MG}citation")),
                    node(attribution).label if attribution else "",
                )
            )
    return tuple(sorted(found, key=lambda each: (each.page, each.line)))


def _footnotes(facts: Around, mandate: str, captures: Mapping[str, str], node: Nodes) -> tuple[Footnote, ...]:
    found = []
    for said in facts.values():
        if f"<{MG}Footnote>" in said.get(f"<{RDF}type>", []) and mandate in said.get(f"<{OA}hasTarget>", []):
            kind = first(said, f"{_DC}type")
            found.append(
                Footnote(
                    _text(first(said, f"{SCHEMA}text")),
                    ", ".join(node(each).label for each in said.get(f"<{MG}statedBy>", [])),
                    node(kind).label if kind else "",
                    captures.get(first(said, f"{MG}inCapture"), ""),
                    int(_text(first(said, f"{MG}line")) or 0),
                )
            )
    return tuple(sorted(found, key=lambda each: (each.page, each.line)))


def _text(term: str) -> str:
    return unquote(term)[1] if term else ""
