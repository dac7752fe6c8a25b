//! The files that a wheel contains, and the names that its libraries load and export.

use std::collections::{BTreeSet, HashMap, HashSet};

use memchr::memmem;

use crate::binary::{Binary, ExportList, Format, Kind, Provider, RequiredVersion, number};
use crate::tags::Arch;

/// The files of a wheel, to check which of its binaries load each other.
#[derive(Debug, Clone, Default)]
pub struct Shipped {
    /// The file names, as they are and in lowercase.
    names: BTreeSet<String>,
    lowercase: BTreeSet<String>,
    /// Each architecture of each binary.
    libraries: Vec<Library>,
    /// The indices in `libraries` for each file name, as [`key`] spells it.
    by_name: HashMap<String, Vec<usize>>,
    /// For each name that some binary of the wheel imports: the number of the name and the index in `libraries`
    /// of a library that exports it. Sorted.
    exporters: Vec<(u64, u32)>,
    /// Whether Python code of the wheel may make the symbols of a library visible to all modules.
    shares_symbols: bool,
}

/// What a library of the wheel loads on one architecture.
#[derive(Debug, Clone)]
struct Library {
    path: String,
    machine: Machine,
    kind: Kind,
    is_module: bool,
    imports: Vec<String>,
    export_list: ExportList,
    /// The symbol versions that it defines.
    versions: Vec<String>,
}

/// The properties that two binaries share if they can be loaded into the same process.
type Machine = (Format, Option<Arch>);

fn machine(part: &Binary) -> Machine {
    (part.format, part.arch)
}

/// The file name in a path, in lowercase where the system ignores case.
fn key(format: Format, path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match format {
        Format::Pe => name.to_lowercase(),
        Format::Elf | Format::MachO | Format::Wasm => name.to_owned(),
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
        // All exports of the largest libraries would need too much memory.
        let mut wanted: Vec<_> = parts()
            .flat_map(|(_, part)| part.undefined.iter())
            .filter(|symbol| symbol.provider != Provider::Versioned)
            .map(|symbol| number(symbol.name))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        for (path, part) in parts() {
            let place = shipped.libraries.len();
            let by_name = shipped.by_name.entry(key(part.format, path));
            by_name.or_default().push(place);
            // The number of binaries is limited to a few thousand.
            let number_of_place = u32::try_from(place).unwrap_or(u32::MAX);
            let exports = part.exports.numbers().iter();
            let exports = exports.filter(|name| wanted.binary_search(name).is_ok());
            let exports = exports.map(|name| (*name, number_of_place));
            shipped.exporters.extend(exports);
            shipped.libraries.push(Library {
                path: path.to_owned(),
                machine: machine(part),
                kind: part.kind,
                is_module: !part.inits.is_empty(),
                imports: part.imports.clone(),
                export_list: part.export_list,
                versions: part.defined_versions.clone(),
            });
        }
        shipped.exporters.sort_unstable();
        for (path, _) in binaries {
            shipped.add(path.rsplit('/').next().unwrap_or(path));
        }
        shipped
    }

    /// Adds the name of a file.
    pub fn add(&mut self, name: &str) {
        self.names.insert(name.to_owned());
        self.lowercase.insert(name.to_lowercase());
    }

    /// Whether there is a file with this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether there is a file with this name on a system that ignores case; `name` is in lowercase.
    pub(super) fn has_in_any_case(&self, name: &str) -> bool {
        self.lowercase.contains(name)
    }

    /// Whether the name of a file begins with `begin`, which is in lowercase, on a system that ignores case.
    pub(super) fn has_beginning(&self, begin: &str) -> bool {
        let mut from = self.lowercase.range(begin.to_owned()..);
        from.next().is_some_and(|name| name.starts_with(begin))
    }

    /// Records that Python code of the wheel may make the symbols of a library visible to all modules.
    pub fn share_symbols(&mut self) {
        self.shares_symbols = true;
    }

    /// The libraries of the wheel that may define the symbols of a binary.
    ///
    /// Python loads each extension module with a scope of its own: the module sees the symbols of the
    /// libraries that it loads, and no others. A plain library may be a plugin, whose symbols come from
    /// whatever loads it.
    pub(super) fn providers<'a>(&'a self, part: &'a Binary) -> Providers<'a> {
        let mut providers = Providers {
            shipped: self,
            part,
            reached: None,
        };
        if part.inits.is_empty() || self.shares_symbols {
            return providers;
        }
        let mut reached = HashSet::new();
        let mut imports: Vec<&str> = part.imports.iter().map(String::as_str).collect();
        // On macOS the symbols of modules, and of what they load, are visible to modules imported later.
        if part.format == Format::MachO {
            for (place, library) in self.libraries.iter().enumerate() {
                if library.is_module && library.machine == machine(part) {
                    reached.insert(place);
                    imports.extend(library.imports.iter().map(String::as_str));
                }
            }
        }
        reached.extend(self.closure(part, imports).0);
        let is_complete =
            |place: &usize| self.libraries[*place].export_list == ExportList::Complete;
        if reached.iter().all(is_complete) {
            providers.reached = Some(reached);
        }
        providers
    }

    /// Whether a binary loads a library of the wheel that certainly does not export the name.
    pub(super) fn lacks(&self, part: &Binary, library: &str, name: &str) -> bool {
        let mut places = self.places(part, library).peekable();
        places.peek().is_some()
            && places.all(|place| {
                let exports = self.exporters(name).any(|exporter| exporter == place);
                !exports && self.libraries[place].export_list == ExportList::Complete
            })
    }

    /// Whether a binary requires a symbol version of a library of the wheel that does not define it. The loader of
    /// glibc refuses the binary then, and aborts where the library defines no version at all.
    pub(super) fn lacks_version(&self, part: &Binary, required: &RequiredVersion) -> bool {
        let mut places = self.places(part, &required.library).peekable();
        !required.is_weak
            && places.peek().is_some()
            && places.all(|place| !self.libraries[place].versions.contains(&required.name))
    }

    /// The libraries that a binary loads and that are not in the wheel, by itself and through
    /// libraries of the wheel.
    pub(super) fn system_libraries<'a>(&'a self, part: &'a Binary) -> BTreeSet<&'a str> {
        let imports = part.imports.iter().map(String::as_str).collect();
        self.closure(part, imports).1
    }

    /// The libraries that are loaded with these, including these: the indices of the libraries of the wheel, and
    /// the names of all others.
    fn closure<'a>(
        &'a self,
        part: &Binary,
        mut open: Vec<&'a str>,
    ) -> (HashSet<usize>, BTreeSet<&'a str>) {
        let mut reached = HashSet::new();
        let mut system = BTreeSet::new();
        let mut seen = HashSet::new();
        while let Some(library) = open.pop() {
            if !seen.insert(library) {
                continue;
            }
            let mut places = self.places(part, library).peekable();
            if places.peek().is_none() {
                system.insert(library);
            }
            for place in places {
                reached.insert(place);
                open.extend(self.libraries[place].imports.iter().map(String::as_str));
            }
        }
        (reached, system)
    }

    /// The indices of the libraries that export a name that some binary imports.
    fn exporters(&self, name: &str) -> impl Iterator<Item = usize> {
        let name = number(name);
        let first = self.exporters.partition_point(|(other, _)| *other < name);
        let from = self.exporters.get(first..).unwrap_or_default().iter();
        from.take_while(move |(other, _)| *other == name)
            .map(|(_, place)| *place as usize)
    }

    /// The indices of the libraries of the wheel that a binary may load by this name.
    fn places(&self, part: &Binary, library: &str) -> impl Iterator<Item = usize> {
        let places = self.by_name.get(&key(part.format, library));
        let fits = |place: &&usize| self.libraries[**place].machine == machine(part);
        places.into_iter().flatten().filter(fits).copied()
    }
}

