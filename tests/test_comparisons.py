"""Kin and likeness found on disk and in groups are those of the definitions, whatever the corpus."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Literal

import pytest

from mandate_graph.model import Mandate, Similar
from mandate_graph.resolve import shared_runs, similar
from mandate_graph.resolve.kin import KINSHIP, Bounds, Kin, TextRuns, find_kin, kin_between, runs
from mandate_graph.resolve.shared_runs import PARTS, index_part, runs_of, spool_runs, stretches
from mandate_graph.resolve.similar import Budget, most_similar, similar_in_group, word_difference
from plain_comparisons import plain_kin, plain_similar

SEEDS = range(25)
WORDS = ["the", "of", "and", "Protéger", "rights", "ports", "self-help", "water", "schools", "2015", "“nets”", "agree"]


def corpus(seed: int, size: int = 60) -> dict[str, Mandate]:
    """Texts of few words that repeat each other's beginnings and ends; some equal, some short, some of no document."""
    pick = random.Random(seed)
    words = WORDS[: pick.randrange(3, len(WORDS))] + [f"w{number}" for number in range(pick.choice([0, 20, 300]))]
    texts: list[list[str]] = [[]]
    for _ in range(size):
        new = pick.choices(words, k=pick.randrange(25))
        old = pick.choice(texts)
        texts.append(
            pick.choice([new, old, old[:20] + new, new + old[-20:], old[: pick.randrange(20)] + old[10:]])[:60]
        )
    mandates: dict[str, Mandate] = {}
    for text in texts:
        document, language = pick.choice(["", "1994-a", "1994-b", "2001-c"]), pick.choice(["en", "es"])
        key = f"{document}/{pick.getrandbits(32):08x}"
        chapeau = pick.choice([None, *mandates])
        kind: Literal["mandate", "sub-item"] = pick.choice(["mandate", "sub-item"])
        mandates[key] = Mandate(key, kind, language, " ".join(text), document, "", chapeau, "", ())
    return dict(sorted(mandates.items()))


def spooled(mandates: Mapping[str, Mandate]) -> Iterator[TextRuns]:
    for key, mandate in mandates.items():
        yield TextRuns(key, mandate.document, mandate.language, runs_of(mandate.text))


def texts_of(mandates: Mapping[str, Mandate]) -> Callable[[str], str]:
    return {key: mandate.text for key, mandate in mandates.items()}.__getitem__


