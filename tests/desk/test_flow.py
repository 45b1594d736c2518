"""A request from the dropped export to the closed case, by the forms of the pages."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from email import message_from_bytes
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pyzipper
from desks import CONTROLLER, SAMPLES, Running, running_desk, text_of

import dsr_report
from dsr_report.languages import language_of
from dsr_report.obtain import subject_named
from dsr_report.register import requests
from dsr_report.sandbox.server import running_sandbox
from dsr_report.verification.verifier import verify

WITHHOLD = {"decision": "withhold", "reason": "the name of another person", "article": "Art. 15(4) GDPR"}
SHOP = SAMPLES / "subprofile-20285.json"
GERMAN = SAMPLES / "profile-90211.json"


@pytest.fixture(scope="module")
def case(desk: Running) -> str:
    return desk.taken_in(GERMAN)


def findings(desk: Running, case: str) -> list[str]:
    """The findings that a list links to."""
    found: dict[str, None] = {}
    for group in ("must", "proposed", "decided"):
        page = desk.get(f"{case}/review?group={group}").text
        found.update(dict.fromkeys(re.findall(r"/finding/([0-9a-f]{10})\"", page)))
    return list(found)


def revision(desk: Running, case: str, finding: str) -> str:
    return re.search(r'name="revision" value="(\d+)"', desk.get(f"{case}/finding/{finding}").text)[1]


def decide(desk: Running, case: str, finding: str, **data: str):
    form = {"revision": revision(desk, case, finding), **data}
    return desk.post(f"{case}/finding/{finding}/decide", form)


def decide_all(desk: Running, case: str) -> None:
    while found := re.search(r"/finding/([0-9a-f]{10})\" data-key=\"s\"", desk.get(f"{case}/review").text):
        assert decide(desk, case, found[1], decision="disclose").status_code == 200
    while found := re.search(r"/text/([0-9a-f]{10})\" data-key=\"s\"", desk.get(f"{case}/texts").text):
        assert desk.post(f"{case}/text/{found[1]}", {"read": "yes"}).status_code == 200


def review_of(desk: Running, case: str):
    review = desk.office.review(desk.reference(case))
    assert review is not None
    return review


def test_what_was_found_is_told(desk: Running, case: str) -> None:
    said = text_of(desk.get(f"{case}/found"))
    assert "another person's name: 1" in said
    assert "internal note: 1" in said
    assert "texts to be read" in said
    assert "cannot start yet" in text_of(desk.get(case))


def test_a_finding_is_shown_in_its_sentence_with_the_passage_marked(desk: Running, case: str) -> None:
    page = desk.get(f"{case}/review").text
    person = re.search(r"/finding/([0-9a-f]{10})\">another person", page)[1]
    answer = desk.get(f"{case}/finding/{person}")
    said = text_of(answer)
    assert "Ruft lieber an. Nichte: Frau begin of the passage Löffler end of the passage , holt" in said
    assert "A name that is not the person's." in said
    assert "Article 15(4) GDPR" in said
    assert re.search(r'value="withhold"[^>]*data-key="w"[^>]*class="primary"', answer.text)


def test_withholding_without_a_reason_is_refused_and_entries_are_kept(desk: Running, case: str) -> None:
    person = next(f.id for f in review_of(desk, case).findings if f.key == "person")
    answer = decide(desk, case, person, decision="withhold", reason="", article="Art. 15(4) GDPR — mine")
    assert answer.status_code == 422
    assert "There is a problem Enter the reason: the person will read it." in text_of(answer)
    assert "<title>Error:" in answer.text
    assert 'value="Art. 15(4) GDPR — mine"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert review_of(desk, case).decided.entries == {}


def test_a_decision_is_saved_before_the_next_finding_is_shown(desk: Running, case: str) -> None:
    review = review_of(desk, case)
    person = next(f for f in review.findings if f.key == "person")
    answer = decide(desk, case, person.id, **WITHHOLD)
    assert "Saved: another person's name withheld." in text_of(answer)
    assert str(answer.url).split("?")[0] != f"{desk.origin}{desk.root}{case}/finding/{person.id}"
    folder = desk.office.folder.case(desk.reference(case)).path
    last = json.loads((folder / "journal.jsonl").read_text().splitlines()[-1])
    assert last["data"]["entry"]["decision"] == "withhold"
    entry = next(
        e for e in tomllib.loads((folder / "review.toml").read_text())["finding"] if e["id"] == person.id
    )
    assert entry["decision"] == "withhold"
    assert entry["reason"] == "the name of another person"


def test_the_record_beside_it_shows_what_the_person_will_see(desk: Running, case: str) -> None:
    person = next(f for f in review_of(desk, case).findings if f.key == "person")
    said = text_of(desk.get(f"{case}/finding/{person.id}"))
    assert "Frau [zurückgehalten" in said or "Frau [withheld" in said or "Frau [nicht mitgeteilt" in said


def test_the_last_reason_is_filled_in_for_the_next_of_its_kind(desk: Running, case: str) -> None:
    note = next(f for f in review_of(desk, case).findings if f.key == "internal-note")
    person = next(f for f in review_of(desk, case).findings if f.key == "person")
    assert 'value="the name of another person"' in desk.get(f"{case}/finding/{person.id}").text
    assert 'value="the name of another person"' not in desk.get(f"{case}/finding/{note.id}").text


def test_undo_steps_back_and_says_what_it_undid(desk: Running, case: str) -> None:
    review = review_of(desk, case)
    person = next(f for f in review.findings if f.key == "person")
    answer = desk.post(f"{case}/undo")
    assert f"/finding/{person.id}" in str(answer.url)
    assert "The last step was undone." in text_of(answer)
    assert review.decided.entries == {}
    assert decide(desk, case, person.id, **WITHHOLD).status_code == 200


def test_a_stale_form_is_a_conflict_with_both_versions(desk: Running, case: str) -> None:
    note = next(f for f in review_of(desk, case).findings if f.key == "internal-note")
    seen = revision(desk, case, note.id)
    assert decide(desk, case, note.id, decision="disclose").status_code == 200
    for stale in (seen, "", "-1", "999999999999"):
        form = {**WITHHOLD, "reason": "from the other tab", "revision": stale}
        answer = desk.post(f"{case}/finding/{note.id}/decide", form)
        assert answer.status_code == 409
        said = text_of(answer)
        assert "withheld disclosed" in said
        assert "from the other tab" in said
    assert review_of(desk, case).entry(note)["decision"] == "disclose"
    desk.post(f"{case}/undo")


def test_a_second_click_of_the_same_decision_goes_on(desk: Running, case: str) -> None:
    review = review_of(desk, case)
    note = next(f for f in review.findings if f.key == "internal-note")
    form = {"revision": revision(desk, case, note.id), "decision": "disclose"}
    lines = len(review.journal.lines)
    for _ in range(2):
        answer = desk.post(f"{case}/finding/{note.id}/decide", form)
        assert answer.status_code == 200
    assert len(review.journal.lines) == lines + 1
    desk.post(f"{case}/undo")


def test_what_a_person_writes_into_the_file_is_taken_over(desk: Running, case: str) -> None:
    review = review_of(desk, case)
    note = next(f for f in review.findings if f.key == "internal-note")
    file = desk.office.folder.case(desk.reference(case)).review
    text = file.read_text("utf-8")
    head, mark, tail = text.partition(f'id = "{note.id}"')
    tail = tail.replace('decision = "undecided"', 'decision = "withhold"', 1).replace(
        'reason = ""', 'reason = "written by hand"', 1
    )
    file.write_text(head + mark + tail, "utf-8")
    said = text_of(desk.get(f"{case}/finding/{note.id}"))
    assert "Decided: withheld – written by hand" in said
    assert decide(desk, case, note.id, decision="disclose").status_code == 200
    entries = {e["id"]: e for e in tomllib.loads(file.read_text("utf-8"))["finding"]}
    assert entries[note.id]["decision"] == "disclose"


def test_a_file_that_was_edited_into_nonsense_is_kept_aside_and_told(desk: Running, case: str) -> None:
    review = review_of(desk, case)
    before, lines = dict(review.decided.entries), len(review.journal.lines)
    file = desk.office.folder.case(desk.reference(case)).review
    good = file.read_text("utf-8")
    for bad in (good.replace('decision = "disclose"', 'decision = "discose"', 1), "[[finding", ""):
        file.write_text(bad, "utf-8")
        said = text_of(desk.get(f"{case}/review"))
        assert "it was kept aside" in said
        assert review.decided.entries == before
        assert len(review.journal.lines) == lines
        assert file.read_text("utf-8") == good
        assert file.with_name("review.broken.toml").read_text("utf-8") == bad
    file.unlink()
    desk.get(f"{case}/review")
    assert file.read_text("utf-8") == good


def test_a_text_is_found_wherever_it_stands_and_never_in_an_address(desk: Running, case: str) -> None:
    answer = desk.post(f"{case}/find", {"find": "Löffler"})
    said = text_of(answer)
    assert re.search(r"It stands in \d+ places\.", said)
    assert "Frau «Löffler», holt" in said
    assert "ffler" not in str(answer.url)
    assert re.search(r"/record/\d+\"", answer.text)
    assert desk.post(f"{case}/find", {"find": " "}).status_code == 422
    assert "It stands in 0 places." in text_of(desk.post(f"{case}/find", {"find": "Zebrapfad"}))


def test_nothing_is_made_while_something_is_open(desk: Running, case: str) -> None:
    before = desk.office.jobs.of(desk.reference(case))
    form = {"format": "html", "language": "de", "messages": "text"}
    answer = desk.post(f"{case}/make", form)
    assert answer.status_code == 422
    said = text_of(answer)
    assert "texts must be read" in said
    assert desk.office.jobs.of(desk.reference(case)) is before


def test_from_the_last_decision_to_the_closed_case(desk: Running, case: str) -> None:
    decide_all(desk, case)
    assert "Note the day of receipt" in text_of(desk.get(f"{case}/make"))
    assert desk.post(f"{case}/received", {"received": "2026-11-02"}).status_code == 200
    assert "Everything is decided." in text_of(desk.get(f"{case}/review"))
    answer = desk.post(f"{case}/make", {"format": "html", "language": "de", "messages": "text"})
    assert answer.status_code == 200, text_of(answer)
    reference = desk.reference(case)
    assert desk.waited(reference) == "done", desk.office.jobs.of(reference).what
    said = text_of(desk.get(f"{case}/result"))
    assert "Yes Unaltered since it was made" in said
    assert "must not be sent" not in said
    folder = desk.office.folder.case(reference).path
    (made,) = folder.glob("disclosure-*.html")
    assert verify(made, GERMAN).ok
    assert b"L\xc3\xb6ffler" not in made.read_bytes()
    entry = desk.office.register.case(reference)
    assert entry.state == "rendered"

    page = desk.get(f"{case}/reply").text
    address = re.search(r'name="to" value="([^"]+)"', page)[1]
    answer = desk.post(f"{case}/reply", {"to": "stranger@example.net"})
    assert answer.status_code == 422
    assert "not an address of the person" in text_of(answer)
    assert "protect" not in page
    answer = desk.post(f"{case}/reply", {"to": address})
    assert answer.status_code == 200
    draft = message_from_bytes(desk.get(f"{case}/reply/draft").content)
    assert address in draft["To"]
    assert any(part.get_filename() == made.name for part in draft.walk())
    assert desk.post(f"{case}/reply/sent", {"sent": "2026-01-05", "channel": "mail"}).status_code == 422
    assert desk.post(f"{case}/reply/sent", {"sent": "2999-01-05", "really": "yes"}).status_code == 422
    today = desk.office.register.today.isoformat()
    answer = desk.post(f"{case}/reply/sent", {"sent": today, "really": "yes", "channel": "mail"})
    assert answer.status_code == 200
    assert desk.office.register.case(reference).state == "sent"
    assert desk.post(f"{case}/close", {}).status_code == 422
    assert desk.post(f"{case}/close", {"sure": "yes"}).status_code == 200
    assert desk.office.register.case(reference).state == "closed"
    assert desk.office.register.check().findings == ()


def test_a_package_is_protected_with_a_passphrase_that_is_shown_once(desk: Running) -> None:
    case = desk.taken_in(SAMPLES / "nothing-found.json")
    reference = desk.reference(case)
    desk.post(f"{case}/received", {"received": "2026-11-02"})
    answer = desk.post(f"{case}/make", {"format": "zip", "language": "nl", "messages": "text"})
    assert answer.status_code == 200, text_of(answer)
    assert desk.waited(reference) == "done", desk.office.jobs.of(reference).what
    answer = desk.post(f"{case}/reply", {"to": "nobody@example.org", "sure": "yes", "protect": "yes"})
    assert answer.status_code == 200, text_of(answer)
    passphrase = re.search(r'class="passphrase">([^<]+)<', answer.text)[1]
    assert passphrase not in desk.get(f"{case}/reply").text
    folder = desk.office.folder.case(reference).path
    draft = message_from_bytes((folder / "reply.eml").read_bytes())
    (attached,) = [part.get_payload(decode=True) for part in draft.walk() if part.get_filename()]
    with pyzipper.AESZipFile(BytesIO(attached)) as archive:
        archive.setpassword(passphrase.encode())
        assert archive.testzip() is None
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert passphrase.encode() not in kept


def test_the_command_line_makes_the_same_report_of_the_same_file(
    desk: Running, case: str, tmp_path: Path
) -> None:
    folder = desk.office.folder.case(desk.reference(case))
    of_case = {"received": date(2026, 11, 2), "replied": date(2026, 11, 20), "reference": "2026-0001"}
    with dsr_report.read(GERMAN) as export:
        options = {"review": folder.review, **of_case}
        with dsr_report.Report(export, "de", desk.office.config_path, **options) as report:
            written = report.to_html(tmp_path / "same.html")
        assert written.values.withheld + written.values.masked > 0
        assert "Löffler" not in (tmp_path / "same.html").read_text("utf-8")


def test_an_export_of_somebody_else_is_not_taken_into_a_case(desk: Running) -> None:
    case = desk.taken_in(SAMPLES / "subprofile-41522.json")
    answer = desk.drop(SAMPLES / "email-someone.json", f"{case}/upload")
    assert answer.status_code == 422
    assert "about somebody else than this case" in text_of(answer)
    folder = desk.office.folder.case(desk.reference(case)).path
    assert len(list(folder.glob("export-*.json"))) == 1
    assert list(desk.office.folder.incoming.iterdir()) == []


def test_a_newer_export_gets_proposals_and_no_decisions(desk: Running) -> None:
    case = desk.taken_in(SHOP)
    review = review_of(desk, case)
    person = next(f for f in review.findings if f.key == "person")
    decide(desk, case, person.id, **WITHHOLD)
    desk.post(f"{case}/record/1/hide", {"what": "passage", "text": "lamp kapot", "scope": "everywhere",
              "reason": "a reason", "article": "Art. 15(4) GDPR"})  # fmt: skip
    assert len(review.decided.also) == 1
    newer = json.loads(SHOP.read_text("utf-8"))
    newer["data"].insert(1, {"type": "note", "text": "something new"})
    answer = desk.drop(json.dumps(newer).encode(), f"{case}/upload")
    assert answer.status_code == 200, text_of(answer)
    assert desk.waited(desk.reference(case)) == "done"
    again = review_of(desk, case)
    assert again is not review
    assert again.sha256 != review.sha256
    assert again.decided.entries == {}
    same = next(f for f in again.findings if f.value == person.value)
    said = text_of(desk.get(f"{case}/finding/{same.id}"))
    assert "Decided before, in an earlier export: withheld. It is not applied until you decide." in said
    page = text_of(desk.get(f"{case}/review"))
    assert "decided before: withheld" in page
    assert "Hidden by hand in an earlier export lamp kapot" in page
    assert desk.post(f"{case}/review/again", {"text": "lamp kapot"}).status_code == 200
    assert [entry["text"] for entry in again.decided.also.values()] == ["lamp kapot"]


def test_a_short_name_is_hidden_in_one_message_alone(tmp_path: Path) -> None:
    data = [
        {"type": "response", "id": n, "text": f"Gisteren was Piet hier, en Piet at {n} taarten."}
        for n in range(3)
    ]
    export = json.dumps({"info": {"type": "email", "id": "a@example.org"}, "data": data}).encode()
    with running_desk(tmp_path) as desk:
        desk.sign_in()
        case = desk.taken_in(export)
        review = review_of(desk, case)
        form = {
            "what": "passage",
            "text": "Piet",
            "scope": "here",
            "reason": "r",
            "article": "Art. 15(4) GDPR",
        }
        assert desk.post(f"{case}/record/2/hide", form).status_code == 200
        texts = [
            " ".join(one.hidden or one.text for one in _values(desk, review, number)) for number in (1, 2, 3)
        ]
        assert "Piet" in texts[0]
        assert "Piet" not in texts[1]
        assert "Piet" in texts[2]
        answer = desk.post(f"{case}/record/2/hide", {**form, "text": "Klaas"})
        assert answer.status_code == 422
        assert "Not found in this record" in text_of(answer)


def _values(desk: Running, review, number: int):
    code = "en"
    record = review.records.record(number)
    from dsr_report.redact.marks import mark_text

    changed = review.hidden_text(record, lambda *told: mark_text(code, *told), code)

    class Shown:
        def __init__(self, pointer, value):
            self.text, self.hidden = str(value), changed.get(pointer)

    return [Shown(pointer, value) for pointer, value in record.values()]


@pytest.fixture(scope="module")
def with_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with (
        running_sandbox(delay_seconds=0.1) as sandbox,
        running_desk(tmp_path_factory.mktemp("fetching"), sandbox=sandbox) as running,
    ):
        running.sign_in()
        yield running


def test_from_a_number_to_the_data(with_sandbox: Running) -> None:
    desk = with_sandbox
    form = {"step": "4", "whom": "41522", "type": "", "received": "2026-01-05", "channel": "mail",
            "language": "nl", "reference": "AVG-7", "go": "fetch"}  # fmt: skip
    answer = desk.post("/new", form)
    assert answer.status_code == 200, text_of(answer)
    assert str(answer.url).endswith("/work")
    assert desk.waited("AVG-7") == "done", desk.office.jobs.of("AVG-7").what
    case = "/case/" + desk.office.folder.case("AVG-7").id
    answer = desk.http.get(f"{desk.root}{case}/work/next", follow_redirects=True)
    assert "What was found" in text_of(answer)
    entry = desk.office.register.case("AVG-7")
    assert (entry.state, entry.received_on.isoformat()) == ("collected", "2026-01-05")
    desk.post(f"{case}/fetch")
    assert desk.waited("AVG-7") == "done"
    assert len(desk.office.register.requests_of("AVG-7")) == 1


def test_a_fetched_export_is_dated_by_its_collection_and_names_its_request(with_sandbox: Running) -> None:
    """The day on which the data were taken, and Copernica's number of the request, stand in the report."""
    desk = with_sandbox
    reference = "AVG-DAY"
    form = {"step": "4", "whom": "41522", "type": "", "received": "2026-01-05", "channel": "mail",
            "language": "en", "reference": reference, "go": "fetch"}  # fmt: skip
    desk.post("/new", form)
    assert desk.waited(reference) == "done"
    register = desk.office.register
    of_person = [case.reference for case in register.cases_about("subprofile", "41522")]
    (request,) = [one for about in of_person for one in register.requests_of(about)]
    taken = language_of("en").day(request.files[0].noted_at.astimezone(ZoneInfo("Europe/Amsterdam")).date())
    desk.clock.days = 3
    try:
        said = _made(desk, "/case/" + desk.office.folder.case(reference).id)
        replied = language_of("en").day(desk.office.register.today)
    finally:
        desk.clock.days = 0
    assert f"Data as they were on: {taken}" in said
    assert f"Date of our reply: {replied}" in said
    assert taken != replied
    assert str(request.request_id) in said

    dropped = desk.taken_in(SAMPLES / "nothing-found.json")
    desk.post(f"{dropped}/received", {"received": "2026-01-05"})
    said = _made(desk, dropped)
    assert "Data as they were on" not in said  # nobody knows when the person's export was made


