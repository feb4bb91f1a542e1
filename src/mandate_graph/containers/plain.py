"""Bytes to text: which encoding a file is in, found from its bytes and said aloud."""

from __future__ import annotations

import codecs
import contextlib
import re

from mandate_graph.containers.text import Rendition
from mandate_graph.errors import UnreadablePage

__all__ = ["decode", "read_plain"]

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_SNIFFED = 2048
_SINGLE = "windows-1252"
# WHATWG Encoding §4.2: these labels mean windows-1252 on the web.
_SINGLE_LABELS = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii", "cp1252", _SINGLE})


def read_plain(name: str, data: bytes) -> Rendition:
    """A text file as it stands; a byte-order mark is no part of it.

    Raises:
        UnreadablePage: when the bytes are no text.
    """
    text, notes = decode(name, data)
    return Rendition(text, {}, notes)


def decode(name: str, data: bytes, *, markup: bool = False) -> tuple[str, tuple[str, ...]]:
    """Text and remarks: by a byte-order mark, else as UTF-8, else by what the markup declares, else as windows-1252.

    A file that is UTF-8 but for some bytes is read as UTF-8, and those bytes as windows-1252; each remark says so.

    Raises:
        UnreadablePage: when the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _with_mark(name, data[len(mark) :], encoding)
    if b"\0" in data:
        place = data.index(0)
        advice = "Save the page as text in UTF-8."
        if data[: place + 64].count(0) > 8:
            advice = "It may be UTF-16 without a byte-order mark; save the page as UTF-8."
        raise UnreadablePage(name, f"a binary file (NUL at byte {place})", advice)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    declared = _declared(data) if markup else ""
    if declared and declared not in {"utf-8", "utf8", *_SINGLE_LABELS}:
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            return data.decode(declared), (f"read as {declared}, as the page declares",)
    text, odd, note = _bytewise(data, declared, line)
    if odd > max(8, len(data) // 50):
        raise UnreadablePage(name, f"not text in a known encoding (line {line})", "Save the page as text in UTF-8.")
    return text, (note, f"{odd} bytes stand for no character; each is shown as U+FFFD") if odd else (note,)


def _bytewise(data: bytes, declared: str, line: int) -> tuple[str, int, str]:
    """Text, bytes that stand for nothing, and the remark: windows-1252 throughout, or where UTF-8 fails."""
    text, odd, valid = _mixed(data)
    if declared in _SINGLE_LABELS or not valid:
        how = "as the page declares" if declared in _SINGLE_LABELS else f"because line {line} is not UTF-8"
        return *_single(data), f"read as {_SINGLE}, {how}"
    return text, odd, f"UTF-8, but for bytes that were read as {_SINGLE} (first on line {line})"


def _with_mark(name: str, data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        advice = "Save the page as UTF-8."
        raise UnreadablePage(name, f"not {encoding.upper()} at byte {error.start}, as its mark says", advice) from None
    if "\0" in text:
        raise UnreadablePage(name, f"holds NUL at character {text.index(chr(0))}", "Save the page as text in UTF-8.")
    return text, () if encoding == "utf-8" else (f"read as {encoding.upper()}, as its byte-order mark says",)


def _declared(data: bytes) -> str:
    found = _META.search(data[:_SNIFFED])
    return found[1].decode("ascii").lower() if found else ""


def _single(data: bytes) -> tuple[str, int]:
    text = data.decode(_SINGLE, errors="replace")
    return text, text.count("\ufffd")


def _mixed(data: bytes) -> tuple[str, int, bool]:
    """The text, how many bytes stand for nothing, and whether any character of several bytes is UTF-8 after all."""
    parts: list[str] = []
    odd, valid, place = 0, False, 0
    while place < len(data):
        try:
            tail = data[place:].decode("utf-8")
        except UnicodeDecodeError as error:
            good = data[place : place + error.start].decode("utf-8")
            stray, bad = _single(data[place + error.start : place + error.start + 1])
            parts += (good, stray)
            odd += bad
            valid = valid or not good.isascii()
            place += error.start + 1
            if len(parts) > 20_000:  # this is no UTF-8 with a few strange bytes
                return "", 0, False
            continue
        parts.append(tail)
        valid = valid or not tail.isascii()
        break
    return "".join(parts), odd, valid
