use super::*;

fn imports(files: &[(&str, &str)]) -> Imports {
    let mut imports = Imports::default();
    for (path, text) in files {
        imports.add(Some(path), path, text);
    }
    imports
}

fn modules(files: &[(&str, &str)], more: &[&str]) -> Modules {
    Modules::of(
        files
            .iter()
            .map(|(path, _)| *path)
            .chain(more.iter().copied()),
    )
}

fn homes(files: &[(&str, &str)]) -> Vec<Option<String>> {
    let homes = imports(files).homes("_core", &modules(files, &[]));
    homes.into_iter().map(|home| home.package).collect()
}

#[test]
fn every_form_of_import_tells_where_a_module_belongs() {
    for text in [
        "from ._core import answer",
        "from . import _core",
        "from . import (  # why\n    a,\n    _core as c,  # here\n)",
        "from .\\\n  _core import *",
        "import pkg._core",
        "import os, pkg._core as c",
        "from pkg import _core",
        "from pkg._core import (x)",
        "try:\n    from ._core import x\nexcept ImportError:\n    x = None",
        "if TYPE_CHECKING: from . import _core",
        "def load():\n\treturn importlib.import_module('._core', __package__)",
        "importlib.import_module(\"pkg._core\")",
        "c = importlib.import_module(__name__ + '._core')",
        "c = import_module(f'{__package__}._core')",
        "c = import_module(f\"{__name__}._core\").run()",
        "import_module('._core', package='pkg')",
        "import_module(name='x'); import_module('._core', __name__)",
        "c = __import__('pkg._core', fromlist=['x'])",
        "__import__(__package__ + '._core')",
        "\"\"\"from _core import no\n\"\"\"; from ._core import x",
    ] {
        let found = homes(&[("pkg/__init__.py", text)]);
        assert_eq!(found, [Some("pkg".to_owned())], "{text}");
    }
    for text in [
        "# from . import _core",
        "x = 'from . import _core'",
        "'''\nfrom ._core import x\n'''",
        "from .other import _core",
        "from other import _core",
        "from .. import _core",
        "import pkg.core",
        "import_module(__name__ + '._core' + suffix)",
        "import_module(f'{name}._core')",
        "import_module(f'{__package__}.{_core}')",
        "import_module('._core', 'other')",
        "__import__('_core', globals(), locals(), ['x'], 1)",
    ] {
        let found = homes(&[("pkg/__init__.py", text), ("pkg/other.py", "")]);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn the_name_of_a_file_is_that_of_its_module() {
    let found = homes(&[
        ("pkg/__init__.py", ""),
        ("pkg/load.py", "import_module(__name__ + '._core')"),
        ("pkg/other.py", "import_module(f'{__package__}._core')"),
    ]);
    assert_eq!(found, [Some("pkg".to_owned())]);
}

#[test]
fn dots_count_from_the_file() {
    let found = homes(&[
        ("pkg/__init__.py", "from .sub.load import _core"),
        ("pkg/sub/__init__.py", ""),
        ("pkg/sub/load.py", "from .. import _core"),
    ]);
    assert_eq!(found, [Some("pkg".to_owned())]);
    let found = homes(&[
        ("a/__init__.py", ""),
        ("a/b/__init__.py", "from ._core import x"),
        ("a/b/c/d.py", "from ..._core import x"),
        ("a/b/c/e.py", "from .._core import x"),
    ]);
    assert_eq!(found, [Some("a".to_owned()), Some("a.b".to_owned())]);
}

#[test]
fn imports_that_may_fail_or_mean_a_variable_count_less() {
    let found = homes(&[
        ("a/__init__.py", "from ._core import x"),
        (
            "b/__init__.py",
            "try:\n from ._core import x\nexcept ImportError: pass",
        ),
    ]);
    assert_eq!(found, [Some("a".to_owned())]);
    let found = homes(&[
        ("a/__init__.py", "from ._core import x"),
        ("a/b/__init__.py", "from . import _core"),
    ]);
    assert_eq!(found, [Some("a".to_owned())]);
    let found = homes(&[("a/__init__.py", "from _core import x")]);
    assert_eq!(found, [None]);
    // A Python file of that name is what the import means.
    let found = homes(&[
        ("a/__init__.py", "from ._core import x"),
        ("a/_core.py", ""),
    ]);
    assert!(found.is_empty());
}

fn missing(files: &[(&str, &str)], more: &[&str]) -> Vec<(String, bool)> {
    let missing = imports(files).missing(&modules(files, more));
    let missing = missing.into_iter();
    missing
        .map(|one| {
            (
                format!("{} at {}", one.module, one.place),
                one.breaks.is_some(),
            )
        })
        .collect()
}

#[test]
fn imports_that_find_nothing_are_told_with_what_they_break() {
    let found = missing(
        &[
            (
                "p/__init__.py",
                "from . import a\nfrom .b import *\nimport os, numpy\n",
            ),
            (
                "p/a.py",
                "\nfrom ._core import x\nif y:\n    from ._late import z\n",
            ),
            ("p/b.py", "from .a import q\nfrom . import _gone\n"),
            ("p/unused.py", "import p._other\nfrom p.a import anything\n"),
        ],
        &[],
    );
    let expected = [
        ("p._core at p/a.py:2", true),
        ("p._late at p/a.py:4", false),
        ("p._other at p/unused.py:1", false),
    ];
    let expected: Vec<_> = expected
        .map(|(text, breaks)| (text.to_owned(), breaks))
        .into();
    // `p` takes all names of `p.b`, of which `_gone` may be one.
    assert_eq!(found, expected);
    let native = ["p/_core.abi3.so", "p/_late.so", "p/_other.pyd"];
    let files = [(
        "p/__init__.py",
        "from ._core import x\nfrom . import _late, __version__\nimport p._other",
    )];
    assert!(missing(&files, &native).is_empty());
}

#[test]
fn what_may_be_a_variable_or_made_at_run_time_is_left_open() {
    for text in [
        "VERSION = '1'\nfrom . import VERSION",
        "def helper(): pass\nfrom . import helper",
        "from .x import helper\nfrom . import helper",
        "import numpy as helper\nfrom . import helper",
        "from .x import *\nfrom . import helper",
        "def __getattr__(name): ...\nfrom . import helper",
        "a, helper = 1, 2\nfrom p import helper",
        "try:\n  from ._core import x\nexcept ImportError: x = 1",
        "from . import __doc__",
        "if TYPE_CHECKING:\n  from ._types import T",
        "from other._core import x",
        "import helper.abc\nfrom . import helper",
        "import numpy.helper as helper\nfrom . import helper",
        "match x:\n  case helper: pass\nfrom . import helper",
        "locals()['helper'] = 1\nfrom . import helper",
    ] {
        let found = missing(&[("p/__init__.py", text), ("p/x.py", "")], &[]);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
    let submodule = [("p/__init__.py", "from ._native.sub import x")];
    assert_eq!(
        missing(&submodule, &["p/_native.abi3.so"]),
        [("p._native.sub at p/__init__.py:1".to_owned(), false)]
    );
    // A namespace may have parts from elsewhere, and a changed search path too.
    assert!(missing(&[("ns/a.py", "from ._core import x")], &[]).is_empty());
    let pkgutil = "__path__ = extend_path(__path__, __name__)\nfrom ._core import x";
    assert_eq!(
        missing(&[("p/__init__.py", pkgutil)], &[]),
        [("p._core at p/__init__.py:2".to_owned(), false)]
    );
    let certain = missing(
        &[("p/__init__.py", "from . import _core\n_core.run()")],
        &[],
    );
    assert_eq!(certain, [("p._core at p/__init__.py:1".to_owned(), true)]);
}

#[test]
fn a_library_lies_where_the_code_loads_it_from() {
    let folder = |text: &str| {
        let files = [("pkg/__init__.py", ""), ("pkg/ffi.py", text)];
        let found = imports(&files).library_folder("libx.so", &modules(&files, &[]));
        found.map(|(folder, place)| format!("{folder} by {place}"))
    };
    let exact = "if win:\n  n = Path(__file__).parent / '_libs' / 'x.dll'\nelse:\n  n = Path(__file__).parent / '_libs' / 'libx.dylib'\ndata = Path(__file__).parent / name\nCDLL(n)";
    assert_eq!(folder(exact).as_deref(), Some("pkg/_libs by pkg/ffi.py:2"));
    let open = "LIBS = Path(__file__).parent / '_libs'\nCDLL(str(LIBS / name))";
    assert_eq!(folder(open).as_deref(), Some("pkg/_libs by pkg/ffi.py:2"));
    let same_name = "h = Path(__file__).parent\nCDLL(h / '_libs' / 'libpkg.so')";
    let files = [("pkg/__init__.py", same_name)];
    let found = imports(&files).library_folder("pkg.dll", &modules(&files, &[]));
    assert_eq!(found.unwrap().0, "pkg/_libs");
    for unclear in [
        "h = Path(__file__).parent\nCDLL(h / '_libs' / name)\nopen(h / 'data' / name)",
        "h = Path(__file__).parent / '_libs' / 'liby.so'\nCDLL(h)",
        "h = Path(__file__).parent.parent.parent / 'x.so'\nCDLL(h)",
        "open(Path(__file__).parent / '_libs' / name)",
    ] {
        assert_eq!(folder(unclear), None, "{unclear}");
    }
}
