"""A readable guess at device and program, from the line with which it introduced itself."""

from __future__ import annotations

import re

_PROGRAMS = (
    ("Thunderbird", "Thunderbird"), ("GoogleImageProxy", "Gmail (Google's proxy)"), ("YahooMailProxy", "Yahoo Mail"),
    ("Outlook", "Outlook"), ("ms-office", "Outlook"), ("MSOffice", "Outlook"), ("Edg/", "Edge"), ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"), ("AppleWebKit", "Safari / Apple Mail"), ("MSIE", "Internet Explorer"), ("Trident", "Internet Explorer"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Win1", "Windows"),
    ("WinXP", "Windows"), ("Macintosh", "Mac"), ("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
_USER_AGENT = re.compile(r"^user-agent[ \t]*:[ \t]*(.+?)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)


def agent_of(user_agent: str | None, header: str | None) -> str | None:
    """The line itself: a member of its own, or inside a dump of request headers."""
    if user_agent:
        return user_agent
    match = _USER_AGENT.search(header or "")
    return match.group(1) if match else None


def device_reading(agent: str) -> str | None:
    """`Firefox, Windows`, or None where the line says nothing that we can read."""
    program = next((name for mark, name in _PROGRAMS if mark in agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in agent), None)
    return ", ".join(part for part in (program, system) if part) or None
