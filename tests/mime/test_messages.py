"""A message is taken apart whole: every field in order, every part, whatever is wrong with it."""

# ruff: noqa: E501 - messages and fields stand on one line where they can

import base64
import email
import email.policy
import time
from email.utils import unquote

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from whole_messages import CORPUS, DATA, EXPECTED, shown_message, told, whole_message

from dsr_report.mime.message import parse, text_of_wire, wire_of_text


def part_of(*fields, body=b"", joint=b"\r\n"):
    return parse(joint.join([*fields, b"", body]))


def test_every_field_is_kept_in_order_with_its_repeats_and_its_raw_bytes():
    raw = (
        b"Received: from a\r\n\tby b\r\nreceived: from c\r\nX-Empty:\r\nSubject : =?utf-8?Q?caf=C3=A9?=\r\n"
        b"not a field\r\nX-Two: 1\r\nX-Two: 2\r\nX-Raw: \xe9\r\n\r\nbody"
    )
    message = parse(raw)
    assert [(f.name, f.value) for f in message.header] == [
        ("Received", "from a by b"), ("received", "from c"), ("X-Empty", ""), ("Subject", "café"), ("", "not a field"),
        ("X-Two", "1"), ("X-Two", "2"), ("X-Raw", "é"),
    ]  # fmt: skip
    assert message.header[0].raw == b" from a\r\n\tby b"
    assert [defect.code for defect in message.defects] == ["header-without-field"]
    assert message.raw == raw
    assert message.text == "body"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"=?utf-8?B?Y2Fmw6k=?=", "café"),
        (b"=?UTF-8?q?caf=c3=a9_au_lait?= x", "café au lait x"),
        (b"=?utf-8?Q?caf=C3?=\r\n =?utf-8?Q?=A9?=", "café"),  # a character cut in two
        (b"=?utf-8?B?Y2E=?= =?iso-8859-1?Q?f=E9?=", "café"),
        (b'"=?utf-8?Q?caf=C3=A9?=" <a@example.org>', '"café" <a@example.org>'),  # within quotes
        (b"x=?utf-8?Q?=C3=A9?=y", "xéy"),  # within a word
        (b"=?utf-8?Q?a b?=", "a b"),  # a space within
        (b"=?utf-8?Q?what?now?=", "what?now"),  # a bare question mark
        (b"=?utf-8?B?Y2Fmw6k?=", "café"),  # no padding
        (b"=?no-such?Q?caf=C3=A9?=", "café"),
        (b"=?utf-8*nl?Q?caf=C3=A9?=", "café"),  # RFC 2231's language
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"=?utf-8?Q?unended", "=?utf-8?Q?unended"),
        (b"=?windows-1252?Q?=80_10?=", "€ 10"),
        (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        (b"caf\xc3\xa9 \xe2\x82\xac", "café €"),
        (b"caf\xe9", "café"),
        (b"", ""),
    ],
)
def test_encoded_words_are_read_also_where_they_are_misused(raw, value):
    assert part_of(b"Subject: " + raw).subject == value


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'attachment; filename="a.pdf"', "a.pdf"),
        (b"attachment; filename=a b.pdf", "a b.pdf"),
        (b"attachment; filename*=utf-8''caf%C3%A9.pdf", "café.pdf"),
        (b"attachment; filename*=iso-8859-1'nl'caf%E9.pdf", "café.pdf"),
        (b'attachment; filename*0="a long "; filename*1*=n%C3%A1me; filename*2=.pdf', "a long náme.pdf"),
        (b"attachment; filename*0*=utf-8''caf%C3; filename*1*=%A9.pdf", "café.pdf"),
        (b'attachment; filename="=?utf-8?Q?a=3B_=22b=22.pdf?="', 'a; "b".pdf'),
        (b'attachment; filename="quo\\"ted; \\\\ name.pdf"', 'quo"ted; \\ name.pdf'),
        (b'attachment; filename="never closed.pdf', "never closed.pdf"),
        (b"attachment; filename=caf\xe9.pdf", "café.pdf"),
        (b"attachment; filename*=no-such''caf%C3%A9.pdf", "café.pdf"),
        (b"attachment; filename*=broken", "broken"),
        (b"attachment; FILENAME = a.pdf ; size=3", "a.pdf"),
        (b"attachment", None),
    ],
)  # fmt: skip
def test_file_names_are_read_in_every_way_that_they_are_written(field, name):
    part = part_of(b"Content-Type: application/pdf", b"Content-Disposition: " + field, body=b"x").root
    assert part.file_name == name
    assert part.disposition == "attachment"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../../../tmp/owned.txt", "owned.txt"),
        ("..\\..\\windows\\owned.dll", "owned.dll"),
        ("/etc/cron.d/owned", "owned"),
        ("CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("COM¹.txt", "_COM¹.txt"),
        ("conin$", "_conin$"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nX-Injected: yes.txt", "aX-Injected_ yes.txt"),
        ("<img src=x>.html", "_img src=x_.html"),
        (".htaccess", "htaccess"),
        ("C:evil.txt:stream", "C_evil.txt_stream"),
        ("trailing. . .", "trailing"),
        ("~", "~"),
        ("", "part-1.pdf"),
        (".", "part-1.pdf"),
        ("..", "part-1.pdf"),
        ("/", "part-1.pdf"),
        ("\u200b", "part-1.pdf"),
    ],
)
def test_a_safe_file_name_stays_in_its_folder_on_every_system(name, safe):
    quoted = name.encode().hex(" ").replace(" ", "%")
    field = f"attachment; filename*=utf-8''{'%' if quoted else ''}{quoted}".encode()
    part = part_of(b"Content-Type: application/pdf", b"Content-Disposition: " + field).root
    assert part.safe_file_name == safe


