"""Where a server answers, for the descriptions of a site that has one; a folder on a static host has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["SERVICES", "Served", "Service"]


class Served(NamedTuple):
    """Absolute addresses; an empty one says that there is no such thing, and nothing is said of it.

    ``sparql``, ``store`` and ``reconcile`` are endpoints, ``search`` is the OpenSearch description document,
    ``openapi`` the description of all requests.
    """

    sparql: str = ""
    store: str = ""
    reconcile: str = ""
    search: str = ""
    openapi: str = ""

    @classmethod
    def at(cls, url: str) -> Served:
        """Everything that ``mandate-graph serve`` has, below the address of a site (which ends in a slash)."""
        return cls(f"{url}sparql", f"{url}store", f"{url}reconcile", f"{url}opensearch.xml", f"{url}openapi.json")


class Service(NamedTuple):
    """An endpoint as catalogues tell of it; ``key`` is the field of ``Served`` that has its address."""

    key: str
    titles: Mapping[str, str]
    purposes: Mapping[str, str]
    standard: str
    standard_title: str
    describes_itself: bool = False


SERVICES = (
    Service(
        "sparql",
        {"en": "SPARQL endpoint", "es": "Punto de acceso SPARQL"},
        {
            "en": "Queries over all of the graph; read-only.",
            "es": "Consultas sobre todo el grafo; solo de lectura.",
        },
        "https://www.w3.org/TR/sparql11-protocol/",
        "SPARQL 1.1 Protocol",
        describes_itself=True,
    ),
    Service(
        "store",
        {"en": "Graph Store", "es": "Almacén de grafos"},
        {
            "en": "Each named graph, and the union of all; read-only.",
            "es": "Cada grafo con nombre, y la unión de todos; solo de lectura.",
        },
        "https://www.w3.org/TR/sparql11-http-rdf-update/",
        "SPARQL 1.1 Graph Store HTTP Protocol",
    ),
    Service(
        "reconcile",
        {"en": "Reconciliation service", "es": "Servicio de reconciliación"},
        {
            "en": "Names of treaties, bodies, themes and mandates are matched with their identifiers.",
            "es": "Los nombres de tratados, organismos, temas y mandatos se emparejan con sus identificadores.",
        },
        "https://reconciliation-api.github.io/specs/0.2/",
        "Reconciliation Service API 0.2",
        describes_itself=True,
    ),
)
"""What ``mandate-graph serve`` has for catalogues of services."""
