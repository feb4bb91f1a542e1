"""The search page as a reader uses it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect


def search(page: Page, site: str, query: str = "", code: str = "") -> None:
    page.goto(f"{site}search{code}.html{'?' if query else ''}{query}")
    settled(page)


def settled(page: Page) -> None:
    expect(page.locator("#status")).to_contain_text(re.compile(r"\d.*(paragraph|párrafo)"))
    page.wait_for_timeout(60)


def found(page: Page) -> int:
    return int(re.findall(r"\d+", page.locator("#status").inner_text())[0])


def shown(page: Page) -> list[str]:
    while page.locator("#more").is_visible():
        page.locator("#more").click()
        page.wait_for_timeout(80)
    return [
        str(each) for each in page.locator("#results > li").evaluate_all("all => all.map(li => li.dataset.mandate)")
    ]


def taken(page: Page, form: str, inside: str = "#take") -> str:
    if form == "rq":
        page.locator("details.query").evaluate("box => { box.open = true }")
    with page.expect_download() as waiting:
        page.locator(f"{inside} [data-take={form}]").click()
    return Path(waiting.value.path()).read_text(encoding="utf-8")


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))
