"""What a notebook shows of a result, a graph or a mandate: HTML that needs nothing else, every word escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

__all__ = ["facts", "marked", "table"]

_ROWS = 25
_LONG = 300
_CELL = "text-align:left;vertical-align:top;white-space:normal;max-width:40em"


def table(names: Sequence[str], rows: Sequence[Sequence[object]], total: int, note: str = "") -> str:
    """Rows as a table: a ``…Label`` column stands in for its identifiers, which become its links; long text is cut."""
    shown = [name for name in names if not (name.endswith("Label") and name.removesuffix("Label") in names)]
    head = "".join(f'<th style="{_CELL}">{html.escape(name)}</th>' for name in shown)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{_cell(cells, name)}</td>' for name in shown) + "</tr>"
        for row in rows[:_ROWS]
        for cells in [dict(zip(names, row, strict=True))]
    )
    more = f"{total} row{'' if total == 1 else 's'}" + (f", {_ROWS} of them here" if total > _ROWS else "")
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<p>{more}{f'; {html.escape(note)}' if note else ''}</p>"
    )


def facts(title: str, lines: Iterable[tuple[str, object]]) -> str:
    """A title and what is known under it."""
    body = "".join(
        f'<tr><th style="{_CELL}">{html.escape(name)}</th><td style="{_CELL}">{_link(value, value)}</td></tr>'
        for name, value in lines
        if value not in {None, ""}
    )
    return f"<p><strong>{html.escape(title)}</strong></p><table><tbody>{body}</tbody></table>"


def marked(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """A text with spans (start and end in code points, what they are) marked; of those that overlap, the first."""
    parts, place = [], 0
    for start, end, what in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= place:
            words = html.escape(text[start:end])
            parts += [html.escape(text[place:start]), f'<mark title="{html.escape(what)}">{words}</mark>']
            place = end
    return f'<p style="max-width:50em">{"".join(parts)}{html.escape(text[place:])}</p>'


def _cell(cells: dict[str, object], name: str) -> str:
    value, label = cells[name], cells.get(f"{name}Label")
    return _link(value, value if label is None else label)


def _link(value: object, words: object) -> str:
    if value is None:
        return ""
    text = str(words)
    shown = html.escape(text if len(text) <= _LONG else text[:_LONG] + " …")
    address = str(value)
    if address.startswith(("http://", "https://")):
        return f'<a href="{html.escape(address)}">{shown}</a>'
    return shown
