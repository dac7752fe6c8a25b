//! Finds what a build script is missing.

use std::path::Path;

use fs_err as fs;
use regex_lite::Regex;

use super::adoption::Adoption;
use super::change::Change;
use super::sources::Sources;
use crate::compile::remedies::Remedy;
use crate::error::{Problem, Result};
use crate::init::Names;
use crate::init::template::HELPER;
use crate::project::Project;
use crate::text::path::slashed;

/// Words that show that a script can build for another platform: it has at least one of them.
const TARGET: [&str; 4] = [
    "standardTargetOptions",
    "ZIG_TARGET",
    "\"target\"",
    "pyz3.target(",
];
/// Words that show that a script reads the optimize mode.
const OPTIMIZE: [&str; 6] = [
    "standardOptimizeOption",
    "PYDUST_OPTIMIZE",
    "PYZ3_OPTIMIZE",
    "\"optimize\"",
    "preferred_optimize_mode",
    "pyz3.optimize(",
];
/// Words that show that a script finds the headers of Python.
const INCLUDE: [&str; 8] = [
    "PYZ3_PYTHON",
    "PYTHON_INCLUDE",
    "\"python-include\"",
    "\"python-exe\"",
    "\"python\"",
    "python3",
    "sysconfig",
    "pyz3_build",
];
/// Words that show that a script links Python's import library on Windows.
const LINK: [&str; 8] = [
    "PYTHON_LIB",
    "\"python-lib\"",
    "\"python-lib-name\"",
    "\"python-import-lib\"",
    "\"python-libdir\"",
    "\"python-lib-dir\"",
    "\"python-lib-path\"",
    "pyz3_build",
];

/// Words that show that a script allows undefined symbols, which the linker for macOS reports as errors.
const UNDEFINED: [&str; 4] = [
    "linker_allow_shlib_undefined",
    "allow_shlib_undefined",
    "dynamic_lookup",
    "pyz3_build",
];

/// Finds what the script is missing, or adds a script.
pub(super) fn require(
    project: &Project,
    sources: &Sources,
    names: &Names,
    is_extension: bool,
    adoption: &mut Adoption,
) -> Result<()> {
    if project.managed.is_some() {
        return Ok(());
    }
    let file = project.build_file();
    let place = slashed(file);
    let path = project.root.join(file);
    if !path.is_file() {
        begin(project, sources, names, is_extension, &place, adoption);
        return Ok(());
    }
    let mut script = Script {
        text: fs::read_to_string(&path)?,
        all: String::new(),
        place,
        why: Vec::new(),
        uses_helper: false,
    };
    for (path, text) in sources.texts(&["zig", "zon"]) {
        // The helper does all of this, so the only question is whether the script uses it.
        if path.file_name() != Some(HELPER.0.as_ref()) {
            script.all.push_str(text);
        }
    }
    let before = script.text.clone();
    script.require_target(&mut adoption.left);
    if is_extension {
        script.require_python(&mut adoption.left);
    }
    if script.uses_helper {
        script.import_helper();
        add_helper(project, Path::new(&script.place), adoption);
    }
    if !script.why.is_empty() {
        adoption.changes.push(Change {
            path: script.place,
            why: script.why,
            before: Some(before),
            after: script.text,
        });
    }
    Ok(())
}

/// Adds a build script to a project that has none, if exactly one Zig file can be its root.
fn begin(
    project: &Project,
    sources: &Sources,
    names: &Names,
    is_extension: bool,
    place: &str,
    adoption: &mut Adoption,
) {
    let export = if is_extension { "PyInit_" } else { "export fn" };
    let found = sources
        .texts(&["zig"])
        .filter(|(_, text)| text.contains(export));
    let roots: Vec<_> = found
        .filter_map(|(path, _)| {
            let below = path.strip_prefix(&project.root).ok()?;
            Some(slashed(below))
        })
        .collect();
    let [root] = &roots[..] else {
        adoption.left.push(
            Problem::new(format!("{place} does not exist, and it is not clear what to build: not exactly one Zig file contains `{export}`"))
                .hint("see what a build script looks like: run `pyz3-wheel init --template c` (or full, abi3, ctypes) in an empty folder"),
        );
        return;
    };
    let make = if is_extension { "extension" } else { "library" };
    adoption.changes.push(Change {
        path: place.to_owned(),
        why: vec![format!("{root} has no build script")],
        before: None,
        after: format!(
            "const std = @import(\"std\");\n\
             const pyz3 = @import(\"pyz3_build.zig\");\n\n\
             pub fn build(b: *std.Build) void {{\n    \
                 const module = b.createModule(.{{\n        \
                     .root_source_file = b.path(\"{root}\"),\n        \
                     .target = pyz3.target(b),\n        \
                     .optimize = pyz3.optimize(b),\n        \
                     .link_libc = true,\n    \
                 }});\n    \
                 b.installArtifact(pyz3.{make}(\"{}\", module));\n\
             }}\n",
            names.package
        ),
    });
    add_helper(project, Path::new(place), adoption);
}

