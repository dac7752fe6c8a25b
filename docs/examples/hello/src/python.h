/* What native.zig imports as "py": the full C API. */
#define PY_SSIZE_T_CLEAN
/* Zig 0.17.1 crashes on the C11 atomics that Python 3.13 would else choose for macOS. */
#define _Py_USE_GCC_BUILTIN_ATOMICS 1
/* Zig 0.16 and later refuse the alignment that Python 3.15 would else ask for; it has no effect there. */
#define _Py_ALIGNED_DEF(N, T) T
#include <Python.h>
