"""Writes a corpus of invented pages, as many as one asks for, always the same, printed in the site's own forms.

``python benchmarks/corpus.py FOLDER --mandates N [--seed 1] [--workers 2]`` writes pages with about N mandates, and
their manifest. Growing N adds pages and leaves those that were there as they are.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from inventing.files import Written, write_corpus

__all__ = ["MANDATES_A_PAGE", "Written", "write_corpus"]

MANDATES_A_PAGE = 22
"""About how many mandates a file of a corpus adds: for those who ask for pages."""


def main() -> None:
    """Write, and say how much."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the pages go; made when it is not there")
    parser.add_argument("--mandates", type=int, required=True, help="about how many mandates (1000 to 1000000)")
    parser.add_argument("--seed", type=int, default=1, help="another number, another corpus (1)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes; the bytes are the same")
    given = parser.parse_args()
    written = write_corpus(given.folder, given.mandates, seed=given.seed, workers=given.workers)
    print(f"{written.files:,} files, {written.size / 1e6:,.1f} MB, {written.mandates:,} mandates")


if __name__ == "__main__":
    main()
