"""What is replaced in WeasyPrint to save time makes the pages that WeasyPrint itself makes."""

# ruff: noqa: E501 - markup reads best on one line, and in every script
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from invented import SCRIPTS

from dsr_report.writers.fonts import fontconfig

PROGRAM = """
import sys
from dsr_report.writers.pdf import layout
from dsr_report.writers.pdf.fragments import LayoutJob
layout.prepare_process(quick=sys.argv[1] == "quick")
style, html = sys.stdin.read().split("\\0")
for turn in range(2):  # the second time, what can be remembered is
    piece = layout.lay_out(LayoutJob(turn, html, style))
    piece.memory_bytes = 0
    print(piece)
"""
WORDS = "the quick brown fox — AVATAR, To. Wa fi ffl 0123456789 jumps over https://host.example/a/very/long?path=of&words=1234567890 "
STYLE = """
@page { size: 105mm 148mm; margin: 10mm }
html { font-family: "Noto Sans", sans-serif }
code, pre { font-family: "Noto Sans Mono", monospace }
p { overflow-wrap: anywhere }
.lines { white-space: pre-line } .kept { white-space: pre-wrap; tab-size: 4 } .one { white-space: nowrap; width: 40mm; overflow: hidden; text-overflow: ellipsis }
.spaced { letter-spacing: 1px } .apart { word-spacing: 3px } .even { text-align: justify } .small { font-variant-caps: small-caps; font-size: 70% }
.first::first-line { font-weight: bold; color: #900 } .letter::first-letter { font-size: 200% }
.under { text-decoration: underline } .gone { text-decoration: line-through overline } .hidden { visibility: hidden }
.hyphens { hyphens: manual; width: 20mm } .auto { hyphens: auto; width: 22mm } .break { word-break: break-all; width: 15mm }
.third { width: 33%; margin: 1em 5%; padding: 2%; box-sizing: border-box; border: 1px solid; max-height: 90% } .left { float: left; width: 40%; min-width: 10mm } .calc { width: calc(50% - 1em); height: 3em }
.clamp { max-lines: 2; block-ellipsis: auto; continue: discard; width: 40mm }
.placed { position: absolute; right: 5%; top: 3mm } .flex { display: flex; gap: 1em } table { border-collapse: collapse; width: 100% } td, th { border: 1px solid; padding: 2% }
.old { font-feature-settings: "onum", "smcp" } .none { line-height: 0; font-size: 0 } .tall { line-height: 2.5 } .percent { line-height: 130% } .rtl { direction: rtl }
.middle { text-align: center } .end { text-align: right; text-indent: 2em } .moved { position: relative; top: 2px } .raised { vertical-align: super } .round { background: #eee; border-radius: 20%; margin: 3% }
.any { overflow-wrap: anywhere } .word { overflow-wrap: break-word }
#only { color: #123456 }
"""
BODY = "".join(
    [
        f"<h1 id='top'>Words</h1><p>{WORDS * 8}</p><p id='only'>{WORDS}</p>",
        "".join(f"<p class='{name}'>{WORDS * 2}<b>bold</b> <i>{WORDS}</i> a<sub>b</sub>c<sup>d</sup></p>" for name in "spaced apart even small first letter under gone hidden hyphens auto break third calc clamp old none tall percent rtl one".split()),
        "".join(f"<p class='{name}'>{WORDS * 3}</p><div>{WORDS}<p class='{name}'> {SCRIPTS} </p> x </div>" for name in "spaced apart even middle end moved raised round small first letter under hidden hyphens auto break third calc clamp old none tall percent rtl one lines kept any word".split()),
        f"<p class='lines'>one\ntwo  three \n\n  four\n{WORDS}\nfive \n</p><pre class='kept'>a\tb\n\tc  d \n{WORDS}\n\n</pre><p class='kept'>\t{WORDS}\t</p>",
        f"<div class='left'>{WORDS}</div><p>{WORDS * 3}</p><div class='placed'>there</div><div class='flex'><div>{WORDS}</div><p>{WORDS}</p></div>",
        f"<table><thead><tr><th>Head {WORDS}</th><th>2</th></tr></thead><tbody>{''.join(f'<tr><td>{number}</td><td>{WORDS}</td></tr>' for number in range(30))}</tbody></table>",
        "<ul>" + "".join(f"<li><span id='item-{number}'>{number}</span> <a href='https://host.example/{number}'>see {WORDS[:number * 7]}</a> \U0001f600 <code>x = {number}</code></li>" for number in range(40)) + "</ul>",
        "".join(f"<p lang='{place}'>{text} {text}</p><p class='rtl even'>{text} <b>{text}</b></p>" for place, text in zip(("nl", "ar", "he", "ja", "hi", "de"), [SCRIPTS] * 6, strict=True)),
        "<p>soft\xadhyphen\xadated\xadwords\xadwithout\xadend " * 8 + "</p><p>\u2028a\u2028b\u2029c\x85d\u200be\u202ef\u202c g\ufeff \uffff \ue000</p><p> </p><p>&#9;</p>",
        "".join(f"<p class='{name}'>{'iW' * 700} {'l' * 700}-{'سلام' * 60}{chr(769) * 500}</p><table><td>{'wi' * 210}</table>" for name in ("any", "word kept", "any even")),
    ]
)  # fmt: skip


