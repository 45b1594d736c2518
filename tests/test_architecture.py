"""The rooms of the house: imports only go down, each heavy library lives in its rooms, help is instant."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import dsr_report

PACKAGE = Path(dsr_report.__file__).parent
FLOORS = {
    "sentences": -2, "locks": -2, "errors": -1, "temporary": -1, "closing": -1,
    "pointers": 0, "addresses": 0, "times": 0, "files": 0, "shipped": 0,
    "workers": 0.1, "progress": 0, "spool": 0, "printable": 0.2, "lexicon": 0, "languages": 0.2,
    "dates": 0.2, "countries": 0.2, "user_agents": 0.2,
    "choices": 0, "config": 2.5,
    "jsonstream": 1,
    "mime": 2.1, "sanitize": 2.2, "records": 2.2,
    "tables": 3, "redact": 3.1,
    "models": 2.3, "record_set": 2.4, "plots": 3.1, "show": 0,
    "export": 3.2,
    "rendering": 4,
    "writers": 5,
    "verification": 5.1,
    "inspection": 3.3,
    "exports": 5.2,
    "proof": 5.4, "problems": 5.4, "report_steps": 5.4, "report": 5.5,
    "delivery": 6,
    "fetch": 6.1, "register": 6.1, "sandbox": 6.2, "receive": 6.3,
    "reply_draft": 6.9, "operations": 7,
    "obtain": 7, "retention": 7.1, "batch": 7.1, "desk": 7.2, "schemas": 7.2,
    "__init__": 8, "cli": 8, "__main__": 9,
}  # fmt: skip
WINGS = {"fetch", "register", "sandbox", "receive", "desk"}
# A library → the rooms that may import it; everything else asks those rooms.
LIBRARIES = {
    "click": {"cli"},
    "weasyprint": {"writers"},
    "pikepdf": {"mime", "writers", "verification", "delivery"},
    "jinja2": {"rendering", "delivery"},
    "httpx": {"fetch"},
    "sqlalchemy": {"register"},
    "alembic": {"register"},
    "pandas": {"tables", "plots"},
    "matplotlib": {"plots"},
    "pyarrow": {"tables"},
    "nh3": {"sanitize"},
    "selectolax": {"mime", "sanitize", "redact"},
    "jiter": {"jsonstream"},
    "ua_parser": {"user_agents"},
    "starlette": {"receive", "desk"},
    "uvicorn": {"receive", "desk"},
    "python_multipart": {"desk"},
    "msgspec": {"jsonstream"},
    "tomlkit": {"desk"},
    "dns": {"receive"},
    "idna": {"addresses"},
    "phonenumbers": {"redact"},
    "stdnum": {"redact"},
    "distributed": {"batch"},
    "fsspec": {"batch"},
    "docx": {"delivery"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imported(module: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names |= {word.value for word in node.args if isinstance(word, ast.Constant)}
    return names


def rooms_imported_by(module: Path) -> set[str]:
    found = set()
    for name in imported(module):
        parts = name.split(".")
        if parts[0] == "dsr_report" and len(parts) > 1:
            found.add(parts[1] if parts[1] in FLOORS else "__init__")
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_go_down(module):
    here = room_of(module)
    assert here in FLOORS, f"give the room {here!r} a floor"
    wrong = {room for room in rooms_imported_by(module) if room != here and FLOORS[room] >= FLOORS[here]}
    assert not wrong


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_floors_one_to_six_never_enter_a_wing(module):
    if FLOORS[room_of(module)] <= 6:
        assert not rooms_imported_by(module) & WINGS


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_each_heavy_library_lives_in_its_rooms(library):
    users = {room_of(m) for m in MODULES if any(n.split(".")[0] == library for n in imported(m))}
    assert users
    assert users <= LIBRARIES[library]


def test_help_imports_neither_pandas_nor_weasyprint_nor_sqlalchemy():
    code = (
        "import sys\n"
        "from dsr_report.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as stop: assert not stop.code\n"
        "heavy = {'pandas', 'weasyprint', 'sqlalchemy', 'httpx', 'pydantic', 'jinja2', 'pikepdf', 'babel'}\n"
        "heavy |= {'phonenumbers', 'stdnum'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_inspect_of_a_large_export_builds_no_models(tmp_path):
    file = tmp_path / "export.json"
    event = (
        '{"event":"open","id":"1","time":"2024-05-01 10:00:00","token":"0123456789abcdef0123456789abcdef"}'
    )
    file.write_text('{"info":{"type":"profile","id":"1"},"data":[' + ",".join([event] * 90_000) + "]}")
    code = (
        "import sys\n"
        "from dsr_report.cli import main\n"
        f"try: main(['inspect', '-q', {str(file)!r}])\n"
        "except SystemExit as stop: assert not stop.code\n"
        "heavy = {'pydantic', 'email', 'concurrent.futures'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
