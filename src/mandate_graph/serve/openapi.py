"""``/openapi.json``: every request that the server answers (OpenAPI 3.1.1), with the limits that it runs with.

The routes are the table ``openapi.toml``. Media types are those of ``forms``, what refusals mean is said by
``problems``, limits by the settings, and every example names something of the graph that is served.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mandate_graph.publish.described.facts import Facts
from mandate_graph.publish.site import Site
from mandate_graph.serve import forms
from mandate_graph.serve.description import Limits, limits_said
from mandate_graph.serve.examples import Example, Known
from mandate_graph.serve.problems import KINDS
from mandate_graph.serve.searching import FACETS, LONGEST, MOST, OFFSETS
from mandate_graph.version import __version__

__all__ = ["Told", "as_file", "openapi"]

_TABLE = Path(__file__).with_name("openapi.toml")
_FORM = "application/x-www-form-urlencoded"
_REFUSALS = ("application/problem+json", "application/json", "text/html", "text/plain")
_SENT = {200: "What was asked for", 303: "Where it is", 304: "What the client has is still so", 404: "There is none"}
_PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457)",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_ERROR: Mapping[str, Any] = {
    "type": "object",
    "description": "An error as clients of reconciliation services read it",
    "required": ["status", "message"],
    "properties": {"status": {"const": "error"}, "message": {"type": "string"}, "details": {"type": "string"}},
}
_HEADERS: Mapping[str, Any] = {
    "Answer-Cut": {"description": "That a limit has cut the answer, and which", "schema": {"type": "string"}},
    "Unknown-Graph": {"description": "Graphs that were named and are not here", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which it may be tried again", "schema": {"type": "string"}},
}


class Told(NamedTuple):
    """What the document is made of: the site, what the graph says of itself, limits, examples."""

    site: Site
    known: Facts
    limits: Limits
    one: Known
    queries: Sequence[Example]


def openapi(told: Told) -> dict[str, Any]:
    """The document as a JSON value."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    writer = _Writer(told, table["parameters"])
    paths: dict[str, dict[str, Any]] = {}
    for route in table["routes"]:
        for method in route["methods"]:
            paths.setdefault(route["path"], {})[method] = writer.operation(route)
    known, limits = told.known, told.limits
    title = known.title.get("en") or next(iter(known.title.values()), told.site.base)
    asked = {status for route in table["routes"] for status in route["refuses"]}
    info = {
        "title": title,
        "version": __version__,
        "description": f"{limits_said(limits)} A request has at most {limits.body:,} bytes. HEAD and OPTIONS are "
        "answered wherever GET is; every other method gets 405. A request that the server cannot read, or that is "
        "too large, gets 400, 413, 414 or 431; errors are problem details (RFC 9457).",
        **({"license": {"name": "Licence of the data", "url": known.license}} if known.license else {}),
    }
    return {
        "openapi": "3.1.1",
        "info": info,
        "servers": [{"url": told.site.url.rstrip("/")}],
        "x-limits": {name: getattr(limits, name) for name in ("seconds", "memory", "answer", "body", "query")},
        "tags": [{"name": tag} for tag in dict.fromkeys(route["tag"] for route in table["routes"])],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM, "Error": _ERROR},
            "headers": _HEADERS,
            "responses": {f"refused-{status}": _refused(status) for status in sorted(asked)},
        },
    }


