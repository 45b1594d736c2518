"""Live keys in a text, found by the names written before them.

Parameters of links and forms, lines of header fields and of letters, JSON members in any text, elements and
attributes of XML and HTML, table cells, parts of uploaded forms; and keys recognised by their own format: a
signed token (JWT), a private key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from dsr_report.lexicon import WORDS, any_of
from dsr_report.redact.json_places import json_at
from dsr_report.redact.key_names import (
    NAMES_OF_NAMES,
    NAMES_OF_VALUES,
    KeyName,
    is_secret_question,
    is_usual_field,
    joined,
    key_name,
)
from dsr_report.redact.key_values import (
    LONGEST_KEY,
    TextKey,
    is_code,
    is_token,
    keys_at,
    keys_under_name,
    unquote_fully,
)
from dsr_report.redact.key_words import names_a_key
from dsr_report.redact.keys_in_code import (
    arguments,
    assignments,
    command_lines,
    hashes,
    issued_tokens,
    keys_in_calls,
    keys_in_dumps,
    literals,
    password_files,
    php_values,
    private_keys,
    protocol_logins,
    signed_tokens,
    statements,
)
from dsr_report.redact.keys_in_markup import keys_in_markup
from dsr_report.redact.layers import layers_of
from dsr_report.redact.loose_objects import loose_objects
from dsr_report.redact.randomness import is_random

_PARAMETER = re.compile(
    r"(?:(?<![\w.\[\]%+-])|(?<=\\u0026)|(?<=\\[nrt]))((?:[\w.\[\]+-]|%(?:5B|5D|2[089D]|5F|C3|A[0-9A-F]|B[0-9A-F]))"
    r"{1,60}+)=(?=([^&#;\s\"'<>\\]++))",
    re.IGNORECASE,
)
_WRAPPED_PARAMETER = re.compile(
    r"(?:%(?:25)*(?:3F|26|23|3B|20)|(?<=[=\n])|\A)((?:[\w.\[\]-]|%(?:25)*(?:5B|5D|5F|2D)){1,60}?)(%(?:25)*)3D"
    r"((?:[^&#;\s\"'<>\\%]|%(?!(?:25)*(?:26|23|3B|20|22|27)))++)",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"^([ \t>*•-]*)([^\s:=<>{}\"|;&?][^\n:=<>{}\"|;&?]{0,80}?)[ \t]*(?::|=|=>)[ \t\u00a0]*"
    r"([^\n]*(?:\n[ \t]+[^\n]*)*)",
    re.MULTILINE,
)
_QUESTION_AND_ANSWER = re.compile(r"^([^\n]{3,99})\n+(?=([^\n:]{3,30}):[ \t]*([^\n]+))", re.MULTILINE)
_BLOCK = re.compile(r"[|>][+-]?")
_PAIR_OF_LINES = re.compile(
    r"^[ \t-]*+(\w[\w -]{1,39}?)[ \t]*+:[ \t]*+[\"']?([^\s\"'][^\n\"']{1,79}?)[\"']?[ \t\r]*+\n"
    r"\s{0,20}(\w[\w -]{1,39}?)[ \t]*+:[ \t]*+[\"']?([^\n\"']+)",
    re.MULTILINE,
)
_FOLDER = re.compile(r"/(?=([A-Za-z](?:[\w.+-]|%20){1,40})/([\w.~%=-]{8,})(?=[/?#&\s\"'<>]|\Z))")
_FOLDER_OF_SESSION = re.compile(r"\([SAF]\(([\w-]{12,})\)")
_IS_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_MEMBER = re.compile(
    r"(?<!\\)(\\*+[\"'])([^\"'\\\n]{1,80})\1\s*(?::|=>|,)\s*(?:(\\*+[\"'])((?:(?!\3).)*?)(?<!\\)\3|([\d.eE+-]+))",
    re.DOTALL,
)
_OPENING = r"[\"'«»„“‘\[(*`]"
_SEPARATOR = re.compile(
    r"(?<![ \t\u00a0])(?:[ \t\u00a0]*+[:\uff1a]{1,2}|[ \t\u00a0]++=(?=[ \t])|"
    rf"[ \t\u00a0]++(?P<verb>(?i:{any_of(WORDS.says_key)}))(?:[ \u00a0]?:)?(?=\s)|"
    r"[ \t\u00a0]*+(?:[—–→»›]|(?<![-=])[-=]++>)|[ \u00a0]++-(?=[ \u00a0]))|"
    r"(?<=\w)[ \u00a0]{2,}|(?<=\w)\t|(?<![ \t])[ \t]*+\|[ \t]*+|"
    r"(?<=\w)[ \t]*\r?\n[=~_-]{3,80}[ \t\r]*(?=\n)|"
    rf"(?<=[^\W\d_]) (?={_OPENING}?[^\s\"'<>«»„“”‘’\\*`|&;=/]{{0,40}}\d)"
)
"""Separators between a name and its value in a sentence or a row."""
_WORDS_BEFORE = re.compile(r"(?:[^\W\d_]+[ \u00a0'’-]{1,2}){0,4}[^\W\d]+[)\"'»”’*_`\].…]*\Z")
_LONGEST_LOOK = 100
"""Characters of a value that are looked at before its name: there are thousands of separators in a text."""


def _value_of(longest: int) -> re.Pattern[str]:
    return re.compile(
        rf"(?:\[/?\w+\])?[\s>]{{0,8}}(?:\[/?\w+\])?{_OPENING}*[ \u00a0]*"
        rf"((?:[^\s\"'<>«»„“”‘’\\*`|]|(?<=\w)[|*'\"`](?=\w)){{4,{longest}}})"
        r"(?P<end>[*_`\"'»”’\])]*[.,;!]?(?:\s*\n|\s*\Z|(?<=[,;])\s))?"
    )


_VALUE = _value_of(_LONGEST_LOOK)
_WHOLE_VALUE = _value_of(LONGEST_KEY)
_CODE = re.compile(rf"(?:{any_of(WORDS.codes)}|otp)\Z", re.IGNORECASE)
"""The end of a word after which digits alone are a code: `Uw inlogcode 482913`."""
_ASIDE = re.compile(r"[ \u00a0]?\([^()\n]{1,60}\)\Z")
"""`Wachtwoord (24 uur geldig): …`."""
_LOGIN = re.compile(
    rf"\b{any_of(WORDS.logins)}\b[ \t\u00a0]?[:=(«»\"'-]{{0,3}}[ \t\u00a0\n]{{0,3}}"
    rf"(?:{any_of(WORDS.copulas)}[ \u00a0])?([^\s/|:,;()\"'<>«»]{{2,80}})"
    r"(?:[ \u00a0]*[/|][ \u00a0]*|:|,[ \u00a0]?)([^\s/|<>\"'«»()]{6,8000})",
    re.IGNORECASE,
)
"""`Inloggegevens: robin / …`: user name and password."""
_DAY = re.compile(r"\d{4}-\d\d|\d\d-\d\d-|[^@]+@")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST_SAID = 90
"""Characters before a separator that are searched for a name."""
_SAID_BEFORE = re.compile(
    rf"(?<![\w-])([\w-]{{4,8000}})[ \u00a0]{any_of(WORDS.copulas)}[ \u00a0]{any_of(WORDS.key_determiners)}"
    r"[ \u00a0]((?:[^\W\d_]+[ \u00a0-]){0,2}[^\W\d_]+)",
    re.IGNORECASE,
)
"""`… is your verification code`."""
_TO_BE_ENTERED = re.compile(
    rf"\b{any_of(WORDS.entering)}\b(?:[ \u00a0](?!\d)[^\s.!?]+){{0,5}}?[ \u00a0]?:?[ \u00a0]([A-Z]*\d[\w-]*)",
    re.IGNORECASE,
)
"""`Use 482913 to log in`."""
_DISCOUNTS = re.compile(any_of(WORDS.discounts), re.IGNORECASE)
_LETS_IN = re.compile(any_of(WORDS.key_links), re.IGNORECASE)
_NEAR = 150
"""Characters on each side of a code that say what it is for: about a sentence."""
_UPLOAD = re.compile(
    r"name=(\"?)([^\"\r\n;]{1,80})\1[^\r\n]*\r?\n(?:[\w-]+:[^\r\n]*\r?\n)*\r?\n(.*?)(?=\r?\n--|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_DELIMITERS = "\t;|,"
_BETWEEN_COLUMNS = tuple(map(re.compile, ("\t", ";", r"\|\|?|^!|!!", ",", r"(?<=\S) {2,}(?=\S)")))
_ASSIGNED = re.compile(r"[=:{}<>\"']")
"""Signs that no cell with a name has: the delimiter behind them is in a value."""
_TAB_ROW = re.compile(r"[^\n]*\t[^\n]*")
_TAB_CELL = re.compile(r"[^\t\r]+")
_MOST_COLUMNS = 200
"""Cells; a line with more is no row of a table."""
_TAGS_AT_END = re.compile(r"(?:<[^<>]{0,200}>\s{0,9})+\Z")


def is_folded(line: str, before: KeyName | None) -> KeyName | None:
    """The kind of key in a header field, given one of its lines in a list; folded lines inherit `before`."""
    if line[:1] in " \t":
        return before
    name, colon, _ = line.partition(":")
    return key_name(name) if colon and _IS_HEADER_NAME.fullmatch(name) else None


def keys_written_in(text: str) -> Iterator[TextKey]:
    """The live keys in a text that is not JSON, in its order, without overlaps."""
    found = _keys_in(text)
    for layer in layers_of(text):
        for key in _keys_in(layer.text):
            start, end = layer.place(key.start, key.end)
            found.append(
                key._replace(start=start, end=end, lead=min(layer.place(key.lead, key.end)[0], start))
            )
    kept: TextKey | None = None
    for key in sorted(found, key=lambda key: (key.start, -key.end)):
        if key.end <= key.start:
            continue
        if kept is None or key.start >= kept.end:
            if kept is not None:
                yield kept
            kept = key
        else:  # readings overlap
            best = max(kept, key, key=_plainness)
            kept = best._replace(start=kept.start, end=max(kept.end, key.end), lead=min(kept.lead, key.lead))
    if kept is not None:
        yield kept


def _plainness(key: TextKey) -> tuple[bool, bool, int]:
    """Sort key: how surely the text is exactly the key."""
    return is_random(key.text), is_token(key.text), -len(key.text)


def _keys_in(text: str) -> list[TextKey]:
    found: list[TextKey] = []
    if names_a_key(text):
        found += _sentences(text)
        found += _after_questions(text)
        found += _logins(text)
        if "," in text or ";" in text:
            found += _members_beside(text)
    for shape in dict.fromkeys([shape for sign, shape in _SHAPES if sign in text]):
        found += shape(text)
    if "\n" in text or "\t" in text:
        found += _columns(text)
    return found


def _logins(text: str) -> Iterator[TextKey]:
    """Passwords beside a user name."""
    for match in _LOGIN.finditer(text):
        told = match[2].rstrip(".,;:!?")
        if is_token(told) and not _DAY.match(told) and not match[1].lower().startswith("http"):
            yield TextKey("password", told, match.start(2), match.start(2) + len(told), match.start())


def _after_questions(text: str) -> Iterator[TextKey]:
    """The answer in the line below a secret question."""
    for match in _QUESTION_AND_ANSWER.finditer(text):
        if is_secret_question(match[1]) and match[2].strip().casefold() in WORDS.answers:
            for key in keys_under_name(KeyName("access-code", is_sure=True), match[3]):
                at = match.start(3)
                yield key._replace(start=at + key.start, end=at + key.end, lead=match.start())


def _pairs_of_lines(text: str) -> Iterator[TextKey]:
    """Keys whose name is in one line and whose value is in the next."""
    for match in _PAIR_OF_LINES.finditer(text):
        if joined(match[1]) in NAMES_OF_NAMES and joined(match[3]) in NAMES_OF_VALUES:
            yield from keys_at(match[2], match[4].rstrip(), match.start(4), match.start(2))


def _folders(text: str) -> Iterator[TextKey]:
    """Path segments of a URL after a segment that names a key."""
    for match in _FOLDER.finditer(text):
        if is_token(match[2]):
            yield from keys_at(match[1], match[2], match.start(2), match.start(1), unquote_fully)
    for match in _FOLDER_OF_SESSION.finditer(text):
        yield TextKey("key", match[1], *match.span(1), match.start())


def _markup(text: str) -> Iterator[TextKey]:
    if "<" in text:
        yield from keys_in_markup(text, names_a_key=names_a_key(text))


def _parameters(text: str) -> Iterator[TextKey]:
    for match in _PARAMETER.finditer(text):
        name, value = match.groups()
        yield from keys_at(
            unquote_fully(name.replace("+", " ")), value, match.start(2), match.start(1), unquote_fully
        )
    if "%" in text:
        for match in _WRAPPED_PARAMETER.finditer(text):
            yield from keys_at(
                unquote_fully(match.group(1)), match.group(3), match.start(3), match.start(1), unquote_fully
            )


def _lines(text: str) -> Iterator[TextKey]:
    """Keys in folded header fields, and in lines of letters: `Uw wachtwoord: …`."""
    for match in _LINE.finditer(text):
        name, value = match.group(2), match.group(3).rstrip()
        known = key_name(name)
        if known is None or not value:
            continue
        at, lead = match.start(3), match.start(2)
        if known.what == "credential" or (
            known.what != "link" and _IS_HEADER_NAME.fullmatch(name) and "-" in name
        ):
            for key in keys_under_name(known, value):
                yield key._replace(start=at + key.start, end=at + key.end, lead=lead)
            continue
        line = value.split("\n", 1)[0].strip()
        if "&" in line and text[match.end(2)] == "=":
            continue  # a form
        if _BLOCK.fullmatch(line) and "\n" in value:  # YAML
            at += value.index("\n") + 1
            value = value.split("\n", 1)[1]
            at += len(value) - len(value.lstrip())
            line = value.strip().split("\n", 1)[0].strip()
        words = line.split()
        if known.what == "link":
            yield from keys_at(name, line, at, lead)
        elif len(words) == 1 or (words and len(words) <= 3 and any(map(str.isdigit, line))):
            if not line.startswith(("<", "http:", "https:", "{", "[")):
                yield from keys_at(name, line.rstrip(",;"), at, lead)
        elif words and is_token(words[0].rstrip(".,;")):
            yield from keys_at(name, words[0].rstrip(".,;"), at, lead)


def _sentences(text: str) -> Iterator[TextKey]:
    """Values that a sentence or a row says are keys, if they look like one.

    `Uw wachtwoord is gewijzigd` gives none.
    """
    for separator in _SEPARATOR.finditer(text):
        value = _VALUE.match(text, separator.end())
        if value is None:
            continue
        told = value[1].rstrip(".,;:!?)]}")
        looks_so = _looks_like_a_key(told)
        if not looks_so and (separator.group().strip() != ":" or value["end"] is None or "/" in told):
            continue  # an address is where a password is chosen
        before = text[max(0, separator.start() - _LONGEST_SAID) : separator.start()]
        before = _ASIDE.sub("", before)
        if separator.group() == " " and not (
            (is_token(told) and not _DAY.match(told)) or (is_code(told) and _CODE.search(before))
        ):
            continue
        if " " in (separator["verb"] or "") and (_DAY.match(told) or _YEAR.fullmatch(told)):
            continue
        words = _WORDS_BEFORE.search(before)
        if words:
            name = _name_at_end(words.group().rstrip(")\"'»”’*_`].…").split())
            if not looks_so and ((known := key_name(name or "")) is None or known.what != "password"):
                continue  # only a password may be any word
            lead = separator.start() - len(words.group())
            if name is not None and len(value[1]) == _LONGEST_LOOK:
                whole = _WHOLE_VALUE.match(text, separator.end())
                told = whole[1].rstrip(".,;:!?)]}") if whole else told
            yield from _key_of_sentence(name, told, text, value.start(1), lead)
    for match in _SAID_BEFORE.finditer(text):
        words_behind = match[2].split()
        ways = (" ".join(words_behind[: len(words_behind) - at]) for at in range(len(words_behind)))
        if _looks_like_a_key(match[1]):
            name = next((way for way in ways if key_name(way) or way.lower() in WORDS.codes), None)
            yield from _key_of_sentence(name, match[1], text, match.start(1), match.start())
    for match in _TO_BE_ENTERED.finditer(text):
        told = match[1].rstrip(".,;:!?)")
        if _looks_like_a_key(told) and _LETS_IN.search(text, *_near(match.start(), match.end(), text)):
            yield from _key_of_sentence("code", told, text, match.start(1), match.start())


def _key_of_sentence(name: str | None, told: str, text: str, start: int, lead: int) -> Iterator[TextKey]:
    """The key in a sentence; a bare `code` near a word for discounts is none."""
    if name is None:
        return
    if key_name(name):
        yield from keys_at(name, told, start, lead)
    elif not _DISCOUNTS.search(text, *_near(lead, start + len(told), text)):
        yield TextKey("access-code", told, start, start + len(told), lead)


def _near(start: int, end: int, text: str) -> tuple[int, int]:
    return max(0, start - _NEAR), min(len(text), end + _NEAR)


def _looks_like_a_key(told: str) -> bool:
    return len(told) > 3 and not told.startswith("http") and (is_token(told) or is_code(told))


def _name_at_end(words: list[str]) -> str | None:
    """The name at the end of some words: of a key, or of the reader's own code."""
    for at in range(len(words)):
        name = " ".join(words[at:])
        if key_name(name):
            return name
    return words[-1] if _is_own_code(words) else None


