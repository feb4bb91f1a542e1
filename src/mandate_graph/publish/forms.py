"""One form of one address: a page in a language, or the data in a format; nothing is made that was not asked for."""

from __future__ import annotations

from collections.abc import Mapping

from mandate_graph.publish.beside import as_data
from mandate_graph.publish.documents import Document
from mandate_graph.publish.site import DATA
from mandate_graph.publish.things import Press

__all__ = ["TRIPLES", "form_of"]

TRIPLES: Mapping[str, str] = {
    **{ending.removeprefix("."): name for ending, name in DATA.items()},
    "rdf": "rdfxml",
    "jsonld-expanded": "flattened",
    "jsonld-flattened": "flattened",
}
"""Forms that hold triples, and their formats (``beside.as_data``); the first ones are files of the published site."""

_QUADS = {"nq": "nquads", "trig": "trig"}


def form_of(press: Press, document: Document, ending: str) -> bytes | None:
    """The bytes of a form; None where there is no such form.

    ``html`` and ``CODE.html`` are pages (the first language has no code), ``ttl``, ``jsonld`` and ``nt`` the data: all
    of them equal the published files. ``rdf``, ``jsonld-expanded`` and ``jsonld-flattened`` say the same triples, and
    ``nq`` and ``trig`` in which named graph each stands.

    Raises:
        NotInXml: for ``rdf``, when a text holds what XML cannot.
    """
    stem = document.stem
    for language in press.site.languages:
        if press.site.page(stem, language) == f"{stem}.{ending}":
            layout = press.plan.kind(stem).layout
            return b"".join(press.page(stem, layout, language, press.about(document)).pieces)
    if ending in TRIPLES:
        return _data(press.triples(document), TRIPLES[ending], press)
    if ending in _QUADS:
        return _data(press.quads(document), _QUADS[ending], press)
    return None


def _data(lines: set[bytes], name: str, press: Press) -> bytes:
    return b"".join(as_data(b"".join(sorted(lines)), name, press.style))
