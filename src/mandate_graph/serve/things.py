"""Things by their IRIs: which form a client wants of one, and where that is."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import quote

from mandate_graph.publish.hosting.policies import STRICT
from mandate_graph.serve import forms
from mandate_graph.serve.edition import Answer, Edition
from mandate_graph.serve.jobs import run_job
from mandate_graph.serve.messages import Refused, Request, Response
from mandate_graph.serve.negotiation import Form, choose, languages

__all__ = ["named_form", "negotiated"]

_JSONLD = "http://www.w3.org/ns/json-ld#"
_PROFILES = (
    Form("jsonld", "application/ld+json", f"{_JSONLD}compacted"),
    Form("jsonld-expanded", "application/ld+json", f"{_JSONLD}expanded"),
    Form("jsonld-flattened", "application/ld+json", f"{_JSONLD}flattened"),
)
_ALL = (*forms.THINGS, *_PROFILES)
_OF_THE_WORLD = "id/"
"""Below this stand things, not documents: their IRIs lead to what is known of them (303; Cool URIs §4.3)."""


async def negotiated(edition: Edition, request: Request) -> Response | None:
    """The form of a thing that is wanted, or where it is; None where there is no such thing."""
    await edition.soon("pages")
    stem = request.path
    if not await _there(edition, stem, request.client):
        return None
    wanted = choose(request.headers.get("accept"), _ALL)
    if wanted is None:
        there = ", ".join(f"{forms.near(stem)}.{ending}" for ending in _endings(edition))
        others = ", ".join(_alternates(edition, stem))
        raise Refused(406, "not-acceptable", f"{stem}: there is {there}", {"Vary": "Accept", "Link": others})
    spoken = edition.said["languages"]
    ending = wanted.key.partition("-")[0]
    if ending == "html":
        ending = forms.page_endings(spoken)[languages(request.headers.get("accept-language"), spoken)]
    vary = ("Accept", "Accept-Language")
    if stem.startswith(_OF_THE_WORLD):
        links = [f'<{_iri(edition, stem)}>; rel="canonical"', *_alternates(edition, stem)]
        return Response(303, {"Location": forms.near(f"{stem}.{ending}")}, b"", vary=vary, links=links)
    response = await _form(edition, request, stem, ending, wanted)
    response.headers["Content-Location"] = forms.near(f"{stem}.{ending}")
    response.vary = vary
    return response


async def named_form(edition: Edition, request: Request) -> Response | None:
    """A form by its own name; None where there is none."""
    await edition.soon("pages")
    spoken = edition.said["languages"]
    for code in spoken[1:]:
        if request.path.endswith(f".{code}.html"):
            return await _some_form(edition, request, request.path.removesuffix(f".{code}.html"), f"{code}.html")
    stem, _, ending = request.path.rpartition(".")
    if stem and (ending == "html" or ending in forms.ENDINGS):
        return await _some_form(edition, request, stem, ending)
    return None


async def _some_form(edition: Edition, request: Request, stem: str, ending: str) -> Response | None:
    if not await _there(edition, stem, request.client):
        return None
    wanted = choose(request.headers.get("accept"), _PROFILES) if ending == "jsonld" else None
    return await _form(edition, request, stem, ending, wanted or _PROFILES[0])


async def _there(edition: Edition, stem: str, client: str) -> bool:
    known = edition.there.get(stem.encode())
    if known is None:
        job = json.dumps({"do": "thing", "stem": stem, "ending": ""}).encode()
        try:
            await run_job(edition, "pages", job, client, lasting=False)
            known = True
        except Refused as error:
            if error.status != 404:
                raise
            known = False
        edition.there.put(stem.encode(), known, 1)
    return known


async def _form(edition: Edition, request: Request, stem: str, ending: str, wanted: Form) -> Response:
    """One form of a thing that is there."""
    profile = wanted.key if ending == "jsonld" else ending
    job = json.dumps({"do": "thing", "stem": stem, "ending": profile}).encode()
    found = await run_job(edition, "pages", job, request.client)
    headers: dict[str, str] = {}
    if ending.endswith("html"):
        headers["Content-Type"] = "text/html; charset=utf-8"
        headers["Content-Language"] = ending.removesuffix("html").strip(".") or edition.said["languages"][0]
        headers["Content-Security-Policy"] = STRICT
    else:
        headers["Content-Type"] = forms.MEDIA[forms.ENDINGS[ending]]
    if profile.startswith("jsonld-"):
        headers["Content-Type"] = f'application/ld+json;profile="{wanted.profile}"'
    tag = hashlib.sha256(f"{edition.name} {stem} {profile}".encode()).hexdigest()[:24]
    body = found.body if isinstance(found, Answer) else found
    links = [f'<{_iri(edition, stem)}>; rel="canonical"', *_alternates(edition, stem, but=ending)]
    if edition.said["license"]:
        links.append(f'<{edition.said["license"]}>; rel="license"')
    if ending.endswith("html"):
        links.append(f'<{forms.near(f"{stem}.ttl")}>; rel="describedby"; type="text/turtle"')
    else:
        links.append(f'<{request.root}.well-known/void>; rel="describedby"; type="text/turtle"')
    vary = ("Accept",) if ending == "jsonld" else ()
    return Response(200, headers, body, f'"{tag}"', edition.said["modified"], vary, links)


def _iri(edition: Edition, stem: str) -> str:
    return str(edition.said["base"]) + quote(stem, safe="/-._~!$&'()*+,;=:@")


def _endings(edition: Edition) -> list[str]:
    return [*forms.page_endings(edition.said["languages"]).values(), *forms.ENDINGS]


def _alternates(edition: Edition, stem: str, but: str = "") -> list[str]:
    others = [ending for ending in _endings(edition) if ending != but]
    return forms.alternates(stem, edition.said["languages"], others)
