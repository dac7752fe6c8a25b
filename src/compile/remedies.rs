//! What to do about a build script that breaks the contract: the lines that it lacks, for its Zig.
//!
//! Each lesson is a section of docs/build-zig.md, which has the same lines.

use crate::audit::{Code, Finding};
use crate::error::Problem;
use crate::platform::Os;
use crate::tags::ZigVersion;

/// The first Zig whose build scripts know the environment as `environ_map`.
const ENVIRON_MAP: ZigVersion = ZigVersion::new(0, 16, 0);

/// A way in which a build script breaks the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// It builds for this machine, whatever it is asked for.
    Target,
    /// It compiles for a CPU of its own choice.
    Cpu,
    /// It installs nothing.
    Nothing,
    /// It puts what it builds into the source tree and nowhere else.
    InTree,
    /// It links no Python on Windows.
    ImportLibrary,
    /// It does nothing without an option that nobody gives.
    Option,
    /// It builds no module, or one of another name.
    Module,
    /// It compiles C without the folder of Python.h.
    Headers,
    /// It wants Python's symbols at link time, where only the interpreter has them.
    Undefined,
    /// It defines `Py_LIMITED_API` for a Python without one.
    LimitedApi,
}

impl Remedy {
    /// All of them, in the order of the document.
    pub const ALL: [Self; 10] = [
        Self::Target,
        Self::Cpu,
        Self::Nothing,
        Self::InTree,
        Self::ImportLibrary,
        Self::Option,
        Self::Module,
        Self::Headers,
        Self::Undefined,
        Self::LimitedApi,
    ];

    /// What a finding about an installed binary is to be learned from.
    fn of(code: Code) -> Option<Self> {
        match code {
            Code::WrongSystem | Code::WrongMachine | Code::MissingSlice | Code::FloorTooHigh => {
                Some(Self::Target)
            }
            Code::CpuBaseline => Some(Self::Cpu),
            Code::NoPythonDll => Some(Self::ImportLibrary),
            _ => None,
        }
    }

    /// What the output of a failed `zig build` for this system is to be learned from.
    pub fn of_log(log: &str, os: Os) -> Option<Self> {
        // CPython's header has this sentence, in 3.13 and 3.14.
        let limited = "limited API is not currently supported in the free-threaded build";
        if Self::is_for_this_machine(log) {
            Some(Self::Target)
        } else if log.contains("'Python.h' file not found") {
            Some(Self::Headers)
        } else if log.contains(limited) {
            Some(Self::LimitedApi)
        } else if has_undefined_python_symbol(log, os) {
            Some(match os {
                Os::Windows => Self::ImportLibrary,
                Os::Linux | Os::Macos => Self::Undefined,
            })
        } else {
            None
        }
    }

    /// Whether zig says that a library was to be compiled for no target: with one it names that.
    fn is_for_this_machine(log: &str) -> bool {
        log.lines().any(|line| {
            let mut words = line.split_whitespace();
            line.contains("compile lib ") && words.any(|word| word == "native")
        })
    }