@given(st.text(max_size=300))
def test_any_safe_file_name_can_be_written_anywhere(name):
    from dsr_report.mime.names import safe_file_name

    safe = safe_file_name(name, "text/plain")
    assert safe == safe_file_name(safe, "text/plain")
    assert 0 < len(safe.encode()) <= 200
    assert not set(safe) & set('/\\:*?"<>|\0\r\n')
    assert safe == safe.strip(" .")


@pytest.mark.parametrize(
    ("charset", "content", "text", "used", "is_noted"),
    [
        (b"utf-8", "café €".encode(), "café €", "utf-8", False),
        (b"iso-8859-1", b"\x80 10", "€ 10", "cp1252", False),  # what it says is hardly ever what it means
        (b'"utf8"', "é".encode(), "é", "utf-8", False),
        (b"gb2312", "镕".encode("gbk"), "镕", "gb18030", False),
        (b"shift_jis", "①".encode("cp932"), "①", "cp932", False),
        (b"us-ascii", "é".encode(), "é", "utf-8", True),
        (b"utf-8", b"caf\xe9", "café", "windows-1252", True),
        (b"no-such-charset", b"caf\xe9", "café", "windows-1252", True),
        (b"unicode_escape", b"\\d \\x41", "\\d \\x41", "utf-8", True),
        (b"rot13", b"abc", "abc", "utf-8", True),
        (b"zlib", b"abc", "abc", "utf-8", True),
        (b"iso-8859-1", "café".encode(), "café", "utf-8", True),  # transcoded on its way
        (b"utf-8", "café".encode().decode("latin-1").encode(), "café", "utf-8, twice", True),
        (None, "é".encode(), "é", "utf-8", False),
        (None, b"\x1b$BF|K\\\x1b(B", "日本", "iso-2022-jp-ext", True),
        (None, b"\x81\x8d\xe9", "\x81\x8dé", "windows-1252", True),
    ],
)
def test_a_text_is_read_as_declared_where_that_is_true(charset, content, text, used, is_noted):
    declared = b"text/plain" + (b"; charset=" + charset if charset else b"")
    part = part_of(b"Content-Type: " + declared, b"Content-Transfer-Encoding: 8bit", body=content).root
    assert (part.text, part.charset_used) == (text, used)
    assert bool(part.defects) == is_noted


