"""Each value and each name of a record is in a cell: words that begin with `zq` are looked for."""

import json
import re
import time

import pytest

import dsr_report

MESSAGE = '"messageID": "q3v9k2m1x8c7b6n5"'


def of_survey(question):
    return f'{{"survey": "Service", "questions": {{"1": {question}}}}}'


ODD = {
    "a repeated member of a record that is a text": json.dumps(
        '{"event": "open", "id": "7", "ip": "zq1x", "ip": "zq2x", "time": {"zq3x": NaN, "zq3x": "zq4x"}}'
    ),
    "a member without a name": '{"event": "open", "data": {"id": "7", "time": "2024-01-02", "": "zq1x"}}',
    "a member without a name, parsed singly": '{"type": "note", "data": {"ID": "7", "": ["zq1x"]}}',
    "two records of a message": (
        f'{{{MESSAGE}, "mailing": "zq1x", "subject": "zq2x", "timestampsent": "zq3x", "other": "zq4x"}}, '
        f'{{{MESSAGE}, "mailing": "zq5x", "subject": "zq6x", "timestampsent": "zq7x", "other": "zq8x", '
        '"html": "zq9x"}'
    ),
    "ids of a message twice": '{"messageID": "zq1x", "Message_ID": "zq2x", "internal": "zq3x", '
    '"internal": "zq4x", "timestampsent": "", "profile": "1", "subprofile": null, "mailing": "2"}',
    "attachments twice": f'{{{MESSAGE}, "attachments": ["zq1x"], "attachments": ["zq2x"]}}',
    "a sender of three parts": '{"type": "mailing", "data": {"id": "1", "from_address": '
    '{"name": ["zq1x"], "NAME": "zq2x", "email": "zq3x", "address": "zq4x"}}}',
    "interests with flags that are none": '{"ID": "1", "fields": {}, "interests": {"0": {"name": "golf", '
    '"selected": "zq1x", "value": "zq2x", "Name": "zq3x"}}}',
    "counts that are none": '{"ID": "7", "abuses": {"total": 0}, "clicks": {"total": {"zq1x": "zq2x"}, '
    '"Total": "zq3x", "unique": 1}, "impressions": {"total": 3}, "errors": {"total": 0}}',
    "a type of question twice": of_survey('{"question": "A?", "type": "zq1x", "Type": "zq2x", "answer": 1}'),
    "a type of question that is none": of_survey('{"question": "A?", "type": ["zq1x"], "answer": "zq3x"}'),
    "a sole question twice": '{"type": "survey", "data": {"question": "zq1x", "Question": "zq2x", '
    '"number": ["zq3x"], "answer": "zq4x"}}',
    "numbers of what was chosen": of_survey('{"question": "A?", "answer": {"77011": "zq1x"}}'),
    "members beside the list of a page": '{"start": 0, "limit": 100, "zq1x": "zq2x", "name": "zq3x", "data": '
    '[{"event": "open", "id": "7", "time": "2024-01-02"}]}',
    "rows beside the names of their columns": '{"columns": ["id", "zq1x", "time", "ip", "zq2x"], "rows": '
    '[["7", "zq3x", "2024-01-02 03:04:05", "192.0.2.1", "zq4x"]]}',
    "a name beside lists": '{"name": "zq1x", "title": {"zq2x": "zq3x"}, "clicks": [{"ID": "7", "link": "x", '
    '"timestamp": "2024-01-02 03:04:05", "ip": "192.0.2.1"}]}',
    "a truth value for an id": '{"event": "open", "id": "7", "mailing": true, "time": "2024-01-02"}',
}  # fmt: skip


def cells(text, tmp_path):
    path = tmp_path / "export.json"
    path.write_text(text, encoding="utf-8")
    with dsr_report.read(path) as export:
        return [
            str(cell)
            for name in export.tables
            for batch in export.tables.scan(name)
            for column in batch.to_pylist()
            for cell in column.values()
        ]


