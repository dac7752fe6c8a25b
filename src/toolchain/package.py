"""Says where a package of this Python is, without importing it: argv is its module and its distribution."""

import json
import sys
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
print(json.dumps({"package": package, "path": [path for path in sys.path if path]}))
