//! What a wheel has itself: the names of its files, and what its libraries load and export.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::audit::binary::{Binary, ExportList, Format, Provider};
use crate::tags::Arch;

/// The files of a wheel, for those among its binaries that load each other.
#[derive(Debug, Clone, Default)]
pub struct Shipped {
    /// Their file names, and the same in lowercase.
    names: BTreeSet<String>,
    lowercase: BTreeSet<String>,
    /// Each architecture of each binary.
    libraries: Vec<Library>,
    /// The places in `libraries` of those with the same file name, as [`key`] spells it.
    by_name: HashMap<String, Vec<usize>>,
    /// The names that some binary of the wheel takes from elsewhere, and which libraries export them.
    exporters: HashMap<String, Vec<usize>>,
}

/// What a library of the wheel loads, on one architecture.
#[derive(Debug, Clone)]
struct Library {
    machine: Machine,
    imports: Vec<String>,
    export_list: ExportList,
}

/// What two binaries have in common that can be loaded into the same process.
type Machine = (Format, Option<Arch>);

fn machine(part: &Binary) -> Machine {
    (part.format, part.arch)
}

/// The file name in a path, in lowercase where the system ignores case.
fn key(format: Format, path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match format {
        Format::Pe => name.to_lowercase(),
        Format::Elf | Format::MachO => name.to_owned(),
    }
}

