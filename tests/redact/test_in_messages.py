"""A passage that is taken out of a message is gone in every decoded form; all other bytes stay."""

# ruff: noqa: E501 - messages and fields stand on one line where they can

import base64
import binascii
import gzip
import hashlib
import html
import io
import quopri
import time
import zipfile
import zlib
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote, quote_plus, unquote

import pytest
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st

from dsr_report.mime.inside_files import texts_inside
from dsr_report.mime.message import parse
from dsr_report.mime.percent import unquote_utf8
from dsr_report.redact.in_messages import closed_files, without_alone, without_part, without_passages
from dsr_report.redact.passages import Passages, passages_of

ADDRESS = "Jan.de-Vries+x@example.org"
MARK = "[withheld 1]"


def holds(raw, passage):
    """Whether a message (bytes) or a text holds a passage."""
    return bool(passages_of((passage,)).seen_in(raw))


def replaced(raw, replacements):
    marks = dict(replacements)
    return without_passages(raw, Passages(marks, marks.values()), marks.__getitem__)


def text_without(text, replacements):
    marks = dict(replacements)
    return Passages(marks).without(text, marks.__getitem__, marks)


def text_message(body, kind="plain", charset="utf-8", encoding="8bit", field="X: y"):
    head = f"Subject: a\r\n{field}\r\nContent-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    content = body.encode(charset)
    if encoding == "base64":
        content = base64.encodebytes(content).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        content = quopri.encodestring(content).replace(b"\n", b"\r\n")
    return head.encode() + content


def is_gone(raw, passage, mark=MARK):
    assert holds(raw, passage)
    result = replaced(raw, [(passage, mark)])
    assert not holds(result, passage)
    assert replaced(result, [(passage, mark)]) == result
    before, after = parse(raw), parse(result)
    assert [p.path for p in before.walk()] == [p.path for p in after.walk()]
    assert len(before.header) == len(after.header)
    return after


SPELLINGS = {
    "plain": ADDRESS,
    "upper case": ADDRESS.upper(),
    "percent-encoded": "https://example.org/?u=" + quote(ADDRESS, safe=""),
    "percent-encoded, lower case": "https://example.org/?u=" + quote(ADDRESS, safe="").lower(),
    "percent-encoded in part": "https://example.org/?u=" + quote_plus(ADDRESS, safe="@."),
    "percent-encoded twice": "https://example.org/?u=" + quote(quote(ADDRESS, safe=""), safe=""),
    "every letter percent-encoded": "".join(f"%{ord(c):02x}" for c in ADDRESS),
    "as decimal entities": "".join(f"&#{ord(c)};" for c in ADDRESS),
    "as hexadecimal entities": "".join(f"&#x{ord(c):X};" for c in ADDRESS),
    "with named entities": ADDRESS.replace("@", "&commat;").replace(".", "&period;").replace("+", "&plus;"),
    "escaped twice": ADDRESS.replace("@", "&amp;#64;"),
    "escaped for JSON": ADDRESS.replace("@", "\\u0040"),
    "in a bounce address": "bounce-1-" + ADDRESS.replace("@", "=") + "@mail.example.org",
    "in base64": base64.b64encode(f"u={ADDRESS}".encode()).decode(),
    "in base64, one further": base64.b64encode(f"uu={ADDRESS}&x".encode()).decode(),
    "in base64, two further": base64.b64encode(f"uuu={ADDRESS}".encode()).decode(),
    "in base64 for addresses": base64.urlsafe_b64encode(f"??>{ADDRESS}".encode()).decode(),
    "in hexadecimal": ADDRESS.encode().hex(),
    "as a digest": "https://example.org/?h="
    + hashlib.new("md5", ADDRESS.lower().encode(), usedforsecurity=False).hexdigest(),
    "mixed": "Jan%2Ede-V&#114;ies%2Bx&#64;example.org",
    "with a soft hyphen": ADDRESS.replace("@", "\u00ad@\u200b"),
}


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_passage_is_gone_however_it_is_spelled(spelling, kind, encoding):
    after = is_gone(text_message(f"Dear {spelling} reader, goodbye.", kind, encoding=encoding), ADDRESS)
    assert MARK in after.root.text
    assert "Dear" in after.root.text
    assert "goodbye." in after.root.text
    assert after.root.transfer_encoding == encoding


