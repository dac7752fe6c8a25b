//! The rules for search paths: they lie inside the folder that the wheel is installed to, and lead to the
//! libraries of the wheel.

use std::collections::{BTreeMap, BTreeSet};

use super::{Binary, Finding, Promise};
use crate::audit::code::{Code, Severity};
use crate::binary::Format;

/// The beginnings of a search path that is relative to the folder of the binary.
const OWN_FOLDERS: [&str; 4] = ["$ORIGIN", "${ORIGIN}", "@loader_path", "@executable_path"];

/// The libraries of a wheel by file name, and the folders that they are installed to.
#[derive(Debug, Default)]
pub(in crate::audit) struct Libraries {
    folders: BTreeMap<String, BTreeSet<String>>,
    /// The libraries that some binary of the wheel finds, so that they are loaded already.
    reached: BTreeSet<String>,
    /// The folders that a library searches because of the binaries that load it.
    inherited: BTreeSet<String>,
}

impl Libraries {
    /// The libraries among the binaries of a wheel with this stem.
    pub(in crate::audit) fn of(binaries: &[(String, Binary)], stem: &str) -> Self {
        let mut libraries = Self::default();
        for (path, _) in binaries {
            let file = path.rsplit('/').next().unwrap_or(path).to_owned();
            let folder = installed_folder(path, stem).to_owned();
            libraries.folders.entry(file).or_default().insert(folder);
        }
        for (path, binary) in binaries {
            let folder = installed_folder(path, stem);
            for part in binary.parts() {
                let own = part
                    .search_paths
                    .iter()
                    .filter(|_| part.search_is_inherited);
                let inherited = own.filter_map(|entry| resolve(entry, folder).ok());
                libraries.inherited.extend(inherited);
                let reached = part
                    .imports
                    .iter()
                    .filter(|name| libraries.leads(part, folder, name) == Some(true));
                let files: Vec<_> = reached.map(|name| file_name(name).to_owned()).collect();
                libraries.reached.extend(files);
            }
        }
        libraries
    }

    /// Whether a library finds this one because of the binary that loads both: this one is in the process
    /// already, or lies where that binary searches.
    fn comes_with_another(&self, name: &str) -> bool {
        let file = file_name(name);
        let places = self.folders.get(file);
        self.reached.contains(file)
            || places.is_some_and(|places| !places.is_disjoint(&self.inherited))
    }

    /// Whether no search path leads a binary in this folder to a library of the wheel that it loads.
    fn hides(&self, binary: &Binary, part: &Binary, folder: &str, name: &str) -> bool {
        let is_loaded = binary.inits.is_empty() && self.comes_with_another(name);
        !is_loaded && self.leads(part, folder, name) == Some(false)
    }

