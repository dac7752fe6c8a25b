//! What builds depend on beside the project's own files: files elsewhere, and variables of compilers.
#![cfg(unix)]

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::reuse::works;
use support::{Ran, command, project, run, zig};

const BUILD: &str = r#"
const std = @import("std");
const steps = @import("steps.zig");
pub fn build(b: *std.Build) void {
    const mod = b.createModule(.{
        .target = b.standardTargetOptions(.{}),
        .optimize = b.standardOptimizeOption(.{}),
        .root_source_file = ROOT,
        .link_libc = true,
        .strip = true,
    });
    mod.addCSourceFile(.{ .file = b.path("n.c") });
    // MORE
    const lib = b.addLibrary(.{ .linkage = .dynamic, .name = "tiny", .root_module = mod });
    b.installArtifact(lib);
}
"#;

/// A project in `repo/py`, with a cache beside the repository.
struct Layout {
    folder: TempDir,
    platform: &'static str,
}

impl Layout {
    fn new(pyproject: &str, files: &[(&str, &str)]) -> Self {
        let pyproject = format!("[project]\nname = \"tiny\"\nversion = \"1\"\n{pyproject}");
        let own = [
            ("repo/py/pyproject.toml", &*pyproject),
            ("repo/py/tiny/__init__.py", ""),
        ];
        Self {
            folder: project(&[&own, files].concat()),
            platform: "linux-x86_64",
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command_in(&self, repo: &str, args: &[&str]) -> Command {
        let mut command = command();
        command.env_remove("PYZ3_WHEEL_NO_CACHE");
        command.args(["--format", "json", "--platform", self.platform, "--zig"]);
        command
            .arg(zig())
            .arg("--project")
            .arg(self.path(repo).join("py"));
        command
            .arg("--cache-dir")
            .arg(self.path("cache"))
            .args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        run(&mut self.command_in("repo", args)).exits(0)
    }

    /// What was done for the wheel.
    fn work(&self) -> String {
        works(&self.run(&[])).remove(0)
    }

    fn why(&self) -> String {
        let document = self.run(&["--dry-run"]).json();
        let prospect = &document["jobs"][0]["prospect"];
        prospect["why"].as_str().unwrap_or_default().to_owned()
    }

    /// Changes a file; that must be a reason to build, once.
    #[track_caller]
    fn counts(&self, name: &str, text: &str) {
        std::fs::write(self.path("repo").join(name), text).unwrap();
        let name = name
            .strip_prefix("py/")
            .map_or_else(|| format!("../{name}"), str::to_owned);
        assert_eq!(self.why(), format!("{name} changed"));
        assert_eq!(self.work(), "built", "{name}");
        assert_eq!(self.work(), "unchanged", "{name}");
    }

    /// The native files of all wheels, one after the other.
    fn libraries(&self) -> Vec<Vec<u8>> {
        libraries(&self.path("repo/py/dist"))
    }
}

fn libraries(dist: &Path) -> Vec<Vec<u8>> {
    let mut wheels: Vec<_> = std::fs::read_dir(dist)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    wheels.sort();
    let library = |wheel: &PathBuf| {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(wheel).unwrap()).unwrap();
        let mut bytes = Vec::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            if file.name().unwrap().ends_with(".so") {
                file.read_to_end(&mut bytes).unwrap();
            }
        }
        bytes
    };
    wheels.iter().map(library).collect()
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn files_that_only_zig_knows_count() {
    let build = BUILD
        .replace("ROOT", "b.path(\"../src/lib.zig\")")
        .replace("// MORE", "steps.more(b, mod);");
    let steps = r#"
const std = @import("std");
pub fn more(b: *std.Build, mod: *std.Build.Module) void {
    mod.addIncludePath(b.path(".venv/include"));
    mod.addIncludePath(.{ .cwd_relative = b.option([]const u8, "inc", "").? });
}
"#;
    let layout = Layout::new(
        "",
        &[
            ("repo/py/build.zig", &build),
            ("repo/py/steps.zig", steps),
            (
                "repo/py/n.c",
                "#include \"../include/one.h\"\n#include <venv.h>\n#include <arg.h>\nint c(void) { return ONE + TWO + ARG; }\nconst char *text(void) { return TEXT; }\n",
            ),
            (
                "repo/include/one.h",
                "#define ONE 1\n#include \"deep/two.h\"\n",
            ),
            ("repo/include/deep/two.h", "#define TWO 2\n"),
            ("repo/py/.venv/pyvenv.cfg", ""),
            ("repo/py/.venv/include/venv.h", ""),
            (
                "repo/arg/arg.h",
                "#define ARG 1\n#define TEXT \"text-one\"\n",
            ),
            ("repo/unrelated.txt", ""),
            (
                "repo/src/lib.zig",
                "const near = @import(\"near.zig\");\nexport fn answer() c_int {\n    return near.value + @embedFile(\"data.bin\")[0];\n}\n",
            ),
            ("repo/src/near.zig", "pub const value = 41;\n"),
            ("repo/src/data.bin", "1"),
        ],
    );
    let argument = format!("-Dinc={}", layout.path("repo/arg").display());
    let pyproject = layout.path("repo/py/pyproject.toml");
    let text = std::fs::read_to_string(&pyproject).unwrap();
    let text = format!("{text}[tool.pyz3-wheel]\nextra-args = [\"{argument}\"]\n");
    std::fs::write(&pyproject, text).unwrap();

    assert_eq!(layout.work(), "built");
    assert_eq!(layout.work(), "unchanged");
    layout.counts("src/near.zig", "pub const value = 42;\n");
    layout.counts("src/data.bin", "2");
    layout.counts("include/deep/two.h", "#define TWO 3\n");
    layout.counts("py/.venv/include/venv.h", "// changed\n");
    layout.counts("arg/arg.h", "#define ARG 2\n#define TEXT \"text-two\"\n");
    // Zig itself does not see this change, since it took the C object from its cache when near.zig changed.
    assert!(has(&layout.libraries()[0], "text-two"));

    // Neither a change of what was not read nor another time of change is one.
    std::fs::write(layout.path("repo/unrelated.txt"), "text").unwrap();
    std::fs::write(layout.path("repo/src/data.bin"), "2").unwrap();
    assert_eq!(layout.work(), "unchanged");
    // What is gone is a reason to build, and what comes back is as it was.
    let header = layout.path("repo/include/deep/two.h");
    std::fs::remove_file(&header).unwrap();
    assert_eq!(layout.why(), "../include/deep/two.h changed");
    std::fs::write(&header, "#define TWO 3\n").unwrap();
    assert_eq!(layout.work(), "unchanged");
    // The header is not included any more, and its manifest is still in Zig's cache.
    layout.counts("include/one.h", "#define ONE 1\n#define TWO 1\n");
    std::fs::remove_file(&header).unwrap();
    let again = [layout.work(), layout.work()];
    assert_eq!(again[1], "unchanged");
}

#[test]
fn a_build_script_outside_counts_with_its_folder() {
    let build = BUILD
        .replace("ROOT", "b.path(\"src/lib.zig\")")
        .replace("b.path(\"n.c\")", "b.path(\"py/n.c\")")
        .replace("// MORE", "steps.more(b);");
    let steps = "const std = @import(\"std\");\npub fn more(b: *std.Build) void {\n    _ = b;\n}\n";
    let files = |folder: &'static str| {
        [
            (format!("{folder}/build.zig"), build.clone()),
            (format!("{folder}/steps.zig"), steps.to_owned()),
            (
                format!("{folder}/py/n.c"),
                "int c(void) { return 1; }\n".to_owned(),
            ),
            (
                format!("{folder}/src/lib.zig"),
                "export fn answer() c_int {\n    return 1;\n}\n".to_owned(),
            ),
        ]
    };
    let (one, other) = (files("repo"), files("clone"));
    let files: Vec<_> = one
        .iter()
        .chain(&other)
        .map(|(name, text)| (&**name, &**text))
        .collect();
    let layout = Layout::new("[tool.pyz3-wheel]\nbuild-file = \"../build.zig\"\n", &files);
    for name in ["pyproject.toml", "tiny/__init__.py"] {
        let to = layout.path("clone/py").join(name);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(layout.path("repo/py").join(name), to).unwrap();
    }
    assert_eq!(layout.work(), "built");
    assert_eq!(layout.work(), "unchanged");
    // Another checkout of the same, elsewhere, uses what this one has built, and not after a change.
    let elsewhere = || works(&run(&mut layout.command_in("clone", &[])).exits(0)).remove(0);
    assert_eq!(elsewhere(), "packed");
    layout.counts(
        "src/lib.zig",
        "export fn answer() c_int {\n    return 2;\n}\n",
    );
    layout.counts("steps.zig", &format!("{steps}// changed\n"));
    assert_eq!(elsewhere(), "unchanged");
    // A script may list folders.
    std::fs::write(layout.path("repo/src/more.c"), "").unwrap();
    assert_eq!(layout.why(), "../src/more.c is new");
}

