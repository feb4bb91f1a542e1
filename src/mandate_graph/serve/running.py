"""The server's life: bind, load, answer; take up a new build when there is one; finish what was begun, and stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from mandate_graph import outputs
from mandate_graph.errors import BadOption, CannotServe, MandateGraphError
from mandate_graph.serve.app import App
from mandate_graph.serve.edition import Edition, NotServed, Plan
from mandate_graph.serve.listening import Server, bound, run
from mandate_graph.serve.logs import AccessLog

__all__ = ["Talk", "serve"]

_LOOK = 1.0
_DRAINED = 0.2


class Talk(NamedTuple):
    """What a person is told: ``say`` a sentence; ``ready`` the address, once."""

    say: Callable[[str], None]
    ready: Callable[[str], None]


def serve(plan: Plan, bind: tuple[str, int], log: AccessLog, talk: Talk) -> None:
    """Serve a build until SIGTERM or SIGINT.

    Raises:
        MissingPath: when there is no build.
        BadOption: when the address cannot be had.
        CannotServe: when the data cannot be loaded.
    """
    outputs.find_build(plan.source)
    host, port = bind
    try:
        listening = bound(host, port)
    except OSError as error:
        raise BadOption("bind", f"{host}:{port} cannot be had ({error.strerror or error}); choose another") from None
    address = _address(host, listening.getsockname()[1])
    plan = plan._replace(site_url=plan.site_url or address)
    try:
        run(_Service(plan, listening, address, log, talk).main())
    finally:
        listening.close()
        log.close()


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class _Service:
    """One run of the server."""

    def __init__(self, plan: Plan, listening: socket.socket, address: str, log: AccessLog, talk: Talk) -> None:
        self._plan = plan
        self._listening = listening
        self._address = address
        self._log = log
        self._talk = talk
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen: tuple[int, ...] = ()
        self._lost = asyncio.Event()

    async def main(self) -> None:
        self._seen = self._state()
        edition = await self._opened()
        mounts = (urlsplit(self._plan.site_url).path, urlsplit(edition.said["base"]).path)
        app = App(self._plan.settings, self._log, mounts)
        app.edition = edition

        def stopping() -> None:
            app.stopping = True

        server = Server(app, self._plan.settings, stopping)
        self._begin(self._complete(edition))
        watching = asyncio.create_task(self._watch(app))
        try:
            self._talk.ready(self._address)
            await server.serve([self._listening])
        finally:
            watching.cancel()
            for task in self._tasks:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            app.edition.close()

    async def _opened(self) -> Edition:
        edition = Edition(self._plan)
        try:
            await edition.open()
        except NotServed as error:
            edition.close()
            raise CannotServe(str(self._plan.source), str(error)) from None
        edition.lost = self._lost.set
        return edition

    async def _complete(self, edition: Edition) -> None:
        """What takes longer than the first answer should wait for."""
        try:
            await edition.prepare(self._talk.say)
            await edition.learn()
        except NotServed as error:
            edition.trouble = str(error)
            self._talk.say(f"what is prepared is missing: {error}")

    def _begin(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _state(self) -> tuple[int, ...]:
        try:
            status = outputs.find_build(self._plan.source).stat()
        except (MandateGraphError, OSError):  # between two builds; the next look will tell
            return ()
        return status.st_ino, status.st_size, status.st_mtime_ns

    async def _watch(self, app: App) -> None:
        """Take up a new build, whole, and the same one again when its keeper has died."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    await self._lost.wait()
            now = self._state()
            if not self._lost.is_set() and (not now or now == self._seen):
                continue
            if self._lost.is_set():
                self._talk.say("the process that held the data has died; starting another")
            self._lost.clear()
            self._seen = now or self._seen
            try:
                fresh = await self._opened()
                await self._complete(fresh)
            except CannotServe as error:
                self._talk.say(f"{error} The build before it is served on.")
                continue
            before, app.edition = app.edition, fresh
            self._talk.say(f"a new build is served: {fresh.said['digest'][:12]}")
            if before is not None:
                self._begin(self._retire(before))

    async def _retire(self, edition: Edition) -> None:
        """Let what was begun on it finish."""
        edition.lost = lambda: None
        while edition.users:
            await asyncio.sleep(_DRAINED)
        edition.close()
