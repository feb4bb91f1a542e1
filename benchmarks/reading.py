"""Reads more and more pages, and shows that time grows with the text and memory does not.

``python benchmarks/reading.py [--pages 1,10,100,1000,10000] [--runs 3]`` prints a table in Markdown. Beside our reader
stands the floor: the same files read by lines and two regular expressions, which know no table, place, sub-item, note.
Every measurement is a process of its own; pages are read one after the other and let go, as a stream.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from comparing.with_bare import bare_items
from corpus import MANDATES_A_PAGE, write_corpus
from mandate_graph.authorities import load_authorities
from mandate_graph.house import choose_house
from mandate_graph.model import Capture
from mandate_graph.parse import PageReader
from mandate_graph.sources import read_captures
from measuring import Sample, fresh, middle, timed

WHO = ("ours", "bare")


def read_ours(folder: Path) -> Iterator[int]:
    """How many listings each page has, read by the project's reader."""
    authorities = load_authorities(choose_house(None, needed=False).authorities)
    reader = PageReader(authorities)
    for found in read_captures([folder], authorities.languages):
        if isinstance(found, Capture):
            yield len(reader.read(found).listings)


def read_bare(folder: Path) -> Iterator[int]:
    """How many items each page has, read by two patterns."""
    for path in sorted(folder.glob("*.txt")):
        yield len(bare_items(path.read_text(encoding="utf-8")))


def measure(folder: Path, who: str) -> Sample:
    """Measure one reader in a process of its own."""
    sample = fresh([sys.executable, __file__, "--child", who, str(folder)])
    if isinstance(sample, str):
        raise SystemExit(f"{who}: {sample}")
    return sample


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--pages", default="1,10,100,1000,10000", help="how many pages, from few to many")
    parser.add_argument("--runs", type=int, default=3, help="measurements of each row (3)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        who, folder = given.child[0], Path(given.child[1])
        timed(lambda: sum(read_ours(folder) if who == "ours" else read_bare(folder)), lambda items: {"items": items})
        return
    print("| pages | text | ours | MB/s | peak | bare lines and patterns | MB/s | ours / bare |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    for pages in map(int, given.pages.split(",")):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_corpus(folder, pages * MANDATES_A_PAGE)
            size = sum(path.stat().st_size for path in folder.glob("*.txt")) / 1e6
            samples: dict[str, list[Sample]] = {who: [] for who in WHO}
            for _ in range(given.runs):
                for who in WHO:
                    samples[who].append(measure(folder, who))
        ours, bare = (middle(samples[who]).seconds for who in WHO)
        peak = middle(samples["ours"]).rss / 1e6
        print(
            f"| {pages:,} | {size:.2f} MB | {ours:.2f} s | {size / ours:.1f} | {peak:.0f} MB | {bare:.3f} s "
            f"| {size / bare:.0f} | {ours / bare:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