/// Zig looks at the headers that it has read before, but not at folders where one is new.
#[test]
fn a_header_that_comes_before_another_counts() {
    let build = BUILD.replace("ROOT", "null").replace(
        "// MORE",
        "mod.addIncludePath(b.path(\"first\"));\nmod.addIncludePath(b.path(\"../second\"));",
    );
    let header = |name: &str| format!("#define WHICH \"made-by-{name}\"\n");
    let layout = Layout::new(
        "",
        &[
            ("repo/py/build.zig", &build),
            ("repo/py/steps.zig", ""),
            ("repo/py/first/other.h", ""),
            ("repo/second/which.h", &header("second")),
            (
                "repo/py/n.c",
                "#include <which.h>\nconst char *c(void) { return WHICH; }\n",
            ),
        ],
    );
    let is_by = |name: &str| has(&layout.libraries()[0], &format!("made-by-{name}"));
    // The names of files count in a folder that is named by its absolute path.
    let zero = layout.path("zero");
    std::fs::create_dir(&zero).unwrap();
    let path = zero.to_str().unwrap().replace('\\', "/");
    let line = format!("mod.addIncludePath(.{{ .cwd_relative = \"{path}\" }});\n");
    let script = build.replacen(
        "mod.addIncludePath",
        &format!("{line}mod.addIncludePath"),
        1,
    );
    std::fs::write(layout.path("repo/py/build.zig"), script).unwrap();
    assert_eq!(layout.work(), "built");
    assert!(is_by("second"));
    let first = layout.path("repo/py/first/which.h");
    std::fs::write(&first, header("first")).unwrap();
    assert_eq!(layout.why(), "first/which.h is new");
    assert_eq!(layout.work(), "built");
    assert!(is_by("first"));
    assert_eq!(layout.work(), "unchanged");
    std::fs::remove_file(&first).unwrap();
    layout.work();
    assert!(is_by("second"));
    std::fs::write(zero.join("which.h"), header("zero")).unwrap();
    assert!(layout.why().ends_with("zero/which.h is new"));
    assert_eq!(layout.work(), "built");
    assert!(is_by("zero"));
    assert_eq!(layout.work(), "unchanged");
    std::fs::write(zero.join("which.h"), header("other")).unwrap();
    assert!(layout.why().ends_with("zero/which.h changed"));
}

