"""What is shown of a message's HTML loads nothing, runs nothing, leads nowhere, and loses no words.

The results are read by a third HTML parser (neither the one that writes nor the one that cleans), and
their styles by a CSS parser: searching strings would share the mistakes that it looks for.
"""

# ruff: noqa: E501 - fragments and addresses stand on one line, as they do in messages

import base64
import time

import pytest
import tinycss2
import tinyhtml5
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.mime.message import parse
from dsr_report.sanitize.markup import Writer
from dsr_report.sanitize.safe_html import POLICY, Wording, print_style, safe, safe_frame

FAR = "http://tracker.example/"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 30).decode()
SVG = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><image href="http://a.example"/></svg>'
)
# The fragments that a well-known converter of mail let pass, and then opened connections for.
HOSTILE = {
    "plain": f'<img src="{FAR}a.png">',
    "protocol-relative": '<img src="//tracker.example/a.png">',
    "upper-case scheme": '<img src="HTTP://tracker.example/a.png">',
    "leading space": f'<img src=" \n\t{FAR}a.png">',
    "srcset": f'<img src="data:," srcset="{FAR}a.png 2x, //tracker.example/b 3x" sizes="1px">',
    "background attribute": f'<table background="{FAR}a.png"><tr><td background="{FAR}b">x</td></tr></table>',
    "style import": f'<style>@import "{FAR}a.css"; @import url({FAR}b.css);</style>',
    "style url": f"<style>p{{background-image:url({FAR}a.png)}} @font-face{{font-family:x;src:url({FAR}f)}}</style>",
    "URL in capitals": f'<p style="background:URL({FAR}a.png)">x</p>',
    "image-set": f"<p style=\"background:image-set('{FAR}a.png' 1x)\">x</p>",
    "svg image": f'<svg><image href="{FAR}a.png"/><image xlink:href="{FAR}b"/><use href="{FAR}c#d"/></svg>',
    "input image": f'<form action="{FAR}"><input type=image src="{FAR}a.png" formaction="{FAR}"></form>',
    "file picture": '<img src="file:///etc/passwd"><a href="file:///etc/passwd">x</a>',
    "javascript link": '<a href="javascript:alert(1)">x</a><a href="java&#10;script:alert(1)">y</a>',
    "base": f'<base href="{FAR}"><img src="a.png"><a href="b">x</a>',
    "picture": f'<picture><source srcset="{FAR}a.webp"><img src="b.png"></picture>',
    "script": "<script>alert(1)</script><scr<script>ipt>alert(1)</script>",
    "handler": "<body onload=alert(1)><p onclick='x()' ONMOUSEOVER=\"y()\">x</p>",
    # and ours
    "escaped url": f'<p style="background-image:\\75\\72\\6c({FAR}a);background:u\\rl({FAR}b)">x</p>',
    "comment in url": f'<p style="background:u/**/rl({FAR}a)">x</p>',
    "variable": f'<style>*{{--v:url({FAR}a);border-image:var(--v)}}</style><p style="--a:url(x);background:var(--a)">x</p>',
    "expression": '<p style="width:expression(alert(1));behavior:url(#x);-moz-binding:url(//a.example/x)">x</p>',
    "fixed": '<p style="position:fixed;top:0;left:0;z-index:9;width:100%;height:100%">over</p>',
    "absolute sheet": "<style>p{position:absolute;top:-100px}</style><p>x</p>",
    "content and cursor": f"<style>p::before{{content:url({FAR}a)}} p{{cursor:url({FAR}b),auto}}</style>",
    "nested style": f"<style>@media all{{@supports (x:y){{@media all{{p{{background:url({FAR}a)}}}}}}}}</style>",
    "style ends": "<style>p{font-family:'</style><img src=//tracker.example/x onerror=alert(1)>'}</style>",
    "title": "<p title='<img src=x onerror=alert(1)><script>alert(1)</script>'>x</p>",
    "alternative text": "<img src=//a.example alt='\"><script>alert(1)</script><img src=\"//b.example'>",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "mutation": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "mutation of svg": '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "template": "<template><img src=//a.example><script>x()</script></template>",
    "frames": f'<iframe src="{FAR}" srcdoc="<script>x()</script>"></iframe><object data="{FAR}"></object><embed src="{FAR}">',
    "media": f'<video poster="{FAR}p" src="{FAR}v" autoplay><track src="{FAR}t"></video><audio src="{FAR}a"></audio>',
    "refresh": f'<meta http-equiv="refresh" content="0;url={FAR}"><link rel=stylesheet href="{FAR}"><link rel=preload href="{FAR}">',
    "svg as data": f'<img src="data:image/svg+xml;base64,{SVG.decode()}">',
    "svg that says png": f'<img src="data:image/png;base64,{SVG.decode()}">',
    "html as data": '<a href="data:text/html,<script>alert(1)</script>">x</a><img src="data:text/html,x">',
    "data in style": f'<p style="background:url(data:image/svg+xml;base64,{SVG.decode()})">x</p>',
    "ping": f'<a href="{FAR}" ping="{FAR}p" target=_top download onclick=x()>x</a>',
    "area": f'<img usemap="#m" src="x"><map name=m><area href="{FAR}" alt="words"></map>',
    "plaintext": f'<plaintext><img src="{FAR}">',
    "unclosed": f'<p style="color:red;background:url({FAR}x" title=\'"><img src={FAR}t>\'>never closed <img src="{FAR}',
    "conditional comment": f"<!--[if mso]><img src='{FAR}'><![endif]--><![CDATA[<img src='{FAR}'>]]>",
    "lowsrc and dynsrc": f'<img lowsrc="{FAR}a" dynsrc="{FAR}b" longdesc="{FAR}c"><q cite="{FAR}">x</q>',
    "nul": f'<im\0g src="{FAR}"><scr\0ipt>alert(1)</script><a hr\0ef="javascript:x()">y</a>',
    "surrogate": "<p title='\ud800'>\udfff</p>",
}  # fmt: skip
ALLOWED_ATTRIBUTES = set(
    "style class dir lang title align alt width height border cellpadding cellspacing bgcolor role valign "
    "colspan rowspan nowrap scope span color size face start type reversed value noshade src".split()
)
ALLOWED_FUNCTIONS = set("rgb rgba hsl hsla calc min max clamp linear-gradient radial-gradient".split())
FORBIDDEN_TAGS = set(
    "script style iframe frame object embed form input button link base meta svg math video audio source "
    "template a area map picture title html head body".split()
)
STRUCTURE = ("html", "head", "body")


