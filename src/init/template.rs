//! The templates for new projects.
//!
//! The sources of each template are those of an example in docs/examples, under another name. The tests build
//! the examples for all platforms and with all Zigs. The texts about a project are in `files`.

use std::str::FromStr;

use crate::error::{Problem, unknown};

/// The keys of `[build-system]` that make pip, build and uv use this package as the build backend.
pub(crate) const BACKEND: [&str; 2] = [
    "requires = [\"pyz3-wheel\"]",
    "build-backend = \"pyz3_wheel\"",
];

/// A template for a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// An extension module in Zig on the full C API.
    Full,
    /// An extension module in Zig on the limited API.
    Abi3,
    /// An extension module in C, compiled by Zig.
    C,
    /// An extension module in C++, compiled by Zig.
    Cpp,
    /// A shared library in Zig, loaded with ctypes.
    Ctypes,
    /// An extension module in one Zig file, without a build script.
    Managed,
}

/// The parts of a template.
pub(super) struct Sources {
    /// The name of the example, as pip and as Python know it.
    pub(super) example: (&'static str, &'static str),
    pub(super) description: &'static str,
    /// More lines for `[tool.pyz3-wheel]`.
    pub(super) config: &'static str,
    /// Files of the example; `PACKAGE` in a place is the package's name.
    pub(super) files: &'static [(&'static str, &'static str)],
}

macro_rules! example {
    ($example:literal, $($place:literal = $file:literal),* $(,)?) => {
        &[$(($place, include_str!(concat!("../../docs/examples/", $example, "/", $file)))),*]
    };
}

const FULL: Sources = Sources {
    example: ("hello", "hello"),
    description: "An extension module written in Zig",
    config: "abi = \"full\"\nmodules = [\"PACKAGE._native\"]\n",
    files: example!(
        "hello",
        "build.zig" = "build.zig",
        "pyz3_build.zig" = "pyz3_build.zig",
        ".gitignore" = ".gitignore",
        "src/native.zig" = "src/native.zig",
        "src/sum.zig" = "src/sum.zig",
        "src/python.h" = "src/python.h",
        "src/PACKAGE/__init__.py" = "src/hello/__init__.py",
        "src/PACKAGE/__main__.py" = "src/hello/__main__.py",
        "src/PACKAGE/_native.pyi" = "src/hello/_native.pyi",
        "src/PACKAGE/py.typed" = "src/hello/py.typed",
        "tests/test_PACKAGE.py" = "tests/test_hello.py",
    ),
};

const ABI3: Sources = Sources {
    example: ("hello-abi3", "hello_abi3"),
    description: "An extension module written in Zig, compiled once for all Pythons",
    config: "abi = [\"abi3\", \"abi3t\"]\nabi3-floor = \"3.9\"\nmodules = [\"PACKAGE._native\"]\n",
    files: example!(
        "hello-abi3",
        "build.zig" = "build.zig",
        "pyz3_build.zig" = "pyz3_build.zig",
        ".gitignore" = ".gitignore",
        "src/math.zig" = "src/math.zig",
        "src/native.zig" = "src/native.zig",
        "src/python.h" = "src/python.h",
        "src/PACKAGE/__init__.py" = "src/hello_abi3/__init__.py",
        "src/PACKAGE/_native.pyi" = "src/hello_abi3/_native.pyi",
        "src/PACKAGE/py.typed" = "src/hello_abi3/py.typed",
        "tests/test_PACKAGE.py" = "tests/test_hello_abi3.py",
    ),
};

