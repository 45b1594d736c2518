"""Answers of the API: how they are read, decoded and interpreted."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import httpx

from dsr_report.errors import FetchError
from dsr_report.fetch.hygiene import presentable
from dsr_report.sentences import Sentence

LARGEST_ANSWER = 1 << 20
"""Maximum bytes of a small answer's body; the rest is not read."""
_UNPACKED_AT_ONCE = 1 << 16
"""Maximum bytes of one step of decompression."""
TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524})
_REFUSED = re.compile(r"(?:invalid|expired|unknown) (?:access )?token", re.IGNORECASE)


class CertainlyFailedError(FetchError):
    """A request that certainly changed nothing at the API."""


class PerhapsDoneError(FetchError):
    """A request that the API may or may not have carried out."""


class OutOfReachError(CertainlyFailedError):
    """The API is unreachable or temporarily failing; a later attempt may succeed."""


class ApiAnswer(NamedTuple):
    """A small answer of the API, read whole."""

    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> object:
        """The body, decoded; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def is_page(self) -> bool:
        """Whether this is a web page: a proxy's or a load balancer's, never the API's."""
        return "html" in self.headers.get("content-type", "").lower() or self.body.lstrip()[:1] == b"<"

    @property
    def error(self) -> str | None:
        """The API's own error message, or None."""
        content = self.json()
        fault = content.get("error") if isinstance(content, dict) else None
        if isinstance(fault, dict):
            fault = fault.get("message") or fault.get("errors")
        return None if fault is None else presentable(str(fault))

    @property
    def is_refusal(self) -> bool:
        """Whether the token was refused: by status, or by an error 400 that says so."""
        return self.status in {401, 403} or (self.status == 400 and bool(_REFUSED.search(self.error or "")))

    @property
    def says(self) -> str:
        """Description of the failure: the API's message with the status, or the status alone."""
        message = self.error
        if message:
            return Sentence("{message} (status {status})", message=message, status=self.status)
        return Sentence("status {status}", status=self.status)


def read_answer(response: httpx.Response) -> ApiAnswer:
    """Read an answer, and of its body at most `LARGEST_ANSWER` bytes.

    Raises:
        httpx.HTTPError: the connection broke off.
    """
    body = bytearray()
    for block in blocks_of(response):
        body += block
        if len(body) > LARGEST_ANSWER:
            break
    return ApiAnswer(response.status_code, response.headers, bytes(body[:LARGEST_ANSWER]))


def blocks_of(response: httpx.Response) -> Iterator[bytes]:
    """Yield the body in blocks; if it is compressed although that was not asked for, decompressed.

    Raises:
        OutOfReachError: its encoding is unknown, or its compressed data are broken.
        httpx.HTTPError: the connection broke off.
    """
    packing = response.headers.get("content-encoding", "").strip().lower()
    raw = response.iter_bytes() if response.is_stream_consumed else response.iter_raw()
    if packing in {"", "identity"} or response.is_stream_consumed:
        yield from raw
    elif packing in {"gzip", "x-gzip", "deflate"}:
        yield from _unpack(raw)
    else:
        raise OutOfReachError(
            "the answer is packed in a way that was not asked for", hint="Does a proxy stand in between?"
        )


def _unpack(raw: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress gzip or deflate in small steps: a small block can hold a thousand times its size."""
    unpacker = zlib.decompressobj(wbits=47)  # recognises the header of either
    try:
        for block in raw:
            rest = block
            while rest:
                if unpacker.eof:  # a further member of the same gzip stream
                    unpacker = zlib.decompressobj(wbits=47)
                yield unpacker.decompress(rest, _UNPACKED_AT_ONCE)
                rest = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error:
        raise OutOfReachError("the answer's packing is broken") from None
    if not unpacker.eof:
        raise OutOfReachError("the answer breaks off")
