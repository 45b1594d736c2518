"""Digests of hidden texts: a guess at the text can be checked against one, so they are hidden too."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from dsr_report.mime.header import unfold
from dsr_report.mime.message import parse_once
from dsr_report.mime.percent import unquote_utf8
from dsr_report.redact.encoded_runs import may_have_pairs

_ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_RARE = ("sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2s", "blake2b")
"""Computed only for few texts: passages, and values in the same record as a digest."""
_BYTES = (16, 20, 28, 32, 48, 64)
"""Sizes of their digests."""
_HEXADECIMAL = {2 * length for length in _BYTES}
_BASE64 = {-(-8 * length // 6) for length in _BYTES}
"""Lengths without the padding."""
SHORTEST = min(_BASE64)
"""Characters of the shortest digest, in base64."""
_KEY = 8
"""Bytes of a digest that are kept: enough to rule out collisions by chance."""
_RUN = re.compile(r"[A-Za-z0-9+/_-]{22,}={0,2}")
_PARTED = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[: ]){15,63}[0-9A-Fa-f]{2}(?![0-9A-Fa-f])")
_SIGN = re.compile(r"[+/_-]")
_PLAIN = re.compile(r"[0-9A-Fa-f]+")
_ALONE = re.compile(
    "(?<![0-9A-Fa-f])(?:"
    + "|".join(f"[0-9A-Fa-f]{{{length}}}" for length in sorted(_HEXADECIMAL, reverse=True))
    + ")(?![0-9A-Fa-f])"
)
_UUID = re.compile(r"(?<![0-9A-Fa-f-])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f-])")
_SHORTEST_TEXT = 3
"""Characters; a shorter text has the digest of any counter value."""
_LONGEST_REMEMBERED = 200
"""Characters; the digests of a longer run are not cached."""
_BLANKS = re.compile(rb"[ \t]+")
_BLANKS_AT_END = re.compile(rb"[ \t]+(?=\r\n)")


_CHECKSUM = re.compile(r"\s*(?:(?:0x)?(?P<hex>[0-9A-Fa-f]{8})|-?[0-9]{6,10})\s*")
"""A CRC-32 or Adler-32 that is a whole value."""
_LONGEST_CHECKSUM = 20
"""Characters; a longer value is no checksum."""
_OF_CHECKSUM = 4
"""Bytes of a checksum."""


class Run(NamedTuple):
    """A possible digest in a text: its place and its first bytes."""

    start: int
    end: int
    key: bytes
    size: int
    """Bytes of the whole digest."""


def keys_of(content: bytes, algorithms: tuple[str, ...] = _ALGORITHMS) -> Iterator[bytes]:
    """The keys (first bytes) of the digests of `content`."""
    for name in algorithms:
        yield hashlib.new(name, content, usedforsecurity=False).digest()[:_KEY]


def runs_in(text: str) -> Iterator[Run]:
    """Possible digests in a text: hexadecimal (also in pairs, or as a UUID) or base64."""
    for match in _RUN.finditer(text):
        at = match.start()
        for start, end, key, size in _digests_of_run(match.group()):
            yield Run(at + start, at + end, key, size)
    yield from _parted_in(text)


def keys_in(text: str, runs: Iterable[str]) -> set[bytes]:
    """The keys of the possible digests in a text; `runs` is its `encoded_runs.runs_alone`."""
    keys = {key for run in runs if len(run) >= SHORTEST for _, _, key, _ in _digests_of_run(run)}
    return keys.union(run.key for run in _parted_in(text))


def _digests_of_run(run: str) -> tuple[Run, ...]:
    return _in_run(run) if len(run) <= _LONGEST_REMEMBERED else _all_in_run(run)


def _parted_in(text: str) -> Iterator[Run]:
    if may_have_pairs(text):
        for match in _PARTED.finditer(text):
            digits = match.group().replace(":", "").replace(" ", "")
            if len(digits) in _HEXADECIMAL:
                yield _run(*match.span(), bytes.fromhex(digits))


def _run(start: int, end: int, digest: bytes) -> Run:
    return Run(start, end, digest[:_KEY], len(digest))


def _all_in_run(run: str) -> tuple[Run, ...]:
    bare = run.rstrip("=")
    found = [_run(*m.span(), bytes.fromhex(m.group())) for m in _ALONE.finditer(bare)]
    if "-" in run:
        found += [_run(*m.span(), bytes.fromhex(m.group().replace("-", ""))) for m in _UUID.finditer(bare)]
    bounds = {0, len(bare)}
    for match in _SIGN.finditer(bare):
        bounds |= {match.start(), match.end()}
    for start in sorted(bounds):
        for length in _BASE64:
            if start + length in bounds and not _PLAIN.fullmatch(bare, start, start + length):
                end = start + length
                plain = bare[start:end].replace("-", "+").replace("_", "/")
                try:
                    content = base64.b64decode(plain + "=" * (-length % 4))
                except binascii.Error:  # no base64 length leaves a single digit
                    continue
                found.append(_run(start, len(run) if end == len(bare) else end, content))
    return tuple(found)


_in_run = lru_cache(maxsize=4096)(_all_in_run)  # tokens recur


@lru_cache(maxsize=256)
def keys_of_text(text: str, others: tuple[str, ...] = ()) -> frozenset[bytes]:
    """The keys of a text's digests in the spellings that programs hash: trimmed, one case, no punctuation.

    `others` are further spellings.
    """
    if len(text.strip()) < _SHORTEST_TEXT:
        return frozenset()
    plain = text.strip()
    words = re.split(r"[\s,]+", plain)
    spelled = [text, plain, "".join(words), re.sub(r"[^\w@+]", "", plain), *others]
    if len(words) in {2, 3, 4} and "@" not in plain:
        spelled += [f"{' '.join(words[1:])}{parted}{words[0]}" for parted in (" ", ", ", ",", "")]
        spelled += [parted.join(words) for parted in (" ", ".", "_", "-")]
    if "@" in plain:
        local, _, domain = plain.partition("@")
        bare = local.partition("+")[0]
        spelled += [f"mailto:{plain}", f"{bare}@{domain}", f"{bare.replace('.', '')}@{domain}"]
    ways = [way for one in spelled for way in (one, one.lower(), one.upper(), one.title())]
    if not text.isascii():
        ways += [unicodedata.normalize(form, way) for form in ("NFC", "NFD") for way in list(ways)]
    contents: set[bytes] = set()
    for way in dict.fromkeys(ways):
        written = way.encode("utf-8", "surrogatepass")
        contents |= {written, written + b"\n", way.encode("utf-16-le", "surrogatepass")}
        if not way.isascii():
            contents.add(way.encode("cp1252", "replace"))
    return frozenset(key for content in contents for key in keys_of(content, _ALGORITHMS + _RARE))


def ways_of_text(content: bytes) -> set[bytes]:
    """The variants of `content` that programs hash: with each kind of line ending, and trimmed."""
    plain = content.replace(b"\r\n", b"\n")
    return {content, plain, plain.replace(b"\n", b"\r\n"), content.strip()}


def ways_of_body(content: bytes) -> set[bytes]:
    """The variants of `ways_of_text`, and the canonical forms of a body in DKIM."""
    wire = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    simple = wire.rstrip(b"\r\n") + b"\r\n"
    relaxed = _BLANKS.sub(b" ", _BLANKS_AT_END.sub(b"", simple)).rstrip(b"\r\n ") + b"\r\n"
    return ways_of_text(content) | {simple, relaxed}


class Digests:
    """Digests of changed texts, each with the number of the mark that replaced the text.

    There may be hundreds for each message; each takes 12 bytes.
    """

    def __init__(self) -> None:
        self._keys = array("Q")
        self._numbers = array("L")
        self._is_sorted = True

    def __bool__(self) -> bool:
        return bool(self._keys)

    def add(self, keys: Iterable[bytes], number: int) -> None:
        """Add digests by key."""
        before = len(self._keys)
        self._keys.extend(int.from_bytes(key, "big") for key in keys)
        self._numbers.extend([number] * (len(self._keys) - before))
        self._is_sorted = False

    def take(self, other: Digests) -> None:
        """Add the digests that another process noted."""
        self._keys.extend(other._keys)
        self._numbers.extend(other._numbers)
        self._is_sorted = False

    def clear(self) -> None:
        """Remove all digests."""
        self.__init__()  # type: ignore[misc]

    def number_of(self, key: bytes) -> int | None:
        """The mark number of a digest, by key."""
        if not self._is_sorted:
            order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
            self._keys = array("Q", (self._keys[at] for at in order))
            self._numbers = array("L", (self._numbers[at] for at in order))
            self._is_sorted = True
        wanted = int.from_bytes(key, "big")
        at = bisect_left(self._keys, wanted)
        return self._numbers[at] if at < len(self._keys) and self._keys[at] == wanted else None

    def seen_in(self, texts: Iterable[str]) -> dict[str, int]:
        """The digests in some texts, as spelled there, with their mark numbers."""
        found: dict[str, int] = {}
        for text in texts:
            for way in (text, unquote_utf8(text)) if "%" in text else (text,):
                for start, end, key, _ in runs_in(way) if len(way) >= SHORTEST else ():
                    number = self.number_of(key)
                    if number is not None:
                        found.setdefault(way[start:end], number)
        return found


def texts_of_message(wire: bytes) -> Iterator[str]:
    """The header fields and the text parts of a message."""
    message = parse_once(wire)
    yield from (unfold(field.raw) for field in message.header)
    for part in message.walk():
        yield from (unfold(field.raw) for field in part.header)
        if part.nested is not None:
            yield from (unfold(field.raw) for field in part.nested.header)
        elif part.children:
            yield part.around_parts.decode("utf-8", "replace")
        elif not part.is_without_text:
            yield part.exact_text


class Beside:
    """Possible digests and checksums in a record, to compare with its hidden values."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self.runs: dict[str, list[Run]] = {}
        """By pointer."""
        for pointer, text in texts:
            runs = list(runs_in(text)) if len(text) >= SHORTEST else list(_checksums(text))
            if runs:
                self.runs[pointer] = runs
        self._sizes = {run.size for runs in self.runs.values() for run in runs}
        self.has_digests = bool(self._sizes - {_OF_CHECKSUM})
        self._algorithms = tuple(
            name for name in _ALGORITHMS + _RARE if hashlib.new(name).digest_size in self._sizes
        )

    def keys_of(self, content: bytes) -> Iterator[bytes]:
        """The keys of the digests of `content` in the sizes that occur in the record."""
        if _OF_CHECKSUM in self._sizes:
            for checksum in (zlib.crc32(content), zlib.adler32(content)):
                yield checksum.to_bytes(_OF_CHECKSUM, "big")
        yield from keys_of(content, self._algorithms)


def _checksums(text: str) -> Iterator[Run]:
    match = _CHECKSUM.fullmatch(text) if len(text) <= _LONGEST_CHECKSUM else None
    if match is None:
        return
    ways = {int(match["hex"], 16)} if match["hex"] else set()
    if re.fullmatch(r"-?[0-9]+", text.strip()):
        ways.add(int(text) % (1 << 32))
    for number in ways:
        yield Run(0, len(text), number.to_bytes(_OF_CHECKSUM, "big"), _OF_CHECKSUM)
