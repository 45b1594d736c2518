"""What must hold for every way into a report: release, scopes, files, statements, forgetting, speed."""

from __future__ import annotations

import base64
import gzip
import json
import tomllib
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from desks import CONTROLLER, SAMPLES, Running, running_desk, text_of
from plain_loop import loops

from dsr_report.config import load_config
from dsr_report.desk.journal import Journal
from dsr_report.desk.preview_places import anchor_of, write_places
from dsr_report.desk.review import CaseReview
from dsr_report.desk.statements import Statements
from dsr_report.languages import language_of
from dsr_report.redact.decisions import load_decisions
from dsr_report.redact.findings import Looking
from dsr_report.redact.plan import make_plan
from dsr_report.rendering.configuration import missing_from
from dsr_report.retention import forget

WITHHOLD = {"decision": "withhold", "reason": "a reason", "article": "Art. 15(4) GDPR"}


def review_of(desk: Running, case: str):
    review = desk.office.review(desk.reference(case))
    assert review is not None
    return review


def export_of(address: str, data: object) -> bytes:
    return json.dumps({"info": {"type": "email", "id": address}, "data": data}).encode()


def settle(desk: Running, case: str) -> None:
    """Decide and read all that has to be, as one would."""
    review = review_of(desk, case)
    for finding in review.still_open().undecided:
        review.decide([finding], {"decision": "disclose", "reason": "", "article": ""}, actor="anna")
    review.mark_read([text.id for text in review.findings.texts], actor="anna")
    desk.post(f"{case}/received", {"received": "2026-11-02"})


# ---- two people


def test_a_second_person_has_to_release_exactly_what_is_made(tmp_path: Path) -> None:
    config = CONTROLLER.read_text("utf-8") + "\n[desk]\nsecond_reviewer = true\n"
    make = {"format": "html", "language": "en", "messages": "text"}
    with running_desk(tmp_path, config=config) as desk:
        desk.sign_in()
        case = desk.taken_in(SAMPLES / "profile-90211.json")
        review, reference = review_of(desk, case), desk.reference(case)
        settle(desk, case)
        answer = desk.post(f"{case}/make", make)
        assert answer.status_code == 422
        assert "A second person has to release it" in text_of(answer)

        def release(name: str, digest: str | None = None):
            form = {"name": name, "digest": digest or review.decided.digest, "go": "release"}
            return desk.post(f"{case}/release", form)

        for same in ("anna", " Anna ", "ANNA"):
            answer = release(same)
            assert answer.status_code == 422
            assert "cannot release it as well" in text_of(answer)
        assert release("").status_code == 422
        assert release("bert", "0" * 64).status_code == 422
        answer = desk.post(
            f"{case}/release", {"name": "bert", "digest": review.decided.digest, "go": "back", "note": "look"}
        )
        assert "Sent back by bert: look" in text_of(answer)
        assert desk.post(f"{case}/make", make).status_code == 422
        assert "Released by bert." in text_of(release("bert"))
        assert desk.office.register.case(reference).state == "approved"

        finding = review.findings[0]
        review.decide([finding], WITHHOLD, actor="anna")
        answer = desk.post(f"{case}/make", make)
        assert answer.status_code == 422
        desk.office.jobs.start(
            reference, "make", {**make, "digest": review.decided.digest}, actor="anna"
        )  # past the page
        assert desk.waited(reference) == "failed"
        assert "nobody else has released" in desk.office.jobs.of(reference).what
        assert release("bert").status_code == 200
        assert desk.post(f"{case}/make", make).status_code == 200
        assert desk.waited(reference) == "done", desk.office.jobs.of(reference).what


# ---- files of other kinds


def test_a_compressed_export_is_answered_like_any_other(desk: Running) -> None:
    case = desk.taken_in(gzip.compress((SAMPLES / "nothing-found.json").read_bytes(), mtime=0))
    reference = desk.reference(case)
    settle(desk, case)
    assert (
        desk.post(f"{case}/make", {"format": "html", "language": "nl", "messages": "text"}).status_code == 200
    )
    assert desk.waited(reference) == "done", desk.office.jobs.of(reference).what
    assert "must not be sent" not in text_of(desk.get(f"{case}/result"))
    assert "Check what was made done" in text_of(desk.get(case))
    answer = desk.post(f"{case}/reply", {"to": "nobody@example.org", "sure": "yes"})
    assert "The draft is ready." in text_of(answer)


# ---- scopes