def _is_own_code(words: list[str]) -> bool:
    return words[-1].lower() in WORDS.codes and len(words) > 1 and words[-2].lower() in _YOUR


_YOUR = frozenset(WORDS.possessives)


def _json_members(text: str) -> Iterator[TextKey]:
    """Keys in members of JSON, or of similar notations, within other text."""
    for match in _MEMBER.finditer(text):
        group = 4 if match.group(4) is not None else 5
        if match.group(group).lstrip().startswith((",", ":")):
            continue  # between two texts in quotes
        yield from keys_at(match.group(2), match.group(group), match.start(group), match.start(2))


def _members_beside(text: str) -> Iterator[TextKey]:
    """Keys in objects of programs that name them in another member: `{name: 'password', value: '…'}`."""
    from dsr_report.redact.key_shapes import is_beside, named_beside  # noqa: PLC0415 - circular import

    for members in loose_objects(text):
        said = named_beside({name: member.value for name, member in members.items()})
        if said is None:
            continue
        lead = min(member.start for member in members.values())
        for name, member in members.items():
            if key_name(name) is None and is_beside(said, name, member.value):
                for key in keys_under_name(said, member.value):
                    start, end = member.start + key.start, member.start + key.end
                    yield key._replace(start=start, end=end, lead=min(lead, start))


