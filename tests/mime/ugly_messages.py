# ruff: noqa: E501  (a sentence of the documentation, or a line of a message, is not broken)
"""Malformed messages, and what a reader sees: rows of `docs/malformed-input.md`, and the cases of their tests."""

from __future__ import annotations

import base64
import quopri
import zlib
from dataclasses import dataclass, field

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFElEQVR42mNk+M/wn4GBgYmBgYEBABEIAgF6AZ0vAAAAAElFTkSuQmCC"
)
PDF = b"%PDF-1.4 invented"
PAGE = (
    "<p>Order 4711 is on its way to Canal Street 12, and will be there on Tuesday between nine and noon.</p>"
)
HEAD = b"From: Shop <post@shop.example>\r\nTo: robin@example.org\r\n"


def b64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def mail(*fields: bytes, body: bytes = b"") -> bytes:
    return HEAD + b"".join(one + b"\r\n" for one in fields) + b"\r\n" + body


def text(content: bytes, charset: str = "utf-8", *fields: bytes) -> bytes:
    declared = f"Content-Type: text/plain; charset={charset}".encode()
    return mail(declared, b"Content-Transfer-Encoding: base64", *fields, body=b64(content))


def parts(kind: str, *pieces: bytes, end: bytes = b"--b--\r\n") -> bytes:
    joined = b"".join(b"--b\r\n" + piece + b"\r\n" for piece in pieces)
    return mail(f"Content-Type: multipart/{kind}; boundary=b".encode(), body=joined + end)


def part(media_type: str, content: bytes, *fields: bytes) -> bytes:
    return b"\r\n".join([f"Content-Type: {media_type}".encode(), *fields, b"", content])


def file(media_type: str, content: bytes, *fields: bytes) -> bytes:
    return part(media_type, b64(content).rstrip(), b"Content-Transfer-Encoding: base64", *fields)


def der(tag: int, *values: bytes) -> bytes:
    content = b"".join(values)
    size = bytes([len(content)]) if len(content) < 128 else b"\x82" + len(content).to_bytes(2, "big")
    return bytes([tag]) + size + content


def streamed(tag: int, *values: bytes) -> bytes:
    return bytes([tag]) + b"\x80" + b"".join(values) + b"\0\0"


def cms(kind: str, entity: bytes, *, is_streamed: bool = False) -> bytes:
    """A CMS structure with no signer: nothing verifies it here."""
    make = streamed if is_streamed else der
    octets = make(0x24, der(4, entity[:9]), der(4, entity[9:])) if is_streamed else der(4, entity)
    data = make(0x30, der(6, bytes.fromhex("2a864886f70d010701")), make(0xA0, octets))
    return make(0x30, der(6, bytes.fromhex(kind)), make(0xA0, make(0x30, der(2, b"\1"), der(0x31), data)))


SIGNED, ENVELOPED, COMPRESSED = "2a864886f70d010702", "2a864886f70d010703", "2a864886f70d0109100109"
ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nYour policy is 12-34."
STUB_NL = "Uw e-mailprogramma kan geen HTML tonen."
IMAGE = '<p>before</p><img src="{}" alt="receipt"><p>after</p>'
PLAIN = part("text/plain; charset=utf-8", b"the letter")


@dataclass(frozen=True)
class Ugly:
    """A message: what is wrong, what happens, what is seen of it and what is not, its files, its defects."""

    what: str
    happens: str
    raw: bytes
    seen: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    subject: str | None = None
    email: str = ""
    """What `email` (policy.default) makes of it, where that is something else."""


