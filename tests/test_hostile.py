"""Hostile input: one clear line that names the file, the right exit code, and nothing good is lost for it."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

import mandate_graph as mg
from conftest import ROOT, Cli, page_text
from mandate_graph.engine import parse_quads
from mandate_graph.errors import BadTable, MandateGraphError
from mandate_graph.intake import add
from mandate_graph.pipeline import Build

CITED = "(Plan of Action Québec, 2001)."
GOOD = page_text(f"  1. Dive on Sundays. {CITED}")
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def build_beside(folder: Path, name: str | bytes, data: bytes | str) -> Build:
    """Build a file beside a good page."""
    pages = folder / "pages"
    pages.mkdir(exist_ok=True, parents=True)
    (pages / "good.txt").write_text(GOOD, encoding="utf-8")
    path = pages / os.fsdecode(name)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return mg.build(pages, out=folder / "out", house=ROOT)


def left_out(done: Build, name: str) -> str:
    """Why one file was left out, as the one line that a person reads; the good page was built."""
    assert any(page["file"] == "good.txt" for page in done.report.data["pages"])
    (error,) = done.left_out
    assert error.page == name
    line = str(error)
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert error.exit_code == 1
    return line


def word_file(body: str, *, numbering: str = "", doctype: str = "", extra: bytes = b"") -> bytes:
    """A Word document, written by hand so that nothing keeps it from being wrong."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_TYPES}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default '
            f'Extension="rels" ContentType="{_OFFICE}-package.relationships+xml"/><Override PartName="/word/document.xml"'
            f' ContentType="{_OFFICE}-officedocument.wordprocessingml.document.main+xml"/><Override PartName='
            f'"/word/numbering.xml" ContentType="{_OFFICE}-officedocument.wordprocessingml.numbering+xml"/></Types>',
        )
        for name, kind, target in (
            ("_rels/.rels", "officeDocument", "word/document.xml"),
            ("word/_rels/document.xml.rels", "numbering", "numbering.xml"),
        ):
            link = f'<Relationship Id="r1" Type="{_RELATED}/{kind}" Target="{target}"/>'
            package.writestr(name, f'<Relationships xmlns="{_TYPES}/relationships">{link}</Relationships>')
        package.writestr("word/numbering.xml", f"<w:numbering {_WORD}>{numbering}</w:numbering>")
        package.writestr("word/document.xml", f"{doctype}<w:document {_WORD}><w:body>{body}</w:body></w:document>")
        if extra:
            package.writestr("word/extra.xml", extra)
    return data.getvalue()


def paragraph(text: str, level: object = 0) -> str:
    numbered = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    return f"<w:p>{numbered}<w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered_from(start: object, kind: str = "decimal") -> str:
    level = f'<w:lvl w:ilvl="0"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="%1."/></w:lvl>'
    return (
        f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )


def pdf_file(pages: int = 1, password: str | None = None, text: str = f"1. Do it. {CITED}") -> bytes:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    data = io.BytesIO()
    drawn = canvas.Canvas(data, encrypt=password)
    for _ in range(pages):
        drawn.drawString(72, 700, text)
        drawn.showPage()
    drawn.save()
    return data.getvalue()


