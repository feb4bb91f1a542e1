"""The closed vocabulary: every term that the graph may use, read from ``ontology/``.

Own terms stand in ``mandate.ttl``, foreign ones on the guest list; a word that stands on neither cannot be written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mandate_graph.engine import Quad, parse_quads
from mandate_graph.errors import BadRdf, MissingPath, UnknownTerm

__all__ = ["Terms", "load_terms"]


@dataclass(frozen=True, slots=True)
class Terms:
    """Looks terms up by their compact name: ``terms["mg:chapeau"]`` is ``<https://…ns#chapeau>``."""

    declared: Mapping[str, str]
    prefixes: Mapping[str, str]
    context: Mapping[str, Any]
    ontology: tuple[Quad, ...]

    def __getitem__(self, name: str) -> str:
        """The term as an N-Triples IRI.

        Raises:
            UnknownTerm: when the ontology does not declare it.
        """
        try:
            return self.declared[name]
        except KeyError:
            raise UnknownTerm(name) from None


def load_terms(folder: Path) -> Terms:
    """Read ``*.ttl`` and ``context.jsonld`` of an ontology folder.

    Raises:
        BadRdf: when a file cannot be parsed.
        MissingPath: when there is no context.
    """
    quads = [quad for path in sorted(folder.glob("*.ttl")) for quad in parse_quads(path)]
    path = folder / "context.jsonld"
    if not path.is_file():
        raise MissingPath(str(path), "JSON-LD context", "Every ontology folder needs one; copy the package's.")
    try:
        context = json.loads(path.read_text(encoding="utf-8"))["@context"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadRdf(str(path), f"not a JSON-LD context: {error}") from None
    prefixes = {key: value for key, value in context.items() if isinstance(value, str) and value[-1:] in "#/"}
    declared = {}
    for subject in sorted({quad[0] for quad in quads}):
        for prefix, namespace in prefixes.items():
            if subject.startswith(f"<{namespace}") and "/" not in subject[len(namespace) + 1 : -1]:
                declared[f"{prefix}:{subject[len(namespace) + 1 : -1]}"] = subject
    return Terms(declared, prefixes, context, tuple(quads))
