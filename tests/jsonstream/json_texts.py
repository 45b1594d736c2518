"""Strategies for texts of JSON: every spelling that a writer could choose, and some that none should."""

import json

from hypothesis import strategies as st

SPACE = st.sampled_from([b"", b"", b"", b" ", b"\n", b"\r\n\t", b"\n    "])
NUMBERS = st.one_of(
    st.integers().map(str),
    st.integers(min_value=2**60, max_value=2**80).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?", fullmatch=True),
    st.sampled_from(["-0", "-0.0", "1E400", "0e0", "1.50", "9" * 4300, "9" * 4301, "-" + "1" * 5000]),
).map(str.encode)
TEXTS = st.one_of(
    st.text(max_size=12),
    st.text(st.characters(codec=None, categories=["Cs", "Cc", "Lo", "So"]), max_size=6),
    st.sampled_from(
        [
            '},{"a":1',
            '"],["',
            "\\",
            '\\"',
            "}",
            "]",
            '"',
            "",
            "data",
            "info",
            "/",
            "~1",
            "é" * 40,
            "0",
            "1",
            "-0",
        ]
    ),
)


def _raw(text):
    body = text.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "surrogatepass")
    return b'"' + body + b'"'


STRINGS = st.one_of(
    TEXTS.map(json.dumps).map(str.encode),
    TEXTS.map(_raw),
    TEXTS.map(lambda text: json.dumps(text).replace("/", "\\/").encode()),
    st.binary(max_size=6).map(lambda body: b'"' + body.replace(b"\\", b"").replace(b'"', b"") + b'"'),
)
PLAIN_STRINGS = st.text(max_size=12).map(json.dumps).map(str.encode)
SCALARS = st.one_of(NUMBERS, STRINGS, st.sampled_from([b"true", b"false", b"null"]))
PLAIN_SCALARS = st.one_of(st.integers(-5, 10**6).map(lambda n: b"%d" % n), PLAIN_STRINGS)


@st.composite
def _list(draw, children):
    space, parts = draw(SPACE), draw(st.lists(children, max_size=6))
    return b"[" + space + (draw(SPACE) + b"," + space).join(parts) + draw(SPACE) + b"]"


@st.composite
def _object(draw, children, names=STRINGS):
    space, colon = draw(SPACE), draw(SPACE) + b":" + draw(SPACE)
    members = [name + colon + value for name, value in draw(st.lists(st.tuples(names, children), max_size=5))]
    return b"{" + space + (draw(SPACE) + b"," + space).join(members) + draw(SPACE) + b"}"


def _nested(scalars, names):
    return st.recursive(scalars, lambda inner: st.one_of(_list(inner), _object(inner, names)), max_leaves=25)


VALUES = _nested(SCALARS, STRINGS)
PLAIN_VALUES = _nested(PLAIN_SCALARS, st.sampled_from([b'"a"', b'"b"', b'"type"', b'"data"']))
MOST_VALUES = st.one_of(PLAIN_VALUES, VALUES)


@st.composite
def export_texts(draw, values=MOST_VALUES):
    """The bytes of an export, with members in any order and any `data`."""
    data = draw(st.one_of(_list(values), _list(values), _object(values), values))
    info = draw(st.sampled_from([b'{"type":"email","id":"a@example.org"}', b'{"id":7}', b"{}", b"null"]))
    others = draw(st.lists(st.tuples(STRINGS, values), max_size=2))
    members = [b'"info":' + info, b'"data"' + draw(SPACE) + b":" + data, *(n + b":" + v for n, v in others)]
    members = draw(st.permutations(members))
    space = draw(SPACE)
    return draw(SPACE) + b"{" + space + (space + b"," + space).join(members) + b"}" + draw(SPACE)


@st.composite
def export_lines(draw):
    """The bytes of an export that has further objects after its end, most of them on a line each."""
    objects = st.one_of(
        _object(PLAIN_VALUES, st.sampled_from([b'"a"', b'"b"', b'"c"'])), _object(MOST_VALUES)
    )
    between = st.sampled_from([b"\n"] * 6 + [b"\r\n", b"\n\n", b" ", b",\n", b"\n\x1e"])
    lines = [draw(export_texts()).rstrip()]
    for each in draw(st.lists(objects, max_size=12)):
        lines += [draw(between), each]
    return b"".join(lines) + draw(SPACE)
