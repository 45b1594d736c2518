"""`docs/tables.md`, made from the declarations.

To write it again: `python -m dsr_report.tables.documentation > docs/tables.md`.
"""

from __future__ import annotations

import sys

from dsr_report.tables.schema import tables
from dsr_report.tables.table import Table

_INTRODUCTION = """\
# Tables

Written by `dsr-report tables`, and held by `dsr_report.read(…).tables`. This page is generated from
the declarations of the records' kinds and `dsr_report/tables/declarations/`; do not edit it by hand.

- **Whom a row is about** says `subject_key`, in every table.
- **Rows and their order** depend on what the export says, never on its layout: the same records give
  the same tables, whether they come as objects, rows, wrappers or texts. Only `pointer` tells where
  each stood.
- **Keys.** The first column of each table is its key. Keys are made of the row's content, so they stay
  the same from one export to the next as long as the row does; rows that are alike in everything are
  numbered (`…-2`). `message_key` is the same in all tables, whether a record gave the message's public
  id or its number; so is `mailing_key`, as the products number their mailings apart. A click's
  `link_key` is that of the link it followed, as far as number or address tell; it leads nowhere where
  the message's HTML does not have the link as the click names it.
- **Moments** are in UTC. Beside each stand the time that clocks showed (`…_local`, in the zone of
  `--timezone`, for weekdays and hours; durations take the moments in UTC), the text it was read from
  (`…_raw`) and how sure it is (`…_certainty`): `exact` where the text named its zone or was unix
  time; `assumed` where the zone is the one of `--timezone`; `ambiguous` in the hour that occurs twice
  in autumn (the earlier one is given); `nonexistent` in the hour that spring skips (the time after the jump
  is given); `date` for a day without a time (its midnight is given).
- **Counts** are whole numbers, null where the text is none; beside each stands that text (`…_raw`).
- **Categories** have a closed list of values: kinds, products, certainties. Where a format knows no
  categories they are texts.
- **Ids** are text; Copernica's ways to write "none" (`0`, `""`) are null. Numbers from the export that
  are no ids and no counts are text too, exactly as written.
- **Programs**: `user_agent` is the member, or where that is empty the field of the request's header.
  `browser`, `system`, `mail_client` and `privacy_proxy` are read from it with the rules of uap-core
  (the library ua-parser); they are a reading, and lines can lie. Where a proxy loaded the pictures, an
  "open" says that the mail arrived, and little of when, where and with what it was read.
- **Origin**: every row has `origin`, which says where its data come from: `provided` by the person,
  `observed` while the person used something, or `inferred`, which is worked out or written down by the
  controller. Portability (Art. 20 GDPR) covers the first two. Rows of `fields`, `interests`, `history` and
  `custom` have what the configuration says (`origin` in `[[field]]` and `[records.NAME]`, with `--config`),
  else that of the kind of record; it is null where only the controller knows and did not say. What a form
  was filled in with is `provided`. Below, `origin` of a column is said where it differs from its rows', or is
  that of all of them: the place of an event is `inferred`, though the event was observed.
- **Nothing is lost**: members of a record that have no column, or more in them than a column holds, are in
  `other`, as JSON; so is what a further record of a message says otherwise. What only says how records are
  packed (pages, names of lists and columns) is in no table.
- Every row has `pointer`, the JSON Pointer of the record (or of the field, or of the answer) it came
  from.

## Files

| format | files | moments | null and empty text |
|---|---|---|---|
| `csv` | `TABLE.csv`: RFC 4180, UTF-8, CRLF | ISO 8601; in UTC `+00:00`, local without \
| null is an empty cell, empty text `""` |
| `parquet` | `TABLE.parquet` | timestamp[us, UTC]; local timestamp[us] | as they are |
| `xlsx` | `tables.xlsx`, a sheet a table; texts beyond 32,767 characters go on in the sheet `continued`, \
rows beyond 1,048,576 in a sheet `TABLE 2`; numbers of more than 15 digits are texts | Excel dates \
| both are empty cells |
| `sqlite` | `tables.sqlite` | ISO 8601 text | as they are |
| `duckdb` | `tables.duckdb` | TIMESTAMPTZ; local TIMESTAMP | as they are |

Values are exact in every format. A cell of a CSV file that begins with `=`, `+`, `-` or `@` is
therefore *not* changed: import such files into a spreadsheet with all columns as text, or use `xlsx`,
where nothing is evaluated. A lone surrogate (half of a character, which no file of UTF-8 can hold) is
written as its escape, `\\ud83d`. The same export gives the same bytes in each format but `duckdb`, whose
files have an id of their own.

## Keys and joins

Arrows lead from a column to the key that it names. All tables lead to `subject` by `subject_key`.

{picture}"""


def documentation() -> str:
    """The whole page."""
    contents = "\n".join(f"- [`{table.name}`](#{table.name}): {table.description}" for table in tables())
    introduction = _INTRODUCTION.replace("{picture}", picture())
    return "\n".join([introduction, "## Tables", "", contents, "", *(_section(table) for table in tables())])


def picture() -> str:
    """A diagram of the joins between tables, in Mermaid's language."""
    lines = ["```mermaid", "flowchart LR"]
    joined = {
        (table.name, column, target)
        for table in tables()
        for column, targets in table.joins.items()
        for target in targets.split()
        if not target.startswith("subject.")
    }
    named = {target.partition(".")[0] for _, _, target in joined} | {name for name, _, _ in joined}
    lines += [
        f'    {table.name}["<b>{table.name}</b><br>{table.key}"]' for table in tables() if table.name in named
    ]
    lines += [
        f"    {name} -- {column} --> {target.partition('.')[0]}" for name, column, target in sorted(joined)
    ]
    return "\n".join([*lines, "```", ""])


def _section(table: Table) -> str:
    lines = [f"## {table.name}", "", table.description, "", f"Key: `{table.key}`."]
    if table.order:
        lines[-1] += f" Order: {', '.join(f'`{name}`' for name in table.order)}, then content."
    if table.joins:
        lines[-1] += " " + " ".join(
            f"`{name}` leads to {' or '.join(f'`{target}`' for target in targets.split())}."
            for name, targets in table.joins.items()
        )
    lines += ["", "| column | type | unit | origin | what it is |", "|---|---|---|---|---|"]
    lines += [f"| `{c.name}` | {c.dtype} | {c.unit} | {c.origin} | {c.description} |" for c in table.columns]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(documentation())
