//! Finds which binaries of a wheel are loaded by the binaries that match its tags.
//!
//! Wheels carry libraries for other systems as data: a helper for a remote machine, the same driver for
//! every system. A library that only such a library loads is for the other system too.

use std::collections::HashMap;

use super::rules::c_library;
use crate::binary::Binary;

/// For each binary, whether it matches the tags, is an extension module, or is loaded by such a binary,
/// directly or through other libraries.
pub(super) fn loaded(
    binaries: &[(String, Binary)],
    is_for_tags: impl Fn(&Binary) -> bool,
) -> Vec<bool> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, (path, _)) in binaries.iter().enumerate() {
        by_name.entry(file_name(path)).or_default().push(index);
    }
    let mut loaded = vec![false; binaries.len()];
    let mut open: Vec<_> = (0..binaries.len())
        .filter(|index| {
            let (_, binary) = &binaries[*index];
            !binary.inits.is_empty() || is_for_tags(binary)
        })
        .collect();
    while let Some(index) = open.pop() {
        if std::mem::replace(&mut loaded[index], true) {
            continue;
        }
        for part in binaries[index].1.parts() {
            for name in &part.imports {
                let Some(candidates) = by_name.get(&file_name(name)) else {
                    continue;
                };
                let fits = |index: &&usize| {
                    let mut parts = binaries[**index].1.parts().iter();
                    parts.any(|other| can_share_a_process(part, other))
                };
                // If no library of that name fits the binary that loads it, the loader would take a wrong one.
                let some_fit = candidates.iter().any(|index| fits(&index));
                open.extend(candidates.iter().filter(|index| !some_fit || fits(index)));
            }
        }
    }
    loaded
}

fn can_share_a_process(one: &Binary, other: &Binary) -> bool {
    let other_libc = match (c_library(one), c_library(other)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    };
    (one.format, one.arch) == (other.format, other.arch) && !other_libc
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binary::Format;
    use crate::tags::Arch;

    fn binary(path: &str, arch: Arch, imports: &[&str]) -> (String, Binary) {
        let mut binary = Binary::unknown(Format::Elf);
        binary.arch = Some(arch);
        binary.imports = imports.iter().map(ToString::to_string).collect();
        (path.to_owned(), binary)
    }

    fn found(binaries: &[(String, Binary)]) -> Vec<bool> {
        loaded(binaries, |binary| binary.arch == Some(Arch::X86_64))
    }

    #[test]
    fn what_only_foreign_libraries_load_is_not_loaded() {
        let arm = |path, imports: &[&str]| binary(path, Arch::Aarch64, imports);
        let driver = arm("libs/arm64/libdriver.so", &["libhelper.so.2"]);
        let helper = arm("libs/arm64/libhelper.so.2", &["libdeep.so"]);
        let deep = arm("libs/arm64/libdeep.so", &[]);
        let module = |imports: &[&str]| binary("a/x.so", Arch::X86_64, imports);
        let with = |imports: &[&str]| {
            found(&[
                module(imports),
                driver.clone(),
                helper.clone(),
                deep.clone(),
            ])
        };
        assert_eq!(with(&["libc.so.6"]), [true, false, false, false]);
        // The module itself loads it, and so all that it loads.
        assert_eq!(with(&["libhelper.so.2"]), [true, false, true, true]);
    }

    #[test]
    fn of_libraries_of_one_name_the_one_for_the_machine_is_loaded() {
        let own = binary("libs/x64/libhelper.so", Arch::X86_64, &[]);
        let foreign = binary("libs/arm64/libhelper.so", Arch::Aarch64, &[]);
        let module = binary("a/x.so", Arch::X86_64, &["libhelper.so"]);
        assert_eq!(found(&[module, own, foreign]), [true, true, false]);
    }

    #[test]
    fn a_library_for_musl_is_not_loaded_by_one_for_glibc() {
        let own = binary("libs/glibc/libhelper.so", Arch::X86_64, &["libc.so.6"]);
        let musl = binary(
            "libs/musl/libhelper.so",
            Arch::X86_64,
            &["libc.musl-x86_64.so.1"],
        );
        let module = binary("a/x.so", Arch::X86_64, &["libhelper.so", "libc.so.6"]);
        let is_glibc = |binary: &Binary| !binary.imports.iter().any(|name| name.contains("musl"));
        assert_eq!(loaded(&[module, own, musl], is_glibc), [true, true, false]);
    }

    #[test]
    fn a_foreign_module_is_no_data() {
        let mut module = binary("a/x.so", Arch::Aarch64, &["LIBZ.so"]);
        module.1.inits = vec!["x".to_owned()];
        let library = binary("a/libz.so", Arch::Aarch64, &[]);
        assert_eq!(found(&[module, library]), [true, true]);
    }
}
