"""A hidden value that is also the name of a member is hidden there as well."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dsr_report
from dsr_report.jsonstream.items import count_values
from dsr_report.jsonstream.rename_keys import rename_members
from dsr_report.redact.decisions import to_toml
from dsr_report.redact.findings import findings_of
from dsr_report.verification.leaks import leaks
from dsr_report.verification.verifier import verify

STRANGER = "piet.vreemd@elders.example"
SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - an invented one


def written(tmp_path, data):
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"info": {"type": "profile", "id": "7"}, "data": data}), encoding="utf-8")
    return file


def disclosed(file, target, **options):
    with dsr_report.read(file) as source, dsr_report.Report(source, **options) as report:
        report.to(target)
        with report.shown.file.raw() as raw:
            return json.loads(raw.read()), report.plan


def decided(file, tmp_path, decision):
    with dsr_report.read(file) as source:
        text = to_toml(findings_of(source.file.items, source.found, source.info.id), source.sha256)
    review = tmp_path / "review.toml"
    review.write_text(
        text.replace('"undecided"', f'"{decision}"').replace('reason = ""', 'reason = "another person"'),
        encoding="utf-8",
    )
    return review


def test_a_withheld_address_is_hidden_in_names_at_any_depth_and_in_pointers(tmp_path):
    data = {
        "notes": [{"type": "note", "text": f"ask {STRANGER}"}],
        STRANGER: {"orders": [{"type": "note", "text": STRANGER}], "more": {f"x {STRANGER.upper()}": 1}},
        STRANGER.replace("@", "%40"): {"a": 2},
    }
    file = written(tmp_path, data)
    target = tmp_path / "a.html"
    shown, plan = disclosed(file, target, review=decided(file, tmp_path, "withhold"))
    assert list(leaks(target, {1: [STRANGER]})) == []
    assert STRANGER not in json.dumps(shown).lower()
    assert STRANGER not in str([mark.pointers + mark.passage_pointers for mark in plan.marks])
    assert count_values(shown) == count_values(json.loads(file.read_text(encoding="utf-8")))
    names = list(shown["data"])
    assert len(names) == 3
    assert names[1].startswith("[withheld 1:")
    assert names[2] == f"{names[1]} (2)"


@pytest.mark.slow
def test_a_package_with_hidden_names_verifies_against_the_original(tmp_path):
    file = written(tmp_path, [{"type": "note", "text": f"ask {STRANGER}", "seen by": {STRANGER: STRANGER}}])
    target = tmp_path / "a.zip"
    disclosed(file, target, review=decided(file, tmp_path, "withhold"), messages="list")
    assert list(leaks(target, {1: [STRANGER]})) == []
    result = verify(target, file)
    assert result.ok, [check.text for check in result.checks if check.ok is False]


def test_a_masked_code_is_hidden_in_names_without_a_decision(tmp_path):
    file = written(
        tmp_path, [{"ID": "1", "fields": {"a": "b"}, "secret": SECRET, "by code": {SECRET: {SECRET: "x"}}}]
    )
    target = tmp_path / "a.html"
    shown, plan = disclosed(file, target)
    assert SECRET not in target.read_text(encoding="utf-8")
    assert SECRET not in json.dumps(shown)
    (name,) = shown["data"][0]["by code"]
    assert name == plan.marks[0].text
    assert shown["data"][0]["by code"][name] == {name: "x"}


def test_without_hidden_names_every_name_stays(tmp_path):
    file = written(tmp_path, [{"ID": "1", "fields": {"a": "b"}, "secret": SECRET, "ünïcode ": {"\\": 1}}])
    shown, _ = disclosed(file, tmp_path / "a.html")
    assert list(shown["data"][0]) == ["ID", "fields", "secret", "ünïcode "]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.sampled_from(['"a":', "\\", '\\"a": "a"']),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", '"', "a:"]), inner)
    ),
    max_leaves=20,
)


@given(value=json_values, indent=st.sampled_from([None, 1]), window=st.integers(1, 40))
def test_names_alone_are_changed_and_all_values_stay(value, indent, window):
    class Slow(io.BytesIO):
        def read(self, _size=-1):
            return super().read(window)

    def renamed(current):
        if isinstance(current, dict):
            return {{"a": "B"}.get(name, name): renamed(member) for name, member in current.items()}
        return [renamed(member) for member in current] if isinstance(current, list) else current

    raw = json.dumps(value, indent=indent).encode()
    same, target = io.BytesIO(), io.BytesIO()
    rename_members(Slow(raw), lambda _: None, same)
    assert same.getvalue() == raw
    rename_members(Slow(raw), {"a": "B"}.get, target)
    assert json.loads(target.getvalue()) == renamed(value)
