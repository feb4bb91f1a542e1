"""Which pages there are: the rows of ``pages.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mandate_graph.errors import BadTable
from mandate_graph.publish.rows import read_queries

__all__ = ["Kind", "Page", "Plan", "read_plan"]


class Page(NamedTuple):
    """A page that is no thing: its stem, its layout, the queries that feed it, the scripts that it loads.

    ``needs`` names what Python gives to it besides; ``engine`` says that its policy admits WebAssembly and other
    servers.
    """

    stem: str
    layout: str
    queries: Mapping[str, str]
    scripts: tuple[str, ...]
    needs: tuple[str, ...]
    engine: bool


class Kind(NamedTuple):
    """Things whose stem fits a pattern: ``*`` is one part of a path, ``**`` is one or more.

    ``listed`` says that crawlers are told of each of them.
    """

    name: str
    pattern: re.Pattern[str]
    layout: str
    queries: Mapping[str, str]
    scripts: tuple[str, ...]
    needs: tuple[str, ...]
    listed: bool


class Plan(NamedTuple):
    """All pages, and those that every page leads to; the last kind fits everything."""

    navigation: tuple[str, ...]
    pages: tuple[Page, ...]
    kinds: tuple[Kind, ...]

    def kind(self, stem: str) -> Kind:
        """The first kind whose pattern a stem fits."""
        return next(kind for kind in self.kinds if kind.pattern.fullmatch(stem))


def read_plan(folder: Path) -> Plan:
    """Read ``pages.toml`` and the queries that it names.

    Raises:
        BadTable: when it is not TOML, or a row lacks what it needs.
    """
    path = folder / "pages.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        pages = tuple(
            Page(
                row["stem"],
                row["layout"],
                read_queries(folder / "queries" / row.get("queries", row["stem"])),
                tuple(row.get("scripts", ())),
                tuple(row.get("needs", ())),
                row.get("engine", False),
            )
            for row in raw["page"]
        )
        kinds = tuple(
            Kind(
                row["name"],
                _pattern(row["stems"]),
                row["layout"],
                read_queries(folder / "queries" / row["name"]),
                tuple(row.get("scripts", ())),
                tuple(row.get("needs", ())),
                row.get("listed", False),
            )
            for row in raw["kind"]
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadTable("publish/pages.toml", f"not a TOML file ({error})") from None
    except KeyError as error:
        raise BadTable("publish/pages.toml", f"a row lacks {error}") from None
    return Plan(tuple(raw.get("navigation", ())), pages, kinds)


def _pattern(stems: str) -> re.Pattern[str]:
    parts = ({"**": ".+", "*": "[^/]+"}.get(part, re.escape(part)) for part in re.split(r"(\*\*|\*)", stems) if part)
    return re.compile("".join(parts))
