"""The door to pyarrow: quads and tables as Parquet, in row groups."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from mandate_graph.engine import unquote
from mandate_graph.errors import MissingPackage
from mandate_graph.tables import SEPARATOR, Column, Table
from mandate_graph.write.lines import Source, blocks, object_of

__all__ = ["quads", "table"]

_ROW_GROUP = 100_000
_COLUMNS = ("subject", "predicate", "object", "object_kind", "datatype", "language", "graph")


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingPackage("pyarrow", "Parquet") from None
    return pa, pq


def quads(source: Source) -> Iterator[bytes]:
    """Sorted N-Quads, one row each: IRIs without brackets, texts without quotes and escapes; what is absent is null.

    ``object_kind`` is ``iri``, ``literal`` or ``bnode``; ``graph`` is null in the default graph. Memory: a row group.

    Raises:
        MissingPackage: when pyarrow is not installed.
    """
    arrow, _ = _arrow()
    schema = arrow.schema([(name, arrow.string()) for name in _COLUMNS])
    rows = (_row(line) for block in blocks(source) for line in block.lines.decode()[:-1].split("\n"))
    return _written(schema, rows)


def _row(line: str) -> tuple[str | None, ...]:
    subject, predicate, rest = line.split(" ", 2)
    term = object_of(rest)
    kind, value, language, datatype = unquote(term)
    graph = rest[len(term) + 2 : -3] or None
    return unquote(subject)[1], predicate[1:-1], value, kind, datatype or None, language or None, graph


def table(lines: Iterable[str], described: Table) -> Iterator[bytes]:
    """Lines of a table's CSV, typed as its columns say; cells with several values are lists.

    Raises:
        MissingPackage: when pyarrow is not installed.
    """
    arrow, _ = _arrow()
    types = {
        "integer": arrow.int64(),
        "decimal": arrow.decimal128(38, 9),
        "date": arrow.date32(),
        "boolean": arrow.bool_(),
    }
    fields = []
    for column in described.columns:
        kind = types.get(column.datatype, arrow.string())
        fields.append(arrow.field(column.name, arrow.list_(kind) if column.several else kind))
    cells = csv.reader(lines)
    next(cells)
    rows = ([_cell(cell, column) for cell, column in zip(row, described.columns, strict=True)] for row in cells)
    return _written(arrow.schema(fields), rows)


def _cell(text: str, column: Column) -> object:
    if column.several:
        return [_typed(part, column.datatype) for part in text.split(SEPARATOR)] if text else []
    return _typed(text, column.datatype) if text else None


def _typed(text: str, datatype: str) -> object:
    if datatype == "integer":
        return int(text)
    if datatype == "decimal":
        return Decimal(text)
    if datatype == "date":
        return dt.date.fromisoformat(text)
    return text == "true" if datatype == "boolean" else text


def _written(schema: Any, rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    arrow, parquet = _arrow()
    sink = _Sink()
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        held: list[Sequence[object]] = []
        for row in rows:
            held.append(row)
            if len(held) == _ROW_GROUP:
                writer.write_table(_group(arrow, schema, held), row_group_size=_ROW_GROUP)
                held = []
                yield sink.taken()
        writer.write_table(_group(arrow, schema, held), row_group_size=_ROW_GROUP)
    yield sink.taken()


def _group(arrow: Any, schema: Any, rows: Sequence[Sequence[object]]) -> Any:
    arrays = [arrow.array([row[place] for row in rows], field.type) for place, field in enumerate(schema)]
    return arrow.Table.from_arrays(arrays, schema=schema)


class _Sink(io.RawIOBase):
    """Takes what is written, and gives it away piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._held.append(piece)
        self._position += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._position

    def taken(self) -> bytes:
        """What was written since the last time."""
        piece = b"".join(self._held)
        self._held.clear()
        return piece
