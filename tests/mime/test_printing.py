"""Newsletters that are made for a screen stay on the page, in WeasyPrint's own layout, and load nothing."""

# ruff: noqa: E501 - markup stands on one line, as it does in messages

import json

import pytest

from dsr_report.mime.message import parse
from dsr_report.redact.message_texts import is_message
from dsr_report.sanitize.safe_html import print_style, safe
from dsr_report.shipped import shipped

PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
UNRULY = f"""<style>.w{{width:2000px;min-width:2000px}} .n{{margin-left:-300px;white-space:nowrap}} @media print{{.p{{width:3000px}}}}</style>
<table width="900" height="2000" style="width:900px;table-layout:fixed"><tr><td width="450" nowrap style="padding:0 200px">https://example.org/{"a" * 300}</td>
<td width=450><img src="{PIXEL}" width=900 height=3000 style="min-width:900px"></td></tr></table><pre>{"x y" * 200}</pre>
<div style="margin-left:900px;min-width:4000px;font-size:300px">far</div><div class=w>wide</div><p class="n p">{"word " * 60}</p>
<div style="float:right;width:700px">float</div><div style="line-height:1px">one<br>two<br>three</div><p style="text-indent:-9999px">indented</p>
<div style="position:absolute;left:900px">away</div><img src="https://example.org/{"b" * 200}.png" alt="{"long" * 80}" width=900>
<table cellspacing=99 cellpadding=99><tr><td colspan=99 style="width:200%">cell</td><td>other</td></tr></table><blockquote><blockquote><blockquote>quoted"""


def sample_messages():
    messages = []
    for name in ("subprofile-20285.json", "hostile.json"):
        stack = [json.loads((shipped("sample_exports") / name).read_text(encoding="utf-8"))]
        while stack:
            value = stack.pop()
            if isinstance(value, dict | list):
                stack.extend(value.values() if isinstance(value, dict) else value)
            elif isinstance(value, str) and is_message(value):
                messages.append(parse(value))
    by_length = {len(m.html or "") // 3000: m for m in messages if m.html}
    return [by_length[length] for length in sorted(by_length)][:4]


@pytest.mark.slow
def test_no_message_runs_off_the_page_overlaps_its_lines_or_loads_anything():
    weasyprint = pytest.importorskip("weasyprint")
    boxes = pytest.importorskip("weasyprint.formatting_structure.boxes")
    asked = []

    class Refusing(weasyprint.urls.URLFetcher):
        def fetch(self, url, headers=None):
            if not url.startswith("data:"):
                asked.append(url)
            return super().fetch(url, headers)

    body = style = ""
    for number, message in enumerate([parse(f"Content-Type: text/html\n\n{UNRULY}"), *sample_messages()]):
        shown = safe(message.html, message, scope=f".m{number}", for_print=True)
        style += print_style(f".m{number}") + shown.style_sheet
        body += f'<div class="m{number}">{shown.html}</div>'
    page = f"<style>@page{{size:A4;margin:20mm}} body{{margin:0}} {style}</style>{body}"
    document = weasyprint.HTML(string=page, url_fetcher=Refusing()).render(presentational_hints=True)
    assert asked == []
    seen = []
    for page in document.pages:
        for box in page._page_box.descendants():
            if isinstance(box, boxes.TextBox | boxes.ReplacedBox) and box.width:
                assert box.position_x >= 75
                blank = 4 if getattr(box, "text", "").endswith(" ") else 0  # hangs: CSS Text 3, 4.1.3
                assert box.position_x + box.width <= page.width - 74 + blank
            if (
                isinstance(box, boxes.LineBox)
                and "".join(getattr(b, "text", "") for b in box.descendants()).strip()
            ):
                assert box.height >= 8
                seen.append(box)
    assert len(seen) > 50


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["div", "table><tr><td", "span", "ul><li", "blockquote"])
def test_nesting_without_end_can_be_printed(tag):
    weasyprint = pytest.importorskip("weasyprint")
    shown = safe(f"<{tag}>" * 500 + "words", scope=".m", for_print=True)
    page = "<div>" * 15 + f'<div class="m">{shown.html}</div>'
    assert weasyprint.HTML(string=page).render().pages
