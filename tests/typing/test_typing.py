"""Types are public: what users write passes mypy --strict and pyright's strict mode."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dsr_report import models, record_set
from dsr_report.records.kinds import KINDS
from dsr_report.records.record_model import model_of

ROOT = Path(__file__).resolve().parents[2]
USER_CODE = Path(__file__).with_name("user_code.py")


def test_each_kind_with_a_class_of_its_own_is_known_to_give_it():
    text = Path(record_set.__file__).read_text(encoding="utf-8")
    for kind in (name for name, kind in KINDS.items() if kind.model):
        model = model_of(kind)
        assert getattr(models, model.__name__) is model
        line = f'def of_kind(self, kind: Literal["{kind}"], /) -> Iterator[models.{model.__name__}]: ...'
        assert line in text


@pytest.mark.slow
def test_users_code_passes_mypy(tmp_path):
    pytest.importorskip("mypy")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        f"--config-file={ROOT / 'pyproject.toml'}",  # of libraries without types it says that they are known
        f"--cache-dir={ROOT / '.mypy_cache'}",
    ]
    done = subprocess.run(
        [*command, str(USER_CODE)], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "MYPYPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_users_code_passes_pyright(tmp_path):
    pytest.importorskip("pyright")
    shutil.copy(USER_CODE, tmp_path)
    settings = {"include": ["*.py"], "extraPaths": [str(ROOT)], "typeCheckingMode": "strict"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", tmp_path, "--outputjson"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
    )  # fmt: skip
    if not done.stdout.startswith("{"):
        pytest.skip("PYRIGHT DID NOT RUN: it is fetched by npm when it is first used")
    told = json.loads(done.stdout)
    assert told["summary"]["filesAnalyzed"] == 1
    found = told["generalDiagnostics"]
    assert not found, "\n".join(f"{one['range']['start']['line'] + 1}: {one['message']}" for one in found)
