"""The notebooks use the public API alone, run from top to bottom, and are committed with what they show."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")
pytest.importorskip("matplotlib")

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
_FRAME = re.compile(r'srcdoc="[^"]*"')
_LARGEST = 400_000


def sources(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def shown(notebook):
    """What each cell shows, without pictures and without the pages of a report."""
    return [
        [
            _FRAME.sub("srcdoc", str(text))
            for output in cell.outputs
            for text in (
                [output.text] if "text" in output else map(output.data.get, ("text/plain", "text/html"))
            )
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def pictures(notebook):
    return [
        len(output.data["image/png"])
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]


def test_there_are_five_stories():
    assert [path.name[0] for path in NOTEBOOKS] == list("12345")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_imports_the_package_alone(path):
    assert path.stat().st_size < _LARGEST
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[0].source.startswith("# ")
    tree = ast.parse("\n".join(sources(notebook)))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module])
    }
    assert "dsr_report" in imported
    assert not [name for name in imported if name.startswith("dsr_report.")]
    assert not re.search(r"\._[a-z]", "\n".join(sources(notebook)))
    assert all(size < 40_000 for size in pictures(notebook))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_what_they_show_is_current():
    spec = importlib.util.spec_from_file_location("run_notebooks", FOLDER / "run.py")
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    for path, notebook in run.executed(NOTEBOOKS).items():
        committed = nbformat.read(path, as_version=4)
        assert shown(notebook) == shown(committed), f"{path.name} is not current: run `make notebooks`"
        assert len(pictures(notebook)) == len(pictures(committed))
        assert not [
            o for cell in committed.cells for o in cell.get("outputs", []) if o.output_type == "error"
        ]
        assert " at 0x" not in str(shown(committed))
