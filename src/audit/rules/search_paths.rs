//! Where a binary makes the loader search: only inside the folder that the wheel is installed to.

use super::{Binary, Finding};
use crate::audit::binary::Format;
use crate::audit::code::{Code, Severity};

/// What the search path of a binary begins with when it goes out from the binary's own folder.
const OWN_FOLDERS: [&str; 4] = ["$ORIGIN", "${ORIGIN}", "@loader_path", "@executable_path"];

/// What is wrong with the RPATHs of a binary at this path in a wheel with this stem.
pub(in crate::audit) fn search_paths(binary: &Binary, path: &str, stem: &str) -> Vec<Finding> {
    let folder = installed_folder(path, stem);
    let mut findings = Vec::new();
    for part in binary.parts() {
        // On macOS only names that begin with @rpath are searched for.
        let searched = part.format == Format::Elf
            || part.imports.iter().any(|name| name.starts_with("@rpath/"));
        for entry in &part.search_paths {
            let Some(why) = fault(entry, folder) else {
                continue;
            };
            let severity = if searched {
                Severity::Error
            } else {
                Severity::Warning
            };
            let finding = Finding::new(
                Code::UnsafeRpath,
                format!(
                    "searches libraries in `{}`, which {why}",
                    entry.escape_debug()
                ),
            )
            .hint("set no RPATH, or one that begins with $ORIGIN (macOS: @loader_path)")
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

fn fault(entry: &str, folder: &str) -> Option<&'static str> {
    let Some(below) = OWN_FOLDERS
        .into_iter()
        .find_map(|own| entry.strip_prefix(own))
        .filter(|below| below.is_empty() || below.starts_with('/'))
    else {
        return Some(if entry.is_empty() || entry.starts_with('.') {
            "is relative to the current folder"
        } else {
            "is a folder of the build machine, or of no machine"
        });
    };
    let mut depth = folder.split('/').filter(|part| !part.is_empty()).count();
    for part in below.split('/') {
        match part {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some("leads out of the folder that the wheel is installed to"),
            },
            _ => depth += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_folder_of_the_packages() {
        for (entry, path) in [
            ("$ORIGIN", "a.so"),
            ("${ORIGIN}/../a.libs", "a/b.so"),
            ("$ORIGIN/../../nvidia/lib", "torch/lib/c.so"),
            ("@loader_path/.dylibs", "a/b.so"),
            ("$ORIGIN/..", "a-1.data/platlib/a/b.so"),
        ] {
            assert_eq!(fault(entry, installed_folder(path, "a-1")), None, "{entry}");
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
                fault(entry, installed_folder(path, "a-1")).is_some(),
                "{entry}"
            );
        }
    }
}
