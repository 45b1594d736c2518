"""Live keys in source code and program output, and keys recognised by their own format.

Literals in code and settings, command lines, SQL, PHP's serialised values; signed tokens (JWT), private
keys, password hashes, and tokens with an issuer's prefix.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from dsr_report.redact.key_names import KeyName, key_name, words_of
from dsr_report.redact.key_values import TextKey, is_token, keys_at, keys_under_name

_LITERAL = re.compile(
    r"(?<![\w.$@-])[$@:]*([A-Za-z_][\w.-]{1,60})[\"'`\])]*(?:\s+As\s+\w+|\s*:\s*[A-Z]\w*[?!]?)?\s*(?::=|=>|==?|:|<-|\|\||\?\?|\|\s*default\(|\s\.\s)\s*(?:<%[=-]?\s*)?\{?"
    r"[bBuUrR]?([\"'`])(?=((?:(?!\2)[^\\]|\\.){1,8000}?)\2)",
    re.DOTALL,
)
"""`$password = '…'`, `password: "…"`, `:password => '…'`, `Dim pwd As String = "…"`."""
_GIVEN = re.compile(
    r"(?<![\w.])(?:[\w$]+(?:\.|->|::))*([A-Za-z_][\w-]{2,60})(?:\(\s*|[ \t]+)"
    r"(?:[\"'][^\"'\n]{0,80}[\"']\s*,\s*)?([\"'])([^\"'\n]{4,8000})\2"
)
"""`setPassword("…")`, `NetworkCredential("robin", "…")`, `ConvertTo-SecureString "…"`."""
_HOLDERS = frozenset({"credential", "credentials", "securestring", "basicauth", "httpbasicauth"})
_DEFAULT = re.compile(r"\"([^\"\n]{1,60})\"\s*\{[^{}]{0,300}?\b(?:default|value)\s*=\s*([\"'])([^\"'\n]+)\2")
_PAIR = re.compile(
    r"\b(?:var|name|key|property|field|label)\s*[=:]\s*([\"'])([^\"'<>\n]{1,60})\1[^<>\n]{0,80}?"
    r"\bvalue\s*[=:]\s*([\"'])([^\"'\n]+)\3"
)
"""`{assign var='password' value='…'}`."""
_SERIALISED = re.compile(
    r"s:\d+:\\?\"(?P<name>[^\"\\]{1,80})\\?\";(?:s:\d+:\\?\"(?P<text>.{0,4000}?)\\?\";|[id]:(?P<number>[\d.-]+);)",
    re.DOTALL,
)
_KEPT_IN_SESSION = re.compile(r"(?:^|(?<=[;}]))([\w-]{1,60})\|s:\d+:\"(.{0,4000}?)\";", re.DOTALL)
_DUMPED = re.compile(
    r"\[\"?([^\"\]\n]{1,60})\"?(?::\w+)*\]\s*=>\s*(?:string\(\d+\)\s*\"([^\n]{0,4000}?)\"(?=\s|\Z)|(?!Array|array|\()([^\s\"'][^\n]*))"
)
_OPTION = re.compile(r"(?<!\S)--?([A-Za-z][\w-]{1,40})(?:=|[ \t]+)([\"']?)([^\s\"'-][^\s\"']*)\2")
_HEADER_OPTION = re.compile(r"(?:-H|--header)[= ]?\s*([\"'])([\w-]+)\s*:\s*(.*?)\1")
_USER_OPTION = re.compile(
    r"(?<!\S)(?:-u|-U|--user|--proxy-user|--basic)[= ]?\s*([\"']?)([^\s:,\"']+)[:,]([^\s\"']+)\1"
)
_TAKING_PASSWORDS = (
    r"mysql\w*|mariadb\w*|sshpass|ldap\w+|redis-cli|mongo\w*|docker|podman|helm|az|sqlcmd|bcp|isql|smbclient|"
    r"7z[ar]?|zip|unzip|u?n?rar|lftp|ncftp|xfreerdp|restic|rclone|svn|htpasswd|plink|pscp|psftp"
)
_PROGRAM = re.compile(rf"\b(?:curl|wget|http|https|xh|psql|ftp|{_TAKING_PASSWORDS})\b")
_PASSWORD_OPTION = re.compile(
    rf"\b(?:{_TAKING_PASSWORDS})\b[^\n|;&]{{0,300}}?\s-[pPwa]:?[ \t]?([\"']?)([^\s\"'-][^\s\"']*)\1"
)
_AS_ARGUMENT = re.compile(
    r"\b(?:htpasswd[ \t]+-\w*b\w*[ \t]+\S+[ \t]+\S+|net[ \t]+use\b[^\n]{0,120}?|"
    r"ansible-vault\b[^\n]{0,80}?|enable[ \t]+(?:secret|password)(?:[ \t]+[0-9])?|password[ \t]+[0-9])[ \t]+"
    r"([^\s\"'/\\<>-][^\s\"'<>]{5,})"
)
"""A positional argument of a command; a key only if it looks like one."""
_PIPED = re.compile(r"([\"']?)[^\s\"':]+:([^\s\"':]+)\1[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd\b")
_PASS_PHRASE = re.compile(r"\s-?pass(?:in|out)?[ \t]+pass:([^\s\"']+)")
_IDENTIFIED = re.compile(
    r"\b(?:IDENTIFIED\s+(?:WITH\s+\w+\s+)?BY|PASSWORD)(?:\s*\(\s*|\s+)'([^']+)'", re.IGNORECASE
)
_INSERTED = re.compile(
    r"\binsert\s+into\s+[^\s(]+\s*\(([^()]{1,4000})\)\s*values\s*((?:\([^()]*\)\s*,?\s*)+)", re.IGNORECASE
)
_ROW = re.compile(r"\(([^()]*)\)")
_SQL_VALUE = re.compile(r"\s*(?:'((?:[^']|'')*)'|\"([^\"]*)\"|([^,'\"]+))\s*(?:,|\Z)")
_LET_IN = re.compile(
    r"\b(Bearer|Basic|AUTH(?:ENTICATE)? (?:PLAIN|LOGIN|X?OAUTH\w*)|Negotiate|ApiKey|Token)[ \t]+"
    r"([A-Za-z0-9._~+/-]{8,}={0,2})"
)
_PROTOCOL = re.compile(r"^(?:PASS|[\w.]+ LOGIN \"?[^\s\"]+\"?) \"?([^\s\"]+)\"?[ \t\r]*$", re.MULTILINE)
_IN_PROTOCOL = re.compile(
    r"(?:\bPASS|\bLOGIN[ \t]+\"?[^\s\"]+\"?|\b(?:IDENTIFY|identify)(?:[ \t]+[^\s:]+)??|\bAUTH(?:[ \t]+\w+)??|"
    r"^[ \t]*open[ \t]+\S+[ \t\r]*\n\s{0,20}user[ \t]+\S+)[ \t]+:?\"?([^\s\"<>]{6,})",
    re.MULTILINE,
)
"""Commands of protocols within a line, also of IRC, Redis and FTP; only if the value looks like a key."""
_DIGEST = re.compile(
    r"\bDigest[ \t\r\n]+"
    r"(?:[\w-]{1,20}[ \t]*=[ \t]*(?:\"[^\"\n]{0,300}\"|[^\s,\"]{1,300})[, \t\r\n]{0,9}){0,20}?"
    r"response[ \t]*=[ \t]*\"?([^\"\s,]{6,})",
    re.IGNORECASE,
)
"""Credentials of HTTP digest authentication, against which a guessed password can be checked."""
_REPLY = re.compile(
    r"(?:\b334|(?<![^\s>:])\+)(?:[ \t]+([^\n]{1,80}?))?[ \t\r]*\n(?:[^\n]{0,40}?[ \t:>])?"
    r"([A-Za-z0-9+/]{4,}={0,2})[ \t\r]*(?:\n|\Z)"
)
"""Reply to an SMTP, IMAP or POP authentication challenge: the challenge in base64, and the next line."""
_ANSWER_OF_DIGEST = re.compile(r"\S+ [0-9a-f]{32}")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{12,8000}={0,2}")
_LOGIN_OF_SERVER = re.compile(
    r"(?:basic[_-]?auth|auth[_-]basic|htpasswd|auth[_-]user)[\w.-]*[ \t]*[=: \t][ \t\"']*"
    r"[^\s:=\"']+:([^\s\"';]+)",
    re.IGNORECASE,
)
"""`auth_basic_user robin:…`."""
_PASSWORD_FILE = re.compile(r"^[^\s:]+:(?:\d{2,5}|\*):[^\s:]+:[^\s:]+:(\S+)[ \t\r]*$", re.MULTILINE)
"""A line of PostgreSQL's `.pgpass`."""
_DIGEST_FILE = re.compile(r"^[^\s:]+:[^:\n]{1,60}:([0-9a-f]{32})[ \t\r]*$", re.MULTILINE)
"""A line of Apache's `.htdigest`."""
_WIRELESS = re.compile(r"WIFI:(?:[^\s;]*;)*?P:([^;\s]+);")
_PASSWORD = KeyName("password", is_sure=True)
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{4,}\.[\w-]{8,}")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*-----|\Z)|"
    r"PuTTY-User-Key-File.*?(?:Private-MAC: \S+|\Z)",
    re.DOTALL,
)
_ISSUED = re.compile(
    r"(?<![\w-])(?:(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|gh[oprsu]_[A-Za-z0-9]{30,}|github_pat_\w{20,}|"
    r"gl(?:pat|dt|rt|soat|cbt|ptt|ft)-[\w-]{16,}|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}|"
    r"(?:sk|rk|pk)_(?:live|test)_\w{10,}|whsec_\w{16,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|"
    r"SG\.[\w-]{16,}\.[\w-]{16,}|sk-(?:[a-z]+-)*\w[\w-]{18,}|npm_\w{30,}|pypi-\w[\w-]{30,}|hf_\w{20,}|"
    r"key-[0-9a-f]{32}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|dop_v1_[0-9a-f]{64}|hvs\.[\w-]{20,}|"
    r"xkeysib-[0-9a-f]{40,}-\w+|\d{8,10}:AA[\w-]{30,})(?![\w-])"
)
_HASH = re.compile(
    r"\$(?:2[abxy]?|[1567]|y|apr1|argon2(?:id|i|d)|pbkdf2[\w-]*|scrypt)\$[^\s\"'<>:;]{10,}|"
    r"\{(?:S?SHA\d*|S?MD5|CRYPT|BCRYPT|PBKDF2[\w-]*)\}[\w+/=.$-]{8,}"
)


