"""What the service answers, as JSON values: manifest, candidates, suggestions, properties of things.

Reconciliation Service API 0.2; each answer is of the shape that its schema of the specification says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from mandate_graph.engine import unquote
from mandate_graph.lookup.words import keys
from mandate_graph.reconcile.asking import BATCH, Extension, Wanted
from mandate_graph.reconcile.known import KINDS, PROPERTIES
from mandate_graph.reconcile.records import Asked, Candidate, Kind, Property, Thing
from mandate_graph.reconcile.service import Service
from mandate_graph.reconcile.things import spoken
from mandate_graph.version import __version__

__all__ = [
    "Json",
    "candidates",
    "extended",
    "manifest",
    "proposed",
    "suggested",
    "suggested_kinds",
    "suggested_properties",
]

Json: TypeAlias = "dict[str, object]"

WIDTH, HEIGHT = 430, 300
_PAGE = 20
_MATCHED = 100
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def manifest(service: Service, root: str) -> Json:
    """What the service is and can do; ``root`` is the address that it was asked at, without a slash at the end."""
    languages = [{"value": "", "name": "all"}, *({"value": tag, "name": tag} for tag in service.facts.languages())]
    return {
        "versions": ["0.2"],
        "name": "Mandates of the Summits of the Americas",
        "identifierSpace": f"{service.facts.base}id/",
        "schemaSpace": f"{service.facts.base}reconciliation/",
        "documentation": service.facts.base,
        "serviceVersion": __version__,
        "batchSize": BATCH,
        "defaultTypes": [_kind(kind) for kind in KINDS.values() if kind.id in service.kinds],
        "view": {"url": f"{root}/view?id={{{{id}}}}"},
        "preview": {"url": f"{root}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": {
            "entity": {
                "service_url": root,
                "service_path": "/suggest/entity",
                "flyout_service_url": root,
                "flyout_service_path": "/flyout?id=${id}",
            },
            "type": {"service_url": root, "service_path": "/suggest/type"},
            "property": {"service_url": root, "service_path": "/suggest/property"},
        },
        "extend": {
            "propose_properties": {"service_url": root, "service_path": "/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "at most",
                    "type": "number",
                    "default": 0,
                    "help_text": "how many values of a thing are given; 0 for all",
                },
                {
                    "name": "content",
                    "label": "content",
                    "type": "select",
                    "default": "label",
                    "help_text": "things by their labels, or their identifiers as text",
                    "choices": [{"value": "label", "name": "labels"}, {"value": "id", "name": "identifiers"}],
                },
                {
                    "name": "language",
                    "label": "language",
                    "type": "select",
                    "default": "",
                    "help_text": "texts in this language only",
                    "choices": languages,
                },
            ],
        },
    }


def candidates(service: Service, batch: Mapping[str, Asked]) -> Json:
    """The candidates of each query of a batch."""
    return {name: {"result": [_candidate(each) for each in service.match(asked)]} for name, asked in batch.items()}


def suggested(service: Service, prefix: str, cursor: int = 0, kind: str = "", language: str = "") -> Json:
    """Things whose names begin with what was typed, then those with a word that does; twenty from ``cursor`` on.

    Where there are none, those that the whole is matched with: the box of OpenRefine opens with the text of a cell in
    it, and that is what could not be matched.
    """
    typed = [form for form in keys(prefix[:1000]) if form]
    ranked = []
    for place, thing in enumerate(service.things):
        if kind not in {"", thing.kind} or (thing.kind == "mandate" and not kind):
            continue
        rank = min((_rank(form, typed) for form in service.forms[place]), default=3)
        if typed and rank < 3:
            ranked.append((rank, len(thing.label), place))
    found = [service.things[place] for _, _, place in sorted(ranked)]
    if not found:
        asked = Asked(prefix, (kind,) if kind else (), limit=_MATCHED)
        matched = (service.thing(each.id) for each in service.match(asked))
        found = [thing for thing in matched if thing and (thing.kind != "mandate" or kind)]
    return {
        "result": [
            {
                "id": thing.key,
                "name": service.label(thing, language),
                "description": thing.description,
                "notable": [{"id": thing.kind, "name": KINDS[thing.kind].name}],
            }
            for thing in found[cursor : cursor + _PAGE]
        ]
    }


def _rank(form: str, typed: Sequence[str]) -> int:
    """0 for the very name, 1 for one that begins so, 2 for one with a word that does, 3 for none."""
    if form in typed:
        return 0
    if form.startswith(tuple(typed)):
        return 1
    return 2 if any(f" {each}" in form for each in typed) else 3


def suggested_kinds(service: Service, prefix: str, cursor: int = 0) -> Json:
    """Types whose names have what was typed."""
    kinds = [kind for kind in KINDS.values() if kind.id in service.kinds and _has(prefix, kind.id, kind.name)]
    return {"result": [{**_kind(kind), "description": kind.description} for kind in kinds[cursor : cursor + _PAGE]]}


def suggested_properties(service: Service, prefix: str, cursor: int = 0) -> Json:
    """Properties whose names have what was typed."""
    found = [known for known in _present(service) if _has(prefix, known.id, known.name)]
    return {"result": [_property(known) for known in found[cursor : cursor + _PAGE]]}


def proposed(service: Service, kind: str, limit: int = 0) -> Json:
    """The properties that things of a type have (of any, where none is named), at most ``limit`` (0: all)."""
    found = [known for known in _present(service) if not kind or kind in service.kinds_with[known.id]]
    answer: Json = {"properties": [_property(known) for known in found[: limit or None]]}
    if kind:
        answer["type"] = kind
    if limit:
        answer["limit"] = limit
    return answer


def extended(service: Service, asked: Extension) -> Json:
    """The values of properties of things; an identifier that nothing has gets none, nor does an unknown property."""
    rows: dict[str, dict[str, list[Json]]] = {}
    for each in asked.ids:
        thing = service.thing(each)
        rows[each] = {
            wanted.pid: _values(service, thing, wanted) if thing and wanted.pid in PROPERTIES else []
            for wanted in asked.wanted
        }
    return {"meta": [_meta(wanted) for wanted in asked.wanted], "rows": rows}


def _meta(wanted: Wanted) -> Json:
    known = PROPERTIES.get(wanted.pid)
    if known is None:
        return {"id": wanted.pid, "name": wanted.pid}
    meta: Json = {"id": known.id, "name": known.name}
    if known.of and wanted.content == "label":
        meta["type"] = {"id": known.of, "name": KINDS[known.of].name}
    return meta


def _values(service: Service, thing: Thing, wanted: Wanted) -> list[Json]:
    known = PROPERTIES[wanted.pid]
    facts = service.facts
    terms = facts.values(facts.term(thing.key), known)
    values: list[Json]
    if known.holds == "thing":
        values = [_thing_value(service, term, wanted) for term in terms]
    elif known.holds == "address":
        values = [{"str": term[1:-1]} for term in terms]
    elif known.holds == "text":
        told = [term for term in terms if unquote(term)[2] in {"", wanted.language}] if wanted.language else terms
        values = [{"str": text} for text in spoken(told)]
    else:
        values = [_time(known, unquote(term)[1]) for term in terms]
    return values[: wanted.limit or None]


def _thing_value(service: Service, term: str, wanted: Wanted) -> Json:
    if wanted.content == "id":
        return {"str": term[1:-1]}
    names = spoken(service.facts.walk(term, "label"), wanted.language)
    key = service.facts.key(term)
    return {"id": key, "name": names[0] if names else key}


def _time(known: Property, text: str) -> Json:
    """A day as the date that the specification wants, a month or a year as text."""
    if known.holds == "year":
        return {"int": int(text[:4])} if text[:4].isdecimal() else {"str": text}
    return {"date": f"{text}T00:00:00Z"} if _DAY.fullmatch(text) else {"str": text}


def _candidate(found: Candidate) -> Json:
    return {
        "id": found.id,
        "name": found.name,
        "description": found.description,
        "type": [{"id": found.kind, "name": KINDS[found.kind].name}],
        "score": found.score,
        "features": [{"id": name, "value": value} for name, value in sorted(found.features.items())],
        "match": found.match,
    }


def _kind(kind: Kind) -> Json:
    return {"id": kind.id, "name": kind.name}


def _property(known: Property) -> Json:
    return {"id": known.id, "name": known.name, "description": known.description}


def _present(service: Service) -> Iterable[Property]:
    return (known for known in PROPERTIES.values() if service.kinds_with[known.id])


def _has(prefix: str, *names: str) -> bool:
    typed = prefix.strip().casefold()
    return any(typed in name.casefold() for name in names)
