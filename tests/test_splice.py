"""What is spliced into files of a build gives the bytes of the whole, written anew."""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from mandate_graph.engine import Engine
from mandate_graph.house import House
from mandate_graph.iris import MG
from mandate_graph.resolve.kin import Bounds, TextRuns, find_kin, find_kin_again
from mandate_graph.resolve.shared_runs import runs_of
from mandate_graph.terms import load_terms
from mandate_graph.write import stream
from mandate_graph.write.mending import Side, mended_jsonld, mended_turtle
from mandate_graph.write.nesting import NESTS, typed
from mandate_graph.write.records import Form, mended
from mandate_graph.write.shorten import Style
from mandate_graph.write.splice import Mended, SortedLines, put_spliced

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_BASE = "https://example.org/id/"
STYLE = Style(_BASE, load_terms(House(ROOT).ontology))


def line(pick: random.Random) -> bytes:
    """A line of some kind: triples of several graphs, typings, texts that look like others."""
    predicate = pick.choice([_TYPE, f"{_BASE}p"])
    text = pick.choice(["", "<x> ", f"<{_TYPE}> <{MG}K0> ", "y" * pick.randrange(60)])
    thing = pick.choice([f"<{_BASE}o{pick.randrange(5)}>", f'"x{text}"', f"<{MG}K{pick.randrange(3)}>"])
    return f"<{_BASE}s{pick.randrange(pick.choice([3, 200]))}> <{predicate}> {thing} <{_BASE}g{pick.randrange(3)}> .\n".encode()


def figures(lines: set[bytes]) -> tuple[int, int, Counter[str], Counter[str]]:
    triples = {each.rpartition(b" <")[0].decode() for each in lines}
    parts = [each.split(" ", 2) for each in triples]
    classes = Counter(thing for _, said, thing in parts if said == f"<{_TYPE}>" and thing.startswith(f"<{MG}"))
    return len(triples), len(lines), classes, Counter(each.split()[-2].decode() for each in lines)


@pytest.mark.parametrize("seed", range(40))
def test_quads_with_a_difference_are_sorted_and_counted(seed: int, tmp_path: Path) -> None:
    pick = random.Random(seed)
    old, new = ({line(pick) for _ in range(pick.randrange(most))} for most in (400, 60))
    gone = set(pick.sample(sorted(old), min(len(old), pick.randrange(40))))
    lines = SortedLines(b"".join(sorted(old)))
    change = Mended.of(lines, gone, new)
    put_spliced(lines, change.gone, change.new, tmp_path / "nq")
    now = (old - gone) | new
    assert (tmp_path / "nq").read_bytes() == b"".join(sorted(now))
    pairs: list[tuple[Any, Any, Any]] = list(zip(figures(old), figures(now), change.difference, strict=True))
    for before, after, difference in pairs:
        if isinstance(before, int):
            assert before + difference == after
        else:
            before.update(difference)
            assert +before == after


def test_a_line_that_is_not_there_cannot_go() -> None:
    lines = SortedLines(b"<a> <b> <c> <g> .\n")
    with pytest.raises(ValueError, match="<z>"):
        Mended.of(lines, [b"<a> <b> <z> <g> .\n"], [])


def graph(pick: random.Random) -> set[str]:
    """Triples in which things stand below others, are referred to by none, one or several, and nest in each other."""
    names = [
        f"{one}{two}" for one, two in product(("a", "b", "b/c", "b-c", "ba", "c"), ("", "/en", "/en/x", "-2", "#f"))
    ]
    things = [f"<{_BASE}{pick.choice(names)}>" for _ in range(30)]
    kinds = [f"<{name}>" for name in ("http://data.europa.eu/eli/ontology#Expression", f"{MG}Mandate")]
    nests = list(typed(STYLE.terms.prefixes))
    triples = {f"<{_BASE}> <{_TYPE}> {kinds[0]}", f"<{_BASE}{0}> <{_TYPE}> {kinds[0]}"}
    for _ in range(pick.randrange(5, 60)):
        one, other = pick.choice(things), pick.choice(things)
        triples.add(
            pick.choice([
                f"{one} <{_TYPE}> {pick.choice(kinds)}", f"{one} {pick.choice(nests)} {other}",
                f'{one} <{MG}quote> "text {pick.randrange(5)}"@en',
            ])
        )  # fmt: skip
    return triples