@pytest.mark.parametrize(
    ("passage", "spelling"),
    [
        ("Jan de Vries", "Jan\r\nde   Vries"),
        ("Jan de Vries", "Jan&nbsp;de&#160;Vries"),
        ("Jan de Vries", "Jan <b>de</b> Vries"),
        ("Jan de Vries", "<span>Jan</span> de <i style='a'>V</i>ries"),
        ("Jan de Vries", "https://example.org/?n=Jan+de+Vries"),
        ("Jan de Vries", "https://example.org/Jan_de_Vries.html"),
        ("Jan de Vries", "Jan%20de%20Vries"),
        ("Zoë Müller", "Zo&euml; M&uuml;ller"),
        ("Zoë Müller", "Zoe\u0308 Mu\u0308ller"),
        ("Zoë Müller", quote("Zoë Müller")),
        ("Zoë Müller", quote("Zoë Müller", encoding="latin-1")),
        ("Zoë Müller", "ZOË MÜLLER"),
        ("Zoë Müller", "ZoÃ« MÃ¼ller"),
        ("jan@example.org", "jan<wbr>@example<!-- x -->.org"),
        ("a<b>&\"c'", html.escape("a<b>&\"c'")),
        ("secret/path/1", "secret\\/path\\/1"),
        ("日本太郎さんです", "日本太郎さんです"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
    ],
)
def test_a_name_is_gone_from_markup_whatever_stands_between_its_letters(passage, spelling):
    after = is_gone(text_message(f"<p>Dear {spelling}, goodbye.</p>", "html"), passage)
    assert MARK in after.root.text.replace("&#x27;", "'")
    assert "goodbye" in after.root.text


def test_markup_between_the_letters_is_kept_so_that_the_page_stays_whole():
    after = is_gone(text_message("<p>Jan <b>de</b> Vr<i>ies!</i></p>", "html"), "Jan de Vries")
    assert after.root.text == f"<p>{MARK}<b></b><i>!</i></p>"


@pytest.mark.parametrize(
    "field",
    [
        f"To: <{ADDRESS}>",
        f"To: =?utf-8?B?{base64.b64encode(ADDRESS.encode()).decode()}?=",
        f"To: =?utf-8?Q?{'='.join(['', *(f'{ord(c):02X}' for c in ADDRESS)])}?=",
        "To: =?utf-8?Q?Jan.de-?=\r\n =?utf-8?Q?Vries+x=40example.org?=",
        f"To: {ADDRESS[:10]}\r\n {ADDRESS[10:]}",
        f"List-Unsubscribe: <https://example.org/?u={quote(ADDRESS, safe='')}>,\r\n <mailto:x@example.org>",
        f"Return-Path: <bounce-{ADDRESS.replace('@', '=')}@mail.example.org>",
        f"X-Data: {base64.b64encode(ADDRESS.encode()).decode()}",
        f"Content-Disposition: attachment; filename*=utf-8''{quote(ADDRESS, safe='')}.pdf",
        f'Content-Disposition: attachment; filename*0="{ADDRESS[:9]}"; filename*1="{ADDRESS[9:]}.pdf"',
        f'Content-Disposition: attachment;\r\n filename="=?utf-8?B?{base64.b64encode(f"{ADDRESS}é.pdf".encode()).decode()}?="',
        f"X-{ADDRESS.replace('@', '=')}: value",
        f"not a field but {ADDRESS}",
    ],
)
def test_a_passage_is_gone_from_every_kind_of_field(field):
    raw = text_message("Hello", field=field)
    after = is_gone(raw, ADDRESS)
    before = parse(raw)
    changed = [(old.name, new) for old, new in zip(before.header, after.header, strict=True) if old != new]
    assert len(changed) == 1
    if before.root.file_name:
        assert after.root.file_name == before.root.file_name.replace(ADDRESS, MARK)


@pytest.mark.parametrize(
    "field",
    [
        f"X-Link: <https://example.org/?u={ADDRESS[:10]}\r\n {ADDRESS[10:]}>",
        f"Content-Disposition: attachment; filename={ADDRESS[:10]}\r\n\t{ADDRESS[10:]}",
    ],
)
def test_of_a_passage_that_a_fold_parts_no_half_is_left(field):
    after = is_gone(text_message("Hello", field=field), ADDRESS)
    assert ADDRESS[:10].encode() not in after.raw
    assert ADDRESS[10:].encode() not in after.raw


def test_marks_in_any_script_are_written_into_fields_and_texts_of_any_charset():
    raw = text_message(
        f"Hallo {ADDRESS}", charset="iso-8859-1", field=f"To: {ADDRESS} =?utf-8?Q?caf=C3=A9?= end"
    )
    result = parse(replaced(raw, [(ADDRESS, "[скрыто: “1” 日本\r\nBcc: x]")]))
    assert result.get("to") == "[скрыто: “1” 日本 Bcc: x] café end"
    assert result.get("bcc") is None
    assert ADDRESS not in result.root.text


def zipped(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", content)
    return file.getvalue()


FILES = {
    "bytes": b"\x00\x01\xff" + ADDRESS.encode() + b"\x00\xfe",
    "UTF-16": b"\xff\xfe" + ADDRESS.encode("utf-16-le") + b"\x00\x00",
    "UTF-16, odd": b"\x00\x01\x02" + ADDRESS.encode("utf-16-be"),
    "zip": zipped(f"<w:t>{ADDRESS}</w:t>"),
    "zip in a zip": zipped(zipped(ADDRESS)),
    "gzip": gzip.compress(ADDRESS.encode() * 3),
    "PDF": b"%PDF-1.7\n1 0 obj<</Length 9>>stream\n"
    + zlib.compress(f"({ADDRESS}) Tj".encode())
    + b"\nendstream endobj",
    "picture": b"\x89PNG\r\n\x1a\n\0\0tEXtAuthor\0" + ADDRESS.encode(),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_changed_is_replaced_whole_and_its_neighbours_stay(content):
    message = EmailMessage(SMTP)
    message.set_content("Hello")
    message.add_attachment(content, "application", "octet-stream", filename="a.bin")
    message.add_attachment(b"\0other\xff", "application", "octet-stream", filename="b.bin")
    raw = message.as_bytes()
    after = is_gone(raw, ADDRESS)
    files = after.attachments
    assert [(f.file_name, f.content) for f in files] == [("a.bin", MARK.encode()), ("b.bin", b"\0other\xff")]
    assert files[0].media_type == "text/plain"
    assert raw.partition(b"a.bin")[0].splitlines()[0] == after.raw.splitlines()[0]
    assert after.raw.endswith(raw[raw.index(b'filename="b.bin"') :])


@pytest.mark.parametrize("kind", ["text/plain", "text/csv", "text/html", "application/xml"])
@pytest.mark.parametrize(
    "content",
    [ADDRESS.encode("utf-16"), ADDRESS.encode("utf-16-be"), FILES["zip"], FILES["gzip"]],
    ids=["UTF-16", "UTF-16, no mark", "zip", "gzip"],
)
def test_what_is_called_a_text_and_is_none_is_replaced_whole(content, kind):
    raw = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    after = is_gone(raw + base64.encodebytes(content), ADDRESS)
    assert after.root.text == MARK


@pytest.mark.parametrize(
    "kind",
    [
        "message/delivery-status",
        "application/json",
        "image/svg+xml",
        "text/calendar",
        "application/x-unknown",
    ],
)
def test_other_texts_are_changed_where_they_stand(kind):
    raw = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + base64.b64encode(
        f'{{"to": "{ADDRESS}"}}'.encode()
    )
    after = is_gone(raw, ADDRESS)
    if kind.startswith("image/"):
        assert MARK in after.root.text
    else:
        assert after.root.content == f'{{"to": "{MARK}"}}'.encode()


@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
def test_messages_within_messages_are_changed_at_any_depth(encoding):
    inner = text_message(f"Hello {ADDRESS}", "html", encoding="base64", field=f"To: {ADDRESS}")
    for depth in range(3):
        body = {"7bit": bytes, "base64": base64.encodebytes, "quoted-printable": quopri.encodestring}[
            encoding
        ](inner)
        inner = (
            (
                f"Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
            ).encode()
            + body
            + b"\r\n--b%d--\r\n" % depth
        )
    after = is_gone(inner, ADDRESS)
    deepest = list(after.walk())[-1]
    assert deepest.text == f"Hello {MARK}"


def test_what_stands_around_the_parts_and_in_the_boundary_is_changed_too():
    raw = (
        f'Content-Type: multipart/mixed; boundary="x-{ADDRESS}"\r\n\r\nbefore {ADDRESS}\r\n--x-{ADDRESS}\r\n\r\none {ADDRESS}\r\n'
        f"--x-{ADDRESS}\r\n\r\ntwo\r\n--x-{ADDRESS}--\r\nafter {ADDRESS}"
    ).encode()
    after = is_gone(raw, ADDRESS)
    leaves = [p.text for p in after.walk() if not p.is_container]
    assert leaves == [f"one {MARK}", "two", f"before {MARK}", f"after {MARK}"]


@pytest.mark.parametrize(
    "spelling", ["Jan\u00ad de Vries", "Jan\r\nde Vries", "J&#97;n%20de Vries", "<b>Jan</b> de Vries"]
)
def test_what_stands_around_the_parts_is_read_like_the_parts(spelling):
    raw = (
        f"Content-Type: multipart/mixed; boundary=b\r\n\r\nDear {spelling}\r\n--b\r\n\r\none\r\n--b--\r\n{spelling}"
    ).encode()
    after = is_gone(raw, "Jan de Vries")
    assert after.raw.count(MARK.encode()) == 2


def test_parts_that_do_not_hold_it_keep_every_byte():
    odd = b"--b\r\nContent-Type:   text/plain  ;charset=utf-8\nX: =?utf-8?q?odd?=   =?utf-8?q?ly?=\r\n\r\n=3D written =\noddly \r\n"
    raw = (
        b"X-Odd:   =?utf-8?q?=61?=\n\tfolded\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble =41\r\n"
        + odd + b"--b\r\n\r\n" + ADDRESS.encode() + b"\r\n" + odd + b"--b--\r\nepilogue"
    )  # fmt: skip
    result = replaced(raw, [(ADDRESS, MARK)])
    assert result == raw.replace(ADDRESS.encode(), MARK.encode())


def test_a_part_is_replaced_by_its_path_at_any_depth():
    raw = (
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\nContent-Type: "
        b"multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\none\r\n--c\r\n\r\ntwo\r\n--c--\r\n--a\r\n\r\nthree\r\n--a--\r\n"
    )
    paths = {p.path: p.text for p in parse(raw).walk() if not p.is_container}
    assert list(paths.values()) == ["one", "two", "three"]
    for path in paths:
        after = {
            p.path: p.text for p in parse(without_part(raw, path, "gone é")).walk() if not p.is_container
        }
        assert after == {**paths, path: "gone é"}
    assert parse(without_part(raw, "1", "all gone")).text == "all gone"
    assert parse(without_part(raw, "1.1.1", "inner gone")).root.children[0].nested.text == "inner gone"


def test_files_in_which_something_could_stand_unseen_are_named():
    message = EmailMessage(SMTP)
    message.set_content("Hello")
    for content in (
        b"plain text",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        zipped("x"),
        b"PK\x03\x04broken",
        bytes(range(200)),
    ):
        message.add_attachment(content, "application", "octet-stream", filename="x")
    assert tuple(file.part for file in closed_files(message.as_bytes())) == ("1.3", "1.4", "1.6", "1.7")


PASSAGES = st.from_regex(
    r"[A-Za-zäöüéß]{3,8}[.+/ -]?[A-Za-zäö0-9]{2,8}@[a-z]{3,9}\.(?:org|example)", fullmatch=True
)
WRITTEN = st.sampled_from(
    [str, str.upper, html.escape, quote, lambda t: quote(t, safe=""), lambda t: quote_plus(quote_plus(t)),
     lambda t: base64.b64encode(t.encode()).decode(), lambda t: base64.b64encode(b"x" + t.encode()).decode(),
     lambda t: "".join(f"&#{ord(c)};" for c in t), lambda t: t[:4] + "<b>" + t[4:] + "</b>", lambda t: t.replace("@", "=40"),
     lambda t: t.encode("ascii", "xmlcharrefreplace").decode()]
)  # fmt: skip


@examples(200)
@given(
    PASSAGES,
    st.lists(WRITTEN, min_size=1, max_size=4),
    st.sampled_from(["base64", "quoted-printable", "8bit"]),
    st.sampled_from(["utf-8", "iso-8859-1", "utf-16"]),
)
def test_any_address_is_gone_from_any_message(passage, spellings, encoding, charset):
    message = EmailMessage(SMTP)
    message["To"] = "Someone <someone@example.org>"
    message["Subject"] = f"About {spellings[0](passage)}"
    message.set_content("nothing here")
    page = "<p>" + " and ".join(spell(passage) for spell in spellings) + "</p>"
    if charset == "utf-16" and encoding == "8bit":
        encoding = "base64"
    raw = message.as_bytes().replace(b"Content-Type: text/plain", b"X-Was: text/plain", 1)
    head = raw.partition(b"\r\n\r\n")[0].replace(b"Content-Transfer-Encoding", b"X-Transfer")
    part = text_message(page, "html", charset, encoding)
    raw = head + b"\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n" + part + b"\r\n--bb--\r\n"
    is_gone(raw, passage)


@examples(200)
@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                b"Content-Type: multipart/mixed; boundary=a\r\n",
                b"\r\n",
                b"--a\r\n",
                b"--a--",
                b"a: ",
                b"message/rfc822",
                b"Content-Transfer-Encoding: base64\r\n",
                b"aGVsbG8=",
                b"\xff",
                b"&#64;",
                b"%40",
                b"=?utf-8?Q?a?=",
            ]
        ),
        max_size=15,
    ).map(b"".join)
)
def test_a_message_without_the_passage_keeps_every_byte(raw):
    if not holds(raw, ADDRESS):
        assert replaced(raw, [(ADDRESS, MARK)]) == raw


