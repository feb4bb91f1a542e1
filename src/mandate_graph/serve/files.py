"""What is prepared: the files of the site, each under its own path, pages also without their ending."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from mandate_graph.publish.hosting.policies import QUERY_PAGE, STRICT, TYPES
from mandate_graph.serve import forms
from mandate_graph.serve.messages import FileBody, Refused, Request, Response
from mandate_graph.serve.negotiation import Form, choose, languages

__all__ = ["Files"]

_FOR_HOSTS = {"nginx.conf", "_headers", "_redirects", "site.json"}
"""What tells other servers how to serve the folder, and is nobody's business here."""

_NAMED = {".well-known/void": TYPES["ttl"], "opensearch.xml": "application/opensearchdescription+xml"}
"""Media types that the ending of a name does not tell."""
_PROBLEM, _HTML = Form("problem", "application/problem+json"), Form("html", "text/html")


class Files:
    """A folder that does not change any more; ``name`` tells it from others."""

    def __init__(self, folder: Path, spoken: Sequence[str], modified: float) -> None:
        self._folder = folder
        self._spoken = spoken
        self._modified = modified

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Every path that is served, with its size: nothing else of the file system can be named."""
        found: dict[str, int] = {}
        for home, folders, names in os.walk(self._folder):
            inside = Path(home).relative_to(self._folder)
            folders[:] = [each for each in folders if each != "w3id" and (each[0] != "." or each == ".well-known")]
            for name in names:
                path = (inside / name).as_posix()
                if path not in _FOR_HOSTS and name[0] != ".":
                    found[path] = (Path(home) / name).stat().st_size
        return found

    def pages(self, stem: str) -> dict[str, str]:
        """The pages of a stem by language."""
        endings = forms.page_endings(self._spoken)
        return {code: f"{stem}.{end}" for code, end in endings.items() if f"{stem}.{end}" in self.sizes}

    def page(self, stem: str, request: Request) -> Response | None:
        """The page of a stem in the reader's language."""
        there = self.pages(stem)
        if not there:
            return None
        code = languages(request.headers.get("accept-language"), list(there))
        response = self.file(there[code])
        assert response is not None  # noqa: S101  (it is there)
        response.vary = ("Accept", "Accept-Language")
        response.headers["Content-Location"] = there[code].rpartition("/")[2]
        return response

    def negotiated(self, stem: str, request: Request) -> Response | None:
        """The form of what has a page, and perhaps data beside it, that is wanted; None where there is no page.

        Raises:
            Refused: when none of its forms is wanted (406).
        """
        pages = self.pages(stem)
        if not pages:
            return None
        data = [ending for ending in forms.ENDINGS if f"{stem}.{ending}" in self.sizes]
        wanted = choose(request.headers.get("accept"), [form for form in forms.THINGS if form.key in {"html", *data}])
        if wanted is None:
            there = [path.rpartition("/")[2] for path in (*pages.values(), *(f"{stem}.{ending}" for ending in data))]
            raise Refused(406, "not-acceptable", f"there is {', '.join(there)}", {"Vary": "Accept"})
        if wanted.key == "html":
            return self.page(stem, request)
        found = self.file(f"{stem}.{wanted.key}")
        assert found is not None  # noqa: S101  (it is there)
        found.vary = ("Accept", "Accept-Language")
        found.headers["Content-Location"] = f"{stem}.{wanted.key}".rpartition("/")[2]
        return found

    def alternates(self, path: str) -> list[str]:
        """Links to the other forms of what a path is a form of (RFC 8288 §3.4)."""
        ends = [*forms.page_endings(self._spoken).values(), *forms.ENDINGS]
        stem = next((path.removesuffix(f".{end}") for end in reversed(ends) if path.endswith(f".{end}")), path)
        others = [end for end in ends if f"{stem}.{end}" in self.sizes and f"{stem}.{end}" != path]
        return forms.alternates(stem, self._spoken, others)

    def lost(self, request: Request) -> Response | None:
        """The page that says that there is nothing, for who reads pages; without anything that lets it be kept."""
        wanted = choose(request.headers.get("accept"), (_PROBLEM, _HTML))
        found = self.page("404", request) if wanted is _HTML and request.method != "POST" else None
        if found is None:
            return None
        headers = {name: value for name, value in found.headers.items() if name != "Content-Location"}
        return Response(404, headers, found.body, vary=found.vary)

    def file(self, path: str) -> Response | None:
        """A file by its own name."""
        size = self.sizes.get(path)
        if size is None:
            return None
        ending = path.rpartition(".")[2]
        media = _NAMED.get(path) or TYPES.get(ending, "application/octet-stream")
        headers = {"Content-Type": media}
        if ending == "html":
            headers["Content-Security-Policy"] = QUERY_PAGE if path.startswith("sparql.") else STRICT
            headers["Content-Language"] = self._language(path)
        tag = hashlib.sha256(f"{self._folder.name} {path}".encode()).hexdigest()[:24]
        packed = self._folder / f"{path}.gz" if f"{path}.gz" in self.sizes else None
        return Response(200, headers, FileBody(self._folder / path, size, packed), f'"{tag}"', self._modified)

    def _language(self, path: str) -> str:
        return next((code for code in self._spoken if path.endswith(f".{code}.html")), self._spoken[0])
