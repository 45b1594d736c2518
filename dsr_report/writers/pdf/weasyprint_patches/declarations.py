"""The C declarations of WeasyPrint, read once and kept for the next process.

Replaces `cffi.FFI` while WeasyPrint is imported. WeasyPrint declares what it calls of Pango and HarfBuzz in
C, which cffi parses in each process: 0.12 of the 0.35 s of CPU that an import of WeasyPrint takes. cffi can
also write what it parsed as a Python module (https://cffi.readthedocs.io/en/stable/cdef.html, "out-of-line,
ABI level"). It is kept where Python keeps our compiled modules, and is not where Python is told to keep
none, or must not write.
"""

from __future__ import annotations

import hashlib
import io
import runpy
import sys
from contextlib import redirect_stdout, suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import cffi

_FFI = cffi.FFI


def import_weasyprint() -> None:
    """Import WeasyPrint, with declarations that are kept."""
    cffi.FFI = _Declarations
    try:
        import weasyprint  # noqa: F401, PLC0415 - only now are its declarations kept
    finally:
        cffi.FFI = _FFI


class _Declarations:
    """What `cffi.FFI()` is to WeasyPrint: it declares once, and then calls."""

    def cdef(self, source: str) -> None:
        """Declare what is written in C."""
        found = _declared(source)
        self.__dict__ |= {name: getattr(found, name) for name in dir(found) if not name.startswith("_")}


def _declared(source: str) -> Any:
    key = hashlib.sha256(f"{cffi.__version__}\0{source}".encode()).hexdigest()
    kept = Path(cache_from_source(__file__)).with_name(f"weasyprint-{key[:32]}.py")
    with suppress(OSError, SyntaxError, ValueError, KeyError):  # there is none yet, or one cut off by a crash
        return runpy.run_path(str(kept))["ffi"]
    parsed = _FFI()
    parsed.cdef(source)
    if not sys.dont_write_bytecode:
        parsed.set_source("weasyprint_declarations", None)
        with suppress(OSError), redirect_stdout(io.StringIO()):  # cffi says what it writes
            kept.parent.mkdir(parents=True, exist_ok=True)
            parsed.emit_python_code(str(kept))  # written beside, then put in place
    return parsed