@examples(300)
@given(
    st.lists(
        st.sampled_from(
            [
                b"Content-Type: multipart/mixed; boundary=a\r\n",
                b"\r\n",
                b"--a\r\n",
                b"--a--",
                b"a: ",
                b"Content-Type: message/rfc822\r\n",
                b"Content-Type: text/html\r\n",
                b"Content-Transfer-Encoding: base64\r\n",
                b"Content-Transfer-Encoding: quoted-printable\r\n",
                base64.b64encode(ADDRESS.encode()),
                ADDRESS.encode(),
                quote(ADDRESS, safe="").encode(),
                b"\xff",
                b"&#64;",
                b"=\r\n",
                b"=?utf-8?Q?",
                b"?=",
                b" ",
                b"<b>",
                b"\0",
                b"Content-Disposition: a; filename=",
            ]
        ),
        max_size=20,
    ).map(b"".join)
)
@example(
    b" \r\nContent-Type: message/rfc822\r\n\0\r\n\r\nContent-Type: message/rfc822\r\n\r\n" + ADDRESS.encode()
)
@example(ADDRESS.encode() + b"a: Content-Type: multipart/mixed; boundary=a\r\n\0")
def test_whatever_a_message_looks_like_the_passage_is_gone(raw):
    result = replaced(raw, [(ADDRESS, MARK)])
    assert not holds(result, ADDRESS)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "x-uuencode"])
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/octet-stream", "message/rfc822", "multipart/mixed"]
)
def test_what_is_not_encoded_as_it_says_is_changed_where_it_stands(encoding, kind):
    raw = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{ADDRESS} =zz".encode()
    result = replaced(raw, [(ADDRESS, MARK)])
    assert not holds(result, ADDRESS)
    assert ADDRESS.encode() not in result


