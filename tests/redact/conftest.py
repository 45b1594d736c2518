"""An export, its findings, and what is left of it after decisions on them; without laying out a report."""

import json

import pytest

import dsr_report
from dsr_report.redact.decisions import to_toml
from dsr_report.redact.findings import findings_of

ADDRESS = "jan@example.org"


class Case:
    """One export in a folder of its own."""

    def __init__(self, folder, data, info):
        self.folder = folder
        self.file = folder / "export.json"
        self.file.write_text(json.dumps({"info": info, "data": data}), encoding="utf-8")
        self.review = folder / "review.toml"

    def findings(self):
        with dsr_report.read(self.file) as source:
            return findings_of(source.file.items, source.found, source.info.id)

    def keys(self):
        return [finding.key for finding in self.findings()]

    def toml(self):
        with dsr_report.read(self.file) as source:
            return to_toml(self.findings(), source.sha256)

    def decide(self, decision, *, only=None, reason="another person", extra=""):
        """Write the review file with this decision on every finding, or on those of one key."""
        blocks = self.toml().split("[[finding]]")
        for number, block in enumerate(blocks):
            if number and (only is None or f'what = "{only}"' in block):
                blocks[number] = block.replace('"undecided"', f'"{decision}"').replace(
                    'reason = ""', f'reason = "{reason}"'
                )
        self.review.write_text("[[finding]]".join(blocks) + extra, encoding="utf-8")
        return self

    def withhold(self, *texts, words=False):
        """Write the review file with these texts to withhold, and no finding to decide on."""
        entry = '[[also]]\ntext = {}\nwords = {}\ndecision = "withhold"\nreason = "another"\narticle = "x"\n'
        also = "".join(entry.format(json.dumps(text), str(words).lower()) for text in texts)
        with dsr_report.read(self.file) as source:
            self.review.write_text(f'export_sha256 = "{source.sha256}"\n{also}', encoding="utf-8")
        return self

    def shown(self, **options):
        """The export as it is disclosed, with the plan, the sum and the warnings."""
        if self.review.exists():
            options.setdefault("review", self.review)
        with dsr_report.read(self.file) as source, dsr_report.Report(source, **options) as report:
            with report.shown.file.raw() as raw:
                content = raw.read()
            return Shown(json.loads(content), content, report.plan, report.values, report.warnings)


class Shown:
    def __init__(self, export, raw, plan, values, warnings):
        self.data = export["data"]
        self.raw = raw
        self.plan = plan
        self.values = values
        self.warnings = warnings


@pytest.fixture
def case(tmp_path):
    def make(*data, info=None):
        return Case(tmp_path, list(data), info or {"type": "email", "id": ADDRESS})

    return make
