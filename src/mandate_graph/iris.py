"""The IRI policy: injective and stable, and nothing else.

An IRI depends on what the thing is, never on where it was printed, in which order, or on which day it was built.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

__all__ = ["MG", "NOT_IN_IRI", "Iris", "digest", "slug", "text_key"]

MG = "https://w3id.org/mandate-graph/ns#"
NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
"""What no IRI may hold (RFC 3987 §2.2; SPARQL 1.1 §19.8, IRIREF)."""
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
_IS_SAFE = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*").fullmatch
_IS_SAFE_PATH = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*").fullmatch
_WORD = re.compile(r"[^\W_]+")
# The hyphen stands first, before what must stand before it, because a search for one of four characters is fast.
_HYPHEN = re.compile(r"[-\u00ad\u2010\u2011](?<=[^\W\d_][-\u00ad\u2010\u2011])(?=[^\W\d_])")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BETWEEN_ASCII_WORDS = str.maketrans({char: " " for char in map(chr, range(128)) if not char.isalnum()})


def digest(*parts: str) -> str:
    """SHA-256 over the parts in hex; the unit separator keeps ``("a", "bc")`` and ``("ab", "c")`` apart."""
    joined = "\x1f".join(part.replace("\x1f", " ") for part in parts)
    return hashlib.sha256(joined.encode("utf-8")).hexdigest()


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits with single hyphens: ``"São Paulo!"`` → ``"sao-paulo"``."""
    plain = _unaccented(text)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def text_key(text: str) -> str:
    """What makes two printings the same text: letters and digits without case, accents and punctuation.

    Hyphens between letters are dropped, because pages lose them at old line ends ("InterAmerican").
    """
    plain = _HYPHEN.sub("", _unaccented(text))
    return " ".join(plain.translate(_BETWEEN_ASCII_WORDS).split() if plain.isascii() else _WORD.findall(plain))


def _unaccented(text: str) -> str:
    folded = text.casefold()
    return folded if folded.isascii() else _NOT_ASCII.sub(_decomposed, folded)


def _decomposed(found: re.Match[str]) -> str:
    return _decomposition(found[0])


@functools.lru_cache(4096)
def _decomposition(char: str) -> str:
    """A character without its accents (NFKD): one at a time, because only accents, which go, change their order."""
    return "".join([c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c)])


def _safe(part: str) -> str:
    """Percent-encoded; a dot segment, which readers resolve away (RFC 3986 §5.2.4), too."""
    if _IS_SAFE(part):  # most are
        return part
    return quote(part, safe="-._~") if part.strip(".") else part.replace(".", "%2E")


@dataclass(frozen=True, slots=True)
class Iris:
    """Mints every IRI under one base."""

    base: str

    def thing(self, kind: str, *keys: str) -> str:
        """``{base}id/{kind}/{key}/…``; slashes inside a key are kept, everything unsafe is percent-encoded."""
        path = "/".join((kind, *keys))
        if _IS_SAFE_PATH(path):
            return f"{self.base}id/{path}"
        return f"{self.base}id/{kind}/" + "/".join([_safe(part) for key in keys for part in key.split("/")])

    def graph(self, *keys: str) -> str:
        """The name of a named graph."""
        return f"{self.base}graph/" + "/".join(_safe(key) for key in keys)

    def kind(self, scheme: str, key: str) -> str:
        """A concept of a closed list."""
        return self.thing("kind", scheme, key)

    def rule(self, key: str, version: str) -> str:
        """A rule in one version."""
        return self.thing("rule", key, version)

    def expression(self, mandate: str, language: str) -> str:
        """A mandate's text in a language."""
        return f"{self.thing('mandate', mandate)}/{language}"

    def occurrence(self, capture: str, start: int) -> str:
        """A listing: where its words begin in the capture."""
        return self.thing("occurrence", capture, str(start))

    def footnote(self, capture: str, start: int) -> str:
        """A footnote: where it begins in the capture."""
        return self.thing("footnote", capture, str(start))

    def characters(self, capture: str, start: int, end: int) -> str:
        """Characters of a capture (RFC 5147 §2.2.1: positions between characters, from 0)."""
        return f"{self.thing('capture', capture)}#char={start},{end}"

    def mention(self, text_hash: str, start: int, end: int, target: str) -> str:
        """A mention; ``target`` keeps two things named by one phrase apart."""
        return self.thing("mention", text_hash, f"{start}-{end}", target.replace("/", "-"))

    def claim(self, *triple: str) -> str:
        """An inferred triple."""
        return self.thing("claim", digest(*triple)[:20])

    def language(self, authority: str) -> str:
        """A language by its code in the EU authority table: ``"ENG"``."""
        return _LANGUAGE + authority