def test_a_page_without_a_declared_charset_is_read_as_it_declares_itself():
    page = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">Привет'
    assert "Привет" in part_of(b"Content-Type: text/html", body=page.encode("cp1251")).html


@pytest.mark.parametrize(
    ("encoding", "body", "content", "is_noted"),
    [
        (b"base64", b"aGVsbG8=", b"hello", False),
        (b"BASE64 ", b"aGVs\r\n bG8=\r\n", b"hello", False),
        (b'"base64"; x=y', b"aGVsbG8=", b"hello", False),
        (b"base64", b"aGVsbG8", b"hello", True),
        (b"base64", b"!aGV*sbG8==", b"hello", True),
        (b"base64", b"aGVsb", b"hel", True),
        (b"base64", b"", b"", False),
        (b"quoted-printable", b"a=3Db=\r\nc", b"a=bc", False),
        (b"quoted-printable", b"100 = x =zz", b"100 = x =zz", True),
        (b"quoted-printable", b"a=3db=E2=82=AC=\nc=", b"a=b\xe2\x82\xacc", False),
        (b"quoted-printable", b"a=4", b"a=4", True),
        (b"quoted-printable", b"a==41", b"a=41", True),
        (b"quoted-printable", b"a=\t b", b"a=\t b", True),
        (b"x-uuencode", b"begin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n", b"hello", False),
        (b"x-uuencode", b"nothing", b"nothing", True),
        (b"x-unheard-of", b"as it is", b"as it is", True),
        (b"8bit", b"\x00\xff", b"\x00\xff", False),
    ],
)
def test_every_transfer_encoding_is_undone_and_broken_ones_are_noted(encoding, body, content, is_noted):
    part = part_of(b"Content-Type: application/x", b"Content-Transfer-Encoding: " + encoding, body=body).root
    assert part.content == content
    assert bool(part.defects) == is_noted


def test_every_line_end_of_a_text_is_a_line_feed_and_its_exact_text_keeps_them():
    part = part_of(b"Content-Type: text/plain; charset=utf-8", body=b"a\r\n\r\rb\n\r\nc\r").root
    assert part.text == "a\n\n\nb\n\nc\n"
    assert part.exact_text == "a\r\n\r\rb\n\r\nc\r"


def test_messages_with_the_same_header_share_nothing_that_can_be_changed():
    first, second = (part_of(b"Content-Type: text/plain; charset=utf-8").root for _ in range(2))
    first.parameters["charset"] = "x"
    assert second.parameters == {"charset": "utf-8"}


def tree(part):
    """The tree of a part as a nested tuple of media types."""
    below = part.nested.parts if part.nested else part.children
    return (part.media_type, *(tree(child) for child in below)) if below else part.media_type


DELIVERY = (
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nIt failed.\n--r\n"
    b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\nStatus: 5.1.1\n--r\n"
    b"Content-Type: message/rfc822\n\nSubject: inner\nContent-Type: text/html\n\n<p>Hi</p>\n--r--\n"
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (DELIVERY, ("multipart/report", "text/plain", "message/delivery-status", ("message/rfc822", "text/html"))),
        (DELIVERY.replace(b"\n", b"\r\n"), ("multipart/report", "text/plain", "message/delivery-status", ("message/rfc822", "text/html"))),
        (b"Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: one\n\n1\n--d\n\nSubject: two\n\n2\n--d--",
         ("multipart/digest", ("message/rfc822", "text/plain"), ("message/rfc822", "text/plain"))),
        (b"Content-Type: multipart/signed; boundary=s\n\n--s\nContent-Type: text/plain\n\nx\n--s\nContent-Type: application/pgp-signature\n\ny\n--s--",
         ("multipart/signed", "text/plain", "application/pgp-signature")),
        (b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--a\n\nx\n--a--",
         ("multipart/mixed", "text/calendar", "text/plain")),
        (b"Content-Type: multipart/mixed\n\n--guess\nContent-Type: text/html\n\nx\n--guess--\n", ("multipart/mixed", "text/html")),
        (b"Content-Type: multipart/mixed; boundary=wrong\n\n--right\nContent-Type: text/html\n\nx\n--right--\n", ("multipart/mixed", "text/html")),
        (b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nnever ended", ("multipart/mixed", "text/plain")),
        (b"Content-Type: multipart/mixed; boundary=a\n\nnothing", "multipart/mixed"),
        (b"Content-Type: multipart/mixed; boundary=a\n\n--a\n--a\n\n--a--", ("multipart/mixed", "text/plain", "text/plain")),
        (b'Content-Type: multipart/mixed; boundary="a"\nContent-Transfer-Encoding: base64\n\n' + base64.b64encode(b"--a\n\nx\n--a--"),
         ("multipart/mixed", "text/plain")),
        (b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(b"Subject: x\n\ny"),
         ("message/rfc822", "text/plain")),
        (b"Content-Type: text\n\nx", "text/plain"),
        (b"Content-Type: multipart/mixed; boundary=a\n\n--ab\n\n--a \t\n\nx\n--a-- \n", ("multipart/mixed", "text/plain")),
    ],
)  # fmt: skip
def test_parts_of_any_nesting_are_found(raw, expected):
    message = parse(raw)
    assert tree(message.root) == expected
    assert len({part.path for part in message.walk()}) == len(list(message.walk()))


