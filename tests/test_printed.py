"""A page reads the same whatever holds it: invented pages printed as PDF in many ways, and typed in Word in many ways."""

from __future__ import annotations

import html
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from conftest import ROOT
from mandate_graph.authorities import Authorities
from mandate_graph.containers.pdf import read_pdf
from mandate_graph.containers.word import read_word
from mandate_graph.errors import UnreadablePage
from mandate_graph.score import score
from mandate_graph.sources import read_captures

CASES = ROOT / "tests" / "pages"
# Furniture of several styles, lettered and numbered sub-items, second paragraphs, notes, official numbers, both languages.
THEME_PAGES = (
    "dem", "dem_good_gov", "dem_trans_sp", "dm_mit", "ed_inv", "ge_civic_part", "health", "hr_adherence_sp", "ip",
    "lab_emp_sp", "lab_stds", "sec_arms", "sum_follow_up", "trade_agreements",
)  # fmt: skip
OTHERS = ("declaration_nuevo_leon", "compromiso_de_lima_sp", "plan_of_action_quebec", "themesdetails_t25")
MARKER = re.compile(r"(\d{1,3}[.)]|\([a-z]\)|[a-z][.)]|•)\s+")
NOTE = re.compile(r"\*+|[¹²³]")


@dataclass(frozen=True)
class Block:
    """A paragraph of a page; ``gap`` says that a blank line stands above it."""

    indent: int
    marker: str
    words: str
    gap: bool


def blocks(stem: str) -> list[Block]:
    """The paragraphs of a page; long lines below each other were wrapped and are one."""
    found: list[Block] = []
    above, gap = "", True
    for line in (CASES / f"{stem}.txt").read_text(encoding="utf-8-sig").splitlines():
        words = line.strip(" \t\u00a0")
        marker = MARKER.match(words)
        wrapped = not gap and len(above) >= 58 and above[-1] not in ".;:" and not words.isupper()
        if words and wrapped and not marker and not NOTE.match(words):
            found[-1] = replace(found[-1], words=f"{found[-1].words} {words}")
        elif words:
            end = marker.end() if marker else 0
            found.append(Block(len(line) - len(line.lstrip(" ")), marker[1] if marker else "", words[end:], gap))
        above, gap = words, not words
    return found


def assert_read_alike(
    folder: Path, suffix: str, stems: Sequence[str], make: Callable[[Sequence[Block], Path], None]
) -> None:
    for stem in stems:
        make(blocks(stem), folder / f"{stem}{suffix}")
        expected = CASES / f"{stem}.txt.csv"
        shutil.copy(expected if expected.exists() else CASES / f"{stem}.csv", folder / f"{stem}.csv")
    sheet = score(folder, house=ROOT)
    assert [f"{difference}" for difference in sheet.differences] == []
    assert sheet.is_perfect
    assert sheet.pages == len(stems)


# PDF


def printed(
    font: str = "Helvetica",
    size: float = 10,
    page: tuple[float, float] = A4,
    *,
    leading: float = 1.25,
    after: float = 8,
    justified: bool = False,
    hanging: bool = True,
    head: str = "",
) -> Callable[[Sequence[Block], Path], None]:
    """A way to print: paragraphs that flow over pages, with markers that hang or stand in the text."""

    def decorate(canvas: Canvas, document: Any) -> None:
        canvas.setFont("Helvetica", 7)
        canvas.drawString(50, page[1] - 30, head)
        canvas.drawCentredString(page[0] / 2, 25, f"Page {document.page}")

    def make(page_blocks: Sequence[Block], path: Path) -> None:
        if font == "Vera":
            pdfmetrics.registerFont(TTFont(font, "Vera.ttf"))  # comes with reportlab
        story = []
        for block in page_blocks:
            hangs = 18.0 if hanging else 0.0
            under = bool(hangs) and not block.marker and block.indent >= 4  # the words of the item above
            left = 4.5 * (block.indent - 2) + hangs if under else 4.5 * block.indent
            style = ParagraphStyle(
                "x", fontName=font, fontSize=size, leading=leading * size, alignment=4 if justified else 0,
                leftIndent=left + (hangs if block.marker else 0), bulletIndent=left, bulletFontName=font,
                bulletFontSize=size, spaceBefore=after if block.gap else min(after, 2),
            )  # fmt: skip
            words = block.words if hanging else f"{block.marker} {block.words}".strip()
            marks = re.sub("[¹²³]", lambda mark: f"<super>{'⁰¹²³'.index(mark[0])}</super>", html.escape(words))
            story.append(Paragraph(marks, style, bulletText=block.marker if hanging and block.marker else None))
        drawn = {"onFirstPage": decorate, "onLaterPages": decorate} if head else {}
        SimpleDocTemplate(str(path), pagesize=page, leftMargin=50, rightMargin=50, topMargin=50, bottomMargin=50).build(
            story, **drawn
        )

    return make


