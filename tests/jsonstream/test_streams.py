"""Streams, private copies, hashes, progress, and memory that does not grow with the file."""

import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest

from dsr_report.errors import FileError, NotAnExportError, RedactionError
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.items import values
from dsr_report.jsonstream.rewrite import rewrite
from dsr_report.jsonstream.window import Limits

GOOD = b'{"info":{"type":"profile","id":12},"data":[{"a":1},{"b":2}]}'


def test_a_path_a_stream_bytes_and_an_archive_give_the_same(tmp_path):
    plain, packed = tmp_path / "export.json", tmp_path / "export.json.gz"
    plain.write_bytes(GOOD)
    packed.write_bytes(gzip.compress(GOOD))
    seen = []
    for source in (plain, str(plain), packed, GOOD, io.BytesIO(GOOD), io.BytesIO(gzip.compress(GOOD))):
        with open_export(source) as export, export.raw() as raw:
            seen.append((export.info, list(export.items()), export.sha256, export.bytes, raw.read()))
    assert all(one == seen[0] for one in seen)
    assert seen[0][2:] == (hashlib.sha256(GOOD).hexdigest(), len(GOOD), GOOD)
    assert (seen[0][0].type, seen[0][0].id, seen[0][0].value) == (
        "profile",
        "12",
        {"type": "profile", "id": 12},
    )


def test_standard_input_is_a_dash(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD)))
    with open_export("-") as export:
        assert (export.name, len(list(export.items()))) == ("standard input", 2)


def test_the_hash_of_an_archive_is_kept_beside_that_of_its_content(tmp_path):
    packed = gzip.compress(GOOD)
    with open_export(packed, name="x.gz") as export:
        assert export.original_sha256 == hashlib.sha256(packed).hexdigest()
        assert export.sha256 == hashlib.sha256(GOOD).hexdigest()
    with open_export(GOOD) as export:
        assert export.original_sha256 == export.sha256 == hashlib.sha256(GOOD).hexdigest()


def test_items_can_be_started_again_and_read_side_by_side():
    with open_export(io.BytesIO(GOOD), limits=Limits(window=2, windows=1)) as export:
        pairs = list(zip(export.items(), export.items(), strict=True))
        assert all(one == other for one, other in pairs)
        assert [item for batch in export.batches() for item in batch] == [one for one, _ in pairs]
        next(export.items())
        assert export.sha256 == hashlib.sha256(GOOD).hexdigest()


def test_a_private_copy_is_for_its_owner_alone_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    modes = []
    original = tempfile.TemporaryFile

    def watched(*args, **kwargs):
        file = original(*args, **kwargs)
        modes.append(stat.S_IMODE(os.fstat(file.fileno()).st_mode))
        return file

    monkeypatch.setattr(tempfile, "TemporaryFile", watched)
    with open_export(gzip.compress(GOOD)) as export:
        list(export.items())
    with pytest.raises(NotAnExportError):
        open_export(io.BytesIO(b"nothing"))
    assert modes == [0o600, 0o600]
    assert list(tmp_path.iterdir()) == []


def test_progress_ends_at_the_size_of_the_file():
    steps = []
    with open_export(
        GOOD, limits=Limits(window=8, windows=1), progress=lambda done, total: steps.append((done, total))
    ) as export:
        steps.clear()
        list(export.items())
    assert steps[-1] == (len(GOOD), len(GOOD))
    assert steps == sorted(steps)


def test_a_missing_file_is_an_error_with_its_name(tmp_path):
    with pytest.raises(FileError, match=r"missing\.json"):
        open_export(tmp_path / "missing.json")
    with pytest.raises(FileError):
        open_export(tmp_path)


def test_a_pipe_is_read_like_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen([sys.executable, "-c", f"open({str(pipe)!r}, 'wb').write({GOOD!r})"]) as writer:
        with open_export(pipe) as export:
            assert len(list(export.items())) == 2
        writer.wait()


def by_item(wanted, item):
    return wanted.get(item.pointer, {})


def test_a_pointer_that_names_no_value_is_never_passed_over():
    for pointer in ("/data/0/zz", "/data/0", "/data/1/b/c"):
        wanted = {"/data/" + pointer[6]: {pointer: "x"}}
        with open_export(GOOD) as export, pytest.raises(RedactionError):
            rewrite(export, partial(by_item, wanted), io.BytesIO())


def test_a_huge_message_stays_one_item_and_a_huge_list_does_not():
    message = {"type": "message", "mime": "x\r\n" * 200_000, "html": "y" * 400_000}
    text = json.dumps(
        {"info": {}, "data": [message, [{"a": i, "b": "z" * 50} for i in range(5000)]]}
    ).encode()
    with open_export(text, limits=Limits(largest=200_000, window=10_000, windows=1)) as export:
        items = list(export.items())
    assert items[0].value == message
    assert items[1].pointer == "/data/1/0"
    assert len(items) == 5001


def test_names_in_a_taken_apart_object_may_repeat_across_windows():
    members = b",".join(b'"%d":{"v":%d}' % (i % 300, i) for i in range(900))
    with open_export(
        b'{"info":{},"data":{' + members + b"}}", limits=Limits(window=100, windows=1)
    ) as export:
        found = [
            (pointer, value) for item in export.items() for pointer, value in values(item.value, item.pointer)
        ]
    assert len({pointer for pointer, _ in found}) == 900
    assert found[600] == ("/data/0~r3/v", 600)


LAYOUTS = {
    "list": (b'{"info":{},"data":[', b",", b"]}"),
    "pretty": (b'{\n  "info": {},\n  "data": [\n    ', b",\n    ", b"\n  ]\n}\n"),
    "nested": (b'{"info":{},"data":[[', b",", b"]]}"),
    "keyed": (b'{"info":{},"data":{"clicks":[', b",", b"]}}"),
    "wrapped": (b'{"info":{},"data":[{"type":"clicks","data":{"data":[', b",", b"]}}]}"),
    "late info": (b'{"data":[', b",", b'],"info":{}}'),
    "lines": (b'{"info":{},"data":[]}\n', b"\n", b"\n"),
}
PROGRAM = """
import resource, sys
from dsr_report.jsonstream.items import count_values
from dsr_report.jsonstream.file import open_export
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open_export(sys.argv[1]) as export:
    count = sum(1 for batch in export.batches() for item in batch)
    export.sha256
print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_stays_within_bounds_in_any_layout(layout, tmp_path):
    opening, between, closing = LAYOUTS[layout]
    event = b'{"type":"click","id":"%09d","ip":"198.51.100.7","tags":["a","b"],"agent":"Mozilla","n":%d}'
    path = tmp_path / "export.json"
    with path.open("wb") as file:
        file.write(opening)
        for i in range(300_000 if layout != "lines" else 60_000):
            file.write((between if i else b"") + event % (i, i))
        file.write(closing)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, path], capture_output=True, check=True, text=True, env=_env()
    )
    count, mebibytes = map(int, done.stdout.split())
    assert count >= (300_000 if layout != "lines" else 60_000)
    assert mebibytes < 100, "of 40 MB of JSON that would take 250 MB as objects"


def _env():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.mark.parametrize(
    "start",
    [b"[" * 4000, b'{"' + b"a:" * 4000, b"a: \r\n" * 1600, b"From " + b"x" * 8000, b'{"a":"' + b"\\" * 8001],
)
def test_what_looks_like_many_things_is_judged_at_once(start):
    with pytest.raises(NotAnExportError):
        open_export(start)
