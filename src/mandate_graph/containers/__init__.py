"""Containers: what holds a page (text, HTML, Markdown, Word, PDF), and how its bytes become text.

A new container is one module and one row of ``CONTAINERS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mandate_graph.containers.text import Hint, Rendition

__all__ = ["CONTAINERS", "SUFFIXES", "Container", "Hint", "Rendition", "container_of"]


@dataclass(frozen=True, slots=True)
class Container:
    """A media type (RFC 6838), the names of its files, and the module and function that read it.

    ``apart`` containers are read in a process of their own, because their readers can be brought down. ``largest`` is
    the size in bytes up to which files are read; the longest page known has 0.03 MB, the longest full text 0.2 MB.
    """

    media_type: str
    suffixes: tuple[str, ...]
    reader: tuple[str, str]
    apart: bool = True
    largest: int = 16 * 2**20

    def load(self) -> Callable[[str, bytes], Rendition]:
        """The reader; its library is imported when it is first wanted."""
        from importlib import import_module

        module, name = self.reader
        reader: Callable[[str, bytes], Rendition] = getattr(import_module(f"{__name__}.{module}"), name)
        return reader


CONTAINERS: Mapping[str, Container] = {
    container.media_type: container
    for container in (
        Container("text/plain", (".txt", ".text"), ("plain", "read_plain"), apart=False),
        Container("text/html", (".html", ".htm", ".xhtml", ".asp", ".aspx"), ("html", "read_html")),
        Container("text/markdown", (".md", ".markdown"), ("markdown", "read_markdown")),
        Container(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            (".docx",),
            ("word", "read_word"),
            largest=64 * 2**20,
        ),
        Container("application/pdf", (".pdf",), ("pdf", "read_pdf"), largest=64 * 2**20),
    )
}
SUFFIXES: Mapping[str, str] = {
    suffix: container.media_type for container in CONTAINERS.values() for suffix in container.suffixes
}
_SNIFFED = 1024


def container_of(suffix: str, data: bytes) -> tuple[str, str]:
    """The media type of a file and how it was told: what its first bytes show, else its name, else text."""
    head = data[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"%PDF-"):
        return "application/pdf", "it begins with %PDF"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return next(
            kind for kind in CONTAINERS if kind.endswith("wordprocessingml.document")
        ), "it is an Office package"
    lower = head.lower().replace(b"\0", b"")
    if lower.lstrip(b"\xff\xfe").startswith((b"<!doctype html", b"<html")):
        return "text/html", "it begins as HTML does"
    if named := SUFFIXES.get(suffix.lower()):
        return named, f"its name ends in {suffix}"
    return "text/plain", "nothing says otherwise"