def test_text_that_only_resembles_it_is_left_alone():
    raw = text_message("Jan.de-Vries+y@example.org jan de vries example.org")
    assert not holds(raw, ADDRESS)
    assert replaced(raw, [(ADDRESS, MARK)]) == raw


def test_long_texts_and_long_passages_take_no_longer_than_their_size():
    def seconds(size):
        raw = text_message(("&amp;<b>=%Jan.de-" * size) + ADDRESS, "html")
        began = time.process_time()
        assert not holds(replaced(raw, [(ADDRESS, MARK)]), ADDRESS)
        return time.process_time() - began

    seconds(10)
    assert seconds(20_000) < 60 * max(seconds(2_000), 0.01)
    long = "A long note about Jan. " * 200
    assert (
        holds(replaced(text_message(f"x {long} y", encoding="quoted-printable"), [(long, MARK)]), long) == 0
    )


def test_a_picture_on_a_line_of_a_page_takes_no_longer_than_its_size():
    def seconds(size):
        raw = text_message(f'<img src="data:image/png;base64,{"iVBOR" * size}"> %4a{ADDRESS[1:]}', "html")
        began = time.process_time()
        assert not holds(replaced(raw, [(ADDRESS, MARK)]), ADDRESS)
        return time.process_time() - began

    seconds(10)
    assert seconds(10_000) < 60 * max(seconds(1_000), 0.01)