def elements(fragment):
    for element in tinyhtml5.parse(fragment, namespace_html_elements=False).iter():
        if isinstance(element.tag, str):
            yield element


def dangers_of_tokens(tokens):
    for token in tokens:
        if token.type in {"url", "at-keyword", "error"}:
            yield token.type
        if token.type == "function":
            if token.lower_name not in ALLOWED_FUNCTIONS:
                yield token.lower_name
            yield from dangers_of_tokens(token.arguments)
        elif token.type in {"() block", "[] block", "{} block"}:
            yield from dangers_of_tokens(token.content)


def dangers_of_declarations(text):
    for node in tinycss2.parse_declaration_list(text, skip_comments=True, skip_whitespace=True):
        if node.type != "declaration":
            yield f"not a declaration: {node}"
            continue
        if node.lower_name.startswith("-") or node.lower_name in {
            "position", "behavior", "content", "cursor", "filter", "transform", "z-index", "mask", "all",
            "border-image", "list-style-image", "clip-path", "animation", "transition", "top", "left", "src",
        }:  # fmt: skip
            yield node.lower_name
        yield from dangers_of_tokens(node.value)


def dangers_of_sheet(text):
    if "<" in text:
        yield "markup"
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            yield from dangers_of_declarations(tinycss2.serialize(rule.content))
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media":
            yield from dangers_of_sheet(tinycss2.serialize(rule.content))
        else:
            yield rule.type


def dangers(shown):
    """Everything in what is shown that could load, run, lead somewhere or reach out of its place."""
    seen_structure = []
    for element in elements(shown.html):
        if element.tag in STRUCTURE and element.tag not in seen_structure and not element.attrib:
            seen_structure.append(element.tag)
        elif element.tag in FORBIDDEN_TAGS:
            yield element.tag
        for name, value in element.attrib.items():
            if name not in ALLOWED_ATTRIBUTES:
                yield f"{element.tag} {name}"
            elif name == "src":
                content = base64.b64decode(value.partition(";base64,")[2])
                if not value.startswith("data:image/") or not content.startswith(
                    (b"\x89PNG", b"GIF8", b"\xff\xd8", b"BM", b"RIFF")
                ):
                    yield f"src {value[:60]}"
            elif name == "style":
                yield from dangers_of_declarations(value)
    yield from dangers_of_sheet(shown.style_sheet)


def words(shown):
    return " ".join(" ".join(elements_text(shown)).split())


def elements_text(shown):
    for element in elements(shown.html):
        yield element.text or ""
        yield element.tail or ""


