"""What is made of samples: a table in Markdown, growth, what was compared, and a chart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyoxigraph as ox

from comparing.tasks import TASKS, Task
from measuring import Sample, exponent, middle, number, spread

__all__ = ["Measured", "chart", "equal", "growth", "table"]

Measured: TypeAlias = Mapping[tuple[str, str, int], Sequence[Sample] | str]
"""Samples, or why there are none, by task, who, and how many mandates were asked for."""

_NAMES = {"morph_kgc": "Morph-KGC", "bare": "floor"}
_COLORS = {
    "ours": "#005f73", "bare": "#888888", "pyoxigraph": "#ca6702", "rdflib": "#9b2226", "maplib": "#5f0f40",
    "morph_kgc": "#606c38", "pyrudof": "#3a0ca3",
}  # fmt: skip


def _name(task: Task, who: str) -> str:
    return "pySHACL" if (task.key, who) == ("validate", "rdflib") else _NAMES.get(who, who)


def table(measured: Measured, facts: Mapping[int, Mapping[str, int]], checked: Mapping[tuple[str, str], str]) -> str:
    """A row for every task and whoever does it: seconds by the wall for each size, the rest of the largest size."""
    sizes = sorted(facts)
    heads = " | ".join(f"{facts[size]['mandates']:,}" for size in sizes)
    lines = [
        f"| task | who | {heads} | CPU s | rate | peak MB | growth | ours / theirs | compared |",
        f"|---|---|{'--:|' * (len(sizes) + 5)}---|",
    ]
    for task in TASKS:
        for who in ("ours", *task.peers):
            found = {size: measured[task.key, who, size] for size in sizes if (task.key, who, size) in measured}
            if found:
                lines.append(_row(task, who, found, sizes, measured, facts) + f" {checked.get((task.key, who), '')} |")
    return "\n".join(lines)


def _row(
    task: Task,
    who: str,
    found: Mapping[int, Sequence[Sample] | str],
    sizes: Sequence[int],
    measured: Measured,
    facts: Mapping[int, Mapping[str, int]],
) -> str:
    cells = [_cell(found.get(size, "")) for size in sizes]
    done = {size: middle(samples) for size, samples in found.items() if not isinstance(samples, str)}
    cpu = rate = peak = ratio = ""
    if done:
        largest = max(done)
        cpu, rate = number(done[largest].cpu), _rate(task, done[largest], facts[largest])
        peak = f"{done[largest].rss / 1e6:,.0f}"
        ours = measured.get((task.key, "ours", largest), "")
        if who != "ours" and not isinstance(ours, str):
            ratio = number(_each(task, middle(ours)) / _each(task, done[largest]))
    grown = growth(measured, task.key, who)
    said = "" if grown is None else f"{grown:.2f}"
    return f"| {task.key} | {_name(task, who)} | {' | '.join(cells)} | {cpu} | {rate} | {peak} | {said} | {ratio} |"


def _each(task: Task, sample: Sample) -> float:
    """Processor time for all; where each makes another amount, for each that was made."""
    return sample.cpu / (sample.said["out"] if task.amount == "out" else 1)


def _cell(samples: Sequence[Sample] | str) -> str:
    return samples if isinstance(samples, str) else spread(samples)


def _rate(task: Task, sample: Sample, facts: Mapping[str, int]) -> str:
    amount = sample.said.get("out", 0) if task.amount == "out" else facts.get(task.amount, 0)
    scale = {"MB/s": 1e6, "k/s": 1e3}.get(task.unit, 1)
    return f"{number(amount / scale / sample.seconds)} {task.unit}" if amount else ""


def growth(measured: Measured, task: str, who: str) -> float | None:
    """The exponent with which the processor time of a row grows with the mandates."""
    points = [
        (size, middle(samples).cpu)
        for (key, name, size), samples in measured.items()
        if (key, name) == (task, who) and not isinstance(samples, str)
    ]
    return exponent(points)


def equal(measured: Measured, folder: Path, size: int) -> Iterator[tuple[tuple[str, str], str]]:
    """For each peer of a size whose results can be compared: whether they are equal, and in what."""
    for task in TASKS:
        for who in task.peers:
            ours, theirs = (measured.get((task.key, name, size), "") for name in ("ours", who))
            if isinstance(theirs, str):
                continue
            own = {} if isinstance(ours, str) else ours[0].said
            said = _compared(task.key, own, theirs[0].said, folder, who)
            if said:
                yield (task.key, who), said


def _compared(task: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], folder: Path, who: str) -> str:
    """What a task has to compare: triples that were made, results, sizes, rows; nothing where either said nothing."""
    if task == "build":
        return _same("triples", _triples(folder / "expected.nt"), _triples(folder / theirs["file"]))
    if task == "export":
        return _same("triples", _triples(folder / "graph.nt"), _triples(folder / f"out.{who}.ttl"))
    if task == "query":
        return _answers(ours, theirs)
    for name in ("results", "out"):
        if name in ours and name in theirs and task in {"validate", "load"}:
            return _same({"results": "results", "out": "number of triples"}[name], ours[name], theirs[name])
    return f"{theirs['out']:,} of {len(ours['results']):,} results" if task == "validate" and ours else ""


def _answers(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    rows = [_rows(document) for document in ours.get("documents", ())]
    if "documents" not in theirs:
        return _same("number of rows", [len(each) for each in rows], theirs["counts"])
    same = sum(one == _rows(other) for one, other in zip(rows, theirs["documents"], strict=True))
    return f"equal rows of {same} in {len(rows)} queries" if same < len(rows) else "equal rows"


def _same(what: str, ours: Any, theirs: Any) -> str:
    return f"equal {what}" if ours == theirs else f"other {what}"


def _triples(path: Path) -> set[Any]:
    """The triples of a file, with literals as the engine writes them: 0.90 and 0.9 are one number."""
    store = ox.Store()
    store.bulk_load(path=str(path))
    return {quad.triple for quad in store}


def _rows(document: str) -> list[str]:
    """The values of each row of a results document; lists that were joined of a set have no order of their own."""
    return sorted(
        json.dumps(
            {name: sorted(cell["value"].split(" | ")) for name, cell in row.items() if cell["value"]}, sort_keys=True
        )
        for row in json.loads(document)["results"]["bindings"]
    )


def chart(measured: Measured, facts: Mapping[int, Mapping[str, int]], out: Path) -> None:
    """Seconds over mandates, both as logarithms, a picture for each task; the same figures give the same file."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "mandate-graph"
    figure, places = plt.subplots(3, 3, figsize=(11, 9), constrained_layout=True)
    for place, task in zip(places.flat, TASKS, strict=True):
        for who in ("ours", *task.peers):
            points = [
                (facts[size]["mandates"], middle(samples).seconds)
                for (key, name, size), samples in sorted(measured.items())
                if (key, name) == (task.key, who) and not isinstance(samples, str)
            ]
            if points:
                across, up = zip(*points, strict=True)
                width = 2.4 if who == "ours" else 1.2
                place.loglog(
                    across, up, marker="o", markersize=4, linewidth=width, color=_COLORS[who], label=_name(task, who)
                )
        place.set_title(task.key)
        place.grid(visible=True, which="major", linewidth=0.4)
        if place.lines:
            place.legend(fontsize=8)
    figure.supxlabel("mandates")
    figure.supylabel("seconds")
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "benchmarks"})
    plt.close(figure)
