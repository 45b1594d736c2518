"""A whole record or message is withheld by its pointer: every value below it is a mark, everywhere."""

import io
import json
import zipfile

import pytest

import dsr_report
from dsr_report.errors import RedactionError
from dsr_report.jsonstream.items import values as values_of
from dsr_report.verification.verifier import verify

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - an invented one


def also(**entry):
    entry = {"decision": "withhold", "reason": "of someone else", "article": "Art. 15(4) GDPR", **entry}
    return "\n[[also]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in entry.items())


def message(number, body):
    mime = (
        f"From: a@shop.example\r\nTo: jan@example.org\r\nSubject: nr {number}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n'
        f"{body}\r\n--b\r\nContent-Disposition: attachment; filename=a{number}.txt\r\n\r\n"
        f"{body} file\r\n--b--\r\n"
    )
    return {
        "type": "message",
        "data": {
            "ID": str(number),
            "subject": f"nr {number}",
            "mime": mime,
            "opened": None,
            "x": [True, 1.5],
        },
    }


def shown_of(made, *entries):
    made.review.write_text(made.toml() + "".join(entries), encoding="utf-8")
    return made.shown()


def test_every_value_below_it_is_a_mark_and_counted(case):
    made = case(message(1, "geheim van els"), message(2, "blijft"), {"type": "note", "text": "n"})
    shown = shown_of(made, also(pointer="/data/0"))
    texts = {value for _, value in values_of(shown.data[0])}
    assert texts == {shown.plan.marks[0].text}
    assert shown.data[1:] == json.loads(made.file.read_text(encoding="utf-8"))["data"][1:]
    assert shown.values.withheld == 7


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"m": [message(1, "geheim van els"), message(2, "blijft")]}, "/data/m/0"),
        ({"m": [[message(1, "geheim van els"), message(2, "blijft")]]}, "/data/m/0/0"),
        ({"m": {"a/b": message(1, "geheim van els"), "2": message(2, "blijft")}}, "/data/m/a~1b"),
    ],
    ids=["group", "list", "numbered"],
)
@pytest.mark.parametrize("ending", ["html", "zip"])
def test_messages_files_tables_and_events_agree(case, tmp_path, data, pointer, ending):
    made = case()
    events = [{"type": "click", "ID": "9", "messageID": "1", "url": "https://shop.example/"}]
    export = {"info": {"type": "email", "id": "jan@example.org"}, "data": {**data, "clicks": events}}
    made.file.write_text(json.dumps(export), encoding="utf-8")
    made.review.write_text(made.toml() + also(pointer=pointer), encoding="utf-8")
    target = tmp_path / f"a.{ending}"
    with dsr_report.read(made.file) as source, dsr_report.Report(source, review=made.review) as report:
        report.to(target)
        assert report.values.withheld == 7
    result = verify(target, made.file)
    assert result.ok, [check.text for check in result.checks if check.ok is False]
    contents = [target.read_bytes()]
    if ending == "zip":
        with zipfile.ZipFile(io.BytesIO(contents[0])) as package:
            contents = [package.read(entry) for entry in package.namelist()]
    assert not any(b"geheim van els" in content for content in contents)
    assert any(b"blijft" in content for content in contents)


def test_other_things_to_hide_within_it_are_found_and_done(case):
    record = {"type": "profile", "ID": "7", "secret": SECRET, "fields": {"Naam": "Karel Verborgen"}}
    made = case(record, {"type": "note", "text": "n"})
    shown = shown_of(made, also(text="Karel Verborgen"), also(pointer="/data/0"))
    assert "Karel" not in shown.raw.decode()
    assert SECRET not in shown.raw.decode()
    assert (shown.values.masked, shown.values.withheld, shown.values.in_part) == (1, 3, 0)


def test_all_of_a_list_and_a_part_of_a_record_can_be_named(case):
    made = case(
        {"type": "note", "text": "a", "more": {"x": "b", "y": ["c", {}]}}, {"type": "note", "text": "d"}
    )
    shown = shown_of(made, also(pointer="/data/0/more"))
    mark = shown.plan.marks[0].text
    assert shown.data[0] == {"type": "note", "text": "a", "more": {"x": mark, "y": [mark, {}]}}


@pytest.mark.parametrize("pointer", ["/data/9", "/data/0/texts", "/data/0/tex"])
def test_a_pointer_that_leads_nowhere_is_an_error(case, pointer):
    with pytest.raises(RedactionError, match="not in the export"):
        shown_of(case({"type": "note", "text": "a"}), also(pointer=pointer))