# Bytes


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\xc2\xa0\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"  1. a\0b (Plan of Action Miami, 1994).", "NUL at byte 6"),
        (GOOD.encode("utf-16-le"), "may be UTF-16 without a byte-order mark"),
        (b"\xff\xfe" + GOOD.encode("utf-16-le") + b"x", "not UTF-16-LE at byte"),
        (b"\xff\xfe" + "\ud800x".encode("utf-16-le", "surrogatepass"), "not UTF-16-LE at byte 0"),
        (b"\xff\xfe\0\0" + GOOD.encode("utf-32-le"), "holds NUL"),
        (bytes(range(128, 256)) * 40, "not text in a known encoding (line 1)"),
        (f"{CITED}\n".encode() * 200, "no list item"),
        (b"Nothing but words.\n", "no list item"),
        (b"word " * 400_000, "no list item"),
    ],
)
def test_bytes_that_are_no_page_are_named(tmp_path: Path, data: bytes, words: str) -> None:
    assert words in left_out(build_beside(tmp_path, "bad.txt", data), "bad.txt")


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD.replace("Dive", "Sail").encode(),
        b"\xff\xfe" + GOOD.replace("Dive", "Sail").encode("utf-16-le"),
        b"\xfe\xff" + GOOD.replace("Dive", "Sail").encode("utf-16-be"),
        GOOD.replace("Dive", "Niñas sail").encode() + b"\n\n  2. Ni\xf1os swim. (Plan of Action Miami, 1994).",
        page_text(f"  1. Sail \x01\x02\x1b \uffff \ufdd0 \U000e0001 \x0b\x0c\x1c\x85\u2028 away. {CITED}").encode(),
    ],
)
def test_other_encodings_are_read(tmp_path: Path, data: bytes) -> None:
    done = build_beside(tmp_path, "other.txt", data)
    assert done.left_out == ()
    page = next(page for page in done.report.data["pages"] if page["file"] == "other.txt")
    assert page["listings"] == (2 if b"Ni\xf1os" in data else 1)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    with (pages / "bad.txt").open("wb") as file:  # a hole takes no room on the disk
        file.truncate(100 * 2**20)
    assert "100 MiB; files of its kind are read up to 16 MiB" in left_out(
        build_beside(tmp_path, "good.txt", GOOD), "bad.txt"
    )


# Texts


@pytest.mark.parametrize(
    "words",
    [
        "(" * 100_000,
        ")" * 100_000,
        "()" * 50_000,
        "(word 2001 " * 10_000 + ")" * 10_000,
        "1" * 100_000,
        "a" + " " * 100_000 + "b",
        "*" * 100_000,
        "Convention On The Rights Of " * 4_000,
        "Aaa " * 20_000 + "Convention",
    ],
)
def test_long_and_unbalanced_items_stay_one_item(tmp_path: Path, words: str) -> None:
    done = build_beside(tmp_path, "long.txt", page_text(f"  1. Do {words} {CITED}"))
    assert done.left_out == ()
    page = next(page for page in done.report.data["pages"] if page["file"] == "long.txt")
    assert page["listings"] == 1


def test_an_item_of_many_lines_is_one_item(tmp_path: Path) -> None:
    wrapped = "  1. Begin\n" + "     and go on with the words of the item\n" * 5_000 + f"     and end. {CITED}"
    done = build_beside(tmp_path, "long.txt", page_text(wrapped))
    assert done.report.data["counts"]["listings"] == 2


