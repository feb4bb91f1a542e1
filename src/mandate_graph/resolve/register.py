"""The register of a build: what its pages list, on a disk, so that memory does not grow with the corpus.

The door to SQLite. Two files: ``listed.db`` holds what was read and the mandates that came of it, ``joined.db`` what
holds mandates together. Each is written by one process and then never again; others read it without locks, so that it
may lie on a folder that several machines share. A copy of both can be revised.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from mandate_graph.model import Claim, Problem, Span
from mandate_graph.resolve.listed import Listed, ReadPage
from mandate_graph.resolve.schema import INDEX_OF_JOINED, INDEX_OF_LISTED, INDEX_OF_MANDATES, JOINED, LISTED

__all__ = ["MEMORY", "WANTED", "Register", "TooMuch", "numbered", "page_of"]

MEMORY = 192 << 20
"""Bytes that each of the two files may keep in memory."""

WANTED = "IN (SELECT key FROM temp.wanted)"
"""A condition on mandates that ``Register.only`` names."""

_PAGE_SIZE = 16384
_COLUMNS = ", ".join(f'"{name}"' for name in Listed._fields)
_PLACES = ", ".join("?" for _ in Listed._fields)
# Listings of a page; and numbers between two pages, so that others can come between.
_LISTINGS, _BETWEEN = 20, 1 << 12
_ADD = f"INSERT INTO listed ({_COLUMNS}) VALUES ({_PLACES})"  # noqa: S608  (ours)


class TooMuch(Exception):
    """A change that reaches further than what pages list; its argument says what changed."""


def numbered(place: int) -> int:
    """The number of a page by its place among all."""
    return place * _BETWEEN


def page_of(row: int) -> int:
    """The number of the page of a listing."""
    return row >> _LISTINGS


class Register:
    """Rows in, rows out; without a folder all of it is in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        """Begin a new one in an existing folder."""
        self._open(folder)
        self._run(LISTED + JOINED)

    @classmethod
    def revising(cls, folder: Path) -> Self:
        """Open a finished one, to change it."""
        register = cls.__new__(cls)
        register._open(folder)  # noqa: SLF001  (our own)
        return register

    @classmethod
    def reading(cls, folder: Path, *, joined: bool = True) -> Self:
        """Open one that is finished; any number of processes may. What joins mandates may be still to come."""
        register = cls.__new__(cls)
        register.folder = folder
        vars(register)["_file"] = sqlite3.connect(
            _address(folder / "listed.db", reading=True), uri=True, check_same_thread=False
        )
        if joined:
            register.rows("ATTACH ? AS joined", _address(folder / "joined.db", reading=True))
        return register

    def _open(self, folder: Path | None) -> None:
        listed, joined = (_address(folder and folder / name) for name in ("listed.db", "joined.db"))
        self._file = sqlite3.connect(listed, uri=True, isolation_level=None)
        self._file.execute("ATTACH ? AS joined", (joined,))
        self._file.execute("PRAGMA temp_store = MEMORY")
        for name in ("main", "joined"):
            self._file.execute(f"PRAGMA {name}.page_size = {_PAGE_SIZE}")
            # a build that dies begins anew: nothing is kept for the case that it does
            self._file.execute(f"PRAGMA {name}.journal_mode = OFF")
            self._file.execute(f"PRAGMA {name}.synchronous = OFF")
            self._file.execute(f"PRAGMA {name}.cache_size = -{MEMORY >> 10}")
        self._file.execute("BEGIN")
        self.folder = folder
        self._pages = 0

    def _run(self, statements: str) -> None:
        for statement in filter(str.strip, statements.split(";\n")):
            self._file.execute(statement)

    def close(self) -> None:
        """Write what is in memory, and let go of the files."""
        if self._file.in_transaction:
            self._file.execute("COMMIT")
        self._file.close()

    def commit(self) -> None:
        """Write what is in memory, so that others can read it."""
        self._file.execute("COMMIT")
        self._file.execute("BEGIN")

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a query."""
        return self._file.execute(query, values)

    def one(self, query: str, *values: object) -> Any:
        """The first column of the first row; None when there is no row."""
        row = self._file.execute(query, values).fetchone()
        return row[0] if row else None

    def write(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each row."""
        self._file.executemany(statement, rows)

    def add(self, read: ReadPage) -> None:
        """Take a page in; pages come in the order of their stems and captures."""
        self._pages += 1
        self.put(read, numbered(self._pages))

    def put(self, read: ReadPage, number: int) -> None:
        """Take a page in under a number, which says where it stands among the others."""
        places = ", ".join("?" for _ in read.row)
        self.write(f"INSERT INTO page VALUES (?, {places})", [(number, *read.row)])  # noqa: S608  (ours)
        first = (number << _LISTINGS) + 1
        self.write(_ADD, ((row, *listed) for row, listed in enumerate(read.listed, first)))
        self.write("INSERT INTO named VALUES (?, ?, ?)", ((row, *each) for row, each in enumerate(read.named, first)))
        self.write(
            "INSERT INTO positional VALUES (?, ?, ?, ?)",
            (
                (number, place, claim.subject, pickle.dumps(claim, pickle.HIGHEST_PROTOCOL))
                for place, claim in enumerate(read.positional)
            ),
        )
        self.problems(read.problems, f"page {number}")

    def mandates_on(self, number: int) -> Iterator[str]:
        """The mandates that a page lists."""
        rows = number << _LISTINGS, (number + 1) << _LISTINGS
        return (key for (key,) in self.rows("SELECT DISTINCT mandate FROM listed WHERE row > ? AND row < ?", *rows))

    def drop(self, number: int) -> None:
        """Forget what a page lists."""
        rows = number << _LISTINGS, (number + 1) << _LISTINGS
        for table in ("listed", "named"):
            self.write(f"DELETE FROM {table} WHERE row > ? AND row < ?", [rows])  # noqa: S608  (ours)
        self.write("DELETE FROM positional WHERE page = ?", [(number,)])
        self.write("DELETE FROM page WHERE row = ?", [(number,)])
        self.take_back(f"page {number}")

    def index(self) -> None:
        """Make it quick to find things; nothing is added of pages afterwards."""
        self._run(INDEX_OF_LISTED)

    def index_mandates(self) -> None:
        """Make it quick to find mandates by what they say, and by where they stand."""
        self._run(INDEX_OF_MANDATES)

    def index_joined(self) -> None:
        """Make it quick to find what holds mandates together."""
        self._run(INDEX_OF_JOINED)

    def only(self, keys: Iterable[str]) -> None:
        """Name the mandates that ``wanted`` has, until others are named."""
        self._run(
            "CREATE TEMP TABLE IF NOT EXISTS wanted (key TEXT PRIMARY KEY) WITHOUT ROWID;\nDELETE FROM temp.wanted"
        )
        self.write("INSERT INTO temp.wanted VALUES (?)", ((key,) for key in keys))

    def problems(self, problems: Iterable[Problem], origin: str) -> None:
        """Keep problems that come of something, each once."""
        self.write(
            "INSERT OR IGNORE INTO joined.problem VALUES (?, ?, ?, ?, ?)",
            ((each.page, each.line, each.kind, each.message, origin) for each in problems),
        )

    def take_back(self, origin: str) -> None:
        """Forget the problems that come of something."""
        self.write("DELETE FROM joined.problem WHERE origin = ?", [(origin,)])

    def kept_problems(self) -> Iterator[Problem]:
        """All problems, in the order of pages and lines."""
        query = "SELECT DISTINCT page, line, kind, message FROM joined.problem ORDER BY page, line, kind, message"
        for page, line, kind, message in self.rows(query):
            yield Problem(kind, page, line, message)

    def listed(self, condition: str = "", *values: object) -> Iterator[Listed]:
        """Listings in the order of pages, where nothing else is said."""
        query = f"SELECT {_COLUMNS} FROM listed {condition or 'ORDER BY row'}"  # noqa: S608  (ours)
        return map(Listed._make, self._file.execute(query, values))

    def claims(self, claims: Iterable[Claim]) -> None:
        """Keep claims; ``assign`` gives them to shards when all are there."""
        for claim in claims:
            row = self._file.execute(
                "INSERT INTO joined.claim VALUES (NULL, ?, ?, ?, NULL, ?)",
                (claim.subject, claim.relation, claim.object, pickle.dumps(claim, pickle.HIGHEST_PROTOCOL)),
            ).lastrowid
            self.write(
                "INSERT OR IGNORE INTO joined.span VALUES (?, ?, ?, ?)",
                ((capture, span.start, span.end, row) for capture, span in claim.evidence),
            )

    def drop_claims(self, condition: str, *values: object) -> list[Claim]:
        """Forget claims, and give them back."""
        rows = list(self.rows(f"SELECT row, claim FROM joined.claim WHERE {condition}", *values))  # noqa: S608  (ours)
        claims = []
        for row, blob in rows:
            claim: Claim = pickle.loads(blob)  # noqa: S301  (written by this very program)
            claims.append(claim)
            self.write(
                'DELETE FROM joined.span WHERE capture = ? AND "start" = ? AND "end" = ? AND claim = ?',
                ((capture, span.start, span.end, row) for capture, span in claim.evidence),
            )
        self.write("DELETE FROM joined.claim WHERE row = ?", ((row,) for row, _ in rows))
        return claims

    def assign(self) -> None:
        """Say which shard writes each claim: that of the first listing of its subject."""
        self._file.execute(
            f"""UPDATE joined.claim AS c SET shard = (SELECT p.shard FROM mandate m
                  JOIN page p ON p.row = m.first >> {_LISTINGS} WHERE m.key = c.subject)"""  # noqa: S608  (ours)
        )

    def claims_of(self, shard: int) -> list[Claim]:
        """The claims that a shard writes."""
        return [pickle.loads(blob) for (blob,) in self.rows("SELECT claim FROM claim WHERE shard = ?", shard)]  # noqa: S301

    def spans_in(self, captures: Iterable[str]) -> list[tuple[str, Span]]:
        """The evidence that those describe who hold some captures."""
        query = 'SELECT DISTINCT capture, "start", "end" FROM span WHERE capture = ?'
        return [
            (capture, Span(start, end))
            for each in sorted(set(captures))
            for capture, start, end in self.rows(query, each)
        ]


def _address(path: Path | None, *, reading: bool = False) -> str:
    if path is None:
        return "file::memory:"
    return path.absolute().as_uri() + ("?mode=ro&immutable=1" if reading else "")