@pytest.mark.parametrize(
    ("make", "stems"),
    [
        pytest.param(printed(), THEME_PAGES + OTHERS, id="hanging"),
        pytest.param(printed("Times-Roman", 9, hanging=False), THEME_PAGES + OTHERS, id="inline"),
        pytest.param(printed("Vera", 11, justified=True), THEME_PAGES + OTHERS, id="TrueType-justified"),
        pytest.param(printed("Helvetica", 12, A5, head="Mandates, printed today"), THEME_PAGES + OTHERS, id="heads"),
        pytest.param(printed("Times-Roman", 12, (380, 300), head="Mandates"), THEME_PAGES, id="broken-by-pages"),
        pytest.param(printed("Helvetica", 10, leading=2, after=20), THEME_PAGES + OTHERS, id="double-spaced"),
        pytest.param(printed("Helvetica", 10, after=0), THEME_PAGES, id="tight"),
        pytest.param(printed("Helvetica", 10, after=0, hanging=False, justified=True), THEME_PAGES, id="tight-inline"),
    ],
)
def test_a_printed_page_is_read_as_its_text(
    tmp_path: Path, make: Callable[[Sequence[Block], Path], None], stems: Sequence[str]
) -> None:
    assert_read_alike(tmp_path, ".pdf", stems, make)