@pytest.mark.parametrize(
    ("number", "year"),
    [
        ("0.", "0"),
        ("999.", "9999"),
        ("99999999999.", "99999999999"),
        ("٣.", "1492"),
        ("²)", "٢٠٠١"),
        ("1.", "20012001"),
    ],
)
def test_numbers_and_years_out_of_range_break_nothing(tmp_path: Path, number: str, year: str) -> None:
    """Nothing is believed of them: an item of such a year has no document."""
    page = page_text(f"  1. Sail. {CITED}", f"  {number} Row. (Plan of Action Québec, {year}).")
    done = build_beside(tmp_path, "odd.txt", page)
    assert done.left_out == ()
    assert done.report.data["counts"]["citations_resolved"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("same", [True, False])
def test_very_many_items_are_all_there(tmp_path: Path, same: bool) -> None:
    lines = "\n".join(f"  1. {'Dive' if same else chr(0x4E00 + place) * 9} now {CITED}" for place in range(4_000))
    done = build_beside(tmp_path, "many.txt", page_text(lines))
    assert done.report.data["counts"]["listings"] == 4_001
    assert done.report.data["counts"]["distinct_items"] == (2 if same else 4_001)


@pytest.mark.slow
def test_very_many_notes_are_all_there(tmp_path: Path) -> None:
    notes = "\n".join(f"    *Note {place} of a state." for place in range(2_000))
    done = build_beside(tmp_path, "notes.txt", page_text(f"  1. Sail.* {CITED}\n{notes}"))
    assert done.report.data["counts"]["footnotes"] == 2_000


# Text stays text

INJECTED = (
    '<script>alert("x")</script> \x1b[31m \x1b]0;t\x07 \u202e | pipe """ \\" \' $x @en <http://evil> <!-- {0} ${{HOME}}'
)


def test_what_a_text_holds_is_text_in_every_format(tmp_path: Path) -> None:
    done = build_beside(tmp_path, "inj.txt", page_text(f"  1. Sail {INJECTED} away. {CITED}"))
    dataset = mg.open(done.folder)
    triples = {quad[:3] for quad in dataset.quads()}
    assert {quad[:3] for quad in parse_quads(done.folder / "mandates.ttl")} == triples
    assert {quad[:3] for quad in parse_quads(done.folder / "mandates.jsonld")} == triples
    assert any("<script>alert" in term for triple in triples for term in triple if term.startswith('"'))
    assert "<http://evil>" not in {term for triple in triples for term in triple}


@pytest.mark.parametrize(
    "name",
    ["a b.txt", "a'\"b.txt", "a\nb\n# H.txt", "привет.txt", "a\x1b[31mred\x07.txt", "a\u202etxt.exe.txt", "a|<b>.txt", "x" * 240 + ".txt"],
)  # fmt: skip
def test_files_of_any_name_are_built_or_named_on_one_line(tmp_path: Path, name: str) -> None:
    done = build_beside(tmp_path, name, GOOD.replace("Dive", "Sail"))
    assert done.left_out == ()
    left_out(build_beside(tmp_path, name, b"\0"), name)


def test_talk_on_standard_error_holds_no_control_characters(tmp_path: Path, cli: Cli) -> None:
    for name in ("a\x1b[31mred\x07.txt", "a\u202eb.txt", "a\nb.txt"):
        (tmp_path / name).write_bytes(b"\0")
        run = cli("build", name)
        assert run.returncode == 1
        assert len(run.stderr.splitlines()) == 1
        assert run.stderr.rstrip("\n").isprintable()
    run = cli("build", "gone\x1b[31m.txt")
    assert run.returncode == 2
    assert run.stderr.rstrip("\n").isprintable()


# The file system


def test_links_pipes_and_folders_are_no_pages(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (tmp_path / "secret.txt").write_text(GOOD.replace("Dive", "Spy"))
    (pages / "out.txt").symlink_to("../secret.txt")
    (pages / "one.txt").symlink_to("other.txt")
    (pages / "other.txt").symlink_to("one.txt")
    (pages / "nowhere.txt").symlink_to("gone.txt")
    (pages / "self").symlink_to(".")
    (pages / "alias.txt").symlink_to("good.txt")
    (pages / "folder.txt").mkdir()
    os.mkfifo(pages / "pipe.txt")
    done = build_beside(tmp_path, "good.txt", GOOD)
    assert {error.page for error in done.left_out} == {"out.txt", "one.txt", "other.txt", "nowhere.txt", "pipe.txt"}
    assert len(done.report.data["pages"]) == 1
    assert "Spy" not in (done.folder / "mandates.nq").read_text()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "bad.txt").write_text(GOOD)
    (pages / "bad.txt").chmod(0)
    assert "Permission denied" in left_out(build_beside(tmp_path, "good.txt", GOOD), "bad.txt")


# Containers


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04garbage", "not a Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted or old Word file"),
        (word_file(paragraph("x"), extra=bytes(70_000_000)), "unpacks to 66 MiB"),
        (word_file("<w:sdt><w:sdtContent>" * 5_000), "not a Word document"),
        (
            word_file(
                paragraph("&e9;"),
                doctype='<!DOCTYPE d [<!ENTITY e0 "lol">'
                + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
                + "]>",
            ),
            "not a Word document",
        ),
        (
            word_file(paragraph("&x;"), doctype=f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{ROOT}/LICENSE">]>'),
            "empty",
        ),
    ],
)  # fmt: skip
def test_a_word_file_that_is_broken_or_a_bomb_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    assert words in left_out(build_beside(tmp_path, "bad.docx", data), "bad.docx")