/// The libraries of a wheel that may define the symbols of one of its binaries.
pub(super) struct Providers<'a> {
    shipped: &'a Shipped,
    part: &'a Binary,
    /// The indices of the libraries whose symbols the binary sees; `None` if it may see all of them.
    reached: Option<HashSet<usize>>,
}

impl<'a> Providers<'a> {
    /// Whether one of these libraries exports the name.
    pub(super) fn export(&self, name: &str) -> bool {
        // A program that contains a Python makes its symbols visible to everything that it loads.
        let is_visible = |place: usize| {
            let reached = self.reached.as_ref();
            reached.is_none_or(|reached| reached.contains(&place))
                || self.shipped.libraries[place].kind == Kind::Executable
        };
        self.exporters(name).any(is_visible) || self.part.exports.contains(name)
    }

    /// The path of a file of the wheel that exports the name and that the binary does not load.
    pub(super) fn unloaded(&self, name: &str) -> Option<&'a str> {
        let place = self.exporters(name).next()?;
        Some(&self.shipped.libraries[place].path)
    }

    fn exporters(&self, name: &str) -> impl Iterator<Item = usize> {
        self.shipped
            .exporters(name)
            .filter(|place| self.shipped.libraries[*place].machine == machine(self.part))
    }
}

/// Whether Python code may make the symbols of a library visible to modules that do not load it.
pub fn shares_symbols(python: &[u8]) -> bool {
    ["RTLD_GLOBAL", "setdlopenflags"]
        .iter()
        .any(|word| memmem::find(python, word.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(format: Format, arch: Arch, imports: &[&str], exports: &[&str]) -> Binary {
        let mut binary = Binary::unknown(format);
        binary.arch = Some(arch);
        binary.imports = imports.iter().map(ToString::to_string).collect();
        binary.exports = exports.iter().collect();
        binary
    }

    fn taking(mut binary: Binary, name: &str, provider: Provider) -> Binary {
        binary.undefined = [(name, provider)].into_iter().collect();
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
            assert_eq!(shipped.providers(&module).export("help"), expected);
        }
    }

    fn module(format: Format, imports: &[&str]) -> Binary {
        let mut module = binary(format, Arch::X86_64, imports, &["PyInit_x"]);
        module.inits = vec!["x".to_owned()];
        taking(module, "help", Provider::Any)
    }

    #[test]
    fn a_module_sees_only_the_symbols_of_what_it_loads() {
        let elf = |imports: &[&str], exports: &[&str]| {
            binary(Format::Elf, Arch::X86_64, imports, exports)
        };
        let helper = elf(&[], &["help"]);
        let between = elf(&["libhelp.so"], &[]);
        let exports = |module: &Binary, helper: &Binary| {
            let shipped = shipped(&[
                ("a/x.so", module),
                ("a/libbetween.so", &between),
                ("a/libhelp.so", helper),
            ]);
            let providers = shipped.providers(module);
            (
                providers.export("help"),
                providers.unloaded("help").map(str::to_owned),
            )
        };
        let elsewhere = Some("a/libhelp.so".to_owned());
        for (imports, expected) in [
            (&["libhelp.so"][..], true),
            (&["libbetween.so"], true),
            (&["libc.so.6"], false),
            (&[], false),
        ] {
            let found = exports(&module(Format::Elf, imports), &helper);
            assert_eq!(found, (expected, elsewhere.clone()), "{imports:?}");
        }
        // Any library may be a plugin of the one that has the symbol.
        let plugin = taking(elf(&[], &[]), "help", Provider::Any);
        assert!(exports(&plugin, &helper).0);
        let alone = module(Format::Elf, &[]);
        let mut program = helper.clone();
        program.kind = Kind::Executable;
        assert!(exports(&alone, &program).0);
        // Not all exports of what the module loads are known.
        let mut partial = between.clone();
        partial.export_list = ExportList::Partial;
        let loads_partial = module(Format::Elf, &["libpartial.so"]);
        let unsure = shipped(&[
            ("a/x.so", &loads_partial),
            ("a/libpartial.so", &partial),
            ("b/libhelp.so", &helper),
        ]);
        assert!(unsure.providers(&loads_partial).export("help"));
        let mut preloading = shipped(&[("a/x.so", &alone), ("a/libhelp.so", &helper)]);
        assert!(!preloading.providers(&alone).export("help"));
        preloading.share_symbols();
        assert!(preloading.providers(&alone).export("help"));
    }

    #[test]
    fn another_module_shares_its_symbols_on_macos_alone() {
        for (format, expected) in [(Format::Elf, false), (Format::MachO, true)] {
            let alone = module(format, &[]);
            let mut other = module(format, &["libdeep"]);
            let deep = binary(format, Arch::X86_64, &[], &["help"]);
            let loaded = shipped(&[("a/x", &alone), ("a/y", &other), ("a/libdeep", &deep)]);
            assert_eq!(loaded.providers(&alone).export("help"), expected);
            other.imports.clear();
            let unloaded = shipped(&[("a/x", &alone), ("a/y", &other), ("a/libdeep", &deep)]);
            assert!(!unloaded.providers(&alone).export("help"));
            other.exports = ["help", "PyInit_x"].into_iter().collect();
            let sibling = shipped(&[("a/x", &alone), ("a/y", &other)]);
            assert_eq!(sibling.providers(&alone).export("help"), expected);
        }
    }

    #[test]
    fn python_code_that_shares_symbols_is_told_by_its_words() {
        assert!(shares_symbols(
            b"ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)"
        ));
        assert!(shares_symbols(b"sys.setdlopenflags(258)"));
        assert!(!shares_symbols(b"ctypes.CDLL(path)"));
    }

    #[test]
    fn each_slice_of_a_universal_library_counts_for_its_own_machine() {
        let slice = |arch, exports: &[&str]| binary(Format::MachO, arch, &[], exports);
        let mut library = Binary::unknown(Format::MachO);
        library.slices = vec![slice(Arch::X86_64, &["help"]), slice(Arch::Aarch64, &[])];
        for (arch, expected) in [(Arch::X86_64, true), (Arch::Aarch64, false)] {
            let module = taking(slice(arch, &[]), "help", Provider::Any);
            let shipped = shipped(&[("a/x.so", &module), ("a/libhelp.dylib", &library)]);
            assert_eq!(
                shipped.providers(&module).export("help"),
                expected,
                "{arch:?}"
            );
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
