"""The register of a build: what its pages list, on a disk, so that memory does not grow with the corpus.

The door to SQLite. Two files: ``listed.db`` holds what was read and the mandates that came of it, ``joined.db`` what
holds mandates together. Each is written by one process and then never again; others read it without locks, so that it
may lie on a folder that several machines share.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from mandate_graph.model import Claim, Problem, Span
from mandate_graph.resolve.listed import Listed, ReadPage
from mandate_graph.resolve.schema import INDEX_OF_LISTED, INDEX_OF_MANDATES, JOINED, LISTED

__all__ = ["MEMORY", "Register"]

MEMORY = 192 << 20
"""Bytes that each of the two files may keep in memory."""

_PAGE_SIZE = 16384
_COLUMNS = ", ".join(f'"{name}"' for name in Listed._fields)
_PLACES = ", ".join("?" for _ in Listed._fields)
_ADD = f"INSERT INTO listed ({_COLUMNS}) VALUES ({_PLACES})"  # noqa: S608  (ours)


class Register:
    """Rows in, rows out; without a folder all of it is in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        """Begin a new one in an existing folder."""
        self.folder = folder
        listed, joined = (_address(folder and folder / name) for name in ("listed.db", "joined.db"))
        self._file = sqlite3.connect(listed, uri=True, isolation_level=None)
        self._file.execute("ATTACH ? AS joined", (joined,))
        for name in ("main", "joined"):
            self._file.execute(f"PRAGMA {name}.page_size = {_PAGE_SIZE}")
            # a build that dies begins anew: nothing is kept for the case that it does
            self._file.execute(f"PRAGMA {name}.journal_mode = OFF")
            self._file.execute(f"PRAGMA {name}.synchronous = OFF")
            self._file.execute(f"PRAGMA {name}.cache_size = -{MEMORY >> 10}")
        self._file.execute("BEGIN")
        self._run(LISTED + JOINED)
        self._rows = 0

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
        self.write("INSERT INTO page VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [read.row])
        first = self._rows + 1
        self._rows += len(read.listed)
        self.write(
            _ADD,
            ((row, *listed) for row, listed in enumerate(read.listed, first)),
        )
        self.write("INSERT INTO named VALUES (?, ?, ?)", ((row, *each) for row, each in enumerate(read.named, first)))
        self.write(
            "INSERT INTO positional VALUES (NULL, ?, ?)",
            ((claim.subject, pickle.dumps(claim, pickle.HIGHEST_PROTOCOL)) for claim in read.positional),
        )
        self.problems(read.problems)

    def index(self) -> None:
        """Make it quick to find things; nothing is added of pages afterwards."""
        self._run(INDEX_OF_LISTED)

    def index_mandates(self) -> None:
        """Make it quick to find mandates by what they say, and by where they stand."""
        self._run(INDEX_OF_MANDATES)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Keep problems, each once."""
        self.write(
            "INSERT OR IGNORE INTO joined.problem VALUES (?, ?, ?, ?)",
            ((each.page, each.line, each.kind, each.message) for each in problems),
        )

    def kept_problems(self) -> Iterator[Problem]:
        """All problems, in the order of pages and lines."""
        for page, line, kind, message in self.rows("SELECT * FROM joined.problem ORDER BY page, line, kind, message"):
            yield Problem(kind, page, line, message)

    def listed(self, condition: str = "", *values: object) -> Iterator[Listed]:
        """Listings in the order of pages, where nothing else is said."""
        query = f"SELECT {_COLUMNS} FROM listed {condition or 'ORDER BY row'}"  # noqa: S608  (ours)
        return map(Listed._make, self._file.execute(query, values))

    def claims(self, claims: Iterable[Claim]) -> None:
        """Keep claims; ``assign`` gives them to shards when all are there."""
        self.write(
            "INSERT INTO joined.claim VALUES (NULL, ?, ?, ?, NULL, ?)",
            (
                (each.subject, each.relation, each.object, pickle.dumps(each, pickle.HIGHEST_PROTOCOL))
                for each in claims
            ),
        )

    def assign(self) -> None:
        """Say which shard writes each claim, and which ones describe its evidence."""
        self._file.execute(
            """UPDATE joined.claim AS c SET shard = (SELECT p.shard FROM mandate m JOIN listed l ON l.row = m.first
                 JOIN page p ON p.capture = l.capture AND p.page = l.page WHERE m.key = c.subject)"""
        )
        self._file.execute("CREATE INDEX joined.claim_of_shard ON claim (shard)")

        def spans() -> Iterator[tuple[object, ...]]:
            for (blob,) in self.rows("SELECT claim FROM joined.claim"):
                for capture, span in pickle.loads(blob).evidence:  # noqa: S301  (written by this very build)
                    for (shard,) in self.rows("SELECT DISTINCT shard FROM page WHERE capture = ?", capture):
                        yield shard, capture, span.start, span.end

        self.write("INSERT OR IGNORE INTO joined.span VALUES (?, ?, ?, ?)", spans())

    def claims_of(self, shard: int) -> list[Claim]:
        """The claims that a shard writes."""
        return [pickle.loads(blob) for (blob,) in self.rows("SELECT claim FROM claim WHERE shard = ?", shard)]  # noqa: S301

    def spans_of(self, shard: int) -> list[tuple[str, Span]]:
        """The evidence that a shard describes."""
        query = 'SELECT capture, "start", "end" FROM span WHERE shard = ?'
        return [(capture, Span(start, end)) for capture, start, end in self.rows(query, shard)]


def _address(path: Path | None, *, reading: bool = False) -> str:
    if path is None:
        return "file::memory:"
    return path.absolute().as_uri() + ("?mode=ro&immutable=1" if reading else "")