def similar_mandates(
    mandates: Mapping[str, Mandate], decided: Collection[frozenset[str]] = (), budget: Budget | None = None
) -> tuple[list[Similar], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for key, mandate in mandates.items():
        groups.setdefault((mandate.document, mandate.language), []).append(key)

    def chapeau_of(key: str) -> tuple[str, str] | None:
        chapeau = mandates[key].chapeau
        return (chapeau, mandates[chapeau].text) if chapeau and mandates[key].kind == "sub-item" else None

    return most_similar(
        (
            similar_in_group(document, [(key, mandates[key].text) for key in keys], chapeau_of, decided, budget)
            for (document, _), keys in groups.items()
        ),
        lambda one, other: word_difference(mandates[one].text, mandates[other].text),
        budget,
    )


def bounds_of(seed: int) -> Bounds:
    pick = random.Random(seed)
    return Bounds(KINSHIP, pick.randrange(1, 9), pick.randrange(1, 4), pick.randrange(4, 20), pick.choice([2, 8]))


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty texts take several steps of everything."""
    monkeypatch.setattr(shared_runs, "_RUNS_AT_ONCE", 50)
    monkeypatch.setattr(shared_runs, "_PAIRS_AT_ONCE", 40)
    monkeypatch.setattr(shared_runs, "_TEXTS_AT_ONCE", 9)


@pytest.mark.parametrize("seed", SEEDS)
def test_kin_are_those_of_the_definition(tmp_path: Path, small_steps: None, seed: int) -> None:
    mandates, bounds = corpus(seed), bounds_of(seed)
    found = list(find_kin(spooled(mandates), tmp_path, texts_of(mandates), bounds=bounds))
    assert found == list(plain_kin(mandates, bounds))


def test_the_corpora_have_what_the_definition_speaks_of() -> None:
    """Kin in numbers, formulas that hide some, and more kin than a text may have."""
    all_kin = [list(plain_kin(corpus(seed), bounds_of(seed))) for seed in SEEDS]
    without_formulas = [list(plain_kin(corpus(seed), bounds_of(seed)._replace(formula=99))) for seed in SEEDS]
    unlimited = [list(plain_kin(corpus(seed), bounds_of(seed)._replace(most=99))) for seed in SEEDS]
    assert sum(map(len, all_kin)) > 300
    assert sum(map(len, without_formulas)) > 1.1 * sum(map(len, all_kin))
    assert sum(map(len, unlimited)) > 1.1 * sum(map(len, all_kin))


def test_a_run_in_more_than_two_hundred_texts_is_a_formula(tmp_path: Path) -> None:
    said = "the heads of state meet again and agree on the safety of small boats"
    for copies, kin in ((200, 8 * 192 + 28), (201, 0)):
        mandates = {
            key: Mandate(key, "mandate", "en", said, key, "", None, "", ())
            for key in [f"d{number:03}" for number in range(copies)]
        }
        scratch = tmp_path / str(copies)
        scratch.mkdir()
        assert len(list(find_kin(spooled(mandates), scratch, texts_of(mandates)))) == kin


def test_processes_give_the_same_kin(tmp_path: Path, small_steps: None) -> None:
    mandates, bounds = corpus(7, 120), Bounds(fewest=4)
    expected = list(plain_kin(mandates, bounds))
    with ProcessPoolExecutor(2) as executor:

        def each(function: Callable[..., Any], rows: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
            yield from executor.map(function, *zip(*rows, strict=True))

        assert list(find_kin(spooled(mandates), tmp_path, texts_of(mandates), each, bounds)) == expected
    assert len(expected) > 20


def test_tasks_can_be_repeated(tmp_path: Path, small_steps: None) -> None:
    """What a process that died has left is written again."""
    mandates, bounds = corpus(7, 120), Bounds(fewest=4)
    spool_runs(spooled(mandates), tmp_path)
    for part in (*range(PARTS), *reversed(range(PARTS))):
        index_part(tmp_path, part, bounds.formula)
    rows = stretches(tmp_path)
    found: list[Kin] = []
    for first, end in rows:
        once, again = (kin_between(tmp_path, first, end, texts_of(mandates), bounds) for _ in range(2))
        assert once == again
        found += again
    assert len(rows) > 5
    assert found == list(plain_kin(mandates, bounds))


def test_two_runs_of_one_hash_make_nobody_kin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_runs, "_word_hash", functools.lru_cache(lambda word: sum(word.encode()) % 5))
    bounds = Bounds(fewest=4, formula=1000, most=1000)
    right = wrong = 0
    for seed in SEEDS:
        mandates = corpus(seed)
        scratch = tmp_path / str(seed)
        scratch.mkdir()
        found = list(find_kin(spooled(mandates), scratch, texts_of(mandates), bounds=bounds))
        first, end = 0, len([mandate for mandate in mandates.values() if mandate.document])
        likely = [
            (one, other) for one, several in shared_runs.candidates(scratch, first, end, bounds) for _, other in several
        ]
        for one, other, share in found:
            left, other_runs = runs(mandates[one].text), runs(mandates[other].text)
            common = len(left & other_runs)
            assert common >= 4
            assert share == f"{common / min(len(left), len(other_runs)):.3f}"
            assert float(share) >= KINSHIP
        right += len(found)
        wrong += len(set(likely) - {(one, other) for one, other, _ in found})
    assert right > 100
    assert wrong > 100


def test_no_texts_and_texts_without_runs_have_no_kin(tmp_path: Path) -> None:
    for name, mandates in (
        ("none", {}),
        ("short", {"d/1": Mandate("d/1", "mandate", "en", "Act now.", "d", "", None, "", ())}),
    ):
        (tmp_path / name).mkdir()
        assert list(find_kin(spooled(mandates), tmp_path / name, texts_of(mandates))) == []


def test_texts_out_of_order_are_refused(tmp_path: Path) -> None:
    rows = [TextRuns("d/2", "d", "en", b""), TextRuns("d/1", "d", "en", b"")]
    with pytest.raises(ValueError, match="'d/1' comes after 'd/2': give the texts in the order of their keys"):
        spool_runs(rows, tmp_path)


def test_hashes_are_the_same_on_every_machine() -> None:
    assert runs_of("Protect the rights of migrants").hex() == "9d36d67ec1ba951d2a06eddf4633955b3c376d9ecfe785ee"
    for seed in SEEDS:
        for mandate in corpus(seed).values():
            hashes = runs_of(mandate.text)
            numbers = [int.from_bytes(hashes[place : place + 8], "little") for place in range(0, len(hashes), 8)]
            assert numbers == sorted(set(numbers))
            assert len(numbers) == len(runs(mandate.text))


@pytest.mark.parametrize("seed", SEEDS)
def test_similar_mandates_are_those_of_the_definition(seed: int) -> None:
    mandates = corpus(seed, 150)
    pick = random.Random(seed)
    budget = Budget(pick.choice([20, 200, 200_000]), pick.choice([5, 1000]))
    decided = {frozenset(pick.sample(list(mandates), 2)) for _ in range(200)}
    assert similar_mandates(mandates, decided, budget) == plain_similar(mandates, decided, budget)


def test_the_corpora_have_what_is_similar_and_what_is_cut() -> None:
    found = [
        plain_similar(corpus(seed, 150), (), Budget(*budget))
        for seed in SEEDS
        for budget in ((200, 1000), (200_000, 5))
    ]
    assert sum(len(pairs) for pairs, _ in found) > 200
    assert 10 < sum(bool(cut) for _, cut in found) < len(found) - 5


def test_decided_pairs_are_not_asked_again() -> None:
    mandates = corpus(3, 150)
    pairs, _ = similar_mandates(mandates)
    assert similar_mandates(mandates, {frozenset((pairs[0].other, pairs[0].one))})[0] == pairs[1:]


def test_sketches_never_hide_what_is_similar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that share a bit make texts look more alike, never less."""
    monkeypatch.setattr(similar, "_BITS", [1, 2, 4])
    for seed in SEEDS:
        assert similar_mandates(corpus(seed, 150)) == plain_similar(corpus(seed, 150), (), Budget())