_JSON = re.compile(r"[\[{](?=\s*[\[{\"])")
_MOST_JSON = 200
"""Places in a text where JSON may begin that are tried; later ones are skipped."""


def _json_within(text: str) -> Iterator[TextKey]:
    """The keys in JSON within other text."""
    from dsr_report.redact.key_shapes import keys_in_json  # noqa: PLC0415 - circular import

    end = tried = 0
    for match in _JSON.finditer(text):
        if match.start() < end or tried > _MOST_JSON:
            continue
        tried += 1
        written = json_at(text, match.start())
        if written:
            end = match.start() + len(written)
            for key in keys_in_json(written):
                yield key._replace(
                    start=match.start() + key.start,
                    end=match.start() + key.end,
                    lead=match.start() + key.lead,
                )


def _uploads(text: str) -> Iterator[TextKey]:
    for match in _UPLOAD.finditer(text):
        yield from keys_at(match.group(2), match.group(3), match.start(3), match.start(2))


def _columns(text: str) -> Iterator[TextKey]:
    """Keys in cells of text tables: below a header, and beside a first cell that names a key."""
    lines = text.splitlines(keepends=True)
    for between in _BETWEEN_COLUMNS:
        if between.search(text):
            yield from _below_heads(lines, between, only_first=not names_a_key(text))
    at = 0
    for line in lines:
        for delimiter in _DELIMITERS:
            name, parted, rest = line.rstrip("\r\n").partition(delimiter)
            bare = rest.strip().strip("\"'")
            cell = name.strip().strip("\"'|").rstrip(" :")
            if (
                parted
                and bare
                and not cell[-1:].isdigit()
                and (delimiter != "," or " " not in bare)
                and not _ASSIGNED.search(cell)
                and key_name(cell)
            ):
                if delimiter not in bare and not is_usual_field(bare):
                    yield from keys_at(cell, bare, at + line.find(bare, len(name)), at)
                break
        at += len(line)
    for row in _TAB_ROW.finditer(text) if "\t" in text else ():
        for named, told in pairwise(_TAB_CELL.finditer(row.group())):
            if is_token(told.group().strip()) and key_name(named.group().strip()):
                start = row.start() + told.start()
                yield from keys_at(named.group().strip(), told.group(), start, row.start() + named.start())


