"""Where things are: the only module that knows a path.

A *house* is a folder with ``sources/house.toml``. What it does not bring itself (ontology, shapes, tables) comes from
the house that is built into the package, so that a folder of pages can be built anywhere.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from mandate_graph.errors import BadTable, MissingPath, NoHouse

__all__ = ["House", "HouseConfig", "choose_house", "find_house", "packaged_house", "query_files"]

_PACKAGE = Path(__file__).resolve().parent
MARK = Path("sources") / "house.toml"


@dataclass(frozen=True, slots=True)
class HouseConfig:
    """``sources/house.toml``: the base of all IRIs, and what the dataset says of itself.

    ``contact`` (an address of mail or the web) and ``themes`` (concepts of other people's schemes, with their names by
    language) are for catalogues of data; a house need not have them.
    """

    base: str
    version: str
    issued: str
    modified: str
    license: str
    publisher: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    publisher_name: Mapping[str, str]
    rights: Mapping[str, str]
    contact: str = ""
    themes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class House:
    """A folder with sources, and where each of its parts is."""

    root: Path

    @property
    def documents(self) -> Path:
        """The pages as received, with their manifest."""
        return self.root / "sources" / "documents"

    @property
    def decisions(self) -> Path:
        """What people decided about mandates that are alike; a house need not have it."""
        return self.root / "sources" / "decisions.csv"

    @property
    def corrections(self) -> Path:
        """What people decided about the words of mandates; a house need not have it."""
        return self.root / "sources" / "corrections.csv"

    @property
    def identifiers(self) -> Path:
        """Every identifier that was ever published; a house need not have it."""
        return self.root / "sources" / "identifiers.txt"

    @property
    def links(self) -> Path:
        """The link sets; where the tables are the packaged ones, so are these, unless the house has its own."""
        part = Path("sources") / "links"
        borrowed = not (self.root / "sources" / "authorities").is_dir()
        return self._own_or_packaged(part) if borrowed else self.root / part

    def bring_links(self) -> bool:
        """Copy the link sets that the house borrows into it, before any is changed; whether that was needed.

        What a house decides is its own: the package is never written to.
        """
        own = self.root / "sources" / "links"
        if own.is_dir():
            return False
        borrowed = self.links
        if borrowed.is_dir():
            shutil.copytree(borrowed, own)
        own.mkdir(parents=True, exist_ok=True)
        return borrowed != own

    @property
    def authorities(self) -> Path:
        """The tables; the packaged ones when the house has none."""
        return self._own_or_packaged(Path("sources") / "authorities")

    @property
    def ontology(self) -> Path:
        """The vocabulary, the guest list and the JSON-LD context."""
        return self._own_or_packaged(Path("ontology"))

    @property
    def shapes(self) -> Path:
        """The promises."""
        return self._own_or_packaged(Path("shapes"))

    def borrowed(self) -> list[str]:
        """What the house does not bring itself and takes from the package; nothing for the packaged house."""
        parts = {"tables": Path("sources") / "authorities", "shapes": Path("shapes"), "ontology": Path("ontology")}
        return [name for name, part in parts.items() if not (self.root / part).is_dir()]

    def config(self) -> HouseConfig:
        """Read ``sources/house.toml``.

        Raises:
            BadTable: when it is not TOML, or a key is missing or of the wrong type.
        """
        path = self.root / MARK
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
            dataset = raw["dataset"]
            config = HouseConfig(
                base=str(raw["base"]),
                version=str(dataset["version"]),
                issued=str(dataset["issued"]),
                modified=str(dataset["modified"]),
                license=str(dataset["license"]),
                publisher=urljoin(str(raw["base"]), str(dataset["publisher"])),
                title=_texts(dataset["title"]),
                description=_texts(dataset["description"]),
                publisher_name=_texts(dataset["publisher_name"]),
                rights=_texts(dataset["rights"]),
                contact=str(dataset.get("contact", "")),
                themes=_themes(dataset.get("themes", {})),
            )
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadTable(MARK.as_posix(), f"not a TOML file ({error})") from None
        except KeyError as error:
            raise BadTable(MARK.as_posix(), f"the key {error} is missing") from None
        except (TypeError, AttributeError):
            raise BadTable(MARK.as_posix(), "a title or text must be a table of languages") from None
        if not config.base.startswith(("http://", "https://")) or not config.base.endswith("/"):
            raise BadTable(MARK.as_posix(), f"base {config.base!r} must be an http(s) address that ends in /")
        if config.contact and not config.contact.startswith(("mailto:", "http://", "https://")):
            raise BadTable(
                MARK.as_posix(), f"contact {config.contact!r} must begin with mailto: or be an http(s) address"
            )
        if set(config.base) & set(' <>"{}|\\^`#?'):
            raise BadTable(MARK.as_posix(), f"base {config.base!r} holds a character that no base of IRIs may hold")
        return config

    def _own_or_packaged(self, part: Path) -> Path:
        own = self.root / part
        return own if own.is_dir() else packaged_house().root / part


def packaged_house() -> House:
    """The house built into the package: the checkout when one stands around it, else the wheel's copy.

    An editable install would keep a stale copy of the data files, therefore the checkout is looked at first.
    """
    checkout = _PACKAGE.parent.parent
    if (checkout / MARK).is_file() and (checkout / "pyproject.toml").is_file():
        return House(checkout)
    return House(_PACKAGE / "data")


def find_house(named: Path | None, start: Path) -> House:
    """The house that was named, else the one around ``start``.

    Raises:
        MissingPath: when the named folder is no house.
        NoHouse: when no folder from ``start`` upwards is one.
    """
    if named is not None:
        if not (named / MARK).is_file():
            raise MissingPath(f"{named}/{MARK.as_posix()}", "file", "A house is a folder that holds this file.")
        return House(named)
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / MARK).is_file():
            return House(folder)
    raise NoHouse(str(start))


def choose_house(named: str | Path | None, *, needed: bool) -> House:
    """The house that was named, else the one around the current folder, else, unless one is needed, the packaged one.

    Raises:
        MissingPath: when the named folder is no house.
        NoHouse: when one is needed and there is none.
    """
    try:
        return find_house(None if named is None else Path(named), Path.cwd())
    except NoHouse:
        if needed:
            raise
        return packaged_house()


def query_files() -> Path:
    """The folder of named queries."""
    return _PACKAGE / "queries"


def _texts(table: Mapping[str, str]) -> dict[str, str]:
    return {str(language): str(text) for language, text in sorted(table.items())}


def _themes(table: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    for address in table:
        if not address.startswith(("http://", "https://")):
            raise BadTable(MARK.as_posix(), f"theme {address!r} must be an http(s) address")
    return {address: _texts(names) for address, names in sorted(table.items())}
