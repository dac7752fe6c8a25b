//! Native code that keeps every promise of a wheel's tags, and the doors by which it is changed.

use super::elf::{self, Elf};
use super::gil;
use super::macho::{self, Cpu, Macho};
use super::pe::{self, Pe};
use super::wasm::Wasm;
use super::wheel::{Native, Wheel};

/// What the endings of extension modules call an architecture, its glibc's first version, and its
/// musl.
const LINUX: [(&str, elf::Machine, &str, &str, &str); 8] = [
    (
        "x86_64",
        elf::X86_64,
        "x86_64-linux-gnu",
        "GLIBC_2.2.5",
        "x86_64",
    ),
    ("i686", elf::I686, "i386-linux-gnu", "GLIBC_2.0", "x86"),
    (
        "aarch64",
        elf::AARCH64,
        "aarch64-linux-gnu",
        "GLIBC_2.17",
        "aarch64",
    ),
    (
        "armv7l",
        elf::ARMV7,
        "arm-linux-gnueabihf",
        "GLIBC_2.4",
        "armv7",
    ),
    (
        "ppc64le",
        elf::PPC64LE,
        "powerpc64le-linux-gnu",
        "GLIBC_2.17",
        "ppc64le",
    ),
    ("s390x", elf::S390X, "s390x-linux-gnu", "GLIBC_2.2", "s390x"),
    (
        "riscv64",
        elf::RISCV64,
        "riscv64-linux-gnu",
        "GLIBC_2.27",
        "riscv64",
    ),
    (
        "loongarch64",
        elf::LOONGARCH64,
        "loongarch64-linux-gnu",
        "GLIBC_2.36",
        "loongarch64",
    ),
];

/// Path and code of the module that a wheel with these tags has; of each set the first tag counts.
pub(super) fn module(tags: &str) -> Option<(String, Native)> {
    let parts: Vec<_> = tags.split('-').collect();
    let first = |set: &str| set.split('.').next().unwrap().to_owned();
    let (python, abi, platform) = (first(parts[0]), first(parts[1]), first(parts[2]));
    // Not every stable ABI can be had by both kinds of 3.15.
    let abi = if parts[1].contains("abi3t") {
        "abi3t".to_owned()
    } else {
        abi
    };
    let api = Api { python, abi };
    if platform == "any" {
        None
    } else if platform.starts_with("win") {
        Some(windows(&api, &platform))
    } else if platform.starts_with("macosx_") {
        Some(macos(&api, &platform))
    } else if platform.starts_with("ios_") {
        Some(ios(&api, &platform))
    } else if platform.starts_with("android_") {
        Some(android(&api, &platform))
    } else if platform.ends_with("_wasm32") {
        Some(emscripten(&api))
    } else {
        Some(linux(&api, &platform))
    }
}

/// What an extension module uses of Python, and is called.
struct Api {
    python: String,
    abi: String,
}

impl Api {
    fn is_used(&self) -> bool {
        self.abi != "none"
    }

    fn is_stable(&self) -> bool {
        self.abi.starts_with("abi3")
    }

    /// What it exports.
    fn gives(&self) -> &'static str {
        match self.abi.as_str() {
            "none" => "hello",
            "abi3t" => "PyModExport__native",
            _ => "PyInit__native",
        }
    }

    /// What it takes of Python.
    fn takes(&self) -> &'static [&'static str] {
        match self.abi.as_str() {
            "none" => &[],
            "abi3t" => &["PyLong_FromLong"],
            _ => &["PyLong_FromLong", "PyModuleDef_Init"],
        }
    }

    /// The path of the file; `library` is what it is called if it is no module.
    fn path(&self, library: &str, version: &str, platform: &str, ending: &str) -> String {
        let digits = self.abi.strip_prefix("cp");
        match digits {
            Some(digits) => format!("hello/_native.{version}{digits}-{platform}.{ending}"),
            None if !self.is_used() => format!("hello/{library}"),
            None if ending == "pyd" => format!("hello/_native.{ending}"),
            None => format!("hello/_native.{}.{ending}", self.abi),
        }
    }
}