def literals(text: str) -> Iterator[TextKey]:
    """Values assigned to a name: `$password = '…'`, `login(password: "…")`."""
    for match in _LITERAL.finditer(text):
        yield from keys_at(match.group(1), match.group(3), match.start(3), match.start(1))


def php_values(text: str) -> Iterator[TextKey]:
    """Values serialised by PHP: `serialize` and session format."""
    for match in _SERIALISED.finditer(text):
        group = "text" if match["text"] is not None else "number"
        yield from keys_at(match["name"], match[group], match.start(group), match.start("name"))
    for match in _KEPT_IN_SESSION.finditer(text):
        yield from keys_at(match[1], match[2], match.start(2), match.start(1))


def keys_in_dumps(text: str) -> Iterator[TextKey]:
    """Members as `print_r` and `var_dump` print them."""
    for match in _DUMPED.finditer(text):
        group = 2 if match[2] is not None else 3
        yield from keys_at(match[1], match[group], match.start(group), match.start(1))


def command_lines(text: str) -> Iterator[TextKey]:
    """Options of commands: `--token …`, `-H 'X-Api-Key: …'`, `-u robin:…`, `mysql -p…`."""
    for match in _OPTION.finditer(text):
        yield from keys_at(match[1], match[3], match.start(3), match.start(1))
    if _PROGRAM.search(text):
        for match in _HEADER_OPTION.finditer(text):
            yield from keys_at(match[2], match[3], match.start(3), match.start(2))
        for match in _USER_OPTION.finditer(text):
            yield from _password(match, 3)
        for match in _PASSWORD_OPTION.finditer(text):
            yield from _password(match, 2)
        for match in re.finditer(r"--oauth2-bearer[= ]([^\s\"']+)", text):
            yield from _password(match, 1)


