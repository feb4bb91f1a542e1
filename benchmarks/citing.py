"""Finds mentions in 100,000 invented mandates, with more and more names, beside the bare automaton.

``python benchmarks/citing.py [--mandates 100000] [--names 500,5000,50000] [--runs 1]`` prints a table in Markdown. The
floor is the same automaton library over the same names and texts in lower case: it knows no word, capital, list,
symbol, back-reference or cue. Every measurement is a process of its own; the two take turns.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import ahocorasick_rs

from mandate_graph.authorities import load_authorities
from mandate_graph.citator.mentions import MentionFinder
from mandate_graph.house import packaged_house
from measuring import Sample, fresh, middle, timed

WHO = ("ours", "bare")
_KINDS = ("Convention", "Declaration", "Protocol", "Charter", "Agreement", "Program", "Agenda", "Strategy")
_MATTERS = (
    "Safe Ports", "River Traffic", "School Meals", "Seasonal Work", "Mountain Roads", "Public Registers", "Clean Water",
    "Rural Nurses", "Coastal Fishing", "Old Maps", "Bridge Building", "Seed Banks", "Night Trains", "Island Ferries",
)  # fmt: skip
_OPENINGS = (
    "We reaffirm our commitment to", "Promote, in accordance with", "Strengthen cooperation under", "Implement fully",
    "Taking note of the advances in", "Continue the work that builds on", "Urge states to ratify", "Support aims of",
)  # fmt: skip
_MIDDLES = (
    "and the exchange of experience among small towns, taking into account applicable international law and",
    "with special attention to women and young people, and recognize the contribution of",
    "through national and regional plans that bring clean water to villages, as well as",
    "so that no community is left behind; to this end work with",
)
_BODIES = (
    "the OAS",
    "PAHO",
    "the Inter-American Commission on Human Rights",
    "the International Organization for Migration",
)
_ENDS = (
    "no later than 2030.",
    "in a spirit of cooperation.",
    "and report to the next Summit of the Americas.",
    "by all means.",
)


def write_house(folder: Path, names: int) -> None:
    """The packaged tables, with invented instruments until there are so many names."""
    shutil.copytree(packaged_house().root / "sources", folder / "sources", ignore=shutil.ignore_patterns("documents"))
    table = folder / "sources" / "authorities" / "instruments.csv"
    with table.open(encoding="utf-8") as file:
        header = next(csv.reader(file))
    with table.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        for name in invented(names):
            key = "invented-" + "-".join(name.lower().replace(",", "").split())
            writer.writerow({**dict.fromkeys(header, ""), "key": key, "kind": "treaty", "label_en": name})


def invented(names: int) -> list[str]:
    """So many names of instruments, all different."""
    chance = random.Random(7)
    made: dict[str, None] = {}
    while len(made) < names:
        place = "".join(chance.choice(("ba", "co", "di", "fu", "la", "mo", "ri", "sa", "te", "vo")) for _ in range(3))
        one, other = chance.sample(_MATTERS, 2)
        made[f"{chance.choice(_KINDS)} of {place.title()} on {one} and {other}"] = None
    return list(made)


def mandates(count: int, names: int) -> Iterator[str]:
    """Paragraphs of some fifty words; some names stand in many of them, most in few."""
    chance = random.Random(11)
    known = invented(names)
    for _ in range(count):
        one, other = (known[min(int(chance.paretovariate(0.6)), names) - 1] for _ in range(2))
        yield (
            f"{chance.choice(_OPENINGS)} the {one} {chance.choice(_MIDDLES)} {chance.choice(_BODIES)} and the {other}, "
            f"{chance.choice(_ENDS)}"
        )


def child(who: str, count: int, names: int) -> None:
    """Measure one finder in this process: compiling, then finding, which alone is the sample."""
    with tempfile.TemporaryDirectory() as folder:
        write_house(Path(folder), names)
        texts = list(mandates(count, names))
        start = time.perf_counter()
        if who == "ours":
            finder = MentionFinder(load_authorities(Path(folder) / "sources" / "authorities"))
            found = (len(finder.find(text, "en")) for text in texts)
        else:
            automaton = ahocorasick_rs.AhoCorasick([name.lower() for name in invented(names)])
            found = (len(automaton.find_matches_as_indexes(text.lower())) for text in texts)
        compiled = time.perf_counter() - start
        size = sum(map(len, texts)) / 1e6
        timed(lambda: sum(found), lambda mentions: {"compile": compiled, "mentions": mentions, "mb": size})


def measure(who: str, count: int, names: int) -> Sample:
    """Measure one finder in a process of its own."""
    command = [sys.executable, __file__, "--child", who, "--mandates", str(count), "--names", str(names)]
    sample = fresh(command)
    if isinstance(sample, str):
        raise SystemExit(f"{who}: {sample}")
    return sample


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--mandates", type=int, default=100_000)
    parser.add_argument("--names", default="500,5000,50000", help="how many invented names, from few to many")
    parser.add_argument("--runs", type=int, default=1, help="measurements of each row (1)")
    parser.add_argument("--child", choices=WHO, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.mandates, int(given.names))
        return
    print("| names | compile | mandates/s | MB/s | mentions | memory | bare automaton, mandates/s | ours / bare |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    for names in map(int, given.names.split(",")):
        samples: dict[str, list[Sample]] = {who: [] for who in WHO}
        for _ in range(given.runs):
            for who in WHO:
                samples[who].append(measure(who, given.mandates, names))
        ours, bare = (middle(samples[who]) for who in WHO)
        rate, floor = given.mandates / ours.seconds, given.mandates / bare.seconds
        print(
            f"| {names:,} | {ours.said['compile']:.1f} s | {rate:,.0f} | {ours.said['mb'] / ours.seconds:.1f} |"
            f" {ours.said['mentions']:,.0f} | {ours.rss / 1e6:,.0f} MB | {floor:,.0f} |"
            f" {ours.seconds / bare.seconds:.0f} |"
        )


if __name__ == "__main__":
    main()
