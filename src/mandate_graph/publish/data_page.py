"""What the page about the data is made of: files, figures, sources, and how to cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mandate_graph.dataset import Graph
from mandate_graph.iris import MG, slug
from mandate_graph.publish.described import Described
from mandate_graph.publish.described.dcat import parts
from mandate_graph.publish.described.facts import Facts
from mandate_graph.publish.described.void import links_of
from mandate_graph.publish.dumps import Download

__all__ = ["bibtex", "data_page"]

_SPECIAL = re.compile(r"[\\{}&%$#_~^]")
_COMMANDS = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def data_page(described: Described, graph: Graph) -> dict[str, Any]:
    """Files by what they hold, figures by class and named graph (the largest first), captures, and the citation."""
    known, counted = described.known, described.counted
    report = graph.report.data
    by_number = sorted(counted.classes.items(), key=lambda each: (-each[1], each[0]))
    return {
        "known": known,
        "counted": counted,
        "graph": _forms(each for each in described.downloads if each.holds == "graph"),
        "parts": [
            {"key": key, "title": title, "purpose": purpose, "forms": _forms(files)}
            for key, title, purpose, files in parts(described.downloads)
        ],
        "context": _forms(each for each in described.downloads if each.holds == "context"),
        "all": sorted(described.downloads),
        "classes": [(name[1:-1], number) for name, number in by_number if name[1:].startswith(MG)],
        "graphs": [(name[1:-1], number) for name, number in sorted(counted.graphs.items()) if name],
        "targets": _targets(described, graph.base),
        "program": report["program"],
        "shapes": report["shapes"]["counts"],
        "bibtex": {code: bibtex(known, code) for code in known.title},
        "schema_org": described.schema_org,
    }


def _forms(files: Iterable[Download]) -> dict[str, Sequence[Download]]:
    """By format: the file, and where there is one, the packed file."""
    found: dict[str, list[Download]] = {}
    for each in files:
        found.setdefault(each.form, []).append(each)
    return {form: tuple(each) for form, each in found.items()}


def _targets(described: Described, base: str) -> list[dict[str, Any]]:
    """What is linked to: how many links there are, and by which relations."""
    found: dict[str, dict[str, Any]] = {}
    for each in described.known.linksets:
        row = found.setdefault(each.target.iri, {"iri": each.target.iri, "relations": [], "links": 0})
        number = links_of(each, described.counted, base)
        row["relations"].append((each.predicate, number))
        row["links"] += number
    return list(found.values())


def bibtex(known: Facts, language: str) -> str:
    """An entry for the version of the dataset, its texts in a language where there are such."""
    title = _text(known.title, language)
    fields = {
        "author": f"{{{_escaped(_text(known.publisher.names, language) or known.publisher.iri)}}}",
        "title": f"{{{_escaped(title)}}}",
        "year": known.modified[:4],
        "month": known.modified[5:7].lstrip("0"),
        "note": _escaped(f"Version {known.number}"),
        "url": known.version,
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    key = slug(title) or "dataset"
    return f"@misc{{{key}-{slug(known.number)},\n{body}}}"


def _text(by_language: Mapping[str, str], language: str) -> str:
    return by_language.get(language) or next(iter(by_language.values()), "")


def _escaped(text: str) -> str:
    """What means something to TeX, and line breaks, as text."""
    return _SPECIAL.sub(lambda found: _COMMANDS.get(found[0], f"\\{found[0]}"), " ".join(text.split()))
