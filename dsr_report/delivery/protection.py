"""A password-protected copy of a disclosure for delivery, with a passphrase that people can type.

PDF: AES-256 (revision 6), metadata encrypted, extraction for accessibility allowed. The copy is no PDF/A:
that forbids encryption; the archived disclosure stays as it is. ZIP: WinZip AES-256.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pikepdf

from dsr_report.errors import UsageError, needs_extra
from dsr_report.files import written_whole

_CONSONANTS = "bdfgklmnprstvz"
_VOWELS = "aeiou"
_GROUPS = 6


def new_passphrase(choose: Callable[[str], str] = secrets.choice) -> str:
    """A passphrase of six pronounceable groups (`bodak-…`), about 90 bits: easy to read out on the phone.

    Made of syllables rather than words of a language, so that it serves every reader alike.
    """
    return "-".join(
        "".join(choose(letters) for letters in (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS, _CONSONANTS))
        for _ in range(_GROUPS)
    )


def write_protected(source: Path, target: Path, passphrase: str) -> None:
    """Write a copy of `source` (a PDF or a ZIP) to `target`, encrypted with `passphrase`.

    Raises:
        UsageError: the file is neither.
        MissingExtraError: for a ZIP, where the library is not installed.
    """
    kind = source.suffix.lower()
    if kind == ".pdf":
        _protect_pdf(source, target, passphrase)
    elif kind == ".zip":
        _protect_zip(source, target, passphrase)
    else:
        raise UsageError(
            "only a PDF or a ZIP can be protected", where=str(source), hint="Render it as .pdf or .zip first."
        )


def _protect_pdf(source: Path, target: Path, passphrase: str) -> None:
    permissions = pikepdf.Permissions(accessibility=True, extract=True, print_highres=True, print_lowres=True)
    with pikepdf.open(source) as pdf, written_whole(target) as file:
        with pdf.open_metadata() as metadata:
            for name in ("pdfaid:part", "pdfaid:conformance"):
                if name in metadata:
                    del metadata[name]
        pdf.save(
            file,
            encryption=pikepdf.Encryption(
                owner=secrets.token_urlsafe(32),
                user=passphrase,
                R=6,
                aes=True,
                metadata=True,
                allow=permissions,
            ),
        )


def _protect_zip(source: Path, target: Path, passphrase: str) -> None:
    with needs_extra("a protected ZIP needs pyzipper", "reply"):
        import pyzipper  # noqa: PLC0415 - an optional extra
    with (
        written_whole(target) as file,
        pyzipper.AESZipFile(
            file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
        ) as archive,
    ):
        archive.setpassword(passphrase.encode("utf-8"))
        archive.writestr(source.name, source.read_bytes())
