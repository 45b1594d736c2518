"""The recipes for analysts run, and print what stands below them (`python tests/docs/test_recipes.py`)."""

import ast
import json
import os
import re
import sys
import tempfile
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "analysts.md"
_RECIPE = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


def person(number):
    """An invented export: one message, opened by two of three people."""
    key = f"{number:032x}"
    message = {"ID": key, "timestampsent": "2020-03-04 05:06:07", "internal": f"{number + 1}", "mailing": "4"}
    opened = {
        "ID": "1",
        "timestamp": "2020-03-04 06:00:00",
        "ip": "192.0.2.1",
        "device": "mobile",
        "emailing": "4",
    }
    opens = [{**opened, "destination": f"{number + 1}"}] * (number % 3)
    return {"info": {"type": "profile", "id": f"{number}"}, "data": [message, *opens]}


def results(page, folder):
    """What each recipe gives, in the order of the page; they share their names, as cells of a notebook do."""
    (folder / "exports").mkdir()
    for number in range(20):
        (folder / "exports" / f"{number}.json").write_text(json.dumps(person(number)), encoding="utf-8")
    names = {}
    before = Path.cwd()
    os.chdir(folder)
    try:
        for source, expected in _RECIPE.findall(page):
            *statements, last = ast.parse(source).body
            exec(compile(ast.Module(statements, []), PAGE.name, "exec"), names)  # noqa: S102 - our own page
            value = eval(compile(ast.Expression(last.value), PAGE.name, "eval"), names)  # noqa: S307
            yield expected, f"{value}\n"
        names["export"].close()
    finally:
        os.chdir(before)


def test_every_recipe_prints_what_stands_below_it(tmp_path):
    pytest.importorskip("duckdb")
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("```python") == len(_RECIPE.findall(page))
    found = list(results(page, tmp_path))
    assert len(found) > 10
    for expected, got in found:
        assert got == expected, "run: python tests/docs/test_recipes.py"


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        given = iter([got for _, got in results(page, Path(folder))])
    page = _RECIPE.sub(lambda found: f"```python\n{found[1]}```\n\n```text\n{next(given)}```", page)
    PAGE.write_text(page, encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
