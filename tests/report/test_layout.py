"""Messages printed as they looked: columns keep their shares, words stay whole, every letter can be read."""

# ruff: noqa: E501 - markup stands on one line, as it does in messages

from __future__ import annotations

import base64
import json
import re
import subprocess
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import dsr_report
from dsr_report.mime.message import parse
from dsr_report.sanitize.safe_html import safe, safe_frame


def _png(colour: tuple[int, int, int]) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 40), colour).save(out, "PNG")
    return out.getvalue()


def _table(*rows: str) -> str:
    return f'<table width="600" cellpadding="0" cellspacing="0" border="0">{"".join(rows)}</table>'


MESSAGES = {
    "shares": _table(
        '<tr><td width="480">SHAREONE</td><td width="120">SHARETWO</td></tr>',
        '<tr><td width="480">Groene thee Sencha, 100 gram, biologisch</td><td width="120" align="right">1.249,00 SHAREEND</td></tr>',
    ),
    "wide": '<table width="800"><tr><td width="640">WIDEONE</td><td width="160">WIDETWO</td></tr><tr><td>tekst</td><td align="right">WIDEEND</td></tr></table>',
    "css widths": '<table style="width:600px"><tr><td style="width:450px">CSSONE</td><td style="width:150px">CSSTWO</td></tr><tr><td>tekst</td><td style="text-align:right">CSSEND</td></tr></table>',
    "no room": "<table><tr>" + "".join(f"<td>Rindfleischetikettierung{n}</td>" for n in range(12)) + "</tr></table>",
    "address": f"<table><tr><td>https://shop.example/{'a1' * 150}ADDRESSEND</td><td>naast</td></tr></table>",
    "picture behind": '<table width="600"><tr><td background="https://x.example/h.jpg" style="color:#ffffff;padding:30px">WHITEATTRIBUTE</td></tr></table>',
    "picture in a sheet": '<style>.hero{background:url(https://x.example/h.jpg) no-repeat center/cover} .hero h1{color:#FFF!important}</style><div class="hero"><h1>WHITESHEET</h1></div>',
    "picture on body": '<html><body background="https://x.example/b.png" text="#fefefe"><p>WHITEBODY</p></body></html>',
    "gradient": '<table width="600"><tr><td style="background:linear-gradient(90deg,#102a43,#243b53);color:#fff">WHITEGRADIENT</td></tr></table><a style="background-image:linear-gradient(#eee,#fff);color:#111" href="https://x.example/">DARKBUTTON</a>',
    "half transparent": '<div style="background:url(https://x.example/h.jpg)"><div style="background:rgba(255,255,255,.1)"><font color="white">WHITEFONT</font></div></div>',
    "yellow": '<div style="background:#222 url(https://x.example/h.jpg)"><span style="color:#ffd700">KEPTYELLOW</span></div>',
    "dark mode": '<style>@media (prefers-color-scheme: dark){.t{color:#ffffff!important}} </style><p class="t" style="color:#111111">DARKMODE</p>',
    "right to left": '<!DOCTYPE html><html dir="rtl" lang="ar"><body><table width="100%" border="1"><tr><td>RTLFIRST</td><td>RTLSECOND</td></tr></table><p>RTLTEXT</p></body></html>',
    "kept lines": '<pre>artikel   aantal\nPRETHEE        2\nPREKOFFIE      1</pre><div style="white-space:pre-line">LINEONE\nLINETWO</div><style>.k{white-space:pre-wrap}</style><div class="k">WRAPONE\n   WRAPTWO</div>',
    "cascade": '<style>#i{white-space:pre-wrap} .k.n{white-space:normal} a{white-space:normal} .p{white-space:pre-wrap} [class="q"] b{white-space:pre-wrap} b{white-space:normal}</style>'
    '<div class="k n" id="i">IDONE\n   IDTWO</div><a class="p" href="https://x.example/">CLASSONE\n   CLASSTWO</a><div class="q"><b>ATTRONE\n   ATTRTWO</b></div><h1>HEADING</h1><p>PLAINTEXT</p>',
    # as newsletters are built: MJML, hybrids in the manner of Cerberus, ghost tables for Outlook
    "mjml": '<style>.mj-outlook-group-fix{width:100%!important}@media only screen and (min-width:480px){.mj-column-per-50{width:50%!important;max-width:50%}}</style>'
    '<div style="margin:0 auto;max-width:600px"><table align="center" style="width:100%"><tbody><tr><td style="direction:ltr;font-size:0px;padding:20px 0;text-align:center">'
    + "".join(
        f'<div class="mj-column-per-50 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%"><table width="100%"><tbody><tr><td style="font-size:0px;padding:10px 25px"><div style="font-size:13px">{word}</div></td></tr></tbody></table></div>'
        for word in ("MJMLLEFT", "MJMLRIGHT")
    )
    + "</td></tr></tbody></table></div>",
    "hybrid": '<div style="max-width:600px"><!--[if mso]><table><tr><td>GHOST<![endif]-->'
    + "".join(
        f'<table align="left" width="290" style="width:290px"><tr><td style="font-family:sans-serif;font-size:15px;mso-height-rule:exactly">{word}</td></tr></table><!--[if mso]></td><td><![endif]-->'
        for word in ("HYBRIDLEFT", "HYBRIDRIGHT")
    )
    + "<!--[if mso]></td></tr></table><![endif]--></div>",
    "aligned": '<table width="100%"><tr><td align="center"><p>MIDDLE</p><table width="500"><tr><td>ATSTART</td></tr></table>'
    '<div style="text-align:center"><table width="500"><tr><td>INHERITED</td></tr></table></div></td></tr></table>'
    '<center><table width="500"><tr><td>CENTERSTART</td></tr></table></center>',
    "around pictures": '<table width="600" cellpadding="16"><tr><td align="center" style="font-size:0px"><a href="https://x.example/a"><img src="https://x.example/a.jpg" width="300" height="100" alt="NOUGHTALT"></a></td></tr>'
    '<tr><td align="center" style="font-size:0"><table style="border-collapse:separate"><tr><td style="font-size:13px;background:#e4572e">BUTTON</td></tr></table></td></tr>'
    '<tr><td><table width="100%"><tr><th>CELLHEAD</th><th align="left">CELLLEFT</th></tr><tr><td>CELLBODY</td><td>x</td></tr></table></td></tr></table>',
    "resets": "<style>*{margin:0;padding:0}</style><p>RESETONE</p><p>RESETTWO</p>",
    "small": '<p style="font-size:4px">SMALLPRINT</p><p style="font-size:40%">SMALLSHARE</p>',
}  # fmt: skip


