"""Link sets: mappings between our things and other people's terms, as SSSOM files that people edit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from mandate_graph.authorities import Authorities
from mandate_graph.errors import BadLinks
from mandate_graph.sssom.files import ENDING, merged_text, read_set, read_sets, set_text
from mandate_graph.sssom.linkedness import Linkedness, Links, counted_links
from mandate_graph.sssom.lint import Fault, faults, faults_of_open
from mandate_graph.sssom.records import COLUMNS, NO_TERM, OWN, MappingSet, TermMapping
from mandate_graph.sssom.relations import CONCEPTS, IDENTITY, JUSTIFICATIONS, LINKED, RELATIONS, SPACES

__all__ = [
    "COLUMNS", "CONCEPTS", "ENDING", "IDENTITY", "JUSTIFICATIONS", "LINKED", "NO_TERM", "OWN", "RELATIONS", "SPACES",
    "Fault", "Linkedness", "Links", "MappingSet", "TermMapping", "counted_links", "faults", "faults_of_open",
    "load_links", "merged_text", "read_set", "read_sets", "set_text",
]  # fmt: skip


def load_links(folder: Path, authorities: Authorities) -> Links:
    """The link sets of a folder, judged; none when there is no folder. What has not changed is not judged again.

    Raises:
        BadTable: when a file cannot be read.
        BadLinks: when rows may not be published, with every one of them.
    """
    files = [path for part in (folder, folder / "open") for path in sorted(part.glob(f"*{ENDING}"))]
    state = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return _load(folder, folder.resolve(), authorities, state)


@lru_cache(maxsize=4)
def _load(folder: Path, _real: Path, authorities: Authorities, _state: tuple[tuple[str, int, int], ...]) -> Links:
    links = Links(read_sets(folder), read_sets(folder / "open"))
    if found := [*faults(links.sets, authorities), *faults_of_open(links.waiting, authorities)]:
        raise BadLinks([str(fault) for fault in found])
    return links