def _made(desk: Running, case: str) -> str:
    """What a page says that is made of a case, once all is decided."""
    decide_all(desk, case)
    form = {"format": "html", "language": "en", "messages": "text", "with_unrecognised": "yes"}
    answer = desk.post(f"{case}/make", form)
    reference = desk.reference(case)
    assert desk.waited(reference) == "done", text_of(answer)
    folder = desk.office.folder.case(reference)
    made = folder.path / folder.made[-1]["name"]
    assert verify(made).ok
    return " ".join(re.sub("<[^>]+>", " ", made.read_text("utf-8")).split())


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"step": "1", "whom": "not a number", "go": "on"}, "neither a number nor an e-mail address"),
        ({"step": "2", "received": "", "go": "on"}, "Enter the day"),
        ({"step": "2", "received": "31-02-2026", "go": "on"}, "not a day"),
        ({"step": "2", "received": "2999-01-01", "go": "on"}, "has not come yet"),
        ({"step": "4", "received": "2026-01-05", "language": "xx", "go": "log"}, "Choose a language"),
    ],
)
def test_a_new_request_asks_again_where_an_answer_cannot_be(
    desk: Running, form: dict[str, str], fault: str
) -> None:
    answer = desk.post("/new", form)
    assert answer.status_code == 422
    assert fault in text_of(answer)
    for name, value in form.items():
        if value and name not in {"go", "step"} and name != "language":
            assert value in answer.text


