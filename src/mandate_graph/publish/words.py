"""The words of the interface: one folder a language, tables of TOML whose keys are joined by dots."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mandate_graph.errors import BadTable

__all__ = ["load_words"]


def load_words(folder: Path, first: str) -> dict[str, dict[str, str]]:
    """By language, the words by their keys; the language ``first`` comes first.

    Raises:
        BadTable: when a file is not TOML, or a language lacks a word that another one has.
    """
    codes = sorted((each.name for each in folder.iterdir() if each.is_dir()), key=lambda code: (code != first, code))
    words = {code: dict(_words(folder / code)) for code in codes}
    everything = {key for each in words.values() for key in each}
    for code, known in words.items():
        if missing := sorted(everything - known.keys()):
            raise BadTable(f"words/{code}", f"lacks {', '.join(missing[:5])}{' and more' if len(missing) > 5 else ''}")
    return words


def _words(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.toml")):
        try:
            yield from _flat(tomllib.loads(path.read_text(encoding="utf-8")), "")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadTable(f"words/{folder.name}/{path.name}", f"not a TOML file ({error})") from None


def _flat(table: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", str(value)