FRENCH = "[masqué\u202f1\u00a0: clé d’accès]"


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("windows-1251", "Привет {}"),
        ("koi8-r", "Привет {}"),
        ("iso-8859-8", "שלום {}"),
        ("iso-2022-jp", "こんにちは {}"),
        ("shift_jis", "こんにちは {}"),
        ("us-ascii", "Hello {}"),
    ],
)
def test_a_mark_that_a_charset_cannot_hold_is_written_in_plain_letters(charset, text, encoding, kind):
    raw = text_message(text.format(ADDRESS), kind, charset, encoding)
    result = replaced(raw, [(ADDRESS, FRENCH)])
    shown = html.unescape(parse(result).root.exact_text)
    assert not holds(result, ADDRESS)
    assert "?" not in shown
    assert shown.startswith(text[:4])
    assert "[masque 1 : cle d'acces]" in shown


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "gb2312"])
def test_a_mark_stays_as_it_is_where_the_charset_can_hold_it(charset):
    raw = text_message(f"Hello {ADDRESS}", "plain", charset, "base64")
    assert FRENCH in parse(replaced(raw, [(ADDRESS, FRENCH)])).root.exact_text


def test_a_mark_is_ascii_in_a_part_that_declares_no_charset():
    raw = f"Subject: a\r\n\r\nHello {ADDRESS}".encode()
    assert replaced(raw, [(ADDRESS, FRENCH)]).isascii()


