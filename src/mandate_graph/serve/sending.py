"""How a response leaves: headers of every answer, conditions, ranges, compression, and a client that may be slow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from mandate_graph.publish.hosting.policies import HEADERS
from mandate_graph.serve import conditional
from mandate_graph.serve.compression import Compressor, compressed, worthwhile
from mandate_graph.serve.kept import Kept
from mandate_graph.serve.messages import FileBody, Request, Response
from mandate_graph.serve.negotiation import encoding
from mandate_graph.serve.problems import problem
from mandate_graph.serve.spool import Dropped, Running

__all__ = ["CORS", "Broken", "Ready", "Sender"]

CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": (
        "Accept-Ranges, Answer-Cut, Content-Location, Content-Range, ETag, Link, Location, Retry-After, Unknown-Graph"
    ),
}
_ALWAYS = {
    name: (name.encode(), value.encode())
    for name, value in {**CORS, **{name.lower(): value for name, value in HEADERS.items()}}.items()
}
"""Headers of every answer that does not say them otherwise, ready to be sent."""
_PIECE = 1 << 16
_PACK_IN_PLACE = 1 << 15
_WHOLE = 1 << 19
"""Bytes up to which a file is read, and compressed where it is worth it, at once."""
_OF_A_BODY = {"content-type", "content-length", "content-encoding", "content-language", "content-security-policy"}


class Ready(NamedTuple):
    """An answer as it was sent, to be sent again to who asks the same."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def send(self, send: Callable[[Any], Awaitable[None]]) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class Broken(Exception):
    """An answer that failed after it had begun.

    The connection ends without the end of the body, so that nobody takes a part for the whole (RFC 9112 §8).
    """


