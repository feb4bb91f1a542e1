"""The link sets of a house: judged, and counted."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["lint", "report"]


def lint(options: argparse.Namespace) -> int:
    """Say everything that forbids publishing the link sets; the exit code is 1 when there is anything."""
    from mandate_graph.authorities import load_authorities
    from mandate_graph.cli.console import clean
    from mandate_graph.house import choose_house
    from mandate_graph.sssom import Links, faults, faults_of_open, read_set, read_sets

    house = choose_house(options.house, needed=not options.set_files)
    authorities = load_authorities(house.authorities)
    links = Links(read_sets(house.links), read_sets(house.links / "open"))
    if options.set_files:
        # a file is judged beside the others of the house, which it may contradict
        asked = tuple(read_set(Path(path)) for path in options.set_files)
        named = {each.name for each in asked}
        links = Links((*asked, *(each for each in links.sets if each.name not in named)), ())
        found = [fault for fault in faults(links.sets, authorities) if fault.name in named]
    else:
        found = [*faults(links.sets, authorities), *faults_of_open(links.waiting, authorities)]
    for fault in found:
        sys.stdout.write(f"{clean(str(fault))}\n")
    rows = sum(len(each.mappings) for each in (*links.sets, *links.waiting))
    said = f"{len(found)} faults" if len(found) != 1 else "1 fault"
    sys.stderr.write(f"mandate-graph: {said} in {rows:,} rows of {len(links.sets) + len(links.waiting)} link sets\n")
    return 1 if found else 0


def report(options: argparse.Namespace) -> int:
    """How well things are linked, from the link sets as they stand: a table, CSV, JSON, a page, or RDF (DQV, VoID)."""
    from mandate_graph.authorities import load_authorities
    from mandate_graph.house import choose_house
    from mandate_graph.report.linked import links_data, links_page
    from mandate_graph.sssom import load_links

    house = choose_house(options.house, needed=False)
    authorities = load_authorities(house.authorities)
    links = load_links(house.links, authorities)
    if options.format == "markdown":
        sys.stdout.write(links_page(links, authorities))
    elif options.format == "turtle":
        from mandate_graph.graph import link_figures
        from mandate_graph.terms import load_terms
        from mandate_graph.write import Style, stream

        terms, config = load_terms(house.ontology), house.config()
        lines = b"".join(sorted(link_figures(authorities, terms, config, links)))
        sys.stdout.write(b"".join(stream(lines, "turtle", Style(config.base, terms))).decode())
    elif options.format == "json":
        sys.stdout.write(json.dumps(links_data(links, authorities), ensure_ascii=False, indent=1) + "\n")
    elif options.format == "csv":
        rows = links_data(links, authorities)
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else ["kind", "target"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        from mandate_graph.cli.console import show_figures

        show_figures([_briefly(row) for row in links_data(links, authorities)])
    return 0


_RELATIONS = {
    "exactMatch": "exact", "closeMatch": "close", "broadMatch": "broader", "narrowMatch": "narrower",
    "relatedMatch": "related", "sameAs": "same", "seeAlso": "near",
}  # fmt: skip


def _briefly(row: Mapping[str, Any]) -> dict[str, object]:
    """A row for a terminal: the relations in one cell."""
    how = ", ".join(f"{row[key]} {word}" for key, word in _RELATIONS.items() if row[key])
    last = {
        "signed": row["reviewed"],
        "none found": row["not-found"],
        "rejected": row["rejected"],
        "open": row["open"],
    }
    return {
        "kind": row["kind"],
        "target": row["target"],
        "things": row["things"],
        "linked": row["linked"],
        "links": how,
        **last,
    }
