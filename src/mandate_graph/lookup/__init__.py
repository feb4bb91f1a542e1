"""Looking things up without SPARQL: find them by words, and see everything that is known of one.

>>> import mandate_graph as mg
>>> for hit in mg.search("smuggling migrants", most=2):
...     print(hit.kind, hit.key)
topic topic/smuggling-of-migrants
instrument instrument/smuggling-protocol-2000
>>> thing = mg.show("IOM")
>>> thing.label, thing.leading_count
('International Organization for Migration', 1)
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from mandate_graph.dataset import Graph, PathLike
from mandate_graph.errors import BadRdf, MissingPath
from mandate_graph.house import packaged_house
from mandate_graph.lookup.asked import asked_for
from mandate_graph.lookup.catalogue import Naming, catalogue
from mandate_graph.lookup.finding import Found, Hit, find, named, near_words, vocabulary
from mandate_graph.lookup.labels import labels_of
from mandate_graph.lookup.records import Inference, Node, Thing
from mandate_graph.lookup.things import describe, triples_about
from mandate_graph.lookup.words import read_words
from mandate_graph.outputs import PROMISES, find_build
from mandate_graph.terms import load_terms

__all__ = [
    "Found",
    "Hit",
    "Inference",
    "Naming",
    "Node",
    "Thing",
    "asked_for",
    "describe",
    "labels_of",
    "naming_of",
    "search",
    "show",
    "triples_about",
]


_BASE = re.compile(rb"\A[^\t]*\t([^\t]*?)id/mandate/")


def naming_of(base: str) -> Naming:
    """How things below a base are named in short."""
    return Naming(base, load_terms(packaged_house().ontology).prefixes)


def search(words: str, *, build: PathLike = "build", kind: str = "", most: int = 20) -> Found:
    """Things by their names, and mandates by their text; every word must occur, a beginning of it is enough.

    Words in quotes must follow each other. Case and accents play no part. The best come first: those whose name is what
    was looked for, those whose name begins so, those with all words in their names, mandates with all words in their
    text. ``kind`` keeps things of one kind (mandate, instrument, body, theme, …), ``most`` so many.

    Raises:
        BadOption: when the words hold no letter and no digit, or there is no such kind.
        MissingPath: when the folder does not hold a build, or holds one that was made by an older version.
        BadRdf: when a file of the build is damaged.
    """
    asked = read_words(words)
    table = find_build(Path(build)).with_name(PROMISES)
    if not table.is_file():
        raise MissingPath(str(table), "table of promises", "This build is of an older version; build it again.")
    promises = table.read_bytes()
    try:
        promises.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRdf(str(table), f"not UTF-8 at byte {error.start}. Build again") from None
    if kind == "mandate" and (base := _BASE.search(promises)):
        # Mandates are found without the graph, which takes longer to open than they do to find.
        naming, names = naming_of(base[1].decode()), named([])
    else:
        dataset = Graph(build)
        naming = naming_of(dataset.base)
        names = named(catalogue(dataset.engine(), naming))
    found = find(asked, names, promises, naming, kind=kind, most=most)
    if found.total:
        return found
    missing, near = near_words(asked, vocabulary(names, promises.splitlines()))
    return replace(found, missing=missing, near=near)


def show(key: str, *, build: PathLike = "build", most: int = 10) -> Thing:
    """Everything known of one thing, with labels and evidence.

    ``key`` is an IRI, a short key (``body/iom``, ``mg:Mandate``), a key alone (``2001-quebec``, ``mig_hr``, a mandate's
    twelve digits), or a name that only one thing has (``IOM``). Of what leads to it ``most`` things a property are
    named, and all are counted.

    Raises:
        MissingPath: when the folder does not hold a build.
        UnknownThing: when nothing is called so; it carries what is near.
        AmbiguousThing: when several things are; it carries them.
    """
    dataset = Graph(build)
    naming = naming_of(dataset.base)
    return describe(dataset.engine(), naming, asked_for(dataset.engine(), naming, key), most)
