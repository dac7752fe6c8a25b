/* What the project's modules import as "py". */
#define PY_SSIZE_T_CLEAN
/* Zig 0.16 and later reject the alignment that Python 3.15 would otherwise request; it has no effect there. */
#define _Py_ALIGNED_DEF(N, T) T
#include <Python.h>
/* Before Python 3.12 the types of members are declared apart. */
#include <structmember.h>
