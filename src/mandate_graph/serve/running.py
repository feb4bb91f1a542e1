"""The server's life: bind, load, answer; take up a new build when there is one; finish what was begun, and stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mandate_graph import outputs
from mandate_graph.errors import BadOption, CannotServe, MandateGraphError
from mandate_graph.serve.app import App
from mandate_graph.serve.edition import Edition, NotServed, Plan
from mandate_graph.serve.listening import Server, bound, run
from mandate_graph.serve.logs import AccessLog
from mandate_graph.serve.steady import State, state

__all__ = ["Talk", "serve"]

_LOOK = 1.0
_AGAIN = 5.0
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
    plan = plan if plan.site_url else plan._replace(site_url=address, guessed=True)
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
        self._seen: State = ()
        self._lost = asyncio.Event()

    async def main(self) -> None:
        """Answer until one is told to stop, or until it is known that there is nothing to serve."""
        site = "" if self._plan.guessed else self._plan.site_url
        app = App(self._plan.settings, self._log, (urlsplit(self._plan.site_url).path,), site)
        server = Server(app, self._plan.settings, app.stop)
        living = asyncio.create_task(self._live(app))
        living.add_done_callback(lambda _: server.stop())
        try:
            await server.serve([self._listening])
        finally:
            failed = living.exception() if living.done() and not living.cancelled() else None
            for task in (living, *self._tasks):
                task.cancel()
            await asyncio.gather(living, *self._tasks, return_exceptions=True)
            if app.edition is not None:
                app.edition.close()
        if failed is not None:
            raise failed

    async def _live(self, app: App) -> None:
        """Have an edition, and each time a new one when there is one."""
        edition = await self._opened()
        app.take(edition)
        self._begin(self._complete(edition))
        self._talk.ready(self._address)
        await self._watch(app)

    async def _opened(self) -> Edition:
        """Open the build that is there; one that is replaced meanwhile is opened again.

        Raises:
            CannotServe: when it cannot be served.
        """
        while True:
            self._seen = self._state()
            edition = Edition(self._plan)
            try:
                await edition.open()
            except NotServed as error:
                edition.close()
                if self._state() == self._seen:
                    raise CannotServe(str(self._plan.source), str(error)) from None
            except BaseException:  # one is told to stop meanwhile
                edition.close()
                raise
            else:
                edition.lost = self._lost.set
                return edition

    async def _complete(self, edition: Edition) -> None:
        """What takes longer than the first answer should wait for."""

        async def tried(work: Awaitable[None], part: str) -> None:
            try:
                await work
            except NotServed as error:
                edition.give_up(part, str(error))
                self._talk.say(f"{part} is missing: {error}")

        await tried(edition.furnish(), "pages")
        if "pages" in edition.troubles:
            for part in ("site", "reconciliation"):
                edition.give_up(part, edition.troubles["pages"])
            return
        await asyncio.gather(tried(edition.prepare(self._talk.say), "site"), tried(edition.learn(), "reconciliation"))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _state(self) -> State:
        try:
            return state(outputs.find_build(self._plan.source))
        except (MandateGraphError, OSError):  # between two builds; the next look will tell
            return ()

    async def _watch(self, app: App) -> None:
        """Take up a new build, whole, and the same one again when its keeper has died."""
        said = ""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    await self._lost.wait()
            if self._lost.is_set():
                self._talk.say("the process that held the data has died; starting another")
                self._lost.clear()
            dead = app.edition is None or app.edition.dead
            if dead:
                app.lose()
            now = self._state()
            if not dead and (not now or now == self._seen):
                continue
            try:
                fresh = await self._opened()
            except CannotServe as error:
                if str(error) != said:
                    said = str(error)
                    self._talk.say(f"{said} The build before it is served on.")
                await asyncio.sleep(_AGAIN if dead else 0)
                continue
            if dead:  # who asks waits already
                self._begin(self._complete(fresh))
            else:
                await self._complete(fresh)
                if fresh.dead:  # the one before it lives
                    fresh.close()
                    self._seen = ()
                    await asyncio.sleep(_AGAIN)
                    continue
            said = ""
            before = app.take(fresh)
            self._talk.say(f"a new build is served: {fresh.said['digest'][:12]}")
            if before is not None:
                self._begin(self._retire(before))

    async def _retire(self, edition: Edition) -> None:
        """Let what was begun on it finish."""
        edition.lost = lambda: None
        try:
            while edition.users:
                await asyncio.sleep(_DRAINED)
        finally:
            edition.close()
