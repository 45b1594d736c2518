"""The client of Copernica's REST API for data requests (v1 to v4; read 2026-11)."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable, Mapping
from typing import get_args
from urllib.parse import quote, unquote, urlsplit

import httpx

from dsr_report.addresses import LOOPBACK
from dsr_report.closing import Closing
from dsr_report.errors import AuthError, UnknownIdError, UsageError
from dsr_report.fetch.answers import ApiAnswer, CertainlyFailedError, PerhapsDoneError
from dsr_report.fetch.data_request import DataRequest
from dsr_report.fetch.token import Secret, find_token
from dsr_report.fetch.transport import Transport, Version
from dsr_report.jsonstream.subjects import TYPES, Subject, SubjectType
from dsr_report.sentences import Sentence

API_URL = "https://api.copernica.com/v4"
AUTH_URL = "https://authenticate.copernica.com"
_UNKNOWN = re.compile(r"\bno \w+ with supplied (?:id|e-?mail|address)|already been removed", re.IGNORECASE)
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")
_REQUEST_ID = re.compile(r"[!-~]{1,200}")
_NO_IDS = frozenset({".", "..", "true", "false", "ok", "null", "none", "accepted", "created", "datarequest"})


class Client(Closing):
    """Makes data requests and takes them up. Use it in a `with` block; threads may share it.

    The token comes from `token`, or from where `fetch.token.find_token` looks. Proxies and a custom CA are
    taken from the environment (`HTTPS_PROXY`, `SSL_CERT_FILE`). Versions v1 to v3 take the token in each
    address, which then is never logged.

    Args:
        token: the API token.
        api_url: in place of `COPERNICA_API_URL`.
        auth_url: in place of `COPERNICA_AUTH_URL`.
        version: how to authenticate, in place of `COPERNICA_API_VERSION` or what the API's address ends in.
        transport: what carries requests, in place of the network.
        timeout_seconds: seconds to wait for the next bytes of an answer.
        sleep: waits.
        clock: the time of day in seconds since 1970.
        jitter: a random number from 0 to 1.
        environment: in place of the process's own.

    Raises:
        AuthError: there is no token.
        UsageError: an address, a proxy or a certificate cannot be used.
    """

    def __init__(
        self,
        token: str | Secret | None = None,
        *,
        api_url: str | None = None,
        auth_url: str | None = None,
        version: Version | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout_seconds: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        env = os.environ if environment is None else environment
        api = _check_address(api_url or env.get("COPERNICA_API_URL") or API_URL, "COPERNICA_API_URL")
        login = _check_address(auth_url or env.get("COPERNICA_AUTH_URL") or AUTH_URL, "COPERNICA_AUTH_URL")
        secret = token if isinstance(token, Secret) else Secret(token) if token else find_token(env)
        self._transport = Transport(
            secret,
            api_url=api,
            auth_url=login,
            version=version or _version(env.get("COPERNICA_API_VERSION", "")),
            transport=transport,
            timeout_seconds=timeout_seconds,
            sleep=sleep,
            clock=clock,
            jitter=jitter,
        )
        self.api_url = self._transport.base
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter

    def request(
        self,
        subject_type: SubjectType,
        subject_id: int | str,
        *,
        report: str | None = None,
        deadline: float | None = None,
    ) -> DataRequest:
        """Ask Copernica to collect everything about a subject. Never repeated unless it certainly failed.

        Args:
            subject_type: what `subject_id` is.
            subject_id: a number, or an e-mail address.
            report: where Copernica shall send the result: an e-mail address or a web address.
            deadline: the moment, by the client's clock, up to which an answer is waited for.

        Raises:
            UnknownIdError: Copernica knows no such subject.
            AuthError: the token was refused.
            CertainlyFailedError: it was refused, or could not be sent.
            PerhapsDoneError: the request may or may not have been made.
        """
        subject = _subject(subject_type, subject_id)
        path = f"{subject.type}/{quote(subject.id, safe='')}/datarequest"
        answer = self._transport.post_once(path, {"report": _target(report)} if report else {}, deadline)
        request_id = _request_id(answer)
        is_accepted = answer.status in {200, 201, 202, 204, 303}
        if not is_accepted or answer.error is not None:
            raise _refusal(answer, subject)
        if answer.is_page and not answer.headers.get("x-created"):
            raise PerhapsDoneError(
                Sentence("Copernica's reply was a web page (status {status})", status=answer.status),
                hint="Is there a proxy that wants a login? Look in Copernica's dashboard whether a data "
                "request was made, and take it up with --request ID.",
            )
        if not request_id:
            raise PerhapsDoneError(
                "Copernica accepted the data request, but its answer holds no request id",
                hint="Find the id in the dashboard and take it up with --request ID.",
            )
        return self._data_request(request_id, subject)

    def take_up(
        self, request_id: str, *, subject_type: str | None = None, subject_id: int | str | None = None
    ) -> DataRequest:
        """A data request that exists already; with the subject given, no other export is accepted."""
        if not _is_id(request_id):
            raise UsageError("this is not a request id", hint="Use the id that `fetch` printed.")
        is_known = subject_type is not None and subject_id is not None
        subject = _subject(str(subject_type), str(subject_id)) if is_known else None
        return self._data_request(request_id, subject)

    def now(self) -> float:
        """The current time, in seconds since 1970, by the clock of the deadlines."""
        return self._clock()

    def log_in(self, deadline: float | None = None) -> None:
        """Check the token, without making a data request.

        Raises:
            AuthError: it was refused.
            FetchError: the API cannot be reached.
        """
        self._transport.log_in(deadline)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _data_request(self, request_id: str, subject: Subject | None) -> DataRequest:
        return DataRequest(
            request_id,
            self._transport,
            sleep=self._sleep,
            clock=self._clock,
            jitter=self._jitter,
            subject=subject,
        )

    def __repr__(self) -> str:
        return f"<Client of {self.api_url}>"


def _check_address(url: str, name: str) -> str:
    """Check that a token may be sent to an address, and return it."""
    try:
        parts = urlsplit(url.strip())
        has_port = parts.port != 0
    except ValueError:
        raise UsageError("this is not a web address", where=name) from None
    local = parts.hostname in LOOPBACK
    if parts.username is not None or parts.query or parts.fragment or not parts.hostname or not has_port:
        raise UsageError(
            "the address of the API must be a plain web address, without a user, a query or a fragment",
            where=name,
            hint=Sentence("The usual ones are {api_url} and {auth_url}.", api_url=API_URL, auth_url=AUTH_URL),
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise UsageError(
            "the API must be called over https", where=name, hint="http is only allowed on this machine."
        )
    return url.strip().rstrip("/")


def _subject(subject_type: str, subject_id: int | str) -> Subject:
    text = str(subject_id).strip()
    kind = next((known for known in TYPES if known == subject_type), None)
    if kind is None:
        raise UsageError("a subject is a subprofile, a profile or an email")
    if kind == "email":
        if "@" not in text or _UNFIT.search(text) or len(text) > 320:
            raise UsageError("this is not an e-mail address", hint="Give one like name@example.org.")
    elif not re.fullmatch(r"[0-9]{1,18}", text):
        raise UsageError(
            Sentence("this is not a {subject_type} id", subject_type=Sentence(kind)),
            hint="Give its number, as the dashboard shows it.",
        )
    return Subject(kind, text)


def _version(text: str) -> Version | None:
    """The API's version in the environment, or None."""
    wanted = text.strip().lower()
    if wanted and wanted not in get_args(Version):
        raise UsageError(
            "there is no such version of the API", where="COPERNICA_API_VERSION", hint="v4, v3, v2 or v1."
        )
    return next((known for known in get_args(Version) if known == wanted), None)