def test_word_numbers_of_any_size_are_counted(tmp_path: Path) -> None:
    for start, kind in (
        (10**9, "decimal"),
        (10**9, "lowerRoman"),
        (-5, "lowerRoman"),
        ("abc", "decimal"),
        ("9" * 5_000, "decimal"),
    ):
        data = word_file(paragraph(f"Sail. {CITED}"), numbering=numbered_from(start, kind))
        assert build_beside(tmp_path, "odd.docx", data).left_out == ()


def test_a_pdf_that_is_broken_encrypted_empty_or_too_long_is_named(tmp_path: Path) -> None:
    whole = pdf_file()
    for data, words in (
        (whole[: len(whole) // 2], "not a PDF"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 8, "not a PDF"),
        (pdf_file(password="secret"), "encrypted"),
        (pdf_file(text=""), "without text"),
        (pdf_file(2_001), "2001 pages"),
    ):
        assert words in left_out(build_beside(tmp_path, "bad.pdf", data), "bad.pdf")


def test_a_pdf_that_lies_about_its_pages_is_read(tmp_path: Path) -> None:
    done = build_beside(tmp_path, "odd.pdf", pdf_file().replace(b"/Count 1", b"/Count 2000000000"))
    assert done.left_out == ()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("divs.html", "<div>" * 5_000 + f"<ol><li>Sail. {CITED}</ol>"),
        ("lists.html", "<ol><li>a" * 200 + f"<ol><li>Sail. {CITED}</ol>"),
        ("attribute.html", f"<p style='{'display ' * 125_000}'>x</p><ol><li>Sail. {CITED}</ol>"),
        ("plain.html", f"<ol><li>Sail. {CITED}</ol><plaintext>{'<p>x</p>' * 1_000}"),
        ("entities.html", f"<ol><li>{'&amp;&nbsp;&#x41;' * 20_000} Sail. {CITED}</ol>"),
        ("script.html", f"<script>alert(1)</script><style>b</style><ol><li>Sail.<script>x</script> {CITED}</ol>"),
        ("quotes.md", ">" * 20_000 + f" a\n\n1. Sail. {CITED}\n"),
        ("brackets.md", "[" * 20_000 + f"\n\n1. Sail. {CITED}\n"),
        ("stars.md", "*a " * 20_000 + f"\n\n1. Sail. {CITED}\n"),
    ],
)
def test_markup_without_end_is_read_all_the_same(tmp_path: Path, name: str, data: str) -> None:
    done = build_beside(tmp_path, name, data)
    assert done.left_out == ()
    assert "alert(1)" not in (done.folder / "mandates.nq").read_text()


