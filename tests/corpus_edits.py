"""A small corpus under random edits, of the kinds that captures of a site go through."""

from __future__ import annotations

import csv
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from inventing.files import write_corpus

_ITEM = re.compile(r"\n\n(?=  1\. )")
_COLUMNS = ("file", "page", "url", "language", "theme", "sha256", "captured", "form", "document", "supersedes")
_SYMBOLS = ("AG/RES. 2905 (XLVII-O/17)", "AG/RES. 2905", "A/RES/70/1", "CP/RES. 1234 (2099/05)", "AG/RES. 7777")
_STEPS = (
    "  1. Carry out these steps for the {0} of the valleys:\n      a. build {0} bridges;\n      b. paint {0} boats. {1}"
)


class Edited:
    """A folder of pages, and what can happen to it."""

    def __init__(self, folder: Path, source: Path, seed: int, files: int = 14) -> None:
        self.folder = folder
        self.pick = random.Random(seed)
        folder.mkdir()
        with (source / "manifest.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if (source / row["file"]).suffix == ".txt"]
        stems = sorted({re.sub(r"_sp$", "", row["page"]) for row in rows})
        kept: list[dict[str, str]] = []
        for stem in self.pick.sample(stems, len(stems)):
            if len(kept) < files:
                kept += [row for row in rows if row["page"] in {stem, f"{stem}_sp"}]
        self.rows = {row["file"]: {**row, "sha256": ""} for row in kept}
        for name in self.rows:
            items = _ITEM.split((source / name).read_text(encoding="utf-8"))
            (folder / name).write_text("\n\n".join(items[:12]), encoding="utf-8")
        self._manifest()

    def _manifest(self) -> None:
        with (self.folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS)
            writer.writeheader()
            writer.writerows(self.rows.values())

    def _some(self) -> str:
        return self.pick.choice(sorted(self.rows))

    def _items(self, name: str) -> list[str]:
        return _ITEM.split((self.folder / name).read_text(encoding="utf-8", errors="replace"))

    def _put(self, name: str, items: list[str]) -> None:
        (self.folder / name).write_text("\n\n".join(items), encoding="utf-8")

    def _change(self, change: Callable[[str], str]) -> None:
        name = self._some()
        items = self._items(name)
        place = self.pick.randrange(len(items))
        items[place] = change(items[place])
        self._put(name, items)

    def word(self) -> None:
        """A word becomes another one."""
        self._change(lambda item: item.replace(" de ", " sobre ", 1).replace(" and ", " but ", 1))

    def spelling(self) -> None:
        """The words stay, and their letters and stops do not: it is the same mandate."""
        self._change(lambda item: item[:8] + item[8:60].upper() + item[60:] if len(item) > 60 else item)

    def citation(self) -> None:
        """A paragraph gets another paragraph's citation, or none."""
        other = re.search(r"\([^()]*\)\.?\s*$", self.pick.choice(self._items(self._some())))
        cited = self.pick.choice([other.group() if other else "", ""])
        self._change(lambda item: re.sub(r"\([^()]*\)\.?\s*$", lambda _: cited, item))

    def move(self) -> None:
        """A paragraph goes to another page."""
        item = self._taken()
        self._given(item)

    def repeat(self) -> None:
        """A paragraph stands on another page, too."""
        self._given(self.pick.choice(self._items(self._some())[1:] or ["  1. Nothing at all."]))

    def _taken(self) -> str:
        name = self._some()
        items = self._items(name)
        item = items.pop(self.pick.randrange(1, len(items))) if len(items) > 1 else "  1. Sail on."
        self._put(name, items)
        return item

    def _given(self, item: str) -> None:
        name = self._some()
        items = self._items(name)
        items.insert(self.pick.randrange(1, len(items) + 1), item)
        self._put(name, items)

    def symbol(self) -> None:
        """A text names something by a symbol."""
        self._change(lambda item: item.replace(", ", f" as in {self.pick.choice(_SYMBOLS)}, ", 1))

    def steps(self) -> None:
        """A chapeau with steps below it, or the steps of another chapeau."""
        cited = "(Plan of Action Santiago, 1998)."
        self._given(_STEPS.format(self.pick.choice(["old", "new"]), cited))

    def label(self) -> None:
        """A paragraph has a number of the document's own."""
        self._change(lambda item: item.replace("  1. ", f"  {self.pick.randrange(2, 6)}. ", 1))

    def gone(self) -> None:
        """A page goes."""
        if len(self.rows) > 6:
            self._drop(self._some())

    def _drop(self, name: str) -> None:
        (self.folder / name).unlink()
        row = self.rows.pop(name)
        for other in self.rows.values():
            if other["supersedes"] == row["file"]:
                other["supersedes"] = ""
        self._manifest()

    def new(self) -> None:
        """A page comes, which repeats some of another one."""
        name = self._some()
        stem = f"{self.rows[name]['page']}x{self.pick.randrange(100)}"
        if f"{stem}.txt" not in self.rows:
            self._put(f"{stem}.txt", self._items(name)[: self.pick.randrange(2, 9)])
            self.rows[f"{stem}.txt"] = {**self.rows[name], "file": f"{stem}.txt", "page": stem, "supersedes": ""}
            self._manifest()

    def renamed(self) -> None:
        """A page has another stem."""
        name = self._some()
        stem = f"a{self.pick.randrange(1000)}{self.rows[name]['page']}"
        if f"{stem}.txt" not in self.rows:
            shutil.move(self.folder / name, self.folder / f"{stem}.txt")
            row = self.rows[name]
            self.rows[f"{stem}.txt"] = {**row, "file": f"{stem}.txt", "page": stem, "supersedes": ""}
            (self.folder / name).touch()
            self._drop(name)

    def captured(self) -> None:
        """A page has a newer capture, which replaces the one before, or is known by its date alone."""
        name = self._some()
        newer = f"{self.rows[name]['page']}.{self.pick.randrange(2020, 2030)}.txt"
        if newer not in self.rows:
            self._put(newer, self._items(name)[: self.pick.randrange(4, 20)])
            date, older = self.pick.choice([("", name), ("2024-05-01", name), ("2023", "")])
            taken = any(row["supersedes"] == name for row in self.rows.values())
            self.rows[newer] = {
                **self.rows[name], "file": newer, "captured": date, "supersedes": "" if taken else older,
            }  # fmt: skip
            self._manifest()

    def said(self) -> None:
        """The manifest says something else of a page."""
        row = self.rows[self._some()]
        row[self.pick.choice(["language", "theme"])] = ""
        row["captured"] = self.pick.choice(["", "2020", "2021-02"])
        self._manifest()

    def theme(self) -> None:
        """A heading names a theme that no table has."""
        name = self._some()
        self.rows[name]["theme"] = ""
        text = (self.folder / name).read_text(encoding="utf-8", errors="replace")
        label = self.pick.choice(["LIGHTHOUSES: Old", "Lighthouses: old", "LIGHTHOUSES: New"])
        text = re.sub(r"\n[A-ZÁÉÍÓÚÑ ,&-]+: [^\n]*\nMANDA", f"\n{label}\nMANDA", text, count=1)
        (self.folder / name).write_text(text, encoding="utf-8")
        self._manifest()

    def broken(self) -> None:
        """A file cannot be read any more."""
        (self.folder / self._some()).write_bytes(b"")

    def touched(self) -> None:
        """A file is written again as it is."""
        os.utime(self.folder / self._some(), (1, self.pick.randrange(10**9)))

    def edit(self) -> list[str]:
        """Some edits at once; what they are."""
        often = [self.word, self.move, self.repeat, self.citation, self.spelling, self.steps, self.captured, self.new]
        rare = [
            self.symbol, self.label, self.gone, self.renamed, self.said, self.theme, self.broken, self.touched,
        ]  # fmt: skip
        several = [self.pick.choice([*often, *rare]) for _ in range(self.pick.choice([1, 1, 1, 2, 3]))]
        for each in several:
            each()
        return [each.__name__ for each in several]


def made_source(folder: Path) -> Path:
    """A folder of invented pages to take some from."""
    write_corpus(folder, 1000)
    return folder