/// Zig does not list what an assembler reads, nor what `__has_include` has not found.
#[test]
fn files_that_zig_does_not_list_count() {
    let build = BUILD.replace("ROOT", "b.path(\"n.zig\")");
    let build = build.replace("// MORE", "mod.addIncludePath(b.path(\".\"));");
    let layout = Layout::new(
        "",
        &[
            ("repo/py/build.zig", &build),
            ("repo/py/steps.zig", ""),
            ("repo/py/blob.bin", "blob-of-old"),
            (
                "repo/py/some.h",
                "#if __has_include(\"opt.h\")\n#include \"opt.h\"\n#else\n#define OPT \"no-option\"\n#endif\n",
            ),
            (
                "repo/py/n.zig",
                "const c = @cImport(@cInclude(\"some.h\"));\n\
                 export fn z() [*:0]const u8 {\n    return \"zig-\" ++ c.OPT;\n}\n",
            ),
            (
                "repo/py/n.c",
                "#include \"some.h\"\n\
                 __asm__(\".section .rodata\\nblob: .incbin \\\"blob.bin\\\"\\n.byte 0\\n.text\");\n\
                 extern const char blob[] __attribute__((visibility(\"hidden\")));\n\
                 const char *b(void) { return blob; }\n\
                 const char *c(void) { return \"c-\" OPT; }\n",
            ),
        ],
    );
    let made_of = |text: &str| has(&layout.libraries()[0], text);
    assert_eq!(layout.work(), "built");
    assert!(made_of("blob-of-old") && made_of("c-no-option") && made_of("zig-no-option"));
    layout.counts("py/blob.bin", "blob-of-new");
    assert!(made_of("blob-of-new"));
    std::fs::write(
        layout.path("repo/py/opt.h"),
        "#define OPT \"with-option\"\n",
    )
    .unwrap();
    assert_eq!(works(&layout.run(&["--no-cache"])).remove(0), "built");
    assert!(made_of("c-with-option") && made_of("zig-with-option"));
}