@given(st.text(), st.text(alphabet="%0123456789abcdefABCDEFgé\x00 &", max_size=60))
def test_percent_encoding_is_undone_as_the_standard_library_does(before, after):
    text = before + after
    assert unquote_utf8(text) == unquote(text, errors="replace")


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [("jan@example.org", "example.org"), ("abcdefgh", "efghijkl"), ("anna bergman", "bergman")],
)
@pytest.mark.parametrize(
    "encode", [str, quote, lambda text: "&#" + ";&#".join(map(str, map(ord, text))) + ";"]
)
def test_of_passages_with_a_piece_in_common_no_half_is_left(longer, shorter, encode):
    text = f"x {encode(longer)} y {shorter} z"
    result = text_without(text, [(longer, "[1]"), (shorter, "[2]")])
    assert result == "x [1] y [2] z"


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize(
    "spelled",
    ["Karin Dubbe \nlaar", "Ka \nrin \nDubbelaar", "> Karin Dub \n> belaar\n", "Karin%2 \n0Dubbelaar"],
)
def test_a_name_that_a_soft_line_of_flowed_text_cuts_is_gone(spelled, encoding):
    raw = text_message(f"Dit blijft.\n\nVoor {spelled}\nDag.\n", encoding=encoding).replace(
        b"utf-8", b"utf-8; format=flowed; delsp=yes"
    )
    after = is_gone(raw, "Karin Dubbelaar")
    told = "".join(unquote_utf8(after.root.text).split()).lower()
    assert "dubbe" not in told
    assert "belaar" not in told
    assert MARK in after.root.text
    assert "Dit blijft." in after.root.text or "%2" in spelled


