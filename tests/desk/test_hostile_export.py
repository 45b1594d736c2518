"""An export that tries to break out of a page with every name and value: each page shows it as text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from desks import Running, running_desk, text_of

MARKER = "zq7x"
ATTACK = (
    f"</script><img src=x onerror={MARKER}>\"'><svg/onload={MARKER}>"
    "{{7*7}}{% raw %}\u202e\x00</title></textarea><!--"
)
MAIL = (
    f"From: {ATTACK[:40]} <x@example.net>\r\nTo: jan@example.org\r\nSubject: {ATTACK[:60]}\r\n"
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    f"--b\r\nContent-Type: text/html\r\n\r\n<p>My sister Ilse {ATTACK}</p>\r\n"
    f'--b\r\nContent-Type: application/zip; name="{MARKER}<b>.zip"\r\n'
    f'Content-Disposition: attachment; filename="../../{MARKER}<img src=x>.zip"\r\n\r\n'
    "PK\x03\x04broken\r\n--b--\r\n"
)
FIELDS = {"email": "jan@example.org", ATTACK: ATTACK, "Opmerking": f"Mijn zus Ilse Vosmaer {ATTACK}"}
ANSWER = {"question": ATTACK, "answer": f"Mijn tante Greet Molendijk {ATTACK}"}
EXPORT = {
    "info": {"type": "email", "id": "jan@example.org"},
    "data": [
        {"type": "profile", "ID": ATTACK, "fields": FIELDS},
        {"type": ATTACK, ATTACK: {ATTACK: [ATTACK, {ATTACK: ATTACK}]}},
        {"type": "response", "id": ATTACK, "text": f"Mijn buurman Kees Dorrestein {ATTACK}"},
        {"type": "survey", "survey": ATTACK, "questions": {"1": ANSWER}},
        {"type": "message", "id": "1", "mime": MAIL, "subject": ATTACK, "timestamp": "2026-01-01 10:00:00"},
        {"type": "file", "name": f"../../{ATTACK}", "content": ATTACK},
    ],
}


class Elements(HTMLParser):
    """The elements and attributes of a page, as a browser makes them of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs] or [(tag, "", "")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every page of the case that a link leads to, by its path."""
    with running_desk(tmp_path_factory.mktemp("hostile")) as desk:
        desk.sign_in()
        case = desk.taken_in(json.dumps(EXPORT).encode())
        reference = desk.reference(case)
        review = desk.office.review(reference)
        desk.post(f"{case}/received", {"received": "2026-01-02"})
        desk.office.jobs.start(reference, "preview", {"language": "en"}, actor=ATTACK)
        assert desk.waited(reference) == "done"
        for finding in review.findings:
            entry = {"decision": "disclose", "reason": ATTACK, "article": ATTACK}
            review.decide([finding], entry, actor=ATTACK)
        form = {"what": "passage", "text": "Mijn zus Ilse Vosmaer", "scope": "everywhere"}
        answer = desk.post(f"{case}/record/1/hide", {**form, "reason": ATTACK, "article": ATTACK})
        assert answer.status_code == 200
        return _crawled(desk, case)


def _crawled(desk: Running, case: str) -> dict[str, str]:
    found: dict[str, str] = {}
    waiting = [case, "/", f"{case}/find?find={MARKER}", f"{case}/review/batch?key=person"]
    while waiting and len(found) < 150:
        path = waiting.pop()
        if path in found:
            continue
        answer = desk.get(path)
        assert answer.status_code < 500, path
        if "html" not in answer.headers.get("content-type", ""):
            continue
        found[path] = answer.text
        if "sandbox" not in answer.headers["content-security-policy"]:
            links = re.findall(rf'href="{desk.root}(/[^"#]*)', answer.text)
            waiting += [link for link in links if link.startswith(case)]
    return found


def test_no_page_has_an_element_or_attribute_of_the_export(pages: dict[str, str]) -> None:
    kinds = {re.sub(r"/(?:\d+|[0-9a-f]{10,16})(?=/|$)", "", path.split("?")[0]) for path in pages}
    assert {"/case/found", "/case/review", "/case/finding", "/case/record", "/case/hidden", "/case/texts",
            "/case/text", "/case/preview", "/case/make"} <= kinds  # fmt: skip
    assert any(MARKER in page for page in pages.values())
    for path, page in pages.items():
        parser = Elements()
        parser.feed(page)
        for tag, name, value in parser.found:
            assert not name.startswith("on"), (path, tag, name)
            assert MARKER not in name, (path, tag, name)
            assert MARKER not in tag, (path, tag)
            assert not (tag == "img" and value == "x"), path
            assert not (name in {"href", "src", "action", "formaction"} and MARKER in value), (path, value)
            assert tag != "script" or value.endswith("/static/desk.js") or name != "src", (path, value)
        assert "49" not in re.findall(r"\{\{7\*7\}\}|(?<=>)49(?=<)", page)


def test_a_title_of_a_page_and_its_address_hold_nothing_of_the_export(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        (title,) = re.findall(r"<title>([^<]*)</title>", page)[:1] or [""]
        assert "Ilse" not in title
        assert "jan@" not in title
        assert "Ilse" not in path
        assert "jan@" not in path


def test_a_hostile_name_of_an_upload_leads_nowhere(tmp_path: Path) -> None:
    with running_desk(tmp_path / "desk") as desk:
        desk.sign_in()
        before = set(tmp_path.rglob("*"))
        for name in ("../../../evil.json", "/etc/evil.json", "C:\\evil.json", "a\x00b.json", "evil" * 2_000):
            content = json.dumps({"info": {"type": "email", "id": "a@example.org"}, "data": []}).encode()
            body = (
                b'--b\r\nContent-Disposition: form-data; name="file"; filename="'
                + name.encode()
                + b'"\r\n\r\n'
                + content
                + b"\r\n--b--\r\n"
            )
            answer = desk.post(
                "/upload",
                headers={"content-type": "multipart/form-data; boundary=b"},
                content=body,
                follow=True,
            )
            assert answer.status_code in {200, 400, 422}
            assert "evil" not in text_of(answer)
        made = set(tmp_path.rglob("*")) - before
        assert not [path for path in made if "evil" in path.name]
