"""The text parts of a message: those that a mail program shows when the message is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dsr_report.mime.visible import is_stub, is_visible, may_be_stub, shows_something

if TYPE_CHECKING:
    from dsr_report.mime.parts import MimePart

Version = Literal["text/plain", "text/html"]
_TEXTS: tuple[Version, Version] = ("text/plain", "text/html")


def bodies(root: MimePart, preferred: Version) -> tuple[MimePart, ...]:
    """The text parts that a reader sees one below the other; of alternatives the preferred one.

    If a message has none, the first text part with a name or disposition counts as its text (a sole part,
    or the file behind an empty cover letter); else a sole part of any other text type.
    """
    found = _bodies(root, preferred, is_body=not root.children)
    if any(_says_something(part) for part in found):
        return tuple(found)
    leaves = [part for part in root.walk_own() if not part.is_container]
    texts = [part for part in leaves if part.media_type in _TEXTS and part not in found]
    for version in (preferred, *_TEXTS):
        for part in texts:
            if part.media_type == version and _says_something(part):
                return (part,)
    if len(leaves) == 1 and leaves[0].media_type.startswith("text/"):
        return (leaves[0],)
    return tuple(found)


def _says_something(part: MimePart) -> bool:
    return shows_something(part.text) if part.media_type == "text/html" else is_visible(part.text)


def _bodies(part: MimePart, preferred: Version, *, is_body: bool) -> list[MimePart]:
    """The text parts below a part; with `is_body`, a file name does not make it an attachment."""
    if part.nested is not None:
        return _bodies(part.nested.root, preferred, is_body=True) if part.is_opened else []
    if not part.children:
        # a multipart that could not be parsed is shown as text
        is_text = part.media_type in _TEXTS or part.media_type.startswith("multipart/")
        is_file = part.disposition == "attachment" or not (
            is_body or part.file_name is None or part.disposition == "inline"
        )
        return [part] if is_text and not is_file else []
    is_choice = part.media_type == "multipart/alternative"
    below = [
        _bodies(
            child, preferred, is_body=is_choice or (number == 0 and part.media_type == "multipart/related")
        )
        for number, child in enumerate(part.children)
    ]
    if is_choice:
        return _best_version(below, preferred)
    return [leaf for leaves in below for leaf in leaves]


def _best_version(below: list[list[MimePart]], preferred: Version) -> list[MimePart]:
    """One of several alternatives: the first of the preferred type that is not empty."""
    pages = [leaf for leaves in below for leaf in leaves if leaf.media_type == "text/html"]
    fallback: list[MimePart] = []
    for version in (preferred, *_TEXTS):
        for leaves in below:
            of_kind = [leaf for leaf in leaves if leaf.media_type == version]
            if not of_kind:
                continue
            fallback = fallback or leaves
            is_told = any(_says_something(leaf) for leaf in leaves)
            if is_told and (version == "text/html" or not (pages and _is_stub(of_kind, pages))):
                return leaves
    return fallback


def _is_stub(texts: list[MimePart], pages: list[MimePart]) -> bool:
    text = "\n".join(part.text for part in texts)
    return may_be_stub(text) and is_stub(text, "\n".join(part.text for part in pages))
