"""Hostile mail, rendered and opened: no connection, no look-up of a name, no script, no style beyond its message.

Everything runs in a network namespace without a network; what a process or a browser tries all the same is
seen in its system calls, and in the browser's own log of the network.
"""

# ruff: noqa: E501 - vectors stand on one line

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest

from dsr_report.verification.pdf_text import page_texts

ROOT = Path(__file__).resolve().parents[2]
FAR = "http://tracker.example"
COVER = "position:fixed;inset:0;z-index:99999;background:#f00"
VECTORS = {
    "prefetch": f'<link rel="prefetch" href="{FAR}/a"><link rel="dns-prefetch" href="//dns.tracker.example">',
    "preconnect": f'<link rel="preconnect" href="{FAR}"><link rel="modulepreload" href="{FAR}/m.js">',
    "style sheet": f'<link rel="stylesheet" href="{FAR}/a.css"><link rel="icon" href="{FAR}/i"><link rel="manifest" href="{FAR}/m">',
    "import": f'<style>@import "{FAR}/a.css"; @import url({FAR}/b.css) screen;</style>',
    "url": f"<style>body{{background:url({FAR}/a)}} @font-face{{font-family:f;src:url({FAR}/f)}} *{{font-family:f}}</style>",
    "attribute style": f'<p style="background-image:url(\'{FAR}/a\');list-style:url({FAR}/b)">x</p>',
    "svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{FAR}/a"/><use href="{FAR}/b#c"/><script href="{FAR}/s"/>'
    f'<foreignObject><img src="{FAR}/f"></foreignObject><animate onbegin="fetch(\'{FAR}/an\')" dur="1s"/></svg>',
    "refresh": f'<meta http-equiv="refresh" content="0;url={FAR}/r"><meta http-equiv="Set-Cookie" content="a=b">',
    "form": f'<form action="{FAR}/f" method="post"><input name="q" autofocus onfocus="this.form.submit()"><button>go</button></form>',
    "base": f'<base href="{FAR}/"><img src="relative.png"><a href="x">y</a>',
    "srcset": f'<img src="{FAR}/a" srcset="{FAR}/b 1x, {FAR}/c 2x"><picture><source srcset="{FAR}/d"><img></picture>',
    "background": f'<body background="{FAR}/a"><table background="{FAR}/b"><tr><td background="{FAR}/c">x</td></tr></table>',
    "cid": f'<img src="cid:gone@x"><img src="cid:{FAR}/a"><img src="mid:{FAR}">',
    "file": '<img src="file:///etc/passwd"><iframe src="file:///etc/hostname"></iframe><link rel=stylesheet href="file:///etc/passwd">',
    "data page": f'<iframe src="data:text/html,<img src={FAR}/a>"></iframe><object data="data:text/html,<script>fetch(`{FAR}/b`)</script>"></object>',
    "frames": f'<iframe src="{FAR}/a" srcdoc="<img src={FAR}/b>"></iframe><object data="{FAR}/c"></object><embed src="{FAR}/d">',
    "media": f'<video src="{FAR}/a" poster="{FAR}/b" autoplay></video><audio src="{FAR}/c" autoplay></audio>',
    "script": f"<script>fetch('{FAR}/a');new Image().src='{FAR}/b'</script><img src=x onerror=\"fetch('{FAR}/c')\">",
    "escape of the style": f"</style></div></section></main><style>h1,h2,p{{color:#f00!important;background:url({FAR}/a)}}</style>",
    "escape of the frame": f"\"></iframe><img src='{FAR}/a'><script>fetch('{FAR}/b')</script><iframe srcdoc=\"",
    "cover": f'<div style="{COVER}">PAY HERE</div><style>html,body,:root,main{{{COVER}}} .page *{{display:none!important}}</style>',
    "address in text": f"<p>Visit {FAR}/visible or <b>https</b>://tracker.example/b, HTTPS://TRACKER.EXAMPLE/C</p>",
    "never closed": f"<!-- <textarea><title><plaintext><img src='{FAR}/a'>",
}  # fmt: skip


