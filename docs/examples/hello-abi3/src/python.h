/* What native.zig imports as "py": the limited API. build.zig defines
   Py_LIMITED_API as the oldest Python that the module must run on. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
