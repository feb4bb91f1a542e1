"""The door to Jinja: layouts become pages, and a name that nobody gave is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mandate_graph.publish import markup
from mandate_graph.publish.markup import Markup
from mandate_graph.publish.names import Names
from mandate_graph.publish.site import Site, relative

__all__ = ["Layouts", "Lost", "Reader"]

_PLACE = re.compile(r"\{(\w+)\}")


class Reader:
    """Somebody who reads a page in a language: how words, names and addresses are for him."""

    def __init__(self, site: Site, words: Mapping[str, str], names: Names, path: str, language: str) -> None:
        self.site, self.lang, self.path = site, language, path
        self._words = words
        self._names = names
        self.root = "../" * path.count("/")

    def t(self, key: str, **values: object) -> str:
        """Words of the interface; ``{name}`` in them is a value."""
        text = self._words[key]
        return _PLACE.sub(lambda found: str(values[found[1]]), text) if values else text

    def has(self, key: str) -> bool:
        """Whether there are such words."""
        return key in self._words

    def under(self, start: str) -> dict[str, str]:
        """All words whose keys begin so."""
        return {key: text for key, text in sorted(self._words.items()) if key.startswith(start)}

    def href(self, path: str) -> str:
        """The relative address of a file of the site."""
        return self._way(path)

    def page(self, stem: str, language: str = "", fragment: str = "") -> str:
        """The relative address of a page, in the reader's language where no other one is asked for."""
        return self._way(self.site.page(stem, language or self.lang), fragment)

    def _way(self, path: str, fragment: str = "") -> str:
        return relative(self.path, path, fragment)

    def name(self, iri: str) -> str:
        """What a thing is called, as plain text."""
        return self._names.best(iri, self.lang)[0]

    def label(self, iri: str) -> Markup:
        """What a thing is called, with its language where that is another one."""
        return markup.in_language(*self._names.best(iri, self.lang), self.lang)

    def told(self, texts: Mapping[str, str]) -> Markup:
        """A text that there is by language, in the reader's where there is one, else marked as another's."""
        return markup.in_language(*self._chosen(texts), self.lang)

    def plainly(self, texts: Mapping[str, str]) -> str:
        """The same as plain text."""
        return self._chosen(texts)[0]

    def _chosen(self, texts: Mapping[str, str]) -> tuple[str, str]:
        code = next((code for code in (self.lang, *self.site.languages, *sorted(texts)) if code in texts), "")
        return texts.get(code, ""), code

    def written(self, text: Any) -> Markup:
        """A literal of a row with its language."""
        return markup.in_language(text, getattr(text, "language", ""), self.lang)

    def address(self, iri: str) -> str:
        """Where a thing can be read: its page here, relative, or its own address."""
        stem = self.site.stem(iri)
        if stem is None:
            return iri
        return self.page(stem, fragment=iri.partition("#")[2])

    def link(self, iri: str, inside: str | Markup = "") -> Markup:
        """A link to a thing that says its name, or what is given."""
        return markup.anchor(self.address(iri), inside or self.label(iri), external=self.site.stem(iri) is None)

    def number(self, value: object) -> str:
        """A whole number with spaces that do not break between thousands (ISO 80000-1 §7.3.1)."""
        return f"{int(str(value)):,}".replace(",", "\u202f")

    def day(self, value: str) -> str:
        """A date as the words of the language write it; what is no full date stays as it is."""
        found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d).*", value)
        if not found:
            return value
        return self.t("date", day=int(found[3]), month=self.t(f"month.{int(found[2])}"), year=found[1])


class Lost(Reader):
    """Somebody who may stand anywhere: a host shows him this page in place of one that is not there.

    What leads on begins at the root of the host (RFC 3986 §4.2, an absolute-path reference).
    """

    def __init__(self, site: Site, words: Mapping[str, str], names: Names, path: str, language: str) -> None:
        super().__init__(site, words, names, path, language)
        self.root = urlsplit(site.url).path

    def _way(self, path: str, fragment: str = "") -> str:
        return urlsplit(self.site.address(path)).path + (f"#{fragment}" if fragment else "")


class Layouts:
    """All layouts of a folder."""

    def __init__(self, folders: Iterable[Path], filters: Mapping[str, Any]) -> None:
        import jinja2

        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._environment.filters.update({"json": markup.as_json, **filters})

    def load(self) -> None:
        """Read and compile all layouts now, for who can read no file later."""
        for name in self._environment.list_templates(extensions=["html"]):
            self._environment.get_template(name)

    def render(self, layout: str, reader: Reader, values: Mapping[str, Any]) -> str:
        """A page as text; the reader's ways are functions of the layout."""
        ways = {
            name: getattr(reader, name)
            for name in (
                "address", "day", "has", "href", "label", "lang", "link", "name", "number", "page", "plainly", "root",
                "site", "t", "told", "under", "written",
            )
        }  # fmt: skip
        return self._environment.get_template(layout).render({"path": reader.path, **ways, **values})
