"""Says where a package of this Python is, without importing it: argv is its module and its distribution."""

import sys

# Before any other import: `-c` puts the current directory first, whose modules are not to be run.
sys.path[:] = [folder for folder in sys.path if folder]

import json
from importlib import metadata, util

module, distribution = sys.argv[1:]
package = None
try:
    spec = util.find_spec(module)
    folders = list(spec.submodule_search_locations or ()) if spec else []
except Exception:
    folders = []
if folders:
    package = {"dir": folders[0], "version": None, "requires": []}
    try:
        found = metadata.distribution(distribution)
        package.update(version=found.version, requires=list(found.requires or ()))
    except metadata.PackageNotFoundError:
        pass
print(json.dumps({"package": package, "path": sys.path}))