class Sender:
    """Sends one response; ``status`` and ``size`` say what was sent."""

    def __init__(self, send: Callable[[Any], Awaitable[None]], patience: float, packed: Kept[bytes]) -> None:
        self._send = send
        self._patience = patience
        self._packed = packed
        self.status = 0
        self.size = 0
        self.ready: Ready | None = None

    async def send(self, request: Request, response: Response) -> None:
        """Send it.

        Raises:
            Broken: when its body failed on the way, or the client does not take it.
        """
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.links:
            headers["link"] = ", ".join(response.links)
        vary = [*response.vary]
        body = response.body
        if isinstance(body, FileBody):
            headers["accept-ranges"] = "bytes"
            if body.size <= _WHOLE and "range" not in request.headers:
                body = body.path.read_bytes()
        coding = self._coding(request, headers.get("content-type", ""), body)
        if coding is not None:
            vary.append("Accept-Encoding")
        if vary:
            headers["vary"] = ", ".join(dict.fromkeys(vary))
        status = self._conditions(request, response, headers, coding or "")
        if status != response.status or body is not response.body:
            response = replace(response, status=status, body=body)
        await self._answer(request, response, headers, coding or "")

    async def _answer(self, request: Request, response: Response, headers: dict[str, str], coding: str) -> None:
        status, body = response.status, response.body
        if status == 412:
            await self._problem(412, request, headers, "the file or the answer has changed", "precondition")
        elif status == 304 or (request.method == "HEAD" and not isinstance(body, Running)):
            await self._only_head(status, headers, body, coding)
        elif isinstance(body, Running):
            await self._stream(status, headers, body, coding, head=request.method == "HEAD")
        elif isinstance(body, FileBody):
            await self._file(request, response, headers, body, coding)
        else:
            await self._bytes(status, headers, body, coding, response.etag)
            if response.of_host:
                self.ready = None

    def _coding(self, request: Request, media: str, body: bytes | FileBody | Running) -> str | None:
        """The coding that the client wants (``""``: none); None where the body is never compressed."""
        if isinstance(body, FileBody):
            if body.packed is None:
                return None
            return "" if "range" in request.headers else encoding(request.headers.get("accept-encoding"))
        if not worthwhile(media, None if isinstance(body, Running) else len(body)):
            return None
        return encoding(request.headers.get("accept-encoding"))

    def _conditions(self, request: Request, response: Response, headers: dict[str, str], coding: str) -> int:
        """Say what tells this answer from others; the status that remains (RFC 9110 §13)."""
        if response.status != 200 or not (response.etag or response.modified):
            return response.status
        headers.setdefault("cache-control", "no-cache")  # kept, and asked about: a new build may be here at any moment
        if response.etag:
            headers["etag"] = conditional.variant(response.etag, coding)
        if response.modified is not None:
            headers["last-modified"] = conditional.http_date(response.modified)
        return conditional.outcome(request.method, request.headers, response.etag, response.modified)

    async def _start(self, status: int, headers: dict[str, str]) -> None:
        self.status = status
        said = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
        self._said = [pair for name, pair in _ALWAYS.items() if name not in headers] + said
        await self._send({"type": "http.response.start", "status": status, "headers": self._said})

    async def _more(self, piece: bytes) -> None:
        self.size += len(piece)
        try:
            async with asyncio.timeout(self._patience):
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        except TimeoutError:
            raise Broken("the client does not take it") from None

    async def _end(self, piece: bytes = b"") -> None:
        self.size += len(piece)
        await self._send({"type": "http.response.body", "body": piece})

    async def _only_head(
        self, status: int, headers: dict[str, str], body: bytes | FileBody | Running, coding: str
    ) -> None:
        if status == 304:  # RFC 9110 §15.4.5: what the client has stays described as it is
            headers = {name: value for name, value in headers.items() if name not in _OF_A_BODY}
        elif coding:
            headers["content-encoding"] = coding
        elif not isinstance(body, Running):
            headers["content-length"] = str(body.size if isinstance(body, FileBody) else len(body))
        await self._start(status, headers)
        await self._end()

    async def _problem(self, status: int, request: Request, headers: dict[str, str], detail: str, kind: str) -> None:
        more, text = problem(status, "", detail, kind=kind, root=request.root, accept=request.headers.get("accept"))
        kept = {name: value for name, value in headers.items() if name not in _OF_A_BODY}
        await self._bytes(status, kept | {name.lower(): value for name, value in more.items()}, text, "", "")

    async def _bytes(self, status: int, headers: dict[str, str], body: bytes, coding: str, etag: str) -> None:
        if coding:
            headers["content-encoding"] = coding
            body = await self._compressed(body, etag)
        headers["content-length"] = str(len(body))
        await self._start(status, headers)
        if len(body) <= _PIECE and (etag or status == 303):
            self.ready = Ready(status, self._said, body)
        for start in range(0, len(body) - _PIECE, _PIECE):
            await self._more(body[start : start + _PIECE])
        await self._end(body[self.size :])

    async def _compressed(self, body: bytes, etag: str) -> bytes:
        key = etag.encode()
        found = self._packed.get(key) if etag else None
        if found is None:
            small = len(body) <= _PACK_IN_PLACE
            found = compressed(body) if small else await asyncio.to_thread(compressed, body)
            if etag:
                self._packed.put(key, found, len(found))
        return found

    async def _file(
        self, request: Request, response: Response, headers: dict[str, str], body: FileBody, coding: str
    ) -> None:
        if coding and body.packed is not None:
            headers["content-encoding"] = coding
            body = FileBody(body.packed, body.packed.stat().st_size)
        part = conditional.byte_range(request.headers, body.size, response.etag, response.modified)
        start, stop, status = 0, body.size, 200
        if part is not None:
            headers["content-range"] = conditional.content_range(part, body.size)
        if part == 416:
            await self._problem(416, request, headers, f"the file has {body.size:,} bytes", "range")
            return
        if isinstance(part, conditional.Span):
            start, stop, status = part.first, part.last + 1, 206
        headers["content-length"] = str(stop - start)
        await self._start(status, headers)
        for piece in _pieces(body, start, stop):
            await self._more(piece)
            await asyncio.sleep(0)  # who reads as fast as we write would let nobody else have a turn
        await self._end()

    async def _stream(self, status: int, headers: dict[str, str], running: Running, coding: str, *, head: bool) -> None:
        if coding:
            headers["content-encoding"] = coding
        elif running.end is not None:
            headers["content-length"] = str(running.spool.size)
        await self._start(status, headers)
        packer = Compressor() if coding else None
        start = 0
        while not head:
            try:
                piece = running.spool.read(start)
            except Dropped:
                raise Broken("it was taken so slowly that it had to make room for others") from None
            start += len(piece)
            if piece:
                piece = packer.add(piece) if packer else piece
                if piece:
                    await self._more(piece)
                await asyncio.sleep(0)  # others have their turn, also while what is packed is still too little to send
            elif running.end is None:
                await running.more()
            else:
                break
        if running.failure is not None:
            raise Broken(running.failure["error"])
        said = "answer-cut" in headers or _says_so(headers["content-type"])
        if running.end is not None and running.end["cut"] and not said:
            raise Broken("cut, and the format has no place to say so")
        await self._end(packer.end() if packer and not head else b"")


def _says_so(media: str) -> bool:
    """Whether a document that was cut says so itself: for tables and JSON-LD there is no place."""
    return not media.startswith(("text/csv", "text/tab-", "application/ld+json"))


def _pieces(body: FileBody, start: int, stop: int) -> Iterator[bytes]:
    with body.path.open("rb") as file:
        file.seek(start)
        while start < stop:
            piece = file.read(min(_PIECE, stop - start))
            if not piece:
                raise Broken("the file has become shorter")
            start += len(piece)
            yield piece
