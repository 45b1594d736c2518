"""The text of RTF, and of `text/enriched` of old mail programs."""

from __future__ import annotations

import re

from dsr_report.mime.charsets import to_text

_RTF = re.compile(
    r"(?P<bytes>(?:\\'[0-9A-Fa-f]{2})+)|\\u(?P<unit>-?[0-9]{1,6}) ?(?:\\'[0-9A-Fa-f]{2}|[^\\{}])?|"
    r"\\(?P<border>par|line|cell|row|tab)\b ?|\\[a-z]+-?[0-9]* ?|\\[^a-z]|[{}\r\n]"
)


def text_of_rtf(content: bytes) -> str:
    """The text of an RTF file."""
    page = re.search(rb"\\ansicpg([0-9]{3,5})", content)
    charset = f"cp{page[1].decode()}" if page else "cp1252"

    def replacement(match: re.Match[str]) -> str:
        if match["bytes"]:
            return to_text(bytes.fromhex(match["bytes"].replace("\\'", "")), charset)[0]
        if match["unit"]:
            return chr(int(match["unit"]) % 0x10000)
        return "\n" if match["border"] else ""

    return _RTF.sub(replacement, content.decode("cp1252", "replace"))


_ENRICHED = re.compile(r"<<|<param>.*?</param>|</?[A-Za-z][A-Za-z0-9-]{0,59}>|\n+", re.IGNORECASE | re.DOTALL)


def text_of_enriched(text: str) -> str:
    """The text of `text/enriched`, in which a single line end is a space (RFC 1896)."""

    def replacement(match: re.Match[str]) -> str:
        found = match[0]
        if found == "<<":
            return "<"
        return "" if found[0] == "<" else " " if found == "\n" else found[1:]

    return _ENRICHED.sub(replacement, text)
