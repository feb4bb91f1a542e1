"""The application (ASGI 3): a request in, an answer out, a line in the log."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from mandate_graph.serve import problems
from mandate_graph.serve.edition import Edition
from mandate_graph.serve.kept import Kept
from mandate_graph.serve.logs import AccessLog, network, turn
from mandate_graph.serve.messages import Refused, Request, Response
from mandate_graph.serve.routes import allowed, answer
from mandate_graph.serve.sending import Sender
from mandate_graph.serve.settings import Settings
from mandate_graph.serve.spool import Running, Spool
from mandate_graph.version import __version__

__all__ = ["App"]

_WATCH_AFTER = 0.2
_SOON = 10.0
_PACKED = 32_000_000
_BODIES = 64_000_000
"""Bytes of bodies of all requests that are being answered, besides the largest one that is allowed."""
_HELD = 8
"""How many of the largest answers may wait for clients who take them slowly."""
_HOST = re.compile(r"[A-Za-z0-9.\-]+(?::\d+)?|\[[0-9A-Fa-f:.]+\](?::\d+)?")
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    # the star stands for whatever libraries add; Authorization is not among it (Fetch §4.9), and none is wanted here
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, If-Modified-Since, Range, *",
    "Access-Control-Max-Age": "86400",
}
_DECIDING = {b"accept", b"accept-language", b"accept-encoding"}
_CONDITIONS = {b"range", b"if-range", b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since"}
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class App:
    """Answers over ``edition``, the build that is served at the moment (None: none yet)."""

    def __init__(self, settings: Settings, log: AccessLog, mounts: Sequence[str], site: str = "") -> None:
        self.edition: Edition | None = None
        self.stopping = False
        self._site = urlsplit(site) if site else None
        self._there = asyncio.Event()
        self._settings = settings
        self._log = log
        self._mounts = _mounts(mounts)
        self._bodies = 0
        Spool.most = _HELD * settings.answer
        self._packed: Kept[bytes] = Kept(_PACKED)

    def take(self, edition: Edition) -> Edition | None:
        """Serve another build from now on; the one before it is given back."""
        before, self.edition = self.edition, edition
        self._mounts = _mounts((*self._mounts, urlsplit(edition.said["base"]).path))
        self._there.set()
        return before

    def lose(self) -> None:
        """What needs the data waits until they are there again."""
        if not self.stopping:
            self._there.clear()

    def stop(self) -> None:
        """Say that the end has begun, and wait for nothing that has not."""
        self.stopping = True
        self._there.set()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Any) -> None:
        """Answer one request; what is no request of HTTP is none of ours."""
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        if self.edition is None and not scope["path"].endswith("/healthz"):
            await self._soon()
        edition = self.edition
        key = _key(scope)
        ready = edition.ready.get(key) if edition is not None and key else None
        if ready is None and edition is not None and edition.dead and not scope["path"].endswith("/healthz"):
            await self._soon()
            edition = self.edition
        if ready is not None:
            await ready.send(send)
            self._note(scope, ready.status, len(ready.body), began)
            return
        sender = Sender(send, self._settings.patience, self._packed)
        if edition is not None:
            edition.users += 1
        try:
            await self._exchange(edition, scope, receive, sender)
        except asyncio.CancelledError:
            sender.status = 499  # the client has left: nobody is told
        finally:
            if edition is not None:
                edition.users -= 1
                if key and sender.ready is not None:
                    edition.ready.put(key, sender.ready, len(sender.ready.body) + 1000)
            self._note(scope, sender.status, sender.size, began)

    async def _soon(self) -> None:
        """Who comes while the data are being loaded is not sent away at once."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SOON):
                await self._there.wait()

    def _fault(self, error: Exception) -> None:
        """A line in the log for who has to mend it: where it happened, and nothing of what was asked."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        self._log(fault=type(error).__name__, file=Path(place.filename).name, line=place.lineno)

    def _note(self, scope: Mapping[str, Any], status: int, size: int, began: float) -> None:
        if self._log.wanted:
            self._log(
                client=network(self._who(scope)),
                method=scope["method"][:20],
                path=scope["path"][:300],
                status=status,
                size=size,
                ms=round((time.perf_counter() - began) * 1000, 2),
            )

    async def _exchange(
        self, edition: Edition | None, scope: Mapping[str, Any], receive: Receive, sender: Sender
    ) -> None:
        request = Request(scope["method"], "", "", {}, "")
        watch = _Watch(receive)
        response: Response | None = None
        try:
            try:
                request = await self._request(scope, receive, watch)
                response = await self._answered(edition, request)
            except Refused as error:
                response = self._refusal(edition, request, error)
            except Exception as error:  # noqa: BLE001  (whatever it is, it is this request's, and no other is hurt)
                self._fault(error)
                response = self._refusal(edition, request, Refused(500, "internal", "the request met a fault of ours"))
            await sender.send(request, response)
        finally:
            self._bodies -= watch.body
            watch.stop()
            if response is not None and isinstance(response.body, Running):
                response.body.stop()
                response.body.spool.close()

    async def _answered(self, edition: Edition | None, request: Request) -> Response:
        if request.path == "healthz" and request.method in {"GET", "HEAD"}:
            return self._health(edition)
        if request.method == "OPTIONS" and request.path == "*":
            return Response(204, {"Allow": allowed("")})
        if edition is None:
            raise Refused(503, "preparing", "the data are being loaded", {"Retry-After": "5"})
        if request.path and f"/{request.path}/" in self._mounts:
            return Response(301, {"Location": f"{quote(request.path.rpartition('/')[2])}/"})
        response = await answer(edition, request)
        if request.method == "OPTIONS":
            response.headers |= _PREFLIGHT
        return response

    def _health(self, edition: Edition | None) -> Response:
        """Whether this can be sent requests; and how busy it is."""
        ready = edition is not None and not edition.dead and not self.stopping
        said: dict[str, Any] = {
            "status": "ok" if ready else "stopping" if self.stopping else "starting",
            "version": __version__,
        }
        if edition is not None:
            said |= {
                "data": edition.said["digest"],
                "modified": edition.said["modified"],
                "pages": edition.how("pages"),
                "site": edition.how("site"),
                "reconciliation": edition.how("reconciliation"),
                "queries": {"running": edition.pools["queries"].busy, "waiting": edition.pools["queries"].waits},
            }
        body = (json.dumps(said) + "\n").encode()
        return Response(200 if ready else 503, {"Content-Type": "application/json", "Cache-Control": "no-store"}, body)

    def _refusal(self, edition: Edition | None, request: Request, error: Refused) -> Response:
        if error.kind == "not-found" and edition is not None and edition.files is not None:
            page = edition.files.lost(request)
            if page is not None:
                return page
        headers, body = problems.problem(
            error.status,
            "",
            error.detail,
            kind=error.kind,
            root=request.root,
            accept=request.headers.get("accept"),
            **error.more,
        )
        return Response(error.status, {**headers, **error.headers}, body)

    async def _request(self, scope: Mapping[str, Any], receive: Receive, watch: _Watch) -> Request:
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key = name.decode("latin-1")
            headers[key] = f"{headers[key]}, {value.decode('latin-1')}" if key in headers else value.decode("latin-1")
        try:
            path = unquote_to_bytes(scope["raw_path"]).decode()
        except UnicodeDecodeError:
            raise Refused(400, "malformed", "the path is not UTF-8 once it is decoded") from None
        root = next((mount for mount in self._mounts if path.startswith(mount)), "/")
        body = b""
        if scope["method"] == "POST":
            body = await self._body(headers, receive, watch)
        watch.start()
        return Request(
            scope["method"],
            path.removeprefix(root) if path != "*" else path,
            scope["query_string"].decode("latin-1"),
            headers,
            turn(self._who(scope)),
            root if self._site is None else self._site.path,
            self._origin(scope, headers) if self._site is None else f"{self._site.scheme}://{self._site.netloc}",
            body,
        )

    def _trusted(self, scope: Mapping[str, Any]) -> bool:
        return bool(scope.get("client")) and scope["client"][0] in self._settings.proxies

    def _who(self, scope: Mapping[str, Any]) -> str:
        """Who asks: the last address that a proxy of ours has added, else that of the connection."""
        if self._trusted(scope):
            for name, value in reversed(scope["headers"]):
                if name == b"x-forwarded-for":
                    return str(value.decode("latin-1").rpartition(",")[2].strip()[:45])
        return str((scope.get("client") or ["?"])[0])

    def _origin(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
        scheme, host = scope["scheme"], headers.get("host", "")
        if self._trusted(scope):
            host = headers.get("x-forwarded-host", host).partition(",")[0].strip()
            proto = headers.get("x-forwarded-proto", scheme).partition(",")[0].strip()
            scheme = proto if proto in {"http", "https"} else scheme
        if not _HOST.fullmatch(host):
            name, port = scope["server"]
            host = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
        return f"{scheme}://{host}"

    async def _body(self, headers: Mapping[str, str], receive: Receive, watch: _Watch) -> bytes:
        """The body of a request, within its bounds."""
        most = self._settings.body
        too_long = Refused(
            413, "too-long", f"the body has more than {most:,} bytes, the most that is read", {"Connection": "close"}
        )
        if headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
            raise Refused(415, "unsupported-media", "the body is compressed; send it as it is")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > most:
            raise too_long
        body = bytearray()
        try:
            async with asyncio.timeout(self._settings.patience):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise asyncio.CancelledError
                    piece = message.get("body", b"")
                    watch.body += len(piece)
                    self._bodies += len(piece)
                    if self._bodies > _BODIES + most:
                        raise Refused(503, "busy", "too much is being sent at the moment",
                                      {"Retry-After": "5", "Connection": "close"})  # fmt: skip
                    body += piece
                    if len(body) > most:
                        raise too_long
                    if not message.get("more_body"):
                        return bytes(body)
        except TimeoutError:
            raise Refused(408, "slow-request", "the body came too slowly", {"Connection": "close"}) from None


def _mounts(paths: Sequence[str]) -> tuple[str, ...]:
    """Where the site is served besides the root: the longest path first, each ending in a slash."""
    ending = {path if path.endswith("/") else f"{path}/" for path in paths}
    return tuple(sorted(ending - {"/"}, key=len, reverse=True))


def _key(scope: Mapping[str, Any]) -> bytes:
    """Everything that an answer that may be given again depends on; nothing where it is not to be given again."""
    if scope["method"] != "GET":
        return b""
    parts = [scope["raw_path"], scope["query_string"]]
    for name, value in scope["headers"]:
        if name in _DECIDING:
            parts += (name, value)
        elif name in _CONDITIONS:
            return b""
    return b"\0".join(parts)


class _Watch:
    """Notices that a client has left, and cancels what is done for it.

    Begins after a moment only: most answers are there before.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.body = 0
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in a moment."""
        self._timer = asyncio.get_running_loop().call_later(_WATCH_AFTER, self._begin, asyncio.current_task())

    def stop(self) -> None:
        """It is over."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self, for_whom: asyncio.Task[Any] | None) -> None:
        self._task = asyncio.get_running_loop().create_task(self._look(for_whom))

    async def _look(self, for_whom: asyncio.Task[Any] | None) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if for_whom is not None:
            for_whom.cancel()