const C: Sources = Sources {
    example: ("hello-c", "hello_c"),
    description: "An extension module written in C",
    config: "abi = \"full\"\nmodules = [\"PACKAGE._native\"]\n",
    files: example!(
        "hello-c",
        "build.zig" = "build.zig",
        "pyz3_build.zig" = "pyz3_build.zig",
        ".gitignore" = ".gitignore",
        "src/mean.c" = "src/mean.c",
        "src/mean.h" = "src/mean.h",
        "src/native.c" = "src/native.c",
        "src/test_mean.zig" = "src/test_mean.zig",
        "src/PACKAGE/__init__.py" = "src/hello_c/__init__.py",
        "src/PACKAGE/_native.pyi" = "src/hello_c/_native.pyi",
        "src/PACKAGE/py.typed" = "src/hello_c/py.typed",
        "tests/test_PACKAGE.py" = "tests/test_hello_c.py",
    ),
};

const CPP: Sources = Sources {
    example: ("hello-cpp", "hello_cpp"),
    description: "An extension module written in C++",
    config: "abi = \"full\"\nmodules = [\"PACKAGE._native\"]\n",
    files: example!(
        "hello-cpp",
        "build.zig" = "build.zig",
        "pyz3_build.zig" = "pyz3_build.zig",
        ".gitignore" = ".gitignore",
        "src/native.cpp" = "src/native.cpp",
        "src/words.cpp" = "src/words.cpp",
        "src/words.hpp" = "src/words.hpp",
        "src/PACKAGE/__init__.py" = "src/hello_cpp/__init__.py",
        "src/PACKAGE/_native.pyi" = "src/hello_cpp/_native.pyi",
        "src/PACKAGE/py.typed" = "src/hello_cpp/py.typed",
        "tests/test_PACKAGE.py" = "tests/test_hello_cpp.py",
    ),
};

const CTYPES: Sources = Sources {
    example: ("hello-ctypes", "hello_ctypes"),
    description: "A library written in Zig, loaded with ctypes",
    config: "abi = \"none\"\n",
    files: example!(
        "hello-ctypes",
        "build.zig" = "build.zig",
        "pyz3_build.zig" = "pyz3_build.zig",
        ".gitignore" = ".gitignore",
        "src/PACKAGE.zig" = "src/hello_ctypes.zig",
        "src/PACKAGE/__init__.py" = "src/hello_ctypes/__init__.py",
        "src/PACKAGE/py.typed" = "src/hello_ctypes/py.typed",
        "tests/test_PACKAGE.py" = "tests/test_hello_ctypes.py",
    ),
};

const MANAGED: Sources = Sources {
    example: ("hello-managed", "hello_managed"),
    description: "An extension module in one Zig file, compiled once for all Pythons",
    config: "abi = [\"abi3\", \"abi3t\"]\nabi3-floor = \"3.9\"\n\n\
        [[tool.pyz3-wheel.module]]\nname = \"PACKAGE\"\nroot = \"PACKAGE.zig\"\n",
    files: example!(
        "hello-managed",
        ".gitignore" = ".gitignore",
        "PACKAGE.zig" = "hello_managed.zig",
        "tests/test_PACKAGE.py" = "tests/test_hello_managed.py",
    ),
};

/// The helper that a build.zig imports, for projects that already have a build.zig.
pub(super) const HELPER: (&str, &str) = (
    "pyz3_build.zig",
    include_str!("../../docs/examples/hello/pyz3_build.zig"),
);

