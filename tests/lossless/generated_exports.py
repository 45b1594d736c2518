"""Exports that nobody wrote: arbitrary JSON with every oddity, and samples after somebody played with them.

A value is first drawn as a plan (objects as lists of pairs, so that names can repeat), then written as JSON
text. Each text and most names get a word of their own (`qz17x`), so that finding it proves something.
"""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from accounting import Num, Pairs, documents
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_exports"
SPECIMENS = ROOT / "tests" / "data" / "specimens.txt"


class Raw(str):
    """JSON as it is to be written."""

    __slots__ = ()


class Marked(str):
    """A text or name that gets a word of its own, in place of `@`."""

    __slots__ = ()


class Blob(str):
    """A marked text, in base64."""

    __slots__ = ()


# ---- what a value may be

ANY_TEXT = st.text(st.characters(codec=None), max_size=8)
ODD_TEXT = st.sampled_from(
    [
        "\x00", "\x1b[2J", "\ud800", "\udfff", "\ud83d", "\u202e", "\ufeff", "\u2028", "\ufffe", "\U000e0001",
        "\r", "\r\n\r\n", " ", "\t", "<", "&amp;", "</bdi>", "<!--", "]]>", "{{", "{%", "<!--events-->",
        "⟨U+0041⟩", "http://", "javascript:", "\\", '"', "'", "·", "…", "(empty)", "null", "0", "-0", "1E400",
    ]
)  # fmt: skip
DATES = ["2024-03-31 02:30:00", "2024-10-27 02:30:00", "0000-00-00 00:00:00", "0000-00-00", "2024-02-30",
         "9999-12-31 23:59:59", "0001-01-01 00:00:00", "1488607200", "2017-03-04", "tomorrow"]  # fmt: skip
MESSAGES = [
    "From: a@example.org\r\nSubject: @\r\n\r\n@\r\n",
    "From: a@example.org\nSubject: =?utf-8?q?@?=\n\n@\n\n@",
    "Subject: @\r\nFrom: b@example.org\r\nContent-Type: text/html\r\n\r\n<p>@<b>@</b></p>",
    "From: c@example.org\r\nMIME-Version: 1.0\r\nSubject: @\r\n"
    "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
    "Content-Type: text/plain; charset=iso-8859-15\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    "@ =E9\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "PHA+aGFsbG88L3A+\r\n--b--\r\n",
    "From: d@example.org\r\nSubject: @\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n"
    '@\r\n--x\r\nContent-Type: application/pdf; name="../../@.pdf"\r\nContent-Disposition: attachment\r\n'
    "\r\nJVBERi0=\r\n",
    "From nobody Mon Jan  1 00:00:00 2024\nTo: e@example.org\nSubject: @\nContent-Type: message/rfc822\n\n"
    "From: f@example.org\nSubject: @\n\n@",
]
TEXTS_OF_A_FORM = [
    *MESSAGES,
    "<p>@</p>", "<html><body><h1>@</h1><script>alert(1)</script></body></html>", "<b>@", "<table><tr><td>@",
    "<?xml version='1.0'?><survey><question>@</question><answer>@</answer></survey>",
    '{"ID":"1","link":"https://x.example/@"}', '[{"question":"@","answer":"@"}]', '{"a":', "[1,2]",
    "id,time,ip,useragent\n@,2024-01-02 03:04:05,192.0.2.1,@\n", "a;b;c\n@;@;@",
    "data:text/plain,@", "data:text/html;base64,PHA+aGFsbG88L3A+", "mailto:@@example.org",
    "https://x.example/?q=@", "User-Agent: @\nAccept: */*", "News;May;@", "%3Cb%3E@",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) @",
]  # fmt: skip
LOOKS_ENCODED = st.one_of(
    st.integers(0, 2**128 - 1).map("{:032x}".format),
    st.integers(0, 2**160 - 1).map("{:040X}".format),
    st.text("abcdefghijklmnopqrstuvwxyzABC0123456789+/", min_size=20, max_size=44),
    st.sampled_from(
        ["klantenservice", "abonnement2023aa", "Geschaeftsfuehrungsbereich", "20240102030405060708090"]
    ),
)
"""Ids and words that could be base64, and were not meant as such."""
TEXTS = st.one_of(
    st.builds(lambda a, b: Marked(f"{a}@{b}"), ANY_TEXT, ANY_TEXT),
    st.builds(lambda a, b: Marked(f"{a}@{b}"), ODD_TEXT, ODD_TEXT),
    ODD_TEXT,
    st.sampled_from(["", *DATES]),
    LOOKS_ENCODED,
    st.sampled_from(TEXTS_OF_A_FORM).map(Marked),
    st.sampled_from(MESSAGES).map(Blob),
    st.builds(
        lambda text, cut: Marked(text[: int(len(text) * cut)]), st.sampled_from(MESSAGES), st.floats(0, 1)
    ),
)
NUMBERS = st.one_of(
    st.integers().map(str),
    st.integers(2**60, 2**80).map(str),
    st.sampled_from(
        ["0", "-0", "-0.0", "1.50", "1E400", "1e-400", "0.1e+1", "9" * 300, "0.30000000000000004441"]
    ),
).map(Raw)
BARE = st.sampled_from([None, True, False])
SCALARS = TEXTS | TEXTS | NUMBERS | BARE

