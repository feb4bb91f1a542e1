"""What the tests of linking share: a house without links, and vocabularies that nobody has seen before."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from conftest import ROOT
from mandate_graph.house import House
from mandate_graph.link.matching import Proposal
from mandate_graph.link.run import Asked, Done, Files, bench, propose

PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix gn: <http://www.geonames.org/ontology#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix v: <https://vocab.example/fish/> .
"""
TARGET = "fish,fish,https://vocab.example/fish/,,concepts,yes,,,,Fish,Peces,invented,\n"
SECRET_TARGET = "fish,fish,https://vocab.example/fish/,,concepts,no,,,,Fish,Peces,invented,\n"
SET = """#curie_map:
#  mgid: https://w3id.org/mandate-graph/id/
#  skos: http://www.w3.org/2004/02/skos/core#
#  schema: https://schema.org/
#  rdfs: http://www.w3.org/2000/01/rdf-schema#
#  semapv: https://w3id.org/semapv/vocab/
#  sssom: https://w3id.org/sssom/
#  {prefix}: {iri}
#mapping_set_id: https://w3id.org/mandate-graph/links/{prefix}
#license: https://creativecommons.org/publicdomain/zero/1.0/
subject_id\tpredicate_modifier\tpredicate_id\tobject_id\tobject_label\tmapping_justification\tauthor_label\treviewer_label\treview_date\tmapping_date\tconfidence\tcomment
"""


def new_house(folder: Path, *targets: str) -> House:
    """The tables of the repository, these targets beside its own, and no links."""
    (folder / "sources").mkdir(parents=True)
    shutil.copy(ROOT / "sources" / "house.toml", folder / "sources")
    shutil.copytree(ROOT / "sources" / "authorities", folder / "sources" / "authorities")
    table = folder / "sources" / "authorities" / "targets.csv"
    table.write_text(table.read_text(encoding="utf-8") + "".join(targets), encoding="utf-8")
    (folder / "sources" / "links").mkdir()
    return House(folder)


def decided(house: House, prefix: str, iri: str, *rows: str, folder: str = "") -> Path:
    """A set with rows of: subject, modifier, relation, object, label."""
    text = SET.format(prefix=prefix, iri=iri)
    for row in rows:
        subject, modifier, relation, term, label = row.split("|")
        text += "\t".join((
            f"mgid:{subject}", modifier, relation, term, label, "semapv:ManualMappingCuration", "A. Reader", "", "",
            "2026-11-21", "0.9", "read",
        )) + "\n"  # fmt: skip
    path = house.links / folder / f"{prefix}.sssom.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def turtle(folder: Path, text: str, name: str = "vocabulary.ttl") -> Path:
    path = folder / name
    path.write_text(PREFIXES + text, encoding="utf-8")
    return path


def linked(house: House, kind: str, *paths: Path, similar: bool = False, **said: Sequence[str] | str) -> Done:
    target = str(said.pop("target", ""))
    asked = Asked(kind, target=target, **said)
    return propose(bench(house, target), asked, Files(paths, similar=similar))


def found(done: Done) -> dict[tuple[str, str], Proposal]:
    """Proposals by our key and the end of their IRI."""
    return {
        (proposal.subject.key, proposal.term.iri.rpartition("/")[2]): proposal
        for proposals in done.proposals.values()
        for proposal in proposals
    }


def relations(done: Done) -> Mapping[tuple[str, str], str]:
    return {key: proposal.predicate for key, proposal in found(done).items()}