def test_a_reference_that_names_the_person_is_refused(desk: Running) -> None:
    form = {
        "step": "4",
        "received": "2026-01-05",
        "language": "nl",
        "reference": "jan@example.org",
        "go": "log",
    }
    answer = desk.post("/new", form)
    assert answer.status_code == 422
    assert "must not be an address" in text_of(answer)


def test_of_a_request_of_unknown_standing_a_person_decides(with_sandbox: Running) -> None:
    desk = with_sandbox
    register = desk.office.register
    reference = desk.office.new_case(
        subject_named("41522"), received_on=None, channel="", language="nl", reference="AVG-8", actor="anna"
    )
    case = "/case/" + desk.office.folder.case(reference).id
    entry = register.claim(
        "subprofile", "90211", api_url="http://127.0.0.1:9/v4", reference=reference, actor="anna"
    )
    register.posting(entry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests, "STALE_AFTER", timedelta(seconds=-1))
        said = text_of(desk.get(case))
        assert "nobody knows whether Copernica has the request" in said
        form = {"number": str(entry.number), "go": "attach", "request": ""}
        assert desk.post(f"{case}/request", form).status_code == 422
        assert desk.post(f"{case}/request", {**form, "go": "abandon"}).status_code == 200
    assert register.request(entry.number).state == "abandoned"
    assert "nobody knows" not in text_of(desk.get(case))


