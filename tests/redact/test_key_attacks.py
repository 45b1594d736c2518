"""Live keys are put wherever a key can stand, and looked for in the disclosure by a reader of its own.

Each placement has a key of its own, and a word beside it that must stay: name × language × JSON type ×
shape × encoding × container. The reader shares no code with what hides: the standard library, pikepdf and
`pdftotext` alone.
"""

from __future__ import annotations

import base64
import email
import html
import io
import json
import quopri
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

import pikepdf
import pytest

import dsr_report
from dsr_report.verification.verifier import verify

NAMES = [
    "password", "Wachtwoord", "nieuw_wachtwoord", "passwordConfirmation", "Uw wachtwoord", "Passwort",
    "Kennwort", "mot_de_passe", "motDePasse", "pincode", "PIN-Code", "code PIN", "secret",
    "toegangscode", "Zugangscode", "code d'accès", "refresh_token", "loginToken", "API-Schlüssel",
    "clé_api", "api_sleutel", "client_secret", "sessionId", "sessie_id", "Sitzungs-ID",
    "recovery_codes", "herstelcode", "Bestätigungscode", "password_hash", "code de vérification", "otp",
    "csrf_token", "private_key", "geheimeSleutel", "Benutzerpasswort",
]  # fmt: skip
PARAMETERS = ["password", "wachtwoord", "passwort", "mdp", "token", "api_key", "user[password]", "sid", "pin"]
HEADERS = ["Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "X-Auth-Token", "Proxy-Authorization"]


class Placing:
    """Makes keys and the words that stay, each once."""

    def __init__(self) -> None:
        self._numbers = count(101)
        self.keys: dict[str, str] = {}
        self.stay: list[str] = []

    def key(self, what: str) -> str:
        key = f"kQ{next(self._numbers)}vT7w{next(self._numbers) * 7919 % 99991:05}x"
        self.keys[key] = what
        return key

    def word(self) -> str:
        self.stay.append(f"blijft{next(self._numbers)}")
        return self.stay[-1]


def members(place: Placing, name: str) -> Iterator[tuple[str, Any]]:
    """Shapes of JSON around one name."""
    key = lambda shape: place.key(f"{name}: {shape}")  # noqa: E731
    yield "member", {name: key("member"), "nota": place.word()}
    yield "list", {name: [key("list"), key("list")], "nota": place.word()}
    yield "object", {"login": {name: {"value": key("object"), "type": place.word()}}}
    yield "pair", {"name": name, "value": key("pair")}
    yield (
        "question",
        {"questions": [{"question": name, "answer": key("question")}, {"question": place.word()}]},
    )
    yield "label", {"velden": [{"label": name, "waarde": key("label"), "id": place.word()}]}
    yield "cell", {"row": [name, key("cell")]}
    yield "column", {"columns": ["Email", name], "rows": [[place.word(), key("column")]]}
    yield "head", [["Email", name, "x"], [place.word(), key("head"), "y"]]
    yield "JSON", {"payload": json.dumps({name: key("JSON"), "nota": place.word()})}
    yield "JSON in JSON", {"payload": json.dumps({"body": json.dumps({"a": [{name: key("JSON in JSON")}]})})}
    yield "JSON pair", {"payload": json.dumps([{"name": name, "value": key("JSON pair")}], indent=1)}
    yield "JSON in base64", {"payload": base64.b64encode(json.dumps({name: key("base64")}).encode()).decode()}
    yield "line", {"note": f"{place.word()}\n{name}: {key('line')}\nGroet"}


def texts(place: Placing, name: str) -> Iterator[tuple[str, Any]]:
    """Shapes of text around the name of a parameter."""
    key = lambda shape: place.key(f"{name}: {shape}")  # noqa: E731
    link = f"https://x.example/{place.word()}?a=1&{{}}={{}}"
    yield "form", {"body": f"user={place.word()}&{name}={key('form')}&x=1"}
    yield "encoded form", {"body": f"{quote(name)}={quote(key('encoded') + '@%')}&x={place.word()}"}
    yield "link", {"link": link.format(name, key("link"))}
    yield "fragment", {"link": f"https://x.example/#{name}={key('fragment')}"}
    yield (
        "wrapped link",
        {"link": f"https://r.example/?to={quote(link.format(name, key('wrapped')), safe='')}"},
    )
    yield "page", {"page": f'<a href="{html.escape(link.format(name, key("page")))}">{place.word()}</a>'}
    tag = re.sub(r"\W+", "-", name).strip("-")
    yield "XML", {"xml": f"<r><user>{place.word()}</user><{tag}>{key('XML')}</{tag}></r>"}
    yield "attribute", {"page": f'<input type="text" name="{name}" value="{key("attribute")}">'}
    yield (
        "upload",
        {"body": f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{key("upload")}\r\n--b--'},
    )
    yield "table", {"file": f"naam;{name}\n{place.word()};{key('table')}\n"}


def headers(place: Placing, name: str) -> Iterator[tuple[str, Any]]:
    """Shapes of header fields."""
    key = lambda shape: place.key(f"{name}: {shape}")  # noqa: E731
    of = {"Cookie": "sid={}; lang=nl", "Set-Cookie": "sid={}; path=/"}.get(
        name, "Bearer {}" if "uth" in name else "{}"
    )
    yield "dump", {"headers": f"Host: {place.word()}\r\n{name}: {of.format(key('dump'))}\r\nAccept: */*"}
    yield (
        "folded",
        {"httpHeaders": f"Host: x\r\n{name}:\r\n {of.format(key('folded'))}\r\nAccept: {place.word()}"},
    )
    yield "object", {"request_headers": {"Host": place.word(), name: of.format(key("object"))}}
    yield "list", {"headers": [f"Host: {place.word()}", f"{name}: {of.format(key('list'))}"]}
    yield "pairs", {"headers": [["Host", place.word()], [name, of.format(key("pairs"))]]}
    yield "objects", {"headers": [{"name": name, "value": of.format(key("objects"))}]}


def messages(place: Placing) -> Iterator[tuple[str, Any]]:
    """Parts of messages."""
    key = lambda shape: place.key(f"message: {shape}")  # noqa: E731
    link = f"https://x.example/login?password={key('link')}&u={place.word()}"
    token = f"https://x.example/unsubscribe/{place.key('message: path')}"
    page = f'<p>{place.word()} <a href="{html.escape(link)}">x</a> <a href="{token}">Afmelden</a></p>'
    data = json.dumps({"wachtwoord": key("attached JSON"), "nota": place.word()})
    letter = f"Beste klant {place.word()},\r\nUw wachtwoord: {key('letter')}\r\n"
    parts = (
        ("text/plain", letter), ("text/html; charset=utf-8", page), ("application/json", data),
        ("application/x-www-form-urlencoded", f"user=x&wachtwoord={key('attached form')}"),
    )  # fmt: skip
    for encoding in ("8bit", "base64", "quoted-printable"):
        for media_type, text in parts:
            content = {
                "8bit": text,
                "base64": base64.encodebytes(text.encode()).decode(),
                "quoted-printable": quopri.encodestring(text.encode()).decode(),
            }[encoding]
            body = f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{content}"
            yield (
                f"{media_type} in {encoding}",
                {
                    "type": "message",
                    "timestamp": "2024-01-01 10:00:00",
                    "mime": "From: a@shop.example\r\nTo: robin@example.org\r\n"
                    f"Subject: {place.word()}\r\nMIME-Version: 1.0\r\n{body}",
                },
            )


def attack() -> tuple[dict[str, Any], Placing]:
    place = Placing()
    data: list[Any] = [[{"ID": "500", "fields": {"Email": "robin@example.org", "Naam": "Robin Proef"}}]]
    shapes = cycle(range(14))
    for name in NAMES:  # each name in five shapes, each shape with a dozen names
        all_shapes = list(members(place, name))
        wanted = {next(shapes) for _ in range(5)}
        for number, (_, item) in enumerate(all_shapes):
            if number in wanted:
                data.append([item])
    written = json.dumps(data, ensure_ascii=False)
    for name in PARAMETERS:
        data += [[item] for _, item in texts(place, name)]
    for name in HEADERS:
        data += [[item] for _, item in headers(place, name)]
    data += [[item] for _, item in messages(place)]
    written = json.dumps(data)
    kept = {
        key: what
        for key, what in place.keys.items()
        if any(key in text for text in readings(written.encode()))
    }
    place.keys, place.stay = kept, [word for word in place.stay if word in written]
    return {"info": {"type": "profile", "id": "500"}, "data": data}, place


def readings(raw: bytes, depth: int = 0) -> Iterator[str]:
    """What bytes say: as they are, decoded in the usual ways, unpacked; by the standard library alone."""
    text = raw.decode("utf-8", "replace")
    yield text
    if depth > 4:
        return
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield name
                yield from readings(archive.read(name), depth + 1)
        return
    if raw.startswith(b"%PDF"):
        yield text_of_pages(raw)
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            for spec in pdf.attachments.values():
                yield from readings(spec.get_file().read_bytes(), depth + 1)
            for thing in pdf.objects:
                if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") != "/Image":
                    yield thing.read_bytes().decode("latin-1")
        return
    for other in {
        unquote_plus(text),
        html.unescape(text),
        text.replace("\\/", "/"),
        re.sub(r"<[^>]*>", "", text),
    }:
        if other != text:
            yield other
            if depth < 2 and len(other) < 100_000:
                yield from readings(other.encode("utf-8", "replace"), depth + 2)
    for run in re.findall(r"[A-Za-z0-9+/_-]{20,}={0,2}", text.replace("\\n", "").replace("\\r", "")):
        try:
            content = base64.b64decode(run.translate(str.maketrans("-_", "+/")) + "===")
        except ValueError:
            continue
        if content.isascii():
            yield from readings(content, depth + 3)
    if text.lstrip()[:1] in {"{", "["}:
        try:
            stack = [json.loads(text)]
        except ValueError:
            stack = []
        while stack:
            value = stack.pop()
            if isinstance(value, dict):
                stack += [*value, *value.values()]
            elif isinstance(value, list):
                stack += value
            elif isinstance(value, str) and value:
                yield from readings(value.encode("utf-8", "replace"), depth + 1)
    if re.match(r"[\w-]+: .*\r?\n[\w-]+: ", text):
        for part in email.message_from_bytes(raw).walk():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield from readings(content, depth + 1)


def text_of_pages(raw: bytes) -> str:
    if shutil.which("pdftotext") is None:
        return ""
    return subprocess.run(["pdftotext", "-", "-"], input=raw, capture_output=True, check=True).stdout.decode()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Placing]:
    folder = tmp_path_factory.mktemp("attack")
    export, place = attack()
    source, target = folder / "export.json", folder / "out.zip"
    source.write_text(json.dumps(export), encoding="utf-8")
    with dsr_report.read(source) as read, dsr_report.Report(read) as report:
        report.to(target, workers=1)
    return source, target, place


def test_there_are_enough_placements(attacked: tuple[Path, Path, Placing]) -> None:
    assert len(attacked[2].keys) >= 300


def test_no_key_is_left_in_any_reading_of_any_file(attacked: tuple[Path, Path, Placing]) -> None:
    _, target, place = attacked
    left = dict(place.keys)
    found = {}
    for text in readings(target.read_bytes()):
        squeezed = re.sub(r"[\s\u00ad\u200b]", "", text)
        for key in [key for key in left if key in text or key in squeezed]:
            found[key] = left.pop(key)
    assert found == {}


def test_what_is_no_key_stays(attacked: tuple[Path, Path, Placing]) -> None:
    _, target, place = attacked
    with zipfile.ZipFile(target) as package:
        shown = json.dumps(json.loads(package.read("data/export.json")))
    shown = "\n".join(readings(shown.encode()))
    assert [word for word in place.stay if word not in shown] == []


def test_verify_agrees(attacked: tuple[Path, Path, Placing]) -> None:
    source, target, _ = attacked
    assert [check.text for check in verify(target, source).checks if check.ok is False] == []
