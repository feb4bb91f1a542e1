"""The door to Dask: the tasks of a crew on the machines of a cluster, which share a folder with this one.

The scheduler gives the tasks of a lost worker to others; a task that has lost four (``allowed-failures`` of Dask, and
one) is given up. What tasks leave behind lies in the shared folder, so that only light values travel.
"""

from __future__ import annotations

import contextlib
import re
import threading
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from mandate_graph.crew import described
from mandate_graph.errors import BadEndpoint, MissingPackage, UnfitCluster, Unreachable, WorkLost
from mandate_graph.version import __version__

__all__ = ["Cluster", "cluster_address", "connect"]

_T = TypeVar("_T")
_Client: TypeAlias = Any
"""Dask's methods are half typed, and each is a coroutine, too."""

_REACHED = 10.0
"""Seconds in which a scheduler answers."""
PATIENCE = 60.0
"""Seconds without any worker after which there will be none."""
_ADDRESS = re.compile(r"((tcp|tls)://)?([\w.-]+|\[[0-9a-fA-F:.]+\]):(?P<port>\d{1,5})")
_INSTALL = "Install the same versions on all machines, and start the scheduler and the workers again."
_SAME = (
    "All workers must have the version that is here, and share the folder of the build and that of the sources, under "
    "the same paths."
)


def cluster_address(text: str) -> str:
    """The address of a scheduler: ``tcp://HOST:PORT``, or ``tls://`` where Dask's own settings name the certificates.

    Raises:
        BadEndpoint: when it is no such address.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 65_536:
        raise BadEndpoint(text, "is no address of a Dask scheduler, which is tcp://HOST:PORT")
    return text if "://" in text else f"tcp://{text}"


def connect(address: str, scratch: Path, reads: Iterable[Path] = ()) -> Cluster:
    """Join a cluster whose workers can write in the folder ``scratch`` and see the files and folders ``reads``.

    All paths are absolute, and are the same on every machine. Workers that join later are given work, too, and are not
    looked at. Waits ten seconds for the scheduler and a minute for a first worker.

    Raises:
        BadEndpoint: when the address is none.
        MissingPackage: when Dask is not installed here.
        Unreachable: when no scheduler answers there.
        UnfitCluster: when it has no workers, or workers of other versions, or some that do not share the folders.
    """
    address = cluster_address(address)
    try:
        import distributed  # noqa: F401  (it takes a while, which is not the scheduler's fault)
    except ImportError:
        raise MissingPackage("distributed", "work on a cluster") from None
    client = _client(address)
    cluster = Cluster(address, client)
    try:
        cluster.wait()
        _compare(address, client)
        _share(address, client, scratch, [str(path) for path in reads])
    except BaseException:
        cluster.shutdown()
        raise
    return cluster


def _client(address: str) -> _Client:
    """Join in a thread of its own: Dask waits for ever for the greeting of a server that is no scheduler."""
    import distributed

    joined: Future[_Client] = Future()

    def join() -> None:
        client: Any = distributed.Client
        try:
            joined.set_result(client(address, timeout=_REACHED, set_as_default=False))
        except Exception as error:  # noqa: BLE001  (who is no scheduler answers in a way of its own)
            joined.set_exception(error)

    threading.Thread(target=join, daemon=True).start()
    try:
        return joined.result(2 * _REACHED)
    except Exception:  # noqa: BLE001
        raise Unreachable(address, f"no Dask scheduler answers within {_REACHED:.0f} seconds") from None


class Cluster(Executor):
    """An executor over a scheduler; closed as any executor is, by ``with`` or ``shutdown``."""

    def __init__(self, address: str, client: _Client) -> None:
        self.address = address
        self._client = client

    @property
    def workers(self) -> int:
        """How many tasks can be at work at once."""
        return sum(self._client.nthreads().values())

    def submit(self, fn: Callable[..., _T], /, *args: Any, **kwargs: Any) -> Future[_T]:
        """Give out a task. Its future raises ``WorkLost`` and ``Unreachable`` beside what the task raises."""
        ours: _Awaited[_T] = _Awaited(self)
        try:
            theirs = self._client.submit(fn, *args, pure=False, **kwargs)
        except RuntimeError:  # the client gave up a scheduler that is gone
            raise self.lost() from None
        ours.add_done_callback(lambda done: theirs.cancel() if done.cancelled() else None)
        theirs.add_done_callback(partial(self._hand_over, ours, described(fn, args)))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002
        """Leave the cluster; what has not begun is cancelled, and what has is not waited for."""
        self._client.close()

    def wait(self) -> None:
        """Wait until there is a worker.

        Raises:
            UnfitCluster: when there is none for a minute.
        """
        try:
            self._client.wait_for_workers(1, PATIENCE)
        except TimeoutError:
            raise UnfitCluster(
                self.address,
                f"it has had no workers for {PATIENCE:.0f} seconds",
                f"Start some, on any machine that shares the folder of the build: dask worker {self.address}",
            ) from None

    def lost(self) -> Unreachable:
        """What is said when the scheduler is gone."""
        return Unreachable(self.address, "the scheduler was lost while it had work of ours")

    def _hand_over(self, ours: Future[Any], task: str, theirs: Any) -> None:
        from distributed import CancelledError, KilledWorker

        if not ours.set_running_or_notify_cancel():
            return
        try:
            ours.set_result(theirs.result())
        except CancelledError:
            ours.set_exception(self.lost())
        except KilledWorker as error:
            ours.set_exception(WorkLost(task, error.allowed_failures + 1))
        except BaseException as error:  # noqa: BLE001  (whatever a task raises is its caller's)
            ours.set_exception(error)


class _Awaited(Future[_T]):
    """A future that does not wait for workers that will never come."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self._cluster = cluster

    def result(self, timeout: float | None = None) -> _T:
        while timeout is None and not self.done():
            with contextlib.suppress(TimeoutError):
                self.exception(PATIENCE)
                break
            self._cluster.wait()
        return super().result(timeout)