fn linux(api: &Api, platform: &str) -> (String, Native) {
    let row = LINUX.iter().find(|(arch, ..)| platform.ends_with(arch));
    let (_, machine, triplet, glibc, musl) = *row.unwrap_or(&LINUX[0]);
    let is_musl = platform.starts_with("musllinux");
    let elf = api
        .takes()
        .iter()
        .fold(Elf::new(machine).gives(api.gives()), |elf, name| {
            elf.takes(name)
        })
        .data(gil::declared(&api.abi, machine.big, machine.wide));
    let (elf, triplet) = if is_musl {
        let elf = elf
            .needed(&format!("libc.musl-{musl}.so.1"))
            .takes("malloc");
        (elf, triplet.replace("linux-gnu", "linux-musl"))
    } else {
        (elf.needs("libc.so.6", glibc, "malloc"), triplet.to_owned())
    };
    let elf = elf.may_take("__gmon_start__");
    let path = api.path("libhello.so", "cpython-", &triplet, "so");
    (path, Native::Elf(elf))
}

fn macos(api: &Api, platform: &str) -> (String, Native) {
    let mut parts = platform.splitn(4, '_').skip(1);
    let mut number = || parts.next().unwrap().parse::<u32>().unwrap();
    let (major, minor) = (number(), number());
    let slice = |cpu: Cpu| {
        // Apple silicon begins with 11.0.
        let early = cpu == macho::ARM64 && major < 11;
        let (major, minor) = if early { (11, 0) } else { (major, minor) };
        let slice = Macho::new(cpu).minos(major, minor, 0).gives(api.gives());
        let slice = slice.data(gil::declared(&api.abi, false, true));
        let slice = if api.is_used() {
            slice
        } else {
            slice.dylib("@rpath/libhello.dylib")
        };
        let slice = slice.takes("malloc");
        api.takes()
            .iter()
            .fold(slice, |slice, name| slice.takes(name))
    };
    let slices = match parts.next().unwrap() {
        "x86_64" => vec![slice(macho::X86_64)],
        "arm64" => vec![slice(macho::ARM64)],
        _ => vec![slice(macho::X86_64), slice(macho::ARM64)],
    };
    let path = api.path("libhello.dylib", "cpython-", "darwin", "so");
    (path, Native::Macho(slices))
}

fn windows(api: &Api, platform: &str) -> (String, Native) {
    let machine = match platform {
        "win32" => pe::X86,
        "win_arm64" => pe::ARM64,
        _ => pe::X64,
    };
    let t = if api.abi.ends_with('t') { "t" } else { "" };
    let dll = if api.is_stable() {
        format!("python3{t}.dll")
    } else {
        format!("python{}{t}.dll", api.python.trim_start_matches("cp"))
    };
    let pe = Pe::new(machine)
        .data(gil::declared(&api.abi, false, platform != "win32"))
        .gives(api.gives())
        .takes("KERNEL32.dll", "GetLastError")
        .takes("api-ms-win-crt-heap-l1-1-0.dll", "malloc");
    let pe = api.takes().iter().fold(pe, |pe, name| pe.takes(&dll, name));
    let path = api.path("hello.dll", "cp", platform, "pyd");
    (path, Native::Pe(pe))
}

fn ios(api: &Api, platform: &str) -> (String, Native) {
    let (sdk, system) = if platform.ends_with("iphonesimulator") {
        ("iphonesimulator", macho::IOS_SIMULATOR)
    } else {
        ("iphoneos", macho::IOS)
    };
    let cpu = if platform.contains("x86_64") {
        macho::X86_64
    } else {
        macho::ARM64
    };
    // The simulator on Apple silicon begins with 14.0.
    let early = sdk == "iphonesimulator" && cpu == macho::ARM64;
    let release = macho::release(if early { 14 } else { 13 }, 0, 0);
    let dylib = Macho::new(cpu)
        .dylib("build/_native.so")
        .floor(macho::Floor::Build(system, release))
        .signed(macho::Signature::None)
        .gives(api.gives())
        .data(gil::declared(&api.abi, false, true))
        .takes_from("/usr/lib/libSystem.B.dylib", "malloc");
    let python = "@rpath/Python.framework/Python";
    let dylib = api
        .takes()
        .iter()
        .fold(dylib, |dylib, name| dylib.takes_from(python, name));
    let path = api.path("libhello.dylib", "cpython-", sdk, "so");
    (path, Native::Macho(vec![dylib]))
}

