"""A search that reads only what is new around each change finds what reading all of it finds."""

import base64
import hashlib
import html
import quopri
from urllib.parse import quote

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.redact.passages import Passages
from dsr_report.redact.readings import Endless
from dsr_report.redact.skeleton import BORDER

PASSAGES = ["Karin Dubbelaar", "piet@example.org", "0612345678", "Zoë d'Hondt", "x<b>&y", "日本太郎"]
TOO_LONG = "q1" * 2_000
"""With a passage of this length among them, each reading is read as a whole."""
FILLERS = [
    "De tuin slaapt en jij maakt plannen voor het voorjaar. " * 6,
    "<td style=\"width=600;font-family:'Arial',x\">" * 5,
    "https://www.example.org/a?b=%20c&amp;d=E1F2&utm=%3D%3D " * 3,
    "een twee drie ",
    "<p>&nbsp;</p>\n",
    "<!-- [if mso]><table width=60><![endif]-->",
    "<style>.a{color:#fff}</style>",
    "<span style='display:none'>verborgen</span>",
    "&lt;b&gt;",
    "=3D=22",
    "'",
    '"',
    ">",
    "<",
    "<!--",
    "Ã«",
    "\n ",
    "\n",
    " ",
    "=\n",
    "\x1e",
    "</w:t><w:t>",
    "SGVsbG8gd29ybGQsIHRoaXMgaXM=",
    "\\n\\u0041",
    "100%",
    "xn--mller-kva",
    "=?utf-8?Q?J=61n?=",
    "日本語の文章" * 30,
]
pieces_of_passages = st.one_of(
    st.sampled_from(PASSAGES),
    st.builds(lambda text, at: text[:at], st.sampled_from(PASSAGES), st.integers(3, 9)),
    st.builds(lambda text, at: text[-at:], st.sampled_from(PASSAGES), st.integers(3, 9)),
)
WAYS = [
    str,
    str.upper,
    quote,
    lambda text: quote(quote(text)),
    lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    lambda text: "".join(f"&#{ord(c)};" for c in text),
    html.escape,
    lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    lambda text: quopri.encodestring(text.encode()).decode(),
    lambda text: base64.b64encode(f"voor {text} hier".encode()).decode(),
    lambda text: base64.encodebytes(f"voor {'veel ' * 30}{text} hier".encode()).decode(),
    lambda text: base64.b64encode(quote(f"aan {text} en").encode()).decode(),
    lambda text: text.encode().hex(),
    lambda text: f"{text[:4]}<b>{text[4:]}",
    lambda text: f"{text[:4]}<!-- x -->{text[4:]}",
    lambda text: f"{text[:4]}\n {text[4:]}",
    lambda text: f'<a href="?u={quote(text)}">',
    lambda text: f"<style>{text}</style>",
    lambda text: f"%{ord(text[0]):02X}{text[1:-1]}&#{ord(text[-1])};" if text.isascii() else text,
    lambda text: text.encode().decode("cp1252", "replace"),
]
spelled = st.builds(lambda way, text: way(text), st.sampled_from(WAYS), pieces_of_passages)
twice = st.builds(lambda way, text: way(text) if text else text, st.sampled_from(WAYS), spelled)
texts = st.lists(st.one_of(spelled, twice, st.sampled_from(FILLERS)), max_size=14).map("".join)


def seen(passages: list[str], text: str) -> set[str] | None:
    try:
        return Passages(passages).seen_in(text)
    except Endless:
        return None


@examples(150)
@given(texts)
def test_what_is_read_around_changes_alone_holds_the_same_passages(text: str) -> None:
    read_whole = seen([*PASSAGES, TOO_LONG], text)
    assert read_whole is None or seen(PASSAGES, text) == read_whole


