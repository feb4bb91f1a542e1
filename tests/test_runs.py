"""Lines sorted piece by piece are those sorted at once, and the figures of the pieces are those of the whole."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mandate_graph.engine import Quad, literal
from mandate_graph.iris import MG
from mandate_graph.write import lines_of, nquads
from mandate_graph.write.runs import join, put_run, sort_range, splitters

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
# Names of which one begins as another does, and characters on both sides of the surrogates.
IRIS = [
    "<urn:a>",
    "<urn:a/b>",
    "<urn:a#>",
    "<urn:aé>",
    "<urn:a\uffee>",
    "<urn:a𝄞>",
    f"<{MG}Mandate>",
    f"<{MG}Man>",
    TYPE,
]
GRAPHS = ["<urn:g>", "<urn:g/1>", "<urn:g1>", "<urn:h>"]
TEXTS = ["", "a", "a b", "a <urn:g", f"> {TYPE} <{MG}Mandate> <urn:g> .", "\r\n\x85\u2028\t", '"', "\\", "\uffee", "𝄞"]


def quads() -> st.SearchStrategy[list[Quad]]:
    text = st.sampled_from(TEXTS) | st.text(st.sampled_from('ab <>."\\\r\n\x85é𝄞\uffee'), max_size=4)
    objects = (
        st.sampled_from(IRIS)
        | st.builds(literal, text, st.sampled_from(["", "en", "en-US", "e"]))
        | st.builds(lambda value: literal(value, datatype="urn:d"), text)
    )
    one = st.tuples(st.sampled_from(IRIS), st.sampled_from([TYPE, "<urn:p>"]), objects, st.sampled_from(GRAPHS))
    return st.lists(one, max_size=60)


def naive(lines: list[bytes]) -> tuple[int, int, Counter[str], Counter[str]]:
    """Quads, triples, classes and graphs of lines, counted from their terms."""
    found = set()
    for line in lines:
        subject, predicate, rest = line.decode().split(" ", 2)
        term, _, graph = rest.removesuffix(" .\n").rpartition(" ")
        found.add((subject, predicate, term, graph))
    triples = {quad[:3] for quad in found}
    classes = Counter(o for _, p, o in triples if p == TYPE and o.startswith(f"<{MG}"))
    return len(found), len(triples), classes, Counter(quad[3] for quad in found)


def cut(given_quads: list[Quad], number: int, chance: random.Random) -> list[list[bytes]]:
    """Lines dealt to so many runs, some to two of them."""
    runs: list[list[bytes]] = [[] for _ in range(number)]
    for line in lines_of(given_quads):
        for run in chance.choices(runs, k=chance.choice([1, 1, 2])):
            run.append(line)
    return runs


@given(quads(), quads(), st.integers(1, 5), st.integers(1, 6), st.randoms(use_true_random=False))
def test_any_runs_and_cuts_give_the_lines_sorted_at_once(
    content: list[Quad], more: list[Quad], number: int, count: int, chance: random.Random
) -> None:
    lines = list(lines_of(content))
    cuts = splitters(chance.sample(lines, chance.randint(0, len(lines))), count)
    assert len(cuts) < count
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = [put_run(part, folder / f"run-{place}", cuts) for place, part in enumerate(cut(content, number, chance))]
        ranges = [sort_range(runs, place, folder / f"range-{place}") for place in range(len(cuts) + 1)]
        assert b"".join(each.path.read_bytes() for each in ranges) == nquads(content)
        for each in ranges:
            own = each.path.read_bytes()
            assert each.size == len(own)
            assert (each.quads, each.triples, each.classes, each.graphs) == naive(own.splitlines(keepends=True))
        total = naive(lines)
        assert (sum(each.quads for each in ranges), sum(each.triples for each in ranges)) == total[:2]

        target = folder / "whole.nq"
        joined = join([each.path for each in ranges], lines_of(more), target)
        whole = nquads([*content, *more])
        assert target.read_bytes() == whole
        assert joined == (whole.count(b"\n"), len(whole), hashlib.sha256(whole).hexdigest())
        assert sorted(path.name for path in folder.iterdir()) == [*(f"run-{n}" for n in range(number)), "whole.nq"]


@given(quads())
def test_bytes_have_the_order_of_the_characters(content: list[Quad]) -> None:
    by_character = sorted({f"{s} {p} {o} {g} .\n" for s, p, o, g in content})
    assert nquads(content) == "".join(by_character).encode()


def test_no_triple_is_in_two_ranges() -> None:
    """However many graphs say it, it is counted once, and its class has one thing more."""
    content = [(f"<urn:{n}>", TYPE, f"<{MG}Mandate>", f"<urn:g{graph}>") for n in range(5) for graph in range(50)]
    lines = list(lines_of(content))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cuts = splitters(lines, 9)
        runs = [put_run(lines[start::2], folder / f"run-{start}", cuts) for start in range(2)]
        ranges = [sort_range(runs, place, folder / f"range-{place}") for place in range(len(cuts) + 1)]
    assert sum(each.quads for each in ranges) == 250
    assert sum(each.triples for each in ranges) == 5
    assert sum((Counter(each.classes) for each in ranges), Counter()) == {f"<{MG}Mandate>": 5}


def test_ranges_have_like_sizes() -> None:
    """In bytes, where some lines are long and others are short."""
    quads = (("<urn:s>", f"<urn:p{n}>", literal("x" * (n // 5)), "<urn:g>") for n in range(1000, 5000))
    lines = list(lines_of(quads))
    cuts = splitters(random.Random(7).sample(lines, 1000), 8)
    with tempfile.TemporaryDirectory() as name:
        run = put_run(lines, Path(name) / "run", cuts)
    sizes = [end - start for start, end in pairwise(run.cuts)]
    assert len(sizes) == 8
    assert max(sizes) < 1.5 * min(sizes)


def test_a_file_is_whole_or_not_there_when_its_writer_is_killed(tmp_path: Path) -> None:
    """The system kills a process that writes more than it may: in the middle of a run, and of a range."""
    lines = [b"<urn:%d> <urn:p> <urn:o> <urn:g> .\n" % number for number in range(10_000)]
    run = put_run(lines, tmp_path / "run", ())
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from mandate_graph.write.runs import Run, put_run, sort_range\n"
        "path = Path(sys.argv[1]); lines = path.read_bytes().splitlines(keepends=True)\n"
        "run, other = Run(path, (0, path.stat().st_size)), path.with_name(sys.argv[2])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_DFL); resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "put_run(lines, other, ()) if sys.argv[2] == 'again' else sort_range([run], 0, other)\n"
    )
    unmeasured = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    for name in ("again", "range"):
        killed = subprocess.run([sys.executable, "-c", code, str(run.path), name], env=unmeasured, check=False)
        assert killed.returncode == -signal.SIGXFSZ
        assert not (tmp_path / name).exists()
    assert put_run(lines, tmp_path / "again", ()).cuts == run.cuts
    assert sort_range([run], 0, tmp_path / "range") == sort_range([run], 0, tmp_path / "range")