@pytest.mark.parametrize("for_print", [False, True], ids=["frame", "print"])
@pytest.mark.parametrize("fragment", HOSTILE.values(), ids=HOSTILE)
def test_nothing_of_a_hostile_fragment_is_live(fragment, for_print):
    scope = ".message-1" if for_print else ""
    for html in (fragment, f"<html><head>{fragment}</head><body>{fragment}</body></html>"):
        shown = safe(html, scope=scope, for_print=for_print)
        assert list(dangers(shown)) == []
        assert list(dangers(safe(shown.html, for_print=for_print))) == []  # nor when it is read again


@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - {"surrogate", "svg that says png"}))
def test_the_second_layer_alone_lets_nothing_through_either(name, monkeypatch):
    """But for lone surrogates, which it is never given, and the content of pictures, which it does not decode."""
    fragment = HOSTILE[name]
    monkeypatch.setattr(Writer, "write", lambda *_: f"<p>before</p>{fragment}")
    shown = safe(fragment)
    assert list(dangers(shown)) == []
    assert "before" in shown.html


def test_the_checker_of_these_tests_sees_what_it_should():
    class Bad:
        html = "<p onclick=x style='background:url(//x)'><img src=http://x><a href=x>y</a><script></script>"
        style_sheet = "@import 'x'; p{background:image-set('x' 1x);position:fixed}"

    found = set(dangers(Bad))
    assert {
        "p onclick",
        "url",
        "src http://x",
        "a",
        "a href",
        "script",
        "at-rule",
        "image-set",
        "position",
    } <= found


PIECES = st.sampled_from(
    [
        *HOSTILE.values(), "<", ">", "<!--", "-->", "</style>", "<style>", "</title>", "<svg>", "</svg>", "<math>", "<table>",
        "<td>", "</p>", "<select>", "<option>", "<textarea>", "</textarea>", "<noscript>", "</noscript>", "'", '"', "=", "&lt;",
        "<a href=", "<img src=", "javascript:", "url(", ")", "\\", "{", "}", "/*", "*/", "@media all{", ";", "onerror=", "\0", "x",
        "<xmp>", "</xmp>", "<template>", "<foreignObject>", "<annotation-xml encoding='text/html'>", "<desc>", "<mtext>", "<mglyph>",
        "<p style='", "color:red", "expression(", "position:fixed", "<plaintext>", "<!DOCTYPE x>", "<?xml ", "<![CDATA[", "]]>",
    ]
)  # fmt: skip


@examples(400)
@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=80), st.booleans())
def test_nothing_of_any_soup_of_tags_is_live(html, for_print):
    shown = safe(html, scope=".m" if for_print else "", for_print=for_print)
    assert list(dangers(shown)) == []
    frame = safe_frame(shown)
    assert frame.count("<style>") == frame.count("</style>") == 1


def test_a_frame_has_a_policy_that_lets_nothing_load_but_pictures_within_it():
    frame = safe_frame(safe("<p>Hello</p>"), "nl", "A title & more")
    policies = [e.get("content") for e in elements(frame) if e.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [POLICY] == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]
    assert '<html lang="nl">' in frame
    assert frame.index("Content-Security-Policy") < frame.index("<style>")


def message_with_pictures(html):
    return parse(
        "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n"
        f"--b\r\nContent-Type: image/png\r\nContent-ID: <logo@example.org>\r\nContent-Transfer-Encoding: base64\r\n\r\n{PNG}\r\n"
        f"--b\r\nContent-Type: image/png\r\nContent-Location: pictures/a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n{PNG}\r\n"
        f"--b\r\nContent-Type: image/svg+xml\r\nContent-ID: <svg>\r\nContent-Transfer-Encoding: base64\r\n\r\n{SVG.decode()}\r\n--b--\r\n"
    )


def shown_html(html, **options):
    message = message_with_pictures(html)
    return safe(message.html, message, **options)


@pytest.mark.parametrize("source", ["cid:logo@example.org", "CID:logo%40example.org", "pictures/a.png"])
def test_pictures_that_came_with_the_message_are_shown(source):
    shown = shown_html(f'<img src="{source}" alt="Our logo" width=40>')
    assert f'src="data:image/png;base64,{PNG}"' in shown.html
    assert [(p.outcome, p.alternative) for p in shown.pictures] == [("shown", "Our logo")]
    assert list(dangers(shown)) == []


