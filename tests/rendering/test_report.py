"""What the report says on its pages, and that nothing of an export gets out of its text."""

from __future__ import annotations

import gc
import json
import re
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from dsr_report.config import Config, load_config
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.redact.marks import mark_text
from dsr_report.redact.plan import Mark
from dsr_report.redact.sums import Sum
from dsr_report.rendering.authorities import AUTHORITIES

SAMPLES = Path(__file__).resolve().parent.parent.parent / "sample_exports"
CONFIG = load_config(Path(__file__).with_name("controller.toml"))
HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)><iframe srcdoc=x></iframe>{{ 7*7 }}"
    "<!--events-->"
)
PLAIN_TAGS = {
    "wbr",
    "a",
    "article",
    "aside",
    "b",
    "bdi",
    "br",
    "caption",
    "dd",
    "desc",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "i",
    "iframe",
    "img",
    "li",
    "line",
    "mark",
    "ol",
    "p",
    "rect",
    "section",
    "small",
    "span",
    "strong",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
}
FACTS = {
    "title": {
        "en": "The personal data that Lindenhof Versand holds about you in its e-mail system",
        "nl": "De persoonsgegevens die Lindenhof Versand over u heeft opgeslagen in het e-mailsysteem",
        "de": "Die personenbezogenen Daten, die Lindenhof Versand im E-Mail-System über Sie gespeichert hat",
        "fr": "Les données personnelles vous concernant détenues par Lindenhof Versand dans son système "
        "d’envoi d’e-mails",
    },
    "received": {
        "en": "5 October 2026",
        "nl": "5 oktober 2026",
        "de": "5. Oktober 2026",
        "fr": "5 octobre 2026",
    },
}


