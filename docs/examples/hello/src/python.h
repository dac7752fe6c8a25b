/* What native.zig imports as "py": the full C API. */
#define PY_SSIZE_T_CLEAN
/* Zig 0.17.1 crashes on the C11 atomics that Python 3.13 would else choose for macOS. */
#define _Py_USE_GCC_BUILTIN_ATOMICS 1
#include <Python.h>
