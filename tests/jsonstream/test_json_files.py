"""JSON files of a package: what the standard library writes, at once."""

from __future__ import annotations

import json
from typing import Any

from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.jsonstream.json_file import json_file

TEXTS = st.text(st.characters(), max_size=8)  # lone surrogates among them
CONTENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@examples(300)
@given(content=CONTENTS)
def test_a_json_file_is_indented_as_the_standard_library_indents_it(content: Any) -> None:
    expected = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    assert json_file(content) == expected.encode("utf-8", "backslashreplace")
