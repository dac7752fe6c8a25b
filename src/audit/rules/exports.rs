//! The symbols that the C libraries of Linux and macOS export, from the tables in `data/`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::policy::release;
use crate::tags::Release;
use crate::text::table::rows;

static GLIBC: LazyLock<HashMap<&str, Release>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for row in rows(include_str!("../data/glibc_symbols.txt")) {
        if let ["since", first, these @ ..] = &row[..] {
            let first = release(first);
            names.extend(these.iter().map(|name| (*name, first)));
        }
    }
    names
});

/// The first glibc that has the function or variable.
pub(super) fn glibc_since(name: &str) -> Option<Release> {
    GLIBC.get(name).copied()
}

static MACOS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let rows = rows(include_str!("../data/macos_symbols.txt"));
    rows.flat_map(|row| row.into_iter().skip(1)).collect()
});

/// Whether libSystem of the newest known macOS has the function or variable; `name` is without the leading
/// underscore.
pub(super) fn macos_has_symbol(name: &str) -> bool {
    MACOS.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glibc_has_its_functions_from_a_release_on() {
        assert_eq!(glibc_since("gettid"), Some(Release::new(2, 30)));
        assert!(glibc_since("malloc").is_some_and(|first| first <= Release::new(2, 17)));
        assert!(glibc_since("cos").is_some() && glibc_since("dlopen").is_some());
        assert_eq!(glibc_since("mean_of"), None);
    }

    #[test]
    fn macos_has_the_functions_of_its_c_library() {
        for name in ["malloc", "memset_s", "dispatch_async_f", "dyld_stub_binder"] {
            assert!(macos_has_symbol(name), "{name}");
        }
        for name in ["__stack_chk_fail", "__error", "__sincos_stret", "__udivti3"] {
            assert!(macos_has_symbol(name), "{name}");
        }
        assert!(!macos_has_symbol("mean_of") && !macos_has_symbol("__my_helper"));
    }
}