def arguments(text: str) -> Iterator[TextKey]:
    """Positional arguments of commands: `net use … KEY`, `echo robin:KEY | chpasswd`."""
    for match in _AS_ARGUMENT.finditer(text):
        if is_token(match[1].rstrip(".,;")):
            yield from _password(match, 1)
    for match in _PIPED.finditer(text):
        yield from _password(match, 2)
    for match in _PASS_PHRASE.finditer(text):
        yield from _password(match, 1)


def keys_in_calls(text: str) -> Iterator[TextKey]:
    """Arguments of functions with a telling name, and defaults of named settings."""
    for match in _GIVEN.finditer(text):
        name = match[1].removeprefix("set")
        if is_token(match[3]) and words_of(name)[-1:] and "".join(words_of(name)).endswith(tuple(_HOLDERS)):
            yield from _password(match, 3)
        elif match[1].startswith(("set", "with", "Set", "With")):
            yield from keys_at(name, match[3], match.start(3), match.start(1))
        elif is_token(match[3]):
            yield from keys_at(match[1], match[3], match.start(3), match.start(1))
    for match in _DEFAULT.finditer(text):
        yield from keys_at(match[1], match[3], match.start(3), match.start(1))


def assignments(text: str) -> Iterator[TextKey]:
    """A name and its value as two adjacent settings."""
    for match in _PAIR.finditer(text):
        yield from keys_at(match[2], match[4], match.start(4), match.start(2))