def drawn(*pages: Callable[[Canvas], None], size: tuple[float, float] = (400, 300)) -> str:
    """The lines of a PDF, with what is a heading (#) or furniture (~)."""
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=size)
    for page in pages:
        canvas.setFont("Helvetica", 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    found = read_pdf("page.pdf", data.getvalue())
    place, lines = 0, []
    for line in found.text.splitlines(keepends=True):
        lines.append({"heading": "#", "furniture": "~"}.get(found.hints.get(place, ""), "") + line)
        place += len(line)
    return "".join(lines)


def rows(canvas: Canvas, *texts: str, left: float = 40, top: float = 260) -> None:
    for number, text in enumerate(texts):
        canvas.drawString(left, top - 12 * number, text)


LONG = "1. Plant trees along every road that leads from one town to the next, and"  # as wide as the page


def test_rows_of_one_sentence_are_one_line() -> None:
    text = drawn(lambda canvas: rows(canvas, LONG, "water them until they are as tall as the", left=40))
    assert text == f"{LONG} water them until they are as tall as the\n"


def test_bullets_that_browsers_draw_are_bullets() -> None:
    def page(canvas: Canvas) -> None:
        canvas.circle(33, 263, 1.8, fill=1)
        rows(canvas, "Plant trees.")

    assert drawn(page) == "• Plant trees.\n"


def test_markers_that_are_written_after_all_words_stand_before_them() -> None:
    def page(canvas: Canvas) -> None:
        rows(canvas, "Plant trees.", "Water them.", left=60)
        rows(canvas, "1.", "2.")

    assert drawn(page) == "1. Plant trees.\n2. Water them.\n"


def test_menus_of_links_are_furniture() -> None:
    def page(canvas: Canvas) -> None:
        rows(canvas, "Home", "1. Plant trees.")
        canvas.linkURL("https://example.org", (40, 257, 80, 270))

    assert drawn(page).startswith("~Home\n")


def test_what_browsers_print_around_a_page_is_furniture() -> None:
    def page(canvas: Canvas) -> None:
        rows(canvas, "1. Plant trees.")
        canvas.setFont("Helvetica", 7)
        canvas.drawString(20, 285, "11/24/26, 11:40 PM")
        canvas.drawString(20, 10, "https://example.org/mig.htm")
        canvas.drawString(370, 10, "1/1")

    assert [line[:1] for line in drawn(page).splitlines() if line] == ["~", "1", "~"]


def test_heads_feet_and_watermarks_do_not_break_a_sentence() -> None:
    def page(text: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            rows(canvas, text)
            canvas.drawString(40, 285, "Mandates")
            canvas.saveState()
            canvas.translate(200, 150)
            canvas.rotate(45)
            canvas.drawCentredString(0, 0, "DRAFT")
            canvas.restoreState()

        return draw

    text = drawn(page(LONG), page("water them. (Plan of Action Québec, 2001)."))
    assert f"{LONG} water them. (Plan of Action Québec, 2001).\n" in text
    assert text.count("~Mandates") == text.count("~DRAFT") == 2


def test_notes_below_the_rule_wait_for_the_end_of_the_sentence() -> None:
    def first(canvas: Canvas) -> None:
        rows(canvas, f"{LONG[:-5]}¹ and")
        canvas.line(40, 60, 140, 60)
        rows(canvas, "1 Peru reserves its position.", top=48)

    text = drawn(first, lambda canvas: rows(canvas, "water them."))
    assert text == f"{LONG[:-5]}¹ and water them.\n\n    ¹ Peru reserves its position.\n"


def test_words_that_the_printer_broke_are_mended() -> None:
    """A hyphen is the printer's where the page has the word without it."""
    broken = f"{LONG[:60]} coop-"
    assert drawn(lambda canvas: rows(canvas, broken, "eration.")).endswith(" coop-eration.\n")
    assert drawn(lambda canvas: rows(canvas, broken, "eration. Cooperation")).endswith(" cooperation. Cooperation\n")
    assert drawn(lambda canvas: rows(canvas, f"{LONG[:60]} inter-", "American and pre-", "and post-war")).endswith(
        " inter-American and pre- and post-war\n"
    )


def test_larger_and_bold_rows_are_headings() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 10)
        rows(canvas, "Clean hands", top=285)
        canvas.setFont("Helvetica", 10)
        rows(canvas, "1. Plant trees.", "2. Water them.", "3. Rest.")

    assert drawn(page).startswith("#Clean hands\n")


# Word


def typed(page_blocks: Sequence[Block], path: Path, *, between: str = " ") -> None:
    """Markers typed into indented paragraphs whose first line hangs."""
    document = docx.Document()
    for block in page_blocks:
        paragraph = document.add_paragraph(f"{block.marker}{between}{block.words}" if block.marker else block.words)
        if block.marker:
            paragraph.paragraph_format.left_indent = Pt(9 * block.indent + 18)
            paragraph.paragraph_format.first_line_indent = Pt(-18)
        elif block.indent:
            paragraph.paragraph_format.left_indent = Pt(9 * block.indent)
    document.save(str(path))


class Lists:
    """Lists of Word's own, each a definition (w:abstractNum) or a use of one (w:num)."""

    def __init__(self, document: Any) -> None:
        self.root = document.part.numbering_part.element
        self.count = 900

    def define(self, kind: str, pattern: str) -> int:
        self.count += 1
        levels = "".join(
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="'
            f'{pattern.format(depth + 1)}"/><w:pPr><w:ind w:left="{720 * depth + 720}" w:hanging="360"/></w:pPr></w:lvl>'
            for depth in range(4)
        )
        definition = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{self.count}">{levels}</w:abstractNum>'
        self.root.find(qn("w:num")).addprevious(parse_xml(definition))
        return self.count

    def use(self, definition: int | str, depth: int, start: int) -> int:
        self.count += 1
        override = f'<w:lvlOverride w:ilvl="{depth}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
        link = f'<w:abstractNumId w:val="{definition}"/>'
        self.root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{self.count}">{link}{override}</w:num>'))
        return self.count

    @staticmethod
    def put(paragraph: Any, number: int, depth: int) -> None:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = depth
        properties.get_or_add_numId().val = number


def counted(page_blocks: Sequence[Block], path: Path) -> None:
    """Numbers, letters and bullets that Word counts, each item a list that begins where it must."""
    document = docx.Document()
    lists = Lists(document)
    kinds = {
        "1.": lists.define("decimal", "%{}."),
        "a.": lists.define("lowerLetter", "%{}."),
        "a)": lists.define("lowerLetter", "%{})"),
        "•": lists.define("bullet", "\uf0b7"),
    }
    for block in page_blocks:
        depth = min(3, max(0, block.indent // 2 - 1))
        marker, words = block.marker, block.words
        if marker == "•" and (letter := re.match(r"[a-z]\. ", words)):
            marker, words = letter.group().strip(), words[3:]
        kind = re.sub(r"\d+", "1", re.sub(r"[a-z]", "a", marker))
        paragraph = document.add_paragraph(words if kind in kinds else f"{marker} {words}".strip())
        if kind in kinds:
            start = int(marker[:-1]) if marker[0].isdigit() else ord(marker[0]) - 96 if kind != "•" else 1
            lists.put(paragraph, lists.use(kinds[kind], depth, start), depth)
        elif block.indent:
            paragraph.paragraph_format.left_indent = Pt(12 * block.indent)
    document.save(str(path))


def styled(page_blocks: Sequence[Block], path: Path) -> None:
    """The styles for lists that Word brings along; a restarted list is a use of its own at level 0."""
    document = docx.Document()
    lists = Lists(document)
    base = min((block.indent for block in page_blocks if block.marker), default=0)
    for block in page_blocks:
        depth = min(2, max(0, (block.indent - base) // 2))
        suffix = f" {depth + 1}" if depth else ""
        if re.fullmatch(r"\d+\.", block.marker):
            paragraph = document.add_paragraph(block.words, style=f"List Number{suffix}")
            used = document.styles[f"List Number{suffix}"].element.pPr.numPr.numId.val
            (definition,) = lists.root.xpath(f"w:num[@w:numId='{used}']/w:abstractNumId/@w:val")
            lists.put(paragraph, lists.use(definition, 0, int(block.marker[:-1])), 0)
        elif block.marker == "•":
            document.add_paragraph(block.words, style=f"List Bullet{suffix}")
        else:
            style = f"List Continue{suffix}" if block.indent > base else "Heading 1" if block.words.isupper() else None
            document.add_paragraph(f"{block.marker} {block.words}".strip(), style=style)
    document.save(str(path))


def tabled(page_blocks: Sequence[Block], path: Path) -> None:
    """Items in the rows of a table, with their markers in a column of their own."""
    document = docx.Document()
    table = None
    for block in page_blocks:
        if block.marker:
            table = table or document.add_table(rows=0, cols=2)
            for cell, words in zip(table.add_row().cells, (block.marker, block.words), strict=True):
                cell.text = words
                cell.paragraphs[0].paragraph_format.left_indent = Pt(9 * max(0, block.indent - 2))
        elif table is not None and block.indent:
            below = table.rows[-1].cells[1].add_paragraph(block.words)
            below.paragraph_format.left_indent = Pt(9 * block.indent)
        else:
            table = None
            document.add_paragraph(block.words)
    document.save(str(path))


def pasted(page_blocks: Sequence[Block], path: Path) -> None:
    """Text pasted into Word: spaces for indentation, and line breaks where no blank line stood."""
    document = docx.Document()
    for block in page_blocks:
        text = " " * block.indent + f"{block.marker} {block.words}".strip()
        if block.gap or not document.paragraphs:
            document.add_paragraph(text)
        else:
            run = document.paragraphs[-1].add_run()
            run.add_break()
            run.add_text(text)
    document.save(str(path))


def boxed(page_blocks: Sequence[Block], path: Path) -> None:
    """Everything but items in text boxes, which Word writes twice: for programs of today, and for old ones."""
    office = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Never read"
    for block in page_blocks:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent = Pt(9 * block.indent)
        if block.marker or block.indent:
            paragraph.add_run(f"{block.marker} {block.words}".strip())
            continue
        box = f"<w:txbxContent><w:p><w:r><w:t>{html.escape(block.words)}</w:t></w:r></w:p></w:txbxContent>"
        alternatives = f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
        paragraph._p.append(
            parse_xml(
                f'<w:r {nsdecls("w")} xmlns:mc="{office}"><mc:AlternateContent>{alternatives}</mc:AlternateContent></w:r>'
            )
        )
    document.save(str(path))


def revised(page_blocks: Sequence[Block], path: Path) -> None:
    """Tracked changes, links, controls, page breaks, hidden words; a note that stands alone is a footnote of Word."""
    document = docx.Document()
    notes: list[str] = []
    edges = Block(0, "", "", gap=True)
    for above, block, below, next_but_one in zip(
        [edges, *page_blocks], page_blocks, [*page_blocks[1:], edges], [*page_blocks[2:], edges, edges], strict=False
    ):
        if is_lone_note(above, block, below):
            continue
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent = Pt(9 * block.indent)
        halves = [f"{block.marker} {block.words}".strip()]
        if is_lone_note(block, below, next_but_one):
            words = NOTE.sub("", below.words, count=1)
            halves = halves[0].split(below.words.removesuffix(words))
            notes.append(words.strip())
        for number, half in enumerate(halves):
            if number:
                reference = f'<w:footnoteReference w:id="{len(notes)}"/>'
                paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{reference}</w:r>"))
            for kind, part in zip("ildsvb" * len(half), re.split(r"(?<= )", half), strict=False):
                paragraph._p.append(revision(kind, part))
    document.part.relate_to(footnotes(document, notes), RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(str(path))


def is_lone_note(above: Block, block: Block, below: Block) -> bool:
    """Whether a note is the only one of the item above, which carries its mark once."""
    mark = NOTE.match(block.words)
    alone = not NOTE.match(above.words) and not NOTE.match(below.words)
    return mark is not None and alone and above.words.count(mark[0]) == 1


def revision(kind: str, words: str) -> Any:
    """Words as an insertion, in a link, before a deletion, in a control, before hidden words, or behind a page break."""
    run = f'<w:r><w:t xml:space="preserve">{html.escape(words)}</w:t></w:r>'
    inner = {
        "i": f'<w:ins w:id="1" w:author="a">{run}</w:ins>',
        "l": f'<w:hyperlink w:anchor="a">{run}</w:hyperlink>',
        "d": f'{run}<w:del w:id="2" w:author="a"><w:r><w:delText>STRUCK</w:delText></w:r></w:del>',
        "s": f"<w:sdt><w:sdtContent>{run}</w:sdtContent></w:sdt>",
        "v": f"{run}<w:r><w:rPr><w:vanish/></w:rPr><w:t>HIDDEN</w:t></w:r>",
        "b": f'<w:r><w:br w:type="page"/></w:r>{run}',
    }[kind]
    return parse_xml(f"<w:smartTag {nsdecls('w')}>{inner}</w:smartTag>")


def footnotes(document: Any, notes: Sequence[str]) -> Part:
    written = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>{html.escape(note)}</w:t></w:r></w:p>'
        "</w:footnote>"
        for number, note in enumerate(notes, 1)
    )
    content = f"<w:footnotes {nsdecls('w')}>{written}</w:footnotes>".encode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    return Part(PackURI("/word/footnotes.xml"), kind, content, document.part.package)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(typed, id="typed"),
        pytest.param(lambda page_blocks, path: typed(page_blocks, path, between="\t"), id="tabs"),
        pytest.param(counted, id="counted"),
        pytest.param(styled, id="styles"),
        pytest.param(tabled, id="table"),
        pytest.param(pasted, id="line-breaks"),
        pytest.param(boxed, id="text-boxes"),
        pytest.param(revised, id="tracked-changes-and-footnotes"),
    ],
)
def test_a_typed_page_is_read_as_its_text(tmp_path: Path, make: Callable[[Sequence[Block], Path], None]) -> None:
    assert_read_alike(tmp_path, ".docx", THEME_PAGES + OTHERS, make)


def word_lines(build: Callable[[Any], None]) -> str:
    document = docx.Document()
    build(document)
    data = io.BytesIO()
    document.save(data)
    return read_word("page.docx", data.getvalue()).text


def test_moved_words_stand_where_they_were_moved_to() -> None:
    def build(document: Any) -> None:
        for name, words in (("moveFrom", "old"), ("moveTo", "new")):
            moved = f'<w:{name} {nsdecls("w")} w:id="1" w:author="a"><w:r><w:t>{words}</w:t></w:r></w:{name}>'
            document.add_paragraph()._p.append(parse_xml(moved))

    assert word_lines(build) == "new\n"


def test_a_paragraph_whose_end_was_struck_out_goes_on_in_the_next() -> None:
    def build(document: Any) -> None:
        first = document.add_paragraph("1. Plant trees")
        ends = f'<w:rPr {nsdecls("w")}><w:del w:id="1" w:author="a"/></w:rPr>'
        first._p.get_or_add_pPr().append(parse_xml(ends))
        document.add_paragraph(" and water them.")

    assert word_lines(build) == "1. Plant trees and water them.\n"


def test_numbers_without_a_stop_and_levels_of_levels() -> None:
    def build(document: Any) -> None:
        lists = Lists(document)
        plain, nested = lists.define("decimal", "%{}"), lists.define("decimal", "%1.%2")
        for definition, depth, words in ((plain, 0, "One"), (nested, 0, "Two"), (nested, 1, "Three")):
            lists.put(document.add_paragraph(words), lists.use(definition, depth, 4), depth)

    assert [line.strip() for line in word_lines(build).split("\n") if line] == ["4. One", "4.1 Two", "4.4 Three"]


def test_the_author_s_own_mark_of_a_note_is_kept() -> None:
    def build(document: Any) -> None:
        own = f'<w:r {nsdecls("w")}><w:footnoteReference w:customMarkFollows="1" w:id="1"/><w:t>*</w:t></w:r>'
        document.add_paragraph("Plant trees.")._p.append(parse_xml(own))
        document.part.relate_to(footnotes(document, ["*Peru reserves."]), RELATIONSHIP_TYPE.FOOTNOTES)

    assert word_lines(build) == "Plant trees.*\n\n    *Peru reserves.\n"


# Files that cannot be read


def pdf_data(text: str = "1. Plant trees.", **given: Any) -> bytes:
    data = io.BytesIO()
    canvas = Canvas(data, **given)
    canvas.drawString(60, 700, text)
    canvas.save()
    return data.getvalue()


def docx_data() -> bytes:
    data = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("1. Plant trees.")
    document.save(data)
    return data.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_data())) as old, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return data.getvalue()


def entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = f"<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:body></w:document>"
    return with_part("word/document.xml", f'<!DOCTYPE d [<!ENTITY e0 "lol">{entities}]>{body}'.encode())


def broken() -> Iterator[tuple[str, bytes, str]]:
    yield "encrypted.pdf", pdf_data(encrypt=StandardEncryption("secret")), "encrypted"
    yield "truncated.pdf", pdf_data()[: len(pdf_data()) // 2], "not a PDF that can be read"
    yield "scan.pdf", pdf_data(""), "without text"
    yield "encrypted.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "encrypted or old"
    yield "truncated.docx", docx_data()[:-2000], "not a Word document that can be read"
    yield "bomb.docx", with_part("word/media/x.bin", bytes(65 * 2**20)), "64 are read"
    yield "entities.docx", entity_bomb(), "not a Word document that can be read"


@pytest.mark.parametrize(("name", "data", "words"), [pytest.param(*case, id=case[0]) for case in broken()])
def test_a_file_that_cannot_be_read_is_named_in_one_line(
    tmp_path: Path, authorities: Authorities, name: str, data: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (error,) = read_captures([tmp_path / name], authorities.languages)
    assert isinstance(error, UnreadablePage)
    assert words in str(error)
    assert str(error).startswith(f"{name}: ")
    assert str(error).isprintable()
    assert len(str(error)) < 200
