"""The client of Copernica's REST API, as far as data requests go (v4; read 2026-11)."""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Callable, Mapping
from typing import Literal, Self
from urllib.parse import quote, urlsplit

import httpx

from dsr_report.errors import AuthError, FetchError, UnknownIdError, UsageError
from dsr_report.fetch.data_request import DataRequest
from dsr_report.fetch.token import Secret, find_token
from dsr_report.fetch.transport import Transport, Version, error_text

API_URL = "https://api.copernica.com/v4"
AUTH_URL = "https://authenticate.copernica.com"
SubjectType = Literal["subprofile", "profile", "email"]
_UNKNOWN = re.compile(r"no (?:entity|subprofile|profile|email|database) with supplied id", re.IGNORECASE)
_REFUSED = re.compile(r"invalid access token", re.IGNORECASE)


class Client:
    """Makes data requests and takes them up. Use it in a `with` block.

    The token comes from `token`, or from where `fetch.token.find_token` looks. Proxies and a custom CA are
    taken from the environment (`HTTPS_PROXY`, `SSL_CERT_FILE`).
    """

    def __init__(
        self,
        token: str | Secret | None = None,
        *,
        api_url: str | None = None,
        auth_url: str | None = None,
        version: Version = "v4",
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        env = os.environ if environment is None else environment
        secret = token if isinstance(token, Secret) else Secret(token) if token else find_token(env)
        self.api_url = (api_url or env.get("COPERNICA_API_URL") or API_URL).rstrip("/")
        login = auth_url or env.get("COPERNICA_AUTH_URL") or AUTH_URL
        for url in (self.api_url, login):
            _check(url)
        self._transport = Transport(
            secret,
            api_url=self.api_url,
            auth_url=login,
            version=version,
            transport=transport,
            sleep=sleep,
            clock=clock,
            jitter=jitter,
        )
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter

    def request(
        self, subject_type: SubjectType, subject_id: int | str, *, report: str | None = None
    ) -> DataRequest:
        """Ask Copernica to collect everything about a subject. Never repeated unless it certainly failed.

        Args:
            subject_type: what `subject_id` is.
            subject_id: a number, or an e-mail address.
            report: where Copernica shall send the result: an e-mail address or a web address.

        Raises:
            UnknownIdError: Copernica knows no such subject.
            AuthError: the token was refused.
            PerhapsDoneError: nobody knows whether the request was made.
        """
        path = f"{subject_type}/{quote(str(subject_id), safe='')}/datarequest"
        response = self._transport.post_once(path, {"report": report} if report else {})
        if response.status_code not in {200, 201, 202}:
            raise _refusal(response, f"{subject_type} {_shown(subject_type, subject_id)}")
        request_id = _request_id(response)
        if not request_id:
            raise FetchError(
                "Copernica accepted the data request, but its answer holds no request id",
                hint="Find the id in the dashboard and take it up with --request ID.",
            )
        return self.take_up(request_id)

    def take_up(self, request_id: str) -> DataRequest:
        """A data request that exists already."""
        if not re.fullmatch(r"[\w.:-]{1,200}", request_id):
            raise UsageError("this is no request id", hint="Use the id that `fetch` printed.")
        return DataRequest(request_id, self._transport, self._sleep, self._clock, self._jitter)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client of {self.api_url}>"


def _check(url: str) -> None:
    parts = urlsplit(url)
    local = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise UsageError(
            "the API must be called over https", where=url, hint="http is for this machine alone."
        )


def _shown(subject_type: str, subject_id: int | str) -> str:
    return "(an address)" if subject_type == "email" else str(subject_id)


def _refusal(response: httpx.Response, what: str) -> FetchError:
    text = error_text(response)
    if response.status_code in {401, 403} or _REFUSED.search(text):
        return AuthError(f"the API token was refused: {text}", hint="Check COPERNICA_TOKEN.")
    if response.status_code == 404 or _UNKNOWN.search(text):
        return UnknownIdError(f"Copernica does not know {what}: {text}", hint="Check the id and its --type.")
    return FetchError(f"Copernica refused the data request for {what}: {text}", hint="Try again later.")


def _request_id(response: httpx.Response) -> str | None:
    """The id of the new data request, wherever it stands: headers first, then the body."""
    created = str(response.headers.get("x-created", "")).strip()
    if created:
        return created
    for name in ("x-location", "location"):
        pieces = [p for p in urlsplit(response.headers.get(name, "")).path.split("/") if p]
        if pieces and pieces[-1] in {"data", "status"}:
            pieces.pop()
        if pieces:
            return str(pieces[-1])
    text = response.text.strip()
    try:
        body = json.loads(text)
    except ValueError:
        return text if re.fullmatch(r"[\w.-]{1,100}", text) else None
    if isinstance(body, dict):
        body = next((body[k] for k in ("id", "ID", "datarequest") if k in body), None)
        if isinstance(body, dict):
            body = body.get("id") or body.get("ID")
    return str(body) if isinstance(body, (str, int)) and not isinstance(body, bool) and str(body) else None
