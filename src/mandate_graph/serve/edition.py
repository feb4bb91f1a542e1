"""One build as it is served: its keeper, its workers, the answers that it gave, and the folder of what is prepared."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from mandate_graph.failures import shown
from mandate_graph.serve.confined import large_stack
from mandate_graph.serve.federated import Elsewhere
from mandate_graph.serve.files import Files
from mandate_graph.serve.frames import Splitter
from mandate_graph.serve.kept import Kept
from mandate_graph.serve.pool import Pool
from mandate_graph.serve.sending import Ready
from mandate_graph.serve.settings import Settings
from mandate_graph.version import __version__

__all__ = ["Answer", "Edition", "NotServed", "Plan"]

_KEPT = 64_000_000
_CLERKS = 2
_PAGES = 2
_AGAIN = 5.0
_CODE = "from mandate_graph.serve.keeper import main; main()"


class NotServed(Exception):
    """A build that cannot be served; the message says why."""


class Answer(NamedTuple):
    """What a worker answered, whole."""

    head: Mapping[str, Any]
    body: bytes
    cut: bool


class Plan(NamedTuple):
    """What is served, and how.

    ``house`` is where title, rights and labels come from (None: the one that one stands in). ``guessed`` says that
    nobody gave ``site_url``: it is that of the socket, and clients may know this server by another name.
    """

    source: Path
    site_url: str
    house: str | None
    state: Path
    settings: Settings
    guessed: bool = False


class _Words(asyncio.Protocol):
    """What a process says of itself, handed to a function."""

    def __init__(self, hear: Callable[[dict[str, Any]], None]) -> None:
        self._hear = hear
        self._splitter = Splitter()

    def data_received(self, data: bytes) -> None:
        for _, payload in self._splitter.feed(data):
            self._hear(json.loads(payload))

    def connection_lost(self, _: Exception | None) -> None:
        self._hear({"gone": True})


class Edition:
    """Opened with ``open``; answers until ``close``."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.said: dict[str, Any] = {}
        self.graphs: frozenset[str] = frozenset()
        self.elsewhere = Elsewhere(plan.settings.services, plan.settings.seconds)
        self.ready: Kept[Ready] = Kept(_KEPT)
        self.kept: Kept[Answer] = Kept(_KEPT)
        self.there: Kept[bool] = Kept(_KEPT // 8)
        self.files: Files | None = None
        self.prepared = asyncio.Event()
        self.troubles: dict[str, str] = {}
        self.dead = False
        self._closed = False
        self._learning: asyncio.Task[None] | None = None
        self.users = 0
        self._loop = asyncio.get_running_loop()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._clerk: socket.socket | None = None
        self._transports: list[asyncio.BaseTransport] = []
        self.queries: Pool
        self.pages: Pool
        self.clerks: Pool | None = None
        self.learnt = asyncio.Event()
        self.lost: Callable[[], None] = lambda: None

    async def open(self) -> None:
        """Start the keeper, and wait until it has loaded the data.

        Raises:
            NotServed: when it cannot.
        """
        ours, theirs = socket.socketpair()
        settings = self.plan.settings
        options = {
            "source": str(self.plan.source),
            "site_url": self.plan.site_url,
            "house": self.plan.house,
            "settings": asdict(settings),
        }
        with theirs, large_stack():
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and code)
                [sys.executable, "-c", _CODE, str(theirs.fileno()), json.dumps(options)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        self._control = ours
        self.said = await self._ready(ours, self._keeper_gone)
        self.graphs = frozenset(self.said["graphs"])
        self.queries = Pool(self._order(ours, "worker"), settings.workers, settings.waiting)
        self.pages = Pool(self._order(ours, "worker"), _PAGES, settings.waiting)
        self.queries.warm()
        self.pages.warm()

    async def learn(self) -> None:
        """Have a clerk, who matches names and finds words."""
        assert self._control is not None  # noqa: S101  (opened before)
        ours, theirs = socket.socketpair()
        with theirs:
            self._order(self._control, "clerk")(theirs)
        self._clerk = ours
        await self._ready(ours, self._clerk_gone)
        self.clerks = Pool(self._order(ours, "worker"), _CLERKS, self.plan.settings.waiting)
        self.clerks.warm()
        self.learnt.set()

    async def prepare(self, say: Callable[[str], None]) -> None:
        """Have everything written that is served as files, unless that was done before.

        Raises:
            NotServed: when it cannot be written.
        """
        home = self.plan.state / "served"
        folder = home / self.name
        if not (folder / "site.json").is_file():
            partial = home / f".{folder.name}.{os.getpid()}.partial"
            try:
                shutil.rmtree(partial, ignore_errors=True)
                partial.mkdir(parents=True)
            except OSError as error:
                raise NotServed(f"{shown(str(home))}: {error.strerror}; name another with --state") from None
            try:
                say("writing downloads and the pages about all, once for this build")
                await self._written(partial)
                with contextlib.suppress(OSError):  # another server was faster
                    partial.rename(folder)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        self.files = Files(folder, self.said["languages"], self.said["modified"])
        self.prepared.set()

    async def _written(self, folder: Path) -> None:
        assert self._control is not None  # noqa: S101  (opened before)
        ours, theirs = socket.socketpair()
        with theirs:
            self._order(self._control, "preparer", folder=str(folder))(theirs)
        with ours:
            await self._ready(ours, lambda: None)

    @cached_property
    def name(self) -> str:
        """What changes whenever anything that is served would: data, program, address, limits."""
        plan = self.plan
        limits = asdict(plan.settings)
        said = json.dumps([self.said["digest"], __version__, plan.site_url, plan.house, limits, _own_digest()])
        return hashlib.sha256(said.encode()).hexdigest()[:24]

    async def _ready(self, ours: socket.socket, gone: Callable[[], None]) -> dict[str, Any]:
        """Wait for the word that a process is ready; what it says of itself."""
        ours.setblocking(False)  # noqa: FBT003  (its own name)
        ready: asyncio.Future[dict[str, Any]] = self._loop.create_future()

        def said(word: dict[str, Any]) -> None:
            if ready.done():
                if "gone" in word:
                    gone()
            elif "ready" in word:
                ready.set_result(word["ready"])
            else:
                ready.set_exception(NotServed(word.get("failed", "the process that holds the data has died")))

        # the loop gets a descriptor of its own: descriptors of others are sent over ours
        transport, _ = await self._loop.create_connection(lambda: _Words(said), sock=ours.dup())
        self._transports.append(transport)
        return await ready

    def _order(self, control: socket.socket, be: str, **more: str) -> Callable[[socket.socket], None]:
        message = json.dumps({"be": be, **more}).encode()

        def order(theirs: socket.socket) -> None:
            with contextlib.suppress(OSError):  # a keeper that is gone has been noticed
                socket.send_fds(control, [message], [theirs.fileno()])

        return order

    def _keeper_gone(self) -> None:
        self.dead = True
        self._close_pools()  # nobody makes workers any more, and those that there are end
        self.lost()

    def _clerk_gone(self) -> None:
        """Have another clerk."""
        if self.dead or self._closed:
            return
        self.learnt.clear()
        if self.clerks is not None:
            self.clerks.close()
        if self._clerk is not None:
            self._clerk.close()
        self._learning = self._loop.create_task(self._learn_again())

    async def _learn_again(self) -> None:
        while not (self.dead or self._closed):
            try:
                await self.learn()
            except NotServed:  # it died again, before it was ready
                await asyncio.sleep(_AGAIN)
            else:
                return

    def _close_pools(self) -> None:
        for pool in (getattr(self, "queries", None), getattr(self, "pages", None), self.clerks):
            if pool is not None:
                pool.close()

    def give_up(self, part: str, why: str) -> None:
        """Say that a part (``site``, ``reconciliation``) will not come: nobody waits for it any longer."""
        self.troubles[part] = why
        (self.prepared if part == "site" else self.learnt).set()

    def how(self, part: str) -> str:
        """How a part is: ready, on its way, or what is wrong with it."""
        there = self.prepared if part == "site" else self.learnt
        return self.troubles.get(part) or ("ready" if there.is_set() else "preparing")

    def close(self) -> None:
        """End all processes; what is prepared stays for the next time."""
        self._closed = True
        if self._learning is not None:
            self._learning.cancel()
        self._close_pools()
        self.lost = lambda: None
        for transport in self._transports:
            transport.close()
        for each in (self._control, self._clerk):
            if each is not None:
                each.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def _own_digest() -> str:
    """What tells one state of our own code and layouts from another."""
    room = Path(__file__).parent.parent
    files = sorted(path for path in room.rglob("*") if path.is_file() and path.suffix != ".pyc")
    states = [(str(path.relative_to(room)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps(states).encode()).hexdigest()