/// How tags for Android spell an architecture, and how endings do.
const ANDROID: [(&str, elf::Machine, &str); 4] = [
    ("arm64_v8a", elf::AARCH64, "aarch64-linux-android"),
    ("armeabi_v7a", elf::ARMV7, "arm-linux-androideabi"),
    ("x86_64", elf::X86_64, "x86_64-linux-android"),
    ("x86", elf::I686, "i686-linux-android"),
];

fn android(api: &Api, platform: &str) -> (String, Native) {
    let row = ANDROID.iter().find(|(arch, ..)| platform.ends_with(arch));
    let (_, machine, triplet) = *row.unwrap();
    let level = platform.split('_').nth(1).unwrap().parse().unwrap();
    let elf = Elf::new(machine)
        .android(level)
        .alignment(16 << 10)
        .gives(api.gives())
        .data(gil::declared(&api.abi, false, machine.wide))
        .needs("libc.so", "LIBC", "malloc")
        .needed("libm.so")
        .needed("libdl.so");
    let python = match api.abi.strip_prefix("cp3") {
        Some(minor) => format!("libpython3.{minor}.so"),
        None => "libpython3.so".to_owned(),
    };
    let elf = api
        .takes()
        .iter()
        .fold(elf, |elf, name| elf.needed(&python).takes(name));
    let path = api.path("libhello.so", "cpython-", triplet, "so");
    (path, Native::Elf(elf))
}

fn emscripten(api: &Api) -> (String, Native) {
    let wasm = Wasm::new()
        .gives(api.gives())
        .gives("__wasm_apply_data_relocs")
        .takes("malloc")
        .takes_variable("stderr")
        .takes_address("free");
    let wasm = api.takes().iter().fold(wasm, |wasm, name| wasm.takes(name));
    let path = api.path("libhello.so", "cpython-", "wasm32-emscripten", "so");
    (path, Native::Wasm(wasm))
}

impl Wheel {
    /// Has its native code under another path.
    pub(super) fn module(mut self, path: &str) -> Self {
        let module = self.module.as_mut().expect("native code");
        path.clone_into(&mut module.0);
        self
    }

    /// Has other native code.
    pub(super) fn native(mut self, native: Native) -> Self {
        self.module.as_mut().expect("native code").1 = native;
        self
    }

    /// Has no native code.
    pub(super) fn without_native(mut self) -> Self {
        self.module = None;
        self
    }

    /// Has the native code of a good wheel with other tags, under the path that it had.
    pub(super) fn native_of(self, tags: &str) -> Self {
        let (_, native) = module(tags).unwrap();
        self.native(native)
    }

    #[track_caller]
    pub(super) fn elf(self, edit: impl FnOnce(Elf) -> Elf) -> Self {
        match self.module.clone() {
            Some((_, Native::Elf(elf))) => self.native(Native::Elf(edit(elf))),
            other => panic!("{other:?}"),
        }
    }

    /// Changes every slice.
    #[track_caller]
    pub(super) fn macho(self, edit: impl Fn(Macho) -> Macho) -> Self {
        self.slices(|slices| slices.into_iter().map(edit).collect())
    }

    /// Changes the slice for a processor.
    #[track_caller]
    pub(super) fn slice(self, cpu: Cpu, edit: impl Fn(Macho) -> Macho) -> Self {
        self.macho(|slice| if slice.cpu == cpu { edit(slice) } else { slice })
    }

    #[track_caller]
    pub(super) fn slices(self, edit: impl FnOnce(Vec<Macho>) -> Vec<Macho>) -> Self {
        match self.module.clone() {
            Some((_, Native::Macho(slices))) => self.native(Native::Macho(edit(slices))),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn pe(self, edit: impl FnOnce(Pe) -> Pe) -> Self {
        match self.module.clone() {
            Some((_, Native::Pe(pe))) => self.native(Native::Pe(edit(pe))),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn wasm(self, edit: impl FnOnce(Wasm) -> Wasm) -> Self {
        match self.module.clone() {
            Some((_, Native::Wasm(wasm))) => self.native(Native::Wasm(edit(wasm))),
            other => panic!("{other:?}"),
        }
    }

    /// Changes the bytes of its native code.
    pub(super) fn damage(self, edit: impl FnOnce(&mut Vec<u8>)) -> Self {
        let (_, native) = self.module.as_ref().expect("native code");
        let mut bytes = native.bytes();
        edit(&mut bytes);
        self.native(Native::Bytes(bytes))
    }
}