def scoped(tmp_path: Path, scope: str) -> dict[str, int]:
    data = [
        {
            "type": "response",
            "id": 1,
            "text": "Mijn zus Ilse Vosmaer belde.",
            "note": "Mijn zus Ilse Vosmaer.",
        },
        {"type": "response", "id": 2, "text": "Mijn zus Ilse Vosmaer belde weer."},
    ]
    export = tmp_path / "export.json"
    export.write_text(json.dumps({"info": {"type": "email", "id": "a@example.org"}, "data": data}), "utf-8")
    review = CaseReview(export, Journal(tmp_path / "j"), tmp_path / "r.toml", looking=Looking("NL"),
                    timezone="Europe/Amsterdam")  # fmt: skip
    review.read()
    finding = next(f for f in review.findings if f.key == "person")
    review.decide([finding], {**WITHHOLD, "scope": scope}, actor="a")
    taken = load_decisions(review.file, review.findings, review.sha256, strict=False, warnings=[])
    plan = make_plan(taken)
    hidden = {}
    for number in (1, 2):
        record = review.records.record(number)
        assert record is not None
        hidden[number] = len(review.hidden_text(record, lambda *told: f"[{told[1]}]", "en"))
    review.close()
    assert plan.marks
    return hidden


@pytest.mark.parametrize(
    ("scope", "hidden"),
    [("here", {1: 1, 2: 0}), ("record", {1: 2, 2: 0}), ("everywhere", {1: 2, 2: 1})],
)
def test_a_decision_holds_where_it_was_taken_for(tmp_path: Path, scope: str, hidden: dict[int, int]) -> None:
    assert scoped(tmp_path, scope) == hidden


# ---- many at once


def test_a_batch_is_counted_first_needs_a_reason_and_is_undone_in_one_step(desk: Running) -> None:
    texts = [f"Mijn buurman Kees Dorrestein{n} belde gisteren." for n in ("", "a", "b", "c")]
    data = [{"type": "response", "id": n, "text": text} for n, text in enumerate(texts)]
    case = desk.taken_in(
        json.dumps({"info": {"type": "email", "id": "b@example.org"}, "data": data}).encode()
    )
    review = review_of(desk, case)
    people = [f for f in review.findings if f.key == "person"]
    said = text_of(desk.get(f"{case}/review/batch?key=person"))
    assert f"{len(people)} findings, {len(people)} places" in said
    form = {"key": "person", "count": str(len(people)), **WITHHOLD}
    assert desk.post(f"{case}/review/batch", {**form, "reason": ""}).status_code == 422
    assert desk.post(f"{case}/review/batch", {**form, "count": "99"}).status_code == 422
    assert review.decided.entries == {}
    assert desk.post(f"{case}/review/batch", form).status_code == 200
    assert {entry["decision"] for entry in review.decided.entries.values()} == {"withhold"}
    assert len(review.decided.entries) == len(people)
    desk.post(f"{case}/undo")
    assert review.decided.entries == {}


# ---- files that nothing can look into


PIXEL = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\2\0\0\0" + b"\xd3\x10?1" + b"x" * 4000
).decode()
WITH_PICTURE = (
    "From: a@example.org\r\nSubject: foto\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
    "Mijn zus Ilse Vosmaer staat op de foto.\r\n--b\r\nContent-Type: image/png\r\n"
    'Content-Disposition: attachment; filename="../../\u202efoto;\r\n x=y.png"\r\n'
    f"Content-Transfer-Encoding: base64\r\n\r\n{PIXEL}\r\n--b--\r\n"
)


def test_a_file_must_be_opened_where_something_is_withheld(desk: Running) -> None:
    data = {"responses": [{"id": 1, "mime": WITH_PICTURE}]}
    case = desk.taken_in(export_of("a@example.org", data))
    review = review_of(desk, case)
    person = next(f for f in review.findings if f.key == "person")
    file = next(f for f in review.findings if f.file is not None)
    assert not review.still_open().unopened
    review.decide([person], WITHHOLD, actor="anna")
    assert review.still_open().unopened == [file]
    assert "A file must be opened" in text_of(desk.get(f"{case}/make"))
    answer = desk.get(f"{case}/finding/{file.id}/file")
    assert answer.content == base64.b64decode(PIXEL)
    assert answer.headers["content-type"] == "application/octet-stream"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert ".." not in disposition
    assert ";" not in disposition.partition("filename=")[2]
    assert "sandbox" in answer.headers["content-security-policy"]
    form = {"decision": "disclose", "revision": "0"}
    assert desk.post(f"{case}/finding/{file.id}/decide", form).status_code == 200
    assert review.still_open().unopened == []
    entry = next(e for e in tomllib.loads(review.file.read_text("utf-8"))["finding"] if e["id"] == file.id)
    assert entry["looked_at"] is True


