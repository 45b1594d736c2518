"""Step 12 of the pipeline: verify that a PDF, HTML file or package of ours is complete and unaltered.

*Unaltered*: the seal matches every byte, and each file's hash is that in the manifest. *Complete*: the values
of the export are counted again and equal disclosed + masked + withheld. *Settled*: the ledger accounts for
each value once, by its pointer, at a place that the report has. *Consistent*: the number of records in the
export is that in the manifest. *Safe*: nothing in it runs, loads or tracks. *Closed*: given the controller's
original, no masked or withheld value is found in any decoded byte.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pikepdf

from dsr_report.errors import DsrReportError, NotAnExportError
from dsr_report.files import digest_of
from dsr_report.jsonstream.file import ExportFile, open_export
from dsr_report.jsonstream.items import Item, count_values
from dsr_report.records.classifier import Classifier
from dsr_report.records.kinds import KINDS
from dsr_report.redact.digests import Digests
from dsr_report.redact.sums import Sum
from dsr_report.sentences import Sentence
from dsr_report.show import display
from dsr_report.verification.ledger import Settling, UnsettledError
from dsr_report.verification.reader import Contents, contents_of, medium_of
from dsr_report.writers.manifest import Manifest
from dsr_report.writers.seal import check_seal, companion_of, core_of

_NEAR = 200
"""PDFs in the same folder that are searched for a renamed companion; further ones are not looked at."""
_NOT_COMMON: dict[str, object] = {"part": "whole", "companion": "", "files": ()}
"""Fields in which the manifests of a pair of PDFs may differ, with neutral values for comparison."""
_DAMAGE = (
    DsrReportError,
    zipfile.BadZipFile,
    zlib.error,
    pikepdf.PdfError,
    ValueError,
    KeyError,
    EOFError,
    NotImplementedError,  # raised by zipfile for an unknown compression
    RuntimeError,  # … and for a file that claims to be encrypted
)


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check for machines (`code`) and people (`text`); `ok` is None if not possible."""

    code: str
    ok: bool | None
    text: str


@dataclass(slots=True)
class Verification:
    """All checks of one disclosure."""

    path: Path
    medium: str
    manifest: Manifest | None = None
    checks: list[Check] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    """The files verified together: one file, or the letter and its annexes."""

    @property
    def ok(self) -> bool:
        """Whether no check failed."""
        return all(check.ok is not False for check in self.checks)

    def add(self, code: str, ok: bool | None, text: str) -> None:  # noqa: FBT001 - the result of a check
        """Add the result of a check."""
        self.checks.append(Check(code, ok, text))

    def decide(self, code: str, ok: bool, good: str, bad: str) -> None:  # noqa: FBT001 - the result of a check
        """Note one result, in the words for it."""
        self.add(code, ok, good if ok else bad)

    def add_problems(self, code: str, problems: Sequence[str], good: str) -> None:
        """Note each problem, or that there is none."""
        for problem in problems:
            self.add(code, False, problem)
        if not problems:
            self.add(code, True, good)

    def add_damage(self, error: Exception, what: str = "") -> None:
        """Note that a file cannot be read to its end."""
        self.add(
            "readable",
            False,
            Sentence(
                "DAMAGED: it cannot be read to its end ({error}){what}.",
                error=type(error).__name__,
                what=what,
            ),
        )

    def __repr__(self) -> str:
        failed = sum(check.ok is False for check in self.checks)
        return (
            f"<Verification: {'passed' if self.ok else 'FAILED'}, {len(self.checks)} checks, {failed} failed>"
        )

    def _repr_html_(self) -> str:
        words = {True: "ok", False: "FAILED", None: "?"}
        return display(repr(self)[1:-1], (), [(words[check.ok], check.text) for check in self.checks])


def verify(path: Path, export: Path | None = None) -> Verification:
    """Verify a disclosure; `export` is the export to compare it with: the disclosed JSON, or the original.

    Raises:
        FileError, OSError: the file cannot be read.
        UsageError: the file is none of the types that dsr-report writes.
        NotAnExportError: `export` is no export.
    """
    medium = medium_of(path)
    if export is not None:
        with open_export(export, salvage=True):
            pass  # a wrong `export` raises here; later it would count as damage of the disclosure
    result = Verification(path, medium, files=[path])
    if not _check_file(result, path):
        return result
    other = _companion(result, path)
    if other is not None:
        if not _check_file(result, other):
            return result
        _check_pair(result, path, other)
        is_annex = result.manifest is not None and result.manifest.part == "annexes"
        result.files = [other, path] if is_annex else [path, other]
    try:
        with ExitStack() as stack:
            contents, *others = [stack.enter_context(contents_of(file)) for file in result.files]
            result.manifest = contents.manifest
            _check_export(result, contents, others, export)
    except _DAMAGE as error:
        result.add_damage(error)
    return result


