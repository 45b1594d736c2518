"""Readable text colours: the text and background colours of each element of a message.

A cascade for two properties, the text colour and the background, in CSS order: attributes, style sheets by
specificity, `style` attributes, `!important`. Pictures that are not shown count as absent; a gradient counts
as its mean colour. The contrast is that of WCAG 2.2, 1.4.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import tinycss2
import tinycss2.color4
from selectolax.lexbor import LexborNode
from tinycss2.ast import Declaration, Node

from dsr_report.mime.cascade import Cascade, winner

Rgb = tuple[float, float, float]
WHITE: Rgb = (1.0, 1.0, 1.0)
_DARK, _LIGHT = "#333333", "#ffffff"
_LEAST = 3.0
"""WCAG 2.2, 1.4.3 asks for 4.5, and for 3 of large text; a sender's choice above 3 is kept."""
_HEX = re.compile(r"(?=.*\d)[0-9A-Fa-f]{6}")
_PICTURE = "picture"
"""A background of unknown colours: a picture that the message carries."""


class Paint(NamedTuple):
    """The colour of a text and its background (None: a shown picture)."""

    colour: Rgb = (0.0, 0.0, 0.0)
    behind: Rgb | None = WHITE


class Declared(NamedTuple):
    """Declared colours: values as written, each with whether it is important."""

    colour: tuple[str, bool] | None = None
    background: tuple[str, bool] | None = None


class Colours:
    """The colours of one message's elements; queried from the root down."""

    def __init__(self) -> None:
        self._cascade = Cascade(_declared_colours)

    def add_sheet(self, text: str, media: str) -> None:
        """Add a style sheet with its `media`."""
        self._cascade.add_sheet(text, media)

    def match(self, root: LexborNode) -> None:
        """Match the rules with the elements of a page."""
        self._cascade.match(root)

    def of(self, node: LexborNode, attributes: Mapping[str, str | None], parent: Paint) -> Paint:
        """The paint of an element, given its parent's."""
        style = attributes.get("style")
        of_sheets = self._cascade.of(node)
        hints = _hints(node.tag or "", attributes)
        if not style and not of_sheets and not hints:
            return parent
        layers = (*hints, *of_sheets, declarations_in(style or ""))
        colour, behind = parent
        value = winner([layer.colour for layer in layers if layer.colour])
        rgba = _rgba(value) if value is not None else None
        if rgba is not None:
            colour = _over(rgba, behind or WHITE)
        value = winner([layer.background for layer in layers if layer.background])
        if value is not None:
            behind = _paint_over(value, behind)
        return Paint(colour, behind)


@lru_cache(maxsize=1024)
def readable(paint: Paint) -> str:
    """The text colour needed for contrast; empty if the present one suffices."""
    if paint.behind is None or contrast(paint.colour, paint.behind) >= _LEAST:
        return ""
    dark = contrast((0.2, 0.2, 0.2), paint.behind)
    return _DARK if dark >= contrast(WHITE, paint.behind) else _LIGHT


def repaint(paint: Paint, colour: str) -> Paint:
    """The paint of an element whose text has a new colour."""
    rgba = _rgba(colour)
    return paint._replace(colour=rgba[:3]) if rgba is not None else paint


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: Rgb) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@lru_cache(maxsize=2048)
def mean_of_gradient(value: str) -> str:
    """The mean colour of the first gradient in a value, as CSS text; empty if there is none."""
    for token in tinycss2.parse_component_value_list(value):
        if token.type == "function" and token.lower_name.endswith("gradient"):
            stops = [rgba for rgba in map(_colour_of, token.arguments) if rgba is not None]
            if stops:
                mean = [sum(stop[part] for stop in stops) / len(stops) for part in range(4)]
                red, green, blue = (round(255 * part) for part in mean[:3])
                return f"rgba({red},{green},{blue},{mean[3]:.2f})"
    return ""


@lru_cache(maxsize=4096)
def declarations_in(text: str) -> Declared:
    """The colours declared in a `style` attribute."""
    nodes = tinycss2.parse_declaration_list(text, skip_comments=True, skip_whitespace=True)
    return _declared_colours(nodes) or Declared()


def _declared_colours(nodes: Sequence[Node]) -> Declared | None:
    colour = background = None
    for node in nodes:
        if not isinstance(node, Declaration):
            continue
        name = node.lower_name
        if name == "color" and not (colour and colour[1] and not node.important):
            colour = tinycss2.serialize(node.value).strip(), node.important
        elif name in {"background", "background-color", "background-image"}:
            value = tinycss2.serialize(node.value).strip()
            if background and name != "background":  # one has the colour, the other the picture
                value = (
                    f"{background[0]} {value}" if name == "background-image" else f"{value} {background[0]}"
                )
            if not (background and background[1] and not node.important):
                background = value, node.important
    return Declared(colour, background) if colour or background else None


def _hints(tag: str, attributes: Mapping[str, str | None]) -> tuple[Declared, ...]:
    colour = attributes.get("color") if tag == "font" else attributes.get("text") if tag == "body" else None
    background = attributes.get("bgcolor")
    picture = attributes.get("background")
    if picture and picture.startswith("data:"):
        background = f"{background or ''} url({picture})"
    if not colour and not background:
        return ()
    return (
        Declared(
            (hex_colour(colour), False) if colour else None,
            (hex_colour(background), False) if background else None,
        ),
    )


def hex_colour(value: str) -> str:
    """A colour of an attribute, which may be hexadecimal without its sign."""
    value = value.strip()
    return f"#{value}" if _HEX.fullmatch(value) else value


def _paint_over(value: str, behind: Rgb | None) -> Rgb | None:
    """The background after another one is painted over it."""
    kind = _background(value)
    if kind == _PICTURE:
        return None
    return behind if kind is None or isinstance(kind, str) else _over(kind, behind or WHITE)


@lru_cache(maxsize=2048)
def _background(value: str) -> tuple[float, float, float, float] | str | None:
    if "url(data:" in value or 'url("data:' in value:
        return _PICTURE
    gradient = mean_of_gradient(value)
    if gradient:
        return _rgba(gradient)
    for token in tinycss2.parse_component_value_list(value):
        rgba = _colour_of(token)
        if rgba is not None:
            return rgba
    return None


@lru_cache(maxsize=2048)
def _rgba(value: str) -> tuple[float, float, float, float] | None:
    tokens = [
        t for t in tinycss2.parse_component_value_list(value) if t.type not in {"whitespace", "comment"}
    ]
    return _colour_of(tokens[0]) if len(tokens) == 1 else None


def _colour_of(token: Node) -> tuple[float, float, float, float] | None:
    if token.type not in {"ident", "hash", "function"}:
        return None
    colour = tinycss2.color4.parse_color(token)
    if colour is None or isinstance(colour, str):
        return None
    red, green, blue = (min(max(part or 0.0, 0.0), 1.0) for part in colour.to("srgb").coordinates)
    return red, green, blue, min(max(colour.alpha, 0.0), 1.0)


def _over(colour: tuple[float, float, float, float], behind: Rgb) -> Rgb:
    alpha = colour[3]
    red, green, blue = (
        front * alpha + back * (1 - alpha) for front, back in zip(colour[:3], behind, strict=True)
    )
    return red, green, blue
