# ruff: noqa: E501 - markup reads best on one line
from __future__ import annotations

import base64
import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from invented import SCRIPTS, document, message, report, with_attachments
from PIL import Image

from dsr_report.errors import DsrReportError, FileError
from dsr_report.rendering.document import Part
from dsr_report.writers.pdf.batching import jobs
from dsr_report.writers.pdf.layout_pool import LayoutError, LayoutPool
from dsr_report.writers.pdf.writer import write_pdf


def text_of(path: Path, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def pages_of(path: Path) -> list[str]:
    return text_of(path).split("\f")[:-1]


def single(html: str, **changes: object) -> object:
    return document(lambda: iter([Part("only", "only", "Only", html)]), **changes)


def destinations(pdf: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    found = {}
    for leaf in pdf.Root.Names.Dests.Kids:
        names = list(leaf.Names)
        found |= {str(name): place for name, place in zip(names[::2], names[1::2], strict=True)}
    return found


@pytest.mark.checkers
def test_a_report_of_one_job_is_pdf_a_3a_and_pdf_ua_1(short_pdf, assert_pdf_a_ua):
    assert_pdf_a_ua(short_pdf)


@pytest.mark.checkers
def test_a_report_of_many_jobs_is_pdf_a_3a_and_pdf_ua_1(long_pdf, assert_pdf_a_ua):
    assert len(list(jobs(report(40, rows=2), ""))) > 3
    assert_pdf_a_ua(long_pdf)


def test_qpdf_finds_no_fault(long_pdf):
    done = subprocess.run(["qpdf", "--check", str(long_pdf)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_page_says_its_number_and_how_many_there_are(long_pdf):
    pages = pages_of(long_pdf)
    assert len(pages) > 10
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Bloemen & Co · Ваши данные · reference 17" in page


def test_contents_give_the_page_on_which_each_message_is(long_pdf):
    pages = pages_of(long_pdf)
    listed = dict(
        re.findall(r"Message (\d+)(?: \.|\.)[ .]*(\d+)$", text_of(long_pdf, "-layout"), re.MULTILINE)
    )
    assert len(listed) == 40
    for which, number in listed.items():
        assert re.search(rf"^Message {which}$", pages[int(number) - 1], re.MULTILINE), (which, number)


def test_every_link_leads_to_its_target_also_in_another_job(long_pdf):
    with pikepdf.open(long_pdf) as pdf:
        places = destinations(pdf)
        assert {"summary", "annex", *(f"message-{number}" for number in range(40))} <= places.keys()
        pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
        texts = pages_of(long_pdf)
        links = [
            annotation
            for page in pdf.pages
            for annotation in page.obj.get("/Annots", [])
            if "/Dest" in annotation
        ]
        assert len(links) >= 80
        for link in links:
            name = str(link.Dest)
            page = pages[places[name][0].objgen]
            words = {"summary": "Your data", "annex": "Annex"}.get(name, name.replace("message-", "Message "))
            assert words in texts[page]
            assert str(link.Contents)
        assert b"elsewhere.invalid" not in long_pdf.read_bytes()


def test_links_are_tagged_and_found_through_the_parent_tree(long_pdf):
    with pikepdf.open(long_pdf) as pdf:
        parents = {}
        for leaf in pdf.Root.StructTreeRoot.ParentTree.Kids:
            rows = list(leaf.Nums)
            assert [int(rows[0]), int(rows[-2])] == [int(limit) for limit in leaf.Limits]
            for key, value in zip(rows[::2], rows[1::2], strict=True):
                assert int(key) not in parents
                parents[int(key)] = value
        for page in pdf.pages:
            assert int(page.obj.StructParents) in parents
            for annotation in page.obj.get("/Annots", []):
                element = parents[int(annotation.StructParent)]
                assert element.S == "/Link"
                assert any(
                    isinstance(kid, pikepdf.Dictionary) and kid.get("/Obj", None) == annotation
                    for kid in element.K
                )


def test_ids_of_header_cells_are_unique_and_headers_refer_to_them(long_pdf):
    with pikepdf.open(long_pdf) as pdf:
        elements = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        ids = [str(item.ID) for item in elements if item.get("/S") == "/TH"]
        assert len(ids) == len(set(ids)) > 150
        listed = []
        for leaf in pdf.Root.StructTreeRoot.IDTree.Kids:
            listed += [str(name) for name in list(leaf.Names)[::2]]
        assert sorted(ids) == listed
        headers = [
            str(name)
            for item in elements
            if item.get("/S") == "/TD" and "/Headers" in item.get("/A", {})
            for name in item.A.Headers
        ]
        assert headers
        assert set(headers) <= set(ids)
        assert {str(item.A.Scope) for item in elements if item.get("/S") == "/TH"} == {"/Row", "/Column"}


def test_bookmarks_are_the_headings_nested_as_they_are(long_pdf):
    with pikepdf.open(long_pdf) as pdf, pdf.open_outline() as outline:
        (top,) = outline.root
        assert top.title == "Your data"
        titles = [item.title for item in top.children]
        assert titles == [*(f"Message {number}" for number in range(40)), "Annex"]
        assert [item.title for item in top.children[7].children] == ["What happened"]


def test_passages_keep_their_language_and_pictures_their_words(short_pdf):
    with pikepdf.open(short_pdf) as pdf:
        elements = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        assert pdf.Root.Lang == "en"
        assert any(item.get("/Lang") == "nl" for item in elements if item.get("/Type") == "/StructElem")
        assert {str(item.Alt) for item in elements if item.get("/S") == "/Figure"} == {"a dot"}


def test_attachments_are_whole_named_described_and_associated(tmp_path, pool):
    whole = with_attachments(report(1), tmp_path)
    write_pdf(whole, tmp_path / "report.pdf", pool=pool)
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        assert sorted(pdf.attachments) == ["export.json", "Überblick (ä).csv"]
        for attachment in whole.attachments:
            embedded = pdf.attachments[attachment.name]
            content = attachment.path.read_bytes()
            stream = embedded.get_file()
            assert stream.read_bytes() == content
            assert stream.mime_type == attachment.media_type
            assert stream.md5 == hashlib.md5(content).digest()  # noqa: S324 - what PDF uses
            assert stream.size == len(content)
            assert embedded.description == attachment.description
            assert embedded.obj.AFRelationship == f"/{attachment.relationship}"
        assert len(pdf.Root.AF) == 2


def test_it_says_what_it_is_in_properties_and_metadata_alike(short_pdf):
    whole = report(1)
    with pikepdf.open(short_pdf) as pdf, pdf.open_metadata() as meta:
        assert meta["dc:title"] == whole.title == str(pdf.docinfo.Title)
        assert meta["dc:creator"] == [whole.author]
        assert str(pdf.docinfo.Author) == whole.author
        assert meta["pdfaid:part"] == "3"
        assert meta["pdfaid:conformance"] == "A"
        assert meta["xmp:CreateDate"] == "2026-03-01T09:30:00Z"
        assert str(pdf.docinfo.CreationDate) == "D:20260301093000Z"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True


def test_the_bytes_are_the_same_whoever_lays_them_out_and_wherever(tmp_path):
    results = []
    for workers, folder in ((1, tmp_path / "a"), (2, tmp_path / "b"), (3, tmp_path / "c" / "longer name")):
        folder.mkdir(parents=True)
        result = write_pdf(with_attachments(report(20), folder), folder / "report.pdf", workers=workers)
        assert result.sha256 == hashlib.sha256((folder / "report.pdf").read_bytes()).hexdigest()
        results.append(result.sha256)
    assert len(set(results)) == 1


def test_text_comes_out_in_reading_order_in_every_script(short_pdf):
    text = text_of(short_pdf)
    order = ["Your data", "Message 0", "What happened", "It was delivered", "Message 1", "Annex"]
    places = [text.index(words, text.index("Your data")) for words in order[:1]]
    for words in order[1:]:
        places.append(text.index(words, places[-1]))
    assert places == sorted(places)
    plain = re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)
    for word in ("Ελληνικά", "Русский", "中文漢字", "日本語ひらがな", "한국어", "Հայերեն", "አማርኛ", "€£¥"):
        assert word in plain


def test_fonts_are_embedded_once_for_the_whole_document(long_pdf):
    with pikepdf.open(long_pdf) as pdf:
        programs = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        files = {
            str(item.FontName): (item.get("/FontFile2") or item.get("/FontFile3")).objgen for item in programs
        }
        assert len(files) == len(programs)
        regular = [place for name, place in files.items() if name.endswith("+Noto-Sans")]
        assert len(set(regular)) == 1


def test_no_character_of_any_script_is_missing(tmp_path, pool):
    result = write_pdf(
        single(f"<h1>{SCRIPTS}</h1><p><b>{SCRIPTS}</b> <code>{SCRIPTS}</code></p>"), io.BytesIO(), pool=pool
    )
    assert result.missing_glyphs == ()


PICTURES = {
    "cmyk.jpg": ("JPEG", "CMYK"), "grey.jpg": ("JPEG", "L"), "deep.png": ("PNG", "I;16"), "clear.png": ("PNG", "RGBA"),
    "palette.gif": ("GIF", "P"), "web.webp": ("WEBP", "RGB"), "bits.png": ("PNG", "1"), "soft.png": ("PNG", "LA"),
}  # fmt: skip


def pictures() -> str:
    html = ""
    for name, (kind, mode) in PICTURES.items():
        written = io.BytesIO()
        Image.new(mode, (8, 8)).save(written, format=kind)
        html += f'<img alt="{name}" src="data:;base64,{base64.b64encode(written.getvalue()).decode()}">'
    return html


@pytest.mark.checkers
def test_whatever_newsletters_contain_is_allowed_in_an_archive(tmp_path, pool, assert_pdf_a_ua):
    html = f"""<h1>Odd things</h1>{pictures()}<img src="data:image/png;base64,AAAA" alt="broken">
        <svg width="90" height="40" role="img"><title>A plot</title><defs><linearGradient id="g">
        <stop offset="0" stop-color="red"/><stop offset="1" stop-color="#00f8"/></linearGradient></defs>
        <rect width="90" height="40" fill="url(#g)"/><text x="5" y="20">2022 Ω</text></svg>
        <p style="opacity:.5; color:rgba(0,0,0,.3); text-shadow:1px 1px red">faint</p>
        <div style="background:linear-gradient(red,blue); border:3px dashed; border-radius:9px">box</div>
        <table role="presentation" cellpadding="3"><tr><td><table><tr><td>nested</td></tr></table></td></tr></table>
        <a href="https://shop.example/?a=1&amp;b=2"><img alt="linked" src="data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=">
        <b>and <i>nested</i></b></a><a href="https://shop.example/">one<br>two<br>three</a>
        <form><input value="typed"><select><option>chosen</select><button>press</button></form>
        <ul style="list-style:none"><li>no bullet<li><p>paragraph</p><ol><li>deep</ol></ul><li>stray item
        <blockquote>quoted<hr></blockquote><pre>a\tb</pre><h3>skipped a level</h3><fieldset><legend>L</legend></fieldset>
        <p dir="rtl" lang="ar">نص عربي <bdo dir="ltr">abc</bdo></p><p style="font-size:0">gone</p><p style="visibility:hidden">hid</p>
        <p style="position:absolute;left:-999px">away</p><p style="columns:2">two columns of text</p><marquee>moving</marquee>
        <details><summary>More</summary>inside</details><ruby>漢<rt>kan</rt></ruby><sub>1</sub><abbr title="x">y</abbr>"""
    path = tmp_path / "odd.pdf"
    result = write_pdf(single(html), path, pool=pool)
    assert result.missing_glyphs == ()
    assert_pdf_a_ua(path)
    text = text_of(path)
    for words in ("broken", "nested", "two", "chosen", "deep", "stray item", "inside"):
        assert words in text


def test_a_picture_that_recurs_is_embedded_once(long_pdf):
    with pikepdf.open(long_pdf) as pdf:
        pictures = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image" and "/SMask" in item
        ]
        assert len(list(jobs(report(40, rows=2), ""))) > 3
        assert len(pictures) == 1


def test_a_part_cannot_embed_files_or_run_actions(tmp_path, pool):
    html = """<h1>A</h1><link rel="attachment" href="data:text/plain,evil"><a rel="attachment" href="data:text/plain,evil">a</a>
        <a href="file:///etc/passwd">b</a><a href="javascript:alert(1)">c</a><a href="data:text/html,x">d</a>
        <base href="https://tracker.example/"><a href="relative.html">e</a><meta http-equiv="refresh" content="0;url=https://tracker.example/">"""
    path = tmp_path / "report.pdf"
    write_pdf(single(html), path, pool=pool)
    with pikepdf.open(path) as pdf:
        assert "/AF" not in pdf.Root
        assert not pdf.attachments
        assert "/Annots" not in pdf.pages[0].obj
        assert "/OpenAction" not in pdf.Root


def test_a_link_to_what_is_not_there_does_no_harm(tmp_path, pool, assert_pdf_a_ua):
    path = tmp_path / "lost.pdf"
    result = write_pdf(
        single('<h1>A</h1><p><a href="#nowhere">there</a> <a href="javascript:x()">run</a></p>'),
        path,
        pool=pool,
    )
    assert result.lost_links == ("nowhere",)
    with pikepdf.open(path) as pdf:
        assert pages_count(pdf) == 1
        assert "nowhere" in destinations(pdf)
        assert len(pdf.pages[0].obj.Annots) == 1
    assert_pdf_a_ua(path)


def pages_count(pdf: pikepdf.Pdf) -> int:
    return len(pdf.pages)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://203.0.113.5/pixel.gif" alt="x">',
        '<p style="background:url(http://tracker.example/x.png)">x</p>',
        '<img src="file:///etc/hostname" alt="x">',
        '<link rel="stylesheet" href="ftp://tracker.example/a.css">',
        '<style>@import "https://tracker.example/a.css";</style>',
        "<style>@font-face { font-family: x; src: url(https://tracker.example/f.woff) } p { font-family: x }</style><p>x</p>",
        '<object data="https://tracker.example/x.svg"></object>',
    ],
)  # fmt: skip
def test_whatever_a_page_asks_for_outside_of_it_stops_the_report(html, tmp_path, pool):
    with pytest.raises(DsrReportError, match="outside of it") as caught:
        write_pdf(single(f"<h1>A</h1>{html}"), tmp_path / "report.pdf", pool=pool)
    assert "tracker" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_part_that_fails_is_reported_with_its_trace_and_leaves_nothing(tmp_path, pool, monkeypatch):
    broken = replace(single("<h1>A</h1>"), stylesheet="p { color: red }", language_code="en")

    def parts() -> Iterator[Part]:
        yield Part("a", "a", "A", "<h1>A</h1>")
        raise DsrReportError("a view is wrong", where="/data/7")

    with pytest.raises(DsrReportError, match="a view is wrong"):
        write_pdf(replace(broken, parts=parts), tmp_path / "report.pdf", pool=pool)
    assert not list(tmp_path.iterdir())


