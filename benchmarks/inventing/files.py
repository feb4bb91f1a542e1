"""Writes invented pages and their manifest, as a stream, with as many workers as one likes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from inventing.layout import page_text
from inventing.plan import Plan, plan_page, plans
from inventing.words import LANGUAGES, Vocabulary, vocabulary

__all__ = ["Written", "write_corpus"]

_COLUMNS = "file,page,url,language,theme,sha256,captured,form,document,supersedes\n"
_SHARE = 50
_STEMS = ("", "_sp")


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written: files, bytes, and the mandates that the pages were planned to have."""

    files: int
    size: int
    mandates: int


def write_corpus(folder: Path, mandates: int, *, seed: int = 1, workers: int = 1) -> Written:
    """Write pages that together have about this many mandates, and ``manifest.csv``; existing files are overwritten.

    Equal numbers and seeds give equal bytes, whatever the number of workers; the pages of a smaller corpus are the
    first ones of a larger one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = vocabulary()
    numbers, total = [], 0
    for plan in plans(seed, mandates, words):
        numbers.append(plan.number)
        total += plan.mandates
    shares = [(folder, seed, numbers[place : place + _SHARE]) for place in range(0, len(numbers), _SHARE)]
    files = size = 0
    with (
        ProcessPoolExecutor(workers) if workers > 1 else nullcontext() as pool,
        (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as manifest,
    ):
        manifest.write(_COLUMNS)
        for rows, written in pool.map(_write, shares) if pool else map(_write, shares):
            manifest.writelines(rows)
            files, size = files + len(rows), size + written
    return Written(files, size, total)


def _write(share: tuple[Path, int, Sequence[int]]) -> tuple[list[str], int]:
    """Write some pages; returns their rows of the manifest and how many bytes they are."""
    folder, seed, numbers = share
    words = vocabulary()
    rows, size = [], 0
    for number in numbers:
        for name, row, text in _captures(plan_page(seed, number, words), seed, words):
            data = text.encode()
            (folder / name).write_bytes(data)
            rows.append(row.format(sha256=hashlib.sha256(data).hexdigest()))
            size += len(data)
    return rows, size


def _captures(plan: Plan, seed: int, words: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """Each file of a page: its name, its row with a blank for the digest, its text."""
    key, stem, _ = words.themes[plan.theme]
    stem = {"listing": "themesdetails", "full-text": "document"}.get(plan.form, stem)
    theme = key if plan.known_by == "manifest" and plan.form != "full-text" else ""
    for language in range(1 + plan.twin):
        page = f"{stem}_p{plan.number:05d}{_STEMS[language]}"
        ending, older = plan.container, f"{page}.2019.txt" if plan.older else ""
        url = f"https://www.summit-americas.org/sisca/{page}.html"
        start = f"{page},{url},{LANGUAGES[language]},{theme},{{sha256}}"
        if older:
            yield older, f"{older},{start},2019-05,,,\n", page_text(plan, language, seed, words, older=True)
        captured = "2023-02-01" if older else ""
        name = f"{page}.{ending}"
        yield name, f"{name},{start},{captured},,,{older}\n", page_text(plan, language, seed, words)
