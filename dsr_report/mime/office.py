"""The text of office documents as displayed: a paragraph's runs in one line, a row's cells side by side.

Word, Excel and PowerPoint (ECMA-376), and OpenDocument. Their XML splits words wherever formatting or a
spelling mark begins, and a spreadsheet keeps its texts in a separate file.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

_READ = re.compile(
    r"word/(?:document|header\d*|footer\d*|comments|footnotes|endnotes)\.xml|xl/sharedStrings\.xml|"
    r"xl/worksheets/[\w.-]+\.xml|ppt/(?:slides|notesSlides)/[\w.-]+\.xml|content\.xml"
)
_PIECE = re.compile(
    r"<(?:\w+:)?(?P<open>t|v)(?=[\s>])[^<>]*>(?P<text>[^<]*)</|"
    r"<(?:\w+:)?(?P<sign>tab|br|cr|s|line-break)(?=[\s/>])[^<>]*>|"
    r"</(?:\w+:)?(?P<end>p|h|tc|tr|table-cell|table-row|row|c)>|<(?:\w+:)?(?P<cell>c|row)(?=[\s>])(?P<of>[^<>]*)>|"
    r"(?P<bare>(?<=>)[^<>]+)"
)
_SHARED = re.compile(r"<(?:\w+:)?si(?=[\s>])[^<>]*>(.*?)</(?:\w+:)?si>", re.DOTALL)
_TEXT = re.compile(r"<(?:\w+:)?t(?=[\s>])[^<>]*>([^<]*)</")
_IS_SHARED = re.compile(r"\bt\s*=\s*[\"']s[\"']")


def is_read(name: str) -> bool:
    """Whether a file in an archive has the text of an office document."""
    return _READ.fullmatch(name) is not None


def texts_of_office(files: Mapping[str, bytes]) -> Iterator[str]:
    """The texts of a document's files, one line per paragraph or row."""
    shared = [
        html.unescape("".join(_TEXT.findall(found)))
        for found in _SHARED.findall(_decode(files.get("xl/sharedStrings.xml", b"")))
    ]
    for name, content in files.items():
        if name != "xl/sharedStrings.xml":
            yield _text_of(_decode(content), shared, is_open=name == "content.xml")


def _decode(content: bytes) -> str:
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if is_utf_16 else "utf-8", "replace")


def _text_of(xml: str, shared: list[str], *, is_open: bool) -> str:
    out: list[str] = []
    is_number = False
    for match in _PIECE.finditer(xml):
        if match["text"] is not None:
            text = html.unescape(match["text"])
            if match["open"] == "v" and is_number and text.strip().isdigit() and int(text) < len(shared):
                text = shared[int(text)]
            out.append(text)
        elif match["bare"] is not None:
            if is_open:  # its texts are in paragraphs and spans
                out.append(html.unescape(match["bare"]))
        elif match["sign"]:
            out.append({"tab": "\t", "s": " "}.get(match["sign"], "\n"))
        elif match["cell"] == "c":
            is_number = _IS_SHARED.search(match["of"]) is not None
        elif match["end"] in {"tc", "table-cell", "c"}:
            if out[-1:] == ["\n"]:  # of the cell's last paragraph
                out.pop()
            out.append("\t")
        elif match["end"]:
            out.append("\n")
    return "".join(out)
