"""The report as a page for people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["markdown", "quoted"]

# More of a message, and of a list, than this is in report.json.
_LONGEST = 400
_MOST = 2_000
_KIND_WORDS = {
    "unread": "unread text",
    "citation": "citations that name no known document, or several",
    "section": "sections that no table has",
    "theme": "themes",
    "language": "languages",
    "mention": "names that no table knows, or several do",
    "footnote": "footnotes",
    "label": "numbers",
    "attribution": "listings whose document is unknown",
    "form": "how files were read",
    "capture": "captures",
    "similar": "decisions that could not be applied",
    "correction": "corrections that could not be applied",
    "pair": "paragraphs without counterpart in the other language",
}


def markdown(data: Mapping[str, Any]) -> Iterable[str]:
    """The page, line by line; what it quotes stands as text."""
    counts = data["counts"]
    yield "# Build report\n"
    yield f"{counts['pages']} pages, {counts['listings']} listings, {counts['distinct_items']} distinct items"
    yield f"({counts['paragraphs']} when a paragraph in two languages counts once),"
    yield f"{counts['citations_resolved']} of {counts['citations_printed']} printed citations resolved,"
    yield f"{counts['triples']} triples.\n"
    yield "| page | language | theme | found by | form | listings | characters | unread |"
    yield "|---|---|---|---|---|--:|--:|--:|"
    yield from _cut(_page(page) for page in data["pages"])
    yield "\n## How documents are known\n"
    for name, count in counts["attributions"].items():
        yield f"- {name}: {count}"
    yield "\n## What the texts name\n"
    yield from _cut(
        f"- {quoted(named['label'])} ({named['named']}): {named['mandates']}" for named in data["mentions"]["resolved"]
    )
    yield "\n## To look at\n"
    if not (data["left_out"] or data["problems"] or data["vanished"]):
        yield "Nothing: every character was read, every citation resolved."
    yield from (f"- identifier that was published and is gone: {quoted(name)}" for name in data["vanished"])
    for error in data["left_out"]:
        yield f"- left out: {quoted(error['file'])}: {quoted(error['problem'])}. {quoted(error['advice'])}"
    yield from _problems(data["problems"])
    yield from _loose_words(data["mentions"])
    yield from _review(data["review"])
    yield from _promises(data["shapes"])


def _cut(lines: Iterable[str]) -> Iterator[str]:
    """As many lines as somebody may read; then how many there are more."""
    more = 0
    for place, line in enumerate(lines):
        if place < _MOST:
            yield line
        else:
            more += 1
    if more:
        yield f"\n… and {more:,} more (report.json names each)"


def _page(page: Mapping[str, Any]) -> str:
    unread = sum(len(piece["text"]) for piece in page["unread"])
    known = (page[key] or "unknown" for key in ("language", "theme"))
    form = f"{page['form']['name']}: {page['form']['because']}"
    which = page["page"] if page["file"].startswith(f"{page['page']}.") else f"{page['page']} ({page['file']})"
    which += ", superseded" if page["superseded_by"] else ""
    words = (which, *known, page["theme_from"], form)
    numbers = (page["listings"], page["characters"], unread)
    return "| " + " | ".join([*map(quoted, words), *map(str, numbers)]) + " |"


# These name nothing by themselves; the others may be names that a table should have.
_NO_NAMES = frozenset(("generic-phrase", "no-antecedent"))


def _loose_words(mentions: Mapping[str, Any]) -> Iterable[str]:
    """Words that were left without a link: for a curator those that look like names, then those that name nothing."""
    unknown = Counter((m["quote"], m["why"]) for m in mentions["unresolved"] if m["rule"] not in _NO_NAMES)
    if unknown:
        yield "\n## Names that no table knows\n"
        yield "A row in instruments.csv or bodies.csv links each of them everywhere in the next build.\n"
        ranked = sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
        yield from _cut(f"- “{quoted(quote)}”: {count} ({quoted(why)})" for (quote, why), count in ranked)
    if mentions["ambiguous"]:
        yield "\n## Words that several things go by\n"
        several = Counter((m["quote"], *m["candidates"]) for m in mentions["ambiguous"])
        yield from _cut(
            f"- “{quoted(quote)}”: {count} ({', '.join(candidates)})"
            for (quote, *candidates), count in sorted(several.items())
        )
    generic = Counter(m["quote"] for m in mentions["unresolved"] if m["rule"] in _NO_NAMES)
    if generic:
        yield "\n## Words that name no one thing, left unresolved\n"
        yield from _cut(f"- “{quoted(quote)}”: {count}" for quote, count in sorted(generic.items()))


def _promises(shapes: Mapping[str, Any]) -> Iterable[str]:
    """Each result that somebody should look at; notes are counted, because there are many of one kind."""
    yield "\n## Promises\n"
    yield ", ".join(f"{severity}: {count}" for severity, count in shapes["counts"].items()) + ".\n"
    notes = Counter(result["message"] for result in shapes["results"] if result["severity"] == "Info")
    for message, count in sorted(notes.items()):
        yield f"- Info, {count} times (report.json names each): {quoted(message)}"
    yield from _cut(_result(result) for result in shapes["results"] if result["severity"] != "Info")


def _result(result: Mapping[str, str]) -> str:
    where = f" ({result['where']})" if result["where"] else ""
    return f"- {result['severity']}: {result['focus'].strip('<>')}{quoted(where)}: {quoted(result['message'])}"


def _review(review: Mapping[str, Any]) -> Iterable[str]:
    for change in review["captures"]:
        yield f"\n## From {quoted(change['older'])} to {quoted(change['newer'])} ({quoted(change['page'])})\n"
        yield from (f"- came: {quoted(item['text'])}" for item in change["came"])
        yield from (f"- went: {quoted(item['text'])}" for item in change["went"])
        yield from (f"- changed: {quoted(item['difference'])}" for item in change["changed"])
        if not (change["came"] or change["went"] or change["changed"]):
            yield "Nothing came, went or changed."
    if review["pairs"]:
        yield "\n## The same paragraph in two languages\n"
    yield from _cut(f"- {pair['rule']}: {' = '.join(map(quoted, pair['texts']))}" for pair in review["pairs"])
    yield from _decided(review)
    if review["similar"]:
        yield "\n## Nearly the same, and not made one\n"
        yield "A row in `sources/decisions.csv` says that two are the same or different, and settles it:"
        yield "`mandate,other,decision,by,date,note`, with the keys below.\n"
    for pair in review["similar"]:
        one, other = (
            f"{pair[key]} ({quoted(place)})" for key, place in zip(("mandate", "other"), pair["places"], strict=True)
        )
        yield f"- {pair['similarity']:.3f} {one} and {other}:"
        yield f"  {quoted(pair['difference'])}"


def _decided(review: Mapping[str, Any]) -> Iterable[str]:
    if review["kindred"]:
        yield "\n## Kindred promises of different documents\n"
    yield from _cut(
        f"- {kin['similarity']} {' and '.join(kin['mandates'])}:\n  {quoted(kin['difference'])}"
        for kin in review["kindred"]
    )
    if review["corrections"]:
        yield "\n## What people corrected (sources/corrections.csv)\n"
    for each in review["corrections"]:
        what = f"{each['decision']} “{quoted(each['quote'])}” {each['target']}"
        yield f"- {what} in {each['mandate']}, by {quoted(each['by'])}"
    if review["decisions"]:
        yield "\n## What people decided (sources/decisions.csv)\n"
    for each in review["decisions"]:
        applied = "applied" if each["applied"] else "not applied: no page prints them, or their documents differ"
        yield f"- {each['decision']}: {each['mandate']} and {each['other']}, by {quoted(each['by'])}; {applied}"


def _problems(problems: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    by_kind: dict[str, list[str]] = {kind: [] for kind in _KIND_WORDS}
    counts = Counter[str]()
    for problem in problems:
        kind = problem["kind"]
        counts[kind] += 1
        if kind in by_kind and counts[kind] <= _MOST:
            where = f"{quoted(problem['page'])}, line {problem['line']}: " if problem["page"] else ""
            by_kind[kind].append(f"- {where}{quoted(problem['message'][:_LONGEST])}")
    for kind, lines in by_kind.items():
        if lines:
            title = _KIND_WORDS[kind]
            yield f"\n### {title[0].upper()}{title[1:]}\n"
            yield from lines
            if counts[kind] > _MOST:
                yield f"\n… and {counts[kind] - _MOST:,} more (report.json names each)"


def quoted(text: str) -> str:
    """Text as text: on one line, and without what Markdown or HTML would take for its own."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return re.sub(r"([\\`\[\]|])", r"\\\1", " ".join(line.split())).replace("&", "&amp;").replace("<", "&lt;")
