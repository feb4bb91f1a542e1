"""One HTTP exchange: credentials stay with their host, a deadline holds for all of it, and answers are bounded."""

from __future__ import annotations

import base64
import contextlib
import copy
import datetime as dt
import http.client
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from os import environ
from typing import Any, Self
from urllib.parse import urlsplit

from mandate_graph.errors import (
    BadEndpoint,
    EndpointError,
    HalfAnswer,
    Redirected,
    TooMuch,
    TooSlow,
    Unreachable,
)

__all__ = ["LARGEST_ANSWER", "Access", "Exchange", "Reply", "checked_url"]

LARGEST_ANSWER = 1024**3
"""Bytes of one answer; a server that sends more is left."""
_DIGEST = re.compile(r"\bdigest\s+(.*)", re.IGNORECASE | re.DOTALL)
_BASIC = re.compile(r"\bbasic\b", re.IGNORECASE)
_BLOCK = 1024 * 1024
_LONGEST_REASON = 64 * 1024


@dataclass(frozen=True, slots=True)
class Access:
    """What a server may ask for: user and password (Basic, or Digest where it wants that), or a token (Bearer).

    What is written of it never shows what it holds.
    """

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls) -> Self:
        """From MANDATE_GRAPH_USER, MANDATE_GRAPH_PASSWORD and MANDATE_GRAPH_TOKEN."""
        return cls(*(environ.get(f"MANDATE_GRAPH_{name}", "") for name in ("USER", "PASSWORD", "TOKEN")))


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, reason phrase, content type (lower case, without parameters), body.

    ``cut`` is how many rows Virtuoso says that it gave of more, else empty; ``wait`` the seconds of a Retry-After.
    """

    status: int
    reason: str
    content_type: str
    body: bytes
    cut: str = ""
    wait: float = 0.0


def checked_url(url: str) -> str:
    """An address that can be asked.

    Raises:
        BadEndpoint: when it is not one of http or https, or when it holds a user or password.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadEndpoint(url.rpartition("@")[2], f"is no address ({error})") from None
    # Before anything else is said of it: no message may repeat a password.
    if "@" in parts.netloc:
        raise BadEndpoint(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}",
            "an address with a user or password in it ends in logs; "
            "put them into MANDATE_GRAPH_USER and MANDATE_GRAPH_PASSWORD",
        )
    if parts.scheme not in {"http", "https"} or not host:
        raise BadEndpoint(url.partition("?")[0], "is no address of a server; it must begin with http:// or https://")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadEndpoint(url.partition("?")[0], "holds a character that no address holds; write it as %XX")
    return url


