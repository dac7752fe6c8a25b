//! ELF files that loaders and kernels refuse, whichever libraries they need.

use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::binary::Binary;
use crate::tags::Arch;

pub(super) fn on_linux(binary: &Binary) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(text_relocations(binary, "hardened systems refuse"));
    if binary.executable_stack {
        findings.push(
            Finding::new(
                Code::ExecutableStack,
                "asks for an executable stack, which glibc 2.41 and later refuse",
            )
            .hint("give assembly sources a .note.GNU-stack section, or link with -z noexecstack"),
        );
    }
    if let Some(level) = binary.isa_level {
        findings.push(
            Finding::new(
                Code::IsaLevel,
                format!("declares that it needs a processor with {level}"),
            )
            .promised("the tag promises that any CPU of its architecture is enough")
            .hint(
                "compile for the baseline (-march=x86-64) and link without -z x86-64-v2, -v3 or -v4, and choose \
                 code for newer processors at run time",
            ),
        );
    }
    let page = match binary.arch {
        Some(Arch::Aarch64 | Arch::Ppc64le) => Some(64 << 10),
        Some(
            Arch::X86_64
            | Arch::X86
            | Arch::Armv7
            | Arch::S390x
            | Arch::Riscv64
            | Arch::Loongarch64
            | Arch::Wasm32,
        )
        | None => None,
    };
    let kernels = format!("kernels for {}", binary.machine);
    findings.extend(page.and_then(|page| segment_alignment(binary, page, &kernels)));
    findings
}

pub(super) fn on_android(binary: &Binary) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(text_relocations(
        binary,
        "Android refuses since API level 23",
    ));
    let page = match binary.arch {
        Some(Arch::Aarch64 | Arch::X86_64) => Some(16 << 10),
        Some(
            Arch::X86
            | Arch::Armv7
            | Arch::Ppc64le
            | Arch::S390x
            | Arch::Riscv64
            | Arch::Loongarch64
            | Arch::Wasm32,
        )
        | None => None,
    };
    findings
        .extend(page.and_then(|page| segment_alignment(binary, page, "64-bit Android devices")));
    findings
}

fn text_relocations(binary: &Binary, who_refuses: &str) -> Option<Finding> {
    binary.text_relocations.then(|| {
        let actual = format!("has text relocations, which {who_refuses}");
        Finding::new(Code::TextRelocations, actual)
            .hint("compile position-independent code (-fPIC)")
    })
}

/// Segments that cannot be mapped where a page has `page` bytes.
fn segment_alignment(binary: &Binary, page: u64, where_: &str) -> Option<Finding> {
    let alignment = binary.alignment.filter(|least| *least < page)?;
    let actual = format!(
        "has a LOAD segment aligned to {alignment} bytes, but {where_} may have pages of {page} bytes"
    );
    let hint = format!("link with -z max-page-size={page}");
    Some(Finding::new(Code::SegmentAlignment, actual).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::rules::samples::{CP312, found, good, only};
    use crate::platform::Platform;

    #[test]
    fn what_loaders_and_kernels_refuse_is_found() {
        for (edit, code) in [
            (
                (|binary| binary.text_relocations = true) as fn(&mut Binary),
                Code::TextRelocations,
            ),
            (
                |binary| binary.executable_stack = true,
                Code::ExecutableStack,
            ),
            (
                |binary| binary.alignment = Some(0x1000),
                Code::SegmentAlignment,
            ),
        ] {
            assert_eq!(only(Platform::LinuxAarch64, CP312, edit).0, code);
        }
        // x86-64 has pages of 4 KiB.
        let mut binary = good(Platform::LinuxX86_64);
        binary.alignment = Some(0x1000);
        assert_eq!(found(Platform::LinuxX86_64, CP312, &binary), []);
    }
}