def test_each_other_picture_has_a_placeholder_that_says_which_and_why():
    shown = shown_html(
        f'<img src="{FAR}shoes.jpg?u=12345" alt="Red shoes"><img src="{FAR}open.gif?u=1" width=1 height=1>'
        '<img src="cid:nowhere"><img src="cid:svg" alt="Drawing">'
        f'<img src="{FAR}hidden.gif" style="display:none"><table background="{FAR}wall.png"><tr><td>x</table>'
    )
    assert [p.outcome for p in shown.pictures] == ["remote", "pixel", "missing", "refused", "pixel", "remote"]
    assert [p.number for p in shown.pictures] == [1, 2, 3, 4, 5, 6]
    assert shown.pictures[0].source == f"{FAR}shoes.jpg?u=12345"
    assert shown.pictures[5].is_background
    assert "Image not loaded: “Red shoes” (tracker.example/shoes.jpg)" in words(shown)
    assert "Hidden tracking image, not loaded: tracker.example/open.gif" in words(shown)
    assert "Image missing from the message" in words(shown)
    assert "12345" not in shown.html
    assert shown.removed["pixel picture"] == 2


def test_placeholders_speak_the_words_they_are_given_and_take_no_markup_from_the_message():
    wording = Wording(picture_with_text="Afbeelding {number}: {text} {address}")
    shown = safe(f'<img src="{FAR}a.png" alt="<b>{{address}}</b>">', wording=wording)
    assert words(shown) == "[Afbeelding 1: <b>{address}</b> tracker.example/a.png]"


def test_links_become_numbered_text_and_all_their_addresses_are_listed():
    shown = safe(
        '<a href="https://example.org/shop?a=1&amp;b=2">The <b>shop</b></a> <a href="https://example.org/unsub/1">Bye</a>'
        '<a href="https://example.org/x">View in browser</a><a href="mailto:a@example.org">Mail</a><a href="tel:+31">Call</a>'
        '<a href="https://example.org/shop?a=1&b=2"><img src=x alt="Shoes"></a><a href="#top">Up</a>'
        '<a href="javascript:alert(1)">Run</a><a href="https://click.example.org/abcdef0123456789abcdef">Go</a>'
    )
    assert [(link.number, link.purpose, link.count) for link in shown.links] == [
        (1, "ordinary", 2), (2, "unsubscribe", 1), (3, "web-version", 1), (4, "mail", 1), (5, "phone", 1),
        (6, "unsafe", 1), (7, "tracking", 1),
    ]  # fmt: skip
    assert shown.links[0].url == "https://example.org/shop?a=1&b=2"
    assert shown.links[0].text == "The shop"
    assert words(shown).replace(" ", "").startswith("Theshop[1]Bye[2]")
    assert "https://" not in shown.html


def test_style_sheets_of_the_head_are_kept_where_they_are_harmless():
    html = (
        "<head><style>@media screen and (max-width:600px){.full{width:100%!important}} #top a:link{color:red}"
        f".x{{color:blue;background:#eee url({FAR}x)}} td>p.y:nth-child(2n+1), div ~ p{{margin:0}}</style></head>"
        '<body bgcolor="#abcdef"><p id=top class="x full">words</p></body>'
    )
    shown = safe(html)
    assert "@media screen and (max-width:600px){.full{width:100% !important}}" in shown.style_sheet
    assert ".i-top:not(#_) span:where(.dsr-link).dsr-link{color:red}" in shown.style_sheet
    assert ".x{color:blue;background:#eee}" in shown.style_sheet
    assert "td>p.y:nth-child(2n+1), div ~ p{margin:0}" in shown.style_sheet
    assert '<p class="i-top x full">words</p>' in shown.html
    assert "background-color:#abcdef" in shown.html


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("p", ".m p"),
        ("body", ".m"),
        ("html body > p", ".m p"),
        ("*", ".m *"),
        ("a:link, .x a", ".m span:where(.dsr-link).dsr-link, .m .m-x span:where(.dsr-link)"),
        (":root", ".m"),
        ("h1", ".m div:where(.dsr-h1)"),
        ("#id.c", ".m .i-id:not(#_).m-c"),
        ('td[class="c"], [class~=c] p', ".m td.m-c, .m .m-c p"), ("[id=x]", ".m .i-x"),
        ("[dir=rtl] p", ".m [dir=rtl] p"), ("[class^=c]", ""), ("[href]", ""), ("[class=dsr-link]", ""),
        ("~ p", ""), ("+ p", ""), ("> p", ""), ("body ~ p", ""), ("html + p", ""), ("& p", ""),
        (".dsr-picture", ""), ("p::before", ""), (":host p", ""), (":has(p)", ""), ("p:hover", ""),
        ("\\:root", ""), ("p, ~ q, b", ".m p, .m b"), (":not(.x)", ".m :not(.m-x)"),
        ("svg|p", ""), ("((((p", ""), ("p{q}", None),
    ],
)  # fmt: skip
def test_a_message_on_a_page_with_others_reaches_only_itself(selector, expected):
    sheet = safe(f"<style>{selector}{{color:red}}</style>", scope=".m").style_sheet
    if expected is None:
        assert all(line.startswith(".m ") for line in sheet.splitlines())
    else:
        assert sheet == (f"{expected}{{color:red}}" if expected else "")


