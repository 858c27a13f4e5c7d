"""Load torch's native libraries without holding the interpreter, so that a window can be built meanwhile."""

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path

SUFFIXES = {"linux": "so", "darwin": "dylib"}
LIBRARIES = (("libtorch_global_deps", os.RTLD_GLOBAL), ("libtorch_cpu", os.RTLD_LOCAL))
"""In torch's own order and with its own flags (torch/__init__.py); the second makes a fifth of the import."""


def load_native_libraries() -> None:
    """Load what `import torch` would load first; it then finds the libraries in memory.

    An import holds the interpreter lock while the system maps a library, relocates it and runs its static
    constructors, 0.2 to 0.3 s for libtorch_cpu, in which no window answers. A foreign call does not hold it.
    What cannot be loaded so, on any system, is left to the import, which says what is wrong.
    """
    suffix, spec = SUFFIXES.get(sys.platform), find_spec("torch")
    if suffix is None or spec is None or spec.origin is None or "torch" in sys.modules:
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    for name, flags in LIBRARIES:
        path = Path(spec.origin).parent / "lib" / f"{name}.{suffix}"
        if path.is_file():
            dlopen(os.fsencode(path), flags | os.RTLD_LAZY)
