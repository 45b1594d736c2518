"""The committed samples are what the generator writes, and what they claim to be."""

from __future__ import annotations

import email
import gzip
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from email import policy
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from dsr_report.shipped import shipped

FOLDER = shipped("sample_exports")
INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
SAMPLES = [entry["file"] for entry in INDEX["samples"]]
LAYOUTS = [entry["file"] for entry in INDEX["layouts"]]
SAME = [entry["file"] for entry in INDEX["layouts"] if entry["same_tables"]]
LABELS = [
    item.get("type") or item.get("event")
    for item in json.loads((FOLDER / "layouts/01-nested.json").read_text())["data"]
]
LABELS = sorted({label for label in LABELS if label})


def generate(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, FOLDER / "generate.py", *map(str, arguments)], check=True)


def is_data(path: Path) -> bool:
    return path.suffix not in {".py", ".pyc", ".toml"} and path.name not in {"README.md", ".gitattributes"}


def records(data: object) -> list[dict]:
    """Labelled or bare records of a list, or of a list of lists."""
    found: list[dict] = []
    for item in data if isinstance(data, list) else []:
        found += records(item) if isinstance(item, list) else [item]
    return [item["data"] if isinstance(item.get("data"), dict) else item for item in found]


def export(name: str) -> dict:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def test_generating_again_gives_every_committed_byte(tmp_path):
    generate("--into", tmp_path)
    fresh = {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    committed = {
        str(p.relative_to(FOLDER)): p.read_bytes() for p in FOLDER.rglob("*") if p.is_file() and is_data(p)
    }
    assert fresh.keys() == committed.keys()
    assert [name for name in fresh if fresh[name] != committed[name]] == []


def test_the_index_names_every_file_and_the_readme_every_sample():
    named = {"index.json", *SAMPLES, *LAYOUTS}
    assert named == {
        p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file() and is_data(p)
    }
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in SAMPLES if f"`{name}`" not in readme] == []


def test_the_samples_stay_small():
    assert sum(p.stat().st_size for p in FOLDER.rglob("*") if p.is_file() and is_data(p)) < 8_000_000


@pytest.mark.parametrize("entry", INDEX["samples"], ids=lambda entry: entry["file"])
def test_every_sample_is_json_about_the_subject_of_the_index(entry):
    assert export(entry["file"])["info"] == {"type": entry["type"], "id": entry["id"]}


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("hostile")])
def test_only_the_hostile_sample_strains_json(name):
    def no_repeats(pairs):
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    text = (FOLDER / name).read_bytes().decode("utf-8")
    json.dumps(json.loads(text, object_pairs_hook=no_repeats), ensure_ascii=False).encode("utf-8")


def test_the_hostile_sample_strains_json_in_every_way_that_it_promises():
    repeated: list[str] = []
    odd_numbers: list[str] = []

    def note_repeats(pairs):
        repeated.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return dict(pairs)

    data = json.loads(
        (FOLDER / "hostile.json").read_text(encoding="utf-8"),
        object_pairs_hook=note_repeats,
        parse_float=odd_numbers.append,
    )
    assert {"type", "text", ""} <= set(repeated)
    assert {"1E400", "-0.0"} <= set(odd_numbers)
    text = json.dumps(data)
    assert "\\ud83d high" in text
    assert "\\u0000" in text
    assert "[" * 99 in text


def identities(found: list[dict]) -> tuple[set[str], set[str]]:
    numbers, hashes = set(), set()
    for record in found:
        if "timestampsent" in record:
            publisher = "internal" in record
            numbers.add(str(record["internal"] if publisher else record["ID"]))
            hashes.add(str(record["ID"] if publisher else record["messageID"]))
    return numbers, hashes


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("hostile")])
def test_events_refer_to_messages_that_are_there_in_the_way_of_their_family(name):
    found = records(export(name)["data"])
    numbers, hashes = identities(found)
    by_number = [r["destination"] for r in found if {"timestamp", "destination"} <= r.keys()]
    by_hash = [r["id"] for r in found if {"time", "senderdomain"} <= r.keys()]
    assert set(by_number) <= numbers
    assert set(by_hash) <= hashes
    assert name.startswith("nothing") or (by_number and by_hash)


def test_the_web_shop_sample_holds_what_it_promises():
    items = export("subprofile-20285.json")["data"]
    kinds = Counter(item.get("type") or item.get("event") for item in items)
    assert kinds["message"] >= 55
    expected = "profile subprofile delivery open click error retry abuse unsubscribe survey webform sms file"
    assert {*expected.split(), "coupon", "statistics"} <= kinds.keys()
    messages = [item["data"] for item in items if "mime" in item.get("data", {})]
    assert {"internal" in message for message in messages} == {True, False}
    types: Counter[str] = Counter()
    for message in messages:
        parsed = email.message_from_bytes(message["mime"].encode(), policy=policy.default)
        for part in parsed.walk():
            assert part.defects == []
            types[part.get_content_type()] += 1
    wanted = "multipart/related multipart/alternative multipart/mixed application/pdf text/calendar image/png"
    assert {*wanted.split(), "image/gif", "image/jpeg"} <= types.keys()
    whole = json.dumps(items)
    for placeholder in ("{webversion}", "{unsubscribe}", "{$profile.", "0000-00-00"):
        assert placeholder in whole


