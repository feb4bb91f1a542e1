"""The door to uvicorn: HTTP/1.1 on a socket, with the bounds that it leaves to others.

A head has a size and a time; a connection that sends nothing is closed, and where there are too many, the one that has
waited longest for its client goes first. What is no HTTP is answered with 400 and closed (RFC 9112 §2.2).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mandate_graph.serve.settings import Settings

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

__all__ = ["Server", "bound"]

_MOST_HEAD = 32_768
"""Bytes of a request line with all headers: room for a query of 16,000 characters, each escaped or not."""
_BACKLOG = 1024
_DRAIN = 30
_AHEAD = 32
"""Requests that may be sent before the answer to the first; each takes a hundred times as much memory as it is long."""
_SWEEP = 10
"""Tenths of a second between two looks at all connections."""
_REFUSALS = {
    400: ("Bad Request", "the head is not as HTTP says: one Host, and no coding but chunked"),
    405: ("Method Not Allowed", "CONNECT is not for here"),
    408: ("Request Timeout", "the request came too slowly"),
    431: ("Request Header Fields Too Large", "the head is too long"),
}


def bound(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        OSError: when the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(_BACKLOG)
    except OSError:
        made.close()
        raise
    return made


class _Connection(HttpToolsProtocol):
    """A connection with bounds for the size and the time of each head, and for how long its client may be waited for.

    ``waiting`` are those of the whole server that wait for their clients (for a head, for a body, or for an answer to
    be taken), in the order in which they began to.
    """

    settings = Settings()
    waiting: dict[_Connection, None] = {}  # noqa: RUF012  (of the whole server)
    addresses: Counter[str] = Counter()  # noqa: RUF012

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._head = self._trailer = 0
        self._expecting = True
        self._late = self.loop.call_later(self.settings.patience, self._give_up)
        self._stalled: asyncio.TimerHandle | None = None
        self._answered: RequestResponseCycle | None = None
        self._closing = 0.0
        self.waiting[self] = None
        self.addresses[self.address] += 1
        if len(self.connections) > self.settings.connections:
            self._make_room()

    def _make_room(self) -> None:
        """Drop the connection that has waited longest of those of the address that has most."""
        most = max(self.addresses[each.address] for each in self.waiting)
        longest = next(each for each in self.waiting if self.addresses[each.address] == most)
        del self.waiting[longest]
        longest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._late.cancel()
        if self._stalled is not None:
            self._stalled.cancel()
        self.waiting.pop(self, None)
        self.addresses[self.address] -= 1
        if not self.addresses[self.address]:
            del self.addresses[self.address]
        if self._answered is not None and self._answered is not self.cycle:  # uvicorn tells only the last of several
            self._answered.disconnected = not self._answered.response_complete
            self._answered.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._expecting:
            self._head += len(data)
            if self._head > _MOST_HEAD and not self._within(data):
                self._refuse(431)
                return
        super().data_received(data)

    def _within(self, data: bytes) -> bool:
        """Whether the head ends in this piece, and so what is too long may be the body."""
        end = data.find(b"\r\n\r\n")
        return end >= 0 and self._head - len(data) + end <= _MOST_HEAD

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._expecting:  # the next one, which came with the body of the last
            self._expect()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._expecting:
            super().on_header(name, value)
            return
        self._trailer += len(name) + len(value)  # nobody reads what follows a body
        if self._trailer > _MOST_HEAD:
            self._refuse(431)

    def on_headers_complete(self) -> None:
        self._expecting = False
        self._late.cancel()
        self._trailer = 0
        if self.parser.get_method() == b"CONNECT":
            self._refuse(405)
        elif len(self.pipeline) >= _AHEAD or self.transport.is_closing():
            self.transport.abort()
        elif not _framed(self.headers, self.parser.get_http_version()):
            self._refuse(400)
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self.cycle is not None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self.cycle is None:  # refused
            return
        super().on_message_complete()
        if not self.cycle.response_complete:
            self.waiting.pop(self, None)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline and not self.transport.is_closing():
            self._expect()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.waiting[self] = None
        self._stalled = self.loop.call_later(self.settings.patience, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
        if not self._expecting:
            self.waiting.pop(self, None)

    def timeout_keep_alive_handler(self) -> None:
        self._give_up()

    def send_400_response(self, msg: str) -> None:
        if self._silenced():
            super().send_400_response(msg)
        else:
            self.transport.abort()

    def look(self, now: float) -> None:
        """Drop what was closed a while ago, and whose client does not take the rest."""
        if self.transport.is_closing():
            self._closing = self._closing or now
            if now - self._closing > self.settings.patience:
                self.transport.abort()

    def _silenced(self) -> bool:
        """Whether an error can be written: no answer has begun, and from now on none will."""
        if self._answered is None or self.cycle.response_complete:
            return True
        if self._answered is not self.cycle or self.cycle.response_started:
            return False
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        return True

    def _expect(self) -> None:
        self._head = 0
        self._expecting = True
        self.waiting[self] = None
        self._late.cancel()
        self._late = self.loop.call_later(self.settings.patience, self._give_up)

    def _give_up(self) -> None:
        if not self._expecting or self.transport.is_closing():
            return
        if self._head:
            self._refuse(408)
        else:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """Answer without having read, and close."""
        if not self._silenced():
            self.transport.abort()
            return
        phrase, text = _REFUSALS[status]
        body = f"{text}\n".encode()
        self.transport.write(
            f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        self.transport.close()


def _framed(headers: Sequence[tuple[bytes, bytes]], version: str) -> bool:
    """Whether a head leaves no doubt about whom it asks, and where its body ends (RFC 9112 §3.2, §6.1)."""
    hosts = sum(name == b"host" for name, _ in headers)
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    return hosts <= 1 and (hosts == 1 or version != "1.1") and codings in ([], [b"chunked"])


class Server(uvicorn.Server):
    """Serves an application on a socket until it is told to stop; then finishes what was begun."""

    def __init__(self, app: ASGI3Application, settings: Settings, stopping: Callable[[], None]) -> None:
        _Connection.settings = settings
        self._stopping = stopping
        logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
        logging.getLogger("uvicorn.error").propagate = False
        super().__init__(
            uvicorn.Config(
                app,
                http=_Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=int(settings.patience) or 1,
                timeout_graceful_shutdown=_DRAIN,
                proxy_headers=False,
            )
        )

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second, says uvicorn."""
        if counter % _SWEEP == 0:
            now = asyncio.get_running_loop().time()
            for each in list(self.server_state.connections):
                if isinstance(each, _Connection):  # all are
                    each.look(now)
        return await super().on_tick(counter)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT ask to stop: once, to finish what was begun; again, at once. Nothing is raised again."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self._asked)
        try:
            yield
        finally:
            for each in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(each)

    def _asked(self) -> None:
        if self.should_exit:
            self.force_exit = True
            for connection in list(self.server_state.connections):
                connection.transport.abort()
        self.stop()

    def stop(self) -> None:
        """Finish what was begun, and end."""
        self.should_exit = True
        self._stopping()


def run(main: Any) -> None:
    """Run a coroutine on the fastest loop that there is."""
    with asyncio.Runner(loop_factory=uvicorn.Config("", loop="auto").get_loop_factory()) as runner:
        runner.run(main)
