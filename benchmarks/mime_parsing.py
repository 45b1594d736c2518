"""Fully parsed messages per second: our parser, and the standard library with both of its policies.

    python benchmarks/mime_parsing.py [messages]

Newsletters of 66 kB on average (text, HTML, inline picture); every header field and every body decoded.
The three alternate for three rounds; the results are medians.
"""

from __future__ import annotations

import base64
import email
import email.policy
import random
import statistics
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage

from dsr_report.mime.message import parse

OURS = "dsr-report"
WORDS = (
    "de een korting nieuw lente zomer collectie vandaag gratis café señor größe €10 order hello shoes".split()
)


def newsletter(seed: int) -> bytes:
    """One message with the fields, tables and tracking links that newsletters have."""
    dice = random.Random(seed)  # noqa: S311 - a benchmark needs the same data every time

    def prose(words: int) -> str:
        return " ".join(dice.choice(WORDS) for _ in range(words))

    rows = "".join(
        '<tr><td style="padding:10px 20px;font:14px Arial,sans-serif" width="300" valign="top">'
        f'<a href="https://click.example.org/r/{dice.getrandbits(96):024x}'
        f'?utm_source=mail&amp;id={dice.getrandbits(64):x}">'
        f'<img src="https://img.example.org/p/{number}.jpg" alt="{prose(3)}" width="280" height="200" border="0"></a>'  # noqa: E501 - markup as it comes
        f"<h2>{prose(5)}</h2><p>{prose(60)}</p></td></tr>"
        for number in range(dice.randint(30, 70))
    )
    message = EmailMessage()
    message["From"] = "Webshop Größe <news@example.org>"
    message["To"] = "Jan <jan@example.org>"
    message["Subject"] = f"Nieuwsbrief {seed}: korting op café €10"
    message["Date"] = "Mon, 06 Jan 2020 14:19:51 +0100"
    message["Message-ID"] = f"<{seed}@example.org>"
    message["List-Unsubscribe"] = "<https://example.org/u/1>"
    for hop in range(3):
        message["Received"] = f"from a{hop}.example.org by b.example.org; Mon, 6 Jan 2020 14:19:5{hop} +0100"
    message["DKIM-Signature"] = (
        "v=1; a=rsa-sha256; d=example.org; b=" + base64.b64encode(dice.randbytes(128)).decode()
    )
    message.set_content(prose(400), cte="quoted-printable")
    html = f"<html><head><style>.x{{color:red}}</style></head><body><table width=600>{rows}</table></body></html>"  # noqa: E501 - markup as it comes
    message.add_alternative(html, subtype="html", cte="base64" if seed % 8 == 0 else "quoted-printable")
    message.get_payload()[1].add_related(
        dice.randbytes(dice.randint(4_000, 12_000)), "image", "png", cid="<logo@x>"
    )
    return message.as_bytes(policy=email.policy.SMTP)


def with_ours(raw: bytes) -> None:
    """Parse a message completely with our parser, including its defects."""
    message = parse(raw)
    _ = message.defects
    for part in message.walk():
        if not part.is_container:
            _ = part.text if part.media_type.startswith("text/") else part.content


def with_stdlib(policy: email.policy.Policy) -> Callable[[bytes], None]:
    """Return a function that parses a message completely with `email` and this policy."""

    def parse_all(raw: bytes) -> None:
        for part in email.message_from_bytes(raw, policy=policy).walk():
            _ = [str(value) for value in part.values()], part.get_filename(), part.defects
            if not part.is_multipart():
                content = part.get_payload(decode=True)
                if part.get_content_maintype() == "text":
                    content.decode(part.get_content_charset("utf-8"), "replace")

    return parse_all


def rates(count: int, rounds: int = 3) -> dict[str, float]:
    """Messages per second of each parser: medians of rounds in which they alternate."""
    messages = [newsletter(seed) for seed in range(count)]
    ways = {
        OURS: with_ours,
        "policy.default": with_stdlib(email.policy.default),
        "compat32": with_stdlib(email.policy.compat32),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            for raw in messages:
                way(raw)
            found[name].append(count / (time.perf_counter() - began))
    return {name: statistics.median(values) for name, values in found.items()}


def main() -> None:
    """Measure and print."""
    found = rates(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    for name, rate in found.items():
        print(f"{name:16} {rate:8.0f} messages/s   ours is {found[OURS] / rate:4.1f} × as fast")


if __name__ == "__main__":
    main()
