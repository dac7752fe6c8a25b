/* What native.zig imports as "py": the full C API. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
