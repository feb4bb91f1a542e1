"""The only room that makes markup; everything that it is given is text, and is escaped.

Layouts escape what they print by themselves. Here is what needs elements around parts of a text.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup, escape

__all__ = ["Markup", "anchor", "as_json", "exact", "in_language"]


def in_language(text: str, language: str, page: str) -> Markup:
    """A text; in an element that says its language where that is not the one of the page (WCAG 2.2, 3.1.2)."""
    if not language or language == page:
        return escape(text)
    return Markup(f'<span lang="{escape(language)}">{escape(text)}</span>')  # noqa: S704 - both are escaped


def anchor(target: str, inside: str | Markup, *, external: bool = False) -> Markup:
    """A link; only to the web and to files of the site, whatever the address says."""
    if external and not target.startswith(("http://", "https://")):
        return escape(inside)
    mark = ' rel="external noopener"' if external else ""
    return Markup(f'<a href="{escape(target)}"{mark}>{escape(inside)}</a>')  # noqa: S704 - all that was given is escaped


def exact(text: str) -> Markup:
    """Characters of which none may change: a parser makes a line feed of a carriage return (HTML, 13.2.3.5)."""
    return Markup("&#13;").join(escape(text).split("\r"))


def as_json(data: Any) -> Markup:
    """Data for a script element that is not run: no sequence of them can end the element (HTML, 4.12.1.3)."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - no character is left that means anything to HTML