def _password(match: re.Match[str], group: int) -> Iterator[TextKey]:
    for key in keys_under_name(_PASSWORD, match[group]):
        at = match.start(group)
        yield key._replace(start=at + key.start, end=at + key.end, lead=match.start())


def statements(text: str) -> Iterator[TextKey]:
    """Keys in SQL statements."""
    for match in _IDENTIFIED.finditer(text):
        yield from _password(match, 1)
    for match in _INSERTED.finditer(text):
        names = [name.strip().strip("`\"'[]") for name in match[1].split(",")]
        if any(map(key_name, names)):
            for row in _ROW.finditer(text, match.start(2), match.end(2)):
                for name, value in zip(names, _SQL_VALUE.finditer(row[1]), strict=False):
                    group = next(group for group in (1, 2, 3) if value[group] is not None)
                    at = row.start(1) + value.start(group)
                    yield from keys_at(name, value[group], at, at)


def protocol_logins(text: str) -> Iterator[TextKey]:
    """Credentials in the commands of network protocols."""
    for match in _LET_IN.finditer(text):
        plain = _decode(match[2]) if match[1] not in {"Bearer", "Token", "ApiKey"} else ""
        if is_token(match[2]) if not plain else (":" in plain or "\0" in plain or "\1" in plain):
            yield TextKey("credential", match[2], *match.span(2), match.start())
    for match in _PROTOCOL.finditer(text):
        yield from _password(match, 1)
    for match in _WIRELESS.finditer(text):
        yield from _password(match, 1)
    for match in _IN_PROTOCOL.finditer(text):
        if is_token(match[1].rstrip(".,;")):
            yield from _password(match, 1)
    for match in _DIGEST.finditer(text):
        yield from _password(match, 1)
    for match in _REPLY.finditer(text):
        asked, said = match[1] or "", _decode(match[2])
        if key_name(asked) or key_name(_decode(asked)) or _ANSWER_OF_DIGEST.fullmatch(said):
            yield from _password(match, 2)
    for match in _BASE64.finditer(text) if "PLAIN" in text else ():
        if _decode(match.group()).count("\0") == 2:  # authorisation identity, user and password
            yield TextKey("credential", match.group(), *match.span(), match.start())


def password_files(text: str) -> Iterator[TextKey]:
    """Passwords in lines of password files."""
    for pattern in (_PASSWORD_FILE, _DIGEST_FILE):
        for match in pattern.finditer(text):
            yield from _password(match, 1)
    for match in _LOGIN_OF_SERVER.finditer(text):
        if is_token(match[1]):
            yield from _password(match, 1)


def _decode(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


def signed_tokens(text: str) -> Iterator[TextKey]:
    """JSON web tokens."""
    for match in _JWT.finditer(text):
        yield TextKey("key", match.group(), *match.span(), match.start())


def private_keys(text: str) -> Iterator[TextKey]:
    """Private keys in PEM, PGP and PuTTY format."""
    for match in _PRIVATE_KEY.finditer(text):
        yield TextKey("key", match.group(), *match.span(), match.start())


def issued_tokens(text: str) -> Iterator[TextKey]:
    """Tokens with an issuer's prefix."""
    for match in _ISSUED.finditer(text):
        yield TextKey("key", match.group(), *match.span(), match.start())


def hashes(text: str) -> Iterator[TextKey]:
    """Password hashes, as crypt and directories write them."""
    for match in _HASH.finditer(text):
        yield TextKey("password", match.group(), *match.span(), match.start())
