"""Makes MIME messages of both product families, with the header fields that mail servers add."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from . import mime, pictures
from .dice import Dice, mail_date
from .letters import Letter, Shop, Tracker, html, plain
from .shapes import Person, Sent


class Mailer:
    """Makes the messages of one shop to one person; numbers and hashes follow from the seed."""

    def __init__(self, shop: Shop, person: Person, mailbox_name: str, seed: str, first: int = 0) -> None:
        self.shop = shop
        self.person = person
        self.name = mailbox_name
        self.dice = Dice(seed)
        self._numbers = {"publisher": 802300 + first, "suite": 783001 + first}
        self._mailings = {"publisher": 42001 + first // 7, "suite": 466 + first // 9}
        self._link_id = 3100
        dice = Dice(f"{seed} logo")
        accent, dark, light = (tuple(bytes.fromhex(colour[1:])) for colour in shop.colours)
        self.palette = [(255, 255, 255), accent, dark, light]
        drawing = pictures.logo_drawing(160, 48, dice.below(20))
        self.logo = pictures.gif(160, 48, self.palette, drawing)

    def picture(self, number: int) -> tuple[bytes, str, str]:
        """A product's picture (content, media type, name): PNG, GIF or JPEG by number."""
        accent, dark, light = self.palette[1:]
        wall = tuple(255 - (255 - part) * 2 // 3 for part in light)
        colours = [wall, light, accent, dark]
        style = number % 3
        if style == 0:
            return (
                pictures.jpeg(31, 21, colours, pictures.product_drawing(31, 21, number)),
                "image/jpeg",
                "jpg",
            )
        drawing = pictures.product_drawing(124, 83, number)
        if style == 1:
            return pictures.gif(124, 83, colours, drawing), "image/gif", "gif"
        return pictures.png(124, 83, colours, drawing), "image/png", "png"

    def send(
        self,
        family: str,
        at: datetime,
        letter: Letter,
        *,
        tags: Sequence[str] = (),
        attached: Sequence[mime.Part] = (),
        calendar: str = "",
        related: bool = False,
        encoding: str = "quoted-printable",
        charset: str = "utf-8",
        newline: str = "\r\n",
        words: str = "Q",
        only_text: bool = False,
        template: int = 0,
        links: Sequence[str] = (),
        extra: Sequence[tuple[str, str]] = (),
    ) -> Sent:
        """Make one message, with the header fields, links and pixel added by Copernica and mail servers."""
        dice, shop, person = self.dice, self.shop, self.person
        number = self._numbers[family] = self._numbers[family] + dice.between(40, 900)
        mailing = self._mailings[family] = self._mailings[family] + dice.between(1, 9)
        token = dice.hexadecimal(32) if family == "publisher" else dice.base36(16)
        self._link_id += 40
        tracker = Tracker(
            host=f"link.{shop.domain}",
            hash=token,
            first_id=self._link_id,
            web=f"https://link.{shop.domain}/w/{token}",
            unsubscribe=f"https://www.{shop.domain}/{shop.words.language}/u?profile={person.profile}&code={person.secret}",
            preferences=f"https://www.{shop.domain}/{shop.words.language}/p?profile={person.profile}&code={person.secret}",
        )
        body = self._body(
            letter,
            tracker,
            attached,
            calendar,
            related=related,
            encoding=encoding,
            charset=charset,
            only_text=only_text,
        )
        tracker.authored += [
            (self._link_id + 30, "{webversion}", ""),
            (self._link_id + 31, "{unsubscribe}", ""),
            *((self._link_id + 32 + i, link, "") for i, link in enumerate(links)),
        ]
        message = mime.Message(
            body,
            self._fields(
                family=family,
                at=at,
                letter=letter,
                token=token,
                mailing=mailing,
                tracker=tracker,
                words=words,
                extra=extra,
            ),
        )
        return Sent(
            family="publisher" if family == "publisher" else "suite",
            hash=token,
            number=number,
            mailing=mailing,
            template=template or (579 if family == "suite" else 620),
            document=0 if family == "suite" else 1140 + len(letter.subject) % 30,
            group=0 if family == "suite" else 1400 + mailing % 100,
            at=at,
            subject=letter.subject,
            mime=message.text(newline),
            tags=tuple(tags),
            links=tracker.authored,
        )

    def _fields(
        self,
        *,
        family: str,
        at: datetime,
        letter: Letter,
        token: str,
        mailing: int,
        tracker: Tracker,
        words: str,
        extra: Sequence[tuple[str, str]],
    ) -> list[tuple[str, str]]:
        dice, shop, person = self.dice, self.shop, self.person
        ip = f"198.51.100.{dice.between(2, 250)}"
        bounce = f"bounce-{token[:12]}@{shop.mail_domain}"
        selector = "pub1" if family == "publisher" else "ms2"
        signature = "\n\t ".join(dice.base64(344)[i : i + 66] for i in range(0, 344, 66))
        fields = [
            ("Return-Path", f"<{bounce}>"),
            (
                "Received",
                f"from out{dice.between(1, 9)}.{shop.mail_domain} ({ip})\n\tby mx.{person.address.rpartition('@')[2]} with "
                f"ESMTPS id {dice.hexadecimal(12).upper()}\n\tfor <{person.address}>; {mail_date(at + timedelta(seconds=2))}",
            ),
            (
                "DKIM-Signature",
                f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={shop.mail_domain};\n\ts={selector}; t=1; "
                "h=From:To:Subject:Date:Message-ID:List-Unsubscribe:MIME-Version:\n\t Content-Type; "
                f"bh={dice.base64(44)};\n\tb={signature}",
            ),
            ("Date", mail_date(at)),
            ("From", mime.mailbox(shop.name, f"post@{shop.domain}")),
            (
                "Reply-To",
                f"hallo@{shop.domain}" if words == "Q" else mime.mailbox(shop.sender, f"hallo@{shop.domain}"),
            ),
            ("To", mime.mailbox(self.name, person.address)),
            ("Subject", _subject(letter.subject, words)),
            ("Message-ID", f"<{token}@{shop.mail_domain}>"),
        ]
        if letter.products:
            fields += [
                (
                    "List-Unsubscribe",
                    f"<mailto:leave-{token}@{shop.mail_domain}?subject=unsubscribe>,\n <{tracker.unsubscribe}>",
                ),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                ("Feedback-ID", f"{mailing}:{person.database}:{selector}:copernica"),
                ("Precedence", "bulk"),
            ]
        fields += [("X-Mailer", "Publisher") if family == "publisher" else ("X-MessageID", token), *extra]
        return [*fields, ("MIME-Version", "1.0")]

    def _body(
        self,
        letter: Letter,
        tracker: Tracker,
        attached: Sequence[mime.Part],
        calendar: str,
        *,
        related: bool,
        encoding: str,
        charset: str,
        only_text: bool,
    ) -> mime.Part:
        dice, shop = self.dice, self.shop
        edge = f"=_{dice.hexadecimal(24)}"
        inline: list[mime.Part] = []
        if only_text:
            return mime.text_part(plain(shop, letter, tracker), charset=charset, encoding=encoding)
        if related:
            logo = f"logo.{dice.hexadecimal(8)}@{shop.domain}"
            inline.append(mime.file_part(self.logo, "image/gif", "logo.gif", logo))
            places = []
            for number in range(len(letter.products)):
                if number < 3:
                    content, kind, ending = self.picture(number + len(letter.heading))
                    cid = f"p{number}.{dice.hexadecimal(8)}@{shop.domain}"
                    inline.append(mime.file_part(content, kind, f"product-{number + 1}.{ending}", cid))
                    places.append(f"cid:{cid}")
                else:
                    places.append(f"https://beeld.{shop.domain}/p/{dice.hexadecimal(10)}.jpg")
            page = html(shop, letter, tracker, f"cid:{logo}", places)
        else:
            places = [f"https://beeld.{shop.domain}/p/{dice.hexadecimal(10)}.jpg" for _ in letter.products]
            page = html(shop, letter, tracker, f"https://beeld.{shop.domain}/logo@2x.png", places)
        if charset != "utf-8":
            page = page.replace("charset=utf-8", f"charset={charset}")
        shown = mime.text_part(page, "html", charset, encoding)
        if inline:
            shown = mime.multipart("related", [shown, *inline], f"{edge}_rel", extra='; type="text/html"')
        text = mime.text_part(plain(shop, letter, tracker), charset=charset, encoding="quoted-printable")
        versions = [text, shown]
        if calendar:
            versions.append(
                mime.Part(
                    (
                        ("Content-Type", "text/calendar; charset=utf-8; method=REQUEST"),
                        ("Content-Transfer-Encoding", "quoted-printable"),
                    ),
                    mime.text_part(calendar).body,
                )
            )
        whole = mime.multipart("alternative", versions, f"{edge}_alt")
        if attached:
            whole = mime.multipart("mixed", [whole, *attached], f"{edge}_mix")
        return whole


def _subject(text: str, words: str) -> str:
    if not text.isascii():
        return mime.word(text, words)
    if len(text) < 66:
        return text
    cut = text.rfind(" ", 0, 66)
    return f"{text[:cut]}\n {text[cut + 1 :]}"
