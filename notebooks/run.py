"""Runs the notebooks and saves their outputs: `python notebooks/run.py [NAME…]`; `make notebooks` runs all.

The outputs are committed, so that the notebooks can be read without running them. A test runs them again and
checks that the committed outputs are current. Details that vary between runs are removed.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
_OBJECT = re.compile(r" at 0x[0-9a-f]+")
_STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
"""The style element that pandas repeats in each table."""


def executed(paths: list[Path]) -> dict[Path, Any]:
    """Path → notebook with the outputs of a run from top to bottom; one kernel runs all in succession."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(FOLDER.parent), os.environ.get("PYTHONPATH", "")])
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1767225600")
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(FOLDER))
    done = {}
    try:
        for path in paths:
            notebook = nbformat.read(path, as_version=4)
            forget = nbformat.v4.new_code_cell("%reset -f")  # notebooks must not depend on each other
            notebook.cells.insert(0, forget)
            client = NotebookClient(notebook, km=manager, timeout=180)
            try:
                client.execute(cleanup_kc=False, reset_kc=False)
            finally:
                if client.kc is not None:
                    client.kc.stop_channels()
            del notebook.cells[0]
            done[path] = settled(notebook)
    finally:
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
    return done


def settled(notebook: Any) -> Any:
    """Remove from a notebook what varies between runs: execution counts, addresses, styles."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        for output in cell.outputs:
            output.pop("execution_count", None)
            if output.output_type == "execute_result":
                output["execution_count"] = None
            for form, text in output.get("data", {}).items():
                if form.startswith("text/"):
                    output.data[form] = _STYLE.sub("", _OBJECT.sub("", text))
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def main(names: list[str]) -> None:
    """Run the notebooks with these names, or all, and save them."""
    paths = [FOLDER / f"{name}.ipynb" for name in names] or sorted(FOLDER.glob("*.ipynb"))
    for path, notebook in executed(paths).items():
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