def message(body, subject):
    return (
        f"From: x@tracker.example\r\nTo: jan@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        f"List-Unsubscribe: <{FAR}/u?token=9f8e7d6c5b4a39281706f5e4>\r\n"
        f"Content-Type: text/html; charset=utf-8\r\n\r\n{body}\r\n"
    )


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    data = [
        {
            "type": "message",
            "data": {"ID": str(i), "timestampsent": "2021-01-01 10:00:00", "mime": message(vector, vector)},
        }
        for i, vector in enumerate(VECTORS.values())
    ]
    data += [
        {"type": "message", "data": {"ID": f"h{i}", "html": vector, "subject": vector}}
        for i, vector in enumerate(VECTORS.values())
    ]
    data += [
        {
            "type": "click",
            "data": {"ID": "9", "timestamp": "2021-01-01 10:00:00", "link": vector, "useragent": vector},
        }
        for vector in VECTORS.values()
    ]
    data.append(
        {
            "type": "profile",
            "ID": "1",
            "fields": VECTORS | dict.fromkeys(VECTORS.values(), 1),
        }
    )
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / "export.json"
    file.write_text(json.dumps({"info": {"type": "profile", "id": "1"}, "data": data}), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def rendered(export):
    """A page and a PDF as messages looked, made without a network; and the addresses that were tried."""
    if subprocess.run(
        ["unshare", "-n", "true"], capture_output=True, check=False
    ).returncode or not shutil.which("strace"):
        pytest.skip("THE NETWORK IS NOT CUT OFF: unshare -n or strace is missing here")
    calls = []
    for name in ("a.html", "a.pdf"):
        trace = export.with_suffix(f".{name}.trace")
        subprocess.run(
            ["unshare", "-n", "strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(trace), sys.executable,
             "-m", "dsr_report", "render", str(export), "-o", str(export.with_name(name)), "--messages", "layout", "-q", "--workers", "1"],
            check=True, cwd=ROOT,
        )  # fmt: skip
        calls += [
            line
            for line in trace.read_text(encoding="utf-8", errors="replace").splitlines()
            if "AF_INET" in line
        ]
    return export.with_name("a.html"), export.with_name("a.pdf"), calls


@pytest.mark.slow
def test_rendering_hostile_mail_tries_no_address_and_no_name(rendered):
    assert rendered[2] == []


@pytest.mark.slow
def test_no_page_of_the_pdf_leads_or_can_be_made_to_lead_anywhere(rendered):
    with pikepdf.open(rendered[1]) as pdf:
        assert [
            thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/URI" in thing
        ] == []
        with pdf.open_outline() as outline:
            titles = [item.title for top in outline.root for item in (top, *top.children)]
        text = "\n".join([*page_texts(pdf), *titles])
    assert "tracker.example" in text  # it is told …
    assert not re.search(r"https?://", text, re.IGNORECASE)  # … in a form that no viewer makes a link of


@pytest.mark.slow
def test_a_page_that_leads_somewhere_has_it_in_text_alone(rendered):
    page = rendered[0].read_text(encoding="utf-8")
    outside = re.sub(r'\bsrcdoc="[^"]*"', "", page)  # frames have tests of their own
    assert not re.search(
        r"""<[^>]*\b(?:href|src|srcset|action|background|poster|data)\s*=\s*["']?\s*(?:https?:|//|file:)""",
        outside,
    )
    assert not re.search(r"<(?:script|form|base|object|embed|link|svg:script)\b", outside, re.IGNORECASE)


def network_log(page, folder):
    """What a browser without a network tries when it opens a page: its own log."""
    log = folder / "net.json"
    subprocess.run(
        ["unshare", "-n", shutil.which("chromium") or "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-extensions",
         f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}", "--net-log-capture-mode=Everything",
         "--virtual-time-budget=3000", "--dump-dom", page.as_uri()],
        check=False, capture_output=True, timeout=90,
    )  # fmt: skip
    return log.read_text(encoding="utf-8", errors="replace")


needs_browser = pytest.mark.skipif(not shutil.which("chromium"), reason="HTML IS NOT OPENED: no Chromium")


@needs_browser
@pytest.mark.slow
@pytest.mark.browser
def test_a_browser_that_opens_it_tries_no_address_and_no_name(rendered, tmp_path):
    opened = tmp_path / "open.html"  # with every folded part open: frames load when they are seen
    text = (
        rendered[0]
        .read_text(encoding="utf-8")
        .replace("<details", "<details open")
        .replace(' loading="lazy"', "")
    )
    opened.write_text(text, encoding="utf-8")
    log = network_log(opened, tmp_path)
    assert '"constants"' in log
    assert "tracker.example" not in log.replace(str(opened), "")


@needs_browser
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("name", ["prefetch", "style sheet", "url", "refresh", "srcset", "script", "frames"])
def test_the_log_would_show_what_the_same_mail_tries_by_itself(name, tmp_path):
    page = tmp_path / "raw.html"
    page.write_text(f"<!doctype html><body>{VECTORS[name]}", encoding="utf-8")
    assert "tracker.example" in network_log(page, tmp_path)


@pytest.mark.slow
@pytest.mark.browser
def test_no_message_covers_or_colours_the_report(rendered, in_browser):
    with in_browser(rendered[0], javascript=True, viewport={"width": 900, "height": 1200}) as seen:
        page = seen.page
        colour, red = page.evaluate(
            "() => [getComputedStyle(document.querySelector('h1')).color,"
            " [...document.querySelectorAll('main *')].filter(e => getComputedStyle(e).position === 'fixed'"
            " || getComputedStyle(e).color === 'rgb(255, 0, 0)').length]"
        )
        assert (colour, red) == ("rgb(20, 80, 122)", 0)
        assert page.evaluate("document.title").startswith("The personal data")
        assert page.evaluate("document.querySelectorAll('article.message').length") == 2 * len(VECTORS)
        assert seen.requests == []


@pytest.mark.slow
def test_the_same_mail_in_a_package_lies_there_as_files_that_nothing_refers_to(export, tmp_path):
    target = tmp_path / "a.zip"
    subprocess.run([sys.executable, "-m", "dsr_report", "render", str(export), "-o", str(target), "--messages", "list", "-q"],
                   check=True, cwd=ROOT)  # fmt: skip
    with zipfile.ZipFile(target) as package:
        pages = [
            name for name in package.namelist() if name.endswith(".html") and not name.startswith("messages/")
        ]
        assert pages
        for name in pages:
            text = re.sub(r'srcdoc="[^"]*"', "", package.read(name).decode())
            assert ".eml" not in re.sub(r">[^<]*<", "><", text)
