"""One HTTP request at a time: retried where that is safe, with back-off, and errors that name no secret."""

from __future__ import annotations

import logging
import math
import random
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Literal, get_args

import httpx

from dsr_report.addresses import LOOPBACK
from dsr_report.errors import AuthError, FetchError, UsageError
from dsr_report.fetch.answers import (
    TEMPORARY,
    ApiAnswer,
    CertainlyFailedError,
    OutOfReachError,
    PerhapsDoneError,
    read_answer,
)
from dsr_report.fetch.hygiene import hush, name_of
from dsr_report.fetch.login import Login
from dsr_report.fetch.time_limit import TimeLimit, TimeUpError, time_limit
from dsr_report.fetch.token import Secret
from dsr_report.sentences import Sentence

_log = logging.getLogger(__name__)
TRIES = 6
"""Attempts at a request; then it fails."""
_LONGEST_NAP = 60.0
"""Maximum seconds of back-off between two attempts."""
_LONGEST_WISH = 600.0  # of a Retry-After
_MOST_REDIRECTS = 5
"""Maximum redirects of one request; then it fails."""
_WHOLE_ANSWER_SECONDS = 120.0
"""Time limit of a small answer: a mebibyte over the slowest line of today takes less."""
_CONNECT_SECONDS = 15.0
"""Maximum seconds to wait for a connection."""
LEAST_SECONDS = 5.0
"""Minimum time of a call that begins at its deadline: waiting with a timeout of 0 asks once."""
_LOCAL = ("127.0.0.1", "localhost", "[::1]")
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_TAKE_UP = Sentence(
    "Look in Copernica's dashboard whether a data request was made, and take it up with --request ID."
)
Version = Literal["v4", "v3", "v2", "v1"]


