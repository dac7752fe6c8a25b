//! An extension module that pyproject.toml declares: its Zig file, and what is compiled and linked into it.

use std::path::Path;

use crate::error::Problem;
use crate::metadata::is_plain_relative;
use crate::metadata::module_name::ModuleName;

/// An extension module to build from a Zig file. All paths are relative to the project, with
/// forward slashes, and lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZigModule {
    /// Its import name.
    pub name: ModuleName,
    /// Its root source file.
    pub root: String,
    /// Whether it keeps to the limited API in a wheel for one Python too.
    pub limited_api: bool,
    /// Sources in C or C++.
    pub c_sources: Vec<String>,
    /// Folders of C headers.
    pub c_include_dirs: Vec<String>,
    /// Folders of libraries.
    pub c_library_dirs: Vec<String>,
    /// Names of libraries to link.
    ///
    /// Ex) `m`
    pub c_libraries: Vec<String>,
    /// Flags for the C sources.
    pub c_flags: Vec<String>,
    /// Where the loader looks for libraries.
    ///
    /// Ex) `$ORIGIN`
    pub rpaths: Vec<String>,
}

impl ZigModule {
    /// The source files that it names.
    pub fn sources(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.root).chain(&self.c_sources)
    }

    /// Whether C++ is among the sources, so that its standard library is needed.
    pub fn has_cpp(&self) -> bool {
        let endings = ["cc", "cpp", "cxx", "C", "mm"];
        self.c_sources.iter().any(|source| {
            Path::new(source)
                .extension()
                .is_some_and(|ending| endings.iter().any(|known| ending == *known))
        })
    }

    /// Takes a flag for the linker. Zig's build system has no such flags, only what they stand for;
    /// one without a dash is a run path, as pyz3 has it.
    pub(super) fn link(&mut self, flag: &str) -> Result<(), Problem> {
        let rpath = ["-Wl,-rpath,", "-Wl,-rpath="]
            .iter()
            .find_map(|prefix| flag.strip_prefix(prefix));
        if let Some(path) = rpath {
            self.rpaths.push(path.to_owned());
        } else if let Some(folder) = flag.strip_prefix("-L") {
            self.c_library_dirs.push(in_project(folder)?);
        } else if let Some(name) = flag.strip_prefix("-l") {
            check_library(name)?;
            self.c_libraries.push(name.to_owned());
        } else if flag.is_empty() || flag.starts_with('-') || flag.chars().any(char::is_control) {
            return Err(
                Problem::new(format!("`{flag}` is not a supported linker flag")).hint(
                    "use -L, -l and -Wl,-rpath, only; for other flags write a build.zig and set self_managed = true",
                ),
            );
        } else {
            self.rpaths.push(flag.to_owned());
        }
        Ok(())
    }
}

/// A path that lies in the project wherever that is unpacked, in its plainest spelling.
pub(super) fn in_project(text: &str) -> Result<String, Problem> {
    let path = text.strip_prefix("./").unwrap_or(text);
    let path = path.trim_end_matches('/');
    if is_plain_relative(path) {
        return Ok(path.to_owned());
    }
    Err(
        Problem::new(format!("`{text}` is not a path below the project's root")).hint(
            "write it relative to pyproject.toml with `/`, like \"src/hello.zig\"; an sdist contains no files from elsewhere",
        ),
    )
}

pub(super) fn check_library(name: &str) -> Result<(), Problem> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '\\');
    if name.is_empty() || name.starts_with('-') || name.contains(odd) {
        return Err(
            Problem::new(format!("`{name}` is not the name of a library"))
                .hint("write the name alone, like \"m\" for libm"),
        );
    }
    Ok(())
}