def test_a_request_that_was_withdrawn_is_noted_with_a_tick(desk: Running) -> None:
    form = {"step": "4", "received": "2026-11-05", "language": "nl", "reference": "AVG-W", "go": "log"}
    desk.post("/new", form)
    case = "/case/" + desk.office.folder.case("AVG-W").id
    assert desk.post(f"{case}/withdraw", {}).status_code == 422
    assert desk.office.register.case("AVG-W").state != "withdrawn"
    assert desk.post(f"{case}/withdraw", {"withdrawn": "yes"}).status_code == 200
    assert desk.office.register.case("AVG-W").state == "withdrawn"


def test_the_period_is_paused_resumed_and_extended(desk: Running) -> None:
    desk.post(
        "/new", {"step": "4", "received": "2026-11-05", "language": "nl", "reference": "AVG-P", "go": "log"}
    )
    case, register = "/case/" + desk.office.folder.case("AVG-P").id, desk.office.register
    assert desk.post(f"{case}/pause", {"why": "identity", "paused": "2026-11-06"}).status_code == 200
    assert register.case("AVG-P").state == "identity"
    assert desk.post(f"{case}/pause", {"why": "identity", "paused": "2026-11-06"}).status_code == 409
    assert desk.post(f"{case}/resume", {"resumed": "2026-11-09"}).status_code == 200
    assert desk.post(f"{case}/extend", {"reason": ""}).status_code == 422
    before = register.case("AVG-P").deadlines.latest
    assert desk.post(f"{case}/extend", {"reason": "many messages"}).status_code == 200
    assert register.case("AVG-P").deadlines.latest > before


