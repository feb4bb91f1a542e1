"""What things are called, in the language of the reader where there is a name in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mandate_graph.engine import unquote
from mandate_graph.lookup.labels import RDFS, SKOS, values
from mandate_graph.sparql import Tables

__all__ = ["Names"]

_MOST = 50_000


class Names:
    """Labels by thing and language; asked many at a time, and remembered up to a number."""

    def __init__(self, answers: Tables, languages: Sequence[str], prefixes: Mapping[str, str]) -> None:
        self._answers = answers
        self._languages = tuple(languages)
        self._prefixes = prefixes
        self._known: dict[str, dict[str, str]] = {}

    def fetch(self, iris: Iterable[str]) -> None:
        """Ask for the names of things (bare IRIs) that are not known yet, all with one query."""
        asked = {iri for iri in iris if iri not in self._known}
        if len(self._known) + len(asked) > _MOST:
            self._known.clear()
        self._known.update({iri: {} for iri in asked})
        for block in values(f"<{iri}>" for iri in asked):
            _, rows = self._answers.table(
                f"SELECT DISTINCT ?thing ?label {{ VALUES ?thing {{ {block} }} "
                f"?thing <{RDFS}label>|<{SKOS}prefLabel> ?label }} ORDER BY ?thing ?label",
                "names",
            )
            for thing, term in rows:
                _, text, language, _ = unquote(term)
                self._known[thing[1:-1]].setdefault(language, text)

    def all(self, iri: str) -> Mapping[str, str]:
        """Every name, by language (empty for a name in none)."""
        if iri not in self._known:
            self.fetch([iri])
        return self._known[iri]

    def best(self, iri: str, language: str) -> tuple[str, str]:
        """The name in a language, else in the next one that has any, else what the IRI ends in; and its language."""
        known = self.all(iri)
        for code in (language, "", *self._languages, *sorted(known)):
            if code in known:
                return known[code], code
        return self.key(iri), ""

    def key(self, iri: str) -> str:
        """A short form of an IRI: a prefixed name, else what it ends in."""
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        for prefix, namespace in self._prefixes.items():
            if namespace == iri[:cut] and iri[cut:]:
                return f"{prefix}:{iri[cut:]}"
        return iri[cut:] if iri[cut:] and iri.startswith(("http://", "https://")) else iri