fn add_helper(project: &Project, script: &Path, adoption: &mut Adoption) {
    let (name, text) = HELPER;
    let place = slashed(&script.with_file_name(name));
    if !project.root.join(&place).exists() {
        adoption.changes.push(Change {
            path: place,
            why: vec!["the build script uses it".to_owned()],
            before: None,
            after: text.replace("\r\n", "\n"),
        });
    }
}

/// The text of a build script.
struct Script {
    text: String,
    /// The texts of all files that the script may import.
    all: String,
    place: String,
    why: Vec<String>,
    uses_helper: bool,
}

impl Script {
    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.all.contains(word))
    }

    fn require_target(&mut self, left: &mut Vec<Problem>) {
        if !self.has(&TARGET) {
            let host = ["b.graph.host", "b.host"];
            if host.iter().any(|host| self.text.contains(host)) {
                for host in host {
                    self.text = self.text.replace(host, "pyz3.target(b)");
                }
                self.uses_helper = true;
                self.why.push("it builds for this machine only".to_owned());
            } else {
                left.push(
                    Problem::new("does not read the target, so it builds for this machine only")
                        .at(&self.place)
                        .hint("add `const target = b.standardTargetOptions(.{});` and give it to every module: .target = target"),
                );
            }
        }
        if !self.has(&OPTIMIZE) {
            left.push(
                Problem::new("does not read the optimize mode, so --optimize has no effect")
                    .at(&self.place)
                    .hint("add `const optimize = b.standardOptimizeOption(.{});` and give it to every module: .optimize = optimize"),
            );
        }
    }

    /// Python.h, the import library of Windows, and undefined symbols on macOS.
    fn require_python(&mut self, left: &mut Vec<Problem>) {
        let includes = !self.has(&INCLUDE) && self.all.contains("Python.h");
        let links = !self.has(&LINK);
        let refuses_undefined = !self.has(&UNDEFINED);
        if !includes && !links && !refuses_undefined {
            return;
        }
        let mut missing = Vec::new();
        if includes {
            missing.push(("does not add the folder of Python.h", Remedy::Headers));
        }
        if links {
            missing.push(("does not link Python on Windows", Remedy::ImportLibrary));
        }
        if refuses_undefined {
            missing.push((
                "does not allow undefined symbols, which macOS needs for Python's symbols",
                Remedy::Undefined,
            ));
        }
        let libraries = self.libraries();
        if libraries.is_empty() {
            left.extend(missing.into_iter().map(|(what, remedy)| {
                Problem::new(what)
                    .at(&self.place)
                    .hint(remedy.lines_for_every_zig())
            }));
            return;
        }
        for (install, library) in libraries {
            let line = install.trim_start();
            let indent = &install[..install.len() - line.len()];
            let with = format!("{indent}pyz3.addPython({library});\n{install}");
            self.text = self.text.replacen(&install, &with, 1);
        }
        self.uses_helper = true;
        let why = missing.into_iter().map(|(what, _)| format!("it {what}"));
        self.why.extend(why);
    }

    /// The lines that install a dynamic library, and the name that it has in the script.
    fn libraries(&self) -> Vec<(String, String)> {
        let install = Regex::new(r"(?m)^[ \t]*b\.installArtifact\(\s*(\w+)\s*\);");
        let made = |name: &str| {
            let pattern =
                format!(r"\b(?:const|var)\s+{name}\s*=\s*b\.(?:addLibrary|addSharedLibrary)\(");
            Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(&self.text))
        };
        let found = install
            .iter()
            .flat_map(|install| install.captures_iter(&self.text));
        found
            .filter(|found| made(&found[1]))
            .map(|found| (found[0].to_owned(), found[1].to_owned()))
            .collect()
    }

    fn import_helper(&mut self) {
        if self.all.contains("@import(\"pyz3_build.zig\")") {
            return;
        }
        let line = "const pyz3 = @import(\"pyz3_build.zig\");\n";
        let std = Regex::new(r#"(?m)^const\s+\w+\s*=\s*@import\("std"\);[^\n]*\n"#);
        let after = std
            .ok()
            .and_then(|std| std.find(&self.text).map(|found| found.end()));
        // After the comment at the top of the file, which describes the whole file.
        let begin = || {
            let comment = |line: &&str| line.starts_with("//!");
            let lines = self.text.split_inclusive('\n').take_while(comment);
            lines.map(str::len).sum()
        };
        let at = after.unwrap_or_else(begin);
        self.text.insert_str(at, line);
    }
}
