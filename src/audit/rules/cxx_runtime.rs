//! The symbols of the runtime libraries of C and C++ compilers, by how their names begin.

/// Whether the name is one of the C or C++ runtime: of libgcc, libstdc++ or libc++.
pub(super) fn is_runtime_symbol(name: &str) -> bool {
    name.starts_with("__") || is_cxx_runtime_symbol(name)
}

/// Whether the name belongs to libc++, libc++abi or libunwind, or to their equivalents on other systems.
pub(super) fn is_cxx_runtime_symbol(name: &str) -> bool {
    const PREFIXES: [&str; 24] = [
        "__cxa_",
        "__gxx_",
        "__dynamic_cast",
        "_Unwind_",
        "_ZSt",
        "_ZNSt",
        "_ZNKSt",
        "_ZTISt",
        "_ZTVSt",
        "_ZTSSt",
        "_ZTTSt",
        "_ZGVNSt",
        "_ZTTNSt",
        "_ZTINSt",
        "_ZTVNSt",
        "_ZTSNSt",
        "_ZTVN10__cxxabiv1",
        "_ZTIN10__cxxabiv1",
        "_ZN10__cxxabiv1",
        "_ZN9__gnu_cxx",
        "_ZNK9__gnu_cxx",
        "_Zn",
        "_Zd",
        "_ITM_",
    ];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_runtimes_are_told_by_how_they_begin() {
        for name in [
            "_Unwind_Resume",
            "__cxa_throw",
            "_ZNSt6vectorE",
            "_ZnwmSt",
            "_ZTISt9exception",
        ] {
            assert!(is_runtime_symbol(name), "{name}");
        }
        for name in ["mean_of", "_ZN4absl6StrCatEv", "_ZTI5hello", "_PyHello"] {
            assert!(!is_runtime_symbol(name), "{name}");
        }
        assert!(is_cxx_runtime_symbol("__cxa_throw") && !is_cxx_runtime_symbol("__my_helper"));
    }
}
