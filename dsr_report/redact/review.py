"""The review of an export: findings and texts for a person to decide on."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dsr_report.config import Config, given_config
from dsr_report.errors import unknown_name
from dsr_report.files import write_whole
from dsr_report.redact.decisions import DECISIONS, Merged, looking_of, merge, read_decisions, to_toml
from dsr_report.redact.disclosed import Readable
from dsr_report.redact.findings import Finding, Findings, Looking, findings_of, looking_by
from dsr_report.redact.places import look_elsewhere
from dsr_report.redact.plan import Treatment
from dsr_report.show import display


@dataclass(slots=True)
class Review:
    """The findings of an export, and each text by or about the person.

    Attributes:
        findings: what to decide on; `findings.texts` are the texts to be read.
        export_sha256: SHA-256 of the export.
        looking: the search settings.
        before: the merged file, if an earlier decisions file was given.
    """

    findings: Findings = field(repr=False)
    export_sha256: str
    looking: Looking = field(repr=False)
    before: Merged | None = field(default=None, repr=False)
    _entries: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    _also: list[dict[str, Any]] = field(default_factory=list, repr=False)
    _read: set[str] = field(default_factory=set, repr=False)
    _is_changed: bool = field(default=False, repr=False)

    def decide(
        self,
        finding: Finding | str,
        decision: Treatment,
        *,
        reason: str = "",
        article: str = "",
    ) -> None:
        """Take a decision; `save` writes it.

        Args:
            finding: one of `findings`, or its id.
            decision: the treatment.
            reason: why something is withheld, in words for the subject.
            article: the legal ground; by default the proposed one.

        Raises:
            UnknownNameError: there is no such finding, or no such decision.
        """
        name = finding if isinstance(finding, str) else finding.id
        known = {one.id: one for one in self.findings}
        if name not in known:
            raise unknown_name("finding", name, known)
        if decision not in DECISIONS:
            raise unknown_name("decision", decision, DECISIONS)
        entry = {"decision": decision, "reason": reason, "article": article or known[name].article}
        self._entries[name] = entry
        self._is_changed = True

    def mark_read(self) -> None:
        """Mark every text by or about the person as read."""
        self._read = {text.id for text in self.findings.texts}
        self._is_changed = True

    @property
    def must_decide(self) -> int:
        """Number of findings that must be decided on."""
        return sum(finding.must_decide for finding in self.findings)

    def to_toml(self) -> str:
        """The decisions file as TOML."""
        if self._is_changed:
            return to_toml(
                self.findings,
                self.export_sha256,
                self._entries,
                self._also,
                read=self._read,
                looking=self.looking,
            )
        if self.before is not None:
            return self.before.text
        return to_toml(self.findings, self.export_sha256, looking=self.looking)

    def save(self, output: str | os.PathLike[str]) -> Path:
        """Write the decisions file, readable by its owner only; return its path."""
        write_whole(output, self.to_toml().encode("utf-8", "backslashreplace"))
        return Path(output)

    def to_dict(self) -> dict[str, Any]:
        """The output of `dsr-report review --json`."""
        findings = self.findings
        return {
            "export_sha256": self.export_sha256,
            "findings": [
                {
                    "id": f.id,
                    "what": f.key,
                    "pointer": f.pointer,
                    "places": f.places,
                    "context": f.context,
                    "why": f.why,
                    "proposal": f.proposal,
                    "must_decide": f.must_decide,
                    "article": f.article,
                    "value": f.shown,
                    "record": f.record,
                    "title": f.title,
                    "date": f.date,
                    "sentence": f.sentence,
                    "elsewhere": f.elsewhere,
                }
                for f in findings
            ],
            "texts": [
                {
                    "id": text.id,
                    "record": text.kind,
                    "title": text.title,
                    "date": text.date,
                    "pointer": text.pointer,
                    "places": text.places,
                    "text": text.text,
                }
                for text in findings.texts
            ],
            "closed_files": [
                {
                    "pointer": decided.pointer,
                    "part": decided.part,
                    "path": f.file.path,
                    "reason": f.file.reason,
                    "finding": f.id,
                }
                for f in findings
                if f.file is not None
                for decided, _ in f.decided
            ],
        }

    def __repr__(self) -> str:
        return f"<Review: {len(self.findings):,} findings, {self.must_decide:,} to decide on>"

    def _repr_html_(self) -> str:
        counts = Counter((f.key, f.proposal, f.must_decide) for f in self.findings)
        rows = [
            (what, proposal, "yes" if must else "", count)
            for (what, proposal, must), count in sorted(counts.items())
        ]
        return display(repr(self)[1:-1], ("what", "proposal", "to decide", "findings"), rows)


def review_of(
    export: Readable,
    config: Config | str | os.PathLike[str] | None = None,
    before: str | os.PathLike[str] | None = None,
) -> Review:
    """Search an export for findings and return the review.

    Args:
        export: the export.
        config: the controller's configuration: its own names and numbers are no other person's.
        before: an earlier decisions file; decisions that still apply are kept.
    """
    path = None if before is None else Path(before)
    settings = given_config(config)
    if settings is not None:
        looking = looking_by(settings)
    else:
        looking = Looking() if path is None else looking_of(path)
    findings = findings_of(export.file.items, export.found, export.info.id, looking)
    look_elsewhere(findings, export.found())
    kept = None if path is None else merge(findings, export.sha256, path, looking)
    found = Review(findings, export.sha256, looking, kept)
    if path is not None:
        taken = read_decisions(path)
        known = {finding.id for finding in findings}
        found._entries = {name: dict(entry) for name, entry in taken.entries.items() if name in known}  # noqa: SLF001
        found._also = [dict(entry) for entry in taken.also]  # noqa: SLF001
        found._read = set(taken.read)  # noqa: SLF001
    return found
