//! The words of the remedies: a title, the advice, and the lines to add.

use super::Remedy;

/// The texts of a remedy.
pub(super) struct Text {
    /// The heading of its section in docs/build-zig.md.
    pub(super) title: &'static str,
    /// What to do, as a sentence without its period.
    pub(super) advice: &'static str,
    /// The lines to add to build.zig or pyproject.toml, as the newest Zig spells them.
    pub(super) lines: &'static [&'static str],
}

impl Remedy {
    #[expect(clippy::too_many_lines, reason = "one table of texts")]
    pub(super) fn text(self) -> &'static Text {
        match self {
            Self::Target => &Text {
                title: "The target is ignored",
                advice: "use the target that the build is given (ZIG_TARGET, -Dtarget), and give \
                        it to every module",
                lines: &[
                    "const target = b.standardTargetOptions(.{});",
                    "const optimize = b.standardOptimizeOption(.{});",
                    "const mod = b.createModule(.{ .target = target, .optimize = optimize, … });",
                ],
            },
            Self::Floor => &Text {
                title: "A newer system is needed",
                advice: "if the code needs a newer system than the platform has by default, \
                        raise the floor in pyproject.toml",
                lines: &[
                    "[tool.pyz3-wheel.platform.linux-x86_64]",
                    "floor = \"2.28\"",
                ],
            },
            Self::Cpu => &Text {
                title: "Code for another CPU",
                advice: "build.zig must not set a CPU of its own: take it with the target, which \
                        comes with -Dcpu=baseline",
                lines: &["const target = b.standardTargetOptions(.{});"],
            },
            Self::Nothing => &Text {
                title: "Nothing is installed",
                advice: "in build.zig, install what it builds",
                lines: &[
                    "const lib = b.addLibrary(.{ .linkage = .dynamic, .name = \"hello\", .root_module = mod });",
                    "b.installArtifact(lib);",
                ],
            },
            Self::InTree => &Text {
                title: "Only the source tree gets it",
                advice: "in build.zig, install what it builds below the prefix, where each \
                        platform has a folder of its own",
                lines: &["b.installArtifact(lib);"],
            },
            Self::ImportLibrary => &Text {
                title: "No import library on Windows",
                advice: "in build.zig, link Python's import library on Windows, by the name that \
                        the build is given",
                lines: &[
                    "const env = b.graph.environ_map;",
                    "if (env.get(\"PYZ3_PYTHON_LIB_DIR\")) |dir| mod.addLibraryPath(.{ .cwd_relative = dir });",
                    "if (env.get(\"PYZ3_PYTHON_LIB\")) |name| mod.linkSystemLibrary(name, .{ .use_pkg_config = .no });",
                ],
            },
            Self::Option => &Text {
                title: "An option is missing",
                advice: "if build.zig needs an option that pyz3-wheel does not give, give it in \
                        pyproject.toml",
                lines: &["[tool.pyz3-wheel]", "extra-args = [\"-Dname=value\"]"],
            },
            Self::DeclaredTwice => &Text {
                title: "An option is declared twice",
                advice: "build.zig declares an option for each of its modules: declare it once, and give the \
                         result to all of them (`pyz3.target(b)` and `pyz3.optimize(b)` of the pyz3_build.zig \
                         that `pyz3-wheel init` writes now may be called for each module)",
                lines: &[
                    "const target = b.standardTargetOptions(.{});",
                    "const optimize = b.standardOptimizeOption(.{});",
                ],
            },
            Self::Module => &Text {
                title: "No module of that name",
                advice: "an extension module exports a function that is named after the last \
                        part of its import name",
                lines: &["export fn PyInit_name() ?*anyopaque { … }"],
            },
            Self::Headers => &Text {
                title: "Python.h is not found",
                advice: "build.zig does not add the folder of Python.h (`pyz3-wheel init \
                        --adopt` shows the lines for this project)",
                lines: &[
                    "const env = b.graph.environ_map;",
                    "if (env.get(\"PYZ3_PYTHON_INCLUDE\")) |dir| mod.addIncludePath(.{ .cwd_relative = dir });",
                ],
            },
            Self::Undefined => &Text {
                title: "Undefined symbols of Python",
                advice: "the interpreter provides Python's symbols when it loads the module: in \
                        build.zig, link no Python library except on Windows, and allow \
                        undefined symbols",
                lines: &["lib.linker_allow_shlib_undefined = target.result.os.tag != .windows;"],
            },
            Self::LimitedApi => &Text {
                title: "The limited API cannot be turned off",
                advice: "this free-threaded Python gets a wheel with the full API: in build.zig, define \
                        Py_LIMITED_API only where PYZ3_LIMITED_API is not empty",
                lines: &[
                    "const limited = b.graph.environ_map.get(\"PYZ3_LIMITED_API\") orelse \"\";",
                    "if (limited.len > 0) mod.addCMacro(\"Py_LIMITED_API\", limited);",
                ],
            },
            Self::StableAbi => &Text {
                title: "More than the stable ABI",
                advice: "in build.zig, define Py_LIMITED_API and Py_TARGET_ABI3T with the values that the \
                        build script gets, so that the compiler rejects what the stable ABI of the floor does not \
                        have; if the module needs more, raise abi3-floor or set abi = \"full\" in \
                        [tool.pyz3-wheel]",
                lines: &[
                    "const limited = b.graph.environ_map.get(\"PYZ3_LIMITED_API\") orelse \"\";",
                    "if (limited.len > 0) mod.addCMacro(\"Py_LIMITED_API\", limited);",
                    "const abi3t = b.graph.environ_map.get(\"PYZ3_TARGET_ABI3T\") orelse \"\";",
                    "if (abi3t.len > 0) mod.addCMacro(\"Py_TARGET_ABI3T\", abi3t);",
                ],
            },
            Self::Abi => &Text {
                title: "Another ABI than the code has",
                advice: "set the ABI of the code in pyproject.toml: \"full\" or \"abi3\" for an \
                        extension module, \"none\" for a library that uses nothing of Python.h",
                lines: &["[tool.pyz3-wheel]", "abi = \"full\""],
            },
            Self::Sources => &Text {
                title: "A source file is left out",
                advice: "if the symbol is not one of Python or of the system: compile the source \
                        file that defines it, or link the library that does (in a project \
                        without build.zig: c-sources and c-libraries of the module)",
                lines: &[
                    "mod.addCSourceFile(.{ .file = b.path(\"src/other.c\") });",
                    "mod.linkLibrary(other);",
                ],
            },
            Self::Library => &Text {
                title: "A library is not in the wheel",
                advice: "in build.zig, link the library statically, or install it: what is \
                        installed is shipped",
                lines: &["mod.linkLibrary(other);", "b.installArtifact(other);"],
            },
            Self::Gil => &Text {
                title: "The module enables the GIL",
                advice: "if several threads can call the module at the same time, declare it in the slots of the \
                        PyModuleDef, its m_slots (`pyz3-wheel explain declare-that-the-module-runs-without-the-gil` has the lines for Zig)",
                lines: &[
                    "static PyModuleDef_Slot slots[] = {",
                    "#ifdef Py_mod_gil",
                    "    {Py_mod_gil, Py_MOD_GIL_NOT_USED},",
                    "#endif",
                    "    {0, NULL},",
                    "};",
                ],
            },
            Self::ModuleHeader => &Text {
                title: "The header of the PyModuleDef is zero",
                advice: "set the fields that PyModuleDef_HEAD_INIT sets in C (def is the PyModuleDef, py has the \
                        names of Python.h)",
                lines: &[
                    "if (@hasField(py.PyObject, \"ob_flags\")) def.m_base.ob_base.ob_flags = py._Py_STATICALLY_ALLOCATED_FLAG;",
                    "if (@hasField(py.PyObject, \"ob_ref_local\")) def.m_base.ob_base.ob_ref_local = py._Py_IMMORTAL_REFCNT_LOCAL;",
                ],
            },
            Self::Musl => &Text {
                title: "Functions of later musl releases",
                advice: "avoid the functions where the target is musl; the standard library of Zig before 0.16 \
                        does without statx",
                lines: &["[tool.pyz3-wheel]", "zig = \"0.15.2\""],
            },
            Self::SearchPath => &Text {
                title: "Libraries are searched elsewhere",
                advice: "in build.zig, link the libraries of the wheel with linkLibrary, which \
                        needs no search path; where you set one, begin at the folder of the \
                        binary",
                lines: &[
                    "mod.addRPathSpecial(if (target.result.os.tag == .macos) \"@loader_path\" else \"$ORIGIN\");",
                ],
            },
            Self::Strip => &Text {
                title: "Changed after it was linked",
                advice: "let Zig strip the binary: it links, strips and signs in one step, and a \
                        tool that edits the binary afterwards breaks that",
                lines: &[
                    "const mod = b.createModule(.{ .target = target, .optimize = optimize, .strip = true, … });",
                ],
            },
            Self::Pic => &Text {
                title: "Code that must not be moved",
                advice: "in build.zig, compile each module as position-independent code",
                lines: &[
                    "const mod = b.createModule(.{ .target = target, .optimize = optimize, .pic = true, … });",
                ],
            },
            Self::PageSize => &Text {
                title: "Segments for small pages",
                advice: "in build.zig, align the segments for the largest pages",
                lines: &["lib.link_z_max_page_size = 65536;"],
            },
            Self::Files => &Text {
                title: "Files that were not meant",
                advice: "`pyz3-wheel files` shows what goes into the wheel and why; leave files \
                        out in pyproject.toml",
                lines: &["[tool.pyz3-wheel]", "exclude = [\"tests/**\"]"],
            },
        }
    }
}
