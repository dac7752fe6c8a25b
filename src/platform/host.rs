//! Which system a Rust target triple stands for.

use target_lexicon::{Architecture, ArmArchitecture, Environment, OperatingSystem, Triple};

use super::System;
use crate::tags::Arch;

/// Whether programs for this triple run on the system. A platform for two machines is the host of no program.
pub(super) fn is(system: System, triple: &Triple) -> bool {
    let runs = match system {
        System::Manylinux(..) => {
            triple.operating_system == OperatingSystem::Linux
                && matches!(
                    triple.environment,
                    Environment::Gnu | Environment::Gnueabihf
                )
        }
        System::Musllinux(..) => {
            triple.operating_system == OperatingSystem::Linux
                && matches!(
                    triple.environment,
                    Environment::Musl | Environment::Musleabihf
                )
        }
        System::Macos(..) => matches!(
            triple.operating_system,
            OperatingSystem::Darwin(_) | OperatingSystem::MacOSX(_)
        ),
        System::Windows(_) => triple.operating_system == OperatingSystem::Windows,
    };
    runs && matches!(system.arches()[..], [arch] if has(triple, arch))
}

fn has(triple: &Triple, arch: Arch) -> bool {
    use Architecture as A;
    let found = triple.architecture;
    match arch {
        Arch::X86_64 => found == A::X86_64,
        Arch::Aarch64 => matches!(found, A::Aarch64(_)),
        Arch::X86 => matches!(found, A::X86_32(_)),
        Arch::Armv7 => matches!(
            found,
            A::Arm(ArmArchitecture::Armv7 | ArmArchitecture::Armv7a)
        ),
        Arch::Ppc64le => found == A::Powerpc64le,
        Arch::S390x => found == A::S390x,
        Arch::Riscv64 => matches!(found, A::Riscv64(_)),
        Arch::Loongarch64 => found == A::LoongArch64,
        Arch::Wasm32 => found == A::Wasm32,
    }
}
