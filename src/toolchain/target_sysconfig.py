"""Lets this interpreter answer sysconfig's questions for the platform that is being built for.

Loaded at start-up through a .pth file, so that it works with -I and -E as well; target.json beside
it holds the answers. Nothing happens until sysconfig or distutils is imported.

What is answered: get_config_var(s), get_path(s) for the headers, get_platform,
get_config_h_filename, `python -m sysconfig`, `python3-config`, and the same of distutils, be it
Python's own (until 3.11) or setuptools'. What is not: sys.platform, os.name, platform.*, because the interpreter itself
runs here.
"""
import sys
from _frozen_importlib_external import PathFinder

_data = None


def data():
    """The answers: {"platform": …, "include": …, "vars": {…}, "site": […]}."""
    global _data
    if _data is None:
        import json
        import os
        with open(os.path.join(os.path.dirname(__file__), "target.json"), encoding="utf-8") as file:
            _data = json.load(file)
    return _data


# What sysconfig knows about the running interpreter itself, apart from how it was built.
KEPT = (
    "prefix", "exec_prefix", "base", "platbase", "installed_base", "installed_platbase", "userbase",
    "projectbase", "platlibdir", "srcdir", "py_version", "py_version_short", "py_version_nodot",
    "py_version_nodot_plat", "abiflags", "abi_thread", "implementation", "implementation_lower",
    "BINDIR", "BINLIBDEST", "LIBDEST", "DESTSHARED", "SCRIPTDIR", "TZPATH", "EXE",
)


def replace_config_vars(module, original):
    cache = {}

    def get_config_vars(*names):
        if not cache:
            host = original()
            cache.update((name, host[name]) for name in KEPT if name in host)
            cache.update(data()["vars"])
        return [cache.get(name) for name in names] if names else cache

    def get_config_var(name):
        return get_config_vars().get(name)

    module["get_config_vars"] = get_config_vars
    module["get_config_var"] = get_config_var


def patch_sysconfig(module):
    replace_config_vars(module, module["get_config_vars"])
    get_paths = module["get_paths"]

    def target_get_paths(*args, **kwargs):
        paths = dict(get_paths(*args, **kwargs))
        # Whoever gives variables of his own asks about another place than this one.
        if len(args) < 2 and not kwargs.get("vars"):
            paths["include"] = paths["platinclude"] = data()["include"]
        return paths

    def target_get_path(name, *args, **kwargs):
        return target_get_paths(*args, **kwargs)[name]

    module["get_paths"] = target_get_paths
    module["get_path"] = target_get_path
    module["get_platform"] = lambda: data()["platform"]
    module["get_config_h_filename"] = lambda: data()["config_h"]


def patch_distutils_sysconfig(module):
    replace_config_vars(module, module["get_config_vars"])
    get_python_inc = module["get_python_inc"]

    def target_get_python_inc(plat_specific=0, prefix=None):
        return get_python_inc(plat_specific, prefix) if prefix else data()["include"]

    module["get_python_inc"] = target_get_python_inc
    module["get_config_h_filename"] = lambda: data()["config_h"]


def patch_distutils_util(module):
    module["get_platform"] = module["get_host_platform"] = lambda: data()["platform"]


PATCHES = {
    "sysconfig": patch_sysconfig,
    "distutils.sysconfig": patch_distutils_sysconfig,
    "distutils.util": patch_distutils_util,
}


class Loader:
    """Loads a module as its own loader does, then patches it."""

    def __init__(self, loader, patch):
        self.loader = loader
        self.patch = patch

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        self.patch(module.__dict__)

    def get_code(self, name):
        """The code for `python -m sysconfig`, which runs a copy of the module as a program."""
        source = self.loader.get_source(name)
        if name != "sysconfig" or source is None:
            return self.loader.get_code(name)
        import ast
        tree = ast.parse(source)
        call = ast.parse("import pyz3_wheel_target; pyz3_wheel_target.patch_sysconfig(globals())")
        # Before the last statement, which starts the program.
        tree.body[-1:-1] = call.body
        return compile(tree, self.loader.get_filename(name), "exec", dont_inherit=True)


class Finder:
    """Finds the modules to be patched, wherever they are."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        patch = PATCHES.get(name)
        spec = PathFinder.find_spec(name, path, target) if patch else None
        if spec is not None and spec.loader is not None:
            spec.loader = Loader(spec.loader, patch)
        return spec


def install():
    sys.meta_path.insert(0, Finder)
    for name, patch in PATCHES.items():
        if name in sys.modules:
            patch(sys.modules[name].__dict__)
    if data()["site"]:
        import site
        for folder in data()["site"]:
            site.addsitedir(folder)


def config(options):
    """Answers as python3-config does. The interpreter provides Python's symbols: no library is named."""
    variables = data()["vars"]
    include = "-I" + data()["include"]
    answers = {
        "--prefix": sys.prefix,
        "--exec-prefix": sys.exec_prefix,
        "--includes": include,
        "--cflags": (include + " " + variables.get("CFLAGS", "")).strip(),
        "--libs": "",
        "--ldflags": "",
        "--extension-suffix": variables["EXT_SUFFIX"],
        "--abiflags": variables.get("ABIFLAGS", ""),
        "--configdir": variables.get("LIBPL", ""),
    }
    usage = "usage: python3-config [--embed] " + " ".join("[%s]" % name for name in answers)
    options = [option for option in options if option != "--embed"]
    if "--help" in options:
        return usage
    if not options or any(option not in answers for option in options):
        sys.exit(usage)
    return "\n".join(answers[option] for option in options)


if __name__ == "__main__":
    print(config(sys.argv[1:]))
