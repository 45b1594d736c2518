"""Newsletters and service mails as shops send them: tables, inline styles, tracked links and a pixel."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape


@dataclass(frozen=True, slots=True)
class Words:
    """The fixed texts of a template in one language."""

    language: str
    online: str
    look: str
    was: str
    tip: str
    why: str
    unsubscribe: str
    preferences: str
    privacy: str
    regards: str
    total: str
    direction: str = "ltr"


@dataclass(frozen=True, slots=True)
class Shop:
    """A sender: invented, with its domains, its colours and its wording."""

    name: str
    slogan: str
    domain: str
    sender: str
    footer: tuple[str, ...]
    colours: tuple[str, str, str]
    font: str
    words: Words
    menu: tuple[str, ...]

    @property
    def mail_domain(self) -> str:
        """The domain of its sender addresses."""
        return f"mail.{self.domain}"


@dataclass(frozen=True, slots=True)
class Product:
    """A tile of a newsletter."""

    name: str
    price: str
    text: str
    path: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """The content of one message."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    preheader: str = ""
    products: tuple[Product, ...] = ()
    button: tuple[str, str] | None = None
    tip: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()
    total: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Tracker:
    """Rewrites the links of one message to tracking links, and records the originals."""

    host: str
    hash: str
    first_id: int
    web: str
    unsubscribe: str
    preferences: str
    authored: list[tuple[int, str, str]] = field(default_factory=list)

    def link(self, authored: str, title: str) -> str:
        """Return a tracking URL for the link `authored`."""
        number = self.first_id + len(self.authored)
        self.authored.append((number, authored, title))
        return f"https://{self.host}/c/{self.hash}/{number}"

    @property
    def pixel(self) -> str:
        """The URL of the tracking pixel."""
        return f"https://{self.host}/o/{self.hash}.gif"


STYLE = """\
    body{{margin:0;padding:0;background:{light};-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%}}
    table,td{{border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt}}
    img{{border:0;display:block;outline:none;text-decoration:none;-ms-interpolation-mode:bicubic}}
    a{{color:{accent}}}
    .knop:hover{{background:{dark}!important}}
    @media only screen and (max-width:620px){{
      .romp{{width:100%!important}} .kolom{{display:block!important;width:100%!important}}
      .kop{{font-size:22px!important;line-height:28px!important}} .verberg{{display:none!important}}
    }}
    @media (prefers-color-scheme:dark){{ .vlak{{background:#1d2321!important;color:#f2f2f2!important}} }}
"""