# ---- messages and reports at addresses of their own


def test_a_message_is_served_sandboxed_and_without_what_is_hidden(desk: Running) -> None:
    data = {"responses": [{"id": 1, "mime": WITH_PICTURE.replace("a@example", "c@example")}]}
    case = desk.taken_in(export_of("c@example.org", data))
    review = review_of(desk, case)
    before = desk.get(f"{case}/record/1/frame")
    assert "Ilse Vosmaer" in before.text
    policy = before.headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert "allow-" not in policy
    assert "frame-ancestors 'self'" in policy
    review.decide([next(f for f in review.findings if f.key == "person")], WITHHOLD, actor="anna")
    assert "Ilse Vosmaer" not in desk.get(f"{case}/record/1/frame").text


# ---- the end


def test_after_forgetting_no_file_of_the_case_remains(tmp_path: Path) -> None:
    with running_desk(tmp_path) as desk:
        desk.sign_in()
        case = desk.taken_in(SAMPLES / "nothing-found.json")
        reference = desk.reference(case)
        desk.office.register.refuse(reference, "manifestly-unfounded")
        assert desk.post(f"{case}/close", {"sure": "yes"}).status_code == 200
        folder = desk.office.folder.case(reference).path
        assert folder.is_dir()
        (done,) = forget(
            desk.office.register, [reference], retention=timedelta(0), desk=desk.office.folder.root
        )
        assert not folder.exists()
        assert str(folder) in done.deleted
        assert not any(reference in str(path) for path in desk.office.folder.root.rglob("*"))
        assert desk.office.register.check().findings == ()


def test_a_case_is_forgotten_at_the_desk_once_its_time_has_passed(tmp_path: Path) -> None:
    with running_desk(tmp_path) as desk:
        desk.sign_in()
        case = desk.taken_in(SAMPLES / "nothing-found.json")
        reference, register = desk.reference(case), desk.office.register
        register.refuse(reference, "manifestly-unfounded")
        desk.post(f"{case}/close", {"sure": "yes"})
        assert "Forget the case" not in desk.get(f"{case}/close").text
        assert desk.post(f"{case}/forget", {"sure": "yes"}).status_code == 200
        folder = desk.office.folder.case(reference).path
        assert folder.is_dir()
        desk.clock.days = 366
        assert "Forget the case" in desk.get(f"{case}/close").text
        assert desk.post(f"{case}/forget", {}).status_code == 422
        assert folder.is_dir()
        assert desk.post(f"{case}/forget", {"sure": "yes"}).status_code == 200
        assert not folder.exists()
        assert register.case(reference).forgotten
        assert "The case is forgotten." in text_of(desk.get(f"{case}/close"))
        assert not folder.exists()


# ---- statements


def test_statements_keep_notes_and_conditions_and_complete_a_language(tmp_path: Path) -> None:
    file = tmp_path / "controller.toml"
    source = CONTROLLER.read_text("utf-8") + "\n# a note of mine\n"
    file.write_text(source, "utf-8")
    form = Statements(file, language_of("en"), "fr")
    missing = missing_from(load_config(file), language_of("fr"))
    said = {
        slot.name: slot.value or f"un texte: {slot.name}"
        for _title, slots in form.sections()
        for slot in slots
        if slot.needed or slot.value or slot.condition
    }
    form.save(said)
    text = file.read_text("utf-8")
    assert "# a note of mine" in text
    assert (tmp_path / "controller.toml.before").read_text("utf-8") == source
    before, after = tomllib.loads(source), tomllib.loads(text)
    assert [one.get("when") for one in before["statement"]] == [one.get("when") for one in after["statement"]]
    for was, now in zip(before["statement"], after["statement"], strict=False):
        for code in ("nl", "en"):
            if isinstance(was["text"], dict) and code in was["text"]:
                assert now["text"][code].strip() == was["text"][code].strip()
    left = missing_from(load_config(file), language_of("fr"))
    assert len(left) < len(missing) or not missing


