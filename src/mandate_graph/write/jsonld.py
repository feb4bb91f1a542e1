"""JSON-LD compacted against the published context, one node object a thing, nested where a person expects it.

Values are compacted (JSON-LD 1.1 API §5.2) as far as the context's own keywords go. A string of canonical N-Triples
is a JSON string as it stands, so that texts are copied and never decoded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Protocol

from mandate_graph.write.lines import Source, batched, in_reading_order, predicates
from mandate_graph.write.nesting import Nesting
from mandate_graph.write.shorten import Remembered, Shortener, Style

__all__ = ["jsonld", "writer"]

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"


def jsonld(source: Source, style: Style) -> Iterator[bytes]:
    """The union of all graphs; what nests in what is said in ``nesting``."""

    def parts() -> Iterator[bytes]:
        yield _head(style)
        joint = "\n"
        with Nesting(source, style.terms.prefixes) as nesting:
            writer = _Writer(style, nesting)
            for block in in_reading_order(source, nesting.meet):
                if not nesting.holds(block.subject):
                    yield (joint + writer.node(block.subject.decode(), predicates(block.lines))).encode()
                    joint = ",\n"
        yield b"\n]}\n"

    return batched(parts())


class _Nests(Protocol):
    def by(self, predicate: str) -> bool: ...
    def lines(self, term: bytes) -> bytes: ...


def writer(style: Style, nesting: _Nests) -> Callable[[str, dict[str, list[str]]], str]:
    """What writes a thing, given as a subject and its predicates with their objects, as ``jsonld`` does."""
    return _Writer(style, nesting).node


class _Choices:
    """The terms of a context that a predicate may be written as: for IRIs, for texts in a language, by datatype."""

    def __init__(self, compact: str) -> None:
        self.iri = ""
        self.language = ""
        self.typed: dict[str, str] = {}
        self.other = compact
        """For what no other term is for: the value says in full what it is."""

    def add(self, name: str, definition: Mapping[str, str], datatype: str) -> None:
        """Learn a term of the context; the first one for a kind of value is taken."""
        if definition.get("@container") == "@language":
            self.language = self.language or name
            return
        if self.other == definition["@id"]:
            self.other = name
        if datatype == "@id":
            self.iri = self.iri or name
        else:
            self.typed.setdefault(datatype, name)


# A site writes tens of thousands of small files in one style, which cost less than reading the context again for each.


@lru_cache(maxsize=4)
def _head(style: Style) -> bytes:
    """What stands before the first thing."""
    context = {**style.terms.context, "@base": style.base}
    return f'{{"@context": {json.dumps(context, ensure_ascii=False)},\n"@graph": ['.encode()


@lru_cache(maxsize=4)
def _terms(style: Style) -> Mapping[str, _Choices]:
    """By predicate, the terms that the context has for it."""
    found: dict[str, _Choices] = {}
    prefixes = style.terms.prefixes
    for name, definition in style.terms.context.items():
        if isinstance(definition, dict):
            iri = _full(definition["@id"], prefixes)
            choices = found.setdefault(f"<{iri}>", _Choices(definition["@id"]))
            wanted = definition.get("@type", "")
            datatype = wanted if wanted in {"", "@id"} else f"^^<{_full(wanted, prefixes)}>"
            choices.add(name, definition, datatype)
    return found


class _Writer:
    def __init__(self, style: Style, nesting: _Nests) -> None:
        self._short = Shortener(style)
        self._nesting = nesting
        self._ids = Remembered(self._id)
        self._choices = dict(_terms(style))

    def node(self, subject: str, found: dict[str, list[str]]) -> str:
        """A thing with everything that is said of it, as JSON."""
        texts = [f'"id": {self._ids[subject]}']
        types, labels = found.pop(_RDF_TYPE, None), found.pop(_LABEL, None)
        if types and all(term[0] == "<" for term in types):
            texts.append(f'"type": {_list([self._type(term) for term in types])}')
        elif types:
            texts += self._property(_RDF_TYPE, types)
        if labels:
            texts += self._property(_LABEL, labels)
        for predicate, objects in found.items():
            texts += self._property(predicate, objects)
        return "{" + ", ".join(texts) + "}"

    def _property(self, predicate: str, objects: list[str]) -> list[str]:
        choices = self._choices.get(predicate)
        if choices is None:
            choices = self._choices[predicate] = _Choices(self._compact(predicate))
        nests = self._nesting.by(predicate)
        if len(objects) == 1 and not nests:
            name, value = self._value(objects[0], choices)
            return [f'"{name}": {value}']
        values: dict[str, list[str]] = {}
        languages: dict[str, list[str]] = {}
        for term in objects:
            if term[0] == '"' and choices.language and (end := term.rindex('"') + 1) < len(term) and term[end] == "@":
                languages.setdefault(term[end + 1 :], []).append(term[:end])
                continue
            if nests and (lines := self._nesting.lines(term.encode())):
                name, value = choices.iri or choices.other, self.node(term, predicates(lines))
            else:
                name, value = self._value(term, choices)
            values.setdefault(name, []).append(value)
        texts = [f'"{name}": {_list(all_values)}' for name, all_values in values.items()]
        if languages:
            inner = ", ".join([f'"{code}": {_list(all_values)}' for code, all_values in languages.items()])
            texts.append(f'"{choices.language}": {{{inner}}}')
        return texts

    def _value(self, term: str, choices: _Choices) -> tuple[str, str]:
        """The term of the context for a value, and the value as it is written there."""
        if term[0] != '"':
            value = self._ids[term]
            return (choices.iri, value) if choices.iri else (choices.other, f'{{"@id": {value}}}')
        end = term.rindex('"') + 1
        value, suffix = term[:end], term[end:]
        if suffix in choices.typed:
            return choices.typed[suffix], value
        if suffix[:1] == "@" and choices.language:
            return choices.language, f'{{"{suffix[1:]}": {value}}}'
        return choices.other, _in_full(value, suffix)

    def _id(self, term: str) -> str:
        return f'"{term}"' if term[0] == "_" else f'"{self._short.relative(term[1:-1])}"'

    def _type(self, term: str) -> str:
        return f'"{self._compact(term)}"'

    def _compact(self, term: str) -> str:
        short = self._short.iri(term[1:-1])
        return term[1:-1] if short[0] == "<" else short


def _full(compact: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = compact.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else compact


def _in_full(value: str, suffix: str) -> str:
    if suffix[:1] == "@":
        return f'{{"@value": {value}, "@language": "{suffix[1:]}"}}'
    return f'{{"@value": {value}, "@type": "{suffix[3:-1]}"}}' if suffix else f'{{"@value": {value}}}'


def _list(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"