def test_an_inner_boundary_that_starts_like_the_outer_one_is_no_trouble():
    raw = (
        b"Content-Type: multipart/mixed; boundary=x\n\npreamble\n--x\nContent-Type: multipart/alternative; boundary=xx\n\n"
        b"--xx\n\none\n--xx\nContent-Type: text/html\n\ntwo\n--xx--\n--x\n\nthree\n--x--\nepilogue"
    )
    leaves = [part.text for part in parse(raw).walk() if not part.is_container]
    assert leaves == ["one", "two", "three", "preamble", "epilogue"]


@pytest.mark.parametrize(
    ("raw", "subject", "text"),
    [
        (b"", None, ""),
        (b"\r\n", None, ""),
        (b"no header", None, "no header"),
        (b"Subject: x", "x", ""),
        (b"Subject: x\n\ny", "x", "y"),
        (b"Subject: x\r\n\r\ny", "x", "y"),
        (b"Subject: x\r\n\ny", "x", "y"),
        (b"Subject: x\n\r\ny", "x", "y"),
        (b"Subject: x\r\r\n\r\r\ny", "x", "y"),
        (b"Subject: x\rFrom: a\r\ry", "x", "y"),
        (b"From a@example.org Mon Jan  1 00:00:00 2020\nSubject: x\n\ny", "x", "y"),
        (b"\xef\xbb\xbfSubject: x\nFrom: a\n\ny", "x", "y"),
        (b"\r\n\r\nSubject: x\r\nFrom: a\r\n\r\ny", "x", "y"),
        (b"\n\nonly a body", None, "\nonly a body"),
        (b"Subject: x\n  folded\n\ny", "x folded", "y"),
    ],
)
def test_header_and_body_part_where_a_mail_program_would_part_them(raw, subject, text):
    message = parse(raw)
    assert (message.subject, message.text) == (subject, text)


def alternatives(*parts, kind="alternative"):
    joined = "".join(f"--b\r\nContent-Type: {media_type}\r\n\r\n{text}\r\n" for media_type, text in parts)
    return parse(f"Content-Type: multipart/{kind}; boundary=b\r\n\r\n{joined}--b--\r\n")


