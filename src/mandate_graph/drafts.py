"""Was this promised before? A draft held against every mandate of a build."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mandate_graph.authorities import load_authorities
from mandate_graph.errors import BadOption, MissingPath
from mandate_graph.house import choose_house
from mandate_graph.iris import text_key
from mandate_graph.outputs import PROMISES, find_build
from mandate_graph.pipeline import PathLike
from mandate_graph.promises import Promise, Promises

__all__ = ["Answer", "promised"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A draft, the word that it opens with, and the promises that say what it says, the nearest first."""

    draft: str
    verb: str
    promises: tuple[Promise, ...]

    def __iter__(self) -> Iterator[Promise]:
        return iter(self.promises)

    def __len__(self) -> int:
        return len(self.promises)

    def verbs(self) -> list[tuple[str, str]]:
        """How the verb has changed: date and verb of the promises that are near, the oldest first.

        Near are those that share half as many runs with the draft as the nearest one does.
        """
        near = max((promise.similarity for promise in self.promises), default=0) / 2
        return sorted({(each.date, each.verb) for each in self.promises if each.date and each.similarity >= near})

    def csv(self) -> str:
        """A row a promise."""
        out = io.StringIO()
        names = [*Promise.__slots__]
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([getattr(promise, name) for name in names] for promise in self.promises)
        return out.getvalue()


def promised(
    draft: str, *, build: PathLike = "build", house: PathLike | None = None, language: str = "", most: int = 10
) -> Answer:
    """Where, when and in which words a draft was promised before.

    ``language`` limits the answer to mandates in one language, ``most`` to so many.

    Raises:
        MissingPath: when the folder does not hold a build, or holds one that was made by an older version.
        BadOption: when the draft holds no words, or there is no such language.
    """
    if not text_key(draft):
        raise BadOption("", "the draft holds no words")
    authorities = load_authorities(choose_house(house, needed=False).authorities)
    if language and language not in authorities.languages:
        raise BadOption("lang", f"{language!r} is none of {', '.join(sorted(authorities.languages))}")
    table = find_build(Path(build)).with_name(PROMISES)
    if not table.is_file():
        raise MissingPath(str(table), "table of promises", "This build is of an older version; build it again.")
    promises = Promises(table.read_bytes(), authorities)
    return Answer(draft, promises.verb(draft), tuple(promises.like(draft, language=language, most=most)))
