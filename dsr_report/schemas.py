"""JSON Schemas of what is written for programs: manifest, ledger, inspection, results, findings, decisions.

They are published in `docs/schemas`; a test holds them to what is written. To write them again:
`python -m dsr_report.schemas`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from dsr_report.batch.results import Result
from dsr_report.redact.decisions import DECISIONS
from dsr_report.redact.plan import Treatment
from dsr_report.writers.manifest import Manifest

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_POINTER = {"type": "string", "description": "JSON Pointer (RFC 6901) into the export."}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}


def _object(
    properties: Mapping[str, Any], *, optional: tuple[str, ...] = (), closed: bool = True, **more: Any
) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": not closed,
        **more,
    }


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [dict(schema), {"type": "null"}]}


def manifest() -> dict[str, Any]:
    """`manifest.json` of a disclosure."""
    return Manifest.model_json_schema(mode="serialization")


def ledger() -> dict[str, Any]:
    """One line of `ledger.jsonl`: where a record's values are shown."""
    return _object(
        {
            "pointer": _POINTER,
            "members": _list(_POINTER),
            "masked": _COUNT,
            "withheld": _COUNT,
            "values": _COUNT,
            "kind": _TEXT,
            "place": _TEXT,
            "anchor": _TEXT,
            "file": _TEXT,
            "in_file": _list(_POINTER),
        },
        optional=("members", "masked", "withheld", "file", "in_file"),
    )


def inspection() -> dict[str, Any]:
    """`inspect --json`, and `Inspection.to_dict()`."""
    values = _object(dict.fromkeys(("total", "disclosed", "masked", "withheld", "in_part"), _COUNT))
    moment = _nullable({"type": "string", "format": "date-time"})
    return _object(
        {
            "info": _object({"type": _nullable(_TEXT), "id": _nullable(_TEXT)}),
            "sha256": _SHA256,
            "bytes": _COUNT,
            "records": {"type": "object", "additionalProperties": _COUNT},
            "values": values,
            "period": _object({"first": moment, "last": moment}),
            "unrecognised": _list(_object({"pointer": _POINTER, "keys": _list(_TEXT), "count": _COUNT})),
            "warnings": _list(_object({"code": _TEXT, "pointer": _POINTER, "message": _TEXT})),
        }
    )


def batch_result() -> dict[str, Any]:
    """One line of `batch-results.jsonl`."""
    types: dict[str, Any] = {
        "int": {"type": "integer"},
        "str": _TEXT,
        "bool": _FLAG,
        "str | None": _nullable(_TEXT),
        "int | None": _nullable({"type": "integer"}),
        "float | None": _nullable({"type": "number"}),
        "tuple[str, ...]": _list(_TEXT),
    }
    fields = {name: types[str(kind)] for name, kind in Result.__annotations__.items()}
    return _object({**fields, "settings": {**_TEXT, "description": "Hash of what it was made with."}})


def review() -> dict[str, Any]:
    """`review --json`, and `Review.to_dict()`."""
    places = _list(_POINTER)
    finding = {
        **dict.fromkeys(("id", "what", "pointer", "context", "why", "article", "value", "record"), _TEXT),
        **dict.fromkeys(("title", "date", "sentence"), _TEXT),
        "places": places,
        "elsewhere": places,
        "proposal": {"enum": [*get_args(Treatment)]},
        "must_decide": _FLAG,
    }
    text = dict.fromkeys(("id", "record", "title", "date", "pointer", "text"), _TEXT) | {"places": places}
    closed = dict.fromkeys(("pointer", "part", "path", "reason", "finding"), _TEXT)
    return _object(
        {
            "export_sha256": _SHA256,
            "findings": _list(_object(finding)),
            "texts": _list(_object(text)),
            "closed_files": _list(_object(closed)),
        }
    )


def decisions() -> dict[str, Any]:
    """The review file (TOML), as the JSON that TOML is read as."""
    decided = {"decision": {"enum": [*DECISIONS]}, "reason": _TEXT, "article": _TEXT}
    also = {"text": _TEXT, "pointer": _POINTER, "words": _FLAG, **decided}
    return _object(
        {
            "export_sha256": _SHA256,
            "country": _TEXT,
            "controller": _list(_TEXT),
            "finding": _list(_object({"id": _TEXT, **decided}, optional=("reason", "article"), closed=False)),
            "text": _list(_object({"id": _TEXT, "read": _FLAG}, closed=False)),
            "also": _list(
                _object(also, optional=("text", "pointer", "words", "reason", "article"), closed=False)
            ),
        },
        optional=("country", "controller", "finding", "text", "also"),
    )


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "manifest": manifest,
    "ledger": ledger,
    "inspection": inspection,
    "batch-result": batch_result,
    "review": review,
    "decisions": decisions,
}


def schema(name: str) -> dict[str, Any]:
    """A schema with its name and what it describes."""
    make = SCHEMAS[name]
    described = (make.__doc__ or "").strip()
    return {"$schema": _DIALECT, "title": f"dsr-report {name}", **make(), "description": described}


def main(folder: Path) -> None:
    """Write all schemas."""
    folder.mkdir(exist_ok=True)
    for name in SCHEMAS:
        text = json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/schemas"))
