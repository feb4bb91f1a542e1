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
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mandate_graph.serve.settings import Settings

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

__all__ = ["Server", "bound"]

_MOST_HEAD = 32_768
"""Bytes of a request line with all headers: room for a query of 16,000 characters, each escaped or not."""
_BACKLOG = 1024
_DRAIN = 30


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
    """A connection with a bound for the size and the time of each head."""

    settings = Settings()
    idle: dict[_Connection, None] = {}  # noqa: RUF012  (of the whole server: in the order in which they began to wait)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head = 0
        self._expecting = True
        self._late = self.loop.call_later(self.settings.patience, self._give_up)
        self.idle[self] = None
        if len(self.connections) > self.settings.connections:
            longest = next(iter(self.idle))
            longest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._late.cancel()
        self.idle.pop(self, None)
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

    def on_headers_complete(self) -> None:
        self._expecting = False
        self._late.cancel()
        self.idle.pop(self, None)
        if self.parser.get_method() == b"CONNECT":
            self._refuse(405)
            return
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline and not self.transport.is_closing():
            self._expect()

    def _expect(self) -> None:
        self._head = 0
        self._expecting = True
        self.idle[self] = None
        self._late.cancel()
        self._late = self.loop.call_later(self.settings.patience, self._give_up)

    def _give_up(self) -> None:
        if self._expecting and not self.transport.is_closing():
            if self._head:
                self._refuse(408)
            else:
                self.transport.close()

    def _refuse(self, status: int) -> None:
        """Answer without having read, and close."""
        text = {405: "CONNECT is not for here", 408: "the request came too slowly", 431: "the head is too long"}[status]
        phrase = {405: "Method Not Allowed", 408: "Request Timeout", 431: "Request Header Fields Too Large"}[status]
        body = f"{text}\n".encode()
        self.transport.write(
            f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        self.transport.close()


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
