"""Which thing a person means: an IRI, a short key, a prefixed name, a bare key, a name that only one thing has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from mandate_graph.errors import AmbiguousThing, BadOption, BadQuery, UnknownThing
from mandate_graph.iris import MG
from mandate_graph.lookup.catalogue import Entry, Naming, catalogue
from mandate_graph.lookup.words import keys
from mandate_graph.readers import by_digits
from mandate_graph.sparql import Tables

__all__ = ["asked_for"]

_NO_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_DIGITS = re.compile(r"[0-9a-f]{12}")
_LONGEST = 1_000
_ALIKE = 0.6


def asked_for(answers: Tables, naming: Naming, key: str) -> str:
    """The IRI of the one thing that a key, an IRI or a name means.

    Raises:
        BadOption: when it is empty or far too long.
        UnknownThing: when nothing is called so; it carries what is near.
        AmbiguousThing: when several things are; it carries them.
    """
    asked = key.strip()
    if not asked:
        raise BadOption("", "the key is empty; name a thing, such as body/iom or IOM")
    if len(asked) > _LONGEST:
        raise BadOption("", f"a key of {len(asked):,} characters names nothing; {_LONGEST:,} are the most")
    for iri in _spelled_out(naming, asked):
        if _there(answers, iri):
            return iri
    entries = catalogue(answers, naming)
    for candidates in (_by_key(answers, entries, asked), _by_name(entries, asked)):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            labels = {entry.thing: entry.label for entry in entries}
            raise AmbiguousThing(asked, [(naming.key(iri), labels.get(iri, "")) for iri in candidates])
    raise UnknownThing(asked, _near(entries, asked))


def _spelled_out(naming: Naming, asked: str) -> Iterable[str]:
    """The IRIs that it may be when it is more than a bare key."""
    bare = asked[1:-1] if asked.startswith("<") and asked.endswith(">") else asked
    if bare.startswith(("http://", "https://", "urn:")):
        yield bare
        return
    prefix, colon, name = bare.partition(":")
    if colon and prefix in naming.prefixes:
        yield naming.prefixes[prefix] + name
    yield naming.base + (bare if bare.startswith("id/") else f"id/{bare}")
    if "/" in bare:
        # As the identifiers are made: what is unsafe in an IRI is percent-encoded.
        yield f"{naming.base}id/{quote(bare.removeprefix('id/'), safe='/-._~#=,%')}"
        yield f"{naming.base}id/mandate/{bare}"
    yield naming.base + bare
    if not colon and f"{MG}{bare}" != MG:
        yield MG + bare


def _there(answers: Tables, iri: str) -> bool:
    if _NO_IRI.search(iri) or ":" not in iri:
        return False
    query = f"SELECT ?property {{ {{ <{iri}> ?property ?value }} UNION {{ ?thing ?property <{iri}> }} }} LIMIT 1"
    try:
        return bool(answers.table(query, "the key")[1])
    except BadQuery:  # what looks like an IRI and is none names nothing
        return False


def _by_key(answers: Tables, entries: Sequence[Entry], asked: str) -> list[str]:
    """Things whose key is the asked one without the word that says the kind, and mandates by their twelve digits."""
    found = [entry.thing for entry in entries if any(n.kind == "key" and n.text == asked for n in entry.names)]
    if _DIGITS.fullmatch(asked):
        found += by_digits(answers, asked)
    return found


def _by_name(entries: Sequence[Entry], asked: str) -> list[str]:
    """Things that are called so: those whose name is written in the same way, else those whose name is the same."""
    as_written = [entry.thing for entry in entries if any(name.text == asked for name in entry.names)]
    if as_written:
        return as_written
    wanted = {form for form in keys(asked) if form}
    return [entry.thing for entry in entries if any(wanted & set(keys(name.text)) for name in entry.names)]


def _near(entries: Sequence[Entry], asked: str) -> list[str]:
    """Keys of things whose key or name is like what was asked."""
    spelled: dict[str, str] = {}
    for entry in entries:
        for name in entry.names:
            if name.kind != "text":
                spelled.setdefault(name.text.casefold(), entry.key)
    close = difflib.get_close_matches(asked[:80].casefold(), spelled, n=6, cutoff=_ALIKE)
    return list(dict.fromkeys(spelled[each] for each in close))[:3]
