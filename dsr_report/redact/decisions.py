"""The decisions file: written by `dsr-report review`, edited by a person, applied by `render --review`."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from dsr_report.errors import CheckFailedError, ConfigError
from dsr_report.pointers import is_below
from dsr_report.redact.findings import Finding, Findings, Looking
from dsr_report.redact.free_texts import FreeText
from dsr_report.redact.plan import SHORTEST_PASSAGE, Decision

DECISIONS = ("undecided", "disclose", "mask", "withhold")
_LONGEST_SHOWN = 20_000
"""Characters of a text in the reading list; longer ones are read in the export."""
_MOST_LISTED = 20
"""Pointers of other places; `dsr-report find` gives all."""
_MAKE = "Make one with `dsr-report review EXPORT -o FILE`."
_HEAD = """\
# Findings to decide on, made by `dsr-report review`. This file holds personal data: keep it private.
#
# For each finding set `decision` to one of:
#   "disclose"  the person receives it as it is
#   "mask"      the person's own, but it gives access (a code, a password, a personal link): shown is that
#               it exists, not what it is
#   "withhold"  rights of others or another legal ground; give a `reason` and an `article`
# "undecided" leaves secrets masked and discloses the rest, with a warning (an error with --strict).
# Withhold as little as possible: what was sent to the person, the person knows. An answer that hides too much
# is as wrong as one that shows too much.
#
# You can add what is missing from the list (such as a name); it is hidden wherever the text stands:
#   [[also]]
#   text = "Piet Voorbeeld"            # or: pointer = "/data/7", for all that a record or message holds
#   decision = "withhold"
#   reason = "the name of another person"
#   article = "Art. 15(4) GDPR"
# A text of fewer than six characters needs `words = true` (hidden wherever it is a word of its own) or a
# `pointer` beside it (hidden only there). `dsr-report find EXPORT TEXT` tells where a text stands.
#
# No rule finds everybody. Each text by or about the person is listed once below, as [[text]]: read it, set
# `read = true`, and add above what should be hidden in it. With --strict each must be read, or be decided on.
#
# A file that cannot be searched (a picture, a scan, a locked archive) is one to open yourself: set
# `looked_at = true` where the person may have it, or `decision = "withhold"`, which replaces it by a mark.
#
# Apply it with: dsr-report render EXPORT --review THIS-FILE
"""
_MOST_NAMED = 20
"""Places in one warning: as many as fit on a screen."""


class Merged(NamedTuple):
    """A decisions file that was made anew, with what a person had decided before."""

    text: str
    kept: int
    added: int
    dropped: int


def looking_of(path: Path) -> Looking:
    """What people were told by when a file of decisions was made.

    Raises:
        ConfigError: it is no such file.
    """
    content = _content(path)
    controller = content.get("controller", [])
    return Looking(
        str(content.get("country", "")),
        tuple(map(str, controller)) if isinstance(controller, list) else (),
    )


def merged(
    findings: Sequence[Finding],
    export_sha256: str,
    before: Path,
    looking: Looking = Looking(),  # noqa: B008 - it cannot be changed
) -> Merged:
    """The file for these findings, with the decisions in `before` that still apply.

    A decision on a finding applies as long as the finding is there, also in another export. What a person
    added applies by its text; by its pointer only in the same export, as places differ.

    Raises:
        ConfigError: `before` is no file of decisions.
    """
    content = _content(before)
    is_same = content.get("export_sha256") == export_sha256
    entries, also = _listed(content, before)
    taken = {name: entry for name, entry in entries.items() if _decided(entry) != "undecided"}
    known = {finding.id for finding in findings}
    read = _read(content)
    has_same_texts = {text.id for text in _texts(findings)} == set(_listed_texts(content))
    own = [entry for entry in also if is_same or "text" in entry]
    if is_same and known == set(entries) and has_same_texts and looking_of(before) == looking:
        text = before.read_text(encoding="utf-8-sig")  # with its comments, and whatever else a person wrote
    else:
        text = to_toml(findings, export_sha256, taken, own, read=read, looking=looking)
    return Merged(
        text,
        kept=len(known & set(taken)) + len(own),
        added=len(known - set(entries)),
        dropped=len(set(taken) - known) + len(also) - len(own),
    )


def to_toml(
    findings: Sequence[Finding],
    export_sha256: str,
    taken: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    also: Sequence[Mapping[str, Any]] = (),
    *,
    read: Collection[str] = (),
    looking: Looking = Looking(),  # noqa: B008 - it cannot be changed
) -> str:
    """The file for these findings, undecided but for what was decided before; and what is to be read."""
    lines = [_HEAD, f'export_sha256 = "{export_sha256}"']
    if looking.country:
        lines.append(f"country = {_string(looking.country)}")
    if looking.controller:
        lines.append(f"controller = [{', '.join(map(_string, looking.controller))}]")
    lines.append("")
    for finding in findings:
        entry = taken.get(finding.id, {})
        must = " (must be decided)" if finding.must_decide else ""
        lines += [
            "[[finding]]",
            f"id = {_string(finding.id)}",
            f"what = {_string(finding.key)}",
            f"pointer = {_string(finding.pointer)}",
            f"places = {len(finding.places)}",
            f"value = {_string(finding.shown)}",
            f"context = {_string(finding.context)}",
            *(
                f"{name} = {_string(value)}"
                for name, value in (
                    ("record", finding.record),
                    ("title", finding.title),
                    ("date", finding.date),
                    ("sentence", finding.sentence),
                )
                if value
            ),
            *(
                [f"elsewhere = [{', '.join(map(_string, finding.elsewhere[:_MOST_LISTED]))}]"]
                if finding.elsewhere
                else []
            ),
            f"why = {_string(finding.why)}",
            f"decision = {_string(str(entry.get('decision', 'undecided')))}  "
            f"# proposed: {finding.proposal}{must}",
            f"reason = {_string(str(entry.get('reason', '')))}",
            f"article = {_string(str(entry.get('article', finding.article)))}",
        ]
        if finding.file is not None:
            looked_at = "true" if entry.get("looked_at") is True else "false"
            lines.append(f"looked_at = {looked_at}  # true: you opened it, and the person may have it")
        lines.append("")
    for own in also:
        lines += ["[[also]]", *(f"{name} = {_value(value)}" for name, value in own.items()), ""]
    for text in _texts(findings):
        lines += [
            "[[text]]",
            f"id = {_string(text.id)}",
            f"record = {_string(text.kind)}",
            f"title = {_string(text.title)}",
            f"date = {_string(text.date)}",
            f"pointer = {_string(text.pointer)}",
            f"places = {len(text.places)}",
            f"text = {_string(text.text[:_LONGEST_SHOWN])}",
            f"read = {'true' if text.id in read else 'false'}",
            "",
        ]
    return "\n".join(lines)


def load_decisions(
    path: Path, findings: Sequence[Finding], export_sha256: str, *, strict: bool, warnings: list[str]
) -> Iterator[tuple[Decision, str]]:
    """The decisions in a file, for the findings of the export that it was made for.

    Findings that are left undecided: secrets are masked, all else is disclosed with a warning.

    Raises:
        ConfigError: the file cannot be read, names an unknown finding or decision, or is of another export.
        CheckFailedError: `strict`, and a finding that must be decided is not.
    """
    entries, also = _entries(path, export_sha256)
    by_id = {finding.id: finding for finding in findings}
    faults = []
    for entry_id, entry in entries.items():
        if entry_id not in by_id:
            faults.append(f"finding {entry_id} is not one of this export")
        decision = entry.get("decision", "undecided")
        if not isinstance(entry.get("looked_at", False), bool):
            faults.append(f"finding {entry_id}: looked_at is true or false")
        if decision not in DECISIONS:
            faults.append(f"finding {entry_id}: {decision!r} is not a decision (disclose, mask, withhold)")
        if decision == "withhold" and not (
            str(entry.get("reason", "")).strip() and str(entry.get("article", "")).strip()
        ):
            faults.append(f"finding {entry_id}: withholding needs a reason and an article")
    for number, entry in enumerate(also, 1):
        faults += [f"[[also]] number {number}: {fault}" for fault in _faults_of(entry)]
    if faults:
        raise ConfigError(
            "; ".join(faults), where=str(path), hint="Make a new file with `dsr-report review`."
        )
    _check_opaque(entries, findings, also, strict=strict, warnings=warnings)
    return chain(
        _applied(entries, findings, strict=strict, warnings=warnings),
        _all_read(findings, entries, also, _read(_content(path))) if strict else (),
        (_own_decision(number, entry) for number, entry in enumerate(also, 1)),
    )


def _texts(findings: Sequence[Finding]) -> tuple[FreeText, ...]:
    return findings.texts if isinstance(findings, Findings) else ()


def _all_read(
    findings: Sequence[Finding],
    entries: Mapping[str, Mapping[str, Any]],
    also: Sequence[Mapping[str, Any]],
    read: Collection[str],
) -> Iterator[tuple[Decision, str]]:
    """No decision, but an error where a text was neither read, nor wholly seen with a decision on it."""
    hidden = {str(entry["pointer"]) for entry in also if "pointer" in entry and "text" not in entry}
    seen = set()
    for finding in findings:
        if _decided(entries.get(finding.id, {})) != "undecided":
            seen.add(finding.sentence.replace("«", "").replace("»", ""))
            hidden.update(finding.places if finding.whole else ())
    unread = sum(
        text.id not in read and not is_below(text.pointer, hidden) and " ".join(text.text.split()) not in seen
        for text in _texts(findings)
    )
    if unread:
        raise CheckFailedError(
            f"{unread} texts by or about the person are not read",
            hint="Read each [[text]] of the review file and set `read = true`, or decide on it.",
        )
    yield from ()


def _listed_texts(content: Mapping[str, Any]) -> dict[str, bool]:
    texts = content.get("text", [])
    if not isinstance(texts, list):
        return {}
    return {
        str(entry["id"]): entry.get("read") is True
        for entry in texts
        if isinstance(entry, dict) and "id" in entry
    }


def _read(content: Mapping[str, Any]) -> set[str]:
    return {text_id for text_id, is_read in _listed_texts(content).items() if is_read}


def _decided(entry: Mapping[str, Any]) -> Any:
    """The decision of an entry; who looked at a file and says no more shows it."""
    decision = entry.get("decision", "undecided")
    return "disclose" if decision == "undecided" and entry.get("looked_at") is True else decision


def _check_opaque(
    entries: Mapping[str, Mapping[str, Any]],
    findings: Sequence[Finding],
    also: Sequence[Mapping[str, Any]],
    *,
    strict: bool,
    warnings: list[str],
) -> None:
    """Name the files that nobody has looked at, where something is withheld that could stand in them.

    Raises:
        CheckFailedError: `strict`, and there are such files.
    """
    if not any(_decided(entry) == "withhold" for entry in (*entries.values(), *also)):
        return
    unseen = [
        f"{decided.pointer}, part {decided.part} ({finding.file.reason}; finding {finding.id})"
        for finding in findings
        if finding.file is not None and _decided(entries.get(finding.id, {})) == "undecided"
        for decided, _ in finding.decided
    ]
    if not unseen:
        return
    named = "; ".join(unseen[:_MOST_NAMED])
    more = f"; and {len(unseen) - _MOST_NAMED} more" if len(unseen) > _MOST_NAMED else ""
    text = f"what is withheld could stand in attached files that cannot be searched: {named}{more}"
    hint = "Open each, then set `looked_at = true` or withhold it in the review file"
    if strict:
        raise CheckFailedError(text, hint=f"{hint}; `dsr-report review` lists them.")
    warnings.append(f"{text}. {hint}")


def _faults_of(entry: dict[str, Any]) -> Iterator[str]:
    """What is wrong with something that the operator added."""
    if "text" not in entry and "pointer" not in entry:
        yield "it needs either a text or a pointer"
    text = str(entry.get("text", "")).strip()
    if "text" in entry and not text:
        yield "its text is empty"
    elif (
        "text" in entry and len(text) < SHORTEST_PASSAGE and not entry.get("words") and "pointer" not in entry
    ):
        yield (
            f"a text of fewer than {SHORTEST_PASSAGE} characters would be found by chance; "
            "set `words = true`, or name its pointer as well"
        )
    if entry.get("decision") not in {"mask", "withhold"}:
        yield "its decision must be mask or withhold"
    if not (str(entry.get("reason", "")).strip() and str(entry.get("article", "")).strip()):
        yield "it needs a reason and an article"


def _own_decision(number: int, entry: dict[str, Any]) -> tuple[Decision, str]:
    text = str(entry.get("text", "")).strip()
    decision = Decision(
        str(entry.get("pointer", "")),
        entry["decision"],
        str(entry.get("what", "other")),
        str(entry["reason"]),
        str(entry["article"]),
        everywhere=bool(text) and "pointer" not in entry,
        passage=text or None,
        is_word=bool(entry.get("words")),
        group=None if text else f"also {number}",
    )
    return decision, text


def _applied(
    entries: dict[str, dict[str, Any]], findings: Sequence[Finding], *, strict: bool, warnings: list[str]
) -> Iterator[tuple[Decision, str]]:
    undecided = 0
    hidden = 0
    for finding in findings:
        entry = entries.get(finding.id, {})
        decision = _decided(entry)
        if decision == "undecided":
            undecided += finding.must_decide
            decision = "mask" if finding.proposal == "mask" else "disclose"
        if decision in {"mask", "withhold"}:
            hidden += finding.proposal == "disclose" and finding.file is None
            yield from finding.decision(decision, str(entry.get("reason", "")), str(entry.get("article", "")))
    if undecided:
        text = f"{undecided} findings must be decided and are not"
        if strict:
            raise CheckFailedError(text, hint="Decide them in the review file.")
        warnings.append(f"{text}; they are disclosed. Decide them in the review file")
    if hidden:
        warnings.append(
            f"{hidden} values are hidden that were proposed to be disclosed: "
            "hiding too much also breaks Article 15; look at them in the review file again"
        )


def _entries(path: Path, export_sha256: str) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """The entries of findings by their id, and those that the operator added."""
    content = _content(path)
    if content.get("export_sha256") != export_sha256:
        raise ConfigError(
            "these decisions were taken on another export",
            where=str(path),
            hint="Run `dsr-report review EXPORT -o` with this file: it keeps the decisions that still apply.",
        )
    return _listed(content, path)


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", where=str(path), hint=_MAKE) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"is not TOML: {error}", where=str(path), hint=_MAKE) from error


def _listed(content: dict[str, Any], path: Path) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    if "export_sha256" not in content:
        raise ConfigError("is no file of decisions", where=str(path), hint=_MAKE)
    found = content.get("finding", [])
    if not isinstance(found, list) or any(not isinstance(e, dict) or "id" not in e for e in found):
        raise ConfigError("every [[finding]] needs its id", where=str(path))
    also = content.get("also", [])
    if not isinstance(also, list) or any(not isinstance(entry, dict) for entry in also):
        raise ConfigError("[[also]] stands in double brackets", where=str(path))
    return {str(entry["id"]): entry for entry in found}, also


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else _string(str(value))


def _string(text: str) -> str:
    """A TOML basic string."""
    out = []
    for character in text:
        code = ord(character)
        if character in '"\\':
            out.append("\\" + character)
        elif code < 0x20 or code == 0x7F:
            out.append(f"\\u{code:04X}")
        elif 0xD800 <= code <= 0xDFFF:
            out.append("\\uFFFD")
        else:
            out.append(character)
    return f'"{"".join(out)}"'
