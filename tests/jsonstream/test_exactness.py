"""Nothing is lost and nothing changes: reading held against another reader, and against itself."""

import io
import json
import re

import pytest
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st
from json_texts import MOST_VALUES, export_lines, export_texts

from dsr_report.errors import DsrReportError
from dsr_report.jsonstream import decoder
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.items import Number, values
from dsr_report.jsonstream.rewrite import rewrite
from dsr_report.jsonstream.window import Limits
from dsr_report.pointers import RepeatedName

PATIENT = examples(250)


def _pairs(pairs):
    counts, result = {}, {}
    for name, value in pairs:
        counts[name] = counts.get(name, 0) + 1
        result[RepeatedName(name, counts[name]) if counts[name] > 1 else name] = value
    return result


def _integer(text):
    short = len(text.lstrip("-")) <= 4300 and text != "-0"
    return int(text) if short else Number(text)


def other_reader(text):
    """The document, by the standard library alone."""
    decoded = text.decode("utf-8", "surrogateescape")
    return json.loads(
        decoded,
        strict=False,
        object_pairs_hook=_pairs,
        parse_float=Number,
        parse_int=_integer,
        parse_constant=Number,
    )


def by_pointer(pairs):
    found = [
        (pointer, type(value), str(value) if isinstance(value, str) else value) for pointer, value in pairs
    ]
    assert len({f[0] for f in found}) == len(found), "a pointer names one value"
    return sorted(found, key=lambda f: f[0].encode("utf-8", "surrogatepass"))


def read_values(export):
    return [
        *values(export.info.value, export.info.pointer),
        *(pair for item in export.items() for pair in values(item.value, item.pointer)),
    ]


def described(items):
    return [
        (item.pointer, item.labels, repr(item.value), [type(v) for _, v in values(item.value)])
        for item in items
    ]


LARGEST = st.sampled_from([1, 10, 60, 300, 8 << 20])


@PATIENT
@given(export_texts(), LARGEST)
@example(b'{"info":{},"data":[{"a":1},{"b":2,"b":3},{"c":"\\ud800"},-0,1.5]}', 8 << 20)
def test_every_value_is_there_exactly(text, largest):
    expected = by_pointer(values(other_reader(text)))
    with open_export(text, limits=Limits(largest=largest)) as export:
        assert by_pointer(read_values(export)) == expected


@PATIENT
@given(export_texts(), LARGEST, st.sampled_from([2, 7, 40, 1000]))
def test_any_window_and_any_way_give_the_same_items(text, largest, window):
    results = []
    for limits in (
        Limits(1, largest, guess=False, windows=1),
        Limits(window, largest),
        Limits(1 << 20, largest),
        Limits(1, largest, windows=1),
        Limits(1, largest),
    ):
        with open_export(text, limits=limits) as export:
            results.append((described(export.items()), export.warnings))
    assert all(result == results[0] for result in results)


@PATIENT
@given(MOST_VALUES, st.booleans())
@example(b'[{"a":"\\":","b":1,"b":2}]', False)
@example(b'[{"a" :1,"b":2},{"c":":","c" :3}]', False)
@example(b'[{"a":1.50,"b":[-0.0,1E3]},{"a":12345678901234567890}]', True)
def test_what_the_fast_decoders_accept_they_read_exactly(text, is_prose):
    try:
        value, _ = decoder.fast(text, is_prose=is_prose)
    except ValueError:
        return
    exact, end = decoder.LosslessDecoder(lambda *_: pytest.fail("nothing odd was read fast")).value(
        text, 0, ""
    )
    assert end == len(text)
    assert by_pointer(values(value)) == by_pointer(values(exact))


@PATIENT
@given(export_texts(), LARGEST, st.sampled_from([1, 30, 1 << 20]))
def test_a_rewrite_without_replacements_is_the_same_file(text, largest, window):
    target = io.BytesIO()
    with open_export(text, limits=Limits(window, largest, windows=1)) as export:
        rewrite(export, lambda item: {}, target)
    assert target.getvalue() == text


@PATIENT
@given(export_texts(), LARGEST, st.sampled_from([1, 30, 1 << 20]), st.data())
def test_a_rewrite_replaces_just_the_values_named(text, largest, window, data):
    with open_export(text, limits=Limits(window, largest, windows=1)) as export:
        pointers = [pointer for pointer, _ in read_values(export)]
        chosen = set(data.draw(st.lists(st.sampled_from(pointers), max_size=4))) if pointers else set()

        def replacements(item):
            return {p: "‹withheld›" for p, _ in values(item.value, item.pointer) if p in chosen}

        target = io.BytesIO()
        rewrite(export, replacements, target)
    before, after = dict(values(other_reader(text))), dict(values(other_reader(target.getvalue())))
    assert repr({**before, **dict.fromkeys(chosen, "‹withheld›")}) == repr(after)
    unchanged = re.sub(rb'"\\u2039withheld\\u203a"', b"", target.getvalue())
    assert len(unchanged) <= len(text)


ONE_BY_ONE = Limits(guess=False)


@PATIENT
@given(export_lines(), st.sampled_from([7, 40, 1 << 20]), st.data())
@example(b'{"data":[]}\n{"a":1}\n{"a":1,\n"a":2}\n{"b":-0}\n{"info":{}}\n{"c":1.50}\n{"d":{}}', 1 << 20, None)
def test_objects_after_an_export_are_read_and_rewritten_as_one_by_one(text, window, data):
    with open_export(text, limits=ONE_BY_ONE) as export:
        expected = described(export.items()), export.warnings
        before = by_pointer(read_values(export))
    pointers = [pointer for pointer, _, _ in before]
    chosen = set(
        data.draw(st.lists(st.sampled_from(pointers), max_size=4)) if data and pointers else pointers
    )
    with open_export(text, limits=Limits(window, windows=1)) as export:
        assert (described(export.items()), export.warnings) == expected
        marks = dict.fromkeys(chosen, "‹withheld›")
        target = io.BytesIO()
        rewrite(
            export,
            lambda item: {p: marks[p] for p, _ in values(item.value, item.pointer) if p in marks},
            target,
        )
    with open_export(target.getvalue(), limits=ONE_BY_ONE) as export:
        after = by_pointer(read_values(export))
    hidden = [
        (pointer, str, "‹withheld›") if pointer in chosen else (pointer, *rest) for pointer, *rest in before
    ]
    assert after == hidden