def _mime(html: str, subject: str) -> str:
    return (
        f"From: Winkel <post@shop.example>\r\nTo: robin@example.org\r\nSubject: {subject}\r\n"
        "Date: Tue, 12 Mar 2024 09:15:00 +0100\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{html}"
    )


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layout")
    data = [
        {
            "ID": f"{number:032x}",
            "timestampsent": f"2024-03-{number + 1:02} 09:15:00",
            "mime": _mime(html, name),
        }
        for number, (name, html) in enumerate(MESSAGES.items())
    ]
    export = folder / "export.json"
    export.write_text(json.dumps({"info": {"type": "subprofile", "id": "7"}, "data": [data]}), "utf-8")
    target = folder / "report.pdf"
    with dsr_report.read(export) as source, dsr_report.Report(source, messages="layout") as report:
        report.to(target)
    return target


@pytest.fixture(scope="module")
def words(pdf: Path) -> dict[str, tuple[int, float, float, float, float]]:
    """Where each word stands: page, left, top, right, bottom, in points."""
    text = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    found = {}
    for number, page in enumerate(text.split("<page ")[1:], 1):
        for match in re.finditer(
            r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<', page
        ):
            left, top, right, bottom = map(float, match.groups()[:4])
            found[match[5]] = (number, left, top, right, bottom)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("name", "share"), [("SHARE", 0.8), ("WIDE", 0.8), ("CSS", 0.75)])
