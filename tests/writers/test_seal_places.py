"""A seal is found wherever it stands in a file, however large the file is."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsr_report.errors import LedgerError
from dsr_report.writers.seal import PLACEHOLDER, check_seal, put_seal

_MIB = 1 << 20
_LONG = len(PLACEHOLDER)


def sealed(path: Path, content: bytes) -> Path:
    with path.open("w+b") as file:
        file.write(content)
        put_seal(file)
    return path


@pytest.mark.parametrize(
    "start", [0, 1, _MIB - _LONG, _MIB - _LONG + 1, _MIB - 30, _MIB - 1, _MIB, 2 * _MIB - 7]
)
@pytest.mark.parametrize("after", [0, 1, 2 * _MIB])
def test_a_seal_is_found_at_any_place_and_breaks_with_any_byte(
    tmp_path: Path, start: int, after: int
) -> None:
    path = sealed(tmp_path / "a.html", b"x" * start + PLACEHOLDER.encode() + b"y" * after)
    assert check_seal(path) is True

    content = bytearray(path.read_bytes())
    assert len(content) == start + _LONG + after
    content[start - 1 if start else -1] ^= 1
    path.write_bytes(content)
    assert check_seal(path) is False


@pytest.mark.parametrize("between", [0, 5, _MIB - _LONG - 3, _MIB])
def test_two_seals_are_refused(tmp_path: Path, between: int) -> None:
    with pytest.raises(LedgerError, match="exactly one seal"):
        sealed(tmp_path / "a.html", PLACEHOLDER.encode() + b"x" * between + PLACEHOLDER.encode())


@pytest.mark.parametrize("content", [b"", b"P", b"PK", b"PK\x03\x04 and more", b"x" * (2 * _MIB)])
def test_a_file_without_a_seal_has_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert check_seal(path) is None


def test_the_seal_of_a_package_is_its_last_words(tmp_path: Path) -> None:
    inner = b"PK\x03\x04" + PLACEHOLDER.encode()[:-1] + b"1" + b"z" * 100
    path = sealed(tmp_path / "a.zip", inner + PLACEHOLDER.encode())
    assert check_seal(path) is True


def test_a_text_that_looks_like_a_seal_is_no_second_one(tmp_path: Path) -> None:
    said = f"what does {PLACEHOLDER} mean?".encode()
    page = b'<meta name="dsr-report-seal" content="' + PLACEHOLDER.encode() + b'">'
    path = sealed(tmp_path / "a.html", said + page + said)
    assert check_seal(path) is True
    assert path.read_bytes().startswith(said)
    path.write_bytes(path.read_bytes().replace(b"mean", b"meen", 1))
    assert check_seal(path) is False
