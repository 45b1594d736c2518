"""Keys in personal links are found by their name and purpose, and what is no key is left alone."""

import base64
import email
import hashlib
import html
import json
import quopri
import re
import zipfile
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

import dsr_report
from dsr_report.jsonstream.items import Item
from dsr_report.mime.message import parse
from dsr_report.redact.link_tokens import link_keys
from dsr_report.redact.live_links import keys_in_message, keys_in_text
from dsr_report.redact.passages import passages_of
from dsr_report.verification.leaks import leaks
from dsr_report.verification.verifier import verify

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
TOKEN = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"  # noqa: S105 - an invented one
UNSUBSCRIBE = f"https://www.shop.example/en/u?profile=7&code={TOKEN}"
ADDRESS = "jan@example.org"


def found_in(text):
    return {key.token for key in keys_in_text(text)}


@pytest.mark.parametrize(
    "text",
    [
        UNSUBSCRIBE,
        f"Go to {UNSUBSCRIBE}, or not.",
        f'<a href="https://www.shop.example/en/u?profile=7&amp;code={TOKEN}">x</a>',
        f"https://r.example/?to=https%3A%2F%2Fshop.example%2Fu%3Fprofile%3D7%26code%3D{TOKEN}",
        f"https://r.example/?to=https%253A%252F%252Fshop.example%253Fcode%253D{TOKEN}",
        f"/account?secret={TOKEN}",
        f"https://www.shop.example/unsubscribe/{TOKEN}",
        f"https://www.shop.example/afmelden/{TOKEN}/7",
        f"https://www.shop.example/mijn-account/{TOKEN}",
        f"https://www.shop.example/reset-password/{TOKEN}",
        f'<a href="https://www.shop.example/x/{TOKEN}">Unsubscribe</a>',
        f'<a href="https://www.shop.example/x/{TOKEN}"><b>View in your browser</b></a>',
        f"mailto:leave-{TOKEN}@mail.shop.example?subject=unsubscribe",
        "https://r.example/?u=" + base64.urlsafe_b64encode(UNSUBSCRIBE.encode()).decode(),
    ],
)
def test_a_token_is_found_however_the_link_is_written(text):
    assert found_in(text) == {TOKEN}


def encoded_as(charset, kind="text/html", declared=None):
    page = base64.encodebytes(f'<p><a href="{UNSUBSCRIBE}">x</a></p>'.encode(charset)).decode()
    of_charset = f"; charset={declared}" if declared else ""
    return f"Content-Type: {kind}{of_charset}\nContent-Transfer-Encoding: base64\n\n{page}"


@pytest.mark.parametrize(
    "mime",
    [
        encoded_as("utf-8").replace("=", ""),
        encoded_as("utf-16", declared="utf-16"),
        encoded_as("utf-16"),
        encoded_as("utf-16", "text/csv"),
        encoded_as("utf-8", "image/svg+xml"),
        f"Content-Type: multipart/mixed; boundary=b\n\n{UNSUBSCRIBE}\n--b\n\nx\n--b--\n",
        json.dumps({"to": f"https://www.shop.example/unsubscribe/{TOKEN}"}).replace("/", "\\/"),
        f"https://r.example/L0/{base64.b64encode(UNSUBSCRIBE.encode()).decode().rstrip('=')}/1/0",
        f"https://r.example/{base64.b64encode(json.dumps({'to': UNSUBSCRIBE}).encode()).decode()}",
    ],
    ids=["no = and no //", "UTF-16", "UTF-16 unsaid", "table", "SVG", "preamble", "PHP", "path", "object"],
)
def test_a_token_is_found_whatever_the_value_is_that_holds_it(mime):
    assert TOKEN in {token for _, token in link_keys([Item("/data/0", (), {"mime": mime})]).decisions()}


def test_login_data_in_an_address_are_found():
    assert found_in("see https://jan:Geheim99@files.shop.example/a.pdf") == {"jan:Geheim99"}