class Exchange:
    """Sends requests to one server as somebody, each within a time in seconds.

    The time is that of the whole exchange. A time limit of sockets is one of each operation, and a server that sends a
    byte now and then would be waited for for ever; so the exchange runs in a thread of its own, which is given up.
    """

    def __init__(
        self, access: Access, timeout: float, largest: int = LARGEST_ANSWER, *, redirected: bool = True
    ) -> None:
        self._timeout = timeout
        self._redirects = _Redirects() if redirected else _Nowhere()
        self._largest = largest
        self._credentials = _Credentials(access)

    def within(self, timeout: float) -> Exchange:
        """The same with another time; what the server asked of us is known to both."""
        other = copy.copy(self)
        vars(other)["_timeout"] = timeout
        return other

    def send(self, request: urllib.request.Request) -> Reply:
        """Send a request; every answer of the server is a reply, whatever its status.

        Raises:
            Unreachable: when nobody answers.
            TooSlow: when the time is over.
            HalfAnswer: when the server stops in the middle.
            TooMuch: when the answer is larger than can be taken.
            Redirected: when the server sends elsewhere what cannot be sent there.
        """
        where = request.full_url.partition("?")[0]
        # Not redirected: a server that sends us elsewhere must not learn who we are there.
        request.first_host = True  # type: ignore[attr-defined]
        if authorization := self._credentials.unasked(request):
            request.add_unredirected_header("Authorization", authorization)
        wires: list[socket.socket] = []
        outcome: list[Reply | BaseException] = []

        def run() -> None:
            try:
                outcome.append(self._exchange(request, wires, time.monotonic() + self._timeout))
            except BaseException as error:  # noqa: BLE001 - it is raised again where the caller can see it
                outcome.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self._timeout)
        if not outcome:
            for wire in wires:
                with contextlib.suppress(OSError):
                    wire.shutdown(socket.SHUT_RDWR)
            raise TooSlow(where, self._timeout)
        answer = outcome[0]
        if isinstance(answer, Reply):
            return answer
        raise self._explained(answer, where) from None

    def _explained(  # noqa: PLR0911 - a table of causes
        self, error: BaseException, where: str
    ) -> BaseException:
        """The error of the exchange as one of the tree; what is none of the network's stays as it is."""
        if isinstance(error, EndpointError):
            return error
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(cause, TimeoutError):
            return TooSlow(where, self._timeout)
        if isinstance(cause, http.client.IncompleteRead):
            return HalfAnswer(where, f"it ended after {len(cause.partial):,} bytes of its last part")
        if isinstance(cause, socket.gaierror):
            return Unreachable(where, "no host of that name is known")
        if isinstance(cause, ssl.SSLError):
            return Unreachable(where, f"no safe connection ({cause.reason or cause})")
        if isinstance(cause, http.client.HTTPException):
            return HalfAnswer(where, f"what it sends is not HTTP, or stops early ({type(cause).__name__})")
        if isinstance(cause, OSError):
            return Unreachable(where, cause.strerror or str(cause))
        if isinstance(cause, str):
            return Unreachable(where, cause)
        return error

    def _exchange(self, request: urllib.request.Request, wires: list[socket.socket], deadline: float) -> Reply:
        handlers = [_Plain(wires), _Safe(wires), self._redirects, self._credentials]
        opener = urllib.request.build_opener(*handlers)
        where = request.full_url.partition("?")[0]
        try:
            response = opener.open(request, timeout=max(deadline - time.monotonic(), 0.001))
        except urllib.error.HTTPError as error:
            with error:
                reason = b""
                with contextlib.suppress(OSError, http.client.HTTPException):
                    reason = error.read(_LONGEST_REASON)
                asked = _seconds(str(error.headers.get("Retry-After") or ""))
                return Reply(error.code, str(error.reason), _content_type(error.headers), reason, wait=asked)
        with response:
            blocks: list[bytes] = []
            size = 0
            while block := response.read(_BLOCK):
                blocks.append(block)
                size += len(block)
                if size > self._largest:
                    raise TooMuch(where, self._largest)
            missing = getattr(response, "length", None)
            if missing:  # a read in blocks does not say that the announced length was not reached
                raise HalfAnswer(where, f"{missing:,} bytes of its answer are missing")
            cut = str(response.headers.get("X-SPARQL-MaxRows") or "")
            return Reply(response.status, str(response.reason), _content_type(response.headers), b"".join(blocks), cut)


def _seconds(text: str) -> float:
    """How long a Retry-After (RFC 9110 §10.2.3) asks us to wait: seconds, or a date."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - dt.datetime.now(dt.UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):  # absent, no date, or one without a zone
        return 0.0


def _content_type(headers: Any) -> str:
    return str(headers.get("Content-Type") or "").partition(";")[0].strip().lower()


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows where the same question can be asked again, without who asks."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        target = newurl.partition("?")[0]
        where = req.full_url.partition("?")[0]
        # A redirected POST becomes a GET without its body: the question would be lost, an update would seem done.
        if req.get_method() not in {"GET", "HEAD"} or urlsplit(newurl).scheme not in {"http", "https"}:
            fp.close()
            raise Redirected(where, target)
        try:
            return super().redirect_request(req, fp, code, msg, headers, newurl)
        except urllib.error.HTTPError:
            fp.close()
            raise Redirected(where, target) from None

    def http_error_302(self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any) -> Any:
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except urllib.error.HTTPError as error:
            if "redirect" in str(error.msg).lower():
                where = req.full_url.partition("?")[0]
                target = str(headers.get("Location", "")).partition("?")[0]
                error.close()
                raise Redirected(where, target) from None
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class _Nowhere(_Redirects):
    """Follows to no other address."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: Any,
        code: int,  # noqa: ARG002  (urllib's)
        msg: str,  # noqa: ARG002
        headers: Any,  # noqa: ARG002
        newurl: str,
    ) -> urllib.request.Request | None:
        fp.close()
        raise Redirected(req.full_url.partition("?")[0], newurl.partition("?")[0])