    /// Whether a binary in this folder finds the library that it loads by this name; `None` for one
    /// that the wheel does not have.
    fn leads(&self, part: &Binary, folder: &str, name: &str) -> Option<bool> {
        let places = self.folders.get(file_name(name))?;
        let at = |folder: Option<String>| folder.is_some_and(|folder| places.contains(&folder));
        let mut searched = part.search_paths.iter();
        Some(match part.format {
            // The package adds the folders in which DLLs are found, which no binary shows.
            Format::Pe => true,
            Format::Elf => searched.any(|entry| at(resolve(entry, folder).ok())),
            // Pyodide also searches the folder that wheels are installed to.
            Format::Wasm => {
                places.contains("") || searched.any(|entry| at(resolve(entry, folder).ok()))
            }
            Format::MachO => match name.split_once('/') {
                Some(("@rpath", below)) => searched.any(|entry| {
                    let parent = below.rsplit_once('/').map_or("", |(parent, _)| parent);
                    at(resolve(&format!("{entry}/{parent}"), folder).ok())
                }),
                _ => at(resolve(
                    name.rsplit_once('/').map_or("", |(parent, _)| parent),
                    folder,
                )
                .ok()),
            },
        })
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The libraries of the wheel that a binary at this path loads but does not find.
pub(in crate::audit) fn unreachable(
    binary: &Binary,
    path: &str,
    stem: &str,
    libraries: &Libraries,
) -> Vec<Finding> {
    let folder = installed_folder(path, stem);
    let mut findings = Vec::new();
    for part in binary.parts() {
        for name in &part.imports {
            if !libraries.hides(binary, part, folder, name) {
                continue;
            }
            let finding = Finding::new(
                Code::UnreachableLibrary,
                format!("loads {name}, which is in the wheel, but not in any folder that is searched"),
            )
            .hint(
                "link with a search path (-rpath) that begins with $ORIGIN (macOS: @loader_path) and \
                 leads to the library's folder",
            );
            let severity = match part.format {
                Format::Elf | Format::Wasm => Severity::Error,
                Format::MachO | Format::Pe => Severity::Warning,
            };
            let finding = finding.weighing(severity);
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    findings
}

/// Checks the RPATHs of a binary at this path in a wheel with this stem.
///
/// A search path that leads out of the wheel does no harm as long as everything that the binary loads is found
/// without it. Our own builds promise more.
pub(in crate::audit) fn judge(
    binary: &Binary,
    path: &str,
    stem: &str,
    libraries: &Libraries,
    promise: &Promise,
) -> Vec<Finding> {
    let folder = installed_folder(path, stem);
    let mut findings = Vec::new();
    for part in binary.parts() {
        // On macOS the loader searches only for names that begin with @rpath.
        let searched = part.format == Format::Elf
            || part.imports.iter().any(|name| name.starts_with("@rpath/"));
        // A library that is neither in the wheel nor part of the system is an error of its own.
        let mut imports = part.imports.iter();
        let needed = imports.any(|name| libraries.hides(binary, part, folder, name));
        let severity = if searched && (needed || promise.baseline) {
            Severity::Error
        } else {
            Severity::Warning
        };
        for entry in &part.search_paths {
            // The loader of musl ignores an empty part.
            if entry.is_empty() && promise.is_for_musl() {
                continue;
            }
            let Err(why) = resolve(entry, folder) else {
                continue;
            };
            let actual = match entry.as_str() {
                "" => "has an empty part in its search path, which means the current folder"
                    .to_owned(),
                entry => format!("searches libraries in `{entry}`, which {why}"),
            };
            let finding = Finding::new(Code::UnsafeRpath, actual)
                .hint("link without a search path (-rpath), or with one that begins with $ORIGIN (macOS: @loader_path)")
                .weighing(severity);
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    findings
}

/// The folder that a file is installed to, below site-packages.
fn installed_folder<'a>(path: &'a str, stem: &str) -> &'a str {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let library = ["purelib", "platlib"]
        .into_iter()
        .find_map(|kind| folder.strip_prefix(&format!("{stem}.data/{kind}")));
    library.map_or(folder, |below| below.trim_start_matches('/'))
}

/// The folder below site-packages that a search path leads to, or why it leads to none.
pub(crate) fn resolve(entry: &str, folder: &str) -> Result<String, &'static str> {
    let Some(below) = OWN_FOLDERS
        .into_iter()
        .find_map(|own| entry.strip_prefix(own))
        .filter(|below| below.is_empty() || below.starts_with('/'))
    else {
        return Err(if entry.is_empty() || !entry.starts_with(['/', '@']) {
            "is relative to the current folder"
        } else {
            "is a folder of the build machine, or of no machine"
        });
    };
    let mut parts: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in below.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err("leads out of the folder that the wheel is installed to");
                }
            }
            _ => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_folder_of_the_packages() {
        for (entry, path, expected) in [
            ("$ORIGIN", "a.so", ""),
            ("${ORIGIN}/../a.libs", "a/b.so", "a.libs"),
            ("$ORIGIN/../../nvidia/lib", "torch/lib/c.so", "nvidia/lib"),
            ("@loader_path/.dylibs", "a/b.so", "a/.dylibs"),
            ("$ORIGIN/..", "a-1.data/platlib/a/b.so", ""),
        ] {
            let folder = resolve(entry, installed_folder(path, "a-1"));
            assert_eq!(folder.as_deref(), Ok(expected), "{entry}");
        }
        for (entry, path) in [
            ("/usr/local/lib", "a/b.so"),
            ("", "a/b.so"),
            (".", "a/b.so"),
            ("lib", "a/b.so"),
            ("$ORIGINAL", "a/b.so"),
            ("$ORIGIN/..", "b.so"),
            ("$ORIGIN/../../..", "a/b/c.so"),
            ("$ORIGIN/../..", "a-1.data/platlib/a/b.so"),
        ] {
            assert!(
                resolve(entry, installed_folder(path, "a-1")).is_err(),
                "{entry}"
            );
        }
    }

    #[test]
    fn libraries_of_the_wheel_are_where_the_search_leads() {
        let binary = |format, imports: &[&str], search: &[&str]| {
            let mut binary = Binary::unknown(format);
            binary.inits = vec!["x".to_owned()];
            binary.imports = imports.iter().map(ToString::to_string).collect();
            binary.search_paths = search.iter().map(ToString::to_string).collect();
            binary
        };
        let found = |module: Binary, library: &str| {
            let library = (library.to_owned(), Binary::unknown(module.format));
            let binaries = [("a/x.so".to_owned(), module), library];
            let libraries = Libraries::of(&binaries, "a-1");
            unreachable(&binaries[0].1, "a/x.so", "a-1", &libraries).len()
        };
        let elf = |search: &[&str]| binary(Format::Elf, &["libz.so.1", "libc.so.6"], search);
        assert_eq!(found(elf(&["$ORIGIN/../a.libs"]), "a.libs/libz.so.1"), 0);
        assert_eq!(found(elf(&["$ORIGIN"]), "a.libs/libz.so.1"), 1);
        assert_eq!(found(elf(&[]), "a/libz.so.1"), 1);
        let macho = |import: &str, search: &[&str]| binary(Format::MachO, &[import], search);
        assert_eq!(
            found(
                macho("@rpath/z.dylib", &["@loader_path/lib"]),
                "a/lib/z.dylib"
            ),
            0
        );
        assert_eq!(found(macho("@rpath/z.dylib", &[]), "a/lib/z.dylib"), 1);
        assert_eq!(
            found(macho("@loader_path/lib/z.dylib", &[]), "a/lib/z.dylib"),
            0
        );
        assert_eq!(
            found(macho("@loader_path/z.dylib", &[]), "a/lib/z.dylib"),
            1
        );
    }
}
