"""One invented paragraph, in both languages: the same for the same page and place, whoever asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inventing.chance import Chance
from inventing.words import Said, Vocabulary

__all__ = ["Item", "invent", "sentence", "steps", "varied"]

_CLAUSES = (2, 2, 2, 3, 3, 3, 4, 4, 5, 7)
_SYMBOLS = ("A/RES/{first}/{second}", "AG/RES. {second} (XXX-O/{first})", "ILO Convention No. {second}", "SDG {small}")
# So that official numbers stay rare where a document has more paragraphs than it has numbers.
_NUMBERED_PAGES = 50


@dataclass(frozen=True, slots=True)
class Item:
    """A paragraph: the document and section that it is cited from, its official label, its words piece by piece."""

    document: int
    section: Said | None
    label: str
    words: tuple[Said, ...]

    def text(self, language: int) -> str:
        """The words in one language (0 English, 1 Spanish), without a final stop."""
        text = " ".join(piece[language] for piece in self.words).replace(" ,", ",").replace(",,", ",")
        return text[:1].upper() + text[1:]


def invent(seed: int, page: int, place: int, words: Vocabulary, document: int | None = None) -> Item:
    """The paragraph that belongs to a place of a page; ``document`` where the whole page is of one."""
    chance = Chance(seed, "item", page, place)
    drawn = words.cited[chance.falling(words.cited_weights)]
    of = drawn if document is None else document
    row = words.documents[of]
    section = chance.pick(row.sections) if row.sections else None
    return Item(of, section, _label(chance, row.key, page), tuple(_words(chance, words, row.kind)))


def varied(item: Item, seed: int, key: str, words: Vocabulary, *, elsewhere: bool = False) -> Item:
    """Nearly the same paragraph: its last piece is another one; ``elsewhere`` in another document."""
    chance = Chance(seed, "near", key)
    near = replace(item, label="", words=(*item.words[:-1], _ending(chance, words)))
    if not elsewhere:
        return near
    document = words.cited[chance.falling(words.cited_weights)]
    sections = words.documents[document].sections
    return replace(near, document=document, section=chance.pick(sections) if sections else None)


def steps(seed: int, page: int, place: int, words: Vocabulary) -> list[tuple[str, Said]]:
    """Sub-items of a chapeau: their letters, with gaps where steps were left out, and their words."""
    chance = Chance(seed, "steps", page, place)
    letters = [letter for letter in "abcdefgh" if chance.happens(0.4)][:4] or ["f"]
    made = []
    for letter in letters:
        verb, act, where = (chance.pick(words.phrases[role]) for role in ("verb", "act", "field"))
        what = _things(chance, words)
        site = _filled(chance.pick(words.phrases["place"]), chance, words)
        end = _ending(chance, words)
        english, spanish = (f"{verb[n]} {act[n]} {what[n]} {where[n]} {site[n]} {end[n]}" for n in (0, 1))
        made.append((letter, (english, spanish)))
    return made


def sentence(role: str, chance: Chance, words: Vocabulary) -> Said:
    """A phrase of a role with its blanks filled."""
    return _filled(chance.pick(words.phrases[role]), chance, words)


def _label(chance: Chance, key: str, page: int) -> str:
    is_labelled = chance.happens(0.3 * _NUMBERED_PAGES / (_NUMBERED_PAGES + page))
    first, second = chance.draw(), chance.draw()
    if is_labelled and key == "1994-miami-plan-of-action":
        return f"{1 + int(first * 23)}.{1 + int(second * 8)}"
    if is_labelled and key == "1996-santa-cruz-plan-of-action":
        return str(1 + int(first * 65))
    return ""


def _words(chance: Chance, words: Vocabulary, kind: str) -> Iterator[Said]:
    """Clauses, each with a verb, and at least one piece that few other paragraphs have."""
    if kind == "declaration":
        yield ("we will", "nos comprometemos a")
    elif kind != "plan-of-action":
        yield ("to", "")
    for number in range(chance.pick(_CLAUSES)):
        if number:
            yield chance.pick(words.phrases["join"])
        yield from _clause(chance, words)
    draw = chance.draw()
    if draw < 0.06:
        year, (english, spanish) = chance.pick(words.summits)
        back = chance.pick(words.phrases["back"])
        yield back[0].format(year=year, summit=english), back[1].format(year=year, summit=spanish)
    elif draw < 0.55:
        yield _named(chance, words)
        if draw < 0.15:
            yield _named(chance, words)
    if chance.happens(0.25):
        yield chance.pick(words.phrases["tail"])
    yield _ending(chance, words)


def _clause(chance: Chance, words: Vocabulary) -> Iterator[Said]:
    phrases = words.phrases
    yield chance.pick(phrases["verb"])
    yield chance.pick(phrases["act"])
    yield _things(chance, words)
    if chance.happens(0.5):
        yield chance.pick(phrases["field"])
    if chance.happens(0.6):
        yield _filled(chance.pick(phrases["place"]), chance, words)
    if chance.happens(0.35):
        yield _filled(chance.pick(phrases["whom"]), chance, words)
    if chance.happens(0.3):
        yield _filled(chance.pick(phrases["manner"]), chance, words)
    if chance.happens(0.4):
        english, spanish = _filled(chance.pick(phrases["purpose"]), chance, words)
        yield f", {english},", f", {spanish},"


def _things(chance: Chance, words: Vocabulary) -> Said:
    """Things or people, of a kind."""
    english, spanish = chance.pick(words.phrases["thing"])
    if chance.happens(0.6):
        quality = chance.pick(words.phrases["quality"])
        return f"{quality[0]} {english}", f"{spanish} {quality[1]}"
    return english, spanish


def _named(chance: Chance, words: Vocabulary) -> Said:
    """A link to something that has a name: known, numbered, or in no table."""
    link = chance.pick(words.phrases["link"])
    draw = chance.draw()
    if draw < 0.04:
        kind, matter = chance.pick(words.phrases["kind"]), chance.pick(words.phrases["matter"])
        return f"{link[0]} {kind[0]} on {matter[0]}", f"{link[1]} la {kind[1]} sobre {matter[1]}"
    if draw < 0.12:
        symbol = chance.pick(_SYMBOLS).format(
            first=chance.between(51, 76), second=chance.between(1, 290), small=chance.between(1, 17)
        )
        return f"{link[0].removesuffix(' the')} {symbol}", f"{link[1]} {symbol}"
    english, spanish = words.names[chance.falling(words.name_weights)]
    which = chance.draw()
    return f"{link[0]} {_one(english, which)}", f"{link[1]} {_one(spanish, which)}"


def _one(names: Sequence[str], draw: float) -> str:
    """The first name half of the time, else any of them."""
    return names[0] if draw < 0.5 else names[int((draw - 0.5) * 2 * len(names))]


def _ending(chance: Chance, words: Vocabulary) -> Said:
    return _filled(chance.pick(words.phrases["number"]), chance, words)


def _filled(phrase: Said, chance: Chance, words: Vocabulary) -> Said:
    """A phrase with its numbers, years, places and things."""
    english, spanish = phrase
    if "{" not in english:
        return phrase
    values, spoken = {}, {}
    if "{number" in english:
        values["number"] = str(chance.between(2, 960))
    if "{year" in english:
        year = chance.between(1995, 2040)
        values |= {"year": str(year), "later": str(year + 10)}
    if "{place" in english:
        values |= {"place": _place(chance, words), "other": _place(chance, words)}
    if "{things" in english:
        one, other = _things(chance, words), _things(chance, words)
        values |= {"things": one[0], "more": other[0]}
        spoken = {"things": one[1], "more": other[1]}
    return english.format(**values), spanish.format(**{**values, **spoken})


def _place(chance: Chance, words: Vocabulary) -> str:
    """The name of a place that is nowhere."""
    syllables = words.phrases["syllable"]
    middle = chance.pick(syllables)[0] if chance.happens(0.6) else ""
    return f"{chance.pick(syllables)[0]}{middle}{chance.pick(words.phrases['ending'])[0]}".capitalize()
