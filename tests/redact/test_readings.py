"""A text is read line by line, and what it reads as is what the whole text reads as."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.redact import readings as module
from dsr_report.redact.readings import INVISIBLE, folded, views
from dsr_report.redact.spellings import in_text, without_passages

TAGS = (
    "a abbr b bdi big code del em font i ins kbd mark nobr o:p s samp small span strike strong sub sup tt u "
    "var wbr"
).split()
INLINE = re.compile(
    rf"</?(?:{'|'.join(TAGS)})\b[^<>]{{0,2000}}>|<!--(?:(?!-->).){{0,500}}-->", re.IGNORECASE | re.DOTALL
)
MARKUP = ["><", ">\n<", "<b>", "</b>", "<SPAN\nid=x>", "<table>", "<td", ">", "<!-- a\nb -->"]
ENTITIES = [
    "&",
    "&amp;",
    "&amp;amp;",
    "&lt;",
    "&nbsp;",
    "&#64;",
    "&#10;",
    "&eacute",
    "&Eacute;",
    "&copy",
    ";",
    "#",
]
ESCAPES = ["%40", "%2540", "%C3%A9", "%E9", "%0A", "%", "\\u0040", "\\u00e9", "\\/", "\\", "u", "="]
LETTERS = ["jan", "JAN", "x", "1", "e\u0301", "\u0301", "\u0338", "é", "É", "ß", "ſ", "\u212a"]
OTHERS = ["\n", "\r\n", "\n\n", " ", "\t", "\u00a0", "\u00ad", "\u200b", "\ud800", "\ue000", "\ufffd"]
PIECES = MARKUP + ENTITIES + ESCAPES + LETTERS + OTHERS
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def as_a_whole(text: str) -> list[str]:
    """What the text reads as, worked out for all of it at once."""
    read = [folded(text)]
    for _ in range(6):
        before = text
        text = html.unescape(unquote(text, errors="replace") if text.isascii() else unquoted_runs(text))
        if "\\" in text:
            text = re.sub(r"\\+u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), text).replace("\\/", "/")
        if text == before:
            break
        read.append(folded(text))
    if "<" in text:
        read.append(folded(INLINE.sub("", text)))
    return read


def unquoted_runs(text: str) -> str:
    """The same for what is not ASCII, which `unquote` would touch otherwise."""
    return re.sub("(?:%[0-9A-Fa-f]{2})+", lambda m: unquote(m[0], errors="replace"), text)


@given(texts)
def test_what_a_text_reads_as_does_not_depend_on_reading_it_line_by_line(text: str) -> None:
    module._LINES.clear()
    once = list(views(text))
    assert {alike(view) for view in as_a_whole(text)} <= {alike(view) for view in once}
    assert list(views(text)) == once, "the second time from what is remembered"


@given(st.lists(texts, max_size=4))
def test_what_is_remembered_of_other_texts_changes_nothing(others: list[str]) -> None:
    text = "".join(others)
    module._LINES.clear()
    alone = list(views(text))
    module._LINES.clear()
    for other in others:
        list(views(other))
    assert list(views(text)) == alone


def alike(view: str) -> str:
    """A view but for what depends on whether it was composed before or after tags were left out."""
    return " ".join(unicodedata.normalize("NFC", view).casefold().split())


@pytest.mark.parametrize("line_end", ["\n", "\r\n", " ", "\n\n   "])
def test_words_on_two_lines_are_found_as_if_they_stood_on_one(line_end: str) -> None:
    assert in_text(f"<p>Dear Jan{line_end}Jansen,</p>", "Jan Jansen")
    assert in_text(f"<p>Dear Jan<b>{line_end}</b>Jansen,</p>", "Jan Jansen")


@pytest.mark.parametrize("width", [100, 1_999, 2_001, 70_000])
def test_a_page_on_a_single_line_of_any_length_is_read_like_others(width: int) -> None:
    cells = "<td>cell</td>" * (width // 13)
    page = f"<table><tr>{cells}<td>Jan</b><i>sen&#64;ex%61mple.org</i></td>{cells}</tr></table>"
    assert in_text(page, "Jansen@example.org")
    assert not in_text(page, "Jans en@example.org")


@pytest.mark.parametrize(
    "between",
    [
        "<br>",
        "<br />",
        "<BR clear=all>\n",
        " <cite>",
        "<wbr> ",
        f'<b style="{"x" * 3_000}"> ',
        "\\n",
        "\\r\\n",
    ],
)
def test_words_are_found_whatever_ends_the_line_between_them(between: str) -> None:
    assert in_text(f"<p>Dear Jan{between}Jansen,</p>", "Jan Jansen")
    assert without_passages(f"Dear Jan{between}Jansen,", [("Jan Jansen", "…")]).startswith("Dear …")


def test_an_address_is_found_however_often_it_was_encoded() -> None:
    encoded = "jan@example.org"
    for _ in range(5):
        encoded = quote(encoded, safe="").replace("ex", "e%78")
        assert in_text(f"?u={encoded}", "jan@example.org")


def test_latin_percent_encoding_is_read_beside_utf8() -> None:
    assert in_text("?name=Ren%E9e\n?name=Zo%C3%AB", "Renée")
    assert in_text("?name=Ren%E9e\n?name=Zo%C3%AB", "Zoë")


@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_a_digest_of_an_address_is_found_however_random_the_address_looks(
    spelling: Callable[[str], str],
) -> None:
    for address in ("jan@example.org", "a1b2c3d4e5f6g7h8@example.org"):
        digest = hashlib.md5(address.encode(), usedforsecurity=False).hexdigest()
        assert in_text(f"https://x.example/?h={spelling(digest)}", address)


def test_memory_of_lines_is_bounded() -> None:
    module._LINES.clear()
    for number in range(3 * module._MOST_LINES):
        list(views(f"line {number}"))
    assert len(module._LINES) <= module._MOST_LINES
    list(views("x" * 10 * module._LONG_LINE))
    assert max(map(len, module._LINES)) <= module._LONG_LINE


def test_nothing_that_cannot_be_seen_hides_a_passage() -> None:
    for invisible in INVISIBLE:
        assert in_text(f"Jan{invisible}sen", "Jansen")
