# ruff: noqa: E501 - markup reads best on one line
"""What an operator can change with `--templates`, file by file; and that all HTML is in templates."""

from __future__ import annotations

import ast
import json
import re
import zipfile
from pathlib import Path

import pytest

import dsr_report
from dsr_report.errors import DsrReportError
from dsr_report.verification.verifier import verify

PACKAGE = Path(__file__).resolve().parents[2] / "dsr_report"
HTML_TAGS = (
    "a|article|aside|b|bdi|body|br|caption|code|dd|details|div|dl|dt|em|figcaption|figure|footer|h[1-6]|head|header|"
    "html|i|iframe|img|li|link|main|mark|meta|nav|ol|p|pre|rect|section|small|span|strong|style|summary|svg|table|"
    "tbody|td|th|thead|title|tr|ul"
)
OPENING_TAG = re.compile(rf"<(?:{HTML_TAGS})(?=[\s>/]|$)")
LEAVES = {
    "rendering/text.py": "texts of an export as HTML: isolated from the direction around them, with line ends",
    "writers/fonts.py": "a fontconfig file",
    "rendering/messages.py": "recognises HTML, makes none",
}
DATA = [
    {"ID": "7", "fields": {"name": "Anna"}, "database": "1"},
    {
        "type": "message",
        "messageID": "m",
        "mime": "Subject: Spring\r\n\r\nHello",
        "timestampsent": "2024-01-02",
    },
    {"type": "open", "messageID": "m", "ip": "192.0.2.1", "timestamp": "2024-01-02 10:00:00"},
    {"type": "open", "messageID": "m", "ip": "192.0.2.2", "timestamp": "2024-01-03 10:00:00"},
]


def html_with(templates: dict[str, str], folder: Path) -> str:
    """The report in HTML with an operator's templates."""
    for name, content in templates.items():
        file = folder / "templates" / "report" / f"{name}.html.j2"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    source = folder / "export.json"
    source.write_text(json.dumps({"info": {"type": "profile", "id": "7"}, "data": DATA}), encoding="utf-8")
    with (
        dsr_report.read(source) as export,
        dsr_report.Report(export, templates=folder / "templates") as report,
    ):
        report.to_html(folder / "report.html")
    return (folder / "report.html").read_text(encoding="utf-8")


def test_a_chapter_and_the_page_around_all_chapters_can_be_replaced_or_extended(tmp_path: Path) -> None:
    html = html_with(
        {
            "you": '{% extends "shipped:report/you.html.j2" %}{% block intro %}<p>Ask us about it.</p>{% endblock %}',
            "sent": '<h2 id="sent">Letters</h2>{% for month in months %}{% for line in month.lines %}'
            '<p><a href="#{{ line.anchor }}">{{ line.subject }}</a></p>{% endfor %}{% endfor %}',
            "shell/page": '{% extends "shipped:report/shell/page.html.j2" %}'
            "{% block bottom %}<footer>Bloemen &amp; Co</footer>{{ super() }}{% endblock %}",
        },
        tmp_path,
    )
    assert "<p>Ask us about it.</p>" in html
    assert "This is what is stored about you" not in html
    assert '<h2 id="sent">Letters</h2><p><a href="#message-1">Spring</a></p>' in html
    assert html.count("<footer>Bloemen &amp; Co</footer>") == 1
    assert verify(tmp_path / "report.html", tmp_path / "export.json").ok


def test_annex_b_and_every_value_can_be_changed(tmp_path: Path) -> None:
    html = html_with(
        {
            "events": '{% extends "shipped:report/events.html.j2" %}{% block intro %}<p>All of them.</p>{% endblock %}',
            "values/stored": "{% macro stored(name, text, form) %}<q>{{ name }} = {{ text }}</q>{% endmacro %}",
            "values/value": '{% import "shipped:report/values/value.html.j2" as ours %}'
            "{% macro value(value) %}<samp>{{ ours.value(value) }}</samp>{% endmacro %}",
        },
        tmp_path,
    )
    assert "<p>All of them.</p>" in html
    assert "<q>ip = 192.0.2.1</q>" in html
    assert '<samp><bdi class="v">Anna</bdi></samp>' in html
    assert verify(tmp_path / "report.html", tmp_path / "export.json").ok


def test_style_sheets_and_the_readme_of_a_package_can_be_changed(tmp_path: Path) -> None:
    own = {"report/readme.txt.j2": "Hier: {{ title }}"}
    own |= {f"styles/{name}.css": f"/* our {name} */" for name in ("page", "print", "report")}
    for name, content in own.items():
        file = tmp_path / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    html_with({}, tmp_path)
    with (
        dsr_report.read(tmp_path / "export.json") as export,
        dsr_report.Report(export, templates=tmp_path / "templates") as report,
    ):
        report.to(tmp_path / "report.zip")
    with zipfile.ZipFile(tmp_path / "report.zip") as package:
        assert package.read("README.txt").startswith(b"Hier: The personal data")
        page = package.read("report.html").decode()
    for name in ("page", "print", "report"):
        assert f"/* our {name} */" in page


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("<html><body><p>Our report</p></body></html>", "part of the report would not be shown"),
        ("{% for section in sections %}{% endfor %}", "part of the report would not be shown"),
        ("{% for section in sections %}{{ section }}{% endfor %}", "no content security policy"),
        (
            '{% extends "shipped:report/shell/page.html.j2" %}{% block head %}<meta charset="utf-8">{% endblock %}',
            "no content security policy",
        ),
    ],
    ids=["no parts", "parts that are not printed", "bare parts", "another head"],
)
def test_a_page_that_would_lose_parts_or_its_protection_is_not_written(
    content: str, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(DsrReportError, match=problem):
        html_with({"shell/page": content}, tmp_path)
    assert not (tmp_path / "report.html").exists()


def opening_tags(file: Path) -> int:
    """How many opening tags of HTML the texts of a module hold, docstrings aside."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return sum(
        len(OPENING_TAG.findall(node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    )


def test_no_module_holds_html_but_the_sanitizer_and_the_leaves() -> None:
    counted = {
        str(file.relative_to(PACKAGE)): number
        for file in PACKAGE.rglob("*.py")
        if (number := opening_tags(file)) and "sanitize" not in file.parts
    }
    rooms = {name: n for name, n in counted.items() if name.startswith(("rendering/", "writers/"))}
    assert {name: n for name, n in rooms.items() if name not in LEAVES} == {}
    assert counted["rendering/text.py"] <= 5, "leaves stay few"
