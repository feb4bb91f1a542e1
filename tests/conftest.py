"""What many tests need: the repository, its own build, and the command line as a user calls it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import mandate_graph as mg
from mandate_graph.authorities import Authorities, load_authorities
from mandate_graph.dataset import Graph
from mandate_graph.house import House
from mandate_graph.publish import publish
from mandate_graph.resolve import mandate_key
from mandate_graph.sssom import read_set, set_text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from serving import Served

# No test asserts a time; a slow machine must not turn a promise into a failure. The examples are the same in every run.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("steady")

# One mandate for each way in which a thing is named, and one that a person corrects.
NAMING = [
    "Take note of the Universal Declaration of Human Rights in schools by the sea.",
    "Ratify the Arms Trade Treaty before the boats leave the harbour.",
    "Build on resolution AG/RES. 2905 (XLVII-O/17) when the wind turns.",
    "Conclude the Draft American Declaration on the Rights of Indigenous Peoples.",
    "Observe the Convention against Corruption on every pier.",
]

# What says how a terminal is; some machines set it where there is none.
TERMINAL = {"COLUMNS", "LINES", "PAGER", "LESS", "NO_COLOR"}
ROOT = Path(__file__).resolve().parent.parent
Cli = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def house() -> House:
    return House(ROOT)


@pytest.fixture(scope="session")
def authorities() -> Authorities:
    return load_authorities(House(ROOT).authorities)  # a module may have a house of its own


@pytest.fixture(scope="session")
def unlinked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house of the repository's own pages without one link: for tests that build often, or ask the reference."""
    home = tmp_path_factory.mktemp("unlinked")
    (home / "sources" / "links").mkdir(parents=True)
    shutil.copy(ROOT / "sources" / "house.toml", home / "sources")
    shutil.copytree(ROOT / "sources" / "documents", home / "sources" / "documents")
    return home


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own sources, built."""
    out = tmp_path_factory.mktemp("own") / "build"
    mg.build(out=out, house=ROOT)
    return out


@pytest.fixture(scope="session")
def dataset(built: Path) -> Graph:
    return mg.open(built)


@pytest.fixture(scope="session")
def bilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house of invented pages that has what the repository's own sources lack: Spanish pages, an older capture of one
    page, a reservation that names paragraphs, decisions, symbols of instruments that no table has, words that say how a
    thing is named, a correction, and a link that somebody reviewed; built."""
    home = tmp_path_factory.mktemp("bilingual")
    documents = home / "sources" / "documents"
    documents.mkdir(parents=True)
    shutil.copy(ROOT / "sources" / "house.toml", home / "sources")
    for stem in ("dem_trans", "dem_trans_sp", "dm_ews", "dm_ews_sp"):
        shutil.copy(ROOT / "tests" / "pages" / f"{stem}.txt", documents)
    item = "  1. {} (Plan of Action Québec, 2001)."
    old = ["Sail on Sundays.", "Row on Mondays and on most Tuesdays of every year.", "Swim."]
    new = ["Dive.", "Sail on Sundays.*", "Row on Mondays and on most Thursdays of every year."]
    note = "\n    *The Venezuelan delegation reserves its position on paragraph 15 and paragraph 6-A of the Plan."
    (documents / "ocean.old.txt").write_text(page_text(*map(item.format, old)), encoding="utf-8")
    (documents / "ocean.txt").write_text(
        page_text(*(item.format(text) + (note if "*" in text else "") for text in new)), encoding="utf-8"
    )
    (documents / "charter.txt").write_text(page_text(*map(item.format, NAMING)), encoding="utf-8")
    (home / "sources" / "corrections.csv").write_text(
        "mandate,quote,nth,decision,target,by,date,note\n"
        f"{mandate_key('2001-quebec-plan-of-action', 'en', NAMING[-1])},Convention against Corruption,,retarget,"
        "instrument/iacac-1996,A. Reader,2026-11-24,the item before it speaks of the OAS\n"
    )
    (documents / "manifest.csv").write_text(
        "file,page,captured,supersedes\nocean.txt,ocean,2024-05-31,ocean.old.txt\nocean.old.txt,ocean,,\n"
    )
    one, other = (mandate_key("2001-quebec-plan-of-action", "en", text) for text in (old[1], new[2]))
    (home / "sources" / "decisions.csv").write_text(
        "mandate,other,decision,by,date,note\n"
        f"{one},{other},same,A. Reader,2026-11-24,a day was corrected\n"
        f"{one},{mandate_key('2001-quebec-plan-of-action', 'en', 'Swim.')},different,A. Reader,2026-11-24,\n"
    )
    links = read_set(ROOT / "sources" / "links" / "stw.sssom.tsv")
    signed = links.mappings[0].with_cells(reviewer_label="B. Reader", review_date="2026-12-01")
    (home / "sources" / "links").mkdir()
    text = set_text(links.header, links.prefixes, [signed, *links.mappings[1:]])
    (home / "sources" / "links" / links.name).write_text(text, encoding="utf-8")
    mg.build(out=home / "build", house=home)
    return home / "build"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run the program in an empty folder, as its own process; what the tester's terminal is like does not count."""
    at_home = {name: value for name, value in os.environ.items() if name not in TERMINAL}

    def run(
        *arguments: str | Path, cwd: Path = tmp_path, stdin: str = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mandate_graph", *map(str, arguments)],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**at_home, "PYTHONIOENCODING": "utf-8", **(env or {})},
            check=False,
        )

    return run