def _check_file(result: Verification, path: Path) -> bool:
    """Run the checks of a single file; return whether it could be read."""
    what = "" if path == result.path else f" ({path.name})"
    seal = check_seal(path)
    result.add(
        "seal",
        bool(seal),
        Sentence("Unaltered: the seal fits every byte of the file{what}.", what=what)
        if seal
        else Sentence("ALTERED: the file is not, byte for byte, what was written{what}.", what=what)
        if seal is False
        else Sentence("NOT OURS: the file has no seal, or more than one{what}.", what=what),
    )
    try:
        with contents_of(path) as contents:
            result.manifest = result.manifest or contents.manifest
            _check_files(result, contents, what)
            result.add_problems(
                "safe",
                [
                    Sentence("NOT SAFE: {problem}{what}.", problem=problem, what=what)
                    for problem in contents.unsafe()
                ],
                Sentence(
                    "Safe: it runs nothing, loads nothing and holds no live tracking link{what}.", what=what
                ),
            )
    except _DAMAGE as error:
        result.add_damage(error, what)
        return False
    return True


def _companion(result: Verification, path: Path) -> Path | None:
    """Find the companion of a PDF in its folder, by its name or by its core; None without one."""
    manifest = result.manifest
    if manifest is None or not manifest.companion:
        return None
    named = path.with_name(Path(manifest.companion).name)
    if named.is_file():
        return named
    wanted = companion_of(path)
    for near in islice(sorted(path.parent.glob("*.pdf")), _NEAR):
        if near != path and core_of(near) == wanted:
            return near
    what = Sentence("the letter") if manifest.part == "annexes" else Sentence("the annexes")
    result.add(
        "companion",
        False,
        Sentence(
            "MISSING: {what} ({companion}) should be beside this file.",
            what=what,
            companion=manifest.companion,
        ),
    )
    return None


def _check_pair(result: Verification, path: Path, other: Path) -> None:
    """Check that two files refer to each other by hash, and have the same ledger and manifest data."""
    ok = companion_of(path) == core_of(other) and companion_of(other) == core_of(path)
    if ok:
        with contents_of(path) as one, contents_of(other) as two:
            both = (one.manifest, two.manifest)
            parts = {manifest.part for manifest in both}
            accounts = [manifest.model_copy(update=_NOT_COMMON) for manifest in both]
            ledgers = [[e.sha256 for e in m.files if e.path == "ledger.jsonl"] for m in both]
            ok = parts == {"letter", "annexes"} and accounts[0] == accounts[1] and ledgers[0] == ledgers[1]
    result.decide(
        "companion",
        ok,
        Sentence(
            "Together: {name} and {name_b} name each other by hash and carry one ledger.",
            name=path.name,
            name_b=other.name,
        ),
        Sentence("DIFFERENT: {name} and {name_b} do not belong together.", name=path.name, name_b=other.name),
    )


def _check_files(result: Verification, contents: Contents, what: str) -> None:
    listed = {entry.path: entry for entry in contents.manifest.files}
    present = set(contents.names())
    wrong = [
        Sentence("ADDED: {name} is not in the manifest{what}.", name=name, what=what)
        for name in sorted(present - listed.keys())
    ]
    wrong += [
        Sentence("MISSING: {name} is in the manifest, but not here{what}.", name=name, what=what)
        for name in sorted(listed.keys() - present)
    ]
    for name in sorted(listed.keys() & present):
        with contents.open(name) as file:
            digest, size = digest_of(file), file.tell()
        if digest != listed[name].sha256 or size != listed[name].bytes:
            wrong.append(
                Sentence("ALTERED: {name} is not what the manifest says{what}.", name=name, what=what)
            )
    if listed or wrong:
        result.add_problems(
            "files",
            wrong,
            Sentence(
                "Unaltered: all {n} files have the hash that the manifest gives{what}.",
                n=len(listed),
                what=what,
            ),
        )


