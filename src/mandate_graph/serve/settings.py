"""What a server is told: the limits that it keeps, and whom it may ask; a TOML file, or nothing."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mandate_graph.errors import BadOption, MissingPath
from mandate_graph.failures import shown

__all__ = ["Settings", "read_settings", "state_folder"]

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Every limit of a server; docs/serving.md says what each defends.

    ``seconds`` is the deadline of a query, ``memory`` what it may take beside the data (bytes), ``answer`` the size of
    an answer after which it is cut (bytes), ``body`` that of a request (bytes), ``query`` its characters without rows
    of VALUES, ``workers`` how many queries run at once, ``waiting`` how many may wait for their turn, ``connections``
    how many may be open, ``patience`` how long a client may take for its next move (seconds). ``services`` are the
    addresses that SERVICE may name, ``proxies`` the addresses (of machines, not of networks) whose X-Forwarded-For is
    believed. ``store`` says where the data are: in ``memory``, on the ``disk``, or (``auto``) in memory where they fit.
    """

    seconds: float = 20.0
    memory: int = 1024 * _MEGABYTE
    answer: int = 128 * _MEGABYTE
    body: int = 2 * _MEGABYTE
    query: int = 64_000
    workers: int = 8
    waiting: int = 256
    connections: int = 1024
    patience: float = 15.0
    services: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    store: str = "auto"


_LEAST = {"seconds": 0.1, "memory": 64 * _MEGABYTE, "answer": 1000, "body": 1000, "query": 100, "workers": 1,
          "waiting": 1, "connections": 8, "patience": 0.1}  # fmt: skip
_MOST = {"seconds": 86_400, "query": 64_000, "workers": 256, "patience": 3600}
_STORES = ("auto", "memory", "disk")


def read_settings(path: str | None) -> Settings:
    """Read a TOML file with keys of ``Settings``; the defaults where there is none.

    Raises:
        MissingPath: when it is not there.
        BadOption: when it is not TOML, or a key is unknown or of the wrong kind; the message says which.
    """
    if path is None:
        return Settings()
    file = Path(path)
    if not file.is_file():
        raise MissingPath(path, "file", "Name a TOML file, or leave --config out.")
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadOption("config", f"{shown(path)} is not TOML: {error}") from None
    known = [field.name for field in fields(Settings)]
    for key in raw:
        if key not in known:
            raise BadOption("config", f"{shown(path)}: {shown(key)} is nothing that a server is told", known)
    return replace(Settings(), **{key: _checked(path, key, value) for key, value in raw.items()})


def _addresses(path: str, key: str, value: Any) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        raise BadOption("config", f"{shown(path)}: {key} is a list of addresses")
    right, what = _ADDRESSES[key]
    for each in value:
        if not right(each):
            raise BadOption("config", f"{shown(path)}: {key}: {shown(each)} is not {what}")
    return tuple(value)


def _endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:  # brackets that hold no address
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _machine(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _checked(path: str, key: str, value: Any) -> Any:
    if key in {"services", "proxies"}:
        return _addresses(path, key, value)
    if key == "store":
        if value not in _STORES:
            raise BadOption("config", f"{shown(path)}: store: {shown(str(value))} is none", list(_STORES))
        return value
    whole = key not in {"seconds", "patience"}
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise BadOption("config", f"{shown(path)}: {key} is a{' whole' if whole else ''} number")
    if not _LEAST[key] <= value <= _MOST.get(key, float("inf")):
        most = f" and at most {_MOST[key]:,}" if key in _MOST else ""
        raise BadOption("config", f"{shown(path)}: {key} is at least {_LEAST[key]:,}{most}")
    return value


_ADDRESSES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "services": (_endpoint, "the address of an endpoint"),
    "proxies": (_machine, "the IP address of a machine"),
}


def state_folder(option: str | None) -> Path:
    """Where what is prepared is kept: the option, else what systemd gives, else the user's cache."""
    given = option or os.environ.get("CACHE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given)
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "mandate-graph"
