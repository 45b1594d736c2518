"""The decisions file: written by `dsr-report review`, edited by a person, applied by `render --review`."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from dsr_report.errors import CheckFailedError, ConfigError
from dsr_report.pointers import is_below
from dsr_report.redact.findings import Finding, Findings, Looking
from dsr_report.redact.free_texts import FreeText
from dsr_report.redact.plan import SHORTEST_PASSAGE, Decision
from dsr_report.sentences import Sentence, join_sentences, reason_of

DECISIONS = ("undecided", "disclose", "mask", "withhold")
SCOPES = ("here", "record", "everywhere")
"""Where a decision applies: to the finding's own place, to its record, or to every place of the value."""
_LONGEST_SHOWN = 20_000
"""Characters of a text in the reading list; the rest of a longer text is read in the export."""
_MOST_LISTED = 20
"""Pointers of other places listed; `dsr-report find` gives all."""
_MAKE = Sentence("Make one with `dsr-report review EXPORT -o FILE`.")
_HEAD = """\
# Findings to decide on, made by `dsr-report review`. This file holds personal data: keep it private.
#
# For each finding set `decision` to one of:
#   "disclose"  the person receives it as it is
#   "mask"      the person's own, but it gives access (a code, a password, a personal link): shown is that
#               it exists, not what it is
#   "withhold"  rights of others or another legal ground; give a `reason` and an `article`
# "undecided" leaves secrets masked and discloses the rest, with a warning (an error with --strict).
# A decision holds wherever the value stands; `scope = "here"` takes the place of the finding alone,
# `scope = "record"` all places in that record.
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
    """A decisions file made anew with earlier decisions kept; `kept`, `added` and `dropped` are counts."""

    text: str
    kept: int
    added: int
    dropped: int


class Taken(NamedTuple):
    """The content of a decisions file."""

    export_sha256: str
    entries: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
    """By finding id."""
    also: Sequence[Mapping[str, Any]] = ()
    """Entries that a person added."""
    read: Collection[str] = frozenset()
    """Ids of the texts that were read."""


def read_decisions(path: Path) -> Taken:
    """The content of a decisions file, whichever export it is for.

    Raises:
        ConfigError: the file is not a decisions file.
    """
    content = _content(path)
    entries, also = _entries_of(content, path)
    return Taken(str(content["export_sha256"]), entries, also, _read_texts(content))


def looking_of(path: Path) -> Looking:
    """The search settings that a decisions file was made with.

    Raises:
        ConfigError: the file is not a decisions file.
    """
    content = _content(path)
    controller = content.get("controller", [])
    return Looking(
        str(content.get("country", "")),
        tuple(map(str, controller)) if isinstance(controller, list) else (),
    )


def merge(
    findings: Sequence[Finding],
    export_sha256: str,
    before: Path,
    looking: Looking = Looking(),  # noqa: B008 - it cannot be changed
) -> Merged:
    """The decisions file for these findings, with the decisions in `before` that still apply.

    A decision on a finding applies while the finding exists, also in another export. An entry that a person
    added applies by its text; by its pointer only in the same export, as pointers differ between exports.

    Raises:
        ConfigError: `before` is not a decisions file.
    """
    content = _content(before)
    is_same = content.get("export_sha256") == export_sha256
    entries, also = _entries_of(content, before)
    taken = {name: entry for name, entry in entries.items() if _decision_of(entry) != "undecided"}
    known = {finding.id for finding in findings}
    read = _read_texts(content)
    has_same_texts = {text.id for text in _texts(findings)} == set(_listed_texts(content))
    own = [entry for entry in also if is_same or "text" in entry]
    if is_same and known == set(entries) and has_same_texts and looking_of(before) == looking:
        text = before.read_text(encoding="utf-8-sig")  # with its comments and other additions
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
    """The decisions file for these findings: undecided but for earlier decisions; and the texts to read."""
    return DecisionsText(findings, export_sha256, looking).text(taken, also, read)


class DecisionsText:
    """The decisions file for some findings, rewritten after each decision; its fixed parts are made once."""

    def __init__(
        self,
        findings: Sequence[Finding],
        export_sha256: str,
        looking: Looking = Looking(),  # noqa: B008 - it cannot be changed
    ) -> None:
        self._findings = findings
        head = [_HEAD, f'export_sha256 = "{export_sha256}"']
        if looking.country:
            head.append(f"country = {_string(looking.country)}")
        if looking.controller:
            head.append(f"controller = [{', '.join(map(_string, looking.controller))}]")
        self._head = "\n".join([*head, ""])
        self._fixed: dict[str, str] = {}
        self._fixed_texts: dict[str, str] = {}

    def text(
        self,
        taken: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
        also: Sequence[Mapping[str, Any]] = (),
        read: Collection[str] = (),
    ) -> str:
        """The decisions file with these decisions."""
        lines = [self._head]
        for finding in self._findings:
            lines += [self._of_finding(finding), *_decision_lines(finding, taken.get(finding.id, {})), ""]
        for own in also:
            lines += ["[[also]]", *(f"{name} = {_value(value)}" for name, value in own.items()), ""]
        for text in _texts(self._findings):
            lines += [self._of_text(text), f"read = {'true' if text.id in read else 'false'}", ""]
        return "\n".join(lines)

    def _of_finding(self, finding: Finding) -> str:
        known = self._fixed.get(finding.id)
        if known is None:
            known = self._fixed[finding.id] = "\n".join(_finding_lines(finding))
        return known

    def _of_text(self, text: FreeText) -> str:
        known = self._fixed_texts.get(text.id)
        if known is None:
            known = self._fixed_texts[text.id] = "\n".join(
                [
                    "[[text]]",
                    f"id = {_string(text.id)}",
                    f"record = {_string(text.kind)}",
                    f"title = {_string(text.title)}",
                    f"date = {_string(text.date)}",
                    f"pointer = {_string(text.pointer)}",
                    f"places = {len(text.places)}",
                    f"text = {_string(text.text[:_LONGEST_SHOWN])}",
                ]
            )
        return known


def _finding_lines(finding: Finding) -> list[str]:
    """The lines of a finding before its decision."""
    told = (
        ("record", finding.record),
        ("title", finding.title),
        ("date", finding.date),
        ("sentence", finding.sentence),
    )
    elsewhere = ", ".join(map(_string, finding.elsewhere[:_MOST_LISTED]))
    return [
        "[[finding]]",
        f"id = {_string(finding.id)}",
        f"what = {_string(finding.key)}",
        f"pointer = {_string(finding.pointer)}",
        f"places = {len(finding.places)}",
        f"value = {_string(finding.shown)}",
        f"context = {_string(finding.context)}",
        *(f"{name} = {_string(value)}" for name, value in told if value),
        *([f"elsewhere = [{elsewhere}]"] if elsewhere else []),
        f"why = {_string(finding.why)}",
    ]


def _decision_lines(finding: Finding, entry: Mapping[str, Any]) -> list[str]:
    """The lines with the decision on a finding, for a person to edit."""
    must = " (must be decided)" if finding.must_decide else ""
    lines = [
        f"decision = {_string(str(entry.get('decision', 'undecided')))}  "
        f"# proposed: {finding.proposal}{must}",
        f"reason = {_string(str(entry.get('reason', '')))}",
        f"article = {_string(str(entry.get('article', finding.article)))}",
    ]
    if entry.get("scope", "everywhere") != "everywhere":
        lines.append(f"scope = {_string(str(entry['scope']))}")
    if finding.file is not None:
        looked_at = "true" if entry.get("looked_at") is True else "false"
        lines.append(f"looked_at = {looked_at}  # true: you opened it, and the person may have it")
    return lines


def load_decisions(
    path: Path, findings: Sequence[Finding], export_sha256: str, *, strict: bool, warnings: list[str]
) -> Iterator[tuple[Decision, str]]:
    """The decisions in a file, for the findings of the export that it was made for.

    Of undecided findings, those proposed to be masked are masked; all others are disclosed, with a warning if
    they must be decided.

    Raises:
        ConfigError: the file cannot be read, names an unknown finding or decision, or is for another export.
        CheckFailedError: `strict`, and a finding that must be decided is not.
    """
    taken = read_decisions(path)
    if taken.export_sha256 != export_sha256:
        raise ConfigError(
            "these decisions were taken on another export",
            where=str(path),
            hint="Run `dsr-report review EXPORT -o` with this file: it keeps the decisions that still apply.",
        )
    return decisions_of(taken, findings, strict=strict, warnings=warnings, where=str(path))


def decisions_of(
    taken: Taken, findings: Sequence[Finding], *, strict: bool, warnings: list[str], where: str = ""
) -> Iterator[tuple[Decision, str]]:
    """The decisions in `taken` for the findings of their export; see `load_decisions`."""
    entries, also = taken.entries, taken.also
    by_id = {finding.id: finding for finding in findings}
    faults: list[str] = []
    for entry_id, entry in entries.items():
        if entry_id not in by_id:
            faults.append(Sentence("finding {id} is not one of this export", id=entry_id))
        decision = entry.get("decision", "undecided")
        if not isinstance(entry.get("looked_at", False), bool):
            faults.append(Sentence("finding {id}: looked_at is true or false", id=entry_id))
        if decision not in DECISIONS:
            faults.append(
                Sentence(
                    "finding {id}: {decision} is not a decision (disclose, mask, withhold)",
                    id=entry_id,
                    decision=repr(decision),
                )
            )
        if entry.get("scope", "everywhere") not in SCOPES:
            faults.append(
                Sentence("finding {id}: its scope is none of {names}", id=entry_id, names=", ".join(SCOPES))
            )
        if decision == "withhold" and not (
            str(entry.get("reason", "")).strip() and str(entry.get("article", "")).strip()
        ):
            faults.append(Sentence("finding {id}: withholding needs a reason and an article", id=entry_id))
    for number, entry in enumerate(also, 1):
        faults += [
            Sentence("[[also]] number {number}: {fault}", number=number, fault=fault)
            for fault in _faults_of(entry)
        ]
    if faults:
        raise ConfigError(
            join_sentences(faults), where=where or None, hint="Make a new file with `dsr-report review`."
        )
    _check_opaque(entries, findings, also, strict=strict, warnings=warnings)
    return chain(
        _apply(entries, findings, strict=strict, warnings=warnings),
        _all_read(taken, findings) if strict else (),
        (_own_decision(number, entry) for number, entry in enumerate(also, 1)),
    )


def _texts(findings: Sequence[Finding]) -> tuple[FreeText, ...]:
    return findings.texts if isinstance(findings, Findings) else ()


def _all_read(taken: Taken, findings: Sequence[Finding]) -> Iterator[tuple[Decision, str]]:
    """Yield no decision; raise if a text is neither read nor fully covered by a decided finding."""
    unread = len(unread_texts(taken, findings))
    if unread:
        raise CheckFailedError(
            Sentence(
                "{n} text by or about the person is not read",
                "{n} texts by or about the person are not read",
                n=unread,
            ),
            hint="Read each [[text]] of the review file and set `read = true`, or decide on it.",
        )
    yield from ()


def unread_texts(taken: Taken, findings: Sequence[Finding]) -> list[FreeText]:
    """The texts that are neither marked as read nor fully covered by a decided finding."""
    hidden = {str(entry["pointer"]) for entry in taken.also if "pointer" in entry and "text" not in entry}
    seen = set()
    for finding in findings:
        if _decision_of(taken.entries.get(finding.id, {})) != "undecided":
            seen.add(finding.sentence.replace("«", "").replace("»", ""))
            hidden.update(finding.places if finding.whole else ())
    return [
        text
        for text in _texts(findings)
        if text.id not in taken.read
        and not is_below(text.pointer, hidden)
        and " ".join(text.text.split()) not in seen
    ]


def _listed_texts(content: Mapping[str, Any]) -> dict[str, bool]:
    texts = content.get("text", [])
    if not isinstance(texts, list):
        return {}
    return {
        str(entry["id"]): entry.get("read") is True
        for entry in texts
        if isinstance(entry, dict) and "id" in entry
    }


def _read_texts(content: Mapping[str, Any]) -> set[str]:
    return {text_id for text_id, is_read in _listed_texts(content).items() if is_read}


def _decision_of(entry: Mapping[str, Any]) -> Any:
    """The decision of an entry; an undecided file with `looked_at` is disclosed."""
    decision = entry.get("decision", "undecided")
    return "disclose" if decision == "undecided" and entry.get("looked_at") is True else decision


def unopened_files(
    entries: Mapping[str, Mapping[str, Any]],
    findings: Sequence[Finding],
    also: Sequence[Mapping[str, Any]],
) -> list[Finding]:
    """Files nobody has opened, if something is withheld that they could contain."""
    if not any(_decision_of(entry) == "withhold" for entry in (*entries.values(), *also)):
        return []
    return [
        finding
        for finding in findings
        if finding.file is not None and _decision_of(entries.get(finding.id, {})) == "undecided"
    ]


def _check_opaque(
    entries: Mapping[str, Mapping[str, Any]],
    findings: Sequence[Finding],
    also: Sequence[Mapping[str, Any]],
    *,
    strict: bool,
    warnings: list[str],
) -> None:
    """Report the files nobody has opened, if something is withheld that they could contain.

    Raises:
        CheckFailedError: `strict`, and there are such files.
    """
    unseen = [
        Sentence(
            "{pointer}, part {part} ({reason}; finding {id})",
            pointer=decided.pointer,
            part=decided.part or 0,
            reason=Sentence(finding.file.reason),
            id=finding.id,
        )
        for finding in unopened_files(entries, findings, also)
        if finding.file is not None
        for decided, _ in finding.decided
    ]
    if not unseen:
        return
    more = len(unseen) - _MOST_NAMED
    text = Sentence(
        "what is withheld could stand in attached files that cannot be searched: {places}",
        places=join_sentences(
            [*unseen[:_MOST_NAMED], *([Sentence("and {n} more", n=more)] if more > 0 else ())]
        ),
    )
    if strict:
        raise CheckFailedError(
            text,
            hint="Open each, then set `looked_at = true` or withhold it in the review file; "
            "`dsr-report review` lists them.",
        )
    hint = Sentence("Open each, then set `looked_at = true` or withhold it in the review file")
    warnings.append(join_sentences([text, hint], ". "))


def _faults_of(entry: Mapping[str, Any]) -> Iterator[str]:
    """The faults of an `[[also]]` entry."""
    if "text" not in entry and "pointer" not in entry:
        yield Sentence("it needs either a text or a pointer")
    text = str(entry.get("text", "")).strip()
    if "text" in entry and not text:
        yield Sentence("its text is empty")
    elif (
        "text" in entry and len(text) < SHORTEST_PASSAGE and not entry.get("words") and "pointer" not in entry
    ):
        yield Sentence(
            "a text of fewer than {shortest} characters would be found by chance; "
            "set `words = true`, or name its pointer as well",
            shortest=SHORTEST_PASSAGE,
        )
    if entry.get("decision") not in {"mask", "withhold"}:
        yield Sentence("its decision must be mask or withhold")
    if not (str(entry.get("reason", "")).strip() and str(entry.get("article", "")).strip()):
        yield Sentence("it needs a reason and an article")


def _own_decision(number: int, entry: Mapping[str, Any]) -> tuple[Decision, str]:
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


def _apply(
    entries: Mapping[str, Mapping[str, Any]],
    findings: Sequence[Finding],
    *,
    strict: bool,
    warnings: list[str],
) -> Iterator[tuple[Decision, str]]:
    undecided = 0
    hidden = 0
    for finding in findings:
        entry = entries.get(finding.id, {})
        decision = _decision_of(entry)
        if decision == "undecided":
            undecided += finding.must_decide
            decision = "mask" if finding.proposal == "mask" else "disclose"
        if decision in {"mask", "withhold"}:
            hidden += finding.proposal == "disclose" and finding.file is None
            taken = finding.decision(decision, str(entry.get("reason", "")), str(entry.get("article", "")))
            yield from _within(taken, finding, str(entry.get("scope", "everywhere")))
    if undecided:
        text = Sentence(
            "{n} finding must be decided and is not",
            "{n} findings must be decided and are not",
            n=undecided,
        )
        if strict:
            raise CheckFailedError(text, hint="Decide them in the review file.")
        warnings.append(
            join_sentences([text, Sentence("they are disclosed. Decide them in the review file")])
        )
    if hidden:
        warnings.append(
            Sentence(
                "{n} value is hidden that was proposed to be disclosed: hiding too much also breaks "
                "Article 15; look at it in the review again",
                "{n} values are hidden that were proposed to be disclosed: hiding too much also breaks "
                "Article 15; look at them in the review again",
                n=hidden,
            )
        )


def _within(
    taken: Iterator[tuple[Decision, str]], finding: Finding, scope: str
) -> Iterator[tuple[Decision, str]]:
    """The decisions on a finding, restricted to its scope."""
    for decision, value in taken:
        if scope == "everywhere" or finding.members:
            yield decision, value
        elif decision.pointer == finding.pointer or (
            scope == "record" and is_below(decision.pointer, [finding.record_pointer or finding.pointer])
        ):
            yield replace(decision, everywhere=False), value


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            Sentence("cannot be read ({reason})", reason=reason_of(error)), where=str(path), hint=_MAKE
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            Sentence("is not TOML: {error}", error=error, line="?"), where=str(path), hint=_MAKE
        ) from error


def _entries_of(
    content: dict[str, Any], path: Path
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
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
