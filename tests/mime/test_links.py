"""What links are for, and which pieces of them are personal."""

# ruff: noqa: E501 - fragments and addresses stand on one line, as they do in messages

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.mime import links
from dsr_report.mime.links import purpose_of, url_tokens
from dsr_report.redact import live_links


@pytest.mark.parametrize(
    ("url", "label", "purpose"),
    [
        ("https://example.org/", "Home", "ordinary"),
        ("https://example.org/products/red-shoes-2024.html?color=red&size=42", "Shoes", "ordinary"),
        ("//example.org/a", "", "ordinary"),
        ("example.org:8080/a", "", "ordinary"),
        ("https://example.org/unsubscribe?x=1", "", "unsubscribe"),
        ("https://click.example.org/0123456789abcdef01", "Uitschrijven", "unsubscribe"),
        ("https://example.org/a", "Se désabonner", "unsubscribe"),
        ("https://example.org/a", "Newsletter abbestellen", "unsubscribe"),
        ("https://example.org/webversie/1", "", "web-version"),
        ("https://example.org/a", "Bekijk deze mail in je browser", "web-version"),
        ("https://example.org/a", "Im Browser ansehen", "web-version"),
        ("https://click.example.org/x", "Go", "tracking"),
        ("https://example.org/r/6f1ed002ab5595859014ebf0951522d9", "Go", "tracking"),
        ("mailto:a@example.org?subject=unsubscribe", "", "mail"),
        ("tel:+31201234567", "", "phone"),
        ("#top", "", "place"),
        ("javascript:alert(1)", "", "unsafe"),
        ("java\nscript:alert(1)", "", "unsafe"),
        ("\x01 javascript:alert(1)", "", "unsafe"),
        ("data:text/html,x", "", "unsafe"),
        ("file:///etc/passwd", "", "unsafe"),
        ("VBScript:x", "", "unsafe"),
    ],
)
def test_a_link_is_judged_by_its_address_and_its_words(url, label, purpose):
    assert purpose_of(url, label) == purpose


def pieces(url):
    return [url[span.start : span.end] for span in url_tokens(url)]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/shop?a=1", []),
        ("https://example.org/news/2024/03/spring-collection-arrived", []),
        ("https://www.example.org/the-very-long-title-of-a-page-about-nothing.html?color=red&page=12", []),
        ("https://example.org/o/6f1ed002ab5595859014ebf0951522d9/logo.png", ["6f1ed002ab5595859014ebf0951522d9"]),
        ("https://example.org/reset?token=Zx81kq&lang=nl", ["Zx81kq"]),
        ("https://example.org/?u=jan%40example.org", ["jan%40example.org"]),
        ("https://example.org/?x=1&mail=jan@example.org#top", ["jan@example.org"]),
        ("https://example.org/p/1b4e28ba-2fa1-11d2-883f-0016d3cca427?id=123456", ["1b4e28ba-2fa1-11d2-883f-0016d3cca427", "123456"]),
        ("https://user:hunter2@example.org/", ["user:hunter2"]),
        ("https://example.org/#access_token=abc123def", ["abc123def"]),
        ("https://example.org/?d=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl12",
         ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl12"]),
        ("https://[broken", []),
        ("", []),
    ],
)  # fmt: skip
def test_personal_pieces_of_an_address_are_found_as_they_are_written(url, expected):
    assert pieces(url) == expected


@given(st.text(max_size=200) | st.from_regex(r"https?://[a-z@:%\[\]]{0,20}/[a-z0-9?&=#%@./-]{0,80}"))
def test_any_text_is_judged_without_failing_and_pieces_never_overlap(url):
    end = 0
    for span in url_tokens(url):
        assert end <= span.start < span.end <= len(url)
        end = span.end
    assert purpose_of(url, url)


@pytest.mark.parametrize(
    "words",
    [links._UNSUBSCRIBE, links._WEB_VERSION, live_links._PERSONAL],
    ids=["unsubscribe", "web version", "personal"],
)
@given(data=st.data())
@examples(300)
def test_words_are_found_whatever_is_looked_for_first(words, data):
    assert words.is_in(data.draw(st.from_regex(words._pattern)))
