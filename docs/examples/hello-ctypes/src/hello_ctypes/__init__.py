"""A greeting and a checksum, computed by a Zig library that ctypes loads."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

__all__ = ["adler32", "greet"]


def _load() -> ctypes.CDLL:
    """Load the library that lies beside this file, under the name Zig gave it."""
    if sys.platform == "win32":
        name = "hello_ctypes.dll"
    elif sys.platform == "darwin":
        name = "libhello_ctypes.dylib"
    else:
        name = "libhello_ctypes.so"
    library = ctypes.CDLL(str(Path(__file__).with_name(name)))

    library.hello_ctypes_adler32.argtypes = [ctypes.c_uint32, ctypes.c_char_p, ctypes.c_size_t]
    library.hello_ctypes_adler32.restype = ctypes.c_uint32
    library.hello_ctypes_greet.argtypes = [
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_char_p,
        ctypes.c_size_t,
    ]
    library.hello_ctypes_greet.restype = ctypes.c_size_t
    return library


_library = _load()


def adler32(data: bytes, start: int = 1) -> int:
    """Return the Adler-32 checksum of ``data``, continuing the checksum ``start``."""
    checksum: int = _library.hello_ctypes_adler32(start, data, len(data))
    return checksum


def greet(name: str) -> str:
    """Return a greeting for the person called ``name``."""
    encoded = name.encode()
    size = _library.hello_ctypes_greet(encoded, len(encoded), None, 0)
    buffer = ctypes.create_string_buffer(size)
    _library.hello_ctypes_greet(encoded, len(encoded), buffer, size)
    return buffer.raw.decode()
