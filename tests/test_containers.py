"""What holds a page changes nothing of what is read: the invented pages, printed as PDF and typed in Word, read as they do."""

from __future__ import annotations

import html
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate

from conftest import ROOT
from mandate_graph.containers import CONTAINERS, Rendition, container_of
from mandate_graph.containers.apart import ReaderProcess
from mandate_graph.containers.html import read_html
from mandate_graph.containers.markdown import read_markdown
from mandate_graph.containers.plain import decode
from mandate_graph.containers.word import read_word
from mandate_graph.errors import UnreadablePage
from mandate_graph.score import score
from test_hostile import word_file

CASES = ROOT / "tests" / "pages"
# Pages with long items, sub-items, notes, official numbers, both languages; a full text; a listing.
PAGES = (
    "ed_inv.txt", "env_climate.txt", "dem_trans_sp.txt", "health_communicable_disease.txt", "lab_stds.txt",
    "sec_arms.txt", "hr_adherence_sp.txt", "unseen/mig_hr_wrapped.txt", "declaration_nuevo_leon.txt",
    "themesdetails_t25.txt",
)  # fmt: skip
_MARKER = re.compile(r"(?P<indent> *)(?P<marker>\d{1,3}\.|•|[a-z]\.)\s+(?P<words>.*)", re.DOTALL)


def paragraphs(path: Path) -> Iterator[tuple[int, str, str]]:
    """Indentation, marker and words of the paragraphs of a text capture; lines that were wrapped are joined."""
    found: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        begins = not found or not found[-1] or _MARKER.match(line) or line.lstrip()[:1] in {"*", "©"}
        upper = (
            line.strip().isdigit()
            or line.strip().isupper()
            or line.startswith(("Follow-up", "Seguimiento", "Click", "Haga"))
        )
        if not line.strip() or begins or upper:
            found.append(line.rstrip() if line.strip() else "")
        else:
            found[-1] += " " + line.strip()
    for text in filter(None, found):
        if match := _MARKER.fullmatch(text):
            yield len(match["indent"]), match["marker"], match["words"]
        else:
            yield len(text) - len(text.lstrip()), "", text.strip()


def pdf(path: Path, target: Path, *, size: float, page: tuple[float, float], running: str = "") -> None:
    """The paragraphs with hanging markers, wrapped by the width of the page, over as many pages as it takes."""

    def decorate(canvas: object, document: object) -> None:
        canvas.setFont("Helvetica", 8)  # type: ignore[attr-defined]
        canvas.drawString(60, page[1] - 36, running)  # type: ignore[attr-defined]
        canvas.drawCentredString(page[0] / 2, 30, f"{document.page}")  # type: ignore[attr-defined]

    story = []
    for indent, marker, words in paragraphs(path):
        left = 6 * indent
        style = ParagraphStyle(
            "x", fontName="Helvetica", fontSize=size, leading=size * 1.25, spaceBefore=8, bulletFontSize=size,
            leftIndent=left + (18 if marker else 0), bulletIndent=left,
        )  # fmt: skip
        story.append(Paragraph(html.escape(words), style, bulletText=marker or None))
    document = SimpleDocTemplate(
        str(target), pagesize=page, leftMargin=60, rightMargin=60, topMargin=56, bottomMargin=56
    )
    drawn = {"onFirstPage": decorate, "onLaterPages": decorate} if running else {}
    document.build(story, **drawn)


def typed(path: Path, target: Path) -> None:
    """Markers typed as text, indentation by the paragraph."""
    document = docx.Document()
    for indent, marker, words in paragraphs(path):
        paragraph = document.add_paragraph(f"{marker} {words}".strip())
        paragraph.paragraph_format.left_indent = Pt(6 * indent)
    document.save(str(target))


