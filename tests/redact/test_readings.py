"""A text is found in every reading of a value, at the bounds of words, and replaced where it stands."""

import base64
import hashlib
import html
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.redact.json_places import parse_json
from dsr_report.redact.passages import Passages, passages_of
from dsr_report.redact.readings import Endless, Reading, readings_of_text
from dsr_report.redact.skeleton import skeleton

MARKUP = ["><", "<b>", "</b>", "<SPAN\nid=x>", "<td", ">", "<!-- a\nb -->", "<style>x</style>"]
ENTITIES = ["&", "&amp;", "&amp;amp;", "&lt;", "&nbsp;", "&#64;", "&eacute", "&Eacute;", "&#x1e;", ";", "#"]
ESCAPES = [
    "%40",
    "%2540",
    "%C3%A9",
    "%E9",
    "%u00e9",
    "%1E",
    "\\u0040",
    "\\ud835\\udc09",
    "\\x41",
    "\\41 ",
    "=C3=A9",
    "=\n",
]
LETTERS = ["jan", "JAN", "1", "e\u0301", "é", "ß", "ﬁ", "\u212a", "SmFuIEphbnNlbg", "4a616e2"]
OTHERS = [
    "\n",
    " ",
    "\u00a0",
    "\u00ad",
    "\u200b",
    "\ud800",
    "\ufffd",
    "=?utf-8?Q?J=61n?=",
    "xn--mller-kva",
    "Ã«",
    "\u202e",
]
texts = st.lists(st.sampled_from(MARKUP + ENTITIES + ESCAPES + LETTERS + OTHERS), max_size=20).map("".join)


def is_in(text: str | bytes, passage: str) -> bool:
    return bool(passages_of((passage,)).seen_in(text))


def may_be_in(text: str, passage: str) -> bool:
    """The same, as those who hide ask it: what cannot be read to its end may hold anything."""
    try:
        return is_in(text, passage)
    except Endless:
        return True


def without(text: str, passage: str, mark: str = "…") -> str | None:
    return Passages([passage]).without(text, lambda _: mark, [passage])


@given(texts)
def test_a_reading_with_places_says_what_the_same_reading_says_without(text: str) -> None:
    plain = list(readings_of_text(Reading(text)))
    placed = list(readings_of_text(Reading.located(text)))
    assert [reading.text for reading in placed] == [reading.text for reading in plain]
    for reading in placed:
        assert reading.starts is not None
        assert reading.ends is not None
        assert len(reading.text) == len(reading.starts) == len(reading.ends)
        assert all(
            0 <= start < end <= len(text) for start, end in zip(reading.starts, reading.ends, strict=True)
        )


@given(texts, texts, st.sampled_from(["Karin Dubbelaar", "piet@example.org", "0612345678", "Zoë d'Hondt"]))
def test_a_passage_is_gone_from_any_text_and_what_stands_around_it_stays(
    before: str, after: str, passage: str
) -> None:
    text = f"{before} {passage} {after}"
    assert may_be_in(text, passage)
    result = without(text, passage)
    assert result is None or not may_be_in(result, passage)


@pytest.mark.parametrize(
    "line_end", ["\n", "\r\n", " ", "\n\n   ", "<br>", "<br />", "<BR clear=all>\n", "\\n", "<wbr> "]
)
def test_words_are_found_whatever_stands_between_them(line_end: str) -> None:
    assert is_in(f"<p>Dear Jan{line_end}Jansen,</p>", "Jan Jansen")
    result = without(f"Dear Jan{line_end}Jansen,", "Jan Jansen")
    assert result is not None
    assert result.startswith("Dear …")
    assert result.endswith(",")


