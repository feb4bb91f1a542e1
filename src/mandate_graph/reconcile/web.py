"""The face over WSGI (PEP 3333), and a server on this machine for a person with OpenRefine."""

from __future__ import annotations

import re
import socketserver
import wsgiref.simple_server
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from mandate_graph.errors import UsageError
from mandate_graph.reconcile.face import Request, Response, answer, refusal
from mandate_graph.reconcile.service import Service

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

__all__ = ["application", "listen"]

MOST_BYTES = 4 * 1024 * 1024
"""How long the body of a request may be."""
_MOST_FIELDS = 50
_HOST = re.compile(r"[A-Za-z0-9.\-]+(?::\d+)?|\[[0-9A-Fa-f:.]+\](?::\d+)?")
_PATIENCE = 30.0


def application(service: Service) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """The service as a WSGI application; the path that it is mounted under is SCRIPT_NAME."""

    def run(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        response = _respond(service, environ)
        status = HTTPStatus(response.status)
        start(
            f"{status.value} {status.phrase}",
            [*response.headers.items(), ("Content-Length", str(len(response.body)))],
        )
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]

    return run


def _respond(service: Service, environ: WSGIEnvironment) -> Response:
    method = environ["REQUEST_METHOD"]
    try:
        fields = _fields(environ.get("QUERY_STRING", ""))
        if method == "POST":
            length = environ.get("CONTENT_LENGTH") or "0"
            if not length.isdecimal():
                return refusal(400, "Content-Length: must be a number of bytes")
            if int(length) > MOST_BYTES:
                return refusal(
                    413, f"the body has {length} bytes; {MOST_BYTES} are the most. Send fewer queries at once"
                )
            sort = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
            if sort not in {"", "application/x-www-form-urlencoded"}:
                return refusal(415, f"{sort[:60]}: send a form (application/x-www-form-urlencoded)")
            fields |= _fields(environ["wsgi.input"].read(int(length)).decode("utf-8"))
    except UnicodeDecodeError as error:
        return refusal(400, f"the body is not UTF-8 at byte {error.start}")
    except UsageError as error:
        return refusal(400, str(error))
    path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
    return answer(service, Request(method, path, fields, _root(environ)))


def _fields(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace")
    except ValueError:
        raise UsageError(f"more than {_MOST_FIELDS} fields; send 'queries' or 'extend'") from None
    return dict(reversed(pairs))  # of a field that is there twice the first one counts


def _root(environ: WSGIEnvironment) -> str:
    """The address of the mount, as the client knows it."""
    host = environ.get("HTTP_HOST", "")
    if not _HOST.fullmatch(host):
        host = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    mount = quote(environ.get("SCRIPT_NAME", "").encode("latin-1"))
    return f"{environ['wsgi.url_scheme']}://{host}{mount.rstrip('/')}"


class _Handler(wsgiref.simple_server.WSGIRequestHandler):
    timeout = _PATIENCE

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name in the standard library)
        """Say nothing: a person reads this terminal."""


class _Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True
    # The 5 of the standard library are few: of 64 clients at once it turned some away.
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is no news."""


def listen(service: Service, host: str, port: int) -> wsgiref.simple_server.WSGIServer:
    """A server that is bound and not yet running (``serve_forever``); port 0 takes a free one.

    Raises:
        OSError: when the address cannot be had.
    """
    return wsgiref.simple_server.make_server(host, port, application(service), _Server, _Handler)