@pytest.mark.parametrize(
    "text",
    [
        "https://www.shop.example/sale?utm_source=newsletter-2021&utm_campaign=summer2021sale",
        "https://www.shop.example/checkout?code=ZOMER2021KORTING",
        "https://www.shop.example/p/12345678?key=red-shoes-size-42",
        "https://www.shop.example/unsubscribe?email=jan%40example.org",
        "https://www.shop.example/unsubscribe?id=885649",
        "https://www.shop.example/assets/9f8e7d6c5b4a39281706f5e4.css",
        "https://video.example/watch?v=dQw4w9WgXcQ",
        "https://www.shop.example/account/orders/2021-03-12",
        "https://www.shop.example/profile/jan-de-vries-amsterdam-1970",
        "The code is 1234 and the key fits.",
        "a=1&b=2&hash=none&token=",
        "dkim h=From:To:Subject; b=AbC123dEf456GhI789",
    ],
)
def test_campaigns_numbers_addresses_and_words_are_no_keys(text):
    assert found_in(text) == set()


def message(body_headers, body, subject="Hallo"):
    return (
        "Message-ID: <abc@shop.example>\r\nFrom: post@shop.example\r\n"
        f"To: {ADDRESS}\r\nSubject: {subject}\r\n"
        f"List-Unsubscribe: <mailto:leave-1a2b3c4d5e6f@shop.example>,\r\n <{UNSUBSCRIBE[:50]}\r\n"
        f" {UNSUBSCRIBE[50:]}>\r\nMIME-Version: 1.0\r\n{body_headers}\r\n\r\n{body}"
    )


def encodings():
    page = f'<p><a href="{UNSUBSCRIBE.replace("&", "&amp;")}">Stop</a></p>'
    html = "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
    yield "plain", message("Content-Type: text/plain", f"Stop: {UNSUBSCRIBE}\r\n")
    yield "base64", message(f"{html}base64", base64.encodebytes(page.encode()).decode())
    yield "quoted-printable", message(f"{html}quoted-printable", quopri.encodestring(page.encode()).decode())


@pytest.mark.parametrize("mime", [pytest.param(m, id=name) for name, m in encodings()])
def test_tokens_are_found_in_headers_and_parts_of_messages(mime):
    assert {key.token for key in keys_in_message(mime.encode())} == {TOKEN, "1a2b3c4d5e6f"}


def test_the_number_of_a_message_is_hidden_where_a_link_can_be_made_of_it():
    number = "511d35341c739ffd3458f280aa7e769f"
    item = Item(
        "/data/0",
        (),
        {
            "ID": number,
            "url": f"https://l.example/unsubscribe/{number}",
            "note": f"code={TOKEN}&code={TOKEN}",
        },
    )
    decisions = list(link_keys([item]).decisions())
    assert [token for _, token in decisions] == [TOKEN, number]
    assert {decision.treatment for decision, _ in decisions} == {"mask"}


def export(tmp_path, data):
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"info": {"type": "email", "id": ADDRESS}, "data": data}), encoding="utf-8")
    return file


def rendered(source, target, **options):
    with dsr_report.read(source) as given, dsr_report.Report(given, **options) as report:
        report.to(target)
        return report.plan, report.values, report.warnings


@pytest.mark.slow
def test_tokens_of_links_are_nowhere_in_a_package(tmp_path):
    data = [
        *(
            {"type": "message", "data": {"ID": str(7 + i), "mime": mime}}
            for i, (_, mime) in enumerate(encodings())
        ),
        {"type": "click", "data": {"ID": "9", "link": UNSUBSCRIBE, "timestamp": "2021-01-01 10:00:00"}},
        {"type": "error", "data": {"ID": "10", "description": f"no such page: {TOKEN}"}},
    ]
    target = tmp_path / "a.zip"
    plan, values, _ = rendered(export(tmp_path, data), target, lang="nl")
    assert list(leaks(target, {1: [TOKEN], 2: ["leave-1a2b3c4d5e6f", "1a2b3c4d5e6f"]})) == []
    assert verify(target, tmp_path / "export.json").ok
    assert [mark.what for mark in plan.marks] == ["link-key", "unsubscribe-link"]
    assert all(mark.treatment == "mask" and mark.reason and mark.article for mark in plan.marks)
    assert values.total == values.disclosed
    assert values.in_part == 5
    with zipfile.ZipFile(target) as package:
        shown = json.loads(package.read("data/export.json"))
        assert "[afgeschermd 1:" in shown["data"][3]["data"]["link"]
        assert shown["data"][3]["data"]["link"].startswith("https://www.shop.example/en/u?profile=7&code=")
        page = package.read("report.html").decode()
    assert "sleutel" in page.lower()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["email-someone.json", "subprofile-41522.json"])
