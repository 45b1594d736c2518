"""Two operators who type the same command at once: one data request, and both have the export."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dsr_report.register import Register
from dsr_report.sandbox.server import running_sandbox

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_commands_typed_at_once_make_one_data_request_and_all_get_the_export(url, tmp_path):
    with running_sandbox(delay_seconds=1.5) as sandbox:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("COPERNICA", "DSR_REPORT"))}
        environment |= {
            "PYTHONPATH": str(ROOT), "COPERNICA_TOKEN": sandbox.state.token,
            "COPERNICA_API_URL": sandbox.api_url, "COPERNICA_AUTH_URL": sandbox.auth_url,
            "DSR_REPORT_DATABASE": url,
        }  # fmt: skip
        operators = []
        for name in ("anna", "bas", "cem"):
            home = tmp_path / name
            home.mkdir()
            command = [sys.executable, "-m", "dsr_report", "fetch", "20285", "-o", "x.json", "--poll", "0.2s"]
            operators.append(
                subprocess.Popen(
                    command, cwd=home, env=environment | {"XDG_DATA_HOME": str(home)}, text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                )
            )  # fmt: skip
        ends = [(operator.communicate(timeout=120)[1], operator.returncode) for operator in operators]
        assert [code for _, code in ends] == [0, 0, 0], ends
        assert sandbox.state.count("POST", "/datarequest") == len(sandbox.state.jobs) == 1
    exports = {(tmp_path / name / "x.json").read_bytes() for name in ("anna", "bas", "cem")}
    assert exports == {(ROOT / "sample_exports" / "subprofile-20285.json").read_bytes()}
    with Register.open(url) as register:
        assert not register.check().findings
        assert len(register.cases()) == 1