@PATIENT
@given(export_texts(), st.data())
def test_a_file_cut_anywhere_is_refused_or_salvaged_but_never_crashes(text, data):
    cut = text.rstrip()[: data.draw(st.integers(0, max(0, len(text.rstrip()) - 1)))]
    with pytest.raises(DsrReportError), open_export(cut) as export:
        list(export.items())
    whole = dict(values(other_reader(text)))
    results = []
    for limits in (Limits(), Limits(1, guess=False, windows=1), Limits(9, windows=1)):
        try:
            with open_export(cut, salvage=True, limits=limits) as export:
                found = (
                    dict(values(export.info.value, export.info.pointer))
                    if export.info.value is not None
                    else {}
                )
                found |= {p: v for item in export.items() for p, v in values(item.value, item.pointer)}
                assert export.incomplete
                target = io.BytesIO()
                rewrite(export, lambda item: {}, target)
        except DsrReportError as error:
            results.append(type(error))
            continue
        assert found.items() <= whole.items(), "what is salvaged is a part of the whole"
        rewritten = dict(values(other_reader(target.getvalue())))
        assert found.items() <= rewritten.items() <= whole.items()
        results.append(repr(found))
    assert len(set(results)) == 1


RECORDS = st.lists(
    st.fixed_dictionaries(
        {"ID": st.integers(), "link": st.text(max_size=5)}, optional={"a": st.lists(st.just({"ID": 1}))}
    ),
    min_size=3,
    max_size=8,
)  # fmt: skip


@PATIENT
@given(RECORDS, st.sampled_from(["one line", "a line each", "indented", "JSON Lines"]), st.data())
def test_what_is_salvaged_of_a_damaged_file_is_what_a_rewrite_of_it_holds(records, form, data):
    head = {"info": {"id": "7"}, "data": records}
    text = json.dumps(head, indent=2 if form == "indented" else None, separators=(",", ":"))
    if form == "a line each":
        text = text.replace("},{", "},\n{")
    elif form == "JSON Lines":
        text = "\n".join(map(json.dumps, [{**head, "data": []}, *records]))
    raw = text.encode()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(40, len(raw)))
        raw = (
            raw[:at] + data.draw(st.sampled_from([b'"', b"x", b"}", b"]", b"{[", b",", b""])) + raw[at + 1 :]
        )
    for limits in (Limits(), Limits(1, guess=False, windows=1), Limits(9, windows=1)):
        try:
            with open_export(raw, salvage=True, limits=limits) as export:
                found = [(item.pointer, item.value) for item in export.items()]
                target = io.BytesIO()
                rewrite(export, lambda item: {}, target)
        except DsrReportError:
            continue
        with open_export(target.getvalue()) as again:
            assert [(item.pointer, item.value) for item in again.items()] == found


@pytest.mark.parametrize("form", ["one line", "a line each", "indented", "JSON Lines"])
def test_reading_goes_on_after_a_broken_record_and_says_which_bytes_are_lost(form):
    records = [{"ID": str(n), "link": f"https://x.example/{n}"} for n in range(50)]
    head = {"info": {"id": "7"}, "data": records}
    text = json.dumps(head, indent=2 if form == "indented" else None)
    if form == "a line each":
        text = text.replace("}, {", "},\n{")
    elif form == "JSON Lines":
        text = "\n".join(map(json.dumps, [{**head, "data": []}, *records]))
    raw = text.replace('example/30"', 'example/"30"').encode()
    with pytest.raises(DsrReportError), open_export(raw) as export:
        list(export.items())
    with open_export(raw, salvage=True) as export:
        links = {item.value.get("link") for item in export.items()}
        (warning,) = (w for w in export.warnings if w.code == "lost")
        assert export.incomplete
    assert {f"https://x.example/{n}" for n in range(50)} - links == {"https://x.example/30"}
    start, end = [int(word) for word in warning.message.split() if word.isdigit()][:2]
    assert start < raw.index(b'example/"30"') < end < raw.index(b"example/31")


@PATIENT
@given(export_texts(), st.data())
def test_a_file_damaged_anywhere_raises_only_our_errors(text, data):
    at = data.draw(st.integers(0, len(text)))
    damaged = text[:at] + data.draw(st.binary(max_size=3)) + text[at + data.draw(st.integers(0, 3)) :]
    outcomes = []
    for limits in (Limits(), Limits(1, guess=False, windows=1), Limits(5, windows=1)):
        try:
            with open_export(damaged, limits=limits) as export:
                outcomes.append(str(by_pointer(read_values(export))))
        except DsrReportError as error:
            outcomes.append(f"{type(error).__name__}: {error}")
    assert len(set(outcomes)) == 1


def test_numbers_that_python_would_not_write_the_same_keep_their_text():
    text = b'{"info":{},"data":[1.50,1E3,-0,12345678901234567890123,"1.50",7]}'
    with open_export(text) as export:
        read = [item.value for item in export.items()]
    assert read == [Number("1.50"), Number("1E3"), Number("-0"), 12345678901234567890123, "1.50", 7]
    assert [type(v) for v in read] == [Number, Number, Number, int, str, int]