impl Template {
    /// All templates, in the order in which they are listed.
    pub const ALL: [Self; 6] = [
        Self::Full,
        Self::Abi3,
        Self::C,
        Self::Cpp,
        Self::Ctypes,
        Self::Managed,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Abi3 => "abi3",
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Ctypes => "ctypes",
            Self::Managed => "managed",
        }
    }

    pub(super) fn sources(self) -> &'static Sources {
        match self {
            Self::Full => &FULL,
            Self::Abi3 => &ABI3,
            Self::C => &C,
            Self::Cpp => &CPP,
            Self::Ctypes => &CTYPES,
            Self::Managed => &MANAGED,
        }
    }

    /// Whether each Python has a wheel of its own.
    pub fn is_per_python(self) -> bool {
        matches!(self, Self::Full | Self::C | Self::Cpp)
    }

    /// Whether free-threaded Pythons have wheels of their own.
    pub fn is_for_free_threaded(self) -> bool {
        match self {
            Self::Full | Self::C | Self::Cpp | Self::Abi3 | Self::Managed => true,
            Self::Ctypes => false,
        }
    }

    /// The command that builds all wheels.
    pub fn command(self) -> &'static str {
        if self.is_per_python() {
            "pyz3-wheel --all-platforms --all-pythons"
        } else {
            "pyz3-wheel --all-platforms"
        }
    }

    /// Whether the project has a build.zig.
    pub(super) fn has_build_script(self) -> bool {
        self != Self::Managed
    }

    /// Whether the project has tests that are written in Zig.
    pub(super) fn has_zig_tests(self) -> bool {
        match self {
            Self::Full | Self::Abi3 | Self::C | Self::Ctypes => true,
            Self::Cpp | Self::Managed => false,
        }
    }

    /// A line of Python that imports the package and shows that it works.
    pub fn first_line(self, package: &str) -> String {
        format!("import {package}; print({package}.greet('Zig'))")
    }
}

impl FromStr for Template {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let found = Self::ALL.into_iter().find(|one| one.name() == text);
        found.ok_or_else(|| unknown("template", text, &Self::ALL.map(Self::name)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::{UV, files};
    use super::super::names::Names;
    use super::super::owner::Owner;
    use super::*;
    use crate::project::Project;

    #[test]
    fn every_template_is_a_project_under_any_name() {
        for template in Template::ALL {
            let folder = tempfile::tempdir().unwrap();
            let names = Names::of("Other.Thing").unwrap();
            for (path, text) in files(template, &names, &Owner::default()) {
                super::super::write_new(&folder.path().join(&path), &text).unwrap();
                assert!(
                    !path.contains("PACKAGE") && !text.contains("PACKAGE"),
                    "{path}"
                );
                let (_, example) = template.sources().example;
                // The greeting `Hello` is not the name of the example `hello`.
                let is_full = template == Template::Full;
                let text = if is_full { text } else { text.to_lowercase() };
                assert!(!text.contains(example), "{path} of {template:?}");
            }
            let project = Project::load(folder.path()).unwrap();
            assert_eq!(project.metadata.name(), "Other.Thing");
            let (example, _) = template.sources().example;
            let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples");
            for folder in [folder.path(), &examples.join(example)] {
                let text = fs_err::read_to_string(folder.join("pyproject.toml")).unwrap();
                assert!(text.replace("\r\n", "\n").ends_with(UV), "{text}");
            }
            let files = project.files().unwrap();
            let has = |path: &str| files.wheel.iter().any(|file| file.path == path);
            let has_package = template != Template::Managed;
            assert_eq!(has("other_thing/__init__.py"), has_package);
            assert_eq!(has("other_thing/py.typed"), has_package);
            assert_eq!(project.managed.is_some(), !has_package);
            assert_eq!(template.name().parse(), Ok(template));
        }
    }

    /// An example that is also a template differs from it only in names and in the texts that describe it.
    #[test]
    fn the_helper_and_the_ignored_files_are_the_same_in_all_templates() {
        for template in Template::ALL {
            for name in [HELPER.0, ".gitignore"] {
                if template == Template::Managed && name == HELPER.0 {
                    continue;
                }
                let find = |sources: &Sources| {
                    let mut files = sources.files.iter();
                    files
                        .find(|(place, _)| *place == name)
                        .map(|(_, text)| *text)
                };
                assert_eq!(
                    find(template.sources()),
                    find(&FULL),
                    "{name} of {template:?}"
                );
                assert!(find(&FULL).is_some());
            }
        }
    }

    #[test]
    fn an_unknown_template_is_answered_with_the_known_ones() {
        let problem = "cytpes".parse::<Template>().unwrap_err();
        assert_eq!(
            problem.hint.unwrap(),
            "did you mean ctypes? known templates: full, abi3, c, cpp, ctypes, managed"
        );
    }
}
