"""What ``/openapi.json`` says of a running server, held against what the server does; nothing is read from the code."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest

from serving import Served

STARTS = 240
FORM = "application/x-www-form-urlencoded"


class Asked(NamedTuple):
    """A request made of the examples of an operation."""

    path: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None

    def __str__(self) -> str:
        return f"{self.method} {self.target[:80]} {dict(self.headers)}"


@pytest.fixture(scope="module")
def api(served: Served) -> dict[str, Any]:
    """The document, once everything that it names is there."""
    for _ in range(STARTS):
        health = json.loads(served.ask("healthz").body)
        if (health["site"], health["reconciliation"]) == ("ready", "ready"):
            break
        time.sleep(1)
    else:
        pytest.fail(f"not ready: {health}")
    found: dict[str, Any] = json.loads(served.ask("openapi.json").body)
    return found


def operations(api: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def example(parameter: Mapping[str, Any]) -> Any:
    if "examples" in parameter:
        return next(iter(parameter["examples"].values()))["value"]
    return parameter.get("example", parameter["schema"].get("default"))


def requests(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[Asked]:
    """A request for each body, and for each media type that can be sent."""
    filled, fields = path, []
    for each in operation.get("parameters", ()):
        value = example(each)
        if each["in"] == "path":
            filled = filled.replace(f"{{{each['name']}}}", quote(value, safe="/"))
        elif value is not None and (each.get("required") or "default-graph" not in each["name"]):
            fields.append((each["name"], value[0] if isinstance(value, list) else value))
    target = filled + (f"?{urlencode(fields)}" if fields else "")
    bodies: list[tuple[dict[str, str], bytes | None]] = [({}, None)]
    if "requestBody" in operation:
        bodies = [
            ({"Content-Type": media}, (urlencode(said["example"]) if media == FORM else said["example"]).encode())
            for media, said in operation["requestBody"]["content"].items()
        ]
    for headers, body in bodies:
        yield Asked(path, method, target, headers, body)
        for media in operation["responses"].get("200", {}).get("content", ()):
            yield Asked(path, method, target, {**headers, "Accept": media}, body)


def media_of(api: Mapping[str, Any], operation: Mapping[str, Any], status: int) -> Mapping[str, Any] | None:
    """The media types that a status comes with; None where the operation does not have the status."""
    response = operation["responses"].get(str(status))
    if response is not None and "$ref" in response:
        response = api["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return None if response is None else response.get("content", {})


def test_every_request_of_the_document_gets_what_the_document_says(served: Served, api: dict[str, Any]) -> None:
    wrong, good = [], set()
    for path, method, operation in operations(api):
        for asked in requests(path, method, operation):
            answer = served.ask(asked.target[1:], method, asked.headers, asked.body)
            content = media_of(api, operation, answer.status)
            media = answer.headers.get("content-type", "").partition(";")[0]
            if content is None or (answer.body and media not in content):
                wrong.append(f"{asked}: {answer.status} {media}")
            if answer.status < 400:
                good.add((path, method))
            elif answer.status != 406 or "Accept" not in asked.headers:
                wrong.append(f"{asked}: {answer.status} {answer.body[:200]!r}")
    assert wrong == []
    assert good == {(path, method) for path, method, _ in operations(api)}


def test_methods_that_the_document_does_not_have_are_refused(served: Served, api: dict[str, Any]) -> None:
    for path, methods in api["paths"].items():
        asked = next(requests(path, "GET", methods["get"]))
        for method in ("PUT", "DELETE", "PATCH"):
            answer = served.ask(asked.target[1:], method, {"Content-Type": "text/turtle"}, b"<a:b> <a:b> <a:b> .")
            assert answer.status == 405, (path, method, answer.status)
            allowed = {each.strip() for each in answer.headers["allow"].split(",")}
            assert allowed >= {*map(str.upper, methods), "HEAD", "OPTIONS"}, path
            assert method not in allowed


def test_every_example_query_is_answered(served: Served, api: dict[str, Any]) -> None:
    (parameter,) = (each for each in api["paths"]["/sparql"]["get"]["parameters"] if each["name"] == "query")
    for name, said in parameter["examples"].items():
        target = f"sparql?{urlencode({'query': said['value']})}"
        answer = served.ask(target, headers={"Accept": "application/sparql-results+json"})
        assert answer.status == 200, (name, answer.body[:300])
        assert "bindings" in json.loads(answer.body)["results"]


def test_what_a_schema_forbids_is_refused(served: Served, api: dict[str, Any]) -> None:
    for parameter in api["paths"]["/search"]["get"]["parameters"]:
        schema = parameter["schema"]
        bad = [schema[name] + by for name, by in (("minimum", -1), ("maximum", 1)) if name in schema]
        bad += ["x" * (schema["maxLength"] + 1)] if "maxLength" in schema else []
        bad += ["no such value"] if "enum" in schema else []
        for value in bad:
            answer = served.ask(
                f"search?{urlencode({parameter['name']: value})}", headers={"Accept": "application/json"}
            )
            assert (answer.status, json.loads(answer.body)["status"]) == (400, 400), (parameter["name"], value)
        for value in schema.get("enum", [schema.get("default")]):
            if value is not None:
                query = urlencode({parameter["name"]: value, "q": "a"})
                assert served.ask(f"search?{query}", headers={"Accept": "application/json"}).status == 200, query
