"""Real servers on loopback: three SPARQL stores, and servers of the standard library that behave badly on purpose."""

from __future__ import annotations

import contextlib
import http.server
import os
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest

from mandate_graph.exchange import Access

_STARTS = 120.0


@dataclass(frozen=True)
class Store:
    """A running store: the address that a person would name, where it is asked, and who may change it."""

    kind: str
    url: str
    query: str
    access: Access = field(default_factory=Access)


def needed(program: str, package: str) -> str:
    """The path of a program that a Debian package brings; a test skips without it, but where all must run it fails."""
    path = shutil.which(program)
    return path or without(f"{program} is not here; it comes with Debian's {package}")


def without(said: str) -> NoReturn:
    """Skip a test that lacks something; where all must run it fails."""
    if os.environ.get("MANDATE_GRAPH_TESTS") == "all":
        pytest.fail(said)
    pytest.skip(said)


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


@contextlib.contextmanager
def _process(command: Sequence[str], folder: Path, port: int) -> Iterator[None]:
    """A server process that is up when we enter and gone when we leave."""
    log = folder / "server.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out) as server,
    ):
        try:
            ends = time.monotonic() + _STARTS
            while not _is_up(port):
                if server.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError(f"{command[0]} does not start:\n{log.read_text(errors='replace')}")
                time.sleep(0.1)
            yield
        finally:
            server.kill()


def _is_up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


@contextlib.contextmanager
def oxigraph(folder: Path, *options: str, port: int = 0) -> Iterator[Store]:
    port = port or free_port()
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or "oxigraph"
    with _process([program, "serve", "--bind", f"127.0.0.1:{port}", *options], folder, port):
        yield Store("oxigraph", f"http://127.0.0.1:{port}/query", f"http://127.0.0.1:{port}/query")


_INI = """[Database]
DatabaseFile = {folder}/v.db
ErrorLogFile = {folder}/v.log
LockFile = {folder}/v.lck
TransactionFile = {folder}/v.trx
xa_persistent_file = {folder}/v.pxa
FileExtend = 200
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {folder}/t.db
TransactionFile = {folder}/t.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 10
CheckpointInterval = 0
DirsAllowed = .
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
CaseMode = 2

[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {folder}
ServerThreads = 6
MaxClientConnections = 6

[SPARQL]
ResultSetMaxRows = 100000

[Plugins]
"""


@contextlib.contextmanager
def virtuoso(folder: Path) -> Iterator[Store]:
    port, sql = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(_INI.format(folder=folder, port=port, sql=sql))
    with _process([needed("virtuoso-t", "virtuoso-opensource"), "-f", "-c", str(ini)], folder, port):
        url = f"http://127.0.0.1:{port}/sparql"
        yield Store("virtuoso", url, url, Access("dba", "dba"))


_RDFLIB = """
import sys
import uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
dataset = Dataset(default_union=True)
for path in sys.argv[2:]:
    dataset.parse(path, format="nquads")
app = SparqlEndpoint(graph=dataset, enable_update=True, cors_enabled=False)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""


@contextlib.contextmanager
def rdflib_endpoint(folder: Path, *loaded: Path) -> Iterator[Store]:
    """Empty, or with files of N-Quads in it: its updates are slow."""
    port = free_port()
    with _process([sys.executable, "-c", _RDFLIB, str(port), *map(str, loaded)], folder, port):
        yield Store("rdflib-endpoint", f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/")


STORES: dict[str, Callable[[Path], contextlib.AbstractContextManager[Store]]] = {
    "oxigraph": oxigraph,
    "virtuoso": virtuoso,
    "rdflib-endpoint": rdflib_endpoint,
}


@dataclass
class Seen:
    """One request that a server of ours got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Handler(http.server.BaseHTTPRequestHandler):
    """Hands every request to the server's ``act`` after it was written down."""

    protocol_version = "HTTP/1.1"

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = self.server
        assert isinstance(server, _Server)
        server.seen.append(Seen(self.command, self.path, dict(self.headers.items()), body))
        self.close_connection = True
        with contextlib.suppress(OSError):
            server.act(self, body)

    do_GET = do_POST = do_PUT = do_DELETE = handle_one  # noqa: N815

    def reply(self, status: int, body: bytes = b"", content_type: str = "text/plain", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


Act = Callable[[Handler, bytes], None]


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self, act: Act) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.act = act
        self.seen: list[Seen] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/query"


@contextlib.contextmanager
def server(act: Act) -> Iterator[_Server]:
    """A server that does with every request what ``act`` does."""
    with _Server(act) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()


def forward(handler: Handler, body: bytes, to: str) -> None:
    """Hand a request on to another server (``http://host:port``) and its answer back."""
    request = urllib.request.Request(to + handler.path, data=body or None, method=handler.command)
    for name in ("Accept", "Content-Type"):
        if name in handler.headers:
            request.add_header(name, handler.headers[name])
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            handler.reply(answer.status, answer.read(), answer.headers.get("Content-Type", "text/plain"))
    except urllib.error.HTTPError as error:
        with error:
            handler.reply(error.code, error.read())
