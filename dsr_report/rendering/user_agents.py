"""A readable guess at device and program from a user agent string."""

from __future__ import annotations

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


def device_reading(agent: str) -> str | None:
    """Program and system (`Firefox, Windows`); None if neither is recognised."""
    program = next((name for mark, name in _PROGRAMS if mark in agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in agent), None)
    return ", ".join(part for part in (program, system) if part) or None