def html(shop: Shop, letter: Letter, tracker: Tracker, logo: str, pictures: list[str]) -> str:
    """The message as HTML with table layout; `pictures` are the URLs of its products' images, in order."""
    accent, dark, light = shop.colours
    words, font = shop.words, f"font-family:{shop.font}"
    out = [
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
        ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" lang="{words.language}" dir="{words.direction}">\n<head>\n'
        '  <meta http-equiv="Content-Type" content="text/html; charset=utf-8" />\n'
        '  <meta name="viewport" content="width=device-width, initial-scale=1.0" />\n'
        f"  <title>{escape(letter.subject)}</title>\n"
        f'  <style type="text/css">\n{STYLE.format(accent=accent, dark=dark, light=light)}  </style>\n'
        "  <!--[if mso]><style>td{font-family:Arial,sans-serif!important}</style><![endif]-->\n"
        f'</head>\n<body style="margin:0;padding:0;background:{light}">\n'
        '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all;font-size:1px;color:'
        f'{light}">{escape(letter.preheader or letter.paragraphs[0])}{"&nbsp;&zwnj;" * 12}</div>\n'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" bgcolor="{light}"><tr>'
        '<td align="center" style="padding:16px 8px">\n'
        f'<p style="margin:0 0 10px;{font};font-size:11px;color:#6b6b6b">'
        f'<a href="{escape(tracker.web)}" style="color:#6b6b6b">{words.online}</a></p>\n'
        '<table role="presentation" class="romp vlak" width="600" cellpadding="0" cellspacing="0"'
        ' style="width:600px;background:#ffffff;border-radius:6px">\n'
        f'<tr><td style="padding:22px 28px 14px;border-bottom:3px solid {accent}">'
        f'<a href="{tracker.link(f"https://www.{shop.domain}/", shop.name)}">'
        f'<img src="{logo}" width="160" height="48" alt="{escape(shop.name)}" style="display:block" /></a></td></tr>\n'
    ]
    if letter.products:
        cells = "".join(
            f'<td style="padding:9px 14px"><a href="{tracker.link(f"https://www.{shop.domain}/{page.lower()}", page)}"'
            f' style="{font};font-size:12px;color:#ffffff;text-decoration:none">{escape(page)}</a></td>'
            for page in shop.menu
        )
        out.append(
            f'<tr><td bgcolor="{dark}" align="center" style="background:{dark}"><table role="presentation"><tr>{cells}</tr></table></td></tr>\n'
        )
    out.append(
        f'<tr><td style="padding:26px 28px 6px"><h1 class="kop" style="margin:0 0 14px;{font};font-size:26px;'
        f'line-height:32px;font-weight:700;color:{dark}">{escape(letter.heading)}</h1>\n'
    )
    out += [
        f'<p style="margin:0 0 14px;{font};font-size:15px;line-height:23px;color:#333333">{paragraph}</p>\n'
        for paragraph in letter.paragraphs
    ]
    out.append("</td></tr>\n")
    if letter.rows:
        out.append(_order(letter, words, font, dark))
    if letter.button:
        label, target = letter.button
        out.append(
            f'<tr><td style="padding:4px 28px 22px"><table role="presentation"><tr><td bgcolor="{accent}"'
            f' style="border-radius:4px"><a class="knop" href="{tracker.link(target, label)}" style="display:inline-'
            f"block;padding:12px 26px;{font};font-size:15px;font-weight:700;color:#ffffff;text-decoration:none;"
            f'background:{accent};border-radius:4px">{escape(label)}</a></td></tr></table></td></tr>\n'
        )
    for first in range(0, len(letter.products), 2):
        tiles = [
            _tile(shop, product, tracker, pictures[first + n], font)
            for n, product in enumerate(letter.products[first : first + 2])
        ]
        out.append(
            '<tr><td style="padding:0 20px"><table role="presentation" width="100%"><tr>\n'
            f"{''.join(tiles)}</tr></table></td></tr>\n"
        )
    if letter.tip:
        out.append(
            f'<tr><td style="padding:10px 28px 20px"><table role="presentation" width="100%"><tr><td bgcolor="{light}"'
            f' style="background:{light};padding:16px 18px;border-left:4px solid {accent};{font};font-size:14px;line-height:21px;'
            f'color:#333333"><strong>{words.tip}</strong> {letter.tip}</td></tr></table></td></tr>\n'
        )
    out.append(_footer(shop, letter, tracker, font))
    return "".join(out)


def _tile(shop: Shop, product: Product, tracker: Tracker, picture: str, font: str) -> str:
    accent, dark, light = shop.colours
    target = tracker.link(
        f"https://www.{shop.domain}/{product.path}?utm_source=mail&klant={{$profile.Klantnummer}}",
        product.name,
    )
    was = (
        f' <span style="color:#8a8a8a;font-size:13px">{shop.words.was} <s>{product.was}</s></span>'
        if product.was
        else ""
    )
    return (
        f'<td class="kolom" width="50%" valign="top" style="width:50%;padding:8px"><table role="presentation" width="100%"'
        f' style="border:1px solid #e4e4e4;border-radius:4px"><tr><td bgcolor="{light}" align="center"><a href="{target}">'
        f'<img src="{picture}" width="248" height="166" alt="{escape(product.name)}" style="width:100%;max-width:248px;'
        f'height:auto" /></a></td></tr>\n<tr><td style="padding:12px 14px;{font};font-size:14px;line-height:20px;color:#333">'
        f'<strong style="color:{dark}">{escape(product.name)}</strong><br />{escape(product.text)}<br />'
        f'<span style="font-size:16px;font-weight:700;color:{accent}">{product.price}</span>{was}<br />'
        f'<a href="{target}" style="color:{accent};font-weight:700">{shop.words.look} &rsaquo;</a></td></tr></table></td>\n'
    )