def test_no_personal_link_of_a_sample_survives(name, tmp_path):
    tokens = {token for item in items_of(SAMPLES / name) for _, token in link_keys([item]).decisions()}
    assert tokens
    target = tmp_path / "a.zip"
    rendered(SAMPLES / name, target, messages="list")
    assert list(leaks(target, {1: tokens})) == []


def items_of(path):
    with dsr_report.read(path) as source:
        yield from source.file.items()


def test_thousands_of_different_tokens_are_each_found_and_hidden(tmp_path):
    tokens = [hashlib.sha256(str(i).encode()).hexdigest()[:32] for i in range(3000)]
    data = [
        {"ID": str(i), "link": f"https://shop.example/u?code={t}", "timestamp": "2021-01-01"}
        for i, t in enumerate(tokens)
    ]
    data.append({"note": f"once more {tokens[7]} and %3D{tokens[2999]}"})
    data.append({"note": f"{tokens[2998]} at the beginning"})
    file = export(tmp_path, data)
    target = tmp_path / "a.html"
    plan, values, _ = rendered(file, target)
    text = target.read_text(encoding="utf-8")
    assert not any(token in text for token in tokens)
    assert len(plan.marks) == 1
    assert values.in_part == 3002


def many_tokens():
    tokens = [hashlib.sha256(str(i).encode()).hexdigest()[:32] for i in range(70)]
    return tokens[20], [
        {"ID": str(i), "link": f"https://shop.example/u?code={t}"} for i, t in enumerate(tokens)
    ]


ONE_OF_MANY, CLICKS = many_tokens()
LINK = f"https://shop.example/unsubscribe?code={ONE_OF_MANY}"
NESTED = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
PAGE = "Content-Type: text/html\n\n<p>"
IN_BASE64 = base64.b64encode(LINK.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"List-Unsubscribe: <{LINK[:60]}\n {LINK[60:]}>\n\nx",
        f"X-Link: =?utf-8?B?{IN_BASE64}?=\n\nx",
        f"X-Link: =?utf-8?Q?{LINK[:60].replace('=', '=3D')}?=\n =?utf-8?Q?{LINK[60:]}?=\n\nx",
        f'Content-Type: text/plain; name*0="{ONE_OF_MANY[:9]}"; name*1="{ONE_OF_MANY[9:]}"\n\nx',
        NESTED + base64.encodebytes(f"From: a@shop.example\n\n{LINK}".encode()).decode(),
        encoded_as("utf-8", "image/svg+xml").partition("\n\n")[0] + f"\n\n{IN_BASE64}",
        f"{PAGE}{ONE_OF_MANY[:9]}\u00ad{ONE_OF_MANY[9:]}",
        f"{PAGE}{ONE_OF_MANY[:9]}<wbr>{ONE_OF_MANY[9:]}",
        f"{PAGE}&#{ord(ONE_OF_MANY[0])};{ONE_OF_MANY[1:]}",
        f"https://r.example/?to={quote(quote(quote(quote(LINK, safe=''), safe=''), safe=''), safe='')}",
        f"https://r.example/?to={IN_BASE64}",
        '{"to": "?code' + f'\\u003d{ONE_OF_MANY}"}}',
        '{"say": "It is' + f'\\n{ONE_OF_MANY}"}}',
        f"It is {ONE_OF_MANY.upper()} here",
        f"id{ONE_OF_MANY}x",
        f"{ONE_OF_MANY[:9]}\n{ONE_OF_MANY[9:]}",
        "-".join(ONE_OF_MANY[at : at + 4] for at in range(0, 32, 4)),
        "".join(chr(ord(sign) + 0xFEE0) for sign in ONE_OF_MANY),
        f"voor {base64.b64encode(f'aan{ONE_OF_MANY}en'.encode()).decode()}",
    ],
)
def test_one_of_many_tokens_is_hidden_however_it_is_spelled(text, tmp_path):
    source = export(tmp_path, [*CLICKS, {"ID": "99", "mime": text}])
    with dsr_report.read(source) as given, dsr_report.Report(given) as report, report.shown.file.raw() as raw:
        shown = json.loads(raw.read())["data"][-1]["mime"]
    read = [shown, *(part.text for part in parse(shown).walk())]
    assert any(
        re.search(r"\[masked (?:1\.21|2\.\d): ", text) for text in read
    )  # alone, or with the whole link
    assert not passages_of((ONE_OF_MANY,)).seen_in(shown.encode())
    assert ONE_OF_MANY[9:] not in "".join(shown.lower().split())


