"""How things are linked to the outside, as a page: the figures, what is open, what was refused, what nobody found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from mandate_graph.authorities import Authorities
from mandate_graph.house import HouseConfig
from mandate_graph.report.markdown import quoted
from mandate_graph.sssom import RELATIONS, Linkedness, Links, MappingSet, TermMapping, counted_links, merged_text

__all__ = ["links_data", "links_page", "links_set"]

_COLUMNS = ("reviewed", "not found", "rejected", "open")


def links_data(links: Links, authorities: Authorities) -> list[dict[str, Any]]:
    """The figures of every kind and target, for machines."""
    measured = counted_links(links, authorities)
    return [{"kind": one.kind, "target": one.target, **dict(one.figures())} for one in measured]


def links_page(links: Links, authorities: Authorities) -> str:
    """The page, in Markdown; what it quotes stands as text."""
    return "\n".join(_page(links, authorities)) + "\n"


def links_set(links: Links, config: HouseConfig) -> str:
    """All published sets as one SSSOM file; its version and licence are those of the dataset."""
    header = {
        "mapping_set_id": f"{config.base}links",
        "mapping_set_title": f"{config.title.get('en') or next(iter(config.title.values()))}: links",
        "mapping_set_version": config.version,
        "license": config.license,
    }
    return merged_text(links.sets, header)


def _page(links: Links, authorities: Authorities) -> Iterator[str]:
    measured = counted_links(links, authorities)
    named = {row["key"]: row["label_en"] for row in authorities.words["targets"]}
    yield "# Links to other people's data\n"
    if not measured:
        yield "No link set in `sources/links`: nothing here is linked yet."
        return
    held = sum(sum(one.relations.values()) for one in measured)
    reviewed = sum(one.reviewed for one in measured)
    targets = len({one.target for one in measured if one.linked})
    yield f"{held} links to {targets} vocabularies; {reviewed} of them were reviewed by a second person."
    yield "Rows of `sources/links`; `mandate-graph link review` signs them, accepts and rejects.\n"
    yield from _figures(measured, named)
    for title, words, rows in (
        ("Open questions", "Not published. Each waits for somebody who can look at the vocabulary itself.",
         _rows(links.waiting, lambda row: not row.not_found)),
        ("Rejected", "Pairs that look right and are wrong; they are never proposed again.",
         _rows(links.sets, lambda row: row.rejected)),
        ("Nothing found", "Somebody looked, and found no term that could be checked.",
         _rows(links.sets, lambda row: row.not_found)),
    ):  # fmt: skip
        found = list(rows)
        if found:
            yield f"\n## {title}\n\n{words}\n"
            yield from (_line(each, row, named) for each, row in found)


def _figures(measured: Iterable[Linkedness], named: dict[str, str]) -> Iterator[str]:
    used = [relation for relation in RELATIONS if any(one.relations.get(relation) for one in measured)]
    heads = ["kind", "target", "things", "linked", *(relation.partition(":")[2] for relation in used), *_COLUMNS]
    yield "| " + " | ".join(heads) + " |"
    yield "|---|---|" + "--:|" * (len(heads) - 2)
    for one in measured:
        figures = (one.things, one.linked, *(one.relations.get(relation, 0) for relation in used))
        last = (one.reviewed, one.not_found, one.rejected, one.open)
        yield (
            "| "
            + " | ".join([one.kind, quoted(named.get(one.target, one.target)), *map(str, (*figures, *last))])
            + " |"
        )


def _rows(
    sets: Sequence[MappingSet], wanted: Callable[[TermMapping], bool]
) -> Iterator[tuple[MappingSet, TermMapping]]:
    return ((each, row) for each in sets for row in each.mappings if wanted(row))


def _line(each: MappingSet, row: TermMapping, named: dict[str, str]) -> str:
    target = row.object if not row.not_found else named.get(each.target, each.target)
    label = f" ({quoted(row['object_label'])})" if row["object_label"] else ""
    why = f": {quoted(row['comment'])}" if row["comment"] else ""
    return f"- {quoted(row.subject)} {row.predicate} {quoted(target)}{label}{why}"
