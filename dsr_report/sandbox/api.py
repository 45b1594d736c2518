"""The sandbox's answers: authentication, data requests, statuses, files and error bodies as documented."""

from __future__ import annotations

import base64
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from dsr_report.sandbox.broken import BrokenAnswers
from dsr_report.sandbox.delivery import deliver
from dsr_report.sandbox.state import FaultKind, SandboxRequest

_UNKNOWN = {
    "subprofile": "No subprofile with supplied ID",
    "profile": "No profile with supplied ID",
    "email": "No entity with supplied ID",
}


class Handler(BrokenAnswers):
    """One connection to the sandbox."""

    def do_GET(self) -> None:  # noqa: N802 - the base class's name
        """Answer a GET."""
        self._answer("GET")

    def do_POST(self) -> None:  # noqa: N802 - the base class's name
        """Answer a POST."""
        self._answer("POST")

    def _answer(self, method: str) -> None:
        path = urlsplit(self.path).path
        length = self.headers.get("content-length") or "0"
        body = self.rfile.read(int(length)) if re.fullmatch("[0-9]{1,7}", length) else b""
        self.state.note(method, path)
        fault = self.state.next_fault(f"{method} {path}")
        if fault is not None and self.broken(fault):
            return
        if method == "POST" and path in {"/", "/authenticate"}:
            self._log_in(body)
            return
        if not self._is_authorised():
            self.error(401 if _version(path) in {None, 4} else 400, "Invalid access token")
            return
        parts = [unquote(part) for part in path.split("/") if part]
        if parts and re.fullmatch(r"v[1-4]", parts[0]):
            parts = parts[1:]
        if method == "POST" and len(parts) == 3 and parts[2] == "datarequest" and parts[0] in _UNKNOWN:
            self._create(parts[0], parts[1], body, fault)
        elif method == "GET" and len(parts) in {2, 3} and parts[0] == "datarequest":
            self._request(parts[1], parts[2] if len(parts) == 3 else "", fault)
        else:
            self.error(400, "Invalid method")

    def _log_in(self, body: bytes) -> None:
        token = parse_qs(body.decode("utf-8", "replace")).get("access_token", [""])[0]
        if not secrets.compare_digest(token.encode(), self.state.token.encode()):
            self.error(400, "Invalid access token")
            return
        expires = int(time.time() + self.state.token_seconds)
        parts = [{"alg": "HS256", "typ": "JWT"}, {"exp": expires, "n": secrets.token_hex(4)}]
        jwt = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts)
        jwt += f".{secrets.token_urlsafe(16)}"
        self.state.tokens[jwt] = self.state.clock() + self.state.token_seconds
        self.send(200, jwt.encode(), "text/plain")

    def _is_authorised(self) -> bool:
        parts = urlsplit(self.path)
        if _version(parts.path) in {None, 4}:
            scheme, _, jwt = self.headers.get("authorization", "").partition(" ")
            return scheme == "Bearer" and self.state.tokens.get(jwt, 0) > self.state.clock()
        return parse_qs(parts.query).get("access_token") == [self.state.token]

    def _create(self, subject_type: str, subject_id: str, body: bytes, fault: FaultKind | None) -> None:
        sample = self.state.samples.get((subject_type, subject_id.casefold()))
        if sample is None:
            self.error(400, _UNKNOWN[subject_type])
            return
        try:
            content = json.loads(body or b"{}")
            report = content.get("report")
        except (ValueError, AttributeError):
            self.error(400, "Invalid data provided")
            return
        job = self.state.new_job(sample, report)
        if report and self.state.deliver_reports:
            threading.Thread(target=deliver, args=(self.state, job), daemon=True).start()
        if fault == "late-answer":
            time.sleep(self.state.stall_seconds)
        if fault in {"lose-answer", "late-answer"}:
            self.break_off()
            return
        place = f"http://{self.headers.get('host', '')}/v4/datarequest/{job.request_id}"
        if fault == "no-id":
            self.send(201, b"")
        elif fault == "lose-body":
            self.send_head(201, {"X-Created": job.request_id, "Content-Length": "10"})
            self.break_off()
        else:
            self._say_id(job, place)

    def _say_id(self, job: SandboxRequest, place: str) -> None:
        match self.state.id_in:
            case "x-created":
                self.send(201, b"", headers={"X-Created": job.request_id, "X-Location": place})
            case "x-location":
                self.send(201, b"", headers={"X-Location": place})
            case "location":
                self.send(201, b"", headers={"Location": f"{place}/status"})
            case "body":
                self.send(200, json.dumps({"id": job.request_id}).encode())
            case "object":
                self.send(200, json.dumps({"datarequest": {"ID": job.request_id}}).encode())
            case "text":
                self.send(201, f"{job.request_id}\n".encode(), "text/plain")

    def _request(self, request_id: str, what: str, fault: FaultKind | None) -> None:
        job = self.state.jobs.get(request_id)
        if job and fault == "expire":
            job.is_expired = True
        standing, share = self.state.standing(job)
        if what == "status" and not self.state.older_api:
            answer: dict[str, object] = {"status": standing}
            if job and standing != "not available":
                size = int(job.sample.path.stat().st_size * share)
                answer |= {"available": size, "content-type": "application/json"}
            self.send(200, json.dumps(answer).encode())
        elif what == "data" and not self.state.older_api:
            if job and standing == "available":
                self._file(job, fault)
            else:
                self.error(404, "Not found")
        elif what == "" and job and standing == "available":
            self._file(job, fault)
        elif what == "" and job and standing == "pending":
            info = {"type": job.sample.subject_type, "id": job.sample.subject_id}
            self.send(200, json.dumps({"info": info, "data": "Data not available (yet)."}).encode())
        elif what == "":
            self.error(400, "No entity with supplied ID")
        else:
            self.error(400, "Invalid method")

    def _file(self, job: SandboxRequest, fault: FaultKind | None) -> None:
        if fault == "changed":
            job.revision += 1
        content = self._content(job, fault)
        mark = f'"{job.request_id}-{job.revision}"'
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        status, start = 200, 0
        headers = {"ETag": mark, "Accept-Ranges": "bytes"} if self.state.resumable else {}
        if wanted and self.state.resumable and self.headers.get("if-range") == mark:
            start, status = int(wanted.group(1)), 206
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        if fault in {"cut", "cut-chunked", "cut-quietly", "cut-within", "halt"}:
            self.cut(fault, status, content[start:], headers)
        else:
            self.send(status, content[start:], headers=headers)

    def _content(self, job: SandboxRequest, fault: FaultKind | None) -> bytes:
        info: Mapping[str, str] = {"type": job.sample.subject_type, "id": job.sample.subject_id}
        if fault == "sentence":
            return json.dumps({"info": info, "data": "Come back tomorrow"}).encode()
        if fault == "not-ready":
            return json.dumps({"info": info, "data": "Data are not available (yet)."}).encode()
        if fault == "stranger":
            return json.dumps({"info": {"type": "subprofile", "id": "999"}, "data": []}).encode()
        return job.sample.path.read_bytes() + b"\n" * job.revision


def _version(path: str) -> int | None:
    match = re.match(r"/v([1-4])(?:/|$)", path)
    return int(match.group(1)) if match else None
