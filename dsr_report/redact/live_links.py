"""Links that work like a key: whoever has their token can log in, unsubscribe or read as the person.

Found by the name a token stands under (`code=`, `secret=`), and by what a link is for (unsubscribing, a
profile, a message as a web page, a login). Names of campaigns, numbers that can be guessed and mail
addresses are no keys. (disclosure rules on personal links, EDPB 01/2022 and Art. 32 GDPR; read 2026-11)
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from dsr_report.lexicon import WORDS, WordPattern, any_of
from dsr_report.mime.inside_files import texts_inside
from dsr_report.mime.links import purpose_of, purpose_said, url_tokens
from dsr_report.mime.message import MimePart, parse
from dsr_report.mime.percent import unquoted

LinkKind = Literal["link-key", "unsubscribe-link", "personal-link"]
LINK_KINDS: tuple[LinkKind, ...] = ("link-key", "unsubscribe-link", "personal-link")


class LiveKey(NamedTuple):
    """The token of a link, and the shortest piece of the link that tells the token from a mere number."""

    kind: LinkKind
    token: str
    in_link: str
    """The token with the name or folder before it: `code=…`, `w/…`."""


_EQUALS = r"(?:=|%(?:25)*3D)"
# begins with a choice of single letters: such a pattern is looked for several times as fast as one of words
_NAMED = re.compile(
    r"[?&;#%\\](?:(?<=[?&;#])|(?<=%)(?:25)*(?:3F|26|23)|(?<=\\)u0026)"
    r"((?:[a-z0-9]{1,20}[_-])?[a-z0-9]{1,20})"
    rf"{_EQUALS}((?:[A-Za-z0-9._~+/-]|%(?:25)*(?:2B|2D|2E|2F|3D|5F|7E)){{4,600}}={{0,2}})",
    re.IGNORECASE,
)
_SURE_NAME = re.compile(
    r"(?:.*[_-])?(?:secret|token|tok|jwt|auth|authtoken|authkey|apikey|accesstoken|accesskey|accesscode|"
    r"sessionid|session|phpsessid|jsessionid|resettoken|magic|nonce)|api[_-]key|access[_-](?:key|code)",
    re.IGNORECASE,
)
_LIKELY_NAME = re.compile(
    r"(?:.*[_-])?(?:code|key|hash|sig|signature|sid|ssid|ticket|reset|login|confirm|confirmation|verify|"
    r"activation|activate|invite|h|k|t)",
    re.IGNORECASE,
)
_PASSWORD_NAME = re.compile(rf"{any_of(WORDS.passwords)}|pwd|otp|pin", re.IGNORECASE)
_AFTER_SCHEME = re.compile(r"//[^\s\"'<>\\^`{|}]{4,2000}")
_LOGIN = re.compile(r"//([^\s/:@?#\"'<>]{1,100}:[^\s/:@?#\"'<>]{1,100})@[\w-]")
_ANCHOR = re.compile(
    r"<a\b[^<>]{0,2000}?\bhref\s*=\s*(?:\"([^\"]{1,2000})\"|'([^']{1,2000})')[^<>]*>(.{0,400}?)</a>",
    re.IGNORECASE | re.DOTALL,
)
_MAILTO = re.compile(r"mailto:([^\s\"'<>\\^`{|}]{4,500})", re.IGNORECASE)
_PERSONAL = WordPattern(WORDS.personal_pages)
_LEAVE = re.compile(any_of((*WORDS.unsubscribing, *WORDS.leaving)), re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")
_RUN = re.compile(r"[A-Za-z0-9]+")
_DIGIT = re.compile(r"\d")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_CHANGES = re.compile(r"(?<=[0-9])[A-Za-z]|(?<=[A-Za-z])[0-9]")
_CASES = re.compile(r"(?<=[a-z])[A-Z]")
_BEFORE = re.compile(r"(?:[\w.~-]{1,60}(?:=|%(?:25)*3D|/)|[\w.~]{1,60}-)\Z", re.IGNORECASE)
_WRAPPED = re.compile(r"(?:aHR0c|eyJ)[A-Za-z0-9+/_-]{20,2000}")
"""Base64 of `http…` and of `{"…`."""
_SHORT_TEXT = 1_000
_FOLD = re.compile(r"\r?\n[ \t]*")
_SIGNATURE_FIELD = re.compile(
    r"(?:x-[\w-]*)?dkim-signature|arc-[\w-]+|authentication-results|domainkey-signature|received"
)


def is_random(text: str, *, shortest: int = 12, changes: int = 3) -> bool:
    """Whether a text looks drawn by chance: no word, no year, no number that can be counted up."""
    if len(text) < shortest:
        return False
    if _UUID.fullmatch(text):
        return True
    compact = re.sub(r"[^A-Za-z0-9]", "", text)
    if len(compact) < shortest or compact.isdigit():
        return False
    if len(compact) >= 16 and _HEXADECIMAL.fullmatch(compact):
        return any(map(str.isdigit, compact))
    turns = len(_CHANGES.findall(compact))
    return turns >= changes or (len(compact) >= 20 and turns + len(_CASES.findall(compact)) >= changes + 1)


def keys_in_text(text: str) -> Iterable[LiveKey]:
    """The live keys in the links of a text or of a page; the same one may come more than once."""
    return _remembered_keys(text) if len(text) <= _SHORT_TEXT else _keys_in_text(text)


def _keys_in_text(text: str) -> Iterator[LiveKey]:
    text = text.replace("\\/", "/")  # as PHP writes JSON
    if "=" in text:
        for match in _NAMED.finditer(text):
            yield from _named(match.group(1), match.group(2))
    if "//" in text:
        if "@" in text:
            for login in _LOGIN.findall(text):
                yield LiveKey("link-key", unquoted(login), unquoted(login))
        for url in _urls(text):
            whole = url.rstrip(".,;:!?)]")
            yield from keys_in_link(html.unescape(whole) if "&" in whole else whole, "")
    if "href" in text:
        for double, single, label in _ANCHOR.findall(text):
            words = " ".join(_TAGS.sub(" ", label).split())
            if words and _tells(words):
                yield from keys_in_link(html.unescape(double or single), words)
    if "mailto:" in text:
        for address in _MAILTO.findall(text):
            if _LEAVE.search(address):
                yield from _of_mailto(html.unescape(address))
    for wrapped in wrapped_in(text):
        yield from keys_in_text(wrapped)


@lru_cache(maxsize=2048)  # texts of events recur
def _remembered_keys(text: str) -> tuple[LiveKey, ...]:
    return tuple(_keys_in_text(text))


def wrapped_in(text: str) -> Iterator[str]:
    """The addresses, and the objects that may hold some, that a text has in base64."""
    if "aHR0c" in text or "eyJ" in text:
        for wrapped in _WRAPPED.findall(unquoted(unquoted(text))):
            yield _unwrapped(wrapped)


def _urls(text: str) -> Iterator[str]:
    """The addresses of pages in a text, with their scheme where they name one."""
    for match in _AFTER_SCHEME.finditer(text):
        start = match.start()
        before = text[max(0, start - 6) : start].lower()
        if before.endswith("https:"):
            start -= 6
        elif before.endswith("http:"):
            start -= 5
        yield text[start : match.end()]


@lru_cache(maxsize=4096)
def keys_in_link(url: str, label: str) -> tuple[LiveKey, ...]:
    """The live keys in one address that is personal by what it is for."""
    host_end = url.find("/", url.find("//") + 2)
    if host_end < 0 or not _DIGIT.search(url, host_end):
        return ()
    said = purpose_said(unquoted(url), label)
    if said == "unsubscribe":
        kind: LinkKind = "unsubscribe-link"
    elif said == "web-version" or _PERSONAL.is_in(unquoted(url[host_end:])) or _PERSONAL.is_in(label):
        kind = "personal-link"
    else:
        return ()
    found = []
    for start, end in url_tokens(url):
        token = unquoted(url[start:end])
        if (
            start >= host_end
            and "@" not in token
            and "://" not in token
            and is_random(token, shortest=10, changes=2)
        ):
            found.append(_key(kind, token, url[:start]))
    return tuple(found)


def keys_in_message(raw: bytes) -> Iterator[LiveKey]:
    """The live keys in a MIME message: in its header fields, and in its parts as they are decoded."""
    message = parse(raw)
    fields = list(message.header)
    for part in message.walk():
        if part.path != "1":
            fields.extend(part.header)
        if part.nested is not None:
            fields.extend(part.nested.header)
        elif part.children:
            yield from keys_in_text(part.around_parts.decode("utf-8", "replace"))
        else:
            for text in _texts_of(part):
                yield from keys_in_text(text)
    for field in fields:
        name = field.name.lower()
        if _SIGNATURE_FIELD.fullmatch(name):
            continue
        text = _FOLD.sub("", field.raw.decode("utf-8", "replace"))
        if name.startswith("list-"):
            for address in _MAILTO.findall(text):
                yield from _of_mailto(address)
            for url in _urls(text):
                yield from keys_in_link(url, "unsubscribe")
        yield from keys_in_text(text)


def _texts_of(part: MimePart) -> Iterator[str]:
    is_text = part.media_type.startswith("text/") or part.media_type.endswith("xml")
    if not is_text and part.media_type.startswith(("image/", "audio/", "video/", "font/")):
        return
    if b"\0" not in part.content[:1024] or "\0" not in part.exact_text[:1024]:
        yield part.exact_text
    elif is_text:  # UTF-16 that does not say so
        yield from texts_inside(part.content)


def _unwrapped(text: str) -> str:
    whole = text[:-1] if len(text) % 4 == 1 else text  # a letter alone is no byte
    content = base64.urlsafe_b64decode(whole.replace("+", "-").replace("/", "_") + "==")
    return content.decode("utf-8", "replace")


@lru_cache(maxsize=4096)
def _named(name: str, value: str) -> tuple[LiveKey, ...]:
    value = _plain(value).rstrip(".")
    if _PASSWORD_NAME.fullmatch(name):
        is_key = len(value) >= 6
    elif _SURE_NAME.fullmatch(name):
        is_key = is_random(value, shortest=8, changes=1) or (len(value) >= 16 and value.isdigit())
    elif _LIKELY_NAME.fullmatch(name):
        is_key = is_random(value)
    else:
        return ()
    return (LiveKey("link-key", value, f"{name}={value}"),) if is_key else ()


def _plain(value: str) -> str:
    for _ in range(3):
        if "%" not in value:
            break
        value = unquoted(value)
    return value


def _of_mailto(address: str) -> Iterator[LiveKey]:
    """The token of an address to which mail is sent to unsubscribe, with all that stands before its @."""
    plain = unquoted(address)
    local, at, rest = plain.partition("@")
    for run in _RUN.findall(local):
        if at and is_random(run, shortest=10, changes=2):
            yield LiveKey("unsubscribe-link", run, local)
    _, _, query = rest.partition("?")
    for run in _RUN.findall(query):
        if is_random(run, shortest=10, changes=3):
            yield _key("unsubscribe-link", run, query[: query.find(run)])


def _key(kind: LinkKind, token: str, before: str) -> LiveKey:
    lead = _BEFORE.search(before)
    return LiveKey(kind, token, (lead.group() if lead else "") + token)


@lru_cache(maxsize=1024)
def _tells(label: str) -> bool:
    return purpose_of("https://x.example/", label) != "ordinary" or _PERSONAL.is_in(label)
