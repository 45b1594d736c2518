"""Caches the parsed C declarations of WeasyPrint on disk for the next process.

Replaces `cffi.FFI` while WeasyPrint is imported. WeasyPrint declares functions of Pango and HarfBuzz in C,
which cffi parses in each process: 0.12 of the 0.35 s of CPU time for an import of WeasyPrint. cffi can also
write the parsed declarations as a Python module (https://cffi.readthedocs.io/en/stable/cdef.html,
"out-of-line, ABI level"). The cache is in the folder of our compiled modules. It is omitted where Python is
told not to write compiled modules, or cannot write them.
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
    """Import WeasyPrint with cached declarations."""
    cffi.FFI = _Declarations
    try:
        import weasyprint  # noqa: F401, PLC0415 - only now are its declarations kept
    finally:
        cffi.FFI = _FFI


class _Declarations:
    """Stand-in for `cffi.FFI` with the part that WeasyPrint uses: one declaration, then calls."""

    def cdef(self, source: str) -> None:
        """Load the declarations in C."""
        found = _declared(source)
        self.__dict__ |= {name: getattr(found, name) for name in dir(found) if not name.startswith("_")}


def _declared(source: str) -> Any:
    key = hashlib.sha256(f"{cffi.__version__}\0{source}".encode()).hexdigest()
    kept = Path(cache_from_source(__file__)).with_name(f"weasyprint-{key[:32]}.py")
    with suppress(OSError, SyntaxError, ValueError, KeyError):  # no cache yet, or one truncated by a crash
        return runpy.run_path(str(kept))["ffi"]
    parsed = _FFI()
    parsed.cdef(source)
    if not sys.dont_write_bytecode:
        parsed.set_source("weasyprint_declarations", None)
        with suppress(OSError), redirect_stdout(io.StringIO()):  # cffi prints what it writes
            kept.parent.mkdir(parents=True, exist_ok=True)
            parsed.emit_python_code(str(kept))  # cffi writes a neighbour and renames it
    return parsed