def test_statements_begin_with_an_empty_file_and_are_saved_from_the_form(tmp_path: Path) -> None:
    with running_desk(tmp_path, config="") as desk:
        desk.office.config_path.unlink()
        desk.sign_in()
        said = text_of(desk.get("/statements?language=nl"))
        assert "missing" in said
        form = Statements(desk.office.config_path, language_of("en"), "nl")
        filled = {slot.name: f"tekst {slot.name}" for slot in form.slots().values() if slot.needed}
        filled |= {"authority-lead": "NL", "controller-email": "privacy@example.org", "language": "nl"}
        answer = desk.post("/statements", {**filled, "controller-name": ""})
        assert answer.status_code == 422
        assert not desk.office.config_path.exists()
        answer = desk.post("/statements", {**filled, "authority-lead": "nowhere"})
        assert answer.status_code == 422
        assert "It was not saved" in text_of(answer)
        answer = desk.post("/statements", filled)
        assert answer.status_code == 200, text_of(answer)
        assert "Saved." in text_of(answer)
        assert missing_from(desk.office.config, language_of("nl")) == []


# ---- speed


MANY = 2_000
WITHIN = 16


def test_pages_of_two_thousand_findings_answer_at_once(tmp_path: Path) -> None:
    """The measure is CPU time of the process in plain loops, so that no busy or slow machine counts."""
    data = [
        {"type": "response", "id": n, "timestamp": "2026-01-05 10:00:00",
         "text": f"Bel mijn buurman Kees Dorrestein{_letters(n)} even op."}
        for n in range(MANY)
    ]  # fmt: skip
    export = json.dumps({"info": {"type": "email", "id": "a@example.org"}, "data": data}).encode()
    with running_desk(tmp_path) as desk:
        desk.sign_in()
        case = desk.taken_in(export)
        review = review_of(desk, case)
        assert len(review.findings) >= MANY
        first = review.findings[0]
        desk.get(f"{case}/finding/{first.id}")
        review.decide([first], WITHHOLD, actor="anna")
        slow = {}
        for path in (
            case, f"{case}/review", f"{case}/review?group=decided",
            f"{case}/finding/{review.findings[1000].id}",
            f"{case}/finding/{first.id}", f"{case}/texts", f"{case}/record/1000", f"{case}/hidden",
        ):  # fmt: skip
            answers = []
            slow[path.removeprefix(case)] = loops(lambda at=path, told=answers: told.append(desk.get(at)))
            assert answers[0].status_code == 200
        form = f"{case}/finding/{review.findings[1].id}/decide"
        slow["decide"] = loops(
            lambda: answers.append(desk.post(form, {**WITHHOLD, "revision": "0"}, follow=False))
        )
        assert answers[-1].status_code == 303
        assert {name: taken for name, taken in slow.items() if taken > WITHIN} == {}


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")


def test_the_places_of_a_large_preview_take_no_memory_and_are_found_at_once(tmp_path: Path) -> None:
    target = tmp_path / "places.sqlite3"
    write_places(target, ((f"/data/{number}", f"r{number}") for number in range(1_000)))
    tracemalloc.start()
    write_places(target, ((f"/data/{number}\udc80", f"r{number}") for number in range(100_000)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20
    assert anchor_of(target, "/data/99999\udc80") == "r99999"
    assert (anchor_of(target, "/data/5"), anchor_of(tmp_path / "none", "/data/5")) == ("", "")
    assert target.stat().st_mode & 0o777 == 0o600
    target.write_bytes(b"damaged")
    assert anchor_of(target, "/data/5") == ""


def test_two_people_who_decide_at_once_lose_nothing_and_do_not_overwrite_each_other(desk: Running) -> None:
    texts = [f"Mijn buurman Kees Dorrestein{letter} belde." for letter in "abcdef"]
    data = [{"type": "response", "id": n, "text": text} for n, text in enumerate(texts, 1)]
    case = desk.taken_in(export_of("at.once@example.org", data))
    review = review_of(desk, case)
    findings = [finding.id for finding in review.findings]
    assert len(findings) == 6
    form = {**WITHHOLD, "revision": "0"}

    def decide(person: int, finding: str) -> int:
        reason = f"decided by person {person}"
        answer = desk.post(f"{case}/finding/{finding}/decide", {**form, "reason": reason}, follow=False)
        return answer.status_code

    with ThreadPoolExecutor(8) as people:
        answers = {one: [people.submit(decide, who, one) for who in (1, 2)] for one in findings}
        said = {one: sorted(each.result() for each in both) for one, both in answers.items()}
    assert set(map(tuple, said.values())) == {(303, 409)}
    lines = [line for line in review.journal.lines if line.event == "decide"]
    assert [line.number for line in lines] == list(range(1, 7))
    assert set(review.decided.entries) == set(findings)
