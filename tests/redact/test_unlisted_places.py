"""Places found by trying: letters of other languages in every encoding, texts in files of programs."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import plistlib
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

NAMES = [
    "Zoë Ångström-d'Hélène", "Çağla Yıldırım", "Łukasz Wójcik", "Søren Ærøskøbing", "Þórunn Guðmundsdóttir",
    "Иван Петровский", "王小明先生您好", "Nguyễn Thị Ánh Tuyết", "Jörg Großmann", "Karin Dubbelaar",
]  # fmt: skip


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


ENCODED: dict[str, Callable[[str], str]] = {
    "base64": lambda name: in_base64(name.encode()),
    "base64 of links": lambda name: base64.urlsafe_b64encode(name.encode()).decode().rstrip("="),
    "UTF-16 in base64": lambda name: in_base64(name.encode("utf-16-le")),
    "UTF-16 with its mark": lambda name: in_base64(b"\xfe\xff" + name.encode("utf-16-be")),
    "hexadecimal": lambda name: name.encode().hex(),
    "pairs": lambda name: name.encode().hex(" "),
    "pairs with colons": lambda name: name.encode().hex(":"),
    "UTF-16 in hexadecimal": lambda name: name.encode("utf-16-be").hex(),
    "gzip": lambda name: in_base64(gzip.compress(name.encode(), mtime=0)),
    "zlib": lambda name: in_base64(zlib.compress(name.encode())),
    "bzip2": lambda name: in_base64(bz2.compress(name.encode())),
    "xz": lambda name: in_base64(lzma.compress(name.encode())),
    "percent": lambda name: quote(quote(name, safe=""), safe=""),
    "capitals": str.upper,
    "small letters": str.lower,
}


@pytest.mark.parametrize("way", ENCODED)
def test_a_name_of_any_language_is_hidden_in_every_encoding(case, way):
    texts = [f"zie {ENCODED[way](name)} hier" for name in NAMES]
    notes = [{"type": "note", "text": text} for text in texts]
    shown = case(*notes, *({"type": "note", "text": name} for name in NAMES)).withhold(*NAMES).shown()
    assert [
        text for text, record in zip(texts, shown.data, strict=False) if text.split()[1] in record["text"]
    ] == []
    assert all(record["text"].startswith("zie ") for record in shown.data[: len(texts)])


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Łukasz Wójcik", "Lukasz Wojcik"), ("Çağla Yıldırım", "Cagla Yildirim"),
        ("Søren Ærøskøbing", "Soeren Aeroeskoebing"), ("Søren Ærøskøbing", "Soren Aeroskobing"),
        ("Þórunn Guðmundsdóttir", "Thorunn Gudmundsdottir"), ("Đặng Văn Hưng", "Dang Van Hung"),
    ],
)  # fmt: skip
def test_a_name_is_hidden_as_it_is_written_where_a_keyboard_lacks_its_letters(case, name, written):
    shown = case({"type": "note", "text": f"met {written}."}, {"type": "note", "text": name}).withhold(name)
    assert shown.shown().data[0]["text"].startswith("met [withheld")


def table(name: str, folder) -> bytes:
    file = folder / "a.db"
    file.unlink(missing_ok=True)
    with sqlite3.connect(file) as database:
        database.execute("create table a (t)")
        database.execute("insert into a values (?)", (name,))
    database.close()
    return file.read_bytes()


def picture(name: str) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    comments = [
        (b"zTXt", b"Comment\0\0" + zlib.compress(name.encode())),
        (b"iTXt", b"Comment\0\x01\0nl\0\0" + zlib.compress(name.encode())),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in comments) + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", ["Karin Dubbelaar", "Zoë Ångström-d'Hélène", "jan.dubbelaar@elders.example"])
def test_a_name_in_a_file_of_a_program_is_hidden_with_the_file(case, tmp_path, name):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.bin", b"\x01\x0f" + name.encode() + b"\x02Q\0")
    files = [
        table(name, tmp_path), plistlib.dumps({"x": "y", "n": name}, fmt=plistlib.FMT_BINARY), picture(name),
        b"\0\x01Q" + name.encode() + b"\0Q", made.getvalue(), f"{{\\rtf1 {name}}}".encode(),
    ]  # fmt: skip
    mails = [
        {
            "type": "message",
            "mime": "From: a@shop.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
            "boundary=b\n\n--b\n\nDag klant\n--b\nContent-Type: application/octet-stream\n"
            f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(content).decode()}\n--b--\n",
        }
        for content in files
    ]
    shown = case(*mails, {"type": "note", "text": name}).withhold(name).shown()
    for before, after in zip(mails, shown.data, strict=False):
        assert before["mime"] != after["mime"]
        assert "Dag klant" in after["mime"]
    assert shown.values.in_part == len(mails)


def test_the_name_of_a_file_is_read_though_it_is_cut_within_a_letter(case):
    whole = quote("Zoë Ångström.txt", safe="")
    mime = (
        "From: a@shop.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain\nContent-Disposition: "
        f"attachment; filename*0*=utf-8''{whole[:15]};\n filename*1*={whole[15:]}\n\nDag\n"
    )
    shown = case({"type": "message", "mime": mime}, {"type": "note", "text": "Zoë Ångström"})
    assert whole[15:] not in shown.withhold("Zoë Ångström").shown().data[0]["mime"]
