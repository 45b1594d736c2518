"""What a kill leaves on disk at each write: the desk opens it, and nothing that was answered for is lost."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desks import CONTROLLER

from dsr_report.desk.folders import DeskFolder
from dsr_report.desk.office import Office
from dsr_report.fetch.client import Client
from dsr_report.files import sha256_of
from dsr_report.register import Register
from dsr_report.verification.verifier import verify

EXPORT = json.dumps({
    "info": {"type": "email", "id": "jan@example.org"},
    "data": [
        {"type": "profile", "ID": "1", "fields": {"email": "jan@example.org"}},
        {"type": "response", "id": 1, "text": "Mijn zus Ilse Vosmaer belde over de lamp."},
        {"type": "response", "id": 2, "text": "Mijn buurman Kees Dorrestein heeft er ook een."},
    ],
}).encode()  # fmt: skip
SHA256 = hashlib.sha256(EXPORT).hexdigest()
WITHHOLD = {"decision": "withhold", "reason": "another person", "article": "Art. 15(4) GDPR"}


@contextmanager
def office_at(folder: Path) -> Iterator[Office]:
    with Register.open(f"sqlite:///{folder / 'register.sqlite3'}", actor="anna") as register:
        office = Office(
            DeskFolder(folder / "desk"),
            register,
            folder / "controller.toml",
            client=lambda sleep: Client("t", api_url="http://127.0.0.1:9/v4", sleep=sleep),
            exports=folder,
        )
        try:
            yield office
        finally:
            office.close()


def waited(office: Office, reference: str) -> str:
    """The state of a case's job once it has ended and that is on disk."""
    job = office.jobs.of(reference)
    while job.is_active or office.folder.case(reference).job["state"] != job.state:
        job.stopping.wait(0.01)
    return job.state


class Images:
    """Copies of a folder at each of its writes, with what had been answered for by then."""

    def __init__(self, folder: Path, kept: Path) -> None:
        self._folder, self._kept = folder, kept
        self._seen: set[str] = set()
        self._one_at_a_time = threading.RLock()
        self.answered: list[tuple[str, str]] = []
        self.taken: list[tuple[Path, list[tuple[str, str]]]] = []

    def take(self) -> None:
        files = sorted(path for path in self._folder.rglob("*") if path.is_file())
        whole = hashlib.sha256()
        for path in files:
            whole.update(str(path).encode() + path.read_bytes())
        if whole.hexdigest() not in self._seen:
            self._seen.add(whole.hexdigest())
            image = self._kept / str(len(self.taken))
            shutil.copytree(self._folder, image)
            self.taken.append((image, list(self.answered)))

    def around(self, patch: pytest.MonkeyPatch) -> None:
        """Take one before and after each flush and each renaming."""
        for place, name in ((os, "fsync"), (Path, "replace")):
            original = getattr(place, name)

            def watched(*given: object, _original=original) -> object:
                with self._one_at_a_time:  # jobs write in a thread of their own
                    self.take()
                    done = _original(*given)
                    self.take()
                return done

            patch.setattr(place, name, watched)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Images]:
    """From a dropped export to a report that is made, with a copy at each write."""
    root = tmp_path_factory.mktemp("killed")
    folder = root / "all"
    folder.mkdir()
    (folder / "controller.toml").write_text(CONTROLLER.read_text("utf-8"), "utf-8")
    images = Images(folder, root / "images")
    with pytest.MonkeyPatch.context() as patch, office_at(folder) as office:
        images.around(patch)
        dropped = office.folder.incoming / "a.json"
        dropped.write_bytes(EXPORT)
        reference = office.take_in(dropped, SHA256, None, actor="anna")
        images.answered.append(("export", reference))
        office.jobs.start(reference, "read", {}, actor="anna")
        assert waited(office, reference) == "done"
        review = office.review(reference)
        for finding in review.findings:
            review.decide([finding], WITHHOLD, actor="anna")
            images.answered.append(("decision", finding.id))
        for text in review.findings.texts:
            review.mark_read([text.id], actor="anna")
            images.answered.append(("read", text.id))
        options = {"format": "html", "language": "nl", "digest": review.decided.digest}
        office.jobs.start(reference, "make", options, actor="anna")
        assert waited(office, reference) == "done", office.jobs.of(reference).what
        images.answered.append(("made", office.folder.case(reference).made[-1]["sha256"]))
        images.take()
    shutil.rmtree(folder)
    return folder, images


def test_a_kill_between_any_two_writes_loses_nothing_that_was_answered_for(
    images: tuple[Path, Images],
) -> None:
    folder, taken = images
    assert len(taken.taken) > 20
    states = set()
    for image, answered in taken.taken:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(image, folder)  # where its files say that they are
        with office_at(folder) as office:
            states |= {_checked(office, entry.reference, answered) for entry in office.register.cases()}
            assert [reference for what, reference in answered if what == "export"] == [
                entry.reference for entry in office.register.cases() if answered
            ]
            assert office.register.check().findings == ()
            assert list(office.folder.incoming.iterdir()) == []
    assert {"interrupted", "done"} <= states


def _checked(office: Office, reference: str, answered: list[tuple[str, str]]) -> str:
    """Whether a case has all that was answered for; gives the state of its last job."""
    if ("export", reference) in answered:
        assert office.export(reference).sha256 == SHA256 == sha256_of(office.export(reference).path)
    decided = office.journal(reference).decided(SHA256)
    for what, name in answered:
        if what == "decision":
            assert decided.entries[name]["decision"] == "withhold"
        elif what == "read":
            assert name in decided.read
    place = office.folder.case(reference)
    made = place.made
    assert {one for what, one in answered if what == "made"} <= {one["sha256"] for one in made}
    for page in place.path.glob("disclosure-*.html"):
        assert verify(page).ok  # what has its name is whole, noted or not
    assert all(sha256_of(place.path / one["name"]) == one["sha256"] for one in made)
    job = office.jobs.of(reference)
    assert job is None or not job.is_active
    return job.state if job else ""


def test_what_was_cut_off_goes_on_to_a_report_and_a_dropped_export_makes_no_second_case(
    images: tuple[Path, Images],
) -> None:
    folder, taken = images
    by_state: dict[tuple[int, str], Path] = {}
    for image, answered in taken.taken:
        facts = next(image.glob("desk/cases/*/job.json"), None)
        state = json.loads(facts.read_text())["state"] if facts else "none"
        by_state.setdefault((min(len(answered), 2), state), image)
    assert len(by_state) >= 4
    for image in by_state.values():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(image, folder)
        with office_at(folder) as office:
            dropped = office.folder.incoming / "b.json"
            dropped.write_bytes(EXPORT)
            known = [entry.reference for entry in office.register.cases()]
            has_export = any(office.export(one) for one in known)
            reference = office.take_in(dropped, SHA256, known[0] if has_export else None, actor="anna")
            assert [entry.reference for entry in office.register.cases()] == [reference]
            office.jobs.start(reference, "read", {}, actor="anna")
            assert waited(office, reference) == "done"
            review = office.review(reference)
            for finding in review.findings:
                review.decide([finding], WITHHOLD, actor="anna")
            review.mark_read([text.id for text in review.findings.texts], actor="anna")
            options = {"format": "html", "language": "nl", "digest": review.decided.digest}
            office.jobs.start(reference, "make", options, actor="anna")
            assert waited(office, reference) == "done"
            assert all(one["ok"] for one in office.folder.case(reference).made)