def test_of_alternatives_the_readers_choice_is_shown_and_of_others_all():
    both = alternatives(("text/plain", "plain"), ("text/html", "<p>html</p>"))
    assert (both.text, both.html) == ("plain", "<p>html</p>")
    blank = alternatives(
        ("text/plain", " "), ("text/html", '<p>html <a href="https://example.org/">x</a></p>')
    )
    assert blank.text == "html x <https://example.org/>"
    footer = alternatives(("text/html", "<p>html</p>"), ("text/plain", "a <footer>"), kind="mixed")
    assert footer.text == "html\na <footer>"
    assert footer.html == '<p>html</p>\n<div style="white-space:pre-wrap">a &lt;footer&gt;</div>'
    assert alternatives(("image/png", "x")).text is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 06 Jan 2020 14:19:51 +0100", "2020-01-06T14:19:51+01:00"),
        ("6 Jan 2020 14:19:51 GMT", "2020-01-06T14:19:51+00:00"),
        ("Mon, 06 Jan 2020 14:19:51 -0000", "2020-01-06T14:19:51+00:00"),
        ("yesterday", None),
        ("Mon, 99 Jan 2020 14:19:51 +0100", None),
        ("Mon, 06 Jan 99999999999999999999 14:19:51 +9999", None),
    ],
)
def test_a_date_is_aware_or_none(text, expected):
    message = part_of(b"Date: " + text.encode())
    assert (message.date.isoformat() if message.date else None) == expected
    assert message.get("date") == text


@given(st.text(st.characters() | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)))
def test_a_text_of_an_export_becomes_bytes_and_the_same_text_again(text):
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return  # other lone surrogates stay in the bytes, which then are no UTF-8
    joined = text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    assert text_of_wire(wire_of_text(text)) == joined


UGLY = [
    DELIVERY, b"Content-Type: ", b"multipart/mixed; boundary=a\r\n", b"\r\n", b"\n", b"--a", b"--", b"\r", b" ", b"\t", b":", b"Subject: ",
    b"=?utf-8?Q?", b"?=", b"=?", b"message/rfc822\n\n", b"Content-Transfer-Encoding: base64\n", b"quoted-printable", b"=", b"\xff", b"\0",
    b"begin 644 a\n", b"end\n", b"Date: ", b"text/html; charset=", b"utf-16", b"idna", b"unicode_escape\n", b'filename*0="', b"filename*9999999999*=",
    b"Content-Disposition: attachment;", b'"', b"\\", b";", b"Content-ID: <", b"<a@b>", b"From x\n", b"\xef\xbb\xbf", b"utf-7", b"+AD", b"hz", b"~{",
]  # fmt: skip


@examples(500)
@given(
    st.lists(st.sampled_from(UGLY) | st.binary(max_size=12), max_size=25).map(b"".join)
    | st.binary(max_size=400)
)
def test_no_bytes_make_parsing_fail_and_none_of_them_are_lost(raw):
    whole_message(raw)


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_what_once_broke_is_read_as_expected(file):
    message = whole_message(file.read_bytes())
    shown_message(message)
    assert told(message) == EXPECTED[file.stem]


def test_every_file_of_the_corpus_is_explained():
    explained = (DATA / "README.md").read_text(encoding="utf-8")
    assert {file.stem for file in CORPUS} == EXPECTED.keys()
    assert [file.name for file in CORPUS if f"| `{file.name}` | " not in explained] == []
    assert explained.count("\n| `") == len(CORPUS)


@examples(300)
@given(
    st.sampled_from(CORPUS).map(lambda file: file.read_bytes()),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.sampled_from(UGLY) | st.binary(max_size=9)), max_size=4),
    st.booleans(),
)  # fmt: skip
def test_the_corpus_changed_anywhere_is_read_and_shown(raw, changes, as_crlf):
    for share, dropped, put in changes:
        at = int(share * len(raw))
        raw = raw[:at] + put + raw[at + dropped :]
    shown_message(whole_message(raw.replace(b"\n", b"\r\n") if as_crlf else raw))


BODIES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


