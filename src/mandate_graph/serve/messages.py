"""A request as it came, and what goes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl

from mandate_graph.serve.spool import Running

__all__ = ["FileBody", "Refused", "Request", "Response", "fields_of"]

_MOST_FIELDS = 200
_MOST_ESCAPES = 200_000
"""More take so long to read that others would notice."""


class FileBody(NamedTuple):
    """A file, which is sent as it lies there; ``packed`` is the same file as gzip, where there is one."""

    path: Path
    size: int
    packed: Path | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: the path below the mount (decoded), the query string as it is, headers by lower-case names.

    ``root`` is the path of the mount (it ends in a slash), ``origin`` the scheme and the host that the client named,
    ``client`` who asks, for fairness alone.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    client: str = ""
    root: str = "/"
    origin: str = ""
    body: bytes = b""


@dataclass(slots=True)
class Response:
    """A status, headers and a body: bytes, a file, or an answer that is still being written.

    ``etag`` is an entity tag with its quotation marks (weak where it begins with ``W/``), ``modified`` a time in
    seconds; with either, conditional requests are answered. ``vary`` names the headers that the choice depended on.
    ``of_host`` says that the name that the client has for this server stands in it.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | FileBody | Running = b""
    etag: str = ""
    modified: float | None = None
    vary: Sequence[str] = ()
    links: list[str] = field(default_factory=list)
    of_host: bool = False


class Refused(Exception):
    """A request that is not answered as it stands; ``kind`` is one of ``problems.KINDS``, ``more`` says more of it."""

    def __init__(
        self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.more = more
        self.headers = dict(headers or {})


def fields_of(text: str, where: str) -> list[tuple[str, str]]:
    """The fields of a query string or of a form (WHATWG URL §5.1), in their order.

    Raises:
        Refused: when there are too many, or one is no UTF-8.
    """
    if text.count("%") > _MOST_ESCAPES:
        raise Refused(413, "too-long", f"the {where} has more than {_MOST_ESCAPES:,} escapes; send the query as a body")
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except UnicodeDecodeError:
        raise Refused(400, "malformed", f"the {where} is not UTF-8 once it is decoded") from None
    except ValueError:
        raise Refused(400, "malformed", f"the {where} has more than {_MOST_FIELDS} fields") from None