KNOWN = """
    ID id type event name data info fields interests timestamp time ip useragent header headers link url
    mime html text subject source questions question answer answers survey messageID timestampsent
    internal mailing emailing destination profile subprofile database collection secret code password
    email from_address target records rows list start limit count total errorcode description smtp-
    response attempt report tags device parameters webform directory size attachments error message
""".split()
LABELS = [*"clicks opens messages mimes surveys profiles files cdm-click pom-errors sms history".split(),
          "unknown things", "0", "1", "7", "90211", "", "a/b", "~1", "Élève"]  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(KNOWN),
    st.sampled_from(KNOWN),
    st.sampled_from(LABELS),
    st.builds(lambda text: Marked(f"{text}@"), ANY_TEXT | ODD_TEXT),
)


def _object(inner: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    return st.lists(st.tuples(NAMES, inner), min_size=least, max_size=5).map(Pairs)


TREES = st.recursive(
    SCALARS, lambda inner: _object(inner) | _object(inner) | st.lists(inner, max_size=4), max_leaves=14
)


@cache
def specimens() -> list[tuple[str, Any]]:
    """A record of each documented kind, with its kind's name, and the small ones of the samples."""
    found = []
    for line in SPECIMENS.read_text(encoding="utf-8").splitlines():
        kind, _, text = line.partition(" ")
        found.append((kind, documents(text.encode())[0]))
    for file in sorted(SAMPLES.glob("*.json")):
        (document,) = documents(file.read_bytes())
        data = dict(document).get("data")
        for item in data if isinstance(data, list) else []:
            # an access code that is a script is also a name there: hidden names have tests of their own
            if len(written(item)) < 3_000 and '"secret":"<' not in written(item):
                found.append(("sample", item))
    messages = documents((SAMPLES / "layouts" / "01-nested.json").read_bytes())[0]
    found += [("message", item) for item in dict(messages)["data"] if 3_000 < len(written(item)) < 9_000]
    return found


@st.composite
def _known_record(draw: Any) -> Any:
    """A documented record, with some members changed."""
    kind, record = draw(st.sampled_from(specimens()))
    record = _mutated(draw, record) if draw(st.booleans()) else record
    if kind != "sample" and draw(st.integers(0, 3)) == 0:
        record = Pairs([("type", kind), ("data", record)])
    return record


def _mutated(draw: Any, record: Any) -> Any:
    """The record after one to three changes: names, members, types, places."""
    for _ in range(draw(st.integers(1, 3))):
        if not isinstance(record, Pairs) or not record:
            return record
        members = list(record)
        at = draw(st.integers(0, len(members) - 1))
        name, value = members[at]
        change = draw(
            st.sampled_from(["rename", "drop", "add", "retype", "nest", "repeat", "swap", "cut", "deeper"])
        )
        if change == "rename":
            members[at] = (draw(NAMES), value)
        elif change == "drop":
            del members[at]
        elif change == "add":
            members.insert(at, (draw(NAMES), draw(TREES)))
        elif change == "retype":
            members[at] = (
                name,
                draw(SCALARS | st.just([]) | st.just(Pairs()) | st.lists(SCALARS, max_size=2)),
            )
        elif change == "nest":
            members[at] = (
                name,
                draw(st.sampled_from([[value], Pairs([("data", value)]), Pairs([("1", value)])])),
            )
        elif change == "repeat":
            members.append((name, draw(SCALARS)))
        elif change == "swap":
            other = draw(st.integers(0, len(members) - 1))
            members[at], members[other] = (name, members[other][1]), (members[other][0], value)
        elif change == "cut" and isinstance(value, str) and not isinstance(value, Raw):
            members[at] = (name, value[: draw(st.integers(0, len(value)))])
        elif change == "deeper" and isinstance(value, Pairs):
            members[at] = (name, _mutated(draw, value))
        record = Pairs(members)
    return record


RECORDS = _known_record()
VALUES = TREES | RECORDS | RECORDS


@st.composite
def _laid_out(draw: Any) -> Any:
    """`data` in one of the ways that are thinkable."""
    items = draw(st.lists(VALUES, max_size=4))
    layout = draw(st.integers(0, 11))
    if layout == 0:
        return Pairs([(draw(NAMES), item) for item in items])
    if layout == 1:
        return [items, [], draw(st.lists(VALUES, max_size=2))]
    if layout == 2:
        return [Pairs([(draw(st.sampled_from(LABELS)), items)])]
    if layout == 3:
        return [Pairs([("name", draw(st.sampled_from(LABELS))), ("records", items)])]
    if layout == 4:
        return Pairs([(draw(st.sampled_from(LABELS)), items), (draw(st.sampled_from(LABELS)), [])])
    if layout == 5:
        return Pairs([("start", Raw("0")), ("limit", Raw("100")), ("total", Raw("2")), ("data", items)])
    if layout == 6:
        header = draw(
            st.sampled_from([["id", "time", "ip", "useragent"], ["a", "b", "c"], ["ID", "ID", "link"]])
        )
        rows = draw(st.lists(st.lists(SCALARS, min_size=2, max_size=5), max_size=3))
        return [[header, *rows]] if draw(st.booleans()) else [header, *rows, *items]
    if layout == 7:
        return [Marked(draw(st.sampled_from(TEXTS_OF_A_FORM))), *items]
    if layout == 8:
        return Pairs([(str(3 * n), item) for n, item in enumerate(items)])
    if layout == 9:
        return [draw(st.sampled_from(LABELS)), items, *draw(st.lists(SCALARS, max_size=2))]
    return items


@st.composite
def exports(draw: Any) -> bytes:
    """The bytes of an export that can be read, whatever is in it."""
    info = [("type", draw(st.sampled_from(["profile", "subprofile", "email"]))), ("id", draw(
        st.sampled_from([Raw("7"), "7", "someone@example.org"])
    ))]  # fmt: skip
    if draw(st.integers(0, 5)) == 0:
        info.append((draw(NAMES), draw(TREES)))
    members = [("info", Pairs(info)), ("data", draw(_laid_out()))]
    if draw(st.integers(0, 3)) == 0:
        members.insert(draw(st.integers(0, 2)), (draw(NAMES), draw(VALUES)))
    texts = [written(Pairs(members), Writer(draw(st.booleans())))]
    if draw(st.integers(0, 9)) == 0:
        more = draw(RECORDS)
        if isinstance(more, Pairs):
            texts.append(written(more))
    return "\n".join(texts).encode("utf-8", "surrogatepass")


class Writer:
    """Writes JSON, with words of its own for what is marked."""

    def __init__(self, ascii_only: bool = True) -> None:  # noqa: FBT001, FBT002 - drawn
        self._ascii = ascii_only
        self._count = 0

    def marked(self, text: str) -> str:
        """`text` with a word in each place for one."""

        def word(_: re.Match[str]) -> str:
            self._count += 1
            return f"qz{self._count}x"

        return re.sub(r"@(?!example\.org)", word, str(text).replace("@@example", "qzx@example"))

    def string(self, text: str) -> str:
        """A text or name as JSON."""
        if isinstance(text, Marked):
            text = self.marked(text)
        elif isinstance(text, Blob):
            text = base64.b64encode(self.marked(text).encode()).decode("ascii")
        done = json.dumps(str(text), ensure_ascii=self._ascii)
        # a lone surrogate can only be told in JSON by its number
        return done if self._ascii else re.sub("[\ud800-\udfff]", lambda m: f"\\u{ord(m[0]):04x}", done)

    def value(self, value: Any) -> str:
        """A value as JSON."""
        if isinstance(value, Pairs):
            return "{" + ",".join(f"{self.string(n)}:{self.value(v)}" for n, v in value) + "}"
        if isinstance(value, list):
            return "[" + ",".join(map(self.value, value)) + "]"
        if isinstance(value, (Raw, Num)):
            return str(value)
        return self.string(value) if isinstance(value, str) else json.dumps(value)


def written(value: Any, writer: Writer | None = None) -> str:
    """A plan as JSON text."""
    return (writer or Writer()).value(value)