CHARSETS = (
    Ugly(
        "one bad byte in UTF-8",
        "one �; the rest stays",
        text("Zoë, café".encode() + b" fran\xc3\nAndr\xc3\xa9"),
        ("Zoë, café", "fran�", "André"),
        ("Ã",),
        codes=("bytes-not-in-charset",),
    ),
    Ugly(
        "UTF-8 that is windows-1252",
        "read as windows-1252, where no letter in it is UTF-8",
        text(b"caf\xe9 cr\xe8me"),
        ("café crème",),
        codes=("charset-wrong",),
        email="`caf� cr�me`",
    ),
    Ugly(
        "UTF-8 and windows-1252 mixed, nothing declared",
        "each letter as what it is",
        mail(b"Subject: x", body="Zoë".encode() + b" caf\xe9"),
        ("Zoë café",),
        codes=("charset-mixed",),
        email="`�` for each byte",
    ),
    Ugly(
        "UTF-8 said to be Latin-1, with a byte that is none",
        "each letter as what it is",
        mail(
            b"Content-Type: text/plain; charset=iso-8859-1",
            b"Content-Transfer-Encoding: 8bit",
            body="€ 12,50 voor Zoë".encode() + b" \xe9",
        ),
        ("€ 12,50 voor Zoë é",),
        codes=("charset-mixed",),
        email="`â‚¬`",
    ),
    Ugly(
        "windows-1252 said to be ISO-8859-1",
        "read as windows-1252",
        text(b"\x80 12,50 \x93ok\x94", "iso-8859-1"),
        ("€ 12,50 “ok”",),
        email="control characters",
    ),
    Ugly(
        "windows-1252 with a byte that it lacks",
        "a control character; the rest stays",
        text(b"\x80 5 \x81!", "windows-1252"),
        ("€ 5",),
    ),
    Ugly(
        "GBK said to be GB2312",
        "read as GB18030",
        text("镕 朱".encode("gbk"), "gb2312"),
        ("镕 朱",),
        email="other letters",
    ),
    Ugly(
        "ISO-2022-JP with NEC's row 13",
        "read as vendors have it",
        text(b"\x1b$B-!\x1b(B \x1b$B-j\x1b(B shop", "iso-2022-jp"),
        ("① ㈱ shop",),
        email="`�`",
    ),
    Ugly(
        "EUC-JP with NEC's row 13",
        "read as vendors have it",
        text(b"\xad\xa1 shop", "euc-jp"),
        ("① shop",),
        email="`�`",
    ),
    Ugly(
        "Shift_JIS with vendors' letters",
        "read as windows-31j",
        text("① ㈱".encode("cp932"), "shift_jis"),
        ("① ㈱",),
        email="`�`",
    ),
    Ugly(
        "windows-949 said to be EUC-KR",
        "read as windows-949",
        text("똠방".encode("cp949"), "euc-kr"),
        ("똠방",),
        email="`�`",
    ),
    Ugly(
        "windows-874 said to be TIS-620",
        "read as windows-874",
        text(b"\x80 \xa1", "tis-620"),
        ("€ ก",),
        email="a control character",
    ),
    Ugly(
        "UTF-8 said to be UTF-16",
        "read as UTF-8",
        text("een café".encode() + b" en meer", "utf-16"),
        ("een café en meer",),
        codes=("charset-wrong",),
        email="other letters",
    ),
    Ugly(
        "a charset that there is not",
        "UTF-8 where it is that",
        text("café".encode(), "x-none"),
        ("café",),
        codes=("charset-unknown",),
        email="an error where its text is asked for",
    ),
)
ENCODINGS = (
    Ugly(
        "base64 in pieces, each padded",
        "all of them",
        mail(
            b"Content-Type: text/plain",
            b"Content-Transfer-Encoding: base64",
            body=b"b25lIA==\r\ndHdvIA==\r\ndGhyZWU=\r\n",
        ),
        ("one two three",),
        codes=("encoding-broken",),
        email="the first piece alone",
    ),
    Ugly(
        "base64 with a footer of a mailing list behind it",
        "the text, then the footer",
        mail(
            b"Content-Type: text/plain",
            b"Content-Transfer-Encoding: base64",
            body=b64(b"the letter") + b"____________\r\nList: https://list.example\r\n",
        ),
        ("the letter", "List: https"),
        codes=("base64-ended-early",),
        email="the text without the footer",
    ),
    Ugly(
        "text that says it is base64",
        "as it is",
        mail(
            b"Content-Type: text/plain",
            b"Content-Transfer-Encoding: base64",
            body=b"No base64, but a letter: (really).",
        ),
        ("No base64, but a letter",),
        codes=("encoding-broken",),
        email="nonsense",
    ),
    Ugly(
        "blanks behind a soft line break",
        "the line goes on (RFC 2045, 6.7, rule 3); a full line within its word",
        mail(
            b"Content-Type: text/plain",
            b"Content-Transfer-Encoding: quoted-printable",
            body=b"one = \r\ntwo, and=\t\r\nthree, " + b"x" * 60 + b" mar= \r\nket",
        ),
        ("one two, and three, x", "x market"),
        email="the equals sign stays",
    ),
    Ugly(
        "format=flowed; delsp=yes",
        "paragraphs (RFC 3676)",
        mail(
            b"Content-Type: text/plain; format=flowed; delsp=yes",
            body=b"mar \r\nket and  \r\nsquare\r\n> quo \r\n> ted\r\n",
        ),
        ("market and square", "> quoted"),
        email="lines as they are",
    ),
    Ugly(
        "a file in uuencode within a text",
        "it is a file; no line of code is left",
        mail(
            b"Content-Type: text/plain",
            body=b"above\r\nbegin 644 note.txt\r\n%:&5L;&\\\r\n`\r\nend\r\nbelow\r\n",
        ),
        ("above", "below"),
        ("begin 644",),
        {"note.txt": b"hello"},
        ("uuencoded-file",),
        email="code in the text",
    ),
    Ugly(
        "two of them, one without its name's ending",
        "two files",
        mail(
            b"Content-Type: text/plain",
            body=b"begin 644 a\r\n%:&5L;&\\\r\n`\r\nend\r\nbegin 600 b\r\n%:&5L;&\\\r\n`\r\nend\r\n-- \r\nThe shop\r\n",
        ),
        ("The shop",),
        ("begin",),
        {"a": b"hello", "b": b"hello"},
        email="code in the text",
    ),
    Ugly(
        "a file in yEnc",
        "named, and left in the text",
        mail(
            b"Content-Type: text/plain", body=b"=ybegin line=128 size=5 name=a.bin\r\nabc\r\n=yend size=5\r\n"
        ),
        ("name=a.bin",),
        codes=("yenc-file",),
    ),
)
HEADERS = (
    Ugly(
        "encoded words cut within a letter",
        "joined",
        mail(b"Subject: =?utf-8?Q?caf=C3?=\r\n =?utf-8?Q?=A9?=", body=b"x"),
        subject="café",
    ),
    Ugly(
        "encoded words cut within a group of base64",
        "joined before they are decoded",
        mail(b"Subject: =?utf-8?B?T3JkZXIg4?=\r\n =?utf-8?B?oKsIDEyLDUw?=", body=b"x"),
        subject="Order € 12,50",
        email="code and nonsense",
    ),
    Ugly(
        "encoded words without padding",
        "each by itself",
        mail(b"Subject: =?utf-8?B?Y2Fmw6k?= =?utf-8?B?Y2Fmw6k?=", body=b"x"),
        subject="cafécafé",
    ),
    Ugly(
        "an encoded word that ends within a letter",
        "one �",
        mail(b"Subject: =?utf-8?Q?Zo=C3=AB_caf=C3?=", body=b"x"),
        codes=("bytes-not-in-header-charset",),
        subject="Zoë caf�",
    ),
    Ugly(
        "raw letters in an encoded word",
        "read",
        mail(b"Subject: =?iso-8859-1?Q?caf\xe9_=E8?=", body=b"x"),
        subject="café è",
    ),
    Ugly(
        "no blank line behind the header",
        "the text is the text",
        HEAD + b"Subject: x\r\nThis is the letter,\r\nof two lines.\r\n",
        ("This is the letter,", "of two lines."),
        codes=("body-after-header-line",),
    ),
    Ugly(
        "a stray line in the header",
        "the header goes on",
        HEAD + b"stray line\r\nSubject: x\r\n\r\nthe letter",
        ("the letter",),
        ("stray line",),
        codes=("header-without-field",),
        subject="x",
        email="the rest of the header is text",
    ),
    Ugly(
        "two Content-Types, of which the second fits",
        "the one that fits",
        mail(
            b"Content-Type: text/plain",
            b"Content-Type: multipart/mixed; boundary=b",
            body=b"--b\r\n\r\nthe letter\r\n--b--\r\n",
        ),
        ("the letter",),
        ("--b",),
        codes=("second-content-type",),
        email="the first",
    ),
    Ugly(
        "two transfer encodings, of which the second is the one",
        "the one that the content is in",
        mail(
            b"Content-Type: text/plain; charset=utf-8",
            b"Content-Transfer-Encoding: 7bit",
            b"Content-Transfer-Encoding: base64",
            body=b64("the letter, caf\u00e9".encode()),
        ),
        ("the letter, caf\u00e9",),
        codes=("second-encoding",),
        email="the first",
    ),
    Ugly(
        "two transfer encodings, and text that is in neither",
        "the text",
        mail(
            b"Content-Transfer-Encoding: base64",
            b"Content-Transfer-Encoding: 8bit",
            body=b"the letter, as it is.\r\n",
        ),
        ("the letter, as it is.",),
        codes=("second-encoding",),
    ),
    Ugly(
        "a page as XHTML",
        "the page",
        mail(b"Content-Type: application/xhtml+xml; charset=utf-8", body=PAGE.encode()),
        ("Order 4711",),
        ("<p>",),
        email="no body",
    ),
    Ugly(
        "html alone as the type of content",
        "the page",
        mail(b"Content-Type: HTML; charset=utf-8", body=PAGE.encode()),
        ("Order 4711",),
        ("<p>",),
        codes=("media-type-unreadable",),
        email="its source",
    ),
    Ugly(
        "no semicolon before charset=",
        "read",
        mail(b"Content-Type: text/html charset=utf-8", body=PAGE.encode()),
        ("Order 4711",),
        ("<p>",),
        email="no media type that is known",
    ),
    Ugly(
        "no semicolon before boundary=",
        "read",
        mail(b"Content-Type: multipart/mixed boundary=b", body=b"--b\r\n\r\nthe letter\r\n--b--\r\n"),
        ("the letter",),
        ("--b",),
        email="no media type that is known",
    ),
    Ugly(
        "a name in numbered pieces of encoded words",
        "joined",
        parts(
            "mixed",
            PLAIN,
            file(
                "application/pdf",
                PDF,
                b'Content-Disposition: attachment; filename*0="=?UTF-8?Q?=C3=9Cber?=";\r\n filename*1="=?UTF-8?Q?sicht.pdf?="',
            ),
        ),
        ("the letter",),
        files={"Übersicht.pdf": PDF},
        email="",
    ),
    Ugly(
        "a path of Windows as a name",
        "its backslashes stay; the file is called like its last piece",
        parts(
            "mixed",
            PLAIN,
            file("application/pdf", PDF, b'Content-Disposition: attachment; filename="C:\\may\\bill.pdf"'),
        ),
        ("the letter",),
        files={"bill.pdf": PDF},
        email="`C:maybill.pdf`",
    ),
    Ugly(
        "a name without quotes, with blanks",
        "whole",
        parts(
            "mixed",
            PLAIN,
            file(
                "application/pdf", PDF, b"Content-Disposition: attachment; filename=bill of may.pdf; size=9"
            ),
        ),
        ("the letter",),
        files={"bill of may.pdf": PDF},
        email="`bill`",
    ),
    Ugly(
        "no semicolon behind a name",
        "both are read",
        parts(
            "mixed",
            PLAIN,
            file("application/pdf", PDF, b'Content-Disposition: attachment filename="bill.pdf"'),
        ),
        ("the letter",),
        files={"bill.pdf": PDF},
        email="no name",
    ),
)
BODIES = (
    Ugly("a plain text of invisible characters beside a page", "the page's text", parts("alternative", part("text/plain; charset=utf-8", " \u200b\u00a0\u2060".encode()), part("text/html", PAGE.encode())), ("Order 4711",)),
    Ugly("a stub beside a page, in Dutch", "the page's text; the stub is a file", parts("alternative", part("text/plain", STUB_NL.encode()), part("text/html", PAGE.encode())), ("Order 4711",), files={"part-1.txt": STUB_NL.encode()}),
    Ugly("a stub in German", "the same", parts("alternative", part("text/plain", b"Ihr Programm zeigt kein HTML an."), part("text/html", PAGE.encode())), ("Order 4711",)),
    Ugly("a stub in French", "the same", parts("alternative", part("text/plain; charset=utf-8", "Votre logiciel n’affiche pas le HTML.".encode()), part("text/html", PAGE.encode())), ("Order 4711",)),
    Ugly("a plain text that is one link to the web version", "the same", parts("alternative", part("text/plain", b"View this message in your browser: https://shop.example/v/1"), part("text/html", PAGE.encode())), ("Order 4711",)),
    Ugly("a real plain text beside a page", "the plain text", parts("alternative", part("text/plain", b"Your order 4711 goes to Canal Street 12. Here is what to do about HTML."), part("text/html", b"<p>Short page</p>")), ("about HTML",), ("Short page",)),
    Ugly("an empty page beside a plain text", "the plain text", parts("alternative", part("text/plain", b"the letter"), part("text/html", b"<html><body> &nbsp;</body></html>")), ("the letter",)),
    Ugly("a sole page with a name", "it is the letter", mail(b'Content-Type: text/html; name="mail.html"', body=PAGE.encode()), ("Order 4711",)),
    Ugly("a sole text that says it is an attachment", "it is the letter, and a file", mail(b"Content-Type: text/plain", b'Content-Disposition: attachment; filename="letter.txt"', body=b"the letter"), ("the letter",), files={"letter.txt": b"the letter"}),
    Ugly("a page with a name among alternatives", "it is the page", parts("alternative", part("text/plain", b"\xc2\xa0"), part('text/html; name="a.html"', PAGE.encode())), ("Order 4711",)),
    Ugly("signed, in one piece (S/MIME)", "opened; the signed file is handed over", mail(b"Content-Type: application/pkcs7-mime; smime-type=signed-data", b"Content-Transfer-Encoding: base64", b'Content-Disposition: attachment; filename="smime.p7m"', body=b64(cms(SIGNED, ENTITY))), ("Your policy is 12-34.",), files={"smime.p7m": cms(SIGNED, ENTITY)}),
    Ugly("the same, streamed (BER)", "opened", mail(b'Content-Type: application/x-pkcs7-mime; name="smime.p7m"', b"Content-Transfer-Encoding: base64", body=b64(cms(SIGNED, ENTITY, is_streamed=True))), ("Your policy is 12-34.",)),
    Ugly("packed (S/MIME, compressed-data)", "opened", mail(b'Content-Type: application/pkcs7-mime; name="smime.p7z"', b"Content-Transfer-Encoding: base64", body=b64(cms(COMPRESSED, zlib.compress(ENTITY)))), ("Your policy is 12-34.",)),
    Ugly("encrypted (S/MIME)", "named as that, and a file", mail(b'Content-Type: application/pkcs7-mime; name="smime.p7m"', b"Content-Transfer-Encoding: base64", body=b64(cms(ENVELOPED, b"closed"))), ("only its recipient can open",), files={"smime.p7m": cms(ENVELOPED, b"closed")}, codes=("encrypted",)),
    Ugly("no structure that can be opened", "a file", mail(b'Content-Type: application/pkcs7-mime; name="smime.p7m"', b"Content-Transfer-Encoding: base64", body=b64(b"0\x84\xff\xff\xff\xff")), files={"smime.p7m": b"0\x84\xff\xff\xff\xff"}, codes=("signature-unreadable",)),
    Ugly("signed, in two parts", "the first is the letter, the signature a file", parts("signed", PLAIN, file("application/pkcs7-signature", b"0\x80", b'Content-Disposition: attachment; filename="smime.p7s"')), ("the letter", "digital signature"), files={"smime.p7s": b"0\x80"}),
    Ugly("an appointment beside a text", "named, and shown as text", parts("alternative", PLAIN, part("text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nSUMMARY:Repair\r\nEND:VCALENDAR")), ("the letter", "appointment", "SUMMARY:Repair")),
    Ugly("a sole appointment", "it is the letter", mail(b"Content-Type: text/calendar", body=b"BEGIN:VCALENDAR\r\nSUMMARY:Repair\r\nEND:VCALENDAR"), ("SUMMARY:Repair",)),
    Ugly("a business card", "named, and shown as text", parts("mixed", PLAIN, part('text/vcard; name="shop.vcf"', b"BEGIN:VCARD\r\nFN:The Shop\r\nEND:VCARD")), ("business card", "FN:The Shop"), files={"shop.vcf": b"BEGIN:VCARD\r\nFN:The Shop\r\nEND:VCARD"}),
    Ugly("an interactive version (AMP)", "named, and shown as text", parts("alternative", PLAIN, part("text/x-amp-html", b"<html amp4email><body>Choose a colour</body></html>")), ("interactive version", "Choose a colour"), ("amp4email",)),
    Ugly("winmail.dat", "named, and a file", parts("mixed", PLAIN, file('application/ms-tnef; name="winmail.dat"', b"\x78\x9f\x3e\x22x")), ("form of Outlook",), files={"winmail.dat": b"\x78\x9f\x3e\x22x"}, codes=("outlook-format",)),
)  # fmt: skip
FORWARDED = mail(
    b"Subject: inner",
    b"Content-Type: multipart/mixed; boundary=c",
    body=b"--c\r\n\r\ninner letter\r\n--c\r\n"
    + file("application/pdf", PDF, b'Content-Disposition: attachment; filename="inner.pdf"')
    + b"\r\n--c--\r\n",
)
PARTS = (
    Ugly(
        "a file in an attached message",
        "under that message, and handed over",
        parts("mixed", PLAIN, part('message/rfc822; name="fwd.eml"', FORWARDED)),
        ("inner letter", "inner.pdf"),
        files={"inner.pdf": PDF, "fwd.eml": FORWARDED},
    ),
    Ugly(
        "an attached message in base64",
        "the same",
        parts("mixed", PLAIN, file('message/rfc822; name="fwd.eml"', FORWARDED)),
        ("inner letter", "inner.pdf"),
        files={"inner.pdf": PDF, "fwd.eml": FORWARDED},
        email="its code as the text of an empty message",
    ),
    Ugly(
        "a picture that nothing refers to",
        "a file",
        parts(
            "related",
            part("text/html", PAGE.encode()),
            file(
                "image/png",
                PNG,
                b"Content-ID: <unused@x>",
                b'Content-Disposition: inline; filename="unused.png"',
            ),
        ),
        ("Order 4711", "unused.png"),
        files={"unused.png": PNG},
    ),
    Ugly(
        "parts behind the closing boundary",
        "parts like the others",
        parts(
            "mixed",
            PLAIN,
            end=b"--b--\r\n--b\r\n"
            + file("application/pdf", PDF, b'Content-Disposition: attachment; filename="late.pdf"')
            + b"\r\n--b--\r\n",
        ),
        ("the letter", "late.pdf"),
        files={"late.pdf": PDF},
        codes=("parts-after-end",),
        email="lost in the epilogue",
    ),
    Ugly(
        "a text before the parts",
        "a file with its text",
        mail(
            b"Content-Type: multipart/mixed; boundary=b",
            body=b"Read this first, Robin.\r\n--b\r\n" + PLAIN + b"\r\n--b--\r\n",
        ),
        ("the letter", "Read this first"),
        codes=("text-around-parts",),
    ),
    Ugly(
        "the usual sentence before the parts",
        "left out",
        mail(
            b"Content-Type: multipart/mixed; boundary=b",
            body=b"This is a multi-part message in MIME format.\r\n--b\r\n" + PLAIN + b"\r\n--b--\r\n",
        ),
        ("the letter",),
        ("multi-part message",),
    ),
    Ugly(
        "a text behind the parts",
        "a file with its text",
        parts("mixed", PLAIN, end=b"--b--\r\nWith thanks from the list.\r\n"),
        ("the letter", "With thanks from the list."),
        codes=("text-around-parts",),
    ),
    Ugly(
        "an id with blanks around it",
        "the picture in its place",
        parts(
            "related",
            part("text/html", IMAGE.format("cid:r1@x").encode()),
            file("image/png", PNG, b"Content-ID: < r1@x >"),
        ),
        ("before", "after"),
        ("missing",),
    ),
    Ugly(
        "an id in other letters, with percent signs",
        "the picture in its place",
        parts(
            "related",
            part("text/html", IMAGE.format("CID:R1%40X").encode()),
            file("image/png", PNG, b"Content-ID: <r1@x>"),
        ),
        ("before",),
        ("missing",),
    ),
    Ugly(
        "an id without brackets, referred to with them",
        "the picture in its place",
        parts(
            "related",
            part("text/html", IMAGE.format("cid:&lt;r1@x&gt;").encode()),
            file("image/png", PNG, b"Content-ID: r1@x"),
        ),
        ("before",),
        ("missing",),
    ),
    Ugly(
        "a picture by Content-Location",
        "the picture in its place",
        parts(
            "related",
            part("text/html", IMAGE.format("images/r.png").encode()),
            file("image/png", PNG, b"Content-Location: http://shop.example/images/r.png"),
        ),
        ("before",),
        ("missing", "on the internet"),
    ),
    Ugly(
        "a picture by its X-Attachment-Id",
        "the picture in its place",
        parts(
            "related",
            part("text/html", IMAGE.format("cid:ii_abc").encode()),
            file("image/png", PNG, b"X-Attachment-Id: ii_abc"),
        ),
        ("before",),
        ("missing", "on the internet"),
    ),
    Ugly(
        "a picture by its name alone",
        "the picture in its place",
        parts(
            "related",
            part("text/html", IMAGE.format("image002.png").encode()),
            file('image/png; name="image002.png"', PNG),
        ),
        ("before",),
        ("missing", "on the internet"),
    ),
    Ugly(
        "a boundary that is never closed",
        "all parts",
        parts(
            "mixed",
            PLAIN,
            file("application/pdf", PDF, b'Content-Disposition: attachment; filename="bill.pdf"'),
            end=b"",
        ),
        ("the letter",),
        files={"bill.pdf": PDF},
        codes=("multipart-not-closed",),
    ),
)
HTML = (
    Ugly(
        "a page with pre",
        "lines and columns stay",
        mail(b"Content-Type: text/html", body=b"<pre>Item    Qty\nShoes     1</pre>"),
        ("Item    Qty\nShoes     1",),
    ),
    Ugly(
        "white-space by a class",
        "lines stay",
        mail(
            b"Content-Type: text/html",
            body=b"<style>.a{white-space:pre-line}</style><p class=a>Canal Street 12\n1234 AB Village</p>",
        ),
        ("Canal Street 12\n1234 AB",),
    ),
    Ugly(
        "white-space by rules that contradict each other",
        "the more specific, then the later, an important one before all; media rules where they hold",
        mail(
            b"Content-Type: text/html",
            body=b"<style>p{white-space:pre-line} .foot p{white-space:normal} #keep p, :is(.q, .r) > div{white-space:pre-wrap!important}"
            b"@media (max-width:400px){.n{white-space:pre}} @media screen{[class=s]{white-space:pre}} .s{} .t,.n{white-space:nowrap}</style>"
            b"<p>by element\n  lines</p><div class=foot><p>in foot\n  not</p></div>"
            b'<div class=foot id=keep><p style="white-space:normal">important\n  stays</p></div>'
            b"<div class=q><div>child\n  stays<span style='white-space:inherit'>\n  too</span></div></div><div class=n>narrow\n  not</div><div class=s>media\n  stays</div>",
        ),
        (
            "by element\nlines",
            "in foot not",
            "important\n  stays",
            "child\n  stays\n  too",
            "narrow not",
            "media\n  stays",
        ),
    ),
    Ugly(
        "RTF as the body",
        "its text",
        mail(b"Content-Type: text/rtf", body=b"{\\rtf1\\ansi Your \\b order\\b0  4711\\par Caf\\'e9}"),
        ("Your order 4711", "Caf\u00e9"),
        ("rtf1", "ansi"),
        email="its source",
    ),
    Ugly(
        "text/enriched as the body",
        "its text",
        mail(
            b"Content-Type: text/enriched",
            body=b"<bold>Your</bold> <color><param>red</param>order</color>\r\n4711 << 5000\r\n\r\nthe shop",
        ),
        ("Your order 4711 < 5000", "the shop"),
        ("bold", "param"),
        email="its source",
    ),
    Ugly(
        "a numbered list from 3 on",
        "the numbers",
        mail(b"Content-Type: text/html", body=b"<ol start=3><li>three<li>four</ol><ol type=A><li>first</ol>"),
        ("3. three\n4. four", "A. first"),
    ),
    Ugly(
        "a table whose cells hold paragraphs",
        "a line for each row",
        mail(
            b"Content-Type: text/html",
            body=b"<table><tr><td><p>Shoes</p><td><p>12,50</p><tr><td><div>Socks</div><td>3,00</table>",
        ),
        ("Shoes  12,50\nSocks  3,00",),
    ),
    Ugly(
        "noscript, and fields of a form",
        "their text and values",
        mail(
            b"Content-Type: text/html",
            body=b'<noscript>Without scripts</noscript><input value="Robin"><input type=checkbox checked>News<select><option>S<option selected>M</select>',
        ),
        ("Without scripts", "[Robin]", "[x] News", "( ) S\n(x) M"),
    ),
    Ugly(
        "letters that join",
        "joiners stay where the script needs them; rows of them go",
        mail(
            b"Content-Type: text/html; charset=utf-8",
            b"Content-Transfer-Encoding: quoted-printable",
            body=quopri.encodestring(
                "<p>Sale\u200c\u00a0\u200c\u00a0\u200c</p><p>نمی\u200cخواهم</p>".encode()
            ),
        ),
        ("Sale\n\nنمی\u200cخواهم",),
    ),
)
CASES: dict[str, tuple[Ugly, ...]] = {
    "Messages: characters": CHARSETS, "Messages: transfer encodings": ENCODINGS, "Messages: header fields": HEADERS,
    "Messages: the text that is shown": BODIES, "Messages: parts and files": PARTS, "Messages: text of pages": HTML,
}  # fmt: skip
ALL = tuple(case for cases in CASES.values() for case in cases)


def table() -> str:
    """The sections of the documentation."""
    lines = [""]
    for title, cases in CASES.items():
        lines += [
            f"## {title}",
            "",
            "| message | what happens | code | `email` (policy.default) |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {c.what} | {c.happens} | {', '.join(f'`{code}`' for code in c.codes)} | {c.email} |"
            for c in cases
        ]
        lines.append("")
    lines += [
        "Codes are in the table `messages` (column `defects`), counted by `inspect -v`, and worded in the report.",
        "The last column says where Python's `email` reads a message otherwise. It follows the standards to the",
        "letter, and leaves guessing to its caller; we show what the reader of a mail program saw. Where a message",
        "keeps to the standards, both read the same: a property test holds them against each other.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201  (it is what this is for)
