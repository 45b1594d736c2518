"""Who makes thousands of pages, or a huge one, is told of the better way, and nothing is decided for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsr_report.cli import main, render
from dsr_report.errors import CheckFailedError
from dsr_report.report import Report

SAMPLE = Path(__file__).resolve().parents[2] / "sample_exports" / "subprofile-20285.json"


@pytest.mark.parametrize(
    ("ending", "messages", "least", "told"),
    [
        ("pdf", "text", 1, True),
        ("zip", "layout", 1, True),
        ("pdf", "list", 1, False),
        ("html", "text", 1, False),
        ("pdf", "text", 1_000, False),
    ],
)
def test_the_shorter_way_is_told_where_there_are_many_messages(  # noqa: PLR0917 - cases and fixtures
    ending: str,
    messages: str,
    least: int,
    told: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise CheckFailedError("far enough")

    monkeypatch.setattr(render, "_MANY_MESSAGES", least)
    monkeypatch.setattr(Report, "to", stop)
    with pytest.raises(SystemExit):
        main(["render", str(SAMPLE), "--messages", messages, "-o", str(tmp_path / f"a.{ending}")])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert ("--messages list" in captured.err) == told


@pytest.mark.parametrize(("ending", "told"), [("html", True), ("zip", False)])
def test_linked_pages_are_told_of_where_one_page_became_large(
    ending: str,
    told: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(render, "_LARGE_PAGE", 1_000)
    export = tmp_path / "a.json"
    export.write_text('{"info": {"type": "profile", "id": "7"}, "data": [{"a": 1}]}', encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["render", str(export), "--workers", "1", "-o", str(tmp_path / f"a.{ending}")])
    assert ("use .zip for the same report as linked pages" in capsys.readouterr().err) == told