    /// The heading of its section.
    pub fn title(self) -> &'static str {
        match self {
            Self::Target => "The target is ignored",
            Self::Cpu => "Code for another CPU",
            Self::Nothing => "Nothing is installed",
            Self::InTree => "Only the source tree gets it",
            Self::ImportLibrary => "No import library on Windows",
            Self::Option => "An option is missing",
            Self::Module => "No module of that name",
            Self::Headers => "Python.h is not found",
            Self::Undefined => "Undefined symbols of Python",
            Self::LimitedApi => "The limited API cannot be turned off",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Target => {
                "build.zig does not use ZIG_TARGET nor -Dtarget: take the target and give it to the module"
            }
            Self::Cpu => {
                "build.zig must not set a CPU of its own: take it with the target, which comes with \
                 -Dcpu=baseline; code for newer processors is to be chosen at run time"
            }
            Self::Nothing => "let build.zig install what it builds",
            Self::InTree => {
                "let build.zig install what it builds below the prefix, where each platform has a folder of its own"
            }
            Self::ImportLibrary => "let build.zig link Python's import library on Windows",
            Self::Option => {
                "if build.zig needs an option that pyz3-wheel does not give, give it in pyproject.toml"
            }
            Self::Module => {
                "an extension module exports a function that is named after the last part of its import name"
            }
            Self::Headers => {
                "build.zig does not add the folder of Python.h (`pyz3-wheel init --adopt` shows the lines for this project)"
            }
            Self::Undefined => {
                "the interpreter provides Python's symbols when it loads the module: let build.zig allow undefined symbols"
            }
            Self::LimitedApi => {
                "a free-threaded Python has no limited API: let build.zig define Py_LIMITED_API only where PYZ3_LIMITED_API is not empty"
            }
        }
    }

    /// The lines that a script for this Zig lacks.
    pub fn lines(self, zig: &ZigVersion) -> &'static [&'static str] {
        match self {
            Self::Target => &[
                "const target = b.standardTargetOptions(.{});",
                "const optimize = b.standardOptimizeOption(.{});",
                "const mod = b.createModule(.{ .target = target, .optimize = optimize, … });",
            ],
            Self::Cpu => &["const target = b.standardTargetOptions(.{});"],
            Self::Nothing => &[
                "const lib = b.addLibrary(.{ .linkage = .dynamic, .name = \"hello\", .root_module = mod });",
                "b.installArtifact(lib);",
            ],
            Self::InTree => &["b.installArtifact(lib);"],
            Self::ImportLibrary if *zig >= ENVIRON_MAP => &[
                "const env = b.graph.environ_map;",
                "if (env.get(\"PYZ3_PYTHON_LIB_DIR\")) |dir| mod.addLibraryPath(.{ .cwd_relative = dir });",
                "if (env.get(\"PYZ3_PYTHON_LIB\")) |name| mod.linkSystemLibrary(name, .{ .use_pkg_config = .no });",
            ],
            Self::ImportLibrary => &[
                "const env = b.graph.env_map;",
                "if (env.get(\"PYZ3_PYTHON_LIB_DIR\")) |dir| mod.addLibraryPath(.{ .cwd_relative = dir });",
                "if (env.get(\"PYZ3_PYTHON_LIB\")) |name| mod.linkSystemLibrary(name, .{ .use_pkg_config = .no });",
            ],
            Self::Option => &["[tool.pyz3-wheel]", "extra-args = [\"-Dname=value\"]"],
            Self::Module => &["export fn PyInit_name() ?*anyopaque { … }"],
            Self::Headers if *zig >= ENVIRON_MAP => &[
                "const env = b.graph.environ_map;",
                "if (env.get(\"PYZ3_PYTHON_INCLUDE\")) |dir| mod.addIncludePath(.{ .cwd_relative = dir });",
            ],
            Self::Headers => &[
                "const env = b.graph.env_map;",
                "if (env.get(\"PYZ3_PYTHON_INCLUDE\")) |dir| mod.addIncludePath(.{ .cwd_relative = dir });",
            ],
            Self::Undefined => {
                &["lib.linker_allow_shlib_undefined = target.result.os.tag != .windows;"]
            }
            Self::LimitedApi if *zig >= ENVIRON_MAP => &[
                "const limited = b.graph.environ_map.get(\"PYZ3_LIMITED_API\") orelse \"\";",
                "if (limited.len > 0) mod.addCMacro(\"Py_LIMITED_API\", limited);",
            ],
            Self::LimitedApi => &[
                "const limited = b.graph.env_map.get(\"PYZ3_LIMITED_API\") orelse \"\";",
                "if (limited.len > 0) mod.addCMacro(\"Py_LIMITED_API\", limited);",
            ],
        }
    }

    /// Where the document tells it.
    fn section(self) -> String {
        let anchor = self.title().to_lowercase().replace(' ', "-");
        // As forges make anchors of headings.
        let anchor = anchor.replace('.', "");
        format!("docs/build-zig.md#{anchor}")
    }

    /// What to do, with the lines.
    pub fn hint(self, zig: &ZigVersion) -> String {
        let mut hint = self.advice().to_owned();
        for line in self.lines(zig) {
            hint.push_str("\n    ");
            hint.push_str(line);
        }
        format!("{hint}\nmore about it: {}", self.section())
    }

    /// The finding as a problem of the script that built the file.
    pub fn teach(finding: Finding, zig: &ZigVersion) -> Problem {
        let lesson = Self::of(finding.code);
        // By this one the tag may be wrong, and not the script.
        let more = finding
            .hint
            .clone()
            .filter(|_| finding.code == Code::FloorTooHigh);
        let mut problem = Problem::from(finding);
        if let Some(lesson) = lesson {
            let hint = lesson.hint(zig);
            problem.hint = Some(match more {
                Some(more) => format!("{hint}\n{more}"),
                None => hint,
            });
        }
        problem
    }
}