def test_columns_keep_their_shares(words: dict[str, Any], name: str, share: float) -> None:
    one, two, end = (words[f"{name}{place}"] for place in ("ONE", "TWO", "END"))
    assert one[0] == two[0] == end[0]
    assert abs((two[1] - one[1]) / (end[3] - one[1]) - share) < 0.06


@pytest.mark.slow
def test_tables_do_not_inherit_what_align_says_of_the_cell_around_them(words: dict[str, Any]) -> None:
    at = {name: words[name][1] for name in ("MIDDLE", "ATSTART", "INHERITED", "CENTERSTART")}
    assert at["ATSTART"] < at["MIDDLE"] - 40
    assert at["CENTERSTART"] < at["MIDDLE"] - 40
    assert at["INHERITED"] > at["ATSTART"] + 40


@pytest.mark.slow
def test_words_break_only_where_a_row_has_no_room_and_nothing_leaves_its_column(
    words: dict[str, Any],
) -> None:
    assert "1.249,00" in words
    assert "biologisch" in words
    page_width = 210 / 25.4 * 72
    for page, left, _top, right, _bottom in words.values():
        assert left > 30, page
        assert right < page_width - 30
    text = "".join(words)
    assert "Rindfleischetikettierung" not in words  # twelve of them have no room in a row
    assert "ADDRESSEND" in text or "END" in text


