"""The model class of a kind's records: one of `models`, or one generated from the declared fields."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from pydantic import AwareDatetime, Field

from dsr_report.records.base import Exact, ExactMap, Record, Text
from dsr_report.records.kind import How
from dsr_report.records.kinds import KINDS, kinds_cache
from dsr_report.records.models.events import Event
from dsr_report.records.models.people import Interests
from dsr_report.times import Certainty

_TYPES: dict[How, tuple[Any, Any]] = {
    "text": (Text | None, None),
    "count": (Text | None, None),
    "id": (Text | None, None),
    "sender": (Text | None, None),
    "flag": (bool | None, None),
    "tags": (tuple[Text, ...], ()),
    "json": (Exact, None),
    "value": (Exact, None),
    "map": (ExactMap, Field(default_factory=dict)),
    "interests": (Interests, ()),
    "made": (Exact, None),
}
"""Type and default of a model's field, by how the field is read."""


@kinds_cache(256)
def model_of(name: str) -> type[Record]:
    """The model class of a kind's records."""
    kind = KINDS[name]
    if kind.model:
        module, _, model_name = kind.model.partition(".")
        model: type[Record] = getattr(import_module(f"dsr_report.records.models.{module}"), model_name)
        return model
    base = Event if kind.is_event else Record
    fields = [one for one in kind.fields if not (kind.is_event and one.name in Event.model_fields)]
    if taken := [one.name for one in fields if hasattr(base, one.name) or one.name in base.model_fields]:
        raise ValueError(f"the kind {name!r} has the field {taken[0]!r}, which every record has")
    types: dict[str, Any] = {"kind": ClassVar[str]}
    defaults: dict[str, Any] = {"kind": kind.name}
    for one in fields:
        if one.how == "moment":
            types |= {
                one.name: AwareDatetime | None,
                f"{one.name}_raw": Text | None,
                f"{one.name}_certainty": Certainty | None,
            }
            defaults |= dict.fromkeys((one.name, f"{one.name}_raw", f"{one.name}_certainty"))
        else:
            types[one.name], defaults[one.name] = _TYPES[one.how]
    named = {"__doc__": f"{kind.explanation}.", "__module__": __name__, "__annotations__": types}
    return type(f"{kind.name.title().replace('_', '')}Record", (base,), named | defaults)