@examples(150)
@given(
    st.lists(st.tuples(st.sampled_from(["plain", "html", "calendar"]), BODIES, st.sampled_from(["base64", "quoted-printable"])), min_size=1, max_size=4),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Z"]), max_size=40),
    st.binary(max_size=80),
)  # fmt: skip
def test_well_formed_messages_are_read_as_the_standard_library_reads_them(texts, subject, attachment):
    written = email.message.EmailMessage(email.policy.SMTP)
    written["Subject"] = subject
    written["From"] = "Jan <jan@example.org>"
    written.set_content("first")
    for kind, text, encoding in texts:
        written.add_alternative(text, subtype=kind, cte=encoding)
    written.add_attachment(attachment, "application", "x-thing", filename=f"{subject}.bin")
    raw = written.as_bytes()
    theirs = email.message_from_bytes(raw, policy=email.policy.default)
    ours = parse(raw)
    assert [f.name for f in ours.header] == theirs.keys()
    assert ours.subject == str(theirs["Subject"])
    their_leaves = [p for p in theirs.walk() if not p.is_multipart()]
    our_leaves = [p for p in ours.walk() if not p.is_container]
    assert [p.media_type for p in our_leaves] == [p.get_content_type() for p in their_leaves]
    assert [p.content for p in our_leaves] == [p.get_payload(decode=True) for p in their_leaves]
    assert [p.file_name for p in our_leaves] == [p.get_filename() for p in their_leaves]


CHARSETS = ["utf-8", "iso-8859-15", "koi8-r", "iso-2022-jp", "gb18030", "euc-kr", "windows-1251", "utf-16"]
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Z"]), min_size=1, max_size=60
).filter(lambda name: unquote(name) == name)  # the standard library takes `<>` around a name for quotes


@st.composite
def written_messages(draw, depth=0):
    """A message as the standard library writes it: texts of any charset, versions, pictures, files, messages."""
    message = email.message.EmailMessage(email.policy.SMTP)
    charset = draw(st.sampled_from(CHARSETS))
    body = draw(BODIES).encode(charset, "ignore").decode(charset)
    if charset == "utf-16":  # the standard library cuts lines within its letters, and writes half letters
        body = "".join(sign for sign in body if not {0x0A, 0x0D} & set(sign.encode("utf-16")))
    if (
        charset == "euc-kr"
    ):  # the standard library makes up syllables of letters, four of them; browsers do not
        body = "".join(sign for sign in body if len(sign.encode(charset)) <= 2)
    message.set_content(body, charset=charset, cte=draw(st.sampled_from(["base64", "quoted-printable"])))
    if draw(st.booleans()):
        message.add_alternative(f"<p>{draw(BODIES)}</p>", subtype="html", cte="base64")
        if draw(st.booleans()):
            message.get_payload()[1].add_related(draw(st.binary(max_size=50)), "image", "png", cid="<p@x>")
    for name in draw(st.lists(NAMES, max_size=2)):
        message.add_attachment(draw(st.binary(max_size=80)), "application", "x-thing", filename=name)
    if depth < 2 and draw(st.booleans()):
        message.add_attachment(draw(written_messages(depth + 1)))
    message["Subject"] = draw(NAMES)
    return message


def leaves_of(message):
    """The leaves as the standard library has them, attached messages' included: type, name, content, text."""
    return [
        (
            part.get_content_type(),
            part.get_filename(),
            part.get_payload(decode=True),
            part.get_content().replace("\r\n", "\n") if part.get_content_maintype() == "text" else None,
        )
        for part in message.walk()
        if not part.is_multipart()
    ]


