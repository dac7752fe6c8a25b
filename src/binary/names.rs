//! Names of symbols, kept so that a great many of them take little memory.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::LazyLock;

/// Where the loader looks for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// In everything that is loaded (ELF without a symbol version; Mach-O by flat lookup, or in the
    /// main executable).
    Any,
    /// In the library at this index of [`imports`](super::Binary::imports) (Mach-O, PE).
    Library(u16),
    /// Wherever the symbol has the version that is asked for (ELF).
    Versioned,
}

/// A number that stands for a name where only equality matters. Each process has a key of its own, so
/// nobody can construct two names with the same number.
pub(crate) fn number(name: &str) -> u64 {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEY.hash_one(name)
}

/// A set of names that only answers whether a name is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameSet {
    /// Sorted.
    numbers: Vec<u64>,
}

impl NameSet {
    /// Whether the name is in it.
    pub fn contains(&self, name: &str) -> bool {
        self.numbers.binary_search(&number(name)).is_ok()
    }

    /// Whether it contains the function with this prefix that initializes a module of
    /// [`Binary::inits`](super::Binary::inits).
    pub(crate) fn has_init(&self, prefix: &str, init: &str) -> bool {
        // `U_` and punycode stand for a name that is not ASCII, without another `_` in front.
        let is_encoded = init.starts_with("U_") && self.contains(&format!("{prefix}{init}"));
        is_encoded || self.contains(&format!("{prefix}_{init}"))
    }

    /// The numbers of its names, sorted.
    pub(crate) fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    pub(super) fn of_numbers(mut numbers: Vec<u64>) -> Self {
        numbers.sort_unstable();
        numbers.dedup();
        numbers.shrink_to_fit();
        Self { numbers }
    }
}

impl<T: AsRef<str>> FromIterator<T> for NameSet {
    fn from_iter<I: IntoIterator<Item = T>>(names: I) -> Self {
        let numbers = names.into_iter().map(|name| number(name.as_ref()));
        Self::of_numbers(numbers.collect())
    }
}

/// A name that a binary takes from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undefined<'a> {
    /// The name; on Apple's systems without the underscore in front.
    pub name: &'a str,
    /// Where the loader looks for it.
    pub provider: Provider,
}

/// The names that a binary takes from elsewhere, sorted, each once.
#[derive(Debug, Clone, Default)]
pub struct UndefinedSymbols {
    /// The names, one behind the other.
    text: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    begin: u32,
    length: u16,
    provider: Provider,
}

impl UndefinedSymbols {
    /// All names.
    pub fn iter(&self) -> impl Iterator<Item = Undefined<'_>> {
        self.entries.iter().map(|entry| Undefined {
            name: self.name(entry),
            provider: entry.provider,
        })
    }

    /// The number of names.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the binary takes no names from elsewhere.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the binary takes this name from elsewhere.
    pub fn contains(&self, name: &str) -> bool {
        let found = self
            .entries
            .binary_search_by(|entry| self.name(entry).cmp(name));
        found.is_ok()
    }

    fn name(&self, entry: &Entry) -> &str {
        let begin = entry.begin as usize;
        self.text
            .get(begin..begin + usize::from(entry.length))
            .unwrap_or_default()
    }

    /// Adds a name at the end; [`Self::sort`] puts it in its place.
    pub(super) fn push(&mut self, name: &str, provider: Provider) {
        // The limits for a name and for the text of all names are far lower.
        if let (Ok(begin), Ok(length)) = (u32::try_from(self.text.len()), name.len().try_into()) {
            self.text.push_str(name);
            self.entries.push(Entry {
                begin,
                length,
                provider,
            });
        }
    }

    /// Sorts the names. Of a name that is there twice, the more exact provider counts.
    pub(super) fn sort(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by(|a, b| self.name(a).cmp(self.name(b)));
        entries.dedup_by(|later, first| {
            let is_same = self.name(later) == self.name(first);
            if is_same && first.provider == Provider::Any {
                first.provider = later.provider;
            }
            is_same
        });
        entries.shrink_to_fit();
        self.text.shrink_to_fit();
        self.entries = entries;
    }
}

impl<'a> FromIterator<(&'a str, Provider)> for UndefinedSymbols {
    fn from_iter<I: IntoIterator<Item = (&'a str, Provider)>>(symbols: I) -> Self {
        let mut list = Self::default();
        for (name, provider) in symbols {
            list.push(name, provider);
        }
        list.sort();
        list
    }
}

impl PartialEq for UndefinedSymbols {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for UndefinedSymbols {}

/// What a name takes in memory beside its text, in bytes.
pub(super) const ENTRY: usize = size_of::<Entry>();

/// What names take in memory, in bytes.
pub(super) fn memory(exports: &NameSet, undefined: &UndefinedSymbols) -> usize {
    exports.numbers.len() * size_of::<u64>() + undefined.text.len() + undefined.len() * ENTRY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_the_more_exact_of_two_counts() {
        let symbols: UndefinedSymbols = [
            ("b", Provider::Any),
            ("a", Provider::Library(1)),
            ("b", Provider::Versioned),
            ("a", Provider::Any),
        ]
        .into_iter()
        .collect();
        let found: Vec<_> = symbols
            .iter()
            .map(|symbol| (symbol.name, symbol.provider))
            .collect();
        assert_eq!(
            found,
            [("a", Provider::Library(1)), ("b", Provider::Versioned)]
        );
        assert!(symbols.contains("b") && !symbols.contains("c"));
        let set: NameSet = ["x", "y", "x"].into_iter().collect();
        assert!(set.contains("x") && !set.contains("z") && set.numbers().len() == 2);
    }
}