def _contrast(pixels: Image.Image) -> float:
    def light(pixel: tuple[int, int, int]) -> float:
        parts = [c / 255 for c in pixel]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    lights = sorted(light(pixel) for _count, pixel in pixels.convert("RGB").getcolors(1 << 24) or [])
    return (lights[-1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.slow
def test_letters_contrast_with_what_is_printed_behind_them(
    pdf: Path, words: dict[str, Any], tmp_path: Path
) -> None:
    names = [word for word in words if re.fullmatch(r"(?:WHITE|DARK|KEPT)[A-Z]+", word)]
    assert len(names) == 8
    for page in sorted({words[name][0] for name in names}):
        subprocess.run(
            [
                "pdftoppm",
                "-png",
                "-r",
                "200",
                "-f",
                str(page),
                "-l",
                str(page),
                "-singlefile",
                pdf,
                tmp_path / "p",
            ],
            check=True,
        )
        picture = Image.open(tmp_path / "p.png")
        for name in names:
            number, *box = words[name]
            if number == page:
                cut = picture.crop(tuple(round(edge * 200 / 72) for edge in box))
                assert _contrast(cut) > 4.4, name


@pytest.mark.slow
def test_direction_lines_and_columns_of_newsletters_hold(words: dict[str, Any]) -> None:
    assert words["RTLFIRST"][1] > words["RTLSECOND"][3]
    assert words["RTLTEXT"][1] > words["RTLSECOND"][3]  # at the right edge
    kept = ("WRAP", "ID", "CLASS", "ATTR")
    for one, two in (
        ("PRETHEE", "PREKOFFIE"),
        ("LINEONE", "LINETWO"),
        *((f"{name}ONE", f"{name}TWO") for name in kept),
    ):
        assert words[two][2] > words[one][2] + 4, two
    for name in kept:
        assert words[f"{name}TWO"][1] > words[f"{name}ONE"][1] + 3, "its blanks are kept"
    heights = [words[word][4] - words[word][2] for word in ("HEADING", "PLAINTEXT")]
    assert heights[0] > 1.8 * heights[1]
    for one, two in (("MJMLLEFT", "MJMLRIGHT"), ("HYBRIDLEFT", "HYBRIDRIGHT")):
        assert abs(words[one][2] - words[two][2]) < 1
        assert words[two][1] > words[one][3]
    assert "GHOST" not in words


@pytest.mark.slow
def test_what_stands_around_pictures_and_buttons_is_where_it_was_and_can_be_read(
    words: dict[str, Any],
) -> None:
    width = {name: (words[name][1] + words[name][3]) / 2 for name in ("BUTTON", "CELLHEAD", "CELLLEFT")}
    alternative = next(word for word in words if "NOUGHTALT" in word)
    assert words[alternative][4] - words[alternative][2] > 6
    assert abs(width["BUTTON"] - (words[alternative][1] + words[alternative][3]) / 2) < 40
    assert width["BUTTON"] > words["CELLBODY"][3] + 40
    assert words["CELLHEAD"][1] > words["CELLBODY"][1] + 5, "heads of columns are in their middle"
    assert words["CELLBODY"][2] - words["CELLHEAD"][4] < 6, "inner cells have no padding of the outer ones"
    assert words["RESETTWO"][2] - words["RESETONE"][4] < 3


@pytest.mark.slow
def test_nothing_is_smaller_than_six_points(words: dict[str, Any]) -> None:
    for name in ("SMALLPRINT", "SMALLSHARE"):
        _, _, top, _, bottom = words[name]
        assert bottom - top > 6 * 1.1, "Noto Sans is 1.36 times as high as its size"


def test_a_background_that_the_message_carries_is_shown_and_one_on_the_internet_is_not() -> None:
    picture = base64.b64encode(_png((0, 0, 120))).decode()
    message = parse(
        'Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<table><tr><td background="cid:hero@x" '
        'style="color:#fff">A</td><td style="background-image:url(\'cid:hero@x\')">B</td><td background="https://x.example/a.png">C'
        f"</td></tr></table>\n--b\nContent-Type: image/png\nContent-ID: <hero@x>\nContent-Transfer-Encoding: base64\n\n{picture}\n--b--\n"
    )
    for for_print in (True, False):
        shown = safe(message.html or "", message, scope=".m", for_print=for_print)
        assert shown.html.count("background-image:url(data:image/png;base64,") == 2
        assert "x.example" not in shown.html
        assert [picture.outcome for picture in shown.pictures] == ["shown", "shown", "remote"]
        assert "color:#333333" not in shown.html  # white stays white on a picture that is there


@pytest.mark.browser
def test_letters_can_be_read_in_the_frame_of_the_page_too(in_browser: Any, tmp_path: Path) -> None:
    names = ("picture behind", "picture in a sheet", "picture on body", "half transparent", "dark mode")
    frames = [
        f'<iframe sandbox="" srcdoc="{escape(safe_frame(safe(MESSAGES[name])))}"></iframe>' for name in names
    ]
    (tmp_path / "frames.html").write_text("".join(frames), encoding="utf-8")
    with in_browser(tmp_path / "frames.html", color_scheme="dark") as opened:
        shots = [frame.screenshot() for frame in opened.page.query_selector_all("iframe")]
        assert opened.requests == []
    for name, shot in zip(names, shots, strict=True):
        assert _contrast(Image.open(BytesIO(shot)).crop((4, 4, 290, 140))) > 4.4, name


def test_time_grows_with_the_text_of_a_cell_not_with_its_square() -> None:
    weasyprint = pytest.importorskip("weasyprint")
    from weasyprint.layout import inline, preferred

    from dsr_report.sanitize.safe_html import print_style

    calls = 0
    whole = inline.split_first_line

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        return whole(*arguments, **options)

    def cost(sentences: int) -> int:
        nonlocal calls
        calls = 0
        shown = safe(
            f"<table width=600><tr><td>{'De voorwaarden staan hieronder uitgelegd. ' * sentences}</td></tr></table>",
            scope=".m",
            for_print=True,
        )
        weasyprint.HTML(string=f"<style>{print_style('.m')}</style><div class=m>{shown.html}</div>").render()
        return calls

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inline, "split_first_line", counted)
        if hasattr(preferred, "split_first_line"):
            patch.setattr(preferred, "split_first_line", counted)
        assert cost(100) < 6 * cost(25)