def _target(report: str) -> str:
    """Check where the result is to be sent: an e-mail address or a web address."""
    text = report.strip()
    is_web = re.fullmatch(r"https?://[^\s/]+\S*", text) is not None
    if _UNFIT.search(text) or not (is_web or re.fullmatch(r"[^\s@:/]+@[^\s@]+", text)):
        raise UsageError(
            "this is neither an e-mail address nor a web address",
            where="--report",
            hint="Give one like name@example.org or https://dsr.example.org/copernica.",
        )
    return text


def _refusal(answer: ApiAnswer, subject: Subject) -> AuthError | UnknownIdError | CertainlyFailedError:
    is_address = subject.type == "email"
    what = (
        Sentence("this email")
        if is_address
        else Sentence("{kind} {id}", kind=Sentence(subject.type), id=subject.id)
    )
    if answer.is_refusal:
        return AuthError(
            Sentence("the API token was refused: {says}", says=answer.says), hint="Check COPERNICA_TOKEN."
        )
    if _UNKNOWN.search(answer.error or ""):
        return UnknownIdError(
            Sentence("Copernica does not know {what}: {says}", what=what, says=answer.says),
            hint="Check the id and its --type.",
        )
    if 300 <= answer.status < 400 or answer.status in {404, 405}:
        return CertainlyFailedError(
            Sentence("this address has no such API call: {says}", says=answer.says),
            hint="Check COPERNICA_API_URL.",
        )
    return CertainlyFailedError(
        Sentence("Copernica refused the data request for {what}: {says}", what=what, says=answer.says),
        hint="Nothing was requested.",
    )


def _request_id(answer: ApiAnswer) -> str | None:
    """The id of the new data request: from the headers, else from the body."""
    created = str(answer.headers.get("x-created", "")).strip()
    if _is_id(created):
        return created
    for name in ("x-location", "location"):
        found = _id_in_address(answer.headers.get(name, ""))
        if found:
            return found
    text = answer.body.decode("utf-8", "replace").strip()
    content = answer.json()
    if content is None:
        return text if re.fullmatch(r"[\w.:-]{1,100}", text, re.ASCII) and _is_id(text) else None
    while isinstance(content, dict):
        content = next((content[k] for k in ("id", "ID", "datarequest") if k in content), None)
    if isinstance(content, bool) or not isinstance(content, (str, int)):
        return None
    return str(content).strip() if _is_id(str(content).strip()) else None


def _id_in_address(address: str) -> str | None:
    """The id in a data request's address: its last segment, before an optional `data` or `status`."""
    try:
        pieces = [unquote(piece) for piece in urlsplit(address).path.split("/") if piece]
    except ValueError:
        return None
    if pieces and pieces[-1] in {"data", "status"}:
        pieces.pop()
    return pieces[-1] if pieces and _is_id(pieces[-1]) else None


def _is_id(text: str) -> bool:
    return bool(_REQUEST_ID.fullmatch(text)) and text.lower() not in _NO_IDS
