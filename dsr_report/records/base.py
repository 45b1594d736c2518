"""Base of all record models: pointer, rule, exact value and unclaimed members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import core_schema

from dsr_report.jsonstream.items import JsonValue, Scalar
from dsr_report.records.kind import Family
from dsr_report.records.members import Member, values_of, with_unique_names
from dsr_report.records.rule import UNTOLD, Rule


class AsItIs:
    """Tells pydantic to keep a value untouched: numbers as written, surrogates and all."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return core_schema.any_schema()


class AnyText:
    """Text, also with lone surrogates, which pydantic's own `str` refuses."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(str)


Text = Annotated[str, AnyText]
"""Text as the export has it."""
if TYPE_CHECKING:
    Exact: TypeAlias = JsonValue
    ExactMap: TypeAlias = dict[str, JsonValue]
else:  # pydantic must not look into the recursive alias
    Exact = Annotated[Any, AsItIs]
    ExactMap = Annotated[Any, AsItIs]


class Record(BaseModel):
    """One thing that the export holds about the subject.

    Interpreted fields keep their source text in a field that ends in `_raw`; moments have their certainty in
    one that ends in `_certainty` (`dsr_report.times.Moment`). Ids are text; Copernica's ways to write "none"
    (`0`, `"0"`, `""`, null) are None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: ClassVar[str] = ""
    pointer: Text
    """JSON Pointer of the record in the export."""
    rule: Annotated[Rule, AnyText] = UNTOLD
    """The rule that decided the kind: `label clicks`, `event open`, `keys device`, `columns cdm-click` …"""
    family: Family | None = None
    """The product that wrote the record, if its members show it."""
    labels: tuple[Text, ...] = ()
    """Names of the containers the record was found in, outermost first."""
    value: Exact = Field(default=None, repr=False)
    """The record exactly as the export has it."""
    others: Annotated[tuple[Member, ...], AsItIs] = Field(default=(), repr=False)
    """Unclaimed members, with their pointers, in the export's order."""
    sources: Annotated[dict[str, str], AsItIs] = Field(default_factory=dict, repr=False)
    """Declared field → pointer of the member that it was read from."""

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Pointer and names of fields; their values are personal data, and are not shown."""
        yield "pointer", self.pointer
        yield "fields", sorted(map(str, self.sources))
        yield "others", [str(member.name) for member in self.others]

    def other_fields(self) -> dict[str, JsonValue]:
        """Unclaimed members by name (a second one of a name is `name (2)`)."""
        return with_unique_names((member.name, member.value) for member in self.others)

    def values(self) -> Iterator[tuple[str, Scalar]]:
        """Every scalar value of the record, claimed or not, with its pointer."""
        return values_of(self.value, self.pointer)