def test_an_attachment_that_is_gone_leaves_nothing(tmp_path, pool):
    whole = with_attachments(report(1), tmp_path)
    for attachment in whole.attachments:
        attachment.path.unlink()
    with pytest.raises(FileError, match="embed"):
        write_pdf(whole, tmp_path / "report.pdf", pool=pool)
    assert not list(tmp_path.iterdir())


def test_a_process_that_dies_is_an_error_of_ours(tmp_path):
    with LayoutPool(1) as crew:
        started = crew._processes._start

        def short_lived() -> object:
            process = started()
            process.kill()
            return process

        crew._processes._start = short_lived
        with pytest.raises(LayoutError, match="ended by itself"):
            write_pdf(report(1), tmp_path / "report.pdf", pool=crew)
    assert not list(tmp_path.iterdir())


def test_progress_counts_parts_and_ends_at_all_of_them(pool):
    told: list[tuple[int, int]] = []
    whole = report(30)
    write_pdf(whole, io.BytesIO(), pool=pool, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (whole.part_count, whole.part_count)
    assert len(told) > 2


def test_a_script_without_a_guard_can_write_a_pdf(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path[:0] = {[str(Path(__file__).parent), str(Path.cwd())]!r}\n"
        "from invented import report\nfrom dsr_report.writers.pdf.writer import write_pdf\n"
        "print(write_pdf(report(1), sys.argv[1], workers=2).pages)\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "out.pdf")], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == 2 + 1
    assert done.stderr == ""


def test_writing_a_pdf_imports_no_layout_library_into_the_caller(tmp_path):
    code = (
        f"import sys; sys.path[:0] = {[str(Path(__file__).parent), str(Path.cwd())]!r}\n"
        "from invented import report\nfrom dsr_report.writers.pdf.writer import write_pdf\n"
        f"write_pdf(report(1), {str(tmp_path / 'out.pdf')!r}, workers=1)\n"
        "assert 'weasyprint' not in sys.modules and 'pydyf' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_works_without_any_network(tmp_path):
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("THE NETWORK IS NOT CUT OFF: unshare -n is not allowed here")
    code = (
        f"import sys; sys.path[:0] = {[str(Path(__file__).parent), str(Path.cwd())]!r}\n"
        "from invented import report\nfrom dsr_report.writers.pdf.writer import write_pdf\n"
        f"write_pdf(report(1), {str(tmp_path / 'out.pdf')!r}, workers=1)\n"
    )
    trace = tmp_path / "trace"
    subprocess.run(
        ["unshare", "-n", "strace", "-f", "-qq", "-e", "trace=connect,sendto,bind", "-o", str(trace), sys.executable, "-c", code],
        check=True,
    )  # fmt: skip
    calls = [line for line in trace.read_text().splitlines() if "AF_" in line and "AF_UNIX" not in line]
    assert calls == []
    assert (tmp_path / "out.pdf").is_file()


def peak_of(messages: int) -> int:
    with LayoutPool(1) as crew:
        write_pdf(report(messages, contents=False, rows=2), io.BytesIO(), pool=crew)
        return crew.peak_bytes


@pytest.mark.slow
def test_the_memory_of_a_process_does_not_grow_with_the_report():
    few, many = peak_of(20), peak_of(160)
    assert many < 400 << 20
    assert many < few * 1.4


def test_contents_in_several_pieces_and_in_columns_give_the_right_pages(pool, tmp_path):
    numbers = range(24)
    links = "".join(f'<li><a href="#message-{number}">Message {number}</a></li>' for number in numbers)
    listed = f'<h2>List</h2><nav class="toc" aria-label="Contents"><ol>{links}</ol></nav>' * 2
    targets = tuple(f"message-{number}" for number in numbers)

    def parts():
        yield Part("start", "start", "Start", listed, contents=targets)
        for number in numbers[:12]:
            yield message(number, links_to="start", rows=2, new_page=number % 3 == 0)
        yield Part("again", "again", "Again", listed, new_page=True, contents=targets, layer="annex")
        for number in numbers[12:]:
            yield replace(message(number, links_to="again", rows=2, new_page=True), layer="annex")

    write_pdf(document(parts), tmp_path / "report.pdf", pool=pool)
    pages = pages_of(tmp_path / "report.pdf")
    shown = re.findall(r"Message (\d+)[ .]+ (\d+)$", "\n".join(pages), re.MULTILINE)
    assert len(shown) == 4 * len(numbers)
    for number, place in shown:
        assert re.search(rf"^Message {number}$", pages[int(place) - 1], re.MULTILINE), (number, place)


@pytest.mark.parametrize("place", ["bottom-left", "top-right-corner", "right-middle"])
def test_what_a_style_puts_into_a_margin_is_printed(place, pool, tmp_path):
    whole = report(1, stylesheet=f"@page {{ @{place} {{ content: 'Kept' }} }}")
    write_pdf(whole, tmp_path / "report.pdf", pool=pool)
    assert all("Kept" in page for page in pages_of(tmp_path / "report.pdf"))
