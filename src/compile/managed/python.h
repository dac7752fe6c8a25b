/* What the project's modules import as "py". */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
/* Before Python 3.12 the types of members are declared apart. */
#include <structmember.h>