def as_file(document: Mapping[str, Any]) -> bytes:
    """The document as the text of a file."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


class _Writer:
    def __init__(self, told: Told, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._limits = told.limits
        one = told.one
        kind, _, local = one.key.partition("/")
        page = {"html": "text/html", **{f"{code}.html": "text/html" for code in told.site.languages[1:]}}
        self._values: Mapping[str, Any] = {
            "query": f"SELECT ?property ?value WHERE {{ <{one.thing}> ?property ?value }}" if one.thing else "",
            "graph": one.graph,
            "label": one.label[:LONGEST],
            "key": one.key,
            "kind": kind,
            "local": local,
            "batch": json.dumps({"q0": {"query": one.label, "limit": 3}}, ensure_ascii=False) if one.label else "",
            "kinds": list(one.kinds),
            "languages": list(told.site.languages),
            "forms": [*page, *forms.ENDINGS],
        }
        first = (
            {"a-thing": {"summary": f"What is said of {one.label}", "value": self._values["query"]}}
            if one.thing
            else {}
        )
        self._queries = first | {each.name: {"summary": each.title, "value": each.text} for each in told.queries}
        self._numbers = {"results": MOST, "offsets": OFFSETS, "longest": LONGEST}
        self._media = {
            "results": list(dict.fromkeys(form.media for form in forms.RESULTS)),
            "graphs": list(dict.fromkeys(form.media for form in forms.GRAPHS)),
            "data": list(dict.fromkeys(forms.MEDIA[name].partition(";")[0] for name in forms.ENDINGS.values())),
        }

    def operation(self, route: Mapping[str, Any]) -> dict[str, Any]:
        """One method of one path."""
        said = route.get("description", "").format(
            limits=limits_said(self._limits), **{name: f"{getattr(self._limits, name):,}" for name in ("body", "query")}
        )
        found: dict[str, Any] = {
            "operationId": route["id"],
            "tags": [route["tag"]],
            "summary": route["summary"],
            **({"description": said} if said else {}),
        }
        parameters = [self._parameter(*each) for each in self._named(route.get("parameters", ()))]
        if parameters:
            found["parameters"] = parameters
        if "body" in route:
            found["requestBody"] = self._body(route["body"])
        answers = {str(status): self._sent(int(status), medias, route) for status, medias in route["sends"].items()}
        refusals = {str(status): {"$ref": f"#/components/responses/refused-{status}"} for status in route["refuses"]}
        if route.get("simple"):
            refusals["400"] = _refused(400, simple=True)
        found["responses"] = dict(sorted({**refusals, **answers}.items()))
        return found

    def _named(self, names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name in names:
            if name == "@facets":
                described = self._parameters["facet"]
                for facet in FACETS:
                    yield facet, {**described, "description": described["description"].format(facet=facet)}
            elif name.endswith("?"):
                yield name[:-1], {**self._parameters[name[:-1]], "required": False}
            else:
                yield name, self._parameters[name]

    def _parameter(self, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"name": said.get("name", name), "in": said["in"], "description": said["description"]}
        if said.get("required"):
            found["required"] = True
        if said.get("empty"):
            found["allowEmptyValue"] = True
        return {**found, "schema": self._schema(said), **self._examples(name, said)}

    def _schema(self, said: Mapping[str, Any]) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "integer" if "least" in said else "string"}
        if "least" in said:
            schema |= {"minimum": said["least"], "maximum": self._numbers[said["most"]]}
        if "longest" in said:
            schema["maxLength"] = self._numbers[said["longest"]]
        if "values" in said:
            schema["enum"] = self._filled(said["values"])
        schema |= {name: said[name] for name in ("format", "default") if name in said}
        return {"type": "array", "items": schema} if said.get("many") else schema

    def _examples(self, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
        if name == "query" and self._queries:
            return {"examples": self._queries}
        value = self._filled(said.get("example", ""))
        return {"example": [value] if said.get("many") else value} if value else {}

    def _filled(self, value: Any) -> Any:
        return self._values[value[1:]] if isinstance(value, str) and value[:1] == "@" else value

    def _body(self, said: Mapping[str, Any]) -> dict[str, Any]:
        fields = list(self._named(said["form"]))
        content: dict[str, Any] = {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": [fields[0][0]],
                    "properties": {
                        name: {**self._schema(each), "description": each["description"]} for name, each in fields
                    },
                },
                "example": {fields[0][0]: self._filled(fields[0][1]["example"])},
            }
        }
        if "direct" in said:
            content[said["direct"]] = {"schema": {"type": "string"}, "example": self._values["query"]}
        return {"required": True, "content": content}

    def _sent(self, status: int, medias: Sequence[str], route: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"description": _SENT.get(status, KINDS["preparing"].title)}
        names = [each for media in medias for each in (self._media[media[1:]] if media[0] == "@" else [media])]
        if names:
            found["content"] = {name: {} for name in dict.fromkeys(names)}
        if status == 303:
            found["headers"] = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}
        if status == 200 and route["tag"] == "SPARQL":
            found["headers"] = {
                name: {"$ref": f"#/components/headers/{name}"} for name in ("Answer-Cut", "Unknown-Graph")
            }
        return found


def _refused(status: int, *, simple: bool = False) -> dict[str, Any]:
    """A refusal with every reason that there is for its status."""
    titles = [kind.title for kind in KINDS.values() if status in kind.statuses]
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    content: dict[str, Any] = {
        media: problem if media.endswith("json") else {"schema": {"type": "string"}} for media in _REFUSALS
    }
    if simple:
        content["application/json"] = {"schema": {"anyOf": [{"$ref": "#/components/schemas/Error"}, problem["schema"]]}}
    found: dict[str, Any] = {"description": "; ".join(titles), "content": content}
    if status in {429, 503}:
        found["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return found
