"""One HTTP request at a time: retried where that is safe, with back-off, and errors that name no secret."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

import httpx

from dsr_report.errors import AuthError, FetchError
from dsr_report.fetch.token import Secret

_log = logging.getLogger(__name__)
_MARGIN_SECONDS = 400.0
_LIFETIME_SECONDS = 86_000.0
_TRIES = 6
_LONGEST_NAP = 60.0
_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
_ERROR_BYTES = 64_000
Version = Literal["v4", "v3", "v2", "v1"]


class CertainlyFailedError(FetchError):
    """A request that certainly changed nothing at the API."""


class PerhapsDoneError(FetchError):
    """A request of which nobody knows whether the API carried it out."""


class Transport:
    """Authenticated requests to one API."""

    def __init__(
        self,
        token: Secret,
        *,
        api_url: str,
        auth_url: str,
        version: Version = "v4",
        transport: httpx.BaseTransport | None = None,
        timeout_seconds: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._token = token
        self._auth_url = auth_url
        self._version = version
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._jwt: Secret | None = None
        self._expires = 0.0
        base = api_url.rstrip("/")
        if version != "v4" and base.endswith("/v4"):
            base = f"{base[:-2]}{version}"
        self.base = base
        self._client = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(timeout_seconds, connect=15.0),
            follow_redirects=False,
            headers={"User-Agent": "dsr-report", "Accept": "application/json"},
        )
        for name in ("httpx", "httpcore"):  # their logs hold addresses of requests
            logging.getLogger(name).setLevel(logging.WARNING)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, *, accept: tuple[int, ...] = (200,)) -> httpx.Response:
        """A GET, repeated while the API is in trouble. The body is read, and small.

        Raises:
            FetchError: it does not answer as it should, after all tries.
        """
        return self._repeated(lambda: self._once("GET", path), accept)

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """A GET whose body is read as it comes; not repeated here."""
        request = self._client.build_request("GET", self._address(path), headers=self._signed(headers))
        response = self._send(request, stream=True)
        try:
            yield response
        finally:
            response.close()

    def post_once(self, path: str, body: Mapping[str, object]) -> httpx.Response:
        """A POST that is repeated only where it certainly changed nothing.

        Raises:
            CertainlyFailedError: it was refused, or never left.
            PerhapsDoneError: the connection broke after it was sent.
        """
        refreshed = False
        for attempt in range(_TRIES):
            request = self._client.build_request(
                "POST", self._address(path), headers=self._signed({}), json=dict(body)
            )
            try:
                response = self._client.send(request)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
                if attempt + 1 == _TRIES:
                    raise CertainlyFailedError(
                        f"the API cannot be reached ({type(error).__name__})",
                        where=_host(request),
                        hint="Check the network and try again; nothing was requested.",
                    ) from None
                self._nap(attempt, None)
                continue
            except httpx.HTTPError as error:
                raise PerhapsDoneError(
                    f"the connection broke after the request was sent ({type(error).__name__})",
                    where=_host(request),
                    hint="Look in Copernica's dashboard whether a data request was made, "
                    "and take it up with --request ID.",
                ) from None
            if response.status_code in {401, 403} and not refreshed:
                refreshed = True
                self._jwt = None
                continue
            if response.status_code == 429:
                self._nap(attempt, response)
                continue
            return response
        raise CertainlyFailedError("the API keeps asking to wait (429)", hint="Try again later.")

    def _repeated(self, send: Callable[[], httpx.Response], accept: tuple[int, ...]) -> httpx.Response:
        problem = ""
        refreshed = False
        for attempt in range(_TRIES):
            try:
                response = send()
            except httpx.HTTPError as error:
                problem = f"no answer ({type(error).__name__})"
                self._nap(attempt, None)
                continue
            if response.status_code in accept:
                return response
            if response.status_code in {401, 403} and not refreshed:
                refreshed = True
                self._jwt = None
                continue
            if response.status_code in _TEMPORARY:
                problem = f"status {response.status_code}"
                self._nap(attempt, response)
                continue
            return response
        raise FetchError(
            f"the API is in trouble: {problem}", where=_host_of(self.base), hint="Try again later."
        )

    def _once(self, method: str, path: str) -> httpx.Response:
        request = self._client.build_request(method, self._address(path), headers=self._signed({}))
        return self._send(request)

    def _send(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        response = self._client.send(request, stream=stream)
        if response.is_redirect:
            target = httpx.URL(response.headers.get("location", ""))
            target = request.url.join(target)
            if stream:
                response.close()
            if target.host != request.url.host or target.scheme != request.url.scheme:
                raise FetchError(
                    "the API sends us to another host, which must not see the token", where=_host(request)
                )
            again = self._client.build_request(request.method, target, headers=self._signed({}))
            response = self._client.send(again, stream=stream)
        return response

    def _address(self, path: str) -> httpx.URL:
        url = httpx.URL(f"{self.base}/{path}")
        if self._version == "v4":
            return url
        return url.copy_merge_params({"access_token": self._token.reveal()})

    def _signed(self, headers: Mapping[str, str]) -> dict[str, str]:
        signed = dict(headers)
        if self._version == "v4":
            signed["Authorization"] = f"Bearer {self._fresh_jwt().reveal()}"
        return signed

    def _fresh_jwt(self) -> Secret:
        if self._jwt is not None and self._clock() < self._expires:
            return self._jwt
        request = self._client.build_request(
            "POST", self._auth_url, data={"access_token": self._token.reveal()}
        )
        response = None
        for attempt in range(_TRIES):
            try:
                response = self._client.send(request)
            except httpx.HTTPError:
                response = None
            if response is not None and response.status_code not in _TEMPORARY:
                break
            self._nap(attempt, response)
        if response is None or response.status_code in _TEMPORARY:
            raise FetchError(
                "the login server cannot be reached", where=_host(request), hint="Try again later."
            )
        text = response.text.strip()
        if response.status_code != 200 or not text or text.startswith(("{", "<")):
            raise AuthError(
                f"the API token was refused (status {response.status_code})",
                where=_host(request),
                hint="Check COPERNICA_TOKEN: is it the token from the dashboard, and still valid?",
            )
        self._jwt = Secret(text)
        self._expires = self._expiry(text)
        return self._jwt

    def _expiry(self, jwt: str) -> float:
        """When to fetch a new one: a margin before `exp`, or before a day has passed."""
        now = self._clock()
        try:
            payload = jwt.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            lifetime = float(claims["exp"]) - now
        except (IndexError, KeyError, ValueError, TypeError, binascii.Error):
            return now + _LIFETIME_SECONDS
        return now + lifetime - min(_MARGIN_SECONDS, lifetime / 10)

    def _nap(self, attempt: int, response: httpx.Response | None) -> None:
        seconds = min(_LONGEST_NAP, 2.0**attempt) * (0.5 + self._jitter() / 2)
        if response is not None:
            asked = response.headers.get("retry-after", "")
            if asked.isdecimal():
                seconds = min(float(asked), 600.0) + 1
        _log.info("the API is busy or away; trying again in %.1f s", seconds)
        self._sleep(seconds)


def error_text(response: httpx.Response) -> str:
    """What the API says is wrong: its message, or the status alone where the body is a web page."""
    try:
        content = json.loads(response.content[:_ERROR_BYTES])
        message = content["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code}"
    return f"{message} (status {response.status_code})"


def _host(request: httpx.Request) -> str:
    return request.url.host


def _host_of(url: str) -> str:
    return httpx.URL(url).host
