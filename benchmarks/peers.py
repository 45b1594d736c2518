"""Other tools on the same input, each as a separate process: `python benchmarks/peers.py NAME ...`."""

from __future__ import annotations

import email
import email.policy
import html
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def json_load(export: str) -> None:
    """Load the whole export into memory with the standard library."""
    with Path(export).open("rb") as file:
        json.load(file)


def with_orjson(export: str) -> None:
    """Load the whole export into memory with the fastest common parser (which turns decimals into floats)."""
    import orjson  # noqa: PLC0415 - only this peer needs it

    orjson.loads(Path(export).read_bytes())


def with_ijson(export: str) -> None:
    """Read the export one element at a time with ijson."""
    import ijson  # noqa: PLC0415 - only this peer needs it

    with Path(export).open("rb") as file:
        for _ in ijson.items(file, "data.item"):
            pass


def normalize(export: str, target: str) -> None:
    """Write all records as one table with pandas."""
    import pandas as pd  # noqa: PLC0415 - only this peer needs it

    with Path(export).open("rb") as file:
        data = json.load(file)["data"]
    pd.json_normalize(data).astype(str).to_parquet(target)


def our_pages(export: str, target: str) -> None:
    """Write the HTML of our PDF as one file, for other tools to lay out."""
    from dsr_report import read  # noqa: PLC0415 - only here
    from dsr_report.choices import generator  # noqa: PLC0415
    from dsr_report.rendering.options import ReportOptions  # noqa: PLC0415
    from dsr_report.rendering.rendered import RenderedReport  # noqa: PLC0415
    from dsr_report.shipped import shipped  # noqa: PLC0415
    from dsr_report.writers.pdf import batching  # noqa: PLC0415

    source = read(export)
    last = source.period[1] or datetime.now(UTC)
    built = RenderedReport(
        source,
        ReportOptions(
            language_code="en",
            zone=source.zone,
            created=last,
            generator=generator(),
            medium="pdf",
            original=True,
        ),
    )
    stylesheet = (shipped("templates") / "styles" / "print.css").read_text(
        "utf-8"
    ) + built.document.stylesheet
    with Path(target).open("w", encoding="utf-8", errors="replace") as out:
        out.write(f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><style>{stylesheet}</style><body>')
        out.writelines(
            job.html.partition("<body>")[2].partition("</body>")[0]
            for job in batching.jobs(built.document, stylesheet)
        )
        out.write("</body></html>")
    built.close()


def ordinary_pages(export: str, target: str) -> None:
    """Write a naive report: a table for each kind of event, a table and a text for each message."""
    with Path(export).open("rb") as file:
        data = json.load(file)["data"]
    tables: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    mails: list[tuple[dict[str, Any], str]] = []
    for record in map(_flat, data):
        raw = next((v for v in record.values() if isinstance(v, str) and "\nMIME-Version:" in v), None)
        if raw is None:
            tables.setdefault(tuple(record), []).append(record)
        else:
            mails.append(({k: v for k, v in record.items() if v is not raw}, raw))
    with Path(target).open("w", encoding="utf-8", errors="replace") as out:
        out.write(
            '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Your data</title><style>'
            "body{font-family:sans-serif} table{border-collapse:collapse;width:100%} "
            "td,th{border:1px solid #999;padding:4px;overflow-wrap:anywhere} "
            "pre{white-space:pre-wrap;overflow-wrap:anywhere}</style><h1>Your data</h1>"
        )
        out.writelines(
            f"<h2>Records {number}</h2>{_table(columns, rows)}"
            for number, (columns, rows) in enumerate(tables.items(), 1)
        )
        for number, (fields, raw) in enumerate(mails, 1):
            message = email.message_from_bytes(raw.encode("utf-8", "replace"), policy=email.policy.default)
            out.write(f"<h2>Message {number}</h2>{_table(tuple(fields), [fields])}")
            headers = [{"Header": name, "Value": value} for name, value in message.items()]
            out.write(_table(("Header", "Value"), headers))
            body = message.get_body(("plain", "html"))
            if body is not None:
                out.write(f"<pre>{html.escape(body.get_content())}</pre>")
        out.write("</html>")


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """A record with its envelope replaced by the members of that."""
    inner = record.get("data")
    if not isinstance(inner, dict):
        return record
    return {name: value for name, value in record.items() if name != "data"} | inner


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(row.get(name, '')))}</td>" for name in columns) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def weasyprint(pages: str, target: str) -> None:
    """Lay out pages with one plain call of WeasyPrint."""
    from weasyprint import HTML  # noqa: PLC0415 - only this peer needs it

    HTML(pages, url_fetcher=_refuse).write_pdf(target, pdf_variant="pdf/ua-1", pdf_tags=True)


def _refuse(url: str) -> dict[str, Any]:
    raise ValueError(f"refused: {url[:60]}")


PEERS: dict[str, Callable[..., None]] = {
    "json-load": json_load,
    "orjson": with_orjson,
    "ijson": with_ijson,
    "normalize": normalize,
    "our-pages": our_pages,
    "ordinary-pages": ordinary_pages,
    "weasyprint": weasyprint,
}


if __name__ == "__main__":
    PEERS[sys.argv[1]](*sys.argv[2:])