def _check_export(
    result: Verification, contents: Contents, others: Sequence[Contents], given: Path | None
) -> None:
    embedded = contents.export_name
    manifest = contents.manifest
    values = manifest.values
    result.decide(
        "sum",
        values.sum == _recount(manifest),
        Sentence("Complete: {sum}.", sum=values.sum.sentence),
        Sentence("INCOMPLETE: {sum}.", sum=values.sum.sentence),
    )
    if embedded is None and given is None:
        result.add("export", None, "Not checked: the export is not embedded; name it with --export.")
        return
    if embedded is not None:
        with contents.open(embedded) as stream, open_export(stream, name=embedded, salvage=True) as export:
            _check_counts(result, contents, others, export)
            if given is not None:
                with open_export(given, salvage=True) as original:
                    _check_against_original(result, (contents, *others), export, original)
    elif given is not None:
        with open_export(given, salvage=True) as export:
            if export.sha256 == manifest.export.sha256:
                _check_counts(result, contents, others, export)
            elif manifest.export.is_original:
                result.add(
                    "export", False, "DIFFERENT: this is not the export that the disclosure was made of."
                )
            else:
                result.add(
                    "export",
                    None,
                    "Not compared by hash: values were hidden, so what was disclosed differs.",
                )
                _check_total(result, contents, export)
                _check_page(result, (contents, *others), export)


def _recount(manifest: Manifest) -> Sum:
    """Recompute the sum from the places of the marks."""
    masked, withheld = (
        len({p for mark in manifest.marks if mark.treatment == treatment for p in mark.pointers})
        for treatment in ("mask", "withhold")
    )
    whole = {p for mark in manifest.marks for p in mark.pointers}
    in_part = {p for mark in manifest.marks for p in mark.passages_in} - whole
    total = manifest.values.total
    return Sum(total, total - masked - withheld, masked, withheld, len(in_part))


def _check_total(result: Verification, contents: Contents, export: ExportFile) -> None:
    """Check that the original has as many values as the disclosure accounts for, and the same subject."""
    entry = contents.manifest.export
    is_hidden = any(
        p.startswith("/info") for mark in contents.manifest.marks for p in mark.pointers + mark.passages_in
    )
    if not is_hidden and (entry.type, entry.id) != (export.info.type, export.info.id):
        result.add("subject", False, "DIFFERENT: the export is about someone else.")
    stated = contents.manifest.values.total
    total = sum(count_values(item.value) for item in export.items()) + count_values(export.info.value)
    differs = Sentence(
        "DIFFERENT: the export holds {total} values, and the disclosure accounts for {stated}.",
        total=total,
        stated=stated,
    )
    result.decide("counts", total == stated, _counted(total), differs)


def _check_counts(
    result: Verification, contents: Contents, others: Sequence[Contents], export: ExportFile
) -> None:
    manifest = contents.manifest
    result.decide(
        "export",
        export.sha256 == manifest.export.sha256,
        "Unaltered: the export has the hash that the manifest gives.",
        "ALTERED: the export is not the one in the manifest.",
    )
    ledger = _LedgerCheck(result, contents, others)
    total = 0

    def count_items() -> Iterator[Item]:
        nonlocal total
        for item in export.items():
            total += ledger.meet(item)
            yield item
        total += ledger.meet(Item(export.info.pointer, (), export.info.value))

    try:
        kinds = Counter(found.kind for found in Classifier().find(count_items()))
    except NotAnExportError as error:
        result.add(
            "counts",
            False,
            Sentence("UNREADABLE: the export cannot be read to its end ({what}).", what=error.what),
        )
        return
    ledger.close()
    incomplete = Sentence(
        "INCOMPLETE: the export holds {total} values, and {total_b} are stated.",
        total=total,
        total_b=manifest.values.total,
    )
    result.decide("counts", total == manifest.values.total, _counted(total), incomplete)
    stated = {kind: entry.count for kind, entry in manifest.records.items()}
    records, sum_stated = Sentence("{n} record", "{n} records", n=kinds.total()), sum(stated.values())
    result.decide(
        "records",
        kinds.total() == sum_stated and _may_be(stated, kinds),
        Sentence("Consistent: {records}, as stated.", records=records),
        Sentence("INCONSISTENT: {records} in the export, {sum} stated.", records=records, sum=sum_stated),
    )


