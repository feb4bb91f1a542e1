"""Mentions written for other programs and for people: JSON, CSV, and a page with the text marked."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from mandate_graph.cited import Named

__all__ = ["written"]


def written(named: Iterable[Named], form: str, texts: Mapping[int, str]) -> Iterator[str]:
    """Mentions as ``json``, ``jsonl``, ``csv`` or ``html``, piece by piece; ``texts`` are the texts by their lines."""
    if form == "jsonl":
        for each in named:
            yield json.dumps(each.as_dict(), ensure_ascii=False) + "\n"
    elif form == "json":
        yield json.dumps([each.as_dict() for each in named], ensure_ascii=False, indent=1) + "\n"
    elif form == "csv":
        yield from _csv(named)
    else:
        yield from _html(list(named), texts)


def _csv(named: Iterable[Named]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(Named)], lineterminator="\n")
    writer.writeheader()
    for each in named:
        writer.writerow({**each.as_dict(), "candidates": " | ".join(each.candidates)})
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


_STYLE = """\
body{font:16px/1.6 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
p{white-space:pre-wrap;overflow-wrap:anywhere}
mark{color:inherit;background:#dbe9ff;border-bottom:2px solid #2457a6;padding:0 .1em;border-radius:.15em}
mark.body{background:#dff3e3;border-color:#1c7035}mark.summit,mark.document{background:#f3e6fb;border-color:#7a3aa0}
mark.sdg{background:#fff0d6;border-color:#96610a}mark.country{background:#e9e9e9;border-color:#565656}
mark.topic{background:none;border-bottom:2px dotted #888}
mark.ambiguous{border-bottom-style:dashed}mark.unresolved{background:#fff;border-bottom:2px dotted #b03030}
u{text-decoration:underline dotted #888;text-underline-offset:.25em}
a{color:inherit;text-decoration:none}a:hover{text-decoration:underline}sup{font-size:.65em;line-height:0}
table{border-collapse:collapse;font-size:.85rem;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #ddd}
td{overflow-wrap:anywhere}
.key{font-size:.85rem}.key mark{margin-right:.6em}"""


def _html(named: Sequence[Named], texts: Mapping[int, str]) -> Iterator[str]:
    """A page that needs nothing else: each text with its mentions marked, and a table of them."""
    yield (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>What the text names</title>\n<style>\n{_STYLE}\n</style>\n<h1>What the text names</h1>\n"
    )
    kinds = " ".join(
        f'<mark class="{kind}">{kind}</mark>' for kind in ("instrument", "body", "summit", "sdg", "country")
    )
    others = " ".join(f'<mark class="{outcome}">{outcome}</mark>' for outcome in ("ambiguous", "unresolved"))
    yield f'<p class="key">{kinds} {others}</p>\n'
    by_line: dict[int, list[tuple[int, Named]]] = {}
    for number, each in enumerate(named, 1):
        by_line.setdefault(each.line, []).append((number, each))
    for line, text in texts.items():
        yield f"<p>{_marked(text, by_line.get(line, []))}</p>\n"
    yield "<table>\n<tr><th></th><th>words</th><th>name</th><th>how</th><th>rule</th></tr>\n"
    for number, each in enumerate(named, 1):
        what = html.escape(_named(each))
        how = f"{each.relation or ''}{f' “{each.cue}”' if each.cue else ''}"
        cells = (
            str(number),
            html.escape(each.quote),
            f'<a href="{html.escape(each.target)}">{what}</a>' if each.target else what,
            html.escape(how),
            f"{html.escape(each.rule)} {each.confidence:g}",
        )
        yield f'<tr id="m{number}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"
    yield "</table>\n</html>\n"


def _named(each: Named) -> str:
    if each.outcome == "resolved":
        return each.target_label or each.target or ""
    what = f"{each.outcome}{f': {each.why}' if each.why else ''}"
    return (
        f"{what} ({', '.join(candidate.rpartition('/id/')[2] for candidate in each.candidates)})"
        if each.candidates
        else what
    )


def _marked(text: str, named: Sequence[tuple[int, Named]]) -> str:
    """The text with its mentions marked; of those that overlap the first, the longest, is."""
    parts, place = [], 0
    groups: dict[tuple[int, int], list[tuple[int, Named]]] = {}
    for number, each in sorted(named, key=lambda pair: (pair[1].start, -pair[1].end, pair[1].kind == "topic")):
        groups.setdefault((each.start, each.end), []).append((number, each))
    for (start, end), group in groups.items():
        if start < place:
            continue
        first = group[0][1]
        names = "; ".join(dict.fromkeys(_named(each) for _, each in group))
        notes = " ".join(f'<a href="#m{number}">{number}</a>' for number, _ in group)
        kind = f"{first.kind} {first.outcome}"
        parts.append(html.escape(text[place:start]))
        parts.append(
            f'<mark class="{kind}" title="{html.escape(names)}">{html.escape(text[start:end])}</mark><sup>{notes}</sup>'
        )
        place = end
    parts.append(html.escape(text[place:]))
    return "".join(parts)
