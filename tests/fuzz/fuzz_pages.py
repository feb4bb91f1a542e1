"""Search for a page that breaks an invariant, guided by coverage (libFuzzer by way of atheris).

``python tests/fuzz/fuzz_pages.py -max_total_time=600 CORPUS_DIR``; an empty corpus is filled with the pages of the tests
and of the sources. The first byte of an input is its shape, the rest is the file. ``KEEP=DIR`` goes on behind a finding,
and keeps the shortest input of each kind in that folder.
"""

from __future__ import annotations

import difflib
import importlib
import os
import random
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
atheris: Any = importlib.import_module("atheris")
with atheris.instrument_imports(
    include=[f"mandate_graph.{room}" for room in ("parse", "cite", "resolve", "containers")],
    exclude=["mandate_graph.containers.apart", "mandate_graph.containers.word", "mandate_graph.containers.pdf"],
):
    from fuzz.invariants import DETECTED, ROOT, SHAPES, Machine, Shape
    from fuzz.tokens import ENDINGS, INDENTS, LINES, MARKERS, TAGS, TOKENS

# Being watched makes everything slower; what is slow here is timed again without.
MACHINE = Machine(slowness=8.0)
KEEP = os.environ.get("KEEP", "")
# The spellings closest to an unknown citation are a remark alone, and finding them takes as long as all the rest.
difflib.get_close_matches = lambda *_, **__: []


def one_input(data: bytes) -> None:
    """Check one input.

    Raises:
        Broken: when an invariant does not hold and findings are not kept.
    """
    if len(data) < 2:
        return
    shape, page, twice = SHAPES[data[0] % len(SHAPES)], data[1:], len(data) % 8 == 0
    if not KEEP:
        MACHINE.check(page, shape, twice=twice)
        return
    try:
        for broken in MACHINE.broken(page, shape, twice=twice):
            _keep(page, shape, broken.rule, str(broken))
    except Exception as error:  # noqa: BLE001  (whatever it is, it is a finding)
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "mandate_graph" in frame.filename]
        place = f"{Path(frames[-1].filename).stem}-{frames[-1].name}" if frames else "test"
        _keep(page, shape, f"{type(error).__name__} {place}", "".join(traceback.format_exception(error)))


def _keep(page: bytes, shape: Shape, rule: str, why: str) -> None:
    path = Path(KEEP) / f"{rule.replace(' ', '_')}.{shape.form}{shape.suffix}"
    if not path.exists() or path.stat().st_size > len(page):
        path.write_bytes(page)
        path.with_name(f"{path.name}.why").write_text(why[-6000:], encoding="utf-8")


def mutate(data: bytes, most: int, seed: int) -> bytes:
    """Change a page as pages differ: lines, markers, citations, indentation; now and then any byte."""
    chance = random.Random(seed)
    if len(data) < 2 or chance.random() < 0.15:
        return bytes(atheris.Mutate(data, most))
    head, text = data[:1], data[1:].decode("utf-8", "surrogateescape")
    if chance.random() < 0.05:
        head = bytes([chance.randrange(len(SHAPES))])
    suffix = SHAPES[head[0] % len(SHAPES)].suffix
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        text = _change(text, suffix, chance)
    return (head + text.encode("utf-8", "surrogateescape"))[:most]


def _change(text: str, suffix: str, chance: random.Random) -> str:
    tokens = TAGS if suffix == ".html" and chance.random() < 0.4 else TOKENS
    lines = text.splitlines(keepends=True) or [""]
    place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(12):
        case 0:
            lines.insert(place, _line(tokens, chance))
        case 1:
            lines.insert(place, chance.choice(LINES) + chance.choice(ENDINGS))
        case 2:
            del lines[place : place + chance.choice((1, 1, 2, 8))]
        case 3:
            lines.insert(other, lines[place])
        case 4:
            lines[place], lines[other] = lines[other], lines[place]
        case _:
            lines[place] = _changed(lines[place], tokens, chance)
    return "".join(lines)


def _changed(line: str, tokens: Sequence[str], chance: random.Random) -> str:
    token, column = chance.choice(tokens), chance.randrange(len(line) + 1)
    left, right = line[:column], line[column:]
    match chance.randrange(6):
        case 0:
            return chance.choice(INDENTS) + line.lstrip()
        case 1:
            words = line.split(" ")
            words[chance.randrange(len(words))] = token
            return " ".join(words)
        case 2:
            return left.rstrip() + chance.choice(ENDINGS) + chance.choice(INDENTS) + right.lstrip()
        case 3:
            return line.rstrip() + chance.choice(("", " ")) + token + chance.choice(ENDINGS)
        case 4:
            return chance.choice(INDENTS) + chance.choice(MARKERS) + " " + line.lstrip(" \t")
        case _:
            return left + token + chance.choice(("", " ")) + right


def _line(tokens: Sequence[str], chance: random.Random) -> str:
    words = (chance.choice(tokens) for _ in range(chance.choice((1, 1, 2, 3, 6))))
    return chance.choice(INDENTS) + " ".join(words) + chance.choice(ENDINGS)


_CHUNK = 900


def seed_corpus(folder: Path) -> None:
    """Fill an empty folder: every page as what it is, and texts in every form."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    for path in sorted((*(ROOT / "tests" / "pages").iterdir(), *(ROOT / "sources" / "documents").glob("*.txt"))):
        if path.suffix not in {shape.suffix for shape in SHAPES}:
            continue
        for number, shape in enumerate(SHAPES):
            if shape.suffix == path.suffix and (shape.form == DETECTED or path.stat().st_size < 4000):
                for start in range(0, path.stat().st_size, _CHUNK):
                    data = path.read_bytes()[start : start + _CHUNK]
                    (folder / f"{path.stem}-{number}-{start}").write_bytes(bytes([number]) + data)
    for number, shape in enumerate(SHAPES):
        (folder / f"lines-{number}").write_bytes(bytes([number]) + _sample(shape).encode())


def _sample(shape: Shape) -> str:
    if shape.suffix == ".html":
        return "<ol>" + "".join(f"<li>{line.strip()}" for line in LINES) + "</ol>"
    return "\n".join(LINES)


def main() -> None:
    """Run libFuzzer with the options of the command line."""
    folders = [Path(word) for word in sys.argv[1:] if not word.startswith("-")]
    if folders:
        seed_corpus(folders[0])
    if KEEP:
        Path(KEEP).mkdir(parents=True, exist_ok=True)
    atheris.Setup(sys.argv, one_input, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