def said(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_one_answers_the_questions_that_people_have(built: Callable[..., Any], lang: str) -> None:
    words = language_of(lang)
    with built(
        SAMPLES / "subprofile-20285.json",
        lang,
        config=CONFIG,
        received=date(2026, 10, 5),
        replied=date(2026, 10, 28),
        reference="DSR-2026-014",
    ) as report:
        page = said(report.part("start").text)
    for fact in (
        FACTS["title"][lang],
        FACTS["received"][lang],
        "DSR-2026-014",
        words.count("{n} message that we sent you", "{n} messages that we sent you", 62),
        *(
            words.text(q)
            for q in (
                "What we know",
                "Where we got your data",
                "Who else has your data",
                "How long we keep your data",
            )
        ),
        "Copernica B.V.",
        words.text("You can object"),
        "dpo@lindenhof.example",
        words.text("Nothing was masked or withheld."),
        words.text("You can complain to the data protection authority."),
    ):
        assert said(fact) in page
    assert "gap" not in [value for _, name, value in report.part("start").attributes if name == "class"]


def test_page_one_holds_no_legal_or_technical_term(built: Callable[..., Any]) -> None:
    with built(SAMPLES / "subprofile-20285.json", config=CONFIG) as report:
        page = report.part("start").text.lower()
    for term in ("article", "data subject", "controller", "subprofile", "pixel", "json", "sha-256"):
        assert term not in page


def test_a_statement_that_nobody_made_is_a_visible_gap(built: Callable[..., Any]) -> None:
    with built([{"a": 1}]) as report:
        gaps = [v for _, name, v in report.words.attributes if name == "class" and v == "gap"]
        assert len(gaps) > 8
        assert "n/a" not in report.text.lower()
        assert any('letter = "purposes"' in line for line in report.report.missing)


def test_a_text_in_another_language_does_not_fill_a_gap(built: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[[statement]]\nletter = "purposes"\ntext.nl = "Nieuwsbrief"\n', encoding="utf-8")
    with built([{"a": 1}], "de", config=load_config(file)) as report:
        assert "Nieuwsbrief" not in report.text
        assert 'letter = "purposes"' in " ".join(report.report.missing)


def test_a_statement_with_a_condition_is_for_those_it_concerns(built: Callable[..., Any]) -> None:
    click = {
        "type": "click",
        "data": {"ID": "1", "timestamp": "2024-01-02 03:04:05", "link": "https://a.example"},
    }
    with built([click], config=CONFIG) as report:
        assert "We count openings and clicks" in report.text
    with built([{"a": 1}], config=CONFIG) as report:
        assert "We count openings and clicks" not in report.text
        assert "Druckerei Nord" not in report.text


def test_nothing_found_is_an_answer_too(built: Callable[..., Any]) -> None:
    with built(SAMPLES / "nothing-found.json", config=CONFIG) as report:
        page = said(report.part("start").text)
        assert "searched its e-mail system and found no personal data about you" in page
        assert "Answer to your request: no personal data found" in page
        assert "Do you also use another address?" in page
        for contradiction in ("Where we got your data", "How long we keep your data", "You can object"):
            assert contradiction not in page
        assert "nobody@example.org" in report.text


@pytest.mark.parametrize(
    "data",
    [
        {"profile": [], "messages": []},
        {"profile": None},
        {"profile": {"ID": "", "fields": {"Name": " "}}},
        [{"messages": []}],
        None,
    ],
    ids=["empty lists", "null", "an empty profile", "a list of empty lists", "nothing at all"],
)
def test_what_is_empty_is_nothing_found_and_is_shown_all_the_same(
    built: Callable[..., Any], data: Any
) -> None:
    with built(data) as report:
        assert "found no personal data about you" in report.part("start").text
        assert "Yes, the company holds" not in report.text
        assert "Data about the mailings themselves" not in report.text
        assert "Structure of the file" in report.text or "Your profile" in report.text


@pytest.mark.parametrize("data", [[{"a": 0}], [{"a": False}], "0", {"profile": {"fields": {"Name": "."}}}])
def test_what_says_anything_is_found(built: Callable[..., Any], data: Any) -> None:
    with built(data) as report:
        assert "Yes, the company holds" in report.part("start").text


def test_what_is_masked_and_withheld_is_listed_with_reason_and_remedy(built: Callable[..., Any]) -> None:
    marks = (
        Mark(
            1,
            "mask",
            "access-code",
            "live-key",
            "Art. 5(1)(f), 32 GDPR",
            "[masked 1: access code]",
            ("/data/0/a",),
            ("/data/0/b", "/data/0/c"),
        ),
        Mark(
            2,
            "withhold",
            "address",
            "It is another person's.",
            "Art. 15(4) GDPR",
            "[withheld 2: x]",
            ("/data/0/b",),
            (),
        ),
    )
    with built([{"a": 1, "b": 2}], "nl", marks=marks, sum=Sum(4, 2, 1, 1, 0)) as report:
        listed = said(report.part("hidden-part").text)
        page = said(report.part("start").text)
    assert "bevat 4 losse gegevens. Getoond: 2, afgeschermd: 1, niet verstrekt: 1." in page
    for fact in (
        "It is another person's (artikel 15, lid 4, AVG).",
        "Op 3 plaatsen: Bijlage D: overige gegevens (3).",
        "naar de rechter gaan",
    ):
        assert fact in listed


@pytest.mark.parametrize("kind", ["click", "delivery", ""])
def test_opens_and_clicks_are_explained_where_there_are_some(built: Callable[..., Any], kind: str) -> None:
    data: list[Any] = [
        {"type": "message", "ID": "1", "timestampsent": "2024-01-02 03:04:05", "subject": "Hi"},
        {"type": "profile", "ID": "7", "database": "1", "fields": {"Name": "Robin"}, "interests": {"Tea": 1}},
    ]
    if kind:
        data.append({"type": kind, "ID": "2", "timestamp": "2024-01-02 03:04:06", "mailing": "3"})
    with built(data) as report:
        chapter, text = report.part("noticed-part").text, report.text
    assert ("The hidden image in an e-mail was loaded" in chapter) is (kind == "click")
    assert ("No opens, clicks or other events are stored." in chapter) is (kind == "")
    assert ("the place of an open or click are estimates" in text) is (kind == "click")


@pytest.mark.parametrize("treatment", ["mask", "withhold"])
def test_only_what_was_done_is_explained(built: Callable[..., Any], treatment: str) -> None:
    mark = Mark(1, treatment, "address", "another's", "Art. 15(4) GDPR", "[1]", ("/data/0/a",), ())
    with built([{"a": 1}], marks=(mark,), sum=Sum(3, 2, 1, 0, 0)) as report:
        chapter = report.part("hidden-part").text
    assert ("Masked means" in chapter) is (treatment == "mask")
    assert "They are harmless" in chapter
    assert ("Withheld means" in chapter) is (treatment == "withhold")


def test_a_copy_for_the_archive_says_so_on_page_one(built: Callable[..., Any]) -> None:
    with built([{"a": 1}], original=True) as report:
        assert "Do not send it." in report.part("start").text


@pytest.mark.parametrize("medium", ["html", "pdf", "zip"])
@pytest.mark.parametrize("messages", ["text", "layout", "list"])
def test_no_markup_of_an_export_survives(built: Callable[..., Any], medium: str, messages: str) -> None:
    data = [
        {HOSTILE: HOSTILE},
        {"ID": "1", "fields": {HOSTILE: HOSTILE}, "database": HOSTILE, "secret": "x", "interests": [HOSTILE]},
        {
            "type": "click",
            "data": {"ID": "2", "timestamp": HOSTILE, "link": HOSTILE, "useragent": HOSTILE * 3},
        },
        {
            "type": "message",
            "messageID": "3",
            "timestampsent": HOSTILE,
            "mime": f"Subject: {HOSTILE}\r\n\r\n{HOSTILE}",
        },
    ]
    with built(data, medium=medium, messages=messages) as report:
        assert set(report.words.tags) <= PLAIN_TAGS
        assert not [a for a in report.words.attributes if a[1].startswith("on")]
        assert "<script" not in report.html.lower()
        assert "49" not in re.findall(r"\b49\b", report.part("technical-part").text)
        frames = [
            dict(report_attributes(report, n)) for n, tag in enumerate(report.words.tags) if tag == "iframe"
        ]
        assert all(frame.get("sandbox") == "" for frame in frames)


def report_attributes(report: Any, index: int) -> list[tuple[str, str | None]]:
    """The attributes of the frames of a report; each frame has the same names."""
    del index
    return [(name, value) for tag, name, value in report.words.attributes if tag == "iframe"]


@pytest.mark.parametrize("medium", ["html", "pdf"])
@pytest.mark.parametrize("name", ["hostile.json", "subprofile-20285.json", "email-someone.json"])
def test_nothing_in_a_report_leads_or_loads_from_outside(
    built: Callable[..., Any], name: str, medium: str
) -> None:
    with built(SAMPLES / name, medium=medium, messages="layout") as report:
        for _tag, attribute, value in report.words.attributes:
            if attribute == "href":
                assert (value or "").startswith("#")
            if attribute in {"src", "background", "poster", "data", "srcset", "action"}:
                assert (value or "").startswith("data:")


@pytest.mark.parametrize("name", sorted(p.name for p in SAMPLES.glob("*.json") if p.name != "index.json"))
def test_ids_are_unique_links_find_them_and_headings_never_skip(built: Callable[..., Any], name: str) -> None:
    with built(SAMPLES / name, "fr", config=CONFIG) as report:
        ids = Counter(value for _, attribute, value in report.words.attributes if attribute == "id")
        ids.update(part.anchor for part in report.parts)
        assert [i for i, n in ids.items() if n > 1] == []
        targets = {v[1:] for _, a, v in report.words.attributes if a == "href" and v}
        assert targets <= ids.keys()
        levels = [int(tag[1]) for tag in report.words.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def english_words(lang: str) -> set[str]:
    """The words of our English texts that our texts in another language do not use."""
    words = language_of(lang)
    strings = " ".join(form for forms in words.texts.values() for form in forms)
    return words_of(" ".join(words.texts)) - words_of(strings)


def words_of(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"(?<![\w.-])[^\W\d_]{2,}(?![\w.-])", text)}


MESSAGE = """\
Subject: θ
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html; charset=odd

<a href="https://x.example/unsubscribe">ι</a>
<a href="mailto:a@x.example">κ</a> <a href="https://x.example/">μ</a>
<img src="https://x.example/p.gif" width=1 height=1>
<img src="cid:no"> <img src="https://x.example/q.png" alt="λ">
--x
Content-Type: application/pdf; name=ν.pdf

%PDF
"""
EVERYTHING = [
    {
        "ID": "1",
        "fields": {"α": "β"},
        "database": "2",
        "interests": [],
        "secret": "x",
        "created": "2024-10-27 02:30:00",
    },
    {
        "type": "open",
        "data": {"ID": "2", "timestamp": "2024-10-27 02:30:00", "ip": "192.0.2.1", "device": "unknown"},
    },
    {
        "type": "open",
        "data": {"ID": "2", "timestamp": "2024-10-28 02:30:00", "ip": "192.0.2.2", "country": "γ"},
    },
    {"type": "click", "data": {"ID": "2", "timestamp": "2024-10-29 02:30:00", "link": "https://x.example/"}},
    {"type": "error", "data": {"ID": "3", "timestamp": "2024-03-31 02:30:00", "errorcode": "5.1.1"}},
    {"type": "error", "data": {"ID": "4", "timestamp": "0000-00-00", "errorcode": "4.9.9"}},
    {"type": "abuse", "data": {"ID": "5", "timestamp": "2024-04-01 02:30:00", "feedback_type": "abuse"}},
    {"type": "unsubscribe", "data": {"ID": "6", "timestamp": "2024-04-01 02:30:00", "source": "link"}},
    {"type": "bounce", "data": {"ID": "7", "timestamp": "2024-04-01 02:30:00"}},
    {
        "type": "survey",
        "survey": "δ",
        "questions": {"1": {"question": "ε", "type": "open", "answer": ["ζ", {}]}},
    },
    {"type": "file", "data": {"name": "η.pdf", "size": 12345}},
    {
        "type": "message",
        "data": {
            "ID": "8",
            "mime": MESSAGE,
        },
    },
    {"type": "message", "data": {"ID": "9"}},
    {"no": None, "so": True, "ho": "", "go": [], "bo": False},
]


@pytest.mark.parametrize("medium", ["html", "pdf"])
@pytest.mark.parametrize("lang", ["nl", "de", "fr"])
def test_no_english_of_ours_is_left(built: Callable[..., Any], lang: str, medium: str) -> None:
    mark = Mark(
        1,
        "withhold",
        "address",
        "ξ",
        "Art. 15(4) GDPR",
        mark_text(lang, "withhold", 1, "address"),
        ("/data/0/secret",),
        ("/data/0/note",),
    )
    english = english_words(lang)
    assert {"the", "which", "your", "opens", "stored"} <= english
    names = {name for name, _ in leaves(EVERYTHING)} | words_of("odd Europe text html pdf type email link")
    names |= words_of(" ".join(entry.in_words(lang) for entry in AUTHORITIES.values()))
    for config, marks in ((CONFIG, ()), (Config(), (mark,))):
        with built(EVERYTHING, lang, config=config, medium=medium, marks=marks) as report:
            said = report.text + " ".join(
                value or ""
                for _, name, value in report.words.attributes
                if name in {"alt", "title", "aria-label", "summary", "placeholder"}
            )
            assert words_of(said) & english - names == set()
            assert language_of(lang).text("(summer or winter time unknown)") in report.text


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """The names of all members, however deep, and every short value as if it were a name."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name.lower(), member
            yield from leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member)
    elif isinstance(value, str) and len(value) < 20:
        yield value.lower(), value


def test_what_happened_is_never_called_reading(built: Callable[..., Any]) -> None:
    for lang, wrong in (
        ("en", "you opened"),
        ("nl", "u opende"),
        ("de", "sie öffneten"),
        ("fr", "vous avez ouvert"),
    ):
        opening = {"type": "open", "data": {"ID": "2", "timestamp": "2024-01-02 03:04:05", "ip": "192.0.2.7"}}
        with built([opening], lang) as report:
            assert wrong not in report.text.lower()


def test_a_template_of_the_operator_goes_first_and_can_extend_ours(
    built: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "glossary.html.j2").write_text(
        '{% include "shipped:report/glossary.html.j2" %}<p>Call us: {{ "<b>" }}</p>', encoding="utf-8"
    )
    profile = {"type": "profile", "ID": "7", "fields": {"a": "b"}}  # a word that needs explaining
    with built([profile], templates=tmp_path) as report:
        assert "Words explained" in report.text
        assert "<p>Call us: &lt;b&gt;</p>" in report.html
    (folder / "glossary.html.j2").write_text("{{ nowhere }}", encoding="utf-8")
    with pytest.raises(UndefinedError), built([profile], templates=tmp_path):
        pass


def test_the_same_export_gives_the_same_report(built: Callable[..., Any]) -> None:
    with built(SAMPLES / "subprofile-20285.json", "nl", config=CONFIG) as one:
        first = one.html
    with built(SAMPLES / "subprofile-20285.json", "nl", config=CONFIG) as two:
        assert two.html == first


@pytest.fixture
def usual_garbage_collection() -> Iterator[Callable[[], None]]:
    """Python's own thresholds, as in a program that uses the library."""
    before = gc.get_threshold()
    yield lambda: gc.set_threshold(700, 10, 10)
    gc.set_threshold(*before)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_bodies_of_messages(
    tmp_path: Path, usual_garbage_collection: Callable[[], None]
) -> None:
    file = tmp_path / "large.json"
    body = "word " * 20_000
    with file.open("w", encoding="utf-8") as out:
        out.write('{"info": {"type": "profile", "id": "7"}, "data": [')
        for n in range(150):
            message = {
                "type": "message",
                "messageID": f"m{n}",
                "timestampsent": f"2024-01-{n % 28 + 1:02} 08:00:00",
                "mime": f"Subject: Number {n}\r\nContent-Type: text/plain\r\n\r\n{body}",
            }
            out.write(("," if n else "") + json.dumps(message))
        out.write("]}")
    from dsr_report import read
    from dsr_report.rendering.options import ReportOptions
    from dsr_report.rendering.rendered import RenderedReport

    with read(file) as export:
        from datetime import UTC, datetime

        options = ReportOptions("en", export.zone, datetime(2026, 1, 1, tzinfo=UTC), "dsr-report")
        usual_garbage_collection()
        tracemalloc.start()
        report = RenderedReport(export, options)
        length = sum(len(part.html) for part in report.document.parts())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        report.close()
    assert length > 15_000_000
    assert peak < length


def test_a_list_of_messages_says_once_where_their_texts_are_and_only_in_the_pdf(
    built: Callable[..., Any],
) -> None:
    mime = "Subject: {0}\r\nContent-Type: text/html\r\n\r\n<p>Words of {0}</p>"
    data = [{"type": "message", "messageID": str(n), "mime": mime.format(n)} for n in range(3)]
    with built(data, medium="pdf", messages="list") as report:
        assert (
            report.html.count("The complete messages are in the file export.json inside this document.") == 1
        )
        assert "Words of" not in report.html
    with built(data, medium="html", messages="list") as report:
        assert "export.json inside this document" not in report.html
        assert report.html.count("<iframe") == 3


def test_a_pdf_that_lists_messages_says_where_they_are_in_full(built: Callable[..., Any]) -> None:
    data = [{"mime": "Subject: a\r\n\r\nText", "timestampsent": "2024-01-02 03:04:05"}]
    said = {}
    for messages in ("text", "list"):
        for medium in ("pdf", "html"):
            with built(data, messages=messages, medium=medium) as report:
                said[messages, medium] = (
                    "export.json, which is inside this PDF" in report.part("sent-part-0").text
                )
    assert [key for key, value in said.items() if value] == [("list", "pdf")]