def test_a_message_on_a_page_takes_no_style_and_no_heading_of_that_page():
    shown = safe('<h1 class="toc dsr-picture" id="page-1">Sale</h1>', scope=".m", for_print=True)
    assert shown.html == '<div class="dsr-heading dsr-h1 m-toc i-page-1">Sale</div>'


def test_for_print_drops_what_runs_off_a_page_or_over_other_lines():
    shown = safe(
        '<table width=700 height=900 style="width:700px;min-width:900px;float:left;margin-left:-20px"><tr><td nowrap width="300" '
        'style="white-space:nowrap;padding:9999px;line-height:0;font-size:500px;color:red;width:1200px;position:absolute">x</td></tr></table>'
        '<div style="max-height:0;overflow:hidden">hidden</div><p style="padding:10px;font-size:14px;line-height:1.5">y</p>',
        scope=".m",
        for_print=True,
    )
    tags = {e.tag: dict(e.attrib) for e in elements(shown.html)}
    assert tags["table"] == {"style": "width:100%", "role": "presentation", "cellpadding": "1"}
    # 300 and 600 pixels, at the scale of print
    assert tags["td"] == {"width": "162", "style": "color:red;width:324px"}
    assert tags["div"] == {"style": "display:none"}
    assert tags["p"] == {"style": "padding:5.4px;font-size:8.4px;line-height:1.5"}
    assert ".m img{max-width:100%" in print_style(".m")


@pytest.mark.parametrize("tag", ["div", "table><tr><td", "ul><li", "b", "span", "blockquote", "a href=x"])
def test_nesting_without_end_is_flattened_and_takes_no_longer_than_its_size(tag):
    def seconds(count):
        began = time.process_time()  # of this process: others may be busy
        shown = safe(f"<{tag}>" * count + "the words", for_print=True)
        assert "the words" in words(shown)
        depth = deepest = 0
        for piece in shown.html.replace("</", "\1").split("<")[1:]:
            depth += 1 - piece.count("\1")
            deepest = max(deepest, depth)
        assert deepest < 100
        return time.process_time() - began

    seconds(1_000)
    assert seconds(40_000) < 60 * max(seconds(4_000), 0.01)


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "p{a:" + "(" * 50_000, "@media " + "[" * 50_000 + "{p{color:red}}", "{" * 50_000]
)
def test_styles_nested_without_end_are_left_out(text):
    shown = safe(f'<style>{text}</style><p style="{text}">x</p>')
    assert list(dangers(shown)) == []
    assert words(shown) == "x"


@examples(150)
@given(st.lists(st.from_regex(r"[A-Za-zé0-9]{1,12}", fullmatch=True), min_size=1, max_size=8), st.data())
def test_no_word_of_a_page_is_lost(texts, data):
    tags = [
        "p",
        "div",
        "b",
        "td",
        "a href=x",
        "h1",
        "li",
        "center",
        "font color=red",
        "form",
        "button",
        "label",
        "marquee",
        "o:p",
    ]
    html = "".join(
        f"<{tag}>{text}</{tag.split()[0]}> " for text in texts for tag in [data.draw(st.sampled_from(tags))]
    )
    shown = words(safe(html))
    at = 0
    for text in texts:
        at = shown.index(text, at) + len(text)


def test_what_was_left_out_is_counted_by_name():
    shown = safe(
        "<script>1</script><script>2</script><p onclick=x>y</p><form><input type=text value=Jan></form>"
    )
    assert shown.removed == {"script": 2, "event handler": 1, "form": 1, "input": 1}
    assert "[Jan]" in words(shown)


def test_what_stands_in_place_of_an_object_that_is_not_loaded_is_shown():
    shown = safe(f'<p>before</p><object data="{FAR}"><p>instead</p></object><applet>or this</applet>')
    assert words(shown) == "before instead or this"
    assert list(dangers(shown)) == []