def skos_folder() -> Path:
    """The folder of real vocabularies (STW, UN SDG, M49); a test skips without it, but where all must run it fails."""
    folder = os.environ.get("MANDATE_GRAPH_SKOS", "")
    if folder and Path(folder).is_dir():
        return Path(folder)
    said = "MANDATE_GRAPH_SKOS does not name the folder with stw-9.06.ttl, un-sdg-kos.ttl and un-m49-geoareas.ttl"
    if os.environ.get("MANDATE_GRAPH_TESTS") == "all":
        pytest.fail(said)
    pytest.skip(said)


def page_text(*items: str, heading: str = "MIGRATION", language: str = "en") -> str:
    """A page of the usual furniture around list items."""
    head = {
        "en": "Organization of American States Summits of the Americas\nFollow-up and Implementation: Mandates\n\n",
        "es": "Organización de los Estados Americanos Cumbres de las Américas\nSeguimiento e implementación: Mandatos\n\n",
    }[language]
    title = f"{heading}\n\n" if heading else ""
    foot = {"en": "© Summits of the Americas", "es": "© Cumbres de las Américas"}[language]
    return head + title + "\n\n".join(items) + f"\n\n{foot}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden", action="store_true", help="write the golden files anew; read the difference before it is kept"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that at the end no worker waits for another."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


OWN_SITE = "https://mandates.example/below/"


@pytest.fixture(scope="session")
def own_site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the repository's own build."""
    out = tmp_path_factory.mktemp("own-site") / "site"
    publish(built, out, OWN_SITE, ROOT)
    return out


@pytest.fixture(scope="session")
def published(bilingual: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a file server, with the site of the invented pages below ``browser.UNDER``."""
    from browser import UNDER

    out = tmp_path_factory.mktemp("published")
    publish(bilingual, out / UNDER, "https://mandates.example/", ROOT)
    return out


@pytest.fixture(scope="module")
def site(published: Path) -> Iterator[str]:
    """The address of the published site."""
    from browser import UNDER, serving

    with serving(published) as address:
        yield f"{address}{UNDER}/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; not for the whole session, because its event loop would be in the way of others."""
    from browser import chromium

    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when a script fails or the security policy is broken."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, permissions=["clipboard-write"])
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def served(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The repository's own build, served."""
    from serving import serving

    with serving(built, tmp_path_factory.mktemp("served"), whole=True) as server:
        yield server