def small(*texts: str) -> bytes:
    data = [{"type": "response", "id": n, "text": text} for n, text in enumerate(texts, 1)]
    return json.dumps({"info": {"type": "email", "id": "jan@example.org"}, "data": data}).encode()


def case_of(answer) -> str:
    found = re.search(r"/case/[0-9a-f]{16}", str(answer.url))
    assert found is not None, text_of(answer)
    return found[0]


def test_a_letter_with_its_annexes_apart_goes_with_a_covering_letter(desk: Running) -> None:
    docx = pytest.importorskip("docx")
    case = desk.taken_in(small("Alles goed."))
    desk.post(f"{case}/received", {"received": "2026-11-02"})
    decide_all(desk, case)
    form = {"format": "pdf", "language": "nl", "messages": "text", "annexes": "yes"}
    assert desk.post(f"{case}/make", form).status_code == 200
    reference = desk.reference(case)
    assert desk.waited(reference) == "done", desk.office.jobs.of(reference).what
    folder = desk.office.folder.case(reference).path
    letter, annexes = sorted(folder.glob("disclosure*.pdf"), key=lambda path: "annexes" in path.name)
    assert annexes.name in text_of(desk.get(f"{case}/result"))
    kinds = Counter(file.kind for file in desk.office.register.files(reference))
    assert kinds == {"export": 1, "disclosure": 1, "annexes": 1}
    answer = desk.post(f"{case}/reply", {"to": "jan@example.org", "cover": "yes"})
    assert annexes.name in text_of(answer)
    draft = message_from_bytes(desk.get(f"{case}/reply/draft").content)
    assert [p.get_filename() for p in draft.walk() if p.get_filename()] == [letter.name, annexes.name]
    printed = docx.Document(BytesIO(desk.get(f"{case}/reply/cover").content))
    assert any(letter.name in paragraph.text for paragraph in printed.paragraphs)
    desk.post(f"{case}/reply", {"to": "jan@example.org"})
    assert not (folder / "reply.docx").exists()