def _compare(address: str, client: _Client) -> None:
    """See that all run the Python and the Dask that we run."""
    found = client.get_versions()
    ours = _versions(found["client"])
    for where, theirs in {"its scheduler": found["scheduler"], **found["workers"]}.items():
        for name, version in _versions(theirs).items():
            if version != ours[name]:
                raise UnfitCluster(address, f"{where} has {name} {version}, and here is {ours[name]}", _INSTALL)


def _versions(of: Any) -> dict[str, str]:
    return {
        "Python": ".".join(of["host"]["python"].split(".")[:2]),
        "distributed": of["packages"]["distributed"] or "(none)",
    }


def _share(address: str, client: _Client, scratch: Path, reads: list[str]) -> None:
    """Have every worker read what we write, and write what we read."""
    token = scratch / f"token-{uuid.uuid4().hex}"
    token.write_text(token.name)
    try:
        told = client.run(_problem, __version__, str(token), reads, on_error="return")
        for where, problem in sorted(told.items()):
            if isinstance(problem, Exception):
                raise UnfitCluster(address, f"worker {where} cannot run mandate-graph ({problem})", _INSTALL)
            if problem:
                raise UnfitCluster(address, f"worker {where} {problem}", _SAME)
            if not _answer(token, where).exists():
                raise UnfitCluster(address, f"worker {where} writes elsewhere when it writes in {scratch}", _SAME)
    finally:
        for file in token.parent.glob(f"{token.name}*"):
            file.unlink(missing_ok=True)


def _problem(version: str, token: str, reads: list[str], dask_worker: Any) -> str:
    """Run on a worker: what it cannot do."""
    if version != __version__:
        return f"has mandate-graph {__version__}, and here is {version}"
    here = Path(token)
    try:
        if here.read_text() != here.name:
            return f"reads something else in {here.parent}"
        _answer(here, dask_worker.address).touch()
    except OSError as error:
        return f"cannot use the folder {here.parent} ({error.strerror})"
    missing = next((path for path in reads if not Path(path).exists()), "")
    return f"does not see {missing}" if missing else ""


def _answer(token: Path, worker: str) -> Path:
    return token.with_name(f"{token.name}.{re.sub(r'[^0-9A-Za-z]+', '-', worker)}")