MANY = [f"{number * 7919 % 99991:05}k{number}vTw{number * 31 % 97}" for number in range(60)]
FEW = ["NL91 ABNA 0417 1643 00", "abcdefghij1", "1abcdefghij", "klant2024", "jan12345678@example.org"]
of_many = st.sampled_from([*MANY[:3], *FEW])
around = st.sampled_from(["", "x", "7", "é"])
within = st.sampled_from(["\u00ad", " ", "\n", "-", "&shy;", "x", "1"])
spelled_of_many = st.one_of(
    st.builds(lambda way, text: way(text), st.sampled_from(WAYS), of_many),
    st.builds(lambda text, at, sign: text[:at] + sign + text[at:], of_many, st.integers(1, 9), within),
    st.builds(lambda before, text, after: before + text + after, around, of_many, around),
    st.builds(lambda text: hashlib.sha256(text.encode()).hexdigest(), st.sampled_from(FEW)),
    st.just("0417164300"),
)  # fmt: skip


@examples(150)
@given(st.lists(st.one_of(spelled_of_many, st.sampled_from(FILLERS)), max_size=6).map("".join))
def test_one_of_many_is_found_as_it_is_found_alone(text: str) -> None:
    together = seen([*MANY, *FEW], text)
    alone = [seen([one], text) for one in (*MANY[:3], *FEW)]
    if together is not None and None not in alone:
        assert together & {*MANY[:3], *FEW} == set().union(*(one or set() for one in alone))


@pytest.mark.parametrize("before", ["<!-- noot", "<td", '<a title="x', "\u202e", "<style>"])
@pytest.mark.parametrize(
    "way", [WAYS[2], WAYS[5], WAYS[10], WAYS[13], lambda text: f"{{\\rtf1 {text[:4]}\\b {text[4:]}}}"]
)
def test_one_at_the_end_of_values_side_by_side_is_found_behind_what_has_no_end(before, way) -> None:
    joined = f"{before}{BORDER}{way(PASSAGES[0])}"
    assert Passages(PASSAGES[:1]).seen_in(joined) == {PASSAGES[0]}
    assert Passages(PASSAGES[:1]).seen_in(joined.replace(BORDER, " ") if "rtf" not in joined else joined)


@pytest.mark.parametrize(
    ("passage", "text"),
    [
        ("nqtswzrcdjnkkstfct", "idnqtswzrcdjnkkstfctx"),
        ("9aqC1lcOQphz", quote("=3Cp=3E=39=61=71=43=31=6C=63=4F=51=70=68=7A")),
        ("9aqC1lcOQphz", "\\x3D39\\x3D61qC1lcOQphz"),
    ],
)
def test_one_is_found_in_what_is_glued_or_written_in_two_ways(passage, text) -> None:
    assert Passages([passage]).seen_in(text) == {passage}


def test_tokens_that_have_much_in_common_are_found_in_linear_time() -> None:
    tokens = [f"MSG{number:012}" for number in range(5_000)]
    passages = Passages(tokens)
    assert passages.seen_in(" ".join(tokens[::2])) == set(tokens[::2])


def test_one_that_is_longer_than_what_is_read_around_a_change_is_found() -> None:
    for words in (3, 30, 300):
        passage = " ".join(f"woord{number}ë" for number in range(words))
        text = f"<p>vooraf &amp; {quote(passage)} &amp;</p>"
        assert Passages([passage]).seen_in(text) == {passage}


def test_a_long_passage_is_found_that_is_encoded_in_one_place_alone() -> None:
    for count in (12, 60, 200, 400):
        words = [f"woord{number}" for number in range(count)]
        before, after = " ".join(words[: count // 2]), " ".join(words[count // 2 :])
        for encoded, plain in (("%20%41", " A"), ("&nbsp;&#66;", " B"), ("=C3=A9", "é")):
            text = f"aan <b>{before}{encoded}{after} bb</b>" + "<td>cel met tekst</td>" * 50
            passages = [before + plain + after, f"{before} {after}"]
            assert Passages(passages).seen_in(text) == set(passages[:1])