@pytest.mark.parametrize("records", ODD.values(), ids=ODD)
def test_every_value_and_name_of_an_odd_record_is_in_a_cell(records, tmp_path):
    text = f'{{"info": {{"type": "profile", "id": "5"}}, "data": [{records}]}}'
    found = "\n".join(cells(text, tmp_path))
    looked_for = set(re.findall(r"zq\dx|77011|true(?=,)", records))
    assert looked_for
    assert {word for word in looked_for if word not in found} == set()


@pytest.mark.parametrize("data", ['{"clicks": %s}', '{"x": [{"clicks": %s}]}', '[{"clicks": %s}]'])
def test_rows_beside_the_names_of_their_columns_are_records(data, tmp_path):
    rows = '{"columns": ["id", "link", "time"], "rows": [["7", "zq1x", "2024-01-02"], ["8", "zq2x", null]]}'
    path = tmp_path / "export.json"
    path.write_text(f'{{"info": {{}}, "data": {data.replace("%s", rows)}}}', encoding="utf-8")
    with dsr_report.read(path) as export:
        assert sorted(export.tables["events"]["link"]) == ["zq1x", "zq2x"]


def test_what_else_info_says_is_in_the_row_of_the_subject(tmp_path):
    text = '{"info": {"type": ["zq1x"], "id": "5", "zq2x": 1.10, "id": "zq3x"}, "data": []}'
    path = tmp_path / "export.json"
    path.write_text(text, encoding="utf-8")
    with dsr_report.read(path) as export:
        (row,) = export.tables["subject"].to_dict("records")
    assert row["subject_id"] == "5"
    assert row["other"] == '{"id": "zq3x", "type": ["zq1x"], "zq2x": 1.10}'


def test_a_merged_message_takes_a_moment_with_its_text_and_names_what_differs(tmp_path):
    text = (
        f'{{"info": {{}}, "data": [{{{MESSAGE}, "timestampsent": "", "mailing": "43"}}, '
        f'{{{MESSAGE}, "timestampsent": "2024-01-02 03:04:05", "mailing": "42"}}]}}'
    )
    for order in (text, text.replace("42", "_").replace("43", "42").replace("_", "43")):
        path = tmp_path / "export.json"
        path.write_text(order, encoding="utf-8")
        with dsr_report.read(path) as export:
            (row,) = export.tables["messages"].to_dict("records")
        assert row["sent_at_raw"] == "2024-01-02 03:04:05"
        assert row["sent_at_certainty"] == "assumed"
        assert {row["mailing_id"], json.loads(row["other"])["mailing_id"]} == {"42", "43"}


def test_what_only_packs_records_is_in_no_table(tmp_path):
    text = (
        '{"info": {"type": "profile", "id": "5"}, "data": [{"start": 0, "limit": 100, "count": "1", '
        '"total": false, "name": "opens", "data": [{"event": "open", "id": "7", "time": "2024-01-02"}]}]}'
    )
    path = tmp_path / "export.json"
    path.write_text(text, encoding="utf-8")
    with dsr_report.read(path) as export:
        assert len(export.tables["unrecognised"]) == 0
        assert len(export.tables["events"]) == 1


def test_a_name_that_is_repeated_without_end_takes_time_in_its_count(tmp_path):
    def seconds(count):
        names = ", ".join(f'"zq": {number}' for number in range(count))
        path = tmp_path / "export.json"
        text = f'{{"info": {{}}, "data": [{{"event": "open", "id": "7", {names}}}]}}'
        path.write_text(text, encoding="utf-8")
        began = time.process_time()
        with dsr_report.read(path) as export:
            (other,) = export.tables["events"]["other"]
        assert json.loads(other)[f"zq ({count})"] == count - 1
        return time.process_time() - began

    seconds(10)
    assert seconds(20_000) < 60 * max(seconds(2_000), 0.01)