def uu(name, content, line_end="\n"):
    lines = [
        binascii.b2a_uu(content[at : at + 45]).decode().rstrip("\n") for at in range(0, len(content), 45)
    ]
    return line_end.join([f"begin 644 {name}", *lines, "`", "end", ""])


def base64_in_text(name, content):
    return f"begin-base64 644 {name}\n{base64.encodebytes(content).decode()}====\n"


@pytest.mark.parametrize(
    "body",
    ["<bold>Ka</bold>rin <x-tag>Dubbelaar</x-tag>, dag", "<color><param>red</param>Karin\r\nDubbelaar</color>, dag",
     "{\\rtf1 Ka\\b rin\\b0  Dubbelaar, dag}"],
)  # fmt: skip
def test_a_passage_in_an_enriched_text_is_gone_from_what_is_shown(body):
    kind = "rtf" if body.startswith("{") else "enriched"
    raw = text_message(body, kind=kind)
    assert "KarinDubbelaar" in "".join(parse(raw).text.split())
    after = parse(replaced(raw, [("Karin Dubbelaar", MARK)]))
    assert not holds(after.raw, "Karin Dubbelaar")
    assert "Dubbelaar" not in after.text


LETTER_WITH_FILES = "Beste Robin,\r\n\r\nDe bijlagen:\r\n{0}\r\nTussentekst é\r\n{1}\r\nGroeten\r\n"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_a_file_within_a_text_that_is_a_text_is_changed_in_it(charset, encoding):
    secret = f"Klant: {ADDRESS}, en de rest van de brief.".encode()
    body = LETTER_WITH_FILES.format(uu("a.txt", secret, "\r\n"), base64_in_text("b.txt", secret + b" twee"))
    after = is_gone(text_message(body, charset=charset, encoding=encoding), ADDRESS)
    assert [part.content.decode() for part in after.root.embedded] == [
        f"Klant: {MARK}, en de rest van de brief.", f"Klant: {MARK}, en de rest van de brief. twee",
    ]  # fmt: skip
    for words in ("Beste Robin,", "Tussentekst é", "Groeten"):
        assert words in after.text


@pytest.mark.parametrize("number", [0, 1])
def test_a_file_within_a_text_that_cannot_be_changed_is_withheld_alone(number):
    files = [b"%PDF-1.4 something", b"\x89PNG\r\n\x1a\n\0\0"]
    files[number] = gzip.compress(f"Klant: {ADDRESS}".encode(), mtime=0)
    raw = text_message(LETTER_WITH_FILES.format(uu("a", files[0], "\r\n"), uu("b", files[1], "\r\n")))
    result = replaced(raw, [(ADDRESS, MARK)])
    assert not holds(result, ADDRESS)
    after = parse(result)
    assert [part.content for part in after.root.embedded] == [files[1 - number]]
    for words in ("Beste Robin,", "De bijlagen:", "Tussentekst é", "Groeten", MARK):
        assert words in after.text


def test_both_files_within_a_text_of_a_message_in_a_message_are_withheld_each():
    packed = gzip.compress(ADDRESS.encode(), mtime=0)
    inner = text_message(LETTER_WITH_FILES.format(uu("a", packed), uu("b", packed)), field="X: inner")
    raw = (
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nouter\n--b\nContent-Type: message/rfc822\n\n'
        + inner
        + b"\n--b--\n"
    )
    hidden = without_passages(raw, Passages([ADDRESS], [MARK]), lambda _: MARK)
    assert not holds(hidden, ADDRESS)
    text = parse(hidden).root.children[1].nested.text
    assert text.count(MARK) == 2
    assert "Tussentekst é" in text
    assert parse(hidden).text == "outer"


def test_a_text_around_parts_is_withheld_without_the_parts():
    around = base64.b64encode(gzip.compress(b"x")).decode()
    raw = f'Content-Type: multipart/mixed; boundary="b"\n\nfirst {around}\n--b\n\nthe letter\n--b--\nlast words\n'.encode()
    parsed = parse(raw)
    assert [part.path for part in parsed.root.embedded] == ["1~1", "1~2"]
    after = parse(without_part(raw, "1~2", "gone"))
    assert after.text == "the letter"
    assert b"last words" not in after.raw
    assert b"gone" in after.root.embedded[-1].content