def numbered(path: Path, target: Path) -> None:
    """Markers that Word counts: every list its own, letters that begin where they must."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    for number, (indent, marker, words) in enumerate(paragraphs(path), 900):
        paragraph = document.add_paragraph(words)
        if not marker:
            paragraph.paragraph_format.left_indent = Pt(6 * indent)
            continue
        kind, start = ("bullet", "1") if marker == "•" else ("lowerLetter", str(ord(marker[0]) - 96))
        if marker[0].isdigit():
            kind, start = "decimal", marker[:-1]
        definition, level = OxmlElement("w:abstractNum"), OxmlElement("w:lvl")
        definition.set(qn("w:abstractNumId"), str(number))
        level.set(qn("w:ilvl"), str(min(indent // 4, 1)))
        for name, value in (
            ("w:start", start),
            ("w:numFmt", kind),
            ("w:lvlText", "•" if kind == "bullet" else f"%{min(indent // 4, 1) + 1}."),
        ):
            child = OxmlElement(name)
            child.set(qn("w:val"), value)
            level.append(child)
        definition.append(level)
        numbering.insert(0, definition)
        entry, link = OxmlElement("w:num"), OxmlElement("w:abstractNumId")
        entry.set(qn("w:numId"), str(number))
        link.set(qn("w:val"), str(number))
        entry.append(link)
        numbering.append(entry)
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = min(indent // 4, 1)
        properties.get_or_add_numId().val = number
    document.save(str(target))


PRINTERS: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "wide": (".pdf", lambda path, target: pdf(path, target, size=10, page=A4)),
    "small-pages": (".pdf", lambda path, target: pdf(path, target, size=12, page=A5, running="Summits of the Americas")),
    "typed": (".docx", typed),
    "numbered": (".docx", numbered),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("printer", PRINTERS)
def test_a_printed_page_reads_like_its_text(name: str, printer: str, tmp_path: Path) -> None:
    suffix, draw = PRINTERS[printer]
    path = CASES / name
    target = tmp_path / f"{path.stem}{suffix}"
    draw(path, target)
    expected = next(
        beside for beside in (path.with_name(f"{path.name}.csv"), path.with_suffix(".csv")) if beside.exists()
    )
    shutil.copy(expected, tmp_path / f"{path.stem}.csv")
    sheet = score(target, house=ROOT)
    assert [str(difference) for difference in sheet.differences if difference.column not in {"line", "marker"}] == []
    assert not sheet.left_out


def test_the_first_bytes_decide_before_the_name() -> None:
    assert container_of(".txt", b"%PDF-1.7")[0] == "application/pdf"
    assert container_of(".txt", b"\xef\xbb\xbf\n<!DOCTYPE html><html>")[0] == "text/html"
    assert container_of(".TXT", "\ufeff<html>".encode("utf-16"))[0] == "text/html"
    assert container_of(".md", b"# Title")[0] == "text/markdown"
    assert container_of(".xyz", b"words")[0] == "text/plain"
    assert container_of(".pdf", b"PK\x03\x04")[0].endswith("wordprocessingml.document")
    for kind, container in CONTAINERS.items():
        assert container.media_type == kind
        assert callable(container.load())


@pytest.mark.parametrize(
    ("data", "text", "note"),
    [
        (b"ni\xc3\xb1os", "niños", ""),
        (b"\xef\xbb\xbfni\xc3\xb1os", "niños", ""),
        ("niños".encode("utf-16"), "niños", "UTF-16"),
        (b"ni\xf1os \x93a\x94", "niños “a”", "windows-1252, because line 1 is not UTF-8"),
        (b"ni\xc3\xb1os\nni\xf1os", "niños\nniños", "UTF-8, but for bytes"),
        (b"a\x81b", "a\ufffdb", "stand for no character"),
    ],
)
def test_encodings_are_found_and_said(data: bytes, text: str, note: str) -> None:
    found, notes = decode("page.txt", data)
    assert found == text
    assert (note in "; ".join(notes)) if note else notes == ()


def markup(body: str, head: str = "") -> Rendition:
    return read_html("page.html", f"<html><head>{head}</head><body>{body}</body></html>".encode())


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<ol><li>a<li>b</ol>", "  1. a\n  2. b\n\n"),
        ("<ol type=a start=6><li>a<li value=9>b</ol>", "  f. a\n  i. b\n\n"),
        ("<ul><li>a<ul><li>b</ul></ul>", "  • a\n    • b\n\n"),
        ("<ol style='list-style-type: upper-roman'><li>a<li>b</ol>", "  I. a\n  II. b\n\n"),
        ("<ul style='list-style:none'><li>f. a</ul>", "  f. a\n\n"),
        ("<ol><li><p>a</p><p>b</p></li></ol>", "  1. a\n     b\n\n"),
        ("<ol><li>a<br>b</ol>", "  1. a\n     b\n\n"),
        ("<p>a&nbsp;b  c<sup>1</sup></p><p hidden>x</p><script>y</script>", "a\u00a0b c¹\n\n"),
        ("<p>1 &lt; 2 &lt;script&gt;</p>", "1 < 2 <script>\n\n"),
        ("<p>a<b>b</p><p>c</b>d", "ab\n\ncd\n\n"),
    ],
)
def test_markup_becomes_the_lines_that_captures_have(body: str, text: str) -> None:
    assert markup(body).text == text


def test_markup_tells_headings_and_menus() -> None:
    found = markup(
        "<nav><a href=x>Home</a></nav><h2>HEALTH</h2><p><b>MANDATES</b></p><p><a href=y>Related</a></p><p>text</p>"
    )
    lines = {found.text[place:].split("\n")[0]: hint for place, hint in found.hints.items()}
    assert lines == {"Home": "furniture", "HEALTH": "heading", "MANDATES": "heading", "Related": "furniture"}


def test_markdown_is_its_markup() -> None:
    assert read_markdown("page.md", b"# A\n\n1. b\n   c\n   - d\\*\n").text == "A\n\n  1. b c\n    • d*\n\n"


def test_a_reader_that_fails_costs_one_file() -> None:
    """The next file is read by the same process, or by a new one."""
    with ReaderProcess(seconds=30) as apart:
        for _ in range(2):
            with pytest.raises(UnreadablePage):
                apart.read("application/pdf", "bad.pdf", b"%PDF-1.7 broken")
            assert apart.read("text/html", "good.html", b"<p>words").text == "words\n\n"
        process = apart._child._child
        assert process is not None
        process.kill()
        process.wait()
        assert apart.read("text/html", "good.html", b"<p>words").text == "words\n\n"


def test_a_reader_that_takes_too_long_is_stopped() -> None:
    with ReaderProcess(seconds=0.5) as apart, pytest.raises(UnreadablePage, match="not read within"):
        apart.read("text/html", "deep.html", b"<div>" * 300_000)
    with ReaderProcess(seconds=30) as apart:
        assert apart.read("text/html", "good.html", b"<p>words").text == "words\n\n"


def test_word_notes_changes_and_breaks(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Count birds")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run().add_break()
    paragraph.add_run("and trees.")
    struck = OxmlElement("w:del")
    run, words = OxmlElement("w:r"), OxmlElement("w:delText")
    words.text = " Never."
    run.append(words)
    struck.append(run)
    paragraph._p.append(struck)
    data = io.BytesIO()
    document.save(data)
    with ReaderProcess() as apart:
        kind = next(kind for kind in CONTAINERS if kind.endswith("wordprocessingml.document"))
        assert apart.read(kind, "a.docx", data.getvalue()).text == "Count birds¹\nand trees.\n"


def run(words: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{words}</w:t></w:r>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            f"<w:tbl><w:tr><w:tc><w:p>{run('1.')}</w:p></w:tc><w:tc><w:p>{run('Plant')}</w:p></w:tc></w:tr></w:tbl>",
            "1. Plant\n",
        ),
        (f"<w:p><w:r><w:sym w:font='Symbol' w:char='F0B7'/></w:r>{run('Plant')}</w:p>", "• Plant\n"),
        (f"<w:ins><w:p>{run('Plant')}{run('never', '<w:vanish/>')}</w:p></w:ins>", "Plant\n"),
        (f"<w:p><w:pPr><w:ind w:left='480' w:hanging='240'/></w:pPr>{run('Plant')}</w:p>", "  Plant\n"),
        (f"<w:p>{run('a')}<w:r><w:tab/></w:r>{run('b')}<w:r><w:noBreakHyphen/></w:r>{run('c')}</w:p>", "a b\u2011c\n"),
        (
            f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('Plant ')}</w:p><w:p>{run('trees')}</w:p>",
            "Plant trees\n",
        ),
        (
            "<w:p><w:r><w:txbxContent>" + f"<w:p>{run('boxed')}</w:p>" + f"</w:txbxContent></w:r>{run('around')}</w:p>",
            "around\n\nboxed\n",
        ),
        (f"<w:sdt><w:sdtContent><w:p>{run('held')}</w:p></w:sdtContent></w:sdt>", "held\n"),
    ],
)
def test_word_shows_what_a_reader_sees(body: str, text: str) -> None:
    assert read_word("page.docx", word_file(body)).text == text


def test_word_counts_as_it_does_on_the_screen() -> None:
    """Levels, letters from where they must begin, lists that count on, and those that begin anew."""

    def item(words: str, depth: int, number: int = 1) -> str:
        place = f"<w:numPr><w:ilvl w:val='{depth}'/><w:numId w:val='{number}'/></w:numPr>"
        return f"<w:p><w:pPr>{place}</w:pPr>{run(words)}</w:p>"

    def level(depth: int, kind: str, pattern: str, start: int = 1) -> str:
        return f"<w:lvl w:ilvl='{depth}'><w:start w:val='{start}'/><w:numFmt w:val='{kind}'/><w:lvlText w:val='{pattern}'/></w:lvl>"

    levels = level(0, "decimal", "%1.") + level(1, "lowerLetter", "(%2)", 6) + level(2, "lowerRoman", "%3")
    numbering = (
        f"<w:abstractNum w:abstractNumId='1'>{levels}</w:abstractNum>"
        f"<w:abstractNum w:abstractNumId='2'>{level(0, 'none', '')}{level(1, 'bullet', 'x')}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='2'/></w:num>"
        "<w:num w:numId='3'><w:abstractNumId w:val='1'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='9'/></w:lvlOverride></w:num>"
        f"<w:num w:numId='4'><w:abstractNumId w:val='1'/><w:lvlOverride w:ilvl='0'>{level(0, 'upperRoman', '%1')}</w:lvlOverride></w:num>"
    )
    body = "".join(
        (item("a", 0), item("b", 1), item("c", 1), item("d", 2), item("e", 0), item("f", 1), item("g", 0, 3),
         item("h", 0, 2), item("i", 1, 2), item("j", 0, 4))
    )  # fmt: skip
    lines = [line.strip() for line in read_word("page.docx", word_file(body, numbering=numbering)).text.splitlines()]
    assert list(filter(None, lines)) == [
        "1. a", "(f) b", "(g) c", "i. d", "2. e", "(f) f", "9. g", "h", "• i", "X. j",
    ]  # fmt: skip
