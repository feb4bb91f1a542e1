"""What it costs to build again when one page changed: processor time of each stage, and its share of a full build.

python benchmarks/revising.py --mandates 10000
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from pathlib import Path

import mandate_graph as mg
from inventing.files import write_corpus

_ROOT = Path(__file__).resolve().parent.parent
_LINKING = ("reading pages", "putting pages together", "comparing mandates", "checking the promises")


def change(pages: Path) -> None:
    """Put a word more into a paragraph of the first page that has one, and its digest into the manifest."""
    for path in sorted(pages.glob("*.txt")):
        data = path.read_bytes()
        before, found, after = data.partition(b"\n  1. ")
        if found:
            changed = before + found + after[:40] + b" lighthouses " + after[40:]
            path.write_bytes(changed)
            manifest = pages / "manifest.csv"
            old, new = (hashlib.sha256(each).hexdigest() for each in (data, changed))
            manifest.write_text(manifest.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
            return


def measured(pages: Path, out: Path) -> tuple[str, dict[str, float]]:
    """Build; what was done, and processor seconds by stage, in the one process that works."""
    spent: dict[str, float] = {}
    stage, since = "", time.process_time()

    def progress(name: str, _done: int, _total: int) -> None:
        nonlocal stage, since
        now = time.process_time()
        spent[stage] = spent.get(stage, 0.0) + now - since
        stage, since = name, now

    how = mg.build(pages, out=out, house=_ROOT, workers=1, progress=progress).how
    progress("", 0, 0)
    return how, spent


def main() -> None:
    """Build, change a page, build again, and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mandates", type=int, default=1_000, help="about how many (1000 to 1000000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        pages, out = Path(scratch) / "pages", Path(scratch) / "build"
        write_corpus(pages, options.mandates)
        _, full = measured(pages, out)
        change(pages)
        how, again = measured(pages, out)
    print(f"{how}\n\n| stage | all pages, s | one page, s | share |\n|---|--:|--:|--:|")
    for stage in filter(None, full):
        _row(stage, full.get(stage, 0.0), again.get(stage, 0.0))
    for name, stages in (("parsing, linking, validating", _LINKING), ("all", {*full, *again})):
        _row(f"**{name}**", *(sum(each.get(stage, 0.0) for stage in stages) for each in (full, again)))


def _row(name: str, whole: float, part: float) -> None:
    print(f"| {name} | {whole:.2f} | {part:.2f} | {f'{part / whole:.1%}' if whole else ''} |")


if __name__ == "__main__":
    main()
