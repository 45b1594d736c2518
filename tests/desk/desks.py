"""A real desk on a port of loopback, and a client that behaves as a browser would."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from dsr_report.desk.folders import DeskFolder
from dsr_report.desk.office import Office
from dsr_report.desk.server import Desk
from dsr_report.desk.sessions import Sessions
from dsr_report.desk.uploads import UploadLimits
from dsr_report.fetch.client import Client
from dsr_report.register import Register
from dsr_report.sandbox.server import Sandbox

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
CONTROLLER = SAMPLES / "controller.toml"


@dataclass
class Clock:
    """A clock that goes forward when it is told to."""

    now: float = 1000.0
    days: int = 0
    """How far the calendar is ahead."""

    def __call__(self) -> float:
        return self.now


@dataclass
class Running:
    """A desk that runs, and a browser that is signed in."""

    desk: Desk
    office: Office
    clock: Clock
    thread: threading.Thread
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.origin, trust_env=False, timeout=30)

    @property
    def origin(self) -> str:
        return self.desk.address.origin

    @property
    def root(self) -> str:
        return self.desk.address.root

    def sign_in(self) -> httpx.Response:
        answer = self.http.get(self.desk.link().removeprefix(self.origin))
        assert answer.status_code == 200
        return answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(self.root + path, **options)

    def post(self, path: str, data: Any = None, *, follow: bool = True, **options: Any) -> httpx.Response:
        headers = {"origin": self.origin, "sec-fetch-site": "same-origin", **options.pop("headers", {})}
        return self.http.post(
            self.root + path, data=data or {}, headers=headers, follow_redirects=follow, **options
        )

    def drop(self, path: Path | bytes, where: str = "/upload", **fields: str) -> httpx.Response:
        content = path if isinstance(path, bytes) else path.read_bytes()
        return self.post(where, fields, files={"file": ("export.json", content, "application/json")})

    def waited(self, reference: str, seconds: float = 240) -> str:
        """The state of a case's job once it has ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            job = self.office.jobs.of(reference)
            if job is not None and not job.is_active:
                return job.state
            time.sleep(0.02)
        raise AssertionError("the job did not end")

    def taken_in(self, export: Path | bytes) -> str:
        """The case of an export that was dropped, read to its end; the path of its pages."""
        answer = self.drop(export)
        assert answer.status_code == 200, text_of(answer)
        found = re.search(r"/case/([0-9a-f]{16})/", str(answer.url))
        assert found is not None, answer.url
        case = self.office.case(found[1])
        assert case is not None
        assert self.waited(case[0].reference) == "done"
        return f"/case/{found[1]}"

    def reference(self, case: str) -> str:
        found = self.office.case(case.removeprefix("/case/"))
        assert found is not None
        return found[0].reference


def text_of(answer: httpx.Response) -> str:
    """What a page says."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@contextmanager
def running_desk(
    folder: Path,
    *,
    sandbox: Sandbox | None = None,
    limits: UploadLimits | None = None,
    config: str | None = None,
) -> Iterator[Running]:
    """A desk on a free port, until the block ends."""
    folder.mkdir(exist_ok=True)
    settings = folder / "controller.toml"
    if not settings.exists():
        settings.write_text(CONTROLLER.read_text("utf-8") if config is None else config, "utf-8")
    clock = Clock()
    exports = folder / "exports"
    exports.mkdir(exist_ok=True)

    def later() -> datetime:
        return datetime.now(UTC) + timedelta(days=clock.days)

    with Register.open(f"sqlite:///{folder / 'register.sqlite3'}", actor="anna", now=later) as register:
        office = Office(
            DeskFolder(folder / "desk"),
            register,
            settings,
            client=lambda sleep: Client(
                sandbox.state.token if sandbox else "none",
                api_url=sandbox.api_url if sandbox else "http://127.0.0.1:9/v4",
                auth_url=sandbox.auth_url if sandbox else "http://127.0.0.1:9",
                sleep=sleep,
            ),
            exports=exports,
            poll=0.05,
            sessions=Sessions(clock=clock),
        )
        office.folder.set(actor="anna", language="en")
        desk = Desk(office, limits=limits)
        thread = threading.Thread(target=desk.run)
        thread.start()
        until = time.monotonic() + 20
        while not desk.is_up and time.monotonic() < until:
            time.sleep(0.01)
        running = Running(desk, office, clock, thread)
        try:
            yield running
        finally:
            running.http.close()
            desk.stop()
            thread.join(timeout=30)
            assert not thread.is_alive()