/// Whether the linker misses a symbol of Python's C API. On macOS every C symbol begins with `_`.
fn has_undefined_python_symbol(log: &str, os: Os) -> bool {
    log.lines().any(|line| {
        let Some((_, name)) = line.split_once("undefined symbol: ") else {
            return false;
        };
        let name = match os {
            Os::Macos => name.strip_prefix('_').unwrap_or(name),
            Os::Windows => name.strip_prefix("__imp_").unwrap_or(name),
            Os::Linux => name,
        };
        name.starts_with("Py") || name.starts_with("_Py")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_a_section_for_each_lesson_with_its_lines() {
        let document = include_str!("../../docs/build-zig.md");
        for lesson in Remedy::ALL {
            let heading = format!("\n### {}\n", lesson.title());
            let (_, rest) = document
                .split_once(&heading)
                .unwrap_or_else(|| panic!("no section {:?}", lesson.title()));
            let section = rest.split("\n### ").next().unwrap();
            for zig in [ZigVersion::new(0, 14, 1), ZigVersion::new(0, 17, 1)] {
                for line in lesson.lines(&zig) {
                    assert!(section.contains(line), "{line} in {heading}");
                }
                assert!(lesson.hint(&zig).ends_with(&lesson.section()));
            }
        }
    }

    #[test]
    fn what_zig_compiles_for_no_target_is_told_by_its_words() {
        let log = "install\n+- install x\n   +- compile lib x ReleaseFast native failure\n";
        assert!(Remedy::is_for_this_machine(log));
        for target in ["x86_64-linux-gnu.2.17", "aarch64-macos.11.0"] {
            assert!(!Remedy::is_for_this_machine(&log.replace("native", target)));
        }
    }

    #[test]
    fn what_zig_prints_tells_what_the_script_lacks() {
        let header = "native.c:1:10: error: 'Python.h' file not found\n";
        let limited = "Python.h:51:4: error: \"The limited API is not currently supported in the free-threaded build\"\n";
        for (log, os, lesson) in [
            (header, Os::Linux, Some(Remedy::Headers)),
            (limited, Os::Linux, Some(Remedy::LimitedApi)),
            (
                "error: undefined symbol: _PyModule_Create2\n",
                Os::Macos,
                Some(Remedy::Undefined),
            ),
            (
                "error: undefined symbol: __Py_NoneStruct\n",
                Os::Macos,
                Some(Remedy::Undefined),
            ),
            (
                "error: ld.lld: undefined symbol: PyLong_AsLong\n",
                Os::Linux,
                Some(Remedy::Undefined),
            ),
            (
                "error: lld-link: undefined symbol: __imp_PyLong_AsLong\n",
                Os::Windows,
                Some(Remedy::ImportLibrary),
            ),
            ("error: undefined symbol: _mean_of\n", Os::Macos, None),
            ("error: expected ';' after statement\n", Os::Linux, None),
        ] {
            assert_eq!(Remedy::of_log(log, os), lesson, "{log}");
        }
    }

    #[test]
    fn the_environment_is_read_as_the_scripts_zig_knows_it() {
        let lines = |zig| Remedy::ImportLibrary.lines(&zig)[0];
        assert!(lines(ZigVersion::new(0, 15, 2)).contains("env_map"));
        assert!(lines(ZigVersion::new(0, 16, 0)).contains("environ_map"));
    }
}