class Transport:
    """Authenticated requests to one API. Threads may share it.

    Args:
        token: the API token.
        api_url: the API with its version, such as `https://api.copernica.com/v4`.
        auth_url: the login server, for v4.
        version: in place of the one that `api_url` ends in; v1 to v3 carry the token in each address.
        transport: what carries requests, in place of the network.
        timeout_seconds: to wait for the next bytes.
        sleep: waits.
        clock: the time of day in seconds since 1970.
        jitter: a random number from 0 to 1.

    Raises:
        UsageError: the proxy or the certificates that the environment names cannot be used.
    """

    def __init__(
        self,
        token: Secret,
        *,
        api_url: str,
        auth_url: str,
        version: Version | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout_seconds: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._token = token
        self._auth_url = auth_url
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self.base, self.version = _base_and_version(api_url.rstrip("/"), version)
        self._login = Login(self._exchange, clock)
        self._is_traced = transport is None
        self._timeout = timeout_seconds
        self._client = _http_client(transport, _certificates())

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def log_in(self, deadline: float | None = None) -> None:
        """Check the token, without making a data request.

        Raises:
            AuthError: it was refused.
            FetchError: the API cannot be reached.
        """
        if self.version == "v4":
            self._login.jwt(deadline)
            return
        answer = self.get("identity", accept=frozenset({200, 400, 404}), deadline=deadline)
        if answer.is_refusal:
            raise AuthError(
                Sentence("the API token was refused: {says}", says=answer.says),
                where=_host(self.base),
                hint="Check COPERNICA_TOKEN.",
            )

    def get(
        self, path: str, *, accept: frozenset[int] = frozenset({200}), deadline: float | None = None
    ) -> ApiAnswer:
        """Send a GET, with retries while the API is failing.

        Args:
            path: below the API's address.
            accept: statuses that are never retried; others are returned, too, unless they are temporary.
            deadline: the moment at which the call ends in any case.

        Raises:
            TimeUpError: that moment came while an answer was awaited.
            OutOfReachError: there was no answer in all tries.
            AuthError: the token was refused.
        """

        def ask() -> ApiAnswer:
            with self.stream(path, {}, self._soon(deadline)) as response:
                answer = read_answer(response)
            if answer.is_page and answer.status in accept | {200}:
                raise OutOfReachError("the API's reply was a web page")
            return answer

        return self._repeat(ask, accept, deadline)

    @contextmanager
    def stream(
        self, path: str, headers: Mapping[str, str], deadline: float | None = None
    ) -> Iterator[httpx.Response]:
        """Send a GET and stream its body; repeated only after a refused token.

        Redirects are followed, to another host without the token.

        Raises:
            TimeUpError: the moment `deadline` came, now or while the body was read.
            OutOfReachError: the connection broke off, now or while the body was read.
            AuthError: the token was refused twice.
        """
        where = _host(self.base)
        with hush(), time_limit(self._seconds_left(deadline, LEAST_SECONDS)) as limit:
            try:
                with closing(self._open(path, headers, limit, deadline)) as response:
                    yield response
            except (httpx.HTTPError, OutOfReachError) as error:
                limit.check(where)
                if isinstance(error, OutOfReachError):
                    raise
                raise OutOfReachError(
                    Sentence("the connection broke off ({error})", error=name_of(error)), where=where
                ) from None
            limit.check(where)  # a body without a stated length ends with its connection

    def post_once(self, path: str, body: Mapping[str, object], deadline: float | None = None) -> ApiAnswer:
        """Send a POST; repeated only if it certainly changed nothing.

        Args:
            path: below the API's address.
            body: sent as JSON.
            deadline: the moment at which the call ends in any case.

        Raises:
            CertainlyFailedError: it was never sent, or was rejected unprocessed.
            AuthError: the token was refused.
            PerhapsDoneError: it may or may not have been carried out.
        """
        refreshed = False
        reason = ""
        for attempt in range(TRIES):
            jwt = self._jwt(deadline)
            try:
                answer = self._post_once(path, body, jwt, deadline)
            except TimeUpError:
                raise
            except OutOfReachError as error:
                reason = error.what
                self.nap(attempt, until=deadline)
                continue
            if answer.is_refusal:
                self._refresh(jwt, answer, again=refreshed)
                refreshed = True
                continue
            if answer.status in {425, 429}:
                reason = Sentence("it asks to wait (status {status})", status=answer.status)
                self.nap(attempt, answer.headers, deadline)
                continue
            if answer.status >= 500 or answer.status == 408:
                raise PerhapsDoneError(
                    Sentence(
                        "the API broke off, and may have created the data request anyway ({says})",
                        says=answer.says,
                    ),
                    where=_host(self.base),
                    hint=_TAKE_UP,
                )
            return answer
        raise CertainlyFailedError(
            Sentence("the API cannot be reached: {reason}", reason=reason),
            where=_host(self.base),
            hint="Check the network and try again; nothing was requested.",
        )

    def nap(self, attempt: int, headers: Mapping[str, str] | None = None, until: float | None = None) -> None:
        """Wait before the next try: longer each time, or as long as the API asks.

        Raises:
            TimeUpError: the wait would end after the moment `until`.
        """
        seconds = min(_LONGEST_NAP, 2.0**attempt) * (0.5 + self._jitter() / 2)
        wish = self._wish((headers or {}).get("retry-after", "").strip())
        if wish is not None:
            seconds = min(max(wish, 0.0), _LONGEST_WISH) + self._jitter()
        if until is not None and self._clock() + seconds > until:
            raise TimeUpError("no time is left for another attempt", where=_host(self.base))
        _log.info("the API is busy or away; trying again in %.1f s", seconds)
        self._sleep(seconds)

    def _wish(self, retry_after: str) -> float | None:
        if re.fullmatch(r"[0-9]{1,9}", retry_after):
            return float(retry_after)
        try:
            moment = parsedate_to_datetime(retry_after)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - self._clock()
        except (ValueError, OverflowError, IndexError, TypeError):  # a text of any kind, a year of any size
            return None

    def _seconds_left(self, deadline: float | None, least: float = 0.0) -> float | None:
        """Seconds until the deadline, but not fewer than `least`; None without a deadline."""
        return None if deadline is None else max(deadline - self._clock(), least)

    def _soon(self, deadline: float | None) -> float:
        """The moment by which a small answer must be whole."""
        now = self._clock()
        soon = now + _WHOLE_ANSWER_SECONDS
        return soon if deadline is None else min(soon, max(deadline, now + LEAST_SECONDS))

    def _patience(self, deadline: float | None) -> httpx.Timeout:
        """HTTP timeouts for the connection and for the next bytes."""
        left = self._seconds_left(deadline)
        connect = min(_CONNECT_SECONDS, self._timeout, math.inf if left is None else max(left, 0.001))
        return httpx.Timeout(self._timeout, connect=connect)

    def _repeat(
        self, ask: Callable[[], ApiAnswer], accept: frozenset[int], deadline: float | None
    ) -> ApiAnswer:
        kind: type[OutOfReachError] = OutOfReachError
        problem = ""
        for attempt in range(TRIES):
            try:
                answer = ask()
            except OutOfReachError as error:
                problem, headers = error.what, None
                kind = TimeUpError if isinstance(error, TimeUpError) else OutOfReachError
            else:
                if answer.status in accept or answer.status not in TEMPORARY:
                    return answer
                problem, headers, kind = answer.says, answer.headers, OutOfReachError
            if attempt + 1 < TRIES:
                try:
                    self.nap(attempt, headers, deadline)
                except TimeUpError:
                    break
        said = Sentence("the API is not working: {problem}", problem=problem)
        raise kind(said, where=_host(self.base), hint="Try again later.")

    # ---- one request

    def _send(
        self,
        method: str,
        url: httpx.URL | str,
        limit: TimeLimit,
        deadline: float | None,
        trace: Callable[[str, Mapping[str, Any]], None] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """Send a request; its answer is there, but for its body."""
        request = self._client.build_request(
            method,
            url,
            timeout=self._patience(deadline),
            extensions={"trace": trace or limit.trace} if self._is_traced else {},
            **content,
        )
        return limit.open(partial(self._client.send, request, stream=True))

    def _open(
        self, path: str, headers: Mapping[str, str], limit: TimeLimit, deadline: float | None
    ) -> httpx.Response:
        refreshed = False
        while True:
            jwt = self._jwt(deadline)
            response = self._follow(self._address(path), headers, jwt, limit, deadline)
            if response.status_code not in {400, 401, 403}:
                return response
            answer = read_answer(response)
            response.close()
            if not answer.is_refusal:
                return httpx.Response(answer.status, headers=_plain(answer.headers), content=answer.body)
            self._refresh(jwt, answer, again=refreshed)
            refreshed = True

    def _follow(
        self,
        url: httpx.URL,
        headers: Mapping[str, str],
        jwt: Secret | None,
        limit: TimeLimit,
        deadline: float | None,
    ) -> httpx.Response:
        home = _origin(url)
        for _ in range(_MOST_REDIRECTS + 1):
            signed = dict(headers)
            if _origin(url) == home:
                signed |= _bearer(jwt)
                url = self._with_token(url)
            response = self._send("GET", url, limit, deadline, headers=signed)
            if not response.has_redirect_location:
                if _origin(url) != home and response.status_code in {401, 403}:
                    response.close()
                    raise FetchError(
                        Sentence("the API sends us to {host}, which wants the token", host=url.host),
                        where=_host(self.base),
                        hint="If that is Copernica's, set COPERNICA_API_URL to it.",
                    )
                return response
            place = response.headers["location"]
            response.close()
            url = _target(url, place)
        raise FetchError(
            "the API redirects in circles", where=_host(self.base), hint="Check COPERNICA_API_URL."
        )

    def _post_once(
        self, path: str, body: Mapping[str, object], jwt: Secret | None, deadline: float | None
    ) -> ApiAnswer:
        """Send a POST and read its answer; raises OutOfReachError if it was certainly never sent."""
        left: list[bool] = []

        soon = self._soon(deadline)

        def trace(event: str, info: Mapping[str, Any]) -> None:
            limit.trace(event, info)
            if event.endswith("send_request_headers.started") and info["request"].method == b"POST":
                left.append(True)

        answer: ApiAnswer | None = None
        try:
            with hush(), time_limit(self._seconds_left(soon)) as limit:
                url = self._with_token(self._address(path))
                content = {"headers": _bearer(jwt), "json": dict(body)}
                with closing(self._send("POST", url, limit, soon, trace, **content)) as response:
                    answer = ApiAnswer(response.status_code, response.headers, b"")
                    whole = read_answer(response)
                    answer = answer if limit.is_over else whole  # a truncated body may hold half an id
        except (httpx.HTTPError, OutOfReachError) as error:
            name = name_of(error) if isinstance(error, httpx.HTTPError) else error.what
            if isinstance(error, TimeUpError):  # before it was sent
                raise
            if answer is not None and answer.status < 300:
                return answer  # it was carried out, and the id may stand in the headers
            if isinstance(error, _NEVER_LEFT) or (self._is_traced and not left):
                raise OutOfReachError(
                    Sentence("no connection ({name})", name=name), where=_host(self.base)
                ) from None
            raise PerhapsDoneError(
                Sentence("the connection broke after the data request was sent ({name})", name=name),
                where=_host(self.base),
                hint=_TAKE_UP,
            ) from None
        return answer

    def _exchange(self, deadline: float | None) -> ApiAnswer:
        """Send the API token to the login server, and return its answer."""

        def ask() -> ApiAnswer:
            soon = self._soon(deadline)
            with hush(), time_limit(self._seconds_left(soon)) as limit:
                try:
                    form = {"access_token": self._token.reveal()}
                    with closing(self._send("POST", self._auth_url, limit, soon, data=form)) as response:
                        answer = read_answer(response)
                except httpx.HTTPError as error:
                    limit.check()
                    raise OutOfReachError(Sentence("no answer ({error})", error=name_of(error))) from None
                limit.check()
            if answer.is_page and answer.status == 200:
                raise OutOfReachError("a web page came in place of a token")
            return answer

        try:
            return self._repeat(ask, frozenset({200}), deadline)
        except TimeUpError:
            raise TimeUpError(
                "the login server did not answer in time", where=_host(self._auth_url)
            ) from None
        except OutOfReachError as error:
            told = error.what.values.get("problem", "") if isinstance(error.what, Sentence) else error.what
            problem = Sentence("the login server is in trouble: {problem}", problem=told)
            raise OutOfReachError(
                problem, where=_host(self._auth_url), hint="Try again later; check the network and its proxy."
            ) from None

    # ---- tokens

    def _jwt(self, deadline: float | None = None) -> Secret | None:
        return self._login.jwt(deadline) if self.version == "v4" else None

    def _refresh(self, jwt: Secret | None, answer: ApiAnswer, *, again: bool) -> None:
        if again or jwt is None:
            raise AuthError(
                Sentence("the API token was refused: {says}", says=answer.says),
                where=_host(self.base),
                hint="Check COPERNICA_TOKEN: may it use this API, from this network?",
            )
        self._login.forget(jwt)

    def _address(self, path: str) -> httpx.URL:
        return httpx.URL(f"{self.base}/{path}")

    def _with_token(self, url: httpx.URL) -> httpx.URL:
        return url if self.version == "v4" else url.copy_set_param("access_token", self._token.reveal())


def _bearer(jwt: Secret | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {jwt.reveal()}"} if jwt else {}


def _base_and_version(base: str, version: Version | None) -> tuple[str, Version]:
    """The API's address and version; without `version`, the one in the address, else v4."""
    named = next((known for known in get_args(Version) if base.endswith(f"/{known}")), None)
    if version is None:
        return base, named or "v4"
    return base.removesuffix(named) + version if named else base, version


def _target(url: httpx.URL, place: str) -> httpx.URL:
    """The target of a redirect, without token, user and password."""
    try:
        target = url.join(place)
    except (httpx.InvalidURL, ValueError):
        raise FetchError("the API redirects to an invalid address", where=url.host) from None
    is_local = target.host in LOOPBACK and url.scheme == "http"
    if target.scheme != "https" and not (target.scheme == "http" and is_local):
        raise FetchError(
            "the API redirects to an unencrypted address",
            where=url.host,
            hint="Check COPERNICA_API_URL.",
        )
    if "access_token" in target.params:
        target = target.copy_remove_param("access_token")
    return target.copy_with(username=None, password=None) if target.userinfo else target


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"https": 443, "http": 80}.get(url.scheme)


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Headers without those that describe the encoding of the body, for a body that is decoded."""
    framing = {"content-encoding", "transfer-encoding", "content-length"}
    return {name: value for name, value in headers.items() if name not in framing}


def _http_client(transport: httpx.BaseTransport | None, trust: ssl.SSLContext) -> httpx.Client:
    """Create a client that opens a connection for each request.

    A time limit can then shut the connection, and a POST that was never sent is known as such: on an idle
    connection that is used again, it could not be told from one that was carried out.
    """
    try:
        return httpx.Client(
            transport=transport,
            verify=trust,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=0),
            headers={
                "User-Agent": "dsr-report",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
            },
            mounts={} if transport else {f"all://{host}": None for host in _LOCAL},  # never through a proxy
        )
    except (ValueError, ImportError, httpx.InvalidURL):
        raise UsageError(
            "the proxy that the environment names cannot be used",
            where="HTTPS_PROXY, HTTP_PROXY or ALL_PROXY",
            hint="Give it as http://HOST:PORT.",
        ) from None


def _certificates() -> ssl.SSLContext:
    try:
        return httpx.create_ssl_context()
    except (OSError, ValueError):
        raise UsageError(
            "the certificates that the environment names cannot be read",
            where="SSL_CERT_FILE or SSL_CERT_DIR",
            hint="Give a file of certificates in PEM form.",
        ) from None


def _host(url: str) -> str:
    return httpx.URL(url).host
