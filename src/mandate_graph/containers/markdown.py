"""Markdown to lines, by way of the HTML that it stands for (CommonMark)."""

from __future__ import annotations

from markdown_it import MarkdownIt

from mandate_graph.containers.html import read_markup
from mandate_graph.containers.plain import decode
from mandate_graph.containers.text import Rendition

__all__ = ["read_markdown"]


def read_markdown(name: str, data: bytes) -> Rendition:
    """A page as CommonMark.

    Raises:
        UnreadablePage: when the bytes are no text.
    """
    text, notes = decode(name, data)
    return read_markup(MarkdownIt("commonmark").enable("table").render(text), notes)
