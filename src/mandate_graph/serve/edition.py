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
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from mandate_graph.failures import shown
from mandate_graph.serve.cabinet import hold, let_go, sweep
from mandate_graph.serve.confined import large_stack
from mandate_graph.serve.federated import Elsewhere
from mandate_graph.serve.files import Files
from mandate_graph.serve.frames import Splitter
from mandate_graph.serve.kept import Kept
from mandate_graph.serve.messages import Refused
from mandate_graph.serve.pool import Pool
from mandate_graph.serve.sending import Ready
from mandate_graph.serve.settings import Settings
from mandate_graph.version import __version__

__all__ = ["Answer", "Edition", "NotServed", "Plan"]

_KEPT = 64_000_000
_CLERKS = 2
_PAGES = 2
_AGAIN = 5.0
_SOON = 10.0
_PARTS = {
    "pages": "what pages are made with is being read; they are here in a moment",
    "site": "the pages about all and the downloads are being written; they are here in a moment",
    "reconciliation": "names are being read; they can be matched and searched in a moment",
}
"""What is ready later than queries are answered, and what is said of it meanwhile."""
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
        self._parts = {part: asyncio.Event() for part in _PARTS}
        self._held: int | None = None
        self.troubles: dict[str, str] = {}
        self.dead = False
        self._closed = False
        self._growing: set[asyncio.Task[None]] = set()
        self.users = 0
        self._loop = asyncio.get_running_loop()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._branches: dict[str, socket.socket] = {}
        self._transports: list[asyncio.BaseTransport] = []
        self.pools: dict[str, Pool] = {}
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
        self._staff("queries", ours, settings.workers)

    async def furnish(self) -> None:
        """Have a process that makes pages, and knows what the build says of itself.

        Raises:
            NotServed: when it cannot.
        """
        assert self._control is not None  # noqa: S101  (opened before)
        self.said |= await self._grow("pages", self._control, _PAGES, self.furnish)

    async def learn(self) -> None:
        """Have a process that matches names and finds words.

        Raises:
            NotServed: when it cannot.
        """
        await self._parts["pages"].wait()
        await self._grow("reconciliation", self._branches["pages"], _CLERKS, self.learn)

    async def _grow(
        self, part: str, control: socket.socket, most: int, again: Callable[[], Coroutine[Any, Any, None]]
    ) -> dict[str, Any]:
        """Have a branch of a process, which learns what a part needs, and workers of it; another when it dies."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._order(control, part)(theirs)
        said = await self._ready(ours, lambda: self._branch_gone(part, again))
        self._branches[part] = ours
        self._staff(part, ours, most)
        self._parts[part].set()
        return said

    def _staff(self, part: str, control: socket.socket, most: int) -> None:
        self.pools[part] = Pool(self._order(control, "worker"), most, self.plan.settings.waiting)
        self.pools[part].warm()

    async def soon(self, part: str) -> None:
        """Wait a little for a part that is about to be ready: ``pages``, ``site``, ``reconciliation``.

        Raises:
            Refused: when it is not, or will not come.
        """
        if not self._parts[part].is_set():
            try:
                async with asyncio.timeout(_SOON):
                    await self._parts[part].wait()
            except TimeoutError:
                raise Refused(503, "preparing", _PARTS[part], {"Retry-After": "10"}) from None
        if part in self.troubles:
            raise Refused(503, "unavailable", self.troubles[part], {"Retry-After": "60"})

    async def prepare(self, say: Callable[[str], None]) -> None:
        """Have everything written that is served as files, unless that was done before.

        Raises:
            NotServed: when it cannot be written.
        """
        await self._parts["pages"].wait()
        home = self.plan.state / "served"
        folder = home / self.name
        self._held = hold(folder)
        if self._held is None or not (folder / "site.json").is_file():
            let_go(self._held)
            self._held = await self._placed(folder, say)
        await asyncio.to_thread(sweep, home)
        self.files = Files(folder, self.said["languages"], self.said["modified"])
        self._parts["site"].set()

    async def _placed(self, folder: Path, say: Callable[[str], None]) -> int | None:
        """Have the folder written beside its place, and put there."""
        partial = folder.parent / f".{folder.name}.{os.getpid()}.partial"
        try:
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
        except OSError as error:
            raise NotServed(f"{shown(str(folder.parent))}: {error.strerror}; name another with --state") from None
        held = hold(partial)
        try:
            say("writing downloads and the pages about all, once for this build")
            await self._written(partial)
            try:
                partial.rename(folder)
            except OSError:  # another server was faster
                let_go(held)
                held = hold(folder)
        except BaseException:
            let_go(held)
            raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return held

    async def _written(self, folder: Path) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._order(self._branches["pages"], "site", folder=str(folder))(theirs)
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

    def _branch_gone(self, part: str, again: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Have another one."""
        if self.dead or self._closed:
            return
        self._parts[part].clear()
        self.pools.pop(part).close()
        self._branches.pop(part).close()
        task = self._loop.create_task(self._grow_again(again))
        self._growing.add(task)
        task.add_done_callback(self._growing.discard)

    async def _grow_again(self, again: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while not (self.dead or self._closed):
            try:
                await again()
            except NotServed:  # it died again, before it was ready
                await asyncio.sleep(_AGAIN)
            else:
                return

    def _close_pools(self) -> None:
        for pool in self.pools.values():
            pool.close()

    def give_up(self, part: str, why: str) -> None:
        """Say that a part will not come: nobody waits for it any longer."""
        self.troubles[part] = why
        self._parts[part].set()

    def how(self, part: str) -> str:
        """How a part is: ready, on its way, or what is wrong with it."""
        return self.troubles.get(part) or ("ready" if self._parts[part].is_set() else "preparing")

    def close(self) -> None:
        """End all processes; what is prepared stays for the next time."""
        self._closed = True
        for task in self._growing:
            task.cancel()
        self._close_pools()
        self.lost = lambda: None
        for transport in self._transports:
            transport.close()
        for each in (self._control, *self._branches.values()):
            if each is not None:
                each.close()
        let_go(self._held)
        self._held = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def _own_digest() -> str:
    """What tells one state of our own code and layouts from another."""
    room = Path(__file__).parent.parent
    files = sorted(path for path in room.rglob("*") if path.is_file() and path.suffix != ".pyc")
    states = [(str(path.relative_to(room)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps(states).encode()).hexdigest()
