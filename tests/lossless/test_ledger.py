"""The ledger: each value is settled once, by its pointer, in a place with a name; else nothing is written."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from accounting import account

import dsr_report
from dsr_report.errors import LedgerError
from dsr_report.jsonstream.items import Item
from dsr_report.records import classifier
from dsr_report.rendering import chapters, events, values
from dsr_report.verification.ledger import Settling, UnsettledError
from dsr_report.verification.verifier import verify

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
ODD = {
    "info": {"type": "profile", "id": "7"},
    "data": {
        "clicks": [{"ID": "1", "link": "https://x.example/", "timestamp": "2024-01-02 03:04:05"}],
        "mixed": {"profile": {"ID": "7", "fields": {"a": "b"}, "database": "1", "subprofiles": [
            {"ID": "8", "fields": {"c": None}, "collection": "2"}]}, "start": 0, "total": 2},
        "rows": [["id", "time", "ip"], ["a", "2024-01-02 03:04:05", "192.0.2.1"], []],
        "nothing": [],
    },
    "beside": {"x": [1, [2, {"y": 3}]], "secret": "0123456789abcdef0123456789abcdef"},
}  # fmt: skip


def written(export: Any, target: Path, **options: Any) -> Path:
    source = target.with_suffix(".json")
    source.write_text(json.dumps(export), encoding="utf-8")
    with dsr_report.read(source) as read, dsr_report.Report(read, **options) as report:
        report.to(target)
    return target


def ledger_of(page: Path) -> list[dict[str, Any]]:
    packed = re.search(r'"dsr-report-ledger" content="([^"]*)"', page.read_text(encoding="utf-8"))
    assert packed
    return [json.loads(line) for line in zlib.decompress(base64.b64decode(packed[1])).splitlines()]


def test_every_pointer_is_below_one_line_which_counts_its_values_and_names_a_place(tmp_path: Path) -> None:
    page = written(ODD, tmp_path / "a.html")
    lines = ledger_of(page)
    text = page.read_text(encoding="utf-8")
    met = dict.fromkeys(range(len(lines)), 0)
    for leaf in account(json.dumps(ODD).encode()).leaves:
        (number,) = [
            n
            for n, line in enumerate(lines)
            if any(f"{leaf.pointer}/".startswith(f"{line['pointer']}{m}/") for m in line.get("members", [""]))
        ]
        met[number] += 1
    assert [met[n] for n in range(len(lines))] == [line["values"] for line in lines]
    assert all(f'id="{line["anchor"]}"' in text for line in lines)
    assert sum(line.get("masked", 0) for line in lines) == 1


def test_verify_holds_the_ledger_against_the_export(tmp_path: Path) -> None:
    page = written(ODD, tmp_path / "a.html", original=True)
    (check,) = [c for c in verify(page, tmp_path / "a.json").checks if c.code == "ledger"]
    assert check.ok
    other = json.loads(json.dumps(ODD))
    other["data"]["clicks"][0]["more"] = 1
    source = tmp_path / "other.json"
    source.write_text(json.dumps(other), encoding="utf-8")
    page.write_text(
        page.read_text(encoding="utf-8").replace(
            sha(tmp_path / "a.json"), sha(source)
        ),
        encoding="utf-8",
    )  # fmt: skip
    (check,) = [c for c in verify(page, source).checks if c.code == "ledger"]
    assert check.ok is False
    assert "/data/clicks/0" in check.text


def sha(path: Path) -> str:
    with dsr_report.read(path) as export:
        return export.sha256


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([("/data/0", 2), ("/data/1", 1), ("/info", 1)], None),
        ([("/data/0", 1), ("/data/1", 1), ("/info", 1)], "/data/0/b"),
        ([("/data/0", 2), ("/info", 1)], "/data/1"),
        ([("/data/0", 2), ("/data/0", 2), ("/data/1", 1), ("/info", 1)], "/data/0"),
        ([("/data/0", 2), ("/data/0/b", 1), ("/data/1", 1), ("/info", 1)], "/data/0/b"),
        ([("/data/0", 2), ("/data/1", 1), ("/data/2", 1), ("/info", 1)], "/data/2"),
        ([("/data", 3), ("/info", 1)], None),
        ([("/data", 3), ("/data/1", 1), ("/info", 1)], "/data"),
        ([("/data/0/b", 1), ("/data/0/a", 1), ("/data/1", 1), ("/info", 1)], None),
    ],
)
def test_a_value_that_is_open_or_settled_twice_is_named(
    lines: list[tuple[str, int]], problem: str | None
) -> None:
    texts = [json.dumps({"pointer": p, "values": n, "anchor": "x"}).encode() for p, n in lines]
    items = [Item("/data/0", (), {"a": 1, "b": 2}), Item("/data/1", (), 3), Item("/info", (), 4)]
    if problem is None:
        assert met(Settling(texts, [], {"x"}), items) == [2, 1, 1]
    else:
        with pytest.raises(UnsettledError, match=problem):
            met(Settling(texts, [], {"x"}), items)


def met(settling: Settling, items: list[Item]) -> list[int]:
    counts = [settling.meet(item) for item in items]
    settling.close()
    return counts


def test_hidden_values_are_settled_as_hidden() -> None:
    line = {"pointer": "/data/0", "values": 2, "masked": 1, "anchor": "x"}
    item = Item("/data/0", (), {"a": 1, "b": 2})
    assert met(Settling([json.dumps(line).encode()], ["/data/0/b"]), [item]) == [2]
    with pytest.raises(UnsettledError, match="stated as hidden, and 0 are"):
        Settling([json.dumps(line).encode()], []).meet(item)
    with pytest.raises(UnsettledError, match="/data/0/b"):
        met(Settling([json.dumps(line | {"masked": 0}).encode()], ["/data/0/b"]), [item])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda html: html.replace("https", "", 1), None),
        (lambda html: re.sub(r"<dd>[^<]*<bdi[^>]*>b</bdi>", "<dd>", html), "/data/0/fields/a"),
        (lambda html: html + "".join(re.findall(r"<dd>.*?<bdi[^>]*>b</bdi>", html)[:1]), "/data/0/fields/a"),
    ],
    ids=["nothing", "left out", "twice"],
)
def test_a_chapter_that_drops_or_repeats_a_field_stops_the_report_and_names_it(
    change: Any, place: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = chapters.settle
    monkeypatch.setattr(chapters, "settle", lambda html, proofs: whole(change(html), proofs))
    export = {"info": {}, "data": [{"ID": "7", "fields": {"a": "b"}, "database": "1"}]}
    if place is None:
        assert verify(written(export, tmp_path / "a.html")).ok
        return
    with pytest.raises(LedgerError, match=place):
        written(export, tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()


def test_an_operators_template_that_leaves_values_out_stops_the_report(tmp_path: Path) -> None:
    template = tmp_path / "report" / "record.html.j2"
    template.parent.mkdir()
    template.write_text('<article id="{{ anchor }}"><h3>{{ title }}</h3></article>', encoding="utf-8")
    with pytest.raises(LedgerError, match=r"/data/0/x .*not be shown"):
        written({"info": {}, "data": [{"x": 1}]}, tmp_path / "a.html", templates=tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("you", "<h2>{{ chapter_title }}</h2>"),
        ("other", "{% for record in records %}<p>{{ record.title }}</p>{% endfor %}"),
        ("messages", "<p>Ask us for your messages.</p>"),
        ("event_list", "<ul>{% for own in events.events %}<li>{{ own.event.what }}</li>{% endfor %}</ul>"),
        ("values/stored", "{% macro stored(name, text, form) %}{{ name }}{% endmacro %}"),
        ("values/value", "{% macro value(value) %}<i>a value</i>{% endmacro %}"),
        ("technical", '<h2 id="technical">Technical</h2>'),
    ],
)
def test_a_template_of_any_chapter_or_value_that_leaves_values_out_stops_the_report(
    name: str, content: str, tmp_path: Path
) -> None:
    template = tmp_path / "report" / f"{name}.html.j2"
    template.parent.mkdir(parents=True)
    template.write_text(content, encoding="utf-8")
    data = [
        {"ID": "7", "fields": {"a": "b"}, "database": "1"},
        {"type": "message", "messageID": "m", "mime": "Subject: S\r\n\r\nHello"},
        {"type": "open", "messageID": "m", "ip": "192.0.2.1"},
        {"x": 1},
    ]
    with pytest.raises(LedgerError, match="not be shown"):
        written({"info": {"type": "profile"}, "data": data}, tmp_path / "a.html", templates=tmp_path)
    assert not (tmp_path / "a.html").exists()


def test_an_event_that_drops_a_value_stops_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = values.leaves_of
    monkeypatch.setattr(values, "leaves_of", lambda *args: list(whole(*args))[:-1])
    assert events.stored_line is values.stored_line
    with pytest.raises(LedgerError, match=r"/data/0 has 3 values, and 2"):
        written(
            {"info": {}, "data": [{"type": "open", "ID": "1", "device": "x"}]}, tmp_path / "a.html"
        )  # fmt: skip


@pytest.mark.parametrize(
    ("divided", "problem"),
    [
        (lambda found: [*found, found[-1]], "twice"),
        (lambda found: found[:-1], r"/data/[01]\S* would not be shown"),
        (lambda found: found[1:], r"/data/0\S* would not be shown"),
    ],
    ids=["a record twice", "the last record lost", "the first record lost"],
)
@pytest.mark.parametrize("record", [{"x": 1}, {"data": {"clicks": [{"link": "a"}], "x": [{"link": "b"}]}}])
def test_records_that_are_lost_or_doubled_on_the_way_stop_the_report(
    record: Any, divided: Any, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Careless(classifier.Classifier):
        def find(self, items: Any) -> Any:
            yield from divided(list(super().find(items)))

    export = {"info": {}, "data": [record, {"y": 2}]}
    monkeypatch.setattr("dsr_report.export.Classifier", Careless)
    with pytest.raises(LedgerError, match=problem):
        written(export, tmp_path / "a.html")


def test_a_hidden_value_that_no_record_holds_stops_the_report() -> None:
    from dsr_report.rendering.ledger import Ledger

    ledger = Ledger({"/data/9": "mask"})
    with pytest.raises(LedgerError, match="/data/9"):
        ledger.close(0)
    ledger.remove()


@pytest.mark.parametrize(
    ("messages", "elsewhere"),
    [("text", [["/mime"], ["/html"], None]), ("list", [["/mime"], ["/html"], ["/text"]])],
)
def test_the_ledger_of_a_pdf_names_the_file_that_has_what_is_not_printed(
    messages: Any, elsewhere: list[list[str] | None], tmp_path: Path
) -> None:
    told = [
        {"mime": "Subject: a\r\n\r\nfrom a source"},
        {"html": "<p>from a page"},
        {"text": "as text"},
    ]
    when = "2024-01-02 03:04:05"
    data = {"messages": [{"id": f"{n:032x}", "timestampsent": when, **one} for n, one in enumerate(told, 1)]}
    report = written({"info": {}, "data": data}, tmp_path / "a.pdf", messages=messages)
    assert verify(report).ok
    with pikepdf.open(report) as pdf:
        embedded = {name: file.get_file().read_bytes() for name, file in pdf.attachments.items()}
    lines = [json.loads(line) for line in embedded["ledger.jsonl"].splitlines()]
    assert [line.get("in_file") for line in lines if line["kind"] == "message"] == elsewhere
    assert {line["file"] for line in lines if "in_file" in line} == {"export.json"} <= set(embedded)
    page = written({"info": {}, "data": data}, tmp_path / "a.html")
    assert not any("file" in line for line in ledger_of(page))


@pytest.mark.parametrize(
    ("file", "in_file", "problem"),
    [("export.json", ["/b"], None), ("lost.json", ["/b"], "lost.json"), ("export.json", ["/c"], "/data/0/c")],
)
def test_a_file_that_is_not_carried_or_holds_no_such_value_is_named(
    file: str, in_file: list[str], problem: str | None
) -> None:
    item = Item("/data/0", (), {"a": 1, "b": {"x": 2}})
    line = {"pointer": "/data/0", "values": 2, "anchor": "x", "file": file, "in_file": in_file}
    settling = Settling([json.dumps(line).encode()], [], {"x"}, ["export.json"])
    if problem is not None and problem.startswith("/"):
        with pytest.raises(UnsettledError, match=problem):
            settling.meet(item)
        return
    settling.meet(item)
    settling.close()
    assert settling.nameless == problem
