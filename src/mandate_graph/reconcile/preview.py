"""A thing on a small page: its names, what tells it from others, what is known. Every word is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterator

from mandate_graph.engine import unquote
from mandate_graph.reconcile.known import KINDS, PROPERTIES
from mandate_graph.reconcile.records import Thing
from mandate_graph.reconcile.service import Service
from mandate_graph.reconcile.things import spoken

__all__ = ["flyout", "page", "unknown"]

_STYLE = (
    "body{font:13px/1.4 system-ui,sans-serif;margin:8px;color:#111;background:#fff}h1{font-size:15px;margin:0 0 4px}"
    "p{margin:0 0 6px}dl{margin:0}dt{font-weight:600;float:left;clear:left;margin-right:6px}dd{margin:0 0 2px;"
    "overflow-wrap:anywhere}a{color:#05c}"
)
_FEW = 4
_TEXT = 600


def page(service: Service, thing: Thing, language: str = "", *, few: bool = True) -> str:
    """A whole page; ``few`` shows some values of each property only, for a small frame."""
    tag = language if language in service.facts.languages() else "en"
    iri = html.escape(f"{service.facts.base}id/{thing.key}")
    rows = "".join(_rows(service, thing, language, _FEW if few else None))
    return _page(
        tag,
        service.label(thing, language),
        f"<p>{html.escape(thing.description)}</p><dl>{rows}</dl>"
        f'<p><a href="{iri}" target="_blank" rel="noopener">{iri}</a></p>',
    )


def flyout(thing: Thing) -> str:
    """What is shown beside a suggestion."""
    return f"<p><strong>{html.escape(thing.label)}</strong><br>{html.escape(thing.description)}</p>"


def unknown(asked: str) -> str:
    """The page for an identifier that nothing has."""
    return _page("en", "Nothing here", f"<p>Nothing here has the identifier {html.escape(asked[:200])}.</p>")


def _page(language: str, title: str, body: str) -> str:
    title = html.escape(title)
    return (
        f'<!doctype html><html lang="{html.escape(language)}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{title}</h1>{body}</body></html>\n"
    )


def _rows(service: Service, thing: Thing, language: str, most: int | None) -> Iterator[str]:
    facts = service.facts
    yield f"<dt>type</dt><dd>{html.escape(KINDS[thing.kind].name)}</dd>"
    for known in PROPERTIES.values():
        terms = facts.values(facts.term(thing.key), known)
        if not terms or known.id == "year":
            continue
        if known.holds == "text":
            shown = [html.escape(_cut(text)) for text in spoken(terms, language)]
        else:
            shown = [_value(service, term, language) for term in terms]
        more = f" … and {len(shown) - most} more" if most and len(shown) > most else ""
        yield f"<dt>{html.escape(known.name)}</dt><dd>{'; '.join(shown[:most])}{more}</dd>"


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT else text[:_TEXT] + "…"


def _value(service: Service, term: str, language: str) -> str:
    kind, text, _, _ = unquote(term)
    if kind != "iri":
        return html.escape(text)
    names = spoken(service.facts.walk(term, "label"), language)
    shown = html.escape(names[0] if names else text)
    if not text.startswith(("http://", "https://")):
        return shown
    return f'<a href="{html.escape(text)}" target="_blank" rel="noopener">{shown}</a>'