impl Shipped {
    /// The binaries of a wheel, each with its path or file name.
    pub fn of<'a>(binaries: impl Iterator<Item = (&'a str, &'a Binary)> + Clone) -> Self {
        let mut shipped = Self::default();
        let parts = || {
            binaries
                .clone()
                .flat_map(|(path, binary)| binary.parts().iter().map(move |part| (path, part)))
        };
        // Of the largest libraries all exports together would be too many to keep.
        let wanted: HashSet<_> = parts()
            .flat_map(|(_, part)| &part.undefined)
            .filter(|symbol| symbol.provider != Provider::Versioned)
            .map(|symbol| symbol.name.as_str())
            .collect();
        for (path, part) in parts() {
            let place = shipped.libraries.len();
            let by_name = shipped.by_name.entry(key(part.format, path));
            by_name.or_default().push(place);
            for name in part
                .exports
                .iter()
                .filter(|name| wanted.contains(name.as_str()))
            {
                let exporters = shipped.exporters.entry(name.clone());
                exporters.or_default().push(place);
            }
            shipped.libraries.push(Library {
                machine: machine(part),
                imports: part.imports.clone(),
                export_list: part.export_list,
            });
        }
        for (path, _) in binaries {
            shipped.add(path.rsplit('/').next().unwrap_or(path));
        }
        shipped
    }

    /// Adds a file by its name.
    pub fn add(&mut self, name: &str) {
        self.names.insert(name.to_owned());
        self.lowercase.insert(name.to_lowercase());
    }

    /// Whether there is a file of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether there is one on a system that ignores case; `name` in lowercase.
    pub(super) fn has_in_any_case(&self, name: &str) -> bool {
        self.lowercase.contains(name)
    }

    /// Whether the name of a file begins so on a system that ignores case; `begin` in lowercase.
    pub(super) fn has_beginning(&self, begin: &str) -> bool {
        let mut from = self.lowercase.range(begin.to_owned()..);
        from.next().is_some_and(|name| name.starts_with(begin))
    }

    /// Whether some library exports a name that a binary takes from elsewhere.
    pub(super) fn exports(&self, part: &Binary, name: &str) -> bool {
        let mut exporters = self.exporters.get(name).into_iter().flatten();
        exporters.any(|place| self.libraries[*place].machine == machine(part))
    }

    /// Whether a binary loads a library of the wheel that certainly does not export the name.
    pub(super) fn lacks(&self, part: &Binary, library: &str, name: &str) -> bool {
        let mut places = self.places(part, library).peekable();
        let exporters = self.exporters.get(name);
        places.peek().is_some()
            && places.all(|place| {
                let exports = exporters.is_some_and(|exporters| exporters.contains(&place));
                !exports && self.libraries[place].export_list == ExportList::Complete
            })
    }

    /// The libraries that a binary loads and that are not in the wheel, by itself and through
    /// libraries of the wheel.
    pub(super) fn system_libraries<'a>(&'a self, part: &'a Binary) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut seen = HashSet::new();
        let mut open: Vec<&str> = part.imports.iter().map(String::as_str).collect();
        while let Some(library) = open.pop() {
            if !seen.insert(library) {
                continue;
            }
            let mut places = self.places(part, library).peekable();
            if places.peek().is_none() {
                found.insert(library);
            }
            open.extend(
                places.flat_map(|place| self.libraries[place].imports.iter().map(String::as_str)),
            );
        }
        found
    }

    /// The places of the libraries of the wheel that a binary may load by this name.
    fn places(&self, part: &Binary, library: &str) -> impl Iterator<Item = usize> {
        let places = self.by_name.get(&key(part.format, library));
        let fits = |place: &&usize| self.libraries[**place].machine == machine(part);
        places.into_iter().flatten().filter(fits).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::binary::Undefined;

    fn binary(format: Format, arch: Arch, imports: &[&str], exports: &[&str]) -> Binary {
        let mut binary = Binary::unknown(format);
        binary.arch = Some(arch);
        binary.imports = imports.iter().map(ToString::to_string).collect();
        binary.exports = exports.iter().map(ToString::to_string).collect();
        binary
    }

    fn taking(mut binary: Binary, name: &str, provider: Provider) -> Binary {
        let name = name.to_owned();
        binary.undefined.push(Undefined { name, provider });
        binary
    }

    fn shipped(binaries: &[(&str, &Binary)]) -> Shipped {
        Shipped::of(binaries.iter().copied())
    }

    #[test]
    fn a_symbol_comes_from_a_library_for_the_same_machine() {
        let elf = |arch, exports: &[&str]| binary(Format::Elf, arch, &[], exports);
        let module = taking(elf(Arch::X86_64, &[]), "help", Provider::Any);
        for (library, expected) in [
            (elf(Arch::X86_64, &["help"]), true),
            (elf(Arch::Aarch64, &["help"]), false),
            (binary(Format::Pe, Arch::X86_64, &[], &["help"]), false),
            (elf(Arch::X86_64, &["other"]), false),
        ] {
            let shipped = shipped(&[("a/x.so", &module), ("a/libhelp.so", &library)]);
            assert_eq!(shipped.exports(&module, "help"), expected);
        }
    }

    #[test]
    fn each_slice_of_a_universal_library_counts_for_its_own_machine() {
        let slice = |arch, exports: &[&str]| binary(Format::MachO, arch, &[], exports);
        let mut library = Binary::unknown(Format::MachO);
        library.slices = vec![slice(Arch::X86_64, &["help"]), slice(Arch::Aarch64, &[])];
        for (arch, expected) in [(Arch::X86_64, true), (Arch::Aarch64, false)] {
            let module = taking(slice(arch, &[]), "help", Provider::Any);
            let shipped = shipped(&[("a/x.so", &module), ("a/libhelp.dylib", &library)]);
            assert_eq!(shipped.exports(&module, "help"), expected, "{arch:?}");
        }
    }

    #[test]
    fn a_library_lacks_what_it_certainly_does_not_export() {
        let library = binary(Format::Pe, Arch::X86_64, &[], &["help"]);
        let mut partial = library.clone();
        partial.export_list = ExportList::Partial;
        let module = binary(Format::Pe, Arch::X86_64, &["Help.dll"], &[]);
        let module = taking(module, "help", Provider::Library(0));
        let lacks = |library: &Binary, name: &str| {
            let shipped = shipped(&[("a/x.pyd", &module), ("a/help.dll", library)]);
            shipped.lacks(&module, "Help.dll", name)
        };
        assert!(!lacks(&library, "help"));
        assert!(lacks(&library, "mean_of"));
        assert!(!lacks(&partial, "mean_of"));
        assert!(!shipped(&[("a/x.pyd", &module)]).lacks(&module, "Help.dll", "help"));
    }

    #[test]
    fn system_libraries_are_those_of_the_whole_chain() {
        let elf = |imports: &[&str]| binary(Format::Elf, Arch::X86_64, imports, &[]);
        let module = elf(&["libone.so", "libc.so.6"]);
        let (one, two) = (elf(&["libtwo.so"]), elf(&["libone.so", "libX11.so.6"]));
        let shipped = shipped(&[
            ("a/x.so", &module),
            ("b/libone.so", &one),
            ("b/libtwo.so", &two),
        ]);
        let found = shipped.system_libraries(&module);
        assert_eq!(found, BTreeSet::from(["libc.so.6", "libX11.so.6"]));
    }
}
