"""Feed the parser of messages what atheris makes of the corpus, guided by coverage: `make fuzz` runs it.

python tests/mime/fuzz_messages.py [SECONDS]. What breaks is written to the working folder; keep it in data/.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def main(seconds: int) -> None:
    """Run until time is up, or something breaks."""
    try:
        import atheris  # type: ignore[import-not-found]
    except ImportError:
        sys.exit("no atheris here (pip install atheris): messages are fuzzed by hypothesis alone")
    with atheris.instrument_imports(include=["dsr_report.mime"]):
        from whole_messages import DATA, shown_message, whole_message

    def one(raw: bytes) -> None:
        shown_message(whole_message(raw))

    with tempfile.TemporaryDirectory(prefix="dsr-report-fuzz-") as found:
        words = Path(found) / "words"
        words.write_text(
            "".join(f'"{word}"\n' for word in WORDS.replace("\n", " ").split(" ") if word), encoding="ascii"
        )
        corpus = Path(found) / "corpus"
        corpus.mkdir()
        arguments = [f"-max_total_time={seconds}", f"-dict={words}", "-max_len=4096", "-timeout=30"]
        atheris.Setup([sys.argv[0], *arguments, "-rss_limit_mb=2048", str(corpus), str(DATA)], one)
        atheris.Fuzz()


WORDS = r"""
Content-Type: Content-Transfer-Encoding: Content-Disposition: Content-ID: Content-Location: Subject:
From: Date: MIME-Version: multipart/mixed multipart/alternative multipart/related multipart/digest
multipart/report message/rfc822 message/delivery-status text/plain text/html text/calendar boundary=
charset= name= filename= filename*= filename*0*= filename*1= base64 quoted-printable 8bit binary
x-uuencode =?utf-8?Q? =?utf-8?B? ?= utf-8 iso-8859-1 utf-16 utf-7 iso-2022-jp windows-1252
begin\x20644\x20a end \x0d\x0a\x0d\x0a \x0a\x0a \x0d\x0a-- -- cid: <html> <style> </style>
<img\x20src= <a\x20href= <table> <!-- --> &amp; url( @media \xef\xbb\xbf \x1b$B
"""

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
