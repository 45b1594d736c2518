"""Links that work like a key: whoever has their token can log in, unsubscribe or read as the subject.

Found by the token's parameter name (`code=`, `secret=`), and by the link's purpose (unsubscribing, a
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
from dsr_report.mime.header import decode_words
from dsr_report.mime.inside_files import is_packed, texts_inside
from dsr_report.mime.links import purpose_of, stated_purpose, url_tokens
from dsr_report.mime.message import MimePart, parse
from dsr_report.mime.percent import unquote_utf8
from dsr_report.redact.key_names import key_name
from dsr_report.redact.key_shapes import keys_in_text as keys_by_names
from dsr_report.redact.key_values import TextKey, keys_under_name, unquote_fully
from dsr_report.redact.key_words import around_names
from dsr_report.redact.randomness import is_random, is_weak

LinkKind = Literal["link-key", "unsubscribe-link", "personal-link"]
LINK_KINDS: tuple[LinkKind, ...] = ("link-key", "unsubscribe-link", "personal-link")


KEY_KINDS = ("password", "access-code", "key", "credential", *LINK_KINDS)
"""Kinds of keys in links and messages."""


class LiveKey(NamedTuple):
    """A key in a link or a message."""

    kind: str
    token: str
    in_link: str
    """The key with the name before it, as written: `code=…`, `Wachtwoord: …`."""

    @property
    def is_weak(self) -> bool:
        """Whether it is hidden only together with its name."""
        return is_weak(self.token)


# begins with a character class: `re` searches such a pattern several times as fast as a choice of words
_NAMED = re.compile(
    r"[?&;#%\\](?:(?<=[?&;#])|(?<=%)((?:25)*)(?:3F|26|23)|(?<=\\)u0026)"
    r"((?:[a-z0-9._~\[\]-]|%(?:25)*(?:5B|5D|5F|2D)){1,60}+)"
    r"(?:=|%(?:25)*3D)"
    r"(?=((?-i:[^&;#\s\"'<>\\`{}|\u0080-\uffff]+)))",  # in small and capital letters, `\u212a` is a `k`
    re.IGNORECASE,
)
_END_OF_WRAPPED = re.compile(r"%(?:25)*(?:26|23|3B|22|27|20|3C|3E)", re.IGNORECASE)
_LIKELY_NAME = re.compile(
    r"(?:.*[_-])?(?:code|key|hash|sig|signature|sid|ssid|ticket|reset|login|confirm|confirmation|verify|"
    r"activation|activate|invite|h|k|t|auth|magic|nonce|session|tok)",
    re.IGNORECASE,
)
_AFTER_SCHEME = re.compile(r"//[^\s\"'<>\\^`{|}]{4,8000}")
_LOGIN = re.compile(r"//([^\s/:@?#\"'<>]{0,100}:[^\s/:@?#\"'<>]{1,8000})@[\w-]")
_LOGIN_TOKEN = re.compile(r"//([\w.~%-]{12,8000})@[\w-]")
_ANCHOR = re.compile(
    r"<a\b[^<>]{0,2000}?\bhref\s*=\s*(?:\"([^\"]{1,8000})\"|'([^']{1,8000})')[^<>]*>(.{0,400}?)</a>",
    re.IGNORECASE | re.DOTALL,
)
_MAILTO = re.compile(r"mailto:([^\s\"'<>\\^`{|}]{4,8000})", re.IGNORECASE)
_PERSONAL = WordPattern(WORDS.personal_pages)
_LEAVE = re.compile(any_of((*WORDS.unsubscribing, *WORDS.leaving)), re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")
_RUN = re.compile(r"[A-Za-z0-9]+")
_WRAPPED = re.compile(r"(?:aHR0c|eyJ)[A-Za-z0-9+/_-]{20,8000}")
"""Base64 of `http…` and of `{"…`."""
_SHORT_TEXT = 1_000
"""Characters; a longer text is not cached, and in a message is searched only around words for keys."""
_EQUALS = re.compile(r"&(?:#0*61|#[xX]0*3[dD]|equals);")
_FOLD = re.compile(r"\r?\n[ \t]*")
_WORDED_FIELD = re.compile(r"(?:[\w-]*-)?(?:subject|topic|comments?|keywords|description|summary|title)")
"""A header field with prose: `Subject: 482913 is your code`."""
_SIGNATURE_FIELD = re.compile(
    r"(?:x-[\w-]*)?dkim-signature|arc-[\w-]+|authentication-results|domainkey-signature|received"
)


def keys_in_links(text: str) -> Iterable[LiveKey]:
    """The live keys of links in a text or page, by the purpose of the links; may repeat a key.

    Keys under a name of a key are left to the search by names (`key_shapes`).
    """
    return _remembered_keys(text) if len(text) <= _SHORT_TEXT else _keys_in_links(text)


def keys_in_text(text: str) -> Iterator[LiveKey]:
    """The live keys in the links of a message part, including those under a name of a key."""
    if _EQUALS.search(text):
        text = html.unescape(text)
    plain = text.replace("\\/", "/")
    if "=" in plain or "%3D" in plain:
        for match in _NAMED.finditer(plain):
            yield from _key_under_name(match.group(2), _value(match))
    yield from keys_in_links(text)
    for wrapped in unwrap(text):
        yield from keys_in_text(wrapped)


def _keys_in_links(text: str) -> Iterator[LiveKey]:
    text = text.replace("\\/", "/")  # PHP escapes slashes in JSON
    if "=" in text or "%3D" in text:
        for match in _NAMED.finditer(text):
            yield from _likely(match.group(2), _value(match))
    if "//" in text:
        if "@" in text:
            for login in _LOGIN.findall(text):
                yield LiveKey("link-key", unquote_utf8(login).lstrip(":"), unquote_utf8(login))
            for login in _LOGIN_TOKEN.findall(text):
                if is_random(unquote_utf8(login)):
                    yield LiveKey("link-key", unquote_utf8(login), unquote_utf8(login))
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
    for wrapped in unwrap(text):
        yield from keys_in_text(wrapped)


@lru_cache(maxsize=2048)  # event texts recur
def _remembered_keys(text: str) -> tuple[LiveKey, ...]:
    return tuple(_keys_in_links(text))


def unwrap(text: str) -> Iterator[str]:
    """The decoded texts of base64 that may encode a URL or a JSON object."""
    if "aHR0c" in text or "eyJ" in text:
        for wrapped in _WRAPPED.findall(unquote_utf8(unquote_utf8(text))):
            yield _unwrap(wrapped)


def _urls(text: str) -> Iterator[str]:
    """The URLs in a text, with their scheme if they have one."""
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
    """The live keys in a URL whose purpose is personal."""
    host_end = url.find("/", url.find("//") + 2)
    if host_end < 0:
        return ()
    said = stated_purpose(unquote_utf8(url), label)
    if said == "unsubscribe":
        kind: LinkKind = "unsubscribe-link"
    elif said == "web-version" or _PERSONAL.is_in(unquote_utf8(url[host_end:])) or _PERSONAL.is_in(label):
        kind = "personal-link"
    else:
        return ()
    pieces = {span.start: span.end for span in url_tokens(url) if span.start >= host_end}
    pieces |= {match.start(): match.end() for match in _PIECE.finditer(url, host_end)}
    found = []
    for start, end in sorted(pieces.items()):
        token = unquote_utf8(url[start:end])
        if not _NO_TOKEN.isdisjoint(token):
            continue
        if is_random(token, shortest=10, changes=2) or (token.isdigit() and len(token) > _LONGEST_COUNTED):
            found.append(LiveKey(kind, token, token))
    return tuple(found)


_PIECE = re.compile(
    r"(?<=[/=?&#.,;:-])[^/=?&#.,;:-]{10,}(?=[/?&#.,;:-]|\Z)|(?<=[/=])[^/=?&#,;:]{10,}(?=[/?&#,;:]|\Z)"
)
"""A path segment, or the value of a parameter."""
_NO_TOKEN = frozenset("@/?=&")
"""Delimiters of a nested URL, and of a mailbox."""
_LONGEST_COUNTED = 15
"""Digits; a longer number is random, not a counter."""


def keys_in_message(raw: bytes) -> Iterator[LiveKey]:
    """The live keys in a MIME message: in its header fields, and in its decoded parts."""
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
                is_letter = part.media_type in {"text/html", "text/plain"} and len(text) > _SHORT_TEXT
                for piece in around_names(text) if is_letter else (text,):
                    yield from _keys_under_names(piece)
    for field in fields:
        name = field.name.lower()
        if _SIGNATURE_FIELD.fullmatch(name):
            continue
        if (known := key_name(field.name)) is not None:
            yield from map(_of_text, keys_under_name(known, field.value))
        text = decode_words(_FOLD.sub("", field.raw.decode("utf-8", "replace")))
        if _WORDED_FIELD.fullmatch(name):
            yield from _keys_under_names(text.strip())
        if name.startswith("list-"):
            for address in _MAILTO.findall(text):
                yield from _of_mailto(address)
            for url in _urls(text):
                yield from keys_in_link(url, "unsubscribe")
        yield from keys_in_text(text)


def _keys_under_names(text: str) -> Iterator[LiveKey]:
    """The live keys in a text by the names written before them."""
    for key in keys_by_names(text):
        what = key.what if key.what != "link" else "key"
        yield LiveKey(what, _whole_word(key, text), text[key.lead : key.end])


def _whole_word(key: TextKey, text: str) -> str:
    """The key with adjoining letters, as in `mysql -p…`: passages are searched at word boundaries."""
    start = key.start
    while start and text[start - 1].isalnum() and text[key.start].isalnum():
        start -= 1
    return key.text if start == key.start else text[start : key.end]


def _texts_of(part: MimePart) -> Iterator[str]:
    is_text = part.media_type.startswith("text/") or part.media_type.endswith("xml")
    if not is_text and part.is_without_text:
        return
    is_page = part.media_type in {"text/plain", "text/html"} or part.content.startswith(b"%PDF")
    if not is_page and is_packed(part.content):  # a PDF has too much text to be hidden whole for a word
        yield from (text for text in texts_inside(part.content) if "\0" not in text)
    elif b"\0" not in part.content[:1024] or "\0" not in part.exact_text[:1024]:
        yield part.exact_text
    elif is_text:  # undeclared UTF-16
        yield from texts_inside(part.content)


def _unwrap(text: str) -> str:
    whole = text[:-1] if len(text) % 4 == 1 else text  # a single digit encodes no byte
    content = base64.urlsafe_b64decode(whole.replace("+", "-").replace("/", "_") + "==")
    return content.decode("utf-8", "replace")


def _value(match: re.Match[str]) -> str:
    """The value after a parameter name; in a nested URL, up to the next encoded delimiter."""
    value = match.group(3)
    return _END_OF_WRAPPED.split(value, maxsplit=1)[0] if match.group()[0] == "%" else value


@lru_cache(maxsize=4096)
def _key_under_name(name: str, value: str) -> tuple[LiveKey, ...]:
    """The key in a parameter under a name of a key."""
    known = key_name(unquote_fully(name))
    if known is None:
        return ()
    keys = keys_under_name(known, unquote_fully(value).rstrip(".,)"))
    return tuple(LiveKey("link-key", key.text, f"{name}={value}") for key in keys)


def _of_text(key: TextKey) -> LiveKey:
    return LiveKey("key" if key.what == "link" else key.what, key.text, key.text)


@lru_cache(maxsize=4096)
def _likely(name: str, value: str) -> tuple[LiveKey, ...]:
    """The key in a parameter with an ambiguous name."""
    value = unquote_fully(value).rstrip(".,)")
    is_key = _LIKELY_NAME.fullmatch(name) and key_name(name) is None and is_random(value)
    return (LiveKey("link-key", value, f"{name}={value}"),) if is_key else ()


def _of_mailto(address: str) -> Iterator[LiveKey]:
    """The token in an unsubscribe mail address, with its whole local part."""
    plain = unquote_utf8(address)
    local, at, rest = plain.partition("@")
    for run in _RUN.findall(local):
        if at and is_random(run, shortest=10, changes=2):
            yield LiveKey("unsubscribe-link", run, local)
    _, _, query = rest.partition("?")
    for run in _RUN.findall(query):
        if is_random(run, shortest=10, changes=3):
            yield LiveKey("unsubscribe-link", run, run)


@lru_cache(maxsize=1024)
def _tells(label: str) -> bool:
    return purpose_of("https://x.example/", label) != "ordinary" or _PERSONAL.is_in(label)
