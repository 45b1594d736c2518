"""Sources of the API token, and a type that never shows it."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from dsr_report.errors import AuthError, MissingExtraError
from dsr_report.sentences import Sentence, reason_of

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_log = logging.getLogger(__name__)
SERVICE = "dsr-report"
USER = "copernica"


class Secret:
    """A secret text that `reveal()` alone returns; neither printing nor logging shows it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be written down")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)


def find_token(environment: Mapping[str, str] | None = None) -> Secret:
    """The API token: `COPERNICA_TOKEN`, the file named by `COPERNICA_TOKEN_FILE`, or the system's keyring.

    Raises:
        AuthError: there is none, or the file can be read by others.
    """
    env = os.environ if environment is None else environment
    if token := env.get("COPERNICA_TOKEN", "").strip():
        return Secret(token)
    if file := env.get("COPERNICA_TOKEN_FILE"):
        return _from_file(Path(file))
    stored = _from_keyring()
    if stored:
        return stored
    raise AuthError(
        "no API token was found",
        hint="Create one in Copernica's dashboard, and set COPERNICA_TOKEN or run `dsr-report login`.",
    )


def _from_file(path: Path) -> Secret:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise AuthError(
            Sentence("the token file is unreadable ({reason})", reason=reason_of(error)), where=str(path)
        ) from error
    except UnicodeDecodeError:
        raise AuthError("the token file is not a text file", where=str(path)) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise AuthError("others can read the token file", where=str(path), hint="Run: chmod 600 FILE")
    if not text:
        raise AuthError("the token file is empty", where=str(path))
    return Secret(text)


def _from_keyring() -> Secret | None:
    try:
        stored = _keyring().get_password(SERVICE, USER)
    except (MissingExtraError, AuthError):
        return None
    except Exception as error:  # noqa: BLE001 - backends raise whatever their system raises
        _log.info("the keyring cannot be read (%s)", type(error).__name__)
        return None
    return Secret(stored) if stored else None


def store_token(token: Secret) -> str:
    """Keep the token in the operating system's keyring; returns the keyring's name.

    Raises:
        MissingExtraError: the extra `keyring` is not installed.
        AuthError: there is no keyring, or it is locked.
    """
    ring = _keyring()
    try:
        ring.set_password(SERVICE, USER, token.reveal())
    except Exception as error:  # noqa: BLE001 - backends raise whatever their system raises
        raise AuthError(
            Sentence("the keyring did not store the token ({error})", error=type(error).__name__),
            hint="Unlock it, or keep the token in a private file with --file.",
        ) from None
    return ring.name


def forget_token() -> bool:
    """Remove the token from the keyring; returns whether there was one.

    Raises:
        MissingExtraError: the extra `keyring` is not installed.
        AuthError: there is no keyring, or it is locked.
    """
    ring = _keyring()
    try:
        if ring.get_password(SERVICE, USER) is None:
            return False
        ring.delete_password(SERVICE, USER)
    except Exception as error:  # noqa: BLE001 - backends raise whatever their system raises
        raise AuthError(
            Sentence("the keyring did not delete the token ({error})", error=type(error).__name__),
            hint="Unlock it.",
        ) from None
    return True


def _keyring() -> KeyringBackend:
    try:
        import keyring  # noqa: PLC0415 - an optional extra
        from keyring.backends.fail import Keyring as Nowhere  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError(
            "the keyring needs the extra 'keyring'",
            hint="Run: pip install 'dsr-report[keyring]', or keep the token in a private file with --file.",
        ) from None
    ring = keyring.get_keyring()
    if isinstance(ring, Nowhere):
        raise AuthError("this machine has no keyring", hint="Keep the token in a private file with --file.")
    return ring