def test_what_is_whole_of_a_broken_export_is_taken_where_a_person_says_so(desk: Running) -> None:
    broken = small("Alles goed.", "Mijn zus Ilse Vosmaer belde.", "Nog een bericht.")[:-20]
    answer = desk.drop(broken)
    assert answer.status_code == 422
    assert "cannot be read to its end" in text_of(answer)
    answer = desk.drop(broken, salvage="yes")
    case = case_of(answer)
    reference = desk.reference(case)
    assert desk.waited(reference) == "done"
    assert "This export is not whole." in text_of(desk.get(f"{case}/found"))
    desk.post(f"{case}/received", {"received": "2026-11-02"})
    desk.post(f"{case}/extend", {"reason": "zeer veel berichten in oktober"})
    decide_all(desk, case)
    assert "zeer veel berichten in oktober" in desk.get(f"{case}/make").text
    form = {"format": "html", "language": "nl", "messages": "text", "delay": "zeer veel berichten in oktober"}
    desk.post(f"{case}/make", form)
    assert desk.waited(reference) == "done", desk.office.jobs.of(reference).what
    (made,) = desk.office.folder.case(reference).path.glob("disclosure*.html")
    page = made.read_text("utf-8")
    assert "Vosmaer" in page
    assert "zeer veel berichten in oktober" in page
    checked = verify(made)
    assert checked.ok
    assert checked.manifest.export.incomplete
    assert "must not be sent" not in text_of(desk.get(f"{case}/result"))
    assert desk.drop(b"{}", salvage="yes").status_code == 422