# Manifests


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x7fELF\0\0\xff\xfe", "not UTF-8 at byte 6"),
        (b"\xff\xfe" + "file,page\n".encode("utf-16-le"), "not UTF-8 at byte 0"),
        (b"", "line 1: the columns file and page are missing"),
        (b"a,b,c\n1,2,3\n", "line 1: the columns file and page are missing"),
        (b"file,page,page\n", "line 1: two columns have one name"),
        (b'file,page\n"good.txt,good\nx,y\n', "unexpected end of data"),
        (b'file,page\n"' + b"x,y\n" * 100_000, "field larger than field limit"),
        (b"file,page\ngood.txt,a,b\n", "line 2: 3 cells"),
        (b"file,page\ngood.txt,a\n\ngood.txt,b\n", "line 4: the file 'good.txt' stands twice"),
        (b"file,page\n../good.txt,a\n", "line 2: the file '../good.txt' must be a plain name"),
        (b"file,page\n/etc/passwd,a\n", "must be a plain name"),
        (b"file,page\n..,a\n", "must be a plain name"),
        (b"file,page\ngood.txt,a/b\n", "the page 'a/b' must be a plain name"),
        (b"file,page,supersedes\ngood.txt,a,good.txt\n", "supersedes itself"),
        (b"file,page,supersedes\ngood.txt,a,b.txt\nb.txt,a,good.txt\n", "supersedes itself"),
        (b"file,page,supersedes\ngood.txt,a,b.txt\n", "which is no capture of the page"),
        (b"file,page,captured\ngood.txt,a,2024-02-30\n", "line 2: the date"),
        ("file,page,captured\ngood.txt,a,٢٠٢٤\n".encode(), "line 2: the date"),
        (b"file,page,language\ngood.txt,a,\x1b[31m\n", r"the language '\x1b[31m' has no row"),
        (b"file,page,sha256\ngood.txt,a,\x1b[31mz\n", "is not 64 hex digits"),
        (b"file,page,url\ngood.txt,a,javascript:alert(1)\n", "is not an http address"),
    ],
)
def test_a_manifest_that_is_nonsense_is_named_with_its_line(tmp_path: Path, data: bytes, words: str) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "manifest.csv").write_bytes(data)
    with pytest.raises(BadTable) as caught:
        build_beside(tmp_path, "good.txt", GOOD)
    message = str(caught.value)
    assert message.startswith(str(pages / "manifest.csv"))
    assert words in message
    assert message.isprintable()
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("sha256\nbad.txt,bad," + "0" * 64, "SHA-256"),
        ("form\nbad.txt,bad,\x1b[31mnovel", "no form is called"),
        ("document\nbad.txt,bad,\x1b[31mnovel", "has no row in documents.csv"),
    ],
)
def test_a_row_that_is_wrong_of_one_page_loses_no_other(tmp_path: Path, row: str, words: str) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "manifest.csv").write_text(f"file,page,{row}\n")
    assert words in left_out(build_beside(tmp_path, "bad.txt", GOOD.replace("Dive", "Sail")), "bad.txt")


def test_two_files_of_one_stem_are_two_captures(tmp_path: Path) -> None:
    done = build_beside(tmp_path, "good.md", f"# MIGRATION\n\n1. Sail. {CITED}\n")
    assert [(page["page"], page["listings"]) for page in done.report.data["pages"]] == [("good", 1), ("good", 1)]
    left_out(build_beside(tmp_path, "good.md", b"\0"), "good.md")


