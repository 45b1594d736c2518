"""Storage that files are copied to and from: folders, and all that fsspec knows (s3, gcs, abfs, memory …).

A reference is a path, or an address such as `s3://bucket/folder/export.json`. Each machine has its
credentials in its environment; none go with a reference.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dsr_report.errors import DsrReportError, FileError, MissingExtraError, UsageError, needs_extra
from dsr_report.files import private_folder, written_whole

_BLOCK = 1 << 20
_NOT_LITERAL = re.compile(r"[?#*\[\]]")
_ONE_SLASH = re.compile(r"[a-z][a-z0-9+.-]+:(?!//)", re.IGNORECASE)


def below(folder: str, name: str) -> str:
    """The reference of a file in a folder."""
    return f"{folder.rstrip('/')}/{name}"


def check_place(folder: str) -> None:
    """Write a file to a folder, and remove it again.

    Raises:
        UsageError: the kind of storage is unknown, or its address cannot be used: it names no bucket, holds
            a password or wildcards.
        FileError: it cannot be written to.
    """
    _check_address(folder)
    probe = below(folder, ".dsr-report-probe")
    with _told(folder, where=f"--storage {folder}"):
        _write(probe, b"")
        remove_file(probe)


def _check_address(folder: str) -> None:
    parts = urlsplit(folder)
    local = local_path(folder)
    if parts.password:
        raise UsageError(
            "the storage's address holds a password, which would travel to the workers",
            where="--storage",
            hint="Give it to each machine by its environment or its role.",
        )
    if "://" in folder and _NOT_LITERAL.search(folder):
        raise UsageError(
            "the storage address contains ? # * [ or ], which have a special meaning there",
            where="--storage",
            hint="Name a bucket and a folder, such as s3://bucket/folder; put settings into the environment.",
        )
    if (
        _ONE_SLASH.match(folder)
        or ("://" in folder and not (parts.netloc or parts.path.strip("/")))
        or (local is not None and "://" in folder and parts.netloc not in {"", "localhost"})
    ):
        raise UsageError(
            "this address is not complete",
            where=f"--storage {folder}",
            hint="Give one such as s3://bucket/folder or file:///mnt/folder.",
        )


def try_place(folder: str, probe: str, content: bytes) -> str:
    """Return why this machine cannot use a folder into which another one put a file; empty if it can."""
    own = below(folder, f"probe-{secrets.token_hex(8)}")
    try:
        with _told(folder):
            with _open(probe, "rb") as file:
                if file.read() != content:
                    return "it finds another file there"
            _write(own, b"")
            remove_file(own)
    except DsrReportError as error:
        return error.what
    return ""


def copy_here(reference: str, target: Path) -> str:
    """Copy a file from storage to a private local one; returns its SHA-256.

    Raises:
        FileError: it is not there, or cannot be read or written.
    """
    digest = hashlib.sha256()
    told = _told(reference)
    with told, _open(reference, "rb") as source, written_whole(target) as copy:
        while True:
            with told:  # errors of the storage are not errors of the target
                block = source.read(_BLOCK)
            if not block:
                break
            digest.update(block)
            copy.write(block)
    return digest.hexdigest()


def copy_there(source: Path, reference: str) -> None:
    """Copy a local file to storage, whole.

    Raises:
        FileError: it cannot be written there.
    """
    with _told(reference), source.open("rb") as file, _created(reference) as copy:
        shutil.copyfileobj(file, copy, _BLOCK)


def is_there(reference: str) -> bool:
    """Whether a file is in storage.

    Raises:
        FileError: the storage cannot be used.
    """
    with _told(reference):
        system, path = _system(reference)
        return bool(system.exists(path))


def remove_file(reference: str) -> None:
    """Remove one file, in one call; nothing happens where it is not there."""
    system, path = _system(reference)
    with suppress(FileNotFoundError):
        system.rm_file(path)


def remove(reference: str) -> None:
    """Remove a file, or a folder with all that is in it; nothing happens where it is not there."""
    system, path = _system(reference)
    with suppress(FileNotFoundError):
        system.rm(path, recursive=True)


def local_path(reference: str) -> Path | None:
    """The path that a reference names on this machine; None where it is elsewhere."""
    if "://" not in reference:
        return Path(reference)
    parts = urlsplit(reference)
    return Path(unquote(parts.path)) if parts.scheme in {"file", "local"} else None


def _write(reference: str, content: bytes) -> None:
    with _created(reference) as file:
        file.write(content)


@contextmanager
def _created(reference: str) -> Iterator[Any]:
    """A new file, which is there when it is whole: object stores see to that themselves."""
    local = local_path(reference)
    if local is not None:
        private_folder(local.parent)
    with _open(reference, "wb") if local is None else written_whole(local) as file:
        yield file


def _open(reference: str, mode: str) -> Any:
    local = local_path(reference)
    if local is not None:
        return local.open(mode)
    system, path = _system(reference)
    return system.open(path, mode)


def _system(reference: str) -> tuple[Any, str]:
    """The file system of a reference, and the path in it."""
    with needs_extra("shared storage needs fsspec", "dask"):
        core = importlib.import_module("fsspec.core")
    local = local_path(reference)
    try:
        system, path = core.url_to_fs(str(local.absolute()) if local else reference)
    except ImportError as error:
        raise MissingExtraError(
            "the library for this kind of storage is not installed",
            where=_kind(reference),
            hint="For s3:// that is s3fs, for gs:// gcsfs, for abfs:// adlfs; the workers need it too.",
        ) from error
    except ValueError as error:
        raise UsageError("there is no such kind of storage", where=_kind(reference)) from error
    system.invalidate_cache()  # other machines write there, too: cached listings are stale
    return system, str(path)


def _kind(reference: str) -> str:
    return f"{reference.split('://', 1)[0]}://" if "://" in reference else "--storage"


class _told:  # noqa: N801 - reads as a statement: `with _told(where)`
    """Translates errors of storages to one that names the kind of storage, not its content."""

    def __init__(self, reference: str, *, where: str | None = None) -> None:
        self._where = where or _kind(reference)

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        known = (FileError, UsageError, MissingExtraError)
        if error is None or isinstance(error, known) or not isinstance(error, Exception):
            return
        raise FileError(
            f"the shared storage cannot be used: {_reason(error)}",
            where=self._where,
            hint="Can this machine and each worker read, write and remove there?",
        ) from error


def _reason(error: Exception) -> str:
    """The reason of a storage's failure, by the type of the error: its text could quote a file name."""
    name = type(error).__name__
    if "Credential" in name:
        text = "no credentials were found in the environment"
    elif isinstance(error, PermissionError):
        text = "the credentials are refused, or may not do this"
    elif isinstance(error, FileNotFoundError):
        text = "there is no such bucket, folder or file"
    elif isinstance(error, ConnectionError | TimeoutError) or re.search("Connect|Timeout", name):
        text = "it cannot be reached"
    else:
        return name
    return f"{text} ({name})"