def test_inline_pictures_are_there_for_every_cid_that_a_page_asks_for():
    asked = 0
    for record in records(export("subprofile-20285.json")["data"]):
        if "mime" in record:
            parsed = email.message_from_bytes(record["mime"].encode(), policy=policy.default)
            page = parsed.get_body(("html",))
            wanted = set(re.findall(r'"cid:([^"]+)"', page.get_content())) if page else set()
            there = {part["Content-ID"].strip("<>") for part in parsed.walk() if part["Content-ID"]}
            assert wanted == there
            asked += len(wanted)
    assert asked > 20


def documents(name: str) -> list[object]:
    """The JSON documents of a layout, unwrapped by hand and not by the code under test."""
    raw = (FOLDER / name).read_bytes()
    if name.endswith(".gz"):
        raw = gzip.decompress(raw)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            raw = archive.read("export.json")
    elif name.endswith(".eml"):
        raw = next(email.message_from_bytes(raw, policy=policy.default).iter_attachments()).get_content()
    elif name.endswith(".txt"):
        raw = parse_qs(raw.decode())["data"][0].encode()
    return [
        json.loads(text)
        for text in (raw.splitlines() if name.endswith(".jsonl") else [raw.decode("utf-8-sig")])
    ]


def containers(value: object) -> Counter[str]:
    """Every object and every list in `value`, also in texts that hold JSON, written in one way."""
    found: Counter[str] = Counter()
    if isinstance(value, str) and value.startswith('{"') and value.endswith("}"):
        value = json.loads(value)
    if isinstance(value, (dict, list)):
        found[json.dumps(value, sort_keys=True)] += 1
        for member in value.values() if isinstance(value, dict) else value:
            found += containers(member)
    return found


@pytest.mark.parametrize("name", SAME)
def test_every_layout_holds_every_record_of_the_reference_as_often(name):
    wanted = records(export("layouts/01-nested.json")["data"])
    there = sum((containers(document) for document in documents(name)), Counter())
    for number, record in enumerate(wanted):
        as_object = json.dumps(record, sort_keys=True)
        as_row = json.dumps(list(record.values()))
        if name.endswith("01-flat.json"):
            labels = [{key: kind} for key in ("type", "event", "kind") for kind in LABELS]
            options = [
                as_object,
                *(
                    json.dumps(record | label, sort_keys=True)
                    for label in labels
                    if not label.keys() & record.keys()
                ),
            ]
        else:
            options = [as_object, as_row]
        assert sum(there[option] for option in options) == 1, f"record {number}"


@pytest.mark.parametrize("layout", [1, 2, 3, 4, 5, 6, 7, 8, 10])
def test_an_export_on_demand_has_exactly_the_messages_and_events_asked_for(tmp_path, layout):
    target = tmp_path / "export.json"
    generate("--messages", 17, "--events", 205, "--layout", layout, "--output", target)
    text = target.read_text(encoding="ascii")
    lines = [json.loads(line) for line in text.splitlines()] if layout == 10 else [json.loads(text)]
    assert lines[0]["info"] == {"type": "subprofile", "id": "20285"}
    assert len(re.findall(r'timestampsent(?=\\?":)', text)) == 17
    if layout in {1, 2, 7, 8}:
        assert len(lines[0]["data"]) == 2 + 17 + 205
    elif layout == 10:
        assert len(lines) == 1 + 2 + 17 + 205
    else:
        groups = lines[0]["data"]
        groups = list(groups.values()) if layout == 5 else groups
        groups = [next(iter(group.values())) for group in groups] if layout == 4 else groups
        headers = sum(group[0][0] == "id" for group in groups if isinstance(group[0], list))
        assert sum(map(len, groups)) - headers == 2 + 17 + 205


def test_events_on_demand_refer_to_messages_that_are_there(tmp_path):
    generate("--messages", 40, "--events", 900, "--pretty", "--output", tmp_path / "export.json")
    found = records(json.loads((tmp_path / "export.json").read_text(encoding="utf-8"))["data"])
    numbers, hashes = identities(found)
    assert len(numbers) == len(hashes) == 40
    assert {r["destination"] for r in found if "destination" in r} == numbers
    assert {r["id"] for r in found if {"time", "senderdomain"} <= r.keys()} <= hashes
    messages = [record["mime"] for record in found if "mime" in record]
    assert 55_000 < sum(map(len, messages)) / 40 < 75_000
    for text in messages[:8]:
        assert [
            part.defects
            for part in email.message_from_string(text, policy=policy.default).walk()
            if part.defects
        ] == []


def test_the_seed_and_nothing_else_changes_an_export_on_demand(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate("--messages", 9, "--events", 50, "--seed", seed, "--output", tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


@pytest.mark.parametrize("name", SAMPLES)
def test_no_sample_leads_to_a_real_host(name):
    text = (FOLDER / name).read_text(encoding="utf-8").replace("\\/", "/")
    text = re.sub(r"=(\\r)?\\n", "", text)
    hosts = {host.lower() for host in re.findall(r"(?i)https?://(?:[^/\s\"'<>]*@)?([a-z0-9.-]+)", text)}
    invented = (".example", ".example.org")
    cut_off = {"tracker.example"[:length] for length in range(16)} if "hostile" in name else set()
    assert {host for host in hosts if not host.endswith(invented)} <= {"www.w3.org", *cut_off}
