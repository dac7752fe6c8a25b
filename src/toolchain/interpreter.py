"""Prints what pyz3-wheel wants to know about the interpreter that runs this, as one line of JSON.

Run with -E -s -S: without the site module a virtual environment's python answers for the Python
that it was made from, and nothing that is installed there can interfere. Works on Python 2.7 too,
because an answer can be remembered, and a failure would be asked for again each time.
"""
import sys

# Before any other import: `-c` puts the current directory first, whose modules are not to be run.
sys.path[:] = [folder for folder in sys.path if folder]

import json
import os
import platform
import sysconfig

base_prefix = getattr(sys, "base_prefix", sys.prefix)


def variable(name):
    try:
        return sysconfig.get_config_var(name)
    except Exception:  # a distribution may leave out the data behind it
        return None


def include_folders():
    """Where the headers may be; a moved installation still names the place it was built for."""
    flags = getattr(sys, "abiflags", "")
    name = "python%d.%d%s" % (sys.version_info[0], sys.version_info[1], flags)
    yield sysconfig.get_path("include")
    yield sysconfig.get_path("platinclude")
    yield variable("INCLUDEPY")
    yield os.path.join(base_prefix, "include", name)
    yield os.path.join(base_prefix, "include")


release = sys.version_info
letters = {"alpha": "a", "beta": "b", "candidate": "rc", "final": ""}
patch = "%d.%d.%d" % release[:3]
if letters[release[3]]:
    patch += "%s%d" % (letters[release[3]], release[4])

print(json.dumps({
    "implementation": platform.python_implementation().lower(),
    "major": release[0],
    "minor": release[1],
    "patch": patch,
    "free_threaded": bool(variable("Py_GIL_DISABLED")),
    "debug": hasattr(sys, "gettotalrefcount"),
    "base_prefix": base_prefix,
    "base_exe": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "include": [folder for folder in include_folders() if folder],
}))