#[test]
fn variables_of_compilers_reach_native_builds_only() {
    let files = [
        ("repo/py/build.zig", BUILD.replace("ROOT", "null")),
        ("repo/py/steps.zig", String::new()),
        (
            "repo/py/n.c",
            "#include <which.h>\nconst char *c(void) { return WHICH; }\n".to_owned(),
        ),
        ("one/which.h", "#define WHICH \"made-by-one\"\n".to_owned()),
        ("two/which.h", "#define WHICH \"made-by-two\"\n".to_owned()),
    ];
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    let mut layout = Layout::new("", &files);
    let with = |layout: &Layout, folder: &str| {
        let mut command = layout.command_in("repo", &["--verbose"]);
        command.env("CPATH", layout.path(folder));
        run(&mut command)
    };
    if cfg!(all(
        target_os = "linux",
        target_arch = "x86_64",
        target_env = "gnu"
    )) {
        for folder in ["one", "two", "one"] {
            with(&layout, folder).exits(0);
            assert!(
                has(&layout.libraries()[0], &format!("made-by-{folder}")),
                "{folder}"
            );
            assert_eq!(works(&with(&layout, folder).exits(0)), ["unchanged"]);
        }
    }
    layout.platform = "linux-aarch64";
    with(&layout, "one")
        .exits(1)
        .says("which.h")
        .says("without CPATH of this machine");
    // What the project sets holds for every build.
    let pyproject = layout.path("repo/py/pyproject.toml");
    let text = std::fs::read_to_string(&pyproject).unwrap();
    for folder in ["one", "two"] {
        let path = layout.path(folder);
        let text = format!(
            "{text}[tool.pyz3-wheel.env]\nCPATH = \"{}\"\n",
            path.display()
        );
        std::fs::write(&pyproject, text).unwrap();
        with(&layout, "elsewhere").exits(0);
        let library = &libraries(&layout.path("repo/py/dist"))[0];
        assert!(has(library, &format!("made-by-{folder}")), "{folder}");
    }
}

#[test]
fn a_script_that_writes_sources_gets_them_to_itself() {
    let build = r#"
const std = @import("std");
pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const name = @tagName(target.result.cpu.arch);
    const text = b.fmt("pub const made = \"made-for-{s}\";\n", .{name});
    b.build_root.handle.writeFile(.{ .sub_path = "made.zig", .data = text }) catch unreachable;
    std.Thread.sleep(300 * std.time.ns_per_ms);
    const mod = b.createModule(.{
        .root_source_file = b.path("lib.zig"),
        .target = target,
        .optimize = b.standardOptimizeOption(.{}),
        .strip = true,
    });
    b.installArtifact(b.addLibrary(.{ .linkage = .dynamic, .name = "tiny", .root_module = mod }));
}
"#;
    let files = [
        ("repo/py/build.zig", build),
        (
            "repo/py/lib.zig",
            "export fn made() [*:0]const u8 {\n    return @import(\"made.zig\").made;\n}\n",
        ),
    ];
    let mut layout = Layout::new("", &files);
    layout.platform = "linux-x86_64,linux-aarch64";
    // In the first run the source is new; in the second it is there already.
    for _ in 0..2 {
        run(&mut layout.command_in("repo", &["--jobs", "2", "--clean"]))
            .exits(0)
            .says("made.zig changed while several jobs were building");
        let libraries = layout.libraries();
        for (library, name) in libraries.iter().zip(["aarch64", "x86_64"]) {
            assert!(has(library, &format!("made-for-{name}")), "{name}");
        }
    }
}

/// Other processes may write to the project while it is built.
#[test]
fn a_binary_that_zig_has_not_made_stays() {
    let build = BUILD.replace("ROOT", "null").replace(
        "// MORE",
        "std.fs.copyFileAbsolute(b.pathFromRoot(\"../true\"), b.pathFromRoot(\"mine.bin\"), .{}) catch unreachable;",
    );
    let layout = Layout::new(
        "",
        &[
            ("repo/py/build.zig", &build),
            ("repo/py/steps.zig", ""),
            ("repo/py/n.c", "int c(void) { return 1; }\n"),
        ],
    );
    std::fs::copy("/bin/true", layout.path("repo/true")).unwrap();
    layout
        .run(&[])
        .says("new in the project since the build began, and left there: mine.bin");
    assert!(layout.path("repo/py/mine.bin").exists());
}