class _Credentials(urllib.request.BaseHandler, urllib.request.AbstractDigestAuthHandler):
    """Says who we are (RFC 7617, RFC 7616, RFC 6750), at the host that was named and at no other.

    A token is sent unasked. User and password wait until the server asks, because one that wants Digest must not get
    the password in clear (and Virtuoso, offered Basic, does not even say that it wants Digest). What it wanted once is
    sent at once from then on.
    """

    auth_header = "Authorization"
    handler_order = 490

    def __init__(self, access: Access) -> None:
        super().__init__()
        self.passwd = _Known(access)
        self._access = access
        self._basic = False
        self._challenge: dict[str, str] = {}

    def unasked(self, req: urllib.request.Request) -> str:
        """What this server is told before it asks; empty for nothing."""
        access = self._access
        if access.token:
            return f"Bearer {access.token}"
        if self._basic:
            return "Basic " + base64.b64encode(f"{access.user}:{access.password}".encode()).decode()
        return self._digest(req) if self._challenge else ""

    def _digest(self, req: urllib.request.Request) -> str:
        try:
            answer = self.get_authorization(req, self._challenge)
        except ValueError:  # an algorithm that is not known here
            return ""
        return f"Digest {answer}" if answer else ""

    def http_error_401(self, req: urllib.request.Request, fp: Any, code: int, _msg: str, headers: Any) -> Any:
        at_home = getattr(req, "first_host", False) and not getattr(req, "asked", False)
        if not at_home or self._access.token or not self._access.user:
            return None
        challenges = [str(header) for header in headers.get_all("WWW-Authenticate", [])]
        digests = [found[1] for one in challenges if (found := _DIGEST.search(one))]
        if digests:
            words = urllib.request.parse_http_list(digests[0])
            self._challenge = urllib.request.parse_keqv_list([word for word in words if "=" in word])
        self._basic = not digests and (code == 403 or any(_BASIC.search(one) for one in challenges))
        answer = self.unasked(req)
        if not answer or answer == req.unredirected_hdrs.get("Authorization"):
            return None
        req.add_unredirected_header("Authorization", answer)
        fp.close()
        req.asked = True  # type: ignore[attr-defined]
        return self.parent.open(req, timeout=req.timeout)

    # Some servers shut the door without asking who is there.
    http_error_403 = http_error_401


class _Known(urllib.request.HTTPPasswordMgr):
    """One user and password for whatever realm."""

    def __init__(self, access: Access) -> None:
        super().__init__()
        self._access = access

    def find_user_password(self, realm: str, authuri: str) -> tuple[str | None, str | None]:  # noqa: ARG002
        return self._access.user, self._access.password


def _watched(kind: type[http.client.HTTPConnection], wires: list[socket.socket]) -> Any:
    """Connections whose sockets are known to the one who may have to break them.

    The sockets, not the connections: a connection gives its socket away to the answer.
    """

    def connection(host: str, **options: Any) -> http.client.HTTPConnection:
        made = kind(host, **options)
        connect = made.connect

        def connected() -> None:
            connect()
            wires.append(made.sock)

        made.connect = connected  # type: ignore[method-assign]
        return made

    return connection


class _Plain(urllib.request.HTTPHandler):
    """HTTP whose connections are known to the one who may have to break them."""

    def __init__(self, wires: list[socket.socket]) -> None:
        super().__init__()
        self._wires = wires

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_watched(http.client.HTTPConnection, self._wires), req)


class _Safe(urllib.request.HTTPSHandler):
    """The same for HTTPS."""

    def __init__(self, wires: list[socket.socket]) -> None:
        super().__init__()
        self._wires = wires

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_watched(http.client.HTTPSConnection, self._wires), req)
