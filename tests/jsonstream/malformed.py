# ruff: noqa: E501  (a sentence of the documentation is not broken)
"""Every malformed input, and what happens: the rows of `docs/malformed-input.md`, and the cases of its test."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import dataclass
from email.message import EmailMessage

from dsr_report.errors import BrokenJsonError, NotAnExportError, NotReadyError

GOOD = b'{"info":{"type":"email","id":"a@example.org"},"data":[{"a":1}]}'


def export(data: bytes, rest: bytes = b"") -> bytes:
    return b'{"info":{"type":"email","id":"a@example.org"},"data":' + data + rest + b"}"


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return target.getvalue()


def mailed(*attachments: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "noreply@example.com",
        "a@example.org",
        "Your data request",
    )
    message.set_content("The data is attached.")
    for attachment in attachments:
        message.add_attachment(attachment, maintype="application", subtype="json", filename="data.json")
    return bytes(message)


@dataclass(frozen=True)
class Malformed:
    """An input, and either an error or the warnings and values that reading gives."""

    what: str
    happens: str
    text: bytes
    error: type[Exception] | None = None
    says: str = ""
    warns: tuple[str, ...] = ()
    values: tuple[tuple[str, object], ...] = ()
    salvaged: tuple[tuple[str, object], ...] | None = None


A1 = (("/data/0/a", 1),)

CASES: dict[str, tuple[Malformed, ...]] = {
    "Odd, and read all the same": (
        Malformed(
            "byte-order mark",
            "read without it",
            b"\xef\xbb\xbf" + GOOD,
            warns=("byte-order-mark",),
            values=A1,
        ),
        Malformed("white space before it, of any length", "read", b" \r\n\t" * 5_000 + GOOD, values=A1),
        Malformed(
            "a name twice in one object",
            "every value is kept; the pointer of the second ends in `~r2`, of the third in `~r3`",
            export(b'[{"a":1,"a":2,"a":1}]'),
            warns=("duplicate-key",),
            values=(("/data/0/a", 1), ("/data/0/a~r2", 2), ("/data/0/a~r3", 1)),
        ),
        Malformed(
            "`data` twice",
            "both are read",
            export(b"[1]", b',"data":[2]'),
            warns=("duplicate-key",),
            values=(("/data/0", 1), ("/data~r2/0", 2)),
        ),
        Malformed(
            "`info` twice",
            "the first counts; the second is a record beside `data`",
            export(b"[]", b',"info":{"id":2}'),
            warns=("duplicate-key",),
            values=(("/info~r2/id", 2),),
        ),
        Malformed(
            "half of a pair of surrogates (`\\ud800`)",
            "kept as it is",
            export(b'["\\ud800"]'),
            warns=("lone-surrogate",),
            values=(("/data/0", "\ud800"),),
        ),
        Malformed(
            "bytes that are no UTF-8",
            "kept, each as one surrogate (Python's `surrogateescape`), so that the bytes can be had back",
            export(b'["caf\xe9"]'),
            warns=("invalid-utf-8",),
            values=(("/data/0", "caf\udce9"),),
        ),
        Malformed(
            "unescaped NUL, line feed or other control character in a string",
            "kept",
            export(b'["a\x00b\nc"]'),
            warns=("control-character",),
            values=(("/data/0", "a\x00b\nc"),),
        ),
        Malformed(
            "escaped NUL (`\\u0000`)",
            "kept; it is valid",
            export(b'["\\u0000"]'),
            values=(("/data/0", "\x00"),),
        ),
        Malformed(
            "`NaN`, `Infinity`, `-Infinity`",
            "kept as that text",
            export(b"[NaN,-Infinity]"),
            warns=("not-a-number",),
            values=(("/data/0", "NaN"), ("/data/1", "-Infinity")),
        ),
        Malformed(
            "a comma before a closing bracket",
            "read; no value is missing",
            export(b'[{"a":1,},]'),
            warns=("trailing-comma",),
            values=A1,
        ),
        Malformed(
            "integers beyond 64 bits, decimals, `-0`, `1E3`",
            "exact: as they were written",
            export(b"[123456789012345678901,1.50,-0,1E3]"),
            values=(
                ("/data/0", 123456789012345678901),
                ("/data/1", "1.50"),
                ("/data/2", "-0"),
                ("/data/3", "1E3"),
            ),
        ),
        Malformed(
            "a number of more than 4300 digits",
            "kept as text",
            export(b"[" + b"7" * 5000 + b"]"),
            values=(("/data/0", "7" * 5000),),
        ),
        Malformed("an empty name", "kept", export(b'{"":{"":1}}'), values=(("/data//", 1),)),
        Malformed(
            "a name of a megabyte",
            "kept",
            export(b'[{"' + b"k" * 2_000_000 + b'":1}]'),
            values=(("/data/0/" + "k" * 2_000_000, 1),),
        ),
        Malformed(
            "nested 400 levels deep",
            "read",
            export(b"[" * 400 + b"1" + b"]" * 400),
            values=(("/data" + "/0" * 400, 1),),
        ),
        Malformed(
            "`info` after `data`",
            "read; the file is gone through twice",
            b'{"data":[{"a":1}],"info":{"id":1}}',
            values=A1,
        ),
        Malformed(
            "`info` that is no object",
            "read; type and id are unknown",
            b'{"info":5,"data":[{"a":1}]}',
            warns=("odd-info",),
            values=A1,
        ),
        Malformed(
            "no `data`",
            "read; nothing was found",
            b'{"info":{"type":"email","id":"a@example.org"}}',
            warns=("no-data",),
        ),
        Malformed("`data` is `[]` or `{}`", "read; nothing was found", export(b"[]")),
        Malformed("`data` is `null`", "one value, `null`", export(b"null"), values=(("/data", None),)),
        Malformed(
            "`data` is a sentence (but not that it is not ready)",
            "one value",
            export(b'"No luck"'),
            warns=("data-is-text",),
            values=(("/data", "No luck"),),
        ),
        Malformed(
            "members beside `info` and `data`",
            "records with their name as label",
            export(b"[]", b',"more":{"x":1}'),
            values=(("/more/x", 1),),
        ),
    ),
    "Several documents, and more than documents": (
        Malformed(
            "JSON Lines, or documents one after another (also with commas or record separators between)",
            "all are read; pointers of the second begin with `/~d2`, of the third with `/~d3`",
            GOOD + b"\n" + GOOD + b",\x1e" + GOOD,
            warns=("several-documents",),
            values=(
                ("/data/0/a", 1),
                ("/~d2/info/type", "email"),
                ("/~d2/info/id", "a@example.org"),
                ("/~d2/data/0/a", 1),
                ("/~d3/info/type", "email"),
                ("/~d3/info/id", "a@example.org"),
                ("/~d3/data/0/a", 1),
            ),
        ),
        Malformed(
            "JSON Lines whose further lines are records",
            "each line is a record",
            GOOD + b'\n{"b":2}\n[3]',
            warns=("several-documents",),
            values=(("/data/0/a", 1), ("/~d2/b", 2), ("/~d3/0", 3)),
        ),
        Malformed(
            "a list of documents",
            "all are read; the pointers are those in the list",
            b"[" + GOOD + b',{"info":{"id":2},"data":[2]},{"b":3}]',
            values=(("/0/data/0/a", 1), ("/1/info/id", 2), ("/1/data/0", 2), ("/2/b", 3)),
        ),
        Malformed(
            "text that is no JSON after the export",
            "kept as one value, with the pointer `/~d2` (up to 1 MiB)",
            GOOD + b"\n</html>",
            warns=("several-documents", "trailing-data"),
            values=(("/data/0/a", 1), ("/~d2", "</html>")),
        ),
        Malformed(
            "more than 1 MiB of it",
            "refused",
            GOOD + b"x" * 1_100_000,
            BrokenJsonError,
            "byte 63",
            salvaged=A1,
        ),
    ),
    "Wrapped": (
        Malformed("gzip", "unpacked", gzip.compress(GOOD), values=A1),
        Malformed("ZIP with one export", "unpacked", zipped(export_json=GOOD), values=A1),
        Malformed(
            "ZIP with an export and another file",
            "refused",
            zipped(export_json=GOOD, readme_txt=b"x"),
            NotAnExportError,
            "1 more file",
        ),
        Malformed(
            "ZIP with two exports", "refused", zipped(a_json=GOOD, b_json=GOOD), NotAnExportError, "2 files"
        ),
        Malformed("ZIP without an export", "refused", zipped(), NotAnExportError, "contains no export"),
        Malformed("gzip in a ZIP", "unpacked", zipped(export_json_gz=gzip.compress(GOOD)), values=A1),
        Malformed("mail with the export attached", "unpacked", mailed(GOOD), values=A1),
        Malformed(
            "mail with the export attached as gzip", "unpacked", mailed(gzip.compress(GOOD)), values=A1
        ),
        Malformed(
            "mail without an export", "refused", mailed(), NotAnExportError, "the mail contains no export"
        ),
        Malformed(
            "form field (`data=%7B…`)",
            "unpacked",
            b"data=%7B%22info%22:%7B%7D,%22data%22:%5B%7B%22a%22:1%7D%5D%7D",
            values=A1,
        ),
        Malformed(
            "UTF-16", "converted to UTF-8", GOOD.decode().encode("utf-16"), warns=("utf-16",), values=A1
        ),
        Malformed(
            "archive that unpacks to many times its size (400 times, from 64 MiB on)",
            "refused",
            gzip.compress(b"[" + b" " * 70_000_000),
            NotAnExportError,
            "unpacks to more than",
        ),
        Malformed(
            "gzip that is cut off",
            "refused",
            gzip.compress(json.dumps(list(range(9000))).encode())[:-900],
            BrokenJsonError,
            "cut off",
        ),
        Malformed(
            "ZIP that is cut off",
            "refused",
            zipped(export_json=GOOD)[:-30],
            BrokenJsonError,
            "broken or cut off",
        ),
    ),
    "Broken": (
        Malformed(
            "cut off within a record",
            "refused; `--salvage` reads what is whole, and the report says that the export was incomplete",
            export(b'[{"a":1},{"b":"x","c":[2,{"d":3')[:-1],
            BrokenJsonError,
            "cut off",
            salvaged=(("/data/0/a", 1), ("/data/1/b", "x"), ("/data/1/c/0", 2)),
        ),
        Malformed(
            "cut off between records",
            "the same",
            export(b'[{"a":1},')[:-1],
            BrokenJsonError,
            "cut off",
            salvaged=A1,
        ),
        Malformed(
            "cut off in `info`", "refused, also with `--salvage`", GOOD[:20], BrokenJsonError, "byte 20"
        ),
        Malformed(
            "a broken record among whole ones, in a list whose records stand alike (one a line, indented, or with "
            "the same members)",
            "refused; `--salvage` reads what is whole of it, goes on at the next record that is whole, and gives "
            "the bytes that are lost (warning `lost`)",
            export(b'[{"a":1},{"a":2},{"a":oops},{"a":4},{"a":5}]'),
            BrokenJsonError,
            "byte 75",
        ),
        Malformed(
            "a broken line of JSON Lines",
            "the same, from the next line on",
            b'{"info":{"id":"a@example.org"},"data":[]}\n{"a":1}\n{"a":oops}\n{"a":3}\n',
            BrokenJsonError,
            "byte 55",
        ),
        Malformed(
            "something else in the middle, where no such place follows",
            "refused; `--salvage` reads what stands before it",
            export(b'[{"a":1},{"b":oops},{"c":2}]'),
            BrokenJsonError,
            "byte 67",
            salvaged=A1,
        ),
        Malformed(
            "a bracket of the wrong kind",
            "the same",
            export(b'[{"a":1},{"b":2]]'),
            BrokenJsonError,
            "byte 68",
            salvaged=(*A1, ("/data/1/b", 2)),
        ),
        Malformed(
            "a backslash without a valid escape",
            "the same",
            export(b'[{"a":1},"\\x"]'),
            BrokenJsonError,
            "escape",
            salvaged=A1,
        ),
        Malformed(
            "numbers that JSON does not know (`01`, `+1`, `1.`, `.5`, `0x1`)",
            "the same",
            export(b'[{"a":1},01]'),
            BrokenJsonError,
            "byte",
            salvaged=A1,
        ),
        Malformed(
            "cut off within a number",
            "the number is not whole, and is left out",
            export(b'[{"a":1},{"b":-0E')[:-1],
            BrokenJsonError,
            "cut off",
            salvaged=A1,
        ),
        Malformed(
            "names without quotes, or in single quotes",
            "the same",
            export(b"[{'a':1}]"),
            BrokenJsonError,
            "byte",
            salvaged=(),
        ),
        Malformed(
            "comments", "the same", export(b'[{"a":1} /* one */]'), BrokenJsonError, "byte", salvaged=A1
        ),
        Malformed(
            "nested more than 500 levels deep (100,000 say)",
            "refused",
            export(b"[" * 100_000 + b"]" * 100_000),
            NotAnExportError,
            "500 levels",
        ),
        Malformed("100,000 open brackets", "refused", b"[" * 100_000, NotAnExportError, "500 levels"),
    ),
    "Something else than an export (exit code 4)": (
        Malformed("empty file", "refused", b"", NotAnExportError, "empty"),
        Malformed("only white space", "refused", b" \n\n", NotAnExportError, "white space"),
        Malformed(
            "web page", "refused", b"<!DOCTYPE html><html><title>503</title>", NotAnExportError, "web page"
        ),
        Malformed("XML", "refused", b"<?xml version='1.0'?><a/>", NotAnExportError, "XML"),
        Malformed("PDF", "refused", b"%PDF-1.7\n", NotAnExportError, "a PDF"),
        Malformed(
            "picture, database, bzip2, xz, 7z …",
            "refused",
            b"\x89PNG\r\n\x1a\n",
            NotAnExportError,
            "an image",
        ),
        Malformed("any other text or bytes", "refused", b"Dear customer", NotAnExportError, "no JSON"),
        Malformed(
            "a number, text or `null` alone", "refused", b'"hello"', NotAnExportError, "JSON, but no object"
        ),
        Malformed("JSON without `info`", "refused", b'{"data":[1]}', NotAnExportError, "no 'info'"),
        Malformed(
            "a list of something else",
            "refused",
            b'[{"a":1},{"info":{},"data":[]}]',
            NotAnExportError,
            "no 'info'",
        ),
        Malformed(
            "an error of the API",
            "refused; says which",
            b'{"error":{"message":"Invalid access token"}}',
            NotAnExportError,
            "Invalid access token",
        ),
        Malformed(
            "the state of a finished data request",
            "refused",
            b'{"status":"available","available":99}',
            NotAnExportError,
            "state of a data request",
        ),
        Malformed(
            "a page of a list (`start`, `limit`, `total`, `data`)",
            "refused",
            b'{"start":0,"limit":100,"count":0,"total":0,"data":[]}',
            NotAnExportError,
            "a page of a list",
        ),
    ),
    "Not ready yet (exit code 3)": (
        Malformed(
            "`Data not available (yet)` in place of `data`",
            "to be tried again",
            export(b'"Data not available (yet)"'),
            NotReadyError,
        ),
        Malformed(
            "`Data not available (yet).`", "the same", export(b'"Data not available (yet)."'), NotReadyError
        ),
        Malformed(
            "`no data available (yet).`", "the same", export(b'"no data available (yet)."'), NotReadyError
        ),
        Malformed(
            "`Data are not available (yet).`",
            "the same",
            export(b'"Data are not available (yet)."'),
            NotReadyError,
        ),
        Malformed("such a sentence alone", "the same", b"Data not available (yet)", NotReadyError),
        Malformed(
            "the state of a data request that is pending",
            "the same",
            b'{"status":"pending","available":99}',
            NotReadyError,
        ),
    ),
}


def table() -> str:
    """The page of the documentation."""
    lines = [
        "# Malformed input, and what happens",
        "",
        "Every row is a test case (this page is made of `tests/jsonstream/malformed.py` and",
        "`tests/mime/ugly_messages.py`; `make malformed-input` writes it). A warning goes to stderr, and into",
        "`warnings` of `inspect --json` with the pointer of its place; of each kind the first hundred are kept.",
        "“Refused” is exit code 4 unless said otherwise, with a message that says what and where: for broken",
        "JSON, the byte. Nothing that is read is changed; the file itself never is.",
    ]
    for title, cases in CASES.items():
        lines += ["", f"## {title}", "", "| input | what happens | warning |", "|---|---|---|"]
        lines += [f"| {c.what} | {c.happens} | {', '.join(f'`{w}`' for w in c.warns)} |" for c in cases]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201  (it is what this is for)