def laid_out(folder: Path, how: str, style: str = STYLE, body: str = BODY) -> str:
    config = folder / "fonts.conf"
    config.write_text(fontconfig(folder), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how],
        input=f"{style}\0<html lang='en'><head><title>t</title></head><body>{body}</body></html>",
        env={**os.environ, "FONTCONFIG_FILE": str(config), "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture(scope="module")
def plain(folder: Path) -> str:
    return laid_out(folder, "plain")


def test_every_kind_of_text_has_the_same_bytes_with_our_functions_and_with_those_of_weasyprint(folder, plain):
    assert plain.count("Page(") > 10
    assert laid_out(folder, "quick") == plain


@pytest.mark.parametrize(
    "style", ["em { float: footnote }", "em { float: f\\6fotnote }", "em { color: red }"]
)
def test_notes_at_the_foot_of_a_page_are_there_where_a_style_asks_for_them(folder, style):
    body = f"<p>one<em>{WORDS}</em></p><p style='color: #900'>two<em>{WORDS}</em></p>"
    assert laid_out(folder, "quick", style, body) == laid_out(folder, "plain", style, body)


def test_the_installed_weasyprint_is_one_that_our_functions_were_written_for():
    program = (
        "from dsr_report.writers.pdf import layout; layout.prepare_process()\n"
        "from weasyprint.text import line_break; print(line_break.Layout.__module__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "dsr_report.writers.pdf.weasyprint_patches.text"


def test_declarations_are_parsed_by_one_process_and_kept_for_the_next(tmp_path):
    program = (
        "import sys\n"
        "from dsr_report.writers.pdf.weasyprint_patches import declarations; declarations.import_weasyprint()\n"
        "from weasyprint.text.ffi import ffi, pango\n"
        "print('pycparser.c_parser' in sys.modules, pango.pango_units_from_double(2), ffi.string(ffi.new('char[]', b'a')))"
    )

    def said(**variables: str) -> str:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path), **variables}
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
        )
        assert not done.stderr
        return done.stdout

    parsed, found = "True 2048 b'a'\n", "False 2048 b'a'\n"
    assert said(PYTHONDONTWRITEBYTECODE="") == parsed
    assert said() == found
    [kept] = tmp_path.rglob("weasyprint-*.py")
    kept.write_text(kept.read_text()[:2000])  # a crash cut it off
    assert said(PYTHONDONTWRITEBYTECODE="1") == parsed
    assert said(PYTHONDONTWRITEBYTECODE="") == parsed
    assert said() == found