def nquads(triples: set[str], pick: random.Random) -> bytes:
    """The triples in two graphs, but for those that never change."""
    graphs = (
        (each, 0 if f"<{_BASE}> " in each or f"<{_BASE}0> " in each else pick.randrange(2)) for each in sorted(triples)
    )
    return b"".join(sorted(f"{each} <{_BASE}g{number}> .\n".encode() for each, number in graphs))


@pytest.mark.parametrize("seed", range(60))
def test_formats_with_a_difference_are_those_of_the_whole(seed: int, tmp_path: Path) -> None:
    pick = random.Random(seed)
    first = graph(pick)
    second = {each for each in sorted(first) if pick.random() < 0.9 or f"<{_BASE}> " in each or f"<{_BASE}0> " in each}
    second |= set(pick.sample(sorted(graph(pick)), 3))
    old, new = nquads(first, pick), nquads(second, pick)
    changed = set(old.splitlines(keepends=True)) ^ set(new.splitlines(keepends=True))
    nests = list(typed(STYLE.terms.prefixes))
    before, after = (
        Side(SortedLines(quads), partial(Engine(quads).referrers, predicates=nests)) for quads in (old, new)
    )
    assert len(nests) == len(NESTS)
    turtle, jsonld = tmp_path / "turtle", tmp_path / "jsonld"
    for path in (turtle, jsonld):
        path.write_bytes(b"".join(stream(old, path.name, STYLE)))
    subjects = {each.split(b" ")[0] for each in changed}
    assert b"".join(mended_turtle(turtle, subjects, after.lines, STYLE)) == b"".join(stream(new, "turtle", STYLE))
    assert b"".join(mended_jsonld(jsonld, changed, before, after, STYLE)) == b"".join(stream(new, "jsonld", STYLE))


def test_records_come_and_go_at_both_ends(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"b 1\nd 2\n")
    form = Form(b"\n", 0, b"", lambda data, place: data[place : place + 1], moves=True)
    for records, lines in (
        ({b"a": b"a 0\n", b"e": b"e 3\n"}, b"a 0\nb 1\nd 2\ne 3\n"),
        ({b"b": b"", b"d": b""}, b""),
        ({b"b": b"b 9\n", b"c": b"c 8\n", b"x": b""}, b"b 9\nc 8\nd 2\n"),
    ):
        assert b"".join(mended(path, form, records)) == lines


@pytest.mark.parametrize("seed", range(30))
def test_kin_are_found_again(seed: int, tmp_path: Path) -> None:
    pick = random.Random(seed)
    bounds = Bounds(fewest=3, telling=2, formula=pick.choice([4, 8, 30]), most=pick.choice([2, 8]))
    phrases = [" ".join(pick.choice("abcdefgh") for _ in range(5)) for _ in range(9)]

    def texts(count: int) -> dict[str, tuple[str, str, str]]:
        return {
            f"{pick.randrange(10**6):06}": (
                pick.choice(["", "x", "y", "z"]), pick.choice(["en", "es"]),
                " ".join(pick.choice(phrases) for _ in range(pick.randrange(1, 6))),
            )
            for _ in range(count)
        }  # fmt: skip

    old = texts(40)
    gone = set(pick.sample(sorted(old), 4))
    new = {key: each for key, each in old.items() if key not in gone} | texts(4)

    def runs(several: dict[str, tuple[str, str, str]], keys: set[str]) -> list[TextRuns]:
        return [TextRuns(key, *several[key][:2], runs_of(several[key][2])) for key in sorted(keys)]

    def kin(several: dict[str, tuple[str, str, str]], folder: Path) -> set[tuple[str, str, str]]:
        folder.mkdir()
        return set(find_kin(runs(several, set(several)), folder, lambda key: several[key][2], bounds=bounds))

    before, after = kin(old, tmp_path / "old"), kin(new, tmp_path / "new")
    came = new.keys() - old.keys()
    again = find_kin_again(
        lambda: runs(new, set(new)), runs(old, gone), runs(new, came), lambda key: new[key][2], bounds
    )
    if again is not None:
        changed, found = again
        assert {pair for pair in before if pair[0] not in changed} | set(found) == after