@examples(150)
@given(written_messages())
def test_messages_of_any_structure_and_charset_are_read_as_the_standard_library_reads_them(written):
    raw = written.as_bytes()
    theirs = email.message_from_bytes(raw, policy=email.policy.default)
    ours = parse(raw)
    assert ours.subject == str(theirs["Subject"])
    assert [
        (
            part.media_type,
            part.file_name,
            part.content,
            part.exact_text.replace("\r\n", "\n") if part.is_text else None,
        )
        for part in ours.walk()
        if not part.is_container
    ] == leaves_of(theirs)
    assert ours.defects == ()
    # each part is the body, or a file, or in a message that is one
    seen = {id(part) for part in (*ours.all_files, *ours.bodies)}
    below = {id(part) for file in ours.files if file.nested for part in file.nested.walk()}
    assert all(
        id(part) in seen | below or not part.text.strip() for part in ours.walk() if not part.is_container
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/plain\n\n" + b"begin 644 a\nend\n" * 40_000,
        b"Content-Type: text/plain\n\n" + b"begin-base64 644 a\n" * 40_000,
        b"Content-Type: text/plain; format=flowed\n\n" + b"> a \n" * 100_000,
        b"Content-Type: text/plain; format=flowed; delsp=yes\n\n" + b">" * 300_000,
        b"Content-Transfer-Encoding: base64\n\n" + b"QQ==\n" * 100_000,
        b"Content-Transfer-Encoding: base64\n\n" + b"QQ!= " * 100_000,
        b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=  \n \t\n" * 80_000,
        b"Content-Type: text/plain; charset=utf-8\n\n" + b"\xc3\xa9\xff" * 150_000,
        b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + b"\x1b$B-!" * 80_000,
        b"Content-Type: text/plain; charset=euc-jp\n\n" + b"\xad\xa1" * 150_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n--a--\n" * 30_000,
        b"Content-Type: application/pkcs7-mime\n\n" + b"0\x80" * 200_000,
        b"Content-Type: text/html\n\n" + b"<tr><td>x" * 40_000,
        b"Content-Type: text/html\n\n" + b"<ol><li>" * 40_000,
        b"Content-Type: text/html\n\n" + b"<pre>a  b\n" * 40_000,
        b"Content-Type: text/html; charset=utf-8\n\n" + "\u0915\u200d\u200c".encode() * 60_000,
        b"Content-Type: text/html\n\n" + b"<img src=cid:a>" * 30_000,
        b"Content-Type: text/html\n\n<style>white-space" + b"a " * 150_000,
        b"Content-Type: text/html\n\n<style>white-space" + b"{a " * 100_000,
        b"Content-Type: text/html\n\n<style>" + b"a{white-space:pre}" * 20_000,
        b"Subject: x\n" + b"no field\n" * 60_000 + b"\nx",
        b"Content-Type: text/plain" + b" charset" * 60_000 + b"=",
        b"Content-Type: text/plain" + b"\nContent-Type: multipart/mixed; boundary=a" * 10_000 + b"\n\nx",
    ],
    ids=range(23),
)
def test_no_ugly_message_takes_longer_than_its_size(raw):
    def seconds(wire):
        began = time.process_time()
        message = parse(wire)
        assert (message.defects, message.text, message.files) is not None
        return time.process_time() - began

    short = raw[: len(raw) // 10]
    assert seconds(raw) < 30 * max(seconds(short), 0.01)


@pytest.mark.parametrize(
    "raw",
    [
        b"a: x\n" + b" y\n" * 200_000,
        b"Subject: " + b"=?utf-8?Q?a" * 50_000,
        b"Subject: " + b"=?utf-8?Q?a?= " * 50_000,
        b"Subject: " + b"=?" * 200_000,
        b"Subject: " + b" " * 500_000 + b"x",
        b"Content-Type: text/plain" + b"; a" * 100_000,
        b"Content-Type: text/plain; a=" + b'"' * 200_000,
        b"Content-Type: text/plain; a=" + b"\\" * 200_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * 100_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--aa" * 100_000,
        b"Content-Type: multipart/mixed\n\n" + b"--a\n" * 100_000,
        b"Content-Type: text/plain\n\n" + b"begin 644 a\n" * 50_000,
        b"Content-Transfer-Encoding: quoted-printable\n\n" + b"= " * 200_000,
        b"\r" * 400_000,
        b"\n\r" * 200_000,
        b"a:\r" * 100_000,
    ],
    ids=range(16),
)
def test_no_message_takes_longer_than_its_size(raw):
    def seconds(wire):
        began = time.process_time()
        message = parse(wire)
        for part in message.walk():
            assert part.defects is not None
        assert message.text is not None or message.root.is_container
        return time.process_time() - began

    short = raw[: len(raw) // 10]
    assert seconds(raw) < 60 * max(seconds(short), 0.005)


def test_nesting_without_end_stops_somewhere_and_says_so():
    raw = b"innermost"
    for depth in range(100):
        raw = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--\n" % (
            depth,
            depth,
            raw,
            depth,
        )
    message = parse(raw)
    assert any(defect.code == "nested-too-deeply" for defect in message.defects)
    assert any(b"innermost" in part.content for part in message.walk())
