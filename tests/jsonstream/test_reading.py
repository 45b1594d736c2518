"""Reading: the same exact items, whatever the layout and whatever the window."""

import io

import pytest

from dsr_report.errors import BrokenJsonError
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.items import Item, Number
from dsr_report.jsonstream.rewrite import rewrite


def items(text, **options):
    with open_export(text, **options) as export:
        return list(export.items())


def test_an_element_of_data_is_an_item_with_its_pointer():
    assert items(b'{"info":{},"data":[{"a":1.50},[2],"x",null]}') == [
        Item("/data/0", (), {"a": Number("1.50")}),
        Item("/data/1", (), [2]),
        Item("/data/2", (), "x"),
        Item("/data/3", (), None),
    ]


def test_a_member_of_data_is_an_item_with_its_name_as_label():
    assert items(b'{"info":{},"data":{"clicks":[{"a":1}],"":{}},"more":5}') == [
        Item("/data/clicks", ("clicks",), [{"a": 1}]),
        Item("/data/", ("",), {}),
        Item("/more", ("more",), 5),
    ]


def test_a_rewrite_changes_just_what_is_asked_for():
    text = (
        b' { "info": {"id": 7},\n"data": [ {"a":  1.50, "b":["x", "y"]}, {"c": "\\u00e9"} ] , "m": null }\n'
    )
    target = io.BytesIO()
    with open_export(text) as export:
        wanted = {"/data/0/a": "gone", "/data/0/b/1": "é", "/m": "m", "/info/id": "i"}
        rewrite(
            export,
            lambda item: {p: s for p, s in wanted.items() if (p + "/").startswith(item.pointer + "/")},
            target,
        )
    assert target.getvalue() == text.replace(b"1.50", b'"gone"').replace(b'"y"', b'"\\u00e9"').replace(
        b"null", b'"m"'
    ).replace(b"7", b'"i"')


def test_a_cut_off_file_is_an_error_that_gives_the_byte():
    text = b'{"info":{"id":1},"data":[{"a":1},{"b":[1,2'
    with pytest.raises(BrokenJsonError) as caught, open_export(text) as export:
        list(export.items())
    assert f"byte {len(text)}" in str(caught.value)


def test_what_is_whole_of_a_cut_off_file_can_be_salvaged():
    text = b'{"info":{"id":1},"data":[{"a":1},{"b":[1,2'
    with open_export(text, salvage=True) as export:
        assert [item.value for item in export.items()] == [{"a": 1}, {"b": [1]}]
        assert export.incomplete