def _below_heads(lines: list[str], between: re.Pattern[str], *, only_first: bool) -> Iterator[TextKey]:
    """Keys in cells below column names, which are the first line or a line of nothing but names."""
    keys: dict[int, str] = {}
    width = at = 0
    for number, line in enumerate(lines):
        if number and not keys:
            first = between.search(line)
            before = line[: first.start()].strip(" \t\"'") if first and not only_first else "."
            if before and not is_usual_field(before):
                at += len(line)
                continue
        spans = _cells(line.rstrip("\r\n"), between)
        cells = [line[start:end] for start, end in spans]
        names = [_TAGS_AT_END.sub("", cell).strip().strip("\"'") for cell in cells]
        if not any(map(str.isalnum, line)):
            pass  # a line of a box, or whitespace between rows of markup
        elif len(cells) > _MOST_COLUMNS or sum(map(bool, names)) < 2:
            keys = {}
        elif (not number or all(not name or is_usual_field(name) for name in names)) and any(
            map(key_name, names)
        ):
            keys, width = {i: name for i, name in enumerate(names) if key_name(name)}, len(cells)
        elif keys and len(cells) == width:
            for i, name in keys.items():
                place = at + spans[i][0]
                yield from keys_at(name, names[i], place + cells[i].find(names[i]), place)
        at += len(line)