def _order(letter: Letter, words: Words, font: str, dark: str) -> str:
    cell = f"padding:8px 6px;border-bottom:1px solid #e4e4e4;{font};font-size:14px;color:#333333"
    rows = "".join(
        f'<tr><td style="{cell}" width="40" align="center">{escape(count)}&times;</td><td style="{cell}">{escape(name)}</td>'
        f'<td style="{cell}" align="right">{escape(price)}</td></tr>\n'
        for count, name, price in letter.rows
    )
    total = (
        f'<tr><td></td><td style="{cell};font-weight:700;color:{dark}">{words.total}</td>'
        f'<td style="{cell};font-weight:700;color:{dark}" align="right">{escape(letter.total)}</td></tr>\n'
        if letter.total
        else ""
    )
    notes = "".join(
        f'<p style="margin:10px 0 0;{font};font-size:13px;line-height:19px;color:#555555">{note}</p>'
        for note in letter.notes
    )
    return (
        '<tr><td style="padding:0 28px 18px"><table role="presentation" width="100%" cellspacing="0">\n'
        f"{rows}{total}</table>{notes}</td></tr>\n"
    )


def _footer(shop: Shop, letter: Letter, tracker: Tracker, font: str) -> str:
    accent, dark, _ = shop.colours
    words = shop.words
    grey = f"margin:0 0 8px;{font};font-size:11px;line-height:17px;color:#6b6b6b"
    leave = (
        f'<p style="{grey}">{words.why} <a href="{escape(tracker.preferences)}" style="color:#6b6b6b">{words.preferences}</a>'
        f' &middot; <a href="{escape(tracker.unsubscribe)}" style="color:#6b6b6b">{words.unsubscribe}</a></p>\n'
        if letter.products
        else ""
    )
    return (
        f'<tr><td style="padding:6px 28px 24px;{font};font-size:15px;line-height:23px;color:#333333">{words.regards}<br />'
        f"<strong>{escape(shop.sender)}</strong></td></tr>\n"
        f'</table>\n<table role="presentation" class="romp" width="600" style="width:600px"><tr><td align="center" '
        f'style="padding:18px 28px;border-top:1px solid {accent}">'
        f'<p style="margin:0 0 8px;{font};font-size:12px;color:{dark}"><strong>{escape(shop.name)}</strong> &middot; '
        f"{escape(shop.slogan)}</p>\n"
        f'<p style="{grey}">{"<br />".join(escape(line) for line in shop.footer)}</p>\n{leave}'
        f'<p style="{grey}"><a href="https://www.{shop.domain}/privacy" style="color:#6b6b6b">{words.privacy}</a></p>\n'
        "</td></tr></table>\n</td></tr></table>\n"
        f'<img src="{tracker.pixel}" width="1" height="1" alt="" style="display:block;width:1px;height:1px" />\n'
        "</body>\n</html>\n"
    )


def plain(shop: Shop, letter: Letter, tracker: Tracker) -> str:
    """The same message as plain text."""
    words = shop.words
    out = [
        shop.name.upper(),
        "=" * len(shop.name),
        "",
        f"{words.online}:",
        tracker.web,
        "",
        letter.heading,
        "",
    ]
    for paragraph in letter.paragraphs:
        out += [_unmarked(paragraph), ""]
    out += [f"{count} x {name}  {price}" for count, name, price in letter.rows]
    out += [f"{words.total}: {letter.total}", ""] if letter.total else []
    out += [_unmarked(note) for note in letter.notes]
    known = {title: number for number, _, title in tracker.authored}
    for product in letter.products:
        was = f" ({words.was} {product.was})" if product.was else ""
        out += [f"* {product.name} - {product.price}{was}", f"  {product.text}"]
        out += [f"  https://{tracker.host}/c/{tracker.hash}/{known.get(product.name, 0)}", ""]
    if letter.button:
        out += [
            f"{letter.button[0]}:",
            f"https://{tracker.host}/c/{tracker.hash}/{known.get(letter.button[0], 0)}",
            "",
        ]
    if letter.tip:
        out += [f"{words.tip} {_unmarked(letter.tip)}", ""]
    out += [_unmarked(words.regards), shop.sender, "", "-- ", *shop.footer]
    if letter.products:
        out += ["", f"{words.unsubscribe}: {tracker.unsubscribe}"]
    return "\n".join(out) + "\n"


def _unmarked(text: str) -> str:
    plain_text = []
    depth = 0
    for character in text:
        depth += (character == "<") - (character == ">")
        if not depth and character != ">":
            plain_text.append(character)
    return "".join(plain_text).replace("&nbsp;", " ").replace("&amp;", "&").replace("&euro;", "€")
