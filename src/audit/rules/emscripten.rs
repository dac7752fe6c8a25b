//! The rules for WebAssembly in Pyodide (PEP 783): every library is in the wheel, and every symbol in the wheel or in
//! the runtime, which has CPython, Emscripten's C library and JavaScript functions.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::cxx_runtime::is_cxx_runtime_symbol;
use super::policy::release;
use super::promise::{Promise, foreign_library};
use super::symbols;
use crate::audit::finding::Finding;
use crate::binary::Binary;
use crate::platform::Os;
use crate::tags::Release;
use crate::text::table::rows;

pub(super) fn judge(binary: &Binary, platform: Release, promise: &Promise) -> Vec<Finding> {
    let mut findings = Vec::new();
    for library in &binary.imports {
        let file = library.rsplit('/').next().unwrap_or(library);
        if !promise.shipped.has(file) {
            findings.push(foreign_library(library, Os::Emscripten, "Pyodide"));
        }
    }
    // A library that another package provides may have any symbol.
    let all_known = promise.shipped.system_libraries(binary).is_empty();
    let missing = symbols::missing(binary, Os::Emscripten, promise, |name| {
        !all_known || is_cxx_runtime_symbol(name) || runtime_has(name, platform)
    });
    findings.extend(missing.findings(promise));
    findings
}

static RUNTIMES: LazyLock<Runtimes> = LazyLock::new(|| {
    let mut runtimes = Runtimes::default();
    for row in rows(include_str!("../data/emscripten_symbols.txt")) {
        match &row[..] {
            ["platform", platform, ..] => runtimes.known.push(release(platform)),
            ["in", platforms, names @ ..] => {
                let set = runtimes.set(platforms);
                let names = names.iter();
                runtimes.names.extend(names.map(|name| (*name, set)));
            }
            _ => {}
        }
    }
    runtimes
});

/// What the runtimes of the platforms have.
#[derive(Default)]
struct Runtimes {
    /// The platforms that the table knows.
    known: Vec<Release>,
    /// For each name the platforms that have it: a bit for each index in `known`.
    names: HashMap<&'static str, u8>,
}

impl Runtimes {
    fn set(&self, platforms: &str) -> u8 {
        let bits = platforms
            .split(',')
            .map(|platform| self.bit(release(platform)));
        bits.fold(0, |set, bit| set | bit)
    }

    /// The bit of a platform; none for one that the table does not know.
    fn bit(&self, platform: Release) -> u8 {
        let index = self.known.iter().position(|known| *known == platform);
        index.map_or(0, |index| {
            1_u8.checked_shl(u32::try_from(index).unwrap_or(u32::MAX))
                .unwrap_or(0)
        })
    }
}

/// Whether the runtime of a platform has a name. Of a platform that the table does not know, it may have any.
fn runtime_has(name: &str, platform: Release) -> bool {
    let bit = RUNTIMES.bit(platform);
    bit == 0 || RUNTIMES.names.get(name).is_some_and(|set| set & bit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_have_what_their_release_has() {
        let [v2024, v2025, v2026, v2026_5] = [(2024, 0), (2025, 0), (2026, 0), (2026, 5)]
            .map(|(year, number)| Release::new(year, number));
        for platform in [v2025, v2026, v2026_5] {
            for name in [
                "malloc",
                "__stack_pointer",
                "fd_write",
                "emscripten_get_now",
                "__cpp_exception",
            ] {
                assert!(runtime_has(name, platform), "{name} {platform}");
            }
            assert!(!runtime_has("mean_of", platform));
        }
        assert!(runtime_has("ZSTD_XXH32", v2026) && !runtime_has("ZSTD_XXH32", v2025));
        assert!(runtime_has("epoll_wait", v2026_5) && !runtime_has("epoll_wait", v2026));
        assert!(runtime_has("mean_of", v2024));
    }
}