def test_a_record_leads_to_its_place_in_the_preview(desk: Running) -> None:
    case = desk.taken_in(small("Alles goed.", "Tot later."))
    reference = desk.reference(case)
    assert "/preview?record=2" in desk.get(f"{case}/record/2").text
    desk.office.jobs.start(reference, "preview", {"language": "en"}, actor="a")
    assert desk.waited(reference) == "done"
    page = desk.get(f"{case}/preview?record=2")
    (anchor,) = re.findall(r'src="[^"]*/preview/page#([^"]+)"', page.text)
    preview = desk.get(f"{case}/preview/page").text
    assert "Tot later." in preview[preview.index(f'id="{anchor}"') :]
    assert "Alles goed." not in preview[preview.index(f'id="{anchor}"') :].partition("<h2")[0]
    assert "It opens at record 2." in text_of(page)
    for strange in ("0", "99999", "-1", "x", "9" * 40, "%22%3E"):
        assert (
            "#"
            not in re.findall(
                r'src="([^"]*/preview/page[^"]*)"', desk.get(f"{case}/preview?record={strange}").text
            )[0]
        )


def test_what_a_rule_found_and_what_comes_next_are_told_in_the_readers_language(desk: Running) -> None:
    case = desk.taken_in(GERMAN)
    review = review_of(desk, case)
    person = next(f for f in review.findings if f.key == "person")
    desk.office.folder.set(language="de")
    try:
        said = text_of(desk.get(f"{case}/finding/{person.id}"))
        assert re.search("Gefunden durch: ein Name (neben|nach) „(Frau|Nichte)“[.]", said)
        assert "Zugangscode secret [" in said
        listed = text_of(desk.get("/"))
        assert "Nächster Schritt: Entscheiden, was" in listed
        assert re.search(r"… \(\d+ Zeichen\)", text_of(desk.get(f"{case}/hidden")))
        refused = desk.drop(small("x")[:-9])
        assert "Er kann nicht bis zum Ende gelesen werden. Nehmen Sie die Datei" in text_of(refused)
        desk.office.jobs.start(desk.reference(case), "make", {"format": "html", "language": "de"}, actor="a")
        assert desk.waited(desk.reference(case)) == "failed"
        work = desk.get(f"{case}/work")
        assert "Seit der Bericht angefordert wurde, ist etwas entschieden worden." in text_of(work)
        assert 'lang="en"' not in work.text
    finally:
        desk.office.folder.set(language="en")


def test_two_clicks_are_one_job(desk: Running) -> None:
    case = desk.taken_in(SAMPLES / "nothing-found.json")
    reference = desk.reference(case)
    started = [desk.office.jobs.start(reference, "preview", {"language": "en"}, actor="a") for _ in range(5)]
    assert len({id(job) for job in started}) == 1
    assert desk.waited(reference) == "done"


def test_kinds_of_the_configuration_are_called_as_it_calls_them(tmp_path: Path) -> None:
    own = '\n[records.bike]\nkeys = ["frame"]\ntitle = { en = "Your bike" }\n'
    export = {"info": {"type": "profile", "id": "1"}, "data": [{"frame": "F1", "gears": 7}]}
    with running_desk(tmp_path, config=CONTROLLER.read_text("utf-8") + own) as desk:
        desk.sign_in()
        case = desk.taken_in(json.dumps(export).encode())
        for page in (case, f"{case}/found", f"{case}/record/1"):
            said = text_of(desk.get(page))
            assert "Other record" not in said
        assert "Your bike" in said