@pytest.mark.parametrize("width", [100, 1_999, 2_001, 70_000])
def test_a_page_on_a_single_line_of_any_length_is_read_like_others(width: int) -> None:
    cells = "<td>cell</td>" * (width // 13)
    page = f"<table><tr>{cells}<td>Jan</b><i>sen&#64;ex%61mple.org</i></td>{cells}</tr></table>"
    assert is_in(page, "Jansen@example.org")
    assert not is_in(page, "Jans@example.org")


NUMBER = "0612345678"


@pytest.mark.parametrize(
    "spelling",
    ["06 1234 5678", "+31 6 12345678", "(06) 12-34-56-78", "0031612345678", "+31 (0)6 12 34 56 78",
     "612345678", "31612345678", "06.12.34.56.78", "06<b>12345</b>678", "tel:+31612345678",
     "06&#49;2345678", "06\u202f12345678"],
)  # fmt: skip
@pytest.mark.parametrize("withheld", [NUMBER, "+31 6 1234 5678", "0031612345678", "06-12345678"])
def test_a_telephone_number_is_the_same_in_any_grouping_with_and_without_prefixes(
    spelling: str, withheld: str
) -> None:
    text = f"Bel {spelling} of anders"
    assert is_in(text, withheld)
    result = without(text, withheld)
    assert result is not None
    assert result.replace("tel:", "").replace("<b></b>", "") == "Bel … of anders"


@pytest.mark.parametrize(
    "other", ["0612345679", "50612345678", "06123456780", "order 99612345678", "1706123456789"]
)
def test_a_longer_or_another_number_is_no_telephone_number(other: str) -> None:
    assert not is_in(f"nr. {other}.", NUMBER)


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("NL91 ABNA 0417 1643 00", "NL91ABNA0417164300"),
        ("nl91abna0417164300", "NL91 ABNA 0417 1643 00"),
        ("geboren 07-03-1985", "1985-03-07"),
        ("19850307", "7-3-1985"),
        ("d’Hondtman", "d'Hondtman"),
        ("DE HEER JÖRG SPIELMANN", "Jorg Spielmann"),
        ("Joerg Spielmann", "Jörg Spielmann"),
        ("J\ufffdrg Spielmann", "Jörg Spielmann"),
        ("Ste\ufb03 Graf", "Steffi Graf"),
        ("𝐉𝐚𝐧 Jansen", "Jan Jansen"),
        ("jan@xn--mller-kva.example", "jan@müller.example"),
        ("jan@müller.example", "jan@xn--mller-kva.example"),
        ('<bdo dir="rtl">nesnaJ naJ</bdo>', "Jan Jansen"),
        ('Jan Jan<span style="display:none">q</span>sen', "Jan Jansen"),
        ("Jan Jan<style>.x{color:red}</style>sen", "Jan Jansen"),
        ("Karin Dubbelaars auto", "Karin Dubbelaar"),
        ("karin_dubbelaar2", "Karin Dubbelaar"),
        ("日本太郎さんです", "日本太郎"),
        ("?name=Ren%E9e&x=Zo%C3%AB", "Renée"),
    ],
)  # fmt: skip
def test_it_is_the_same_text(text: str, passage: str) -> None:
    assert is_in(text, passage)
    result = without(text, passage)
    assert result is not None
    assert "…" in result


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("Jan Peters", "An Peters"),
        ("Jan Peterson", "Jan Peter"),
        ("joan@example.org", "an@example.org"),
        ("12:34:56", "123456"),
        ("een familie", "👩‍👩‍👧 family"),
        ("abc", "a<b>&\"c'"),
        ("Karin\x1eDubbelaar", "Karin Dubbelaar"),
    ],
)  # fmt: skip
def test_it_is_another_text(text: str, passage: str) -> None:
    assert not is_in(text, passage)


def test_a_passage_is_found_however_often_it_was_encoded() -> None:
    encoded = "jan@example.org"
    for _ in range(5):
        encoded = quote(encoded, safe="").replace("ex", "e%78")
        assert is_in(f"?u={encoded}", "jan@example.org")
    encoded = "Karin Dubbelaar"
    for _ in range(4):
        encoded = base64.b64encode(f"voor {encoded} hier".encode()).decode()
        assert is_in(f"/x/{encoded}/y", "Karin Dubbelaar")
        assert without(f"/x?{encoded}&y", "Karin Dubbelaar") == "/x?…&y"


@pytest.mark.parametrize("spelling", [str.lower, str.upper])
@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
def test_a_digest_of_what_can_be_guessed_is_found(spelling: Callable[[str], str], name: str) -> None:
    for passage, spelled in (
        ("Jan@Example.org", "jan@example.org"),
        (NUMBER, "+31612345678"),
        (NUMBER, NUMBER),
    ):
        digest = hashlib.new(name, spelled.encode(), usedforsecurity=False)
        for text in (spelling(digest.hexdigest()), base64.b64encode(digest.digest()).decode()):
            assert without(f"?h={text}&x", passage) == "?h=…&x"


def test_a_text_that_goes_on_for_ever_is_refused_and_not_passed_over() -> None:
    text = "x"
    for _ in range(300):
        text = "&amp;" + text.replace("&", "&amp;")
    with pytest.raises(Endless):
        list(readings_of_text(Reading(text)))


def test_memory_and_time_grow_with_the_text() -> None:
    for text in (
        "y" * 1_000_000,
        "1234567890" * 100_000,
        "<" * 300_000,
        "<!--" * 100_000,
        "<a '" * 100_000,
        "&" * 500_000,
    ):
        assert sum(len(one.text) for one in readings_of_text(Reading(text))) < 12 * len(text)


@given(st.text(max_size=60))
def test_a_skeleton_is_made_of_letters_and_digits_alone(text: str) -> None:
    assert skeleton(skeleton(text).decode("utf-8", "surrogatepass")) == skeleton(text)
    assert skeleton(html.unescape("Zo&euml; D’Hondt")) == b"zoedhondt"


def test_a_json_text_that_repeats_a_name_without_end_is_read_in_time_in_its_count():
    def seconds(count):
        text = "{" + ", ".join(f'"zq": "{number}"' for number in range(count)) + "}"
        began = time.process_time()
        found = parse_json(text)
        spent = time.process_time() - began
        assert found is not None
        assert len(found.places) == count
        first, last = found.places["/zq"], found.places[f"/zq~r{count}"]
        assert (text[slice(*first)], text[slice(*last)]) == ("0", str(count - 1))
        return spent

    seconds(10)
    assert seconds(20_000) < 60 * max(seconds(2_000), 0.01)