def test_an_operator_can_disclose_links_and_then_nothing_of_them_is_hidden(tmp_path):
    from dsr_report.redact.decisions import to_toml
    from dsr_report.redact.findings import findings_of

    file = export(tmp_path, [{"ID": "9", "link": UNSUBSCRIBE, "timestamp": "2021-01-01 10:00:00"}])
    with dsr_report.read(file) as source:
        findings = findings_of(source.file.items, source.found, source.info.id)
        text = to_toml(findings, source.sha256)
    assert [f.key for f in findings] == ["link-key"]
    assert TOKEN not in text
    review = tmp_path / "review.toml"
    review.write_text(text.replace('"undecided"', '"disclose"'), encoding="utf-8")
    plan, _, _ = rendered(file, tmp_path / "a.html", review=review)
    assert not plan
    assert TOKEN in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_a_key_that_is_known_by_its_name_is_counted_there_and_not_again_as_a_link(tmp_path):
    profile = {"type": "profile", "ID": "7", "secret": TOKEN, "fields": {"a": "b"}}
    click = {"type": "click", "data": {"ID": "9", "link": UNSUBSCRIBE, "timestamp": "2021-01-01 10:00:00"}}
    for data in ([profile, click], [click, profile]):
        plan, values, _ = rendered(export(tmp_path, data), tmp_path / "a.html")
        assert [mark.what for mark in plan.marks] == ["access-code"]
        assert (values.masked, values.in_part) == (1, 1)
        assert TOKEN not in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["profile-70001-world-scripts.json", "subprofile-20285.json"])
def test_every_mark_of_a_sample_stands_somewhere(name, tmp_path):
    plan, _, _ = rendered(SAMPLES / name, tmp_path / "a.html")
    assert all(mark.pointers or mark.passage_pointers for mark in plan.marks)
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "In 0 places" not in page
    assert all(len(re.findall(rf"\[masked {mark.number}(?:\.\d+)?: ", page)) >= 2 for mark in plan.marks)


def links_in(texts):
    """The addresses in some texts, without what ends a sentence; entities resolved."""
    found = set()
    for text in texts:
        for url in re.findall(r"(?:https?://|mailto:)[^\s\"'<>\\]+", html.unescape(text)):
            found.add(url.rstrip(".,;)"))
    return found


def decoded_texts(export_bytes):
    """Every value of an export, and every part and field of the messages in it, by the standard library."""
    stack = [json.loads(export_bytes)]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
        elif isinstance(value, str):
            if not re.match(r"[\w-]+: ", value):
                yield value
            else:
                for part in email.message_from_bytes(value.encode("utf-8", "surrogatepass")).walk():
                    yield "\n".join(re.sub(r"\r?\n[ \t]+", "", str(field)) for field in part.values())
                    content = part.get_payload(decode=True)
                    if isinstance(content, bytes):
                        yield content.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "name",
    ["subprofile-20285", "profile-90211", "email-someone", "subprofile-41522", "profile-70001-world-scripts"],
)
def test_no_masked_link_can_be_put_together_from_what_is_shown(name):
    file = SAMPLES / f"{name}.json"
    with dsr_report.read(file) as source, dsr_report.Report(source) as report, report.shown.file.raw() as raw:
        shown = "\n".join(decoded_texts(raw.read()))
    masked = [link for link in links_in(decoded_texts(file.read_bytes())) if link not in html.unescape(shown)]
    assert masked or name == "profile-70001-world-scripts"
    known = shown.lower()
    rebuilt = [
        link
        for link in masked
        if all(piece in known for piece in re.findall(r"[a-z0-9]{6,}", unquote(link).lower()))
    ]
    assert rebuilt == []
