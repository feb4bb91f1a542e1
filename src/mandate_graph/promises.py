"""The words of every mandate in one file, and which of them say what a draft says.

A build keeps ``promises.tsv``: one line a mandate, ready to be searched in one pass, so that a corpus of a hundred
thousand mandates is answered in a second.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mandate_graph.authorities import Authorities
from mandate_graph.citator.automaton import WordSearch
from mandate_graph.iris import Iris, text_key
from mandate_graph.model import Mandate
from mandate_graph.resolve.kin import runs
from mandate_graph.resolve.similar import word_difference

__all__ = ["Promise", "Promises", "promises_table"]

_COLUMNS = ("words", "mandate", "language", "date", "document", "label", "verb", "text")
# A draft shares at least this share of what it says with a promise that is shown.
_FLOOR = 0.12
_LONG_WORD = 6
_LONGEST_DRAFT = 20_000


@dataclass(frozen=True, slots=True)
class Promise:
    """A mandate that says what a draft says.

    ``similarity`` is the share of the draft's runs of three words that the mandate has (0 to 1), ``score`` the weighted
    share of its words and runs, by which promises are ordered. ``difference`` is the draft, with the mandate's words
    that went as ``[-words-]`` and the draft's own as ``{+words+}``.
    """

    mandate: str
    language: str
    date: str
    document: str
    document_label: str
    verb: str
    text: str
    similarity: float
    score: float
    difference: str


def promises_table(mandates: Iterable[Mandate], authorities: Authorities, base: str) -> Iterator[bytes]:
    """``promises.tsv``: a line a mandate, without a header, as they come; a build gives them in the order of keys.

    The columns are the normalised words, the mandate's identifier, its language, the first day of its Summit, its
    document's identifier and label, the word that it opens with, and its text on one line.
    """
    iris = Iris(base)
    openings = _openings(authorities)
    for mandate in mandates:
        document = authorities["documents"].get(mandate.document)
        summit = authorities["summits"][document.cells["summit"]] if document else None
        text = " ".join(mandate.text.split())
        cells = (
            text_key(text),
            iris.thing("mandate", mandate.key),
            mandate.language,
            summit.cells["start"] if summit else "",
            iris.thing("document", mandate.document) if document else "",
            document.label(mandate.language) if document else "",
            opening_verb(text, openings.get(mandate.language)),
            text,
        )
        yield ("\t".join(cell.replace("\t", " ") for cell in cells) + "\n").encode()


def _openings(authorities: Authorities) -> dict[str, re.Pattern[str]]:
    """By language, the words that stand before the verb: "We commit ourselves to", "To", "Nos comprometemos a"."""
    words: dict[str, list[str]] = defaultdict(list)
    for row in authorities.words["openings"]:
        words[row["language"]].append(row["words"])
    return {
        code: re.compile(
            rf"(?:{'|'.join(re.escape(each) for each in sorted(several, key=lambda word: (-len(word), word)))})\s+",
            re.IGNORECASE,
        )
        for code, several in words.items()
    }


def opening_verb(text: str, openings: re.Pattern[str] | None) -> str:
    """The word that says what is undertaken, in lower case: "promote" of "We commit to promote …"."""
    place = 0
    while openings and (match := openings.match(text, place)):
        place = match.end()
    word = re.match(r"[^\W\d_]+(?:-[^\W\d_]+)*", text[place:])
    return word.group().casefold() if word else ""


class Promises:
    """The table of a build, and the words that stand before verbs."""

    def __init__(self, table: bytes, authorities: Authorities) -> None:
        self._rows = [line.split(b"\t", 1) for line in table.splitlines()]
        self._openings = _openings(authorities)

    def verb(self, draft: str) -> str:
        """The word that a draft opens with, whatever its language."""
        either = "|".join(f"(?:{each.pattern})" for each in self._openings.values())
        return opening_verb(draft, re.compile(either, re.IGNORECASE) if either else None)

    def like(self, draft: str, *, language: str = "", most: int = 10) -> list[Promise]:
        """The mandates that say what a draft says, the nearest first; in one language, if one is given."""
        draft = " ".join(draft[:_LONGEST_DRAFT].split())
        own = runs(draft)
        found: list[Promise] = []
        for score, place in _scored(draft, [row[0] for row in self._rows]):
            cells = dict(zip(_COLUMNS[1:], self._rows[place][1].decode().split("\t"), strict=True))
            if language and cells["language"] != language:
                continue
            similarity = len(own & runs(cells["text"])) / len(own) if own else 0.0
            found.append(
                Promise(
                    cells["mandate"],
                    cells["language"],
                    cells["date"],
                    cells["document"],
                    cells["label"],
                    cells["verb"],
                    cells["text"],
                    round(similarity, 3),
                    round(score, 3),
                    word_difference(cells["text"], draft),
                )
            )
            if len(found) == most:
                break
        return found


def _scored(draft: str, texts: Sequence[bytes]) -> list[tuple[float, int]]:
    """Places of texts by the weighted share of the draft's long words, pairs and runs that they have."""
    words = text_key(draft).split()
    parts: dict[str, int] = {}
    for size in (1, 2, 3):
        for place in range(len(words) - size + 1):
            part = words[place : place + size]
            if size > 1 or len(part[0]) >= _LONG_WORD:
                parts.setdefault(" ".join(part), size)
    masks = WordSearch(list(parts)).lines(texts)
    # Lines that have the same parts have the same score.
    alike = Counter(masks)
    counts = [sum(count for mask, count in alike.items() if mask >> part & 1) for part in range(len(parts))]
    weights = [size * math.log((1 + len(texts)) / (0.5 + counts[part])) for part, size in enumerate(parts.values())]
    whole = sum(weights) or 1.0
    scores = {mask: sum(weight for part, weight in enumerate(weights) if mask >> part & 1) / whole for mask in alike}
    near = ((scores[mask], place) for place, mask in enumerate(masks) if scores[mask] >= _FLOOR)
    return sorted(near, key=lambda each: (-each[0], each[1]))
