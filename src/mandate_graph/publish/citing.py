"""Citations that can be copied: BibTeX, whose special characters mean nothing in what comes out."""

from __future__ import annotations

import re

__all__ = ["bibtex", "shortened"]

_SPECIAL = {
    "\\": r"{\textbackslash}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "_": r"\_",
    "~": r"{\textasciitilde}", "^": r"{\textasciicircum}", '"': "{''}",
}  # fmt: skip
_LONGEST = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def bibtex(iri: str, *, title: str, booktitle: str, date: str, howpublished: str, version: str) -> str:
    """An entry for a thing; fields without a value are left out.

    The address is not escaped: ``url`` takes it as it is (BibLaTeX 3.20, field type URI), and an IRI of ours has no
    brace.
    """
    fields = {
        "author": "{Summits of the Americas}",
        "title": f"{{{_text(title)}}}",
        "booktitle": _text(booktitle),
        "howpublished": _text(howpublished),
        "year": date[:4],
        "date": date,
        "url": iri,
        "version": _text(version),
    }
    key = re.sub(r"[^a-z0-9]+", "-", "-".join(iri.rsplit("/", 2)[-2:]).lower()).strip("-")
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{'inproceedings' if booktitle else 'misc'}{{{key},", *lines, "}"])


def shortened(text: str) -> str:
    """The beginning of a text, cut between words."""
    plain = _CONTROL.sub(" ", text)
    if len(plain) <= _LONGEST:
        return plain
    return plain[:_LONGEST].rsplit(" ", 1)[0].rstrip(",;: ") + " …"


def _text(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in _CONTROL.sub(" ", text))
