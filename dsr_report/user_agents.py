"""User agents parsed to browser, system, mail program and proxy.

Full strings are parsed with the rules of uap-core (`ua_parser`). Copernica's statistics have labels in their
place (`Thunderbird 91, Win10`), which are parsed here.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ua_parser import Parser

_FIELD = re.compile(r"^[ \t]*user-agent[ \t]*:[ \t]*(.+?)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_LONGEST = 4_096
"""Maximum characters that are parsed: the rules take time for each, and browsers send some hundred."""


class AgentReading(NamedTuple):
    """Properties of a program; None where its user agent does not give them."""

    browser: str | None = None
    system: str | None = None
    mail_client: str | None = None
    privacy_proxy: str | None = None


_PROXIES = (
    (re.compile(r"GoogleImageProxy|ggpht\.com"), "Google", "Gmail"),
    # Gmail's proxy without its name: Edge itself does not end so.
    (re.compile(r"Edge/12\.246 Mozilla/5\.0$"), "Google", "Gmail"),
    (re.compile(r"YahooMailProxy|YahooCacheSystem"), "Yahoo", "Yahoo Mail"),
    # Apple's Mail Privacy Protection sends no more than this; no browser sends so little.
    (re.compile(r"^Mozilla/5\.0$"), "Apple", "Apple Mail"),
)
"""Pattern, proxy, and the mail program whose users it hides."""
_MAIL_CLIENTS = re.compile(
    r"mail(?!chimp)|thunderbird|outlook|notes|superhuman|spark|postbox|sparrow|the bat|evolution|k-9|eudora|"
    r"em ?client|entourage|sylpheed|claws|yahoo",
    re.IGNORECASE,
)
_LABEL = re.compile(r"([A-Za-z][A-Za-z0-9 .+-]*?)(?:[ /]([0-9][0-9.]*))?, ?([A-Za-z][A-Za-z0-9 .]*)")
_SYSTEMS = (
    ("win", "Windows"), ("mac", "Mac OS X"), ("os x", "Mac OS X"), ("ios", "iOS"), ("iphone", "iOS"),
    ("ipad", "iOS"), ("android", "Android"), ("linux", "Linux"), ("ubuntu", "Linux"), ("chrome", "Chrome OS"),
)  # fmt: skip
"""Prefix of a label's system, and its name in uap-core."""


def agent_of(user_agent: str | None, header: str | None) -> str | None:
    """The user agent: `user_agent` itself, or the field in a dump of request headers."""
    if user_agent and user_agent.strip():
        return user_agent
    match = _FIELD.search(header[: 16 * _LONGEST]) if header else None
    return match.group(1) if match else None


@lru_cache(maxsize=4_096)
def agent_reading(line: str) -> AgentReading:
    """Parse a user agent."""
    line = line.strip()[:_LONGEST]
    if not line:
        return AgentReading()
    for sign, proxy, client in _PROXIES:
        if sign.search(line):
            return AgentReading(mail_client=client, privacy_proxy=proxy)
    label = _LABEL.fullmatch(line)
    if label is not None:
        family, system = label.group(1).strip(), _system(label.group(3))
        return _reading_of(family.removeprefix("Microsoft "), system)
    agent, system_found = _parser().parse_user_agent(line), _parser().parse_os(line)
    return _reading_of(agent.family if agent else None, system_found.family if system_found else None)


def _reading_of(family: str | None, system: str | None) -> AgentReading:
    if family is not None and _MAIL_CLIENTS.search(family):
        return AgentReading(system=system, mail_client=family)
    return AgentReading(browser=family, system=system)


def _system(text: str) -> str | None:
    plain = text.strip().lower()
    return next((name for beginning, name in _SYSTEMS if plain.startswith(beginning)), text.strip() or None)


@cache
def _parser() -> Parser:
    # The pure-Python resolver: others parse some strings differently, and tables must not depend on what is
    # installed.
    from ua_parser import Parser  # noqa: PLC0415 - its rules take a fifth of a second
    from ua_parser.basic import Resolver  # noqa: PLC0415
    from ua_parser.loaders import load_lazy_builtins  # noqa: PLC0415

    return Parser(Resolver(load_lazy_builtins()))