def _may_be(stated: Mapping[str, int], found: Mapping[str, int]) -> bool:
    """Whether records by kind, as stated, may be those found in an export.

    Invalid records are stated as unrecognised. Kinds of a configuration are unknown here: any numbers may be.
    """
    if not KINDS.keys() >= stated.keys():
        return True
    return all(count <= found.get(kind, 0) for kind, count in stated.items() if kind != "unrecognised")


def _counted(total: int) -> Sentence:
    return Sentence("Complete: counted again, the export holds {total} values, as stated.", total=total)


class _LedgerCheck:
    """Compares the ledger with the export, item by item; the first error becomes the check's result."""

    def __init__(self, result: Verification, contents: Contents, others: Sequence[Contents]) -> None:
        self._result = result
        hidden = (pointer for mark in contents.manifest.marks for pointer in mark.pointers)
        known = [one.anchors() for one in (contents, *others)]
        named = None if None in known else {name for names in known for name in names or ()}
        self._settling: Settling | None = Settling(contents.ledger(), hidden, named, contents.names())

    def meet(self, item: Item) -> int:
        """Look up each value of an item in the ledger, and return the number of values."""
        if self._settling is not None:
            try:
                return self._settling.meet(item)
            except _UNSETTLED as error:
                self._fail(error)
        return count_values(item.value)

    def close(self) -> None:
        """Check that no line of the ledger is left over, and add the result."""
        if self._settling is None:
            return
        try:
            self._settling.close()
        except _UNSETTLED as error:
            self._fail(error)
            return
        nameless = self._settling.nameless
        self._result.decide(
            "ledger",
            nameless is None,
            Sentence(
                "Accounted for: each value is in the ledger once, at {lines} named places.",
                lines=self._settling.lines,
            ),
            Sentence(
                "NAMELESS: the ledger names a place or file that the report does not have ({nameless}).",
                nameless=nameless,
            ),
        )

    def _fail(self, error: Exception) -> None:
        self._settling = None
        what = error.what if isinstance(error, UnsettledError) else Sentence("the ledger cannot be read")
        self._result.add("ledger", False, Sentence("UNSETTLED: {what}.", what=what))


_UNSETTLED = (UnsettledError, *_DAMAGE, TypeError)


def _check_against_original(
    result: Verification, files: Sequence[Contents], shown: ExportFile, original: ExportFile
) -> None:
    from dsr_report.verification.leaks import hidden_values  # noqa: PLC0415 - only with an original

    manifest = files[0].manifest
    hidden, problems, digests = hidden_values(manifest, shown, original)
    result.add_problems(
        "original",
        problems,
        "Faithful: apart from the marks, every value is the same as in the original.",
    )
    _look_for(result, files, hidden, digests)


def _check_page(result: Verification, files: Sequence[Contents], original: ExportFile) -> None:
    """Check that a page without an embedded export does not contain the values that it hides."""
    from dsr_report.verification.leaks import hidden_in_page  # noqa: PLC0415 - only with an original

    hidden, untold, digests = hidden_in_page(files[0].manifest, original)
    if untold:
        result.add(
            "leaks",
            None,
            Sentence(
                "Not looked for: what is hidden as {names}. The page does not tell what that is; "
                "a PDF or package of the same answer does.",
                names=", ".join(untold),
            ),
        )
    _look_for(result, files, hidden, digests)


def _look_for(
    result: Verification, files: Sequence[Contents], hidden: dict[int, set[str]], digests: Digests
) -> None:
    from dsr_report.verification.leaks import leaks  # noqa: PLC0415 - only with an original

    found = [
        Sentence(
            "LEAK: a hidden value (number {number}) is still in {place}.",
            number=leak.number,
            place=leak.place,
        )
        for file in files
        for leak in leaks(file.path, hidden, digests=digests)
    ]
    here_alone = sum(not mark.everywhere for mark in files[0].manifest.marks)
    rest = (
        Sentence(
            " {n} more is an ordinary word that may occur elsewhere; it is hidden where it was marked.",
            " {n} more are ordinary words that may occur elsewhere; they are hidden where they were marked.",
            n=here_alone,
        )
        if here_alone
        else ""
    )
    result.add_problems(
        "leaks",
        found,
        Sentence(
            "No leak: none of {n} hidden values is anywhere in the decoded file.{rest}",
            n=len(hidden),
            rest=rest,
        ),
    )