@given(st.lists(st.sampled_from([f"x {ADDRESS}".encode(), b"plain", gzip.compress(ADDRESS.encode(), mtime=0), b"\r\n", b""]), min_size=1, max_size=4),
       st.lists(st.sampled_from(["\n", "\r\n", "\r", "words é\n", "begin 644 x\n", "end\n"]), max_size=6))  # fmt: skip
def test_whatever_files_and_line_ends_a_text_has_only_what_holds_a_passage_changes(files, between):
    text = (
        "".join(between)
        + "top\n"
        + "".join(uu(f"f{n}", one, "\r\n") for n, one in enumerate(files))
        + "".join(between)
        + "bottom"
    )
    raw = text_message(text)
    result = replaced(raw, [(ADDRESS, MARK)])
    assert not holds(result, ADDRESS)
    if not holds(raw, ADDRESS):
        assert result == raw
    shown = parse(result).text
    for words in ("top", "bottom"):
        assert (words in shown) == (words in parse(raw).text)


KEYS = [
    "1e394f51581f9a9d7037f5402b5a14bc",
    "9d7037f5402b5a14bc77aa01",  # begins where the one before ends
    "Zk8sQ1pXw0",
    "Karin van der Berg",
    "berg@example.org",
    "0612345678",
    "k-a.b_c~77",
]
IN_PAGES = [
    '<a href="https://x.example/u?code={}&amp;v=1">uit</a> ',
    "<p>Code: {}</p>\r\n",
    "{} ",
    " {}",
    "<b>{}</b>",
    "%41{}",
    "<!-- {} -->",
    "<style>.{}</style>",
    "x{}x",
]
pieces_of_pages = st.one_of(
    st.builds(lambda way, key: way.format(key), st.sampled_from(IN_PAGES), st.sampled_from(KEYS)),
    st.builds(
        lambda key, at: f"{key[:at]}<i>{key[at:]}</i> ", st.sampled_from(KEYS), st.integers(1, 9)
    ),
    st.sampled_from(["De tuin slaapt. ", "<br>\r\n", "=3D", "&nbsp;", "é", "a", "1", KEYS[0][:20]]),
)  # fmt: skip


@examples(150)
@given(
    st.lists(pieces_of_pages, min_size=1, max_size=9).map("".join),
    st.sampled_from(["plain", "html"]),
    st.sampled_from(["8bit", "base64", "quoted-printable"]),
    st.sampled_from([*KEYS, "y"]),
)
def test_what_is_taken_out_before_a_message_is_read_leaves_what_is_left_after_it_was_read(
    body, kind, encoding, field
):
    raw = text_message(body, kind, encoding=encoding, field=f"X-Id: <{field}>")
    marks = {key: f"[masked {number}]" for number, key in enumerate(KEYS)}
    passages = Passages(KEYS)
    alone = set().union(*(passages.alone_in(text) for text in texts_inside(raw)))
    assert not alone & {KEYS[0], KEYS[1]}
    quick = without_alone(raw, passages_of(tuple(sorted(alone))), marks.__getitem__) if alone else None
    if quick is not None and not passages.seen_in(quick):
        assert quick == without_passages(raw, passages, marks.__getitem__)


def test_keys_in_links_are_taken_out_before_a_message_is_read():
    body = "".join(IN_PAGES[0].format(key) for key in (KEYS[0], KEYS[2])) + "é"
    for encoding in ("8bit", "base64", "quoted-printable"):
        raw = text_message(body, "html", encoding=encoding)
        passages = Passages([KEYS[0], *KEYS[2:]])
        alone = set().union(*(passages.alone_in(text) for text in texts_inside(raw)))
        assert alone == {KEYS[0], KEYS[2]}
        quick = without_alone(raw, passages_of(tuple(sorted(alone))), lambda key: "[masked]")
        assert quick == without_passages(raw, passages, lambda key: "[masked]")
        assert not passages.seen_in(quick)
