"""A vocabulary behind a service of the Reconciliation API 0.2; what that calls a match is only ever a proposal."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from mandate_graph import alike
from mandate_graph.exchange import Access, Exchange, checked_url
from mandate_graph.failures import NeedsAccess, NotReconciliation, Refused
from mandate_graph.iris import text_key
from mandate_graph.link.asking import Polite
from mandate_graph.link.files import Progress, silent
from mandate_graph.link.matching import FLOOR
from mandate_graph.link.ours import Index, Name
from mandate_graph.link.terms import LONGEST, Label, Term, Vocabulary
from mandate_graph.version import __version__

__all__ = ["Service", "batches", "planned", "search"]

_BATCH = 10
_LIMIT = 10
_AGENT = f"mandate-graph/{__version__}"
_COUNTRY = "country"
# RFC 3986 §3.1: what begins so is an address already, and not the rest of one
_ABSOLUTE = ("http://", "https://", "urn:")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a service says of itself (Reconciliation API 0.2, service manifest).

    ``space`` and ``schema`` are what its identifiers and types begin with, ``properties`` where it suggests properties.
    """

    name: str
    space: str
    schema: str
    properties: str = ""


@dataclass
class Service:
    """A reconciliation service at an address; ``timeout`` in seconds holds for each request.

    Raises:
        BadEndpoint: when the address cannot be asked.
    """

    url: str
    polite: Polite
    timeout: float = 60.0
    access: Access = field(default_factory=Access)
    progress: Progress = silent

    def __post_init__(self) -> None:
        checked_url(self.url)
        self._exchange = Exchange(self.access, self.timeout)

    def manifest(self) -> Manifest:
        """Ask the service who it is; raises EndpointError."""
        said = self._json(self.url, None)
        if not all(isinstance(said.get(key), str) for key in ("name", "identifierSpace", "schemaSpace")):
            raise self._wrong("its manifest lacks name, identifierSpace or schemaSpace")
        suggest = said.get("suggest")
        part = suggest.get("property") if isinstance(suggest, dict) else None
        where = ""
        if isinstance(part, dict):
            where = str(part.get("service_url") or self.url).rstrip("/") + str(part.get("service_path") or "")
        where = urljoin(self.url, where) if where else ""
        return Manifest(said["name"], said["identifierSpace"], said["schemaSpace"], where)

    def country_property(self, manifest: Manifest) -> str:
        """The property by which the service knows countries; empty where it suggests none of that name."""
        if not manifest.properties or urlsplit(manifest.properties).netloc != urlsplit(self.url).netloc:
            return ""
        said = self._json(f"{manifest.properties}?{urlencode({'prefix': _COUNTRY})}", None)
        for each in said.get("result") or ():
            if isinstance(each, dict) and text_key(str(each.get("name", ""))) == _COUNTRY:
                return str(each.get("id", ""))
        return ""

    def answers(self, batch: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """The candidates for each query of a batch; raises EndpointError."""
        said = self._json(self.url, {"queries": json.dumps(batch, ensure_ascii=False)})
        found = {}
        for key in batch:
            result = said.get(key, {}).get("result") if isinstance(said.get(key), dict) else None
            if not isinstance(result, list) or not all(map(_is_candidate, result)):
                raise self._wrong(f"what it answers to the query {key} holds no list of candidates with id and name")
            found[key] = result
        return found

    def _json(self, url: str, form: Mapping[str, str] | None) -> dict[str, Any]:
        said = self.polite.ask(f"{url}\n{json.dumps(form, ensure_ascii=False)}", lambda: self._sent(url, form))
        if not isinstance(said, dict):
            raise self._wrong("the JSON that it sends is no object")
        return said

    def _sent(self, url: str, form: Mapping[str, str] | None) -> Any:
        data = None if form is None else urlencode(form).encode()
        request = urllib.request.Request(url, data=data)  # noqa: S310 - the address was checked
        request.add_header("User-Agent", _AGENT)
        request.add_header("Accept", "application/json")
        reply = self._exchange.send(request)
        where = self.url.partition("?")[0]
        if reply.status in {401, 403}:
            raise NeedsAccess(where, reply.status)
        if not 200 <= reply.status < 300:
            page = reply.content_type in {"text/html", "application/xhtml+xml"}
            said = reply.reason if page else reply.body.decode("utf-8", "replace") or reply.reason
            raise Refused(where, reply.status, said, reply.wait)
        try:
            return json.loads(reply.body)
        except (ValueError, RecursionError):
            raise self._wrong(f"it answers with {reply.content_type or 'something'} that is no JSON") from None

    def _wrong(self, problem: str) -> NotReconciliation:
        return NotReconciliation(self.url.partition("?")[0], problem)


def _is_candidate(each: object) -> bool:
    return isinstance(each, dict) and isinstance(each.get("id"), str) and isinstance(each.get("name"), str)


def batches(index: Index, country: str = "") -> Iterator[dict[str, tuple[Name, dict[str, Any]]]]:
    """Queries for all our names but acronyms, some at a time, each with the name that it is for.

    ``country`` is the service's property of that meaning; places are asked for with theirs.
    """
    names = {name.text: name for name in reversed(index.texts()) if not name.acronym}
    ordered = [names[text] for text in dict.fromkeys(name.text for name in index.texts()) if text in names]
    for place in range(0, len(ordered), _BATCH):
        yield {
            f"q{number}": (name, _query(index, name, country))
            for number, name in enumerate(ordered[place : place + _BATCH])
        }


def _query(index: Index, name: Name, country: str) -> dict[str, Any]:
    query: dict[str, Any] = {"query": name.text, "limit": _LIMIT}
    subject = index.things[name.subject]
    if country and subject.country:
        query["properties"] = [{"pid": country, "v": subject.country_label}]
    return query


def search(service: Service, index: Index, *, similar: bool = False) -> Vocabulary:
    """What a service gives for our names.

    A candidate that is called as we call the thing is a find; one of another name is a suggestion where the service
    calls it a match, or, with ``similar``, where the names are alike.

    Raises:
        EndpointError: when the service does not do its part.
    """
    manifest = service.manifest()
    country = service.country_property(manifest) if any(each.country for each in index.things.values()) else ""
    terms: dict[str, Term] = {}
    labels: dict[str, set[Label]] = {}
    suggestions: list[tuple[str, str, float, Label]] = []
    parts = list(batches(index, country))
    for done, batch in enumerate(parts):
        service.progress(f"asking {manifest.name}", done, len(parts))
        answers = service.answers({key: query for key, (_, query) in batch.items()})
        for key, (name, _) in batch.items():
            for candidate in (each for each in answers[key] if len(each["name"]) <= LONGEST):
                term, label = _term(candidate, manifest)
                terms.setdefault(term.iri, term)
                labels.setdefault(term.iri, set()).add(label)
                share = alike.word_ratio(text_key(name.text), text_key(label.text))
                if share < 1 and (candidate.get("match") is True or (similar and share >= FLOOR)):
                    suggestions.append((f"{name.subject}\t{name.text}", term.iri, share, label))
    whole = {iri: replace(term, labels=tuple(sorted(labels[iri]))) for iri, term in sorted(terms.items())}
    return Vocabulary(whole, {}, {}, tuple(suggestions))


def _term(candidate: Mapping[str, Any], manifest: Manifest) -> tuple[Term, Label]:
    types = [each.get("id", "") if isinstance(each, dict) else each for each in candidate.get("type") or ()]
    label = Label(" ".join(candidate["name"].split()), "", "pref", "")
    description = candidate.get("description")
    term = Term(
        _whole(candidate["id"], manifest.space),
        types=frozenset(_whole(str(each), manifest.schema) for each in types),
        description=" ".join(description.split())[:LONGEST] if isinstance(description, str) else "",
    )
    return term, label


def _whole(key: str, space: str) -> str:
    return key if key.startswith(_ABSOLUTE) else space + key


def planned(index: Index, url: str) -> list[tuple[str, str]]:
    """What would be asked, as (what for, request)."""
    asked: Sequence[dict[str, tuple[Name, dict[str, Any]]]] = list(batches(index))
    return [
        ("who the service is", f"GET {url}"),
        *(
            (
                f"names {number} of {len(asked)}",
                f"POST {url} queries="
                + json.dumps({key: query for key, (_, query) in batch.items()}, ensure_ascii=False),
            )
            for number, batch in enumerate(asked, 1)
        ),
    ]
