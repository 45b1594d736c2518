"""Each way to write a key down, as a field, a letter and a page: the key is hidden, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import zipfile
from itertools import count

import pytest
from written_keys import ANSWERS, NAMES, NO_KEYS, NO_KEYS_IN_PAGES, OBJECTS, TEXTS

from dsr_report.mime.header import decode_words
from dsr_report.mime.inside_files import texts_inside
from dsr_report.redact.key_shapes import keys_in_value
from dsr_report.redact.live_links import keys_in_message

HEAD = "From: a@shop.example\nSubject: nr\nMIME-Version: 1.0\nContent-Type: text/{}; charset=utf-8\n\n"
NOT_IN_PAGES = {"ftp script", "yaml list", "yaml block", "header auth digest", "imap"}
"""Lines are none there."""
_NUMBERS = count(100)


def key() -> str:
    number = next(_NUMBERS)
    return f"kQ{number}vT7w{number * 7919 % 99991:05}x"


def written(shape: object, secret: str) -> object:
    """A way to write a key down, with a key of its own."""
    login = base64.b64encode(f"robin:{secret}".encode()).decode()
    text = json.dumps(shape)
    for sign, value in (
        ("{K}", secret), ("{B}", login),
        ("{T}", (secret.upper() + "ABCDEFGH")[:16]), ("{U}", (secret * 4)[:36]),
    ):  # fmt: skip
        text = text.replace(sign, value)
    return json.loads(text)


def is_told(secret: str, record: object) -> bool:
    shown = json.dumps(record)
    login = base64.b64encode(f"robin:{secret}".encode()).decode()
    return any(way in shown for way in (secret, login.rstrip("="), secret.upper()))


def mime(text: object, kind: str) -> dict[str, object]:
    page = f"<html><body><p>Dag</p>{text}</body></html>\n" if kind == "html" else f"{text}\n"
    return {"type": "message", "mime": HEAD.format(kind) + page}


@pytest.mark.parametrize("kind", ["field", "plain", "html"])
def test_a_key_is_hidden_however_it_is_written(case, kind):
    shapes = [({name: "{K}"}, name) for name in NAMES] + [(shape, str(shape)) for shape in OBJECTS]
    shapes = [] if kind != "field" else shapes
    shapes += [(text, label) for label, text in TEXTS.items()]
    placed = []
    for shape, label in shapes:
        if kind == "html" and label in NOT_IN_PAGES:
            continue
        secret = key()
        text = written(shape, secret)
        record = {"type": "note", "text": text} if kind == "field" else mime(text, kind)
        placed.append((label, secret, record))
    shown = case(*[record for _, _, record in placed]).shown()
    left = [
        label
        for (label, secret, _), record in zip(placed, shown.data, strict=True)
        if is_told(secret, record)
    ]
    assert left == []
    assert len(placed) > 180


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_only_looks_like_a_key_is_shown(text):
    assert list(keys_in_value(text)) == []
    for kind in ("plain", "html"):
        assert list(keys_in_message((HEAD.format(kind) + f"Dag,\n{text}\nGroet\n").encode())) == []


@pytest.mark.parametrize("text", NO_KEYS_IN_PAGES)
def test_what_only_looks_like_a_key_in_a_page_is_shown(text):
    assert list(keys_in_message((HEAD.format("html") + f"<p>Dag</p>{text}<p>Groet</p>").encode())) == []


LAYERS = {
    "shown": lambda text: f"<pre>{html.escape(text)}</pre>",
    "quotes as they are": lambda text: f"<p>{html.escape(text, quote=False)}</p>",
    "lines": lambda text: "<p>" + "<br>\n".join(map(html.escape, text.split("\n"))) + "</p>",
    "elements": lambda text: "".join(f"<div>{html.escape(line)}</div>" for line in text.split("\n")),
    "cell": lambda text: f"<table><tr><td>nr</td><td>{html.escape(text)}</td></tr></table>",
    "numbers": lambda text: "<p>" + "".join(f"&#{ord(c)};" if c in "<>&\"'=" else c for c in text) + "</p>",
    "script": lambda text: f"<script>var x = {json.dumps(text)};</script>",
    "attribute": lambda text: f'<div data-x="{html.escape(text)}">x</div>',
    "escaped twice": lambda text: f"<p>{html.escape(html.escape(text))}</p>",
}
NOT_IN_STRINGS = {"yaml list", "yaml block", "pgpass", "ftp script"}
"""What begins with a line begins with a quotation mark there."""


@pytest.mark.parametrize("layer", LAYERS)
def test_a_key_is_found_in_what_a_page_shows_of_another_text(layer):
    left = []
    for label, text in TEXTS.items():
        secret = key()
        page = LAYERS[layer](written(text, secret))
        if layer in {"script", "attribute"} and label in NOT_IN_STRINGS:
            continue
        found = "\n".join(key.token for key in keys_in_message((HEAD.format("html") + page).encode()))
        if not is_told(secret, found):
            left.append(label)
    assert left == []


@pytest.mark.parametrize("layer", LAYERS)
def test_what_only_looks_like_a_key_is_shown_in_each_layer(layer):
    for text in (*NO_KEYS, *NO_KEYS_IN_PAGES):
        assert list(keys_in_value(LAYERS[layer](text))) == [], text
        assert list(keys_in_message((HEAD.format("html") + LAYERS[layer](text)).encode())) == [], text


@pytest.mark.parametrize("label", ANSWERS)
def test_an_answer_to_a_server_is_hidden_as_it_is_sent(case, label):
    secret = key()
    digest = hashlib.md5(secret.encode(), usedforsecurity=False).hexdigest()
    told = {
        "{E}": secret,
        "{P}": f"\0robin\0{secret}",
        "{X}": f"user=robin\1auth=Bearer {secret}\1\1",
        "{M}": f"robin {digest}",
    }
    sent = {name: base64.b64encode(text.encode()).decode() for name, text in told.items()} | {"{H}": digest}
    text = ANSWERS[label]
    for name, value in sent.items():
        text = text.replace(name, value)
    shown = case(
        {"type": "note", "text": text}, mime(text, "plain"), mime(f"<pre>{text}</pre>", "html")
    ).shown()
    raw = shown.raw.decode()
    assert [value for value in sent.values() if value.rstrip("=") in raw] == []


def test_the_last_row_of_a_long_table_in_a_letter_is_hidden(case):
    secrets = [key() for _ in range(80)]
    rows = "".join(f"klant{number}\t{secret}\tHoorn\n" for number, secret in enumerate(secrets))
    page = "".join(f"<tr><td>Robin</td><td>{secret}</td></tr>\n" for secret in secrets)
    table = f"<table><tr><th>Naam</th><th>Wachtwoord</th></tr>{page}</table>"
    shown = case(
        mime(f"Beste klant,\n\nNaam\tWachtwoord\tPlaats\n{rows}\nGroet", "plain"), mime(table, "html")
    ).shown()
    assert [secret for secret in secrets if secret in shown.raw.decode()] == []
    assert "Hoorn" in shown.raw.decode()


def archive(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def document(secret):
    runs = f"Uw wacht|woord: {secret[:4]}|{secret[4:]}".split("|")
    text = "".join(f"<w:r><w:t>{run}</w:t></w:r><w:proofErr/>" for run in runs)
    return archive({"word/document.xml": f"<w:document><w:body><w:p>{text}</w:p></w:body></w:document>"})


def sheet(secret):
    shared = ["Naam", "Wachtwoord", "Robin", secret]
    texts = "".join(f"<si><r><t>{text[:3]}</t></r><r><t>{text[3:]}</t></r></si>" for text in shared)
    cells = [f'<c t="s"><v>{number}</v></c>' for number in range(4)]
    rows = f"<row>{cells[0]}{cells[1]}</row><row>{cells[2]}{cells[3]}</row>"
    return archive(
        {
            "xl/sharedStrings.xml": f"<sst>{texts}</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet>{rows}</worksheet>",
        }
    )


def open_document(secret):
    text = f"<text:p>Uw wacht<text:span>woord: {secret[:5]}</text:span>{secret[5:]}</text:p>"
    return archive({"content.xml": f"<office:body>{text}</office:body>"})


@pytest.mark.parametrize("made", [document, sheet, open_document])
def test_a_key_in_an_office_document_is_found_over_its_runs_and_shared_strings(case, made):
    secret = key()
    content = base64.encodebytes(made(secret)).decode()
    mail = (
        "From: a@shop.example\nSubject: nr\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\n\nDag\n--b\nContent-Type: application/octet-stream; name=a.bin\n"
        f"Content-Transfer-Encoding: base64\n\n{content}\n--b--\n"
    )
    shown = case({"type": "message", "mime": mail}).shown()
    texts = texts_inside(shown.data[0]["mime"].encode())
    assert not any(secret in "".join(text.replace("</t></r><r><t>", "").split()) for text in texts)
    assert shown.values.in_part == 1


SUBJECTS = {
    "Uw wachtwoord: kQ7vT7w12345x": "kQ7vT7w12345x",
    "Your verification code is 482913": "482913",
    "482913 is your verification code": "482913",
    "=?utf-8?Q?Uw_wachtwoord=3A_kQ7vT7w12345x?=": "kQ7vT7w12345x",
    "=?utf-8?B?VXcgaW5sb2djb2RlIGlzIDQ4MjkxMw==?=": "482913",
    "Votre code de confirmation : 482913": "482913",
    "Uw inlogcode 482913": "482913",
}


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("name", ["Subject", "X-Original-Subject", "Content-Description"])
def test_a_key_in_what_a_header_field_says_in_words_is_hidden(case, subject, name):
    mail = (
        f"From: a@shop.example\n{name}: {subject}\nMIME-Version: 1.0\nContent-Type: text/plain\n\nDag klant\n"
    )
    shown = case({"type": "message", "mime": mail}).shown().data[0]["mime"]
    field = decode_words(shown.partition(f"{name}: ")[2].partition("\nMIME")[0].replace("\n", ""))
    assert SUBJECTS[subject] not in field
    assert "[masked 1" in field
    assert "Dag klant" in shown


@pytest.mark.parametrize(
    "subject", ["Uw bestelling 12345678 is onderweg", "Korting met code ZOMER24", "Re: wachtwoord vergeten?"]
)
def test_a_subject_that_tells_no_key_is_shown(case, subject):
    mail = f"From: a@shop.example\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: text/plain\n\nDag\n"
    assert case({"type": "message", "mime": mail}).shown().data[0]["mime"] == mail


@pytest.mark.parametrize("text", ["Uw wachtwoord: {}", '{{"password":"{}"}}', "user=robin&password={}&x=1"])
def test_a_key_in_base64_within_a_text_is_hidden(case, text):
    secret = key()
    coded = base64.b64encode(text.format(secret).encode()).decode()
    svg = base64.b64encode(f"<svg><text>{html.escape(text.format(secret))}</text></svg>".encode()).decode()
    notes = [f"zie {coded} hier", f'<img src="data:image/svg+xml;base64,{svg}">', f"NOTE;ENCODING=b:{coded}"]
    shown = case(
        *({"type": "note", "text": one} for one in notes), *(mime(one, "html") for one in notes)
    ).shown()
    raw = shown.raw.decode()
    assert coded.rstrip("=") not in raw
    assert svg.rstrip("=") not in raw
    assert shown.data[0]["text"].startswith("zie ")