# Taking a page in


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty house with a page beside it."""
    (tmp_path / "house/sources/documents").mkdir(parents=True)
    (tmp_path / "house/sources/house.toml").write_bytes((ROOT / "sources/house.toml").read_bytes())
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    return tmp_path / "house"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--url", "javascript:alert(1)"], 2, "not an http address"),
        (["--url", "http://x.org/a.html", "--page", "../x"], 2, "must be a plain name"),
        (["--url", "http://x.org/a.html", "--page", "\x1b[31m/x"], 2, "must be a plain name"),
        (["--url", "http://x.org/a.html", "--lang", "\x1b[31m"], 2, "no row in languages.csv"),
        (["--url", "http://x.org/a.html", "--captured", "2024-13"], 2, "the date"),
        (["--url", "http://x.org/" + "x" * 300 + ".html"], 2, "too long"),
        (["--url", "http://x.org/a.html", "--supersedes", "\x1b[31m"], 2, "no capture of"),
    ],
)
def test_what_is_said_wrongly_of_a_page_writes_nothing(
    home: Path, cli: Cli, arguments: list[str], code: int, words: str
) -> None:
    run = cli("add", "a.txt", "--house", home, *arguments)
    assert run.returncode == code
    assert words in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert run.stderr.rstrip("\n").isprintable()
    assert list((home / "sources/documents").iterdir()) == []


def test_an_address_leads_to_no_other_folder(home: Path) -> None:
    added = add(home.parent / "a.txt", url="http://x.org/..%2f..%2fetc%2fpasswd.html", house=home)
    assert added.path == home / "sources/documents/passwd.txt"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (b"\xff\xfe\0\0", "not UTF-8"),
        (b"a,b\n1,2\n", "line 1"),
        (b"mandate,other,decision,by,date,note\nx,y,same,a,b,c\n", "line 2"),
        (b"mandate,other,decision,by,date,note\n\x1b[31m,y,same,a,b,c\n", r"\x1b[31m"),
        (b"mandate,other,decision,by,date,note\nd/000000000000,d/000000000000,same,a,2024-01-01,\n", "with itself"),
        (b"mandate,other,decision,by,date,note\nd/000000000000,d/000000000001,perhaps,a,2024-01-01,\n", "same or different"),
        (b"mandate,other,decision,by,date,note\nd/000000000000,d/000000000001,same,a,9999-99-99,\n", "the date"),
    ],
)  # fmt: skip
def test_decisions_that_are_nonsense_are_named_with_their_line(home: Path, rows: bytes, words: str) -> None:
    (home / "sources/documents/a.txt").write_text(GOOD)
    (home / "sources/decisions.csv").write_bytes(rows)
    with pytest.raises(BadTable) as caught:
        mg.build(out=home / "build", house=home)
    message = str(caught.value)
    assert message.startswith("decisions.csv")
    assert words in message
    assert message.isprintable()


def test_a_report_is_json_whatever_the_pages_hold(tmp_path: Path) -> None:
    done = build_beside(
        tmp_path, "inj\n|.txt", page_text(f"  1. Sail {INJECTED} {CITED}", heading='A "b" \x00'.replace("\0", "\x01"))
    )
    assert json.loads((done.folder / "report.json").read_text(encoding="utf-8"))["counts"]["pages"] == 2


# What is shown, and what is taken in


def is_clean(text: str) -> bool:
    return all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("data", [GOOD.replace("Dive", "Sail"), "\0"])
def test_a_name_of_bytes_that_are_no_utf8(tmp_path: Path, data: str) -> None:
    done = build_beside(tmp_path, b"a\xff.txt", data)
    assert any(page["file"] == "good.txt" for page in done.report.data["pages"])


@pytest.mark.parametrize("url", ["http://a/[x]", "http://[::1", "http://a/%zz", "http://a/#b#c"])
def test_an_address_that_is_no_iri_is_named_with_its_line(tmp_path: Path, url: str) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "manifest.csv").write_text(f"file,page,url\ngood.txt,a,{url}\n")
    with pytest.raises(BadTable, match="line 2"):
        build_beside(tmp_path, "good.txt", GOOD)


@pytest.mark.parametrize("year", ["²⁰⁰¹", "２００１", "20٠١"])
def test_a_year_in_other_digits_loses_no_neighbour(tmp_path: Path, year: str) -> None:
    build_beside(tmp_path, "odd.txt", page_text(f"  1. Sail. (Plan of Action Québec, {year})."))


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path.name)])
def test_a_manifest_that_is_no_file_is_not_passed_over(tmp_path: Path, make: object) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    make(pages / "manifest.csv")  # type: ignore[operator]
    with pytest.raises(BadTable):
        build_beside(tmp_path, "good.txt", GOOD)


@pytest.mark.parametrize("name", ["a\x1b[31mred\x07.txt", "a\u009b31mb.txt", "a\u202eb.txt"])
def test_the_summary_holds_no_control_characters(tmp_path: Path, cli: Cli, name: str) -> None:
    (tmp_path / name).write_text(GOOD.replace("MIGRATION", "MIGRATION \x1b[2J"))
    run = cli("build", name)
    assert is_clean(run.stdout)
    assert is_clean(cli("query", "mandates-by-theme").stdout)


def test_the_score_sheet_holds_no_control_characters(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a\x1b[31m.txt").write_text(GOOD)
    (tmp_path / "a\x1b[31m.csv").write_text("line,text\n1,x\n")
    assert is_clean(cli("score", tmp_path).stdout)


def test_what_was_taken_in_is_said_without_control_characters(home: Path, cli: Cli) -> None:
    run = cli("add", "a.txt", "--house", home, "--url", "http://x.org/a%1b%5b31mb%0ac%00.html")
    assert is_clean(run.stdout)


@pytest.mark.parametrize("name", ["a\nb\n# H.txt", "a|<script>x<script>.txt"])
def test_the_report_shows_text_as_text(tmp_path: Path, name: str) -> None:
    (tmp_path / "pages").mkdir()
    text = page_text(
        f"  1. Sail. {CITED}\n  2. Row. (Plan of <script>x</script> [a](javascript:x), 2001).",
        heading="MIGRATION <SCRIPT>X</SCRIPT>",
    )
    build_beside(tmp_path, name, text)
    done = build_beside(tmp_path, "bad\n# H <script>.txt", b"\0")
    report = (done.folder / "report.md").read_text()
    assert "<script>" not in report.lower()
    assert "[a](javascript:" not in report
    assert "\n# H" not in report


@pytest.mark.parametrize("page", ["README", ".hidden"])
def test_what_was_taken_in_is_built(home: Path, page: str) -> None:
    try:
        add(home.parent / "a.txt", url=f"http://x.org/{page}.html", house=home, page=page)
    except MandateGraphError:
        return  # refusing is as good
    assert len(mg.build(out=home / "build", house=home).report.data["pages"]) == 1


@pytest.mark.parametrize("url", ["http://[::1", "http://[x]/a.html"])
def test_an_address_that_cannot_be_cut_is_asked_wrongly(home: Path, url: str, cli: Cli) -> None:
    run = cli("add", "a.txt", "--house", home, "--url", url)
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1


def test_a_page_of_bytes_that_are_no_utf8_leaves_nothing_behind(home: Path, cli: Cli) -> None:
    run = cli("add", "a.txt", "--house", home, "--url", "http://x.org/a.html", "--page", os.fsdecode(b"p\xff"))
    assert run.returncode == 2
    assert list((home / "sources/documents").iterdir()) == []


def test_a_folder_is_no_page_to_take_in(home: Path, cli: Cli) -> None:
    (home.parent / "two").mkdir()
    for name in "ab":
        (home.parent / "two" / f"{name}.txt").write_text(GOOD + name)
    run = cli("add", "two", "--house", home, "--url", "http://x.org/a.html")
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1


def test_a_folder_name_is_shown_on_one_line(tmp_path: Path, cli: Cli) -> None:
    folder = tmp_path / "a\x1b[31m\nb"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    (folder / "manifest.csv").write_text("a,b\n")
    run = cli("build", folder)
    assert len(run.stderr.splitlines()) == 1
    assert is_clean(run.stderr)
    run = cli("build", folder / "good.txt", "--house", "h\x1b[31m\nx")
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1


def test_an_indent_of_a_word_file_is_bounded(tmp_path: Path) -> None:
    done = build_beside(tmp_path, "odd.docx", word_file(paragraph(f"Do. {CITED}", 10**5), numbering=numbered_from(1)))
    page = next(page for page in done.report.data["pages"] if page["file"] == "odd.docx")
    assert page["characters"] < 1_000


def test_very_similar_items_are_reported_without_every_pair(tmp_path: Path) -> None:
    words = "Row on Mondays and on most Tuesdays of every single year with the boat called"
    done = build_beside(tmp_path, "near.txt", page_text("\n".join(f"  1. {words} w{n} {CITED}" for n in range(100))))
    assert len(done.report.data["review"]["similar"]) <= 1_000


def test_a_deep_list_is_attributed_in_linear_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mandate_graph.resolve import attribution

    calls = 0
    whole = attribution._of_list

    def counted(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(attribution, "_of_list", counted)
    items = "\n\n".join(" " * (2 * n) + f"- Do {n}:" for n in range(100))
    build_beside(tmp_path, "deep.txt", page_text(items))
    assert calls <= 500


def test_a_page_of_very_many_items_is_named_with_the_line(tmp_path: Path) -> None:
    for name, text in (
        ("items", "  1. Sail.\n" * 20_001),
        ("notes", "  1. Sail.*\n" + "    *The state of Peru.\n" * 20_001),
    ):
        assert "more than 20,000 list items and notes (line 2000" in left_out(
            build_beside(tmp_path / name, "bad.txt", text), "bad.txt"
        )