def _cells(line: str, between: re.Pattern[str]) -> list[tuple[int, int]]:
    ends = [match.span() for match in between.finditer(line)]
    return list(zip([0, *(end for _, end in ends)], [*(start for start, _ in ends), len(line)], strict=True))


_SHAPES: tuple[tuple[str, Callable[[str], Iterator[TextKey]]], ...] = (
    ("=", _parameters),
    (":", _lines),
    ('"', _json_members),
    ("'", _json_members),
    ("</", _markup),
    ("=", _lines),
    (":", _pairs_of_lines),
    ("//", _folders),
    ("=", _markup),
    ("ame=", _uploads),
    ("'", literals),
    ('"', literals),
    ("`", literals),
    ("|s:", php_values),
    ('";', php_values),
    ("] =>", keys_in_dumps),
    ("]=>", keys_in_dumps),
    (" -", command_lines),
    ("'", statements),
    ("Bearer", protocol_logins),
    ("Basic", protocol_logins),
    ("AUTH", protocol_logins),
    ("igest ", protocol_logins),
    ("PLAIN", protocol_logins),
    ("PASS ", protocol_logins),
    ("LOGIN", protocol_logins),
    ("IDENTIFY", protocol_logins),
    ("identify", protocol_logins),
    ("user ", protocol_logins),
    ("334", protocol_logins),
    ("+\n", protocol_logins),
    ("+\r", protocol_logins),
    (":", password_files),
    ("net use", arguments),
    ("chpasswd", arguments),
    ("htpasswd", arguments),
    ("pass:", arguments),
    ("enable ", arguments),
    ("password ", arguments),
    ('("', keys_in_calls),
    ("('", keys_in_calls),
    (', "', keys_in_calls),
    (' "', keys_in_calls),
    (" '", keys_in_calls),
    ("alue=", assignments),
    ("alue:", assignments),
    ("[", _json_within),
    ("{", _json_within),
    ("SecureString", keys_in_calls),
    ("default", keys_in_calls),
    ("WIFI:", protocol_logins),
    ("%3D", _parameters),
    ("eyJ", signed_tokens),
    ("PRIVATE KEY", private_keys),
    ("PuTTY", private_keys),
    ("_", issued_tokens),
    ("-", issued_tokens),
    ("A", issued_tokens),
    ("SG.", issued_tokens),
    ("$", hashes),
    ("}", hashes),
)
"""Ways to write keys, each tried only if its literal occurs in a text."""
