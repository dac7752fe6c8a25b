//! Good wheels, of whose native code no check may say anything. Those that are good for other
//! reasons are in `more_controls`.

use super::case::{
    ANDROID, INTEL, IOS, IOS_SIMULATOR, LINUX, LINUX_ABI3, LINUX_FREE, LINUX_NONE, MACOS,
    MACOS_ABI3, MACOS_NONE, MUSL, PURE, PYODIDE, UNIVERSAL, WINDOWS, WINDOWS_ABI3, WINDOWS_FREE,
    WINDOWS_NONE,
};
use super::code::{AVX, CPUID, XGETBV};
use super::elf::{self, Elf};
use super::macho::{self, Floor, Macho, Signature, release};
use super::pe::{self, Pe};
use super::wheel::Wheel;
use super::{on_linux, on_macos, on_windows, pythons};

/// What is particular about a good wheel, and the wheel.
pub(super) type Control = (String, Wheel);

/// The good wheel of these tags is still good once this was done to it.
pub(super) fn good(what: &str, tags: &str, edit: impl FnOnce(Wheel) -> Wheel) -> Control {
    (what.to_owned(), edit(Wheel::of(tags)))
}

pub(super) fn all() -> Vec<Control> {
    let plain = plain_tags().map(|tags| good(tags, tags, |w| w));
    let mut all: Vec<_> = plain.collect();
    all.extend(linux());
    all.extend(linux_libraries());
    all.extend(linux_vector_code());
    all.extend(musl());
    all.extend(macos());
    all.extend(windows());
    all
}

/// The tags of good wheels that are checked unchanged.
pub(super) fn plain_tags() -> impl Iterator<Item = &'static str> {
    let tags = [
        PURE,
        LINUX,
        LINUX_ABI3,
        LINUX_FREE,
        LINUX_NONE,
        MUSL,
        MACOS,
        MACOS_ABI3,
        MACOS_NONE,
        INTEL,
        UNIVERSAL,
        WINDOWS,
        WINDOWS_ABI3,
        WINDOWS_FREE,
        WINDOWS_NONE,
        IOS,
        IOS_SIMULATOR,
        "cp314-cp314-ios_13_0_x86_64_iphonesimulator",
        "cp313-abi3-ios_13_0_arm64_iphoneos",
        "py3-none-ios_13_0_arm64_iphoneos",
        ANDROID,
        "cp314-cp314-android_21_armeabi_v7a",
        "cp314-cp314-android_24_x86_64",
        "cp314-cp314-android_24_x86",
        "cp313-abi3-android_24_arm64_v8a",
        "py3-none-android_24_arm64_v8a",
        PYODIDE,
        "cp313-cp313-pyemscripten_2025_0_wasm32",
        "cp315-cp315-pyemscripten_2026_5_wasm32",
        "cp39-abi3-pyemscripten_2026_0_wasm32",
        "py3-none-pyemscripten_2026_0_wasm32",
        "py2.py3-none-any",
        "cp39-cp39-manylinux1_x86_64",
        "cp39-cp39-manylinux2010_i686",
        "cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64",
        "cp312-cp312-manylinux_2_17_i686",
        "cp312-cp312-manylinux_2_17_aarch64",
        "cp312-cp312-manylinux_2_17_armv7l",
        "cp312-cp312-manylinux_2_17_ppc64le",
        "cp312-cp312-manylinux_2_17_s390x",
        "cp312-cp312-manylinux_2_31_riscv64",
        "cp39-abi3-manylinux_2_17_aarch64",
        "cp313-cp313t-manylinux_2_28_aarch64",
        "cp312-cp312-musllinux_1_2_aarch64",
        "cp312-cp312-musllinux_1_2_i686",
        "cp312-cp312-musllinux_1_2_armv7l",
        "cp312-cp312-musllinux_1_1_s390x",
        "cp39-abi3-musllinux_1_2_ppc64le",
        "py3-none-musllinux_1_2_riscv64",
        "cp313-cp313t-macosx_11_0_arm64",
        "cp312-cp312-macosx_26_0_arm64",
        "cp39-abi3-macosx_10_9_universal2",
        "cp312-cp312-win32",
        "cp312-cp312-win_arm64",
        "cp39-abi3-win32",
        "cp313-cp313t-win_arm64",
        "py3-none-win32",
    ];
    tags.into_iter().chain(pythons::plain_tags())
}

fn linux() -> Vec<Control> {
    vec![
        good("ELF asks for no more than 2_17 has", LINUX, |w| {
            w.elf(|e| {
                e.needs("libc.so.6", "GLIBC_2.17", "clock_gettime")
                    .needs("libm.so.6", "GLIBC_2.2.5", "exp")
                    .needs("libstdc++.so.6", "GLIBCXX_3.4.19", "_ZSt4copy")
                    .needs("libgcc_s.so.1", "GCC_3.0", "_Unwind_Resume")
                    .needs("libz.so.1", "ZLIB_1.2.2", "compressBound")
            })
        }),
        good("ELF loads libmvec, which 2_28 has", LINUX, |w| {
            w.tagged("cp312-cp312-manylinux_2_28_x86_64")
                .elf(|e| e.needs("libmvec.so.1", "GLIBC_2.22", "_ZGVbN2v_sin"))
        }),
        good("ELF takes what zlib has since 2_34", LINUX, |w| {
            w.tagged("cp312-cp312-manylinux_2_34_x86_64")
                .elf(|e| e.needed("libz.so.1").takes("uncompress2"))
        }),
        good("ELF loads nothing", LINUX, |w| {
            let elf = Elf::new(elf::X86_64)
                .gives("PyInit__native")
                .takes("PyLong_FromLong");
            w.elf(|_| elf)
        }),
        good("ELF for x86_64 has pages of 4 KiB", LINUX, |w| {
            w.elf(|e| e.alignment(4 << 10))
        }),
        good("a program is among the scripts", LINUX, |w| {
            let program =
                Elf::new(elf::X86_64)
                    .kind(elf::PROGRAM)
                    .needs("libc.so.6", "GLIBC_2.2.5", "puts");
            w.file("hello-1.0.data/scripts/hello", program.bytes())
        }),
        good("a plain .so is a module", LINUX, |w| {
            w.module("hello/_native.so")
        }),
        good("a full ABI has a module of the stable one", LINUX, |w| {
            w.module("hello/_native.abi3.so")
        }),
        good("a module's name is not ASCII", LINUX, |w| {
            w.module("hello/_\u{f1}.cpython-312-x86_64-linux-gnu.so")
                .elf(|e| e.without("PyInit__native").gives("PyInitU___rga"))
        }),
        good(
            "ELF has a URL that looks like somebody's file",
            LINUX,
            |w| {
                w.elf(|e| {
                    e.data("see https://example.org/home/ada/notes.c\0/usr/include/stdio.h\0")
                })
            },
        ),
    ]
}

/// Libraries of the wheel that a path leads to.
fn linux_libraries() -> Vec<Control> {
    let shipped = |what, edit: fn(Elf) -> Elf, path| {
        good(what, LINUX, |w| {
            w.elf(|e| edit(e.needed("libhelper.so.1")))
                .file(path, on_linux::helper().bytes())
        })
    };
    vec![
        shipped(
            "RUNPATH leads to the folder",
            |e| e.runpath("$ORIGIN"),
            "hello/libhelper.so.1",
        ),
        shipped(
            "RUNPATH leads to a folder beside",
            |e| e.runpath("$ORIGIN/../hello.libs"),
            "hello.libs/libhelper.so.1",
        ),
        shipped(
            "RPATH with braces leads to a folder below",
            |e| e.rpath("${ORIGIN}/lib:$ORIGIN/none"),
            "hello/lib/libhelper.so.1",
        ),
    ]
}

/// AVX code that is chosen at run time.
fn linux_vector_code() -> Vec<Control> {
    let asks =
        |what, edit: fn(Elf) -> Elf| good(what, LINUX, |w| w.elf(|e| edit(e.code(&AVX.repeat(8)))));
    let named = |path: &str| {
        good(&format!("AVX code is in {path}"), LINUX, |w| {
            w.file(path, on_linux::helper().code(&AVX.repeat(8)).bytes())
        })
    };
    vec![
        asks("AVX code is behind cpuid", |e| {
            e.code(&[&CPUID[..], &AVX.repeat(8)].concat())
        }),
        asks("AVX code is behind xgetbv", |e| {
            e.code(&[&AVX.repeat(8)[..], &XGETBV].concat())
        }),
        asks("AVX code is behind an indirect function", |e| {
            e.gives_indirect("dot")
        }),
        asks("AVX code is behind the compiler's own question", |e| {
            e.needs("libgcc_s.so.1", "GCC_4.8.0", "__cpu_model")
        }),
        asks("AVX code is behind a function of SDL", |e| {
            e.needed("libX11.so.6").takes("SDL_HasAVX2")
        }),
        asks("AVX code is behind a function of the C library", |e| {
            e.takes("getauxval")
        }),
        asks("AVX code is behind a function of its own", |e| {
            e.gives("cpuinfo_initialize")
        }),
        named("hello/libdot_avx2.so"),
        named("hello/libdot_AVX512.so"),
    ]
}

fn musl() -> Vec<Control> {
    vec![
        good(
            "ELF takes musl's symbols from a library in the wheel",
            MUSL,
            |w| {
                let helper = Elf::new(elf::X86_64).soname("libhelper.so.1").gives("help");
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN").takes("help"))
                    .file("hello/libhelper.so.1", helper.bytes())
            },
        ),
        good("ELF may take a function that musl lacks", MUSL, |w| {
            w.elf(|e| e.may_take("gnu_get_libc_version"))
        }),
    ]
}

fn macos() -> Vec<Control> {
    let both = "cp312-cp312-macosx_10_13_universal2";
    let loads = |what, library: &'static str, rpath: Option<&'static str>, helper: Macho, path| {
        good(what, MACOS, |w| {
            w.macho(|m| {
                let m = m.loads(library);
                match rpath {
                    Some(rpath) => m.rpath(rpath),
                    None => m,
                }
            })
            .file(path, helper.bytes())
        })
    };
    vec![
        good("Mach-O needs less than its tag says", INTEL, |w| {
            w.macho(|m| m.minos(10, 9, 0))
        }),
        good("Mach-O needs less in the older way", INTEL, |w| {
            w.macho(|m| m.floor(Floor::Least(release(10, 9, 0))))
        }),
        good("tags of two processors, and a file for both", both, |w| {
            w.tagged("cp312-cp312-macosx_10_13_x86_64.macosx_11_0_arm64")
        }),
        good(
            "Mach-O of two slices under the tag of one",
            UNIVERSAL,
            |w| w.tagged(INTEL),
        ),
        good("Mach-O loads frameworks of the system", MACOS, |w| {
            w.macho(|m| {
                m.loads("/System/Library/Frameworks/Accelerate.framework/Versions/A/Accelerate")
                    .loads("/usr/lib/libc++.1.dylib")
            })
        }),
        loads(
            "@loader_path leads to a folder below, as delocate has it",
            "@loader_path/.dylibs/libhelper.dylib",
            None,
            on_macos::helper().dylib("/DLC/hello/.dylibs/libhelper.dylib"),
            "hello/.dylibs/libhelper.dylib",
        ),
        loads(
            "@rpath leads to a folder below",
            "@rpath/libhelper.dylib",
            Some("@loader_path/lib"),
            on_macos::helper(),
            "hello/lib/libhelper.dylib",
        ),
        good("Mach-O is exported without a trie", INTEL, |w| {
            w.macho(Macho::without_trie)
        }),
        good("Mach-O for Intel is signed", INTEL, |w| {
            w.macho(|m| m.signed(Signature::Right))
        }),
        good("AVX code for macOS is behind cpuid", INTEL, |w| {
            w.macho(|m| m.code(&[&CPUID[..], &AVX.repeat(8)].concat()))
        }),
        good("a program for macOS is among the scripts", MACOS, |w| {
            let program = Macho::new(macho::ARM64).kind(macho::PROGRAM);
            w.file("hello-1.0.data/scripts/hello", program.bytes())
        }),
        good("a dylib is a module", MACOS, |w| {
            w.macho(|m| m.kind(macho::DYLIB))
        }),
    ]
}

fn windows() -> Vec<Control> {
    vec![
        good("PE spells Python's DLL in capitals", WINDOWS, |w| {
            w.pe(|p| p.instead("python312.dll", "PYTHON312.DLL"))
        }),
        good("PE loads what Windows and CPython have", WINDOWS, |w| {
            w.pe(|p| {
                p.takes("VCRUNTIME140.dll", "memcpy")
                    .takes("VCRUNTIME140_1.dll", "__CxxFrameHandler4")
                    .takes("WS2_32.dll", "socket")
                    .takes("api-ms-win-crt-runtime-l1-1-0.dll", "_initterm")
                    .takes_late("bcrypt.dll", "BCryptGenRandom")
            })
        }),
        good(
            "PE loads a DLL of its folder, spelt otherwise",
            WINDOWS,
            |w| {
                w.pe(|p| p.takes("Helper.DLL", "help"))
                    .file("hello/helper.dll", on_windows::helper().bytes())
            },
        ),
        good("a DLL has a function like Python's", WINDOWS_ABI3, |w| {
            let helper = on_windows::helper().gives("PyHelper_Help");
            w.pe(|p| p.takes("helper.dll", "PyHelper_Help"))
                .file("hello/helper.dll", helper.bytes())
        }),
        good("PE loads a DLL of its folder late", WINDOWS_ABI3, |w| {
            w.pe(|p| p.takes_late("helper.dll", "help"))
                .file("hello/helper.dll", on_windows::helper().bytes())
        }),
        good(
            "PE loads a DLL of a folder that the package adds",
            WINDOWS,
            |w| {
                w.pe(|p| p.takes("helper.dll", "help"))
                    .file("hello.libs/helper.dll", on_windows::helper().bytes())
            },
        ),
        good("a plain .pyd is a module of one Python", WINDOWS, |w| {
            w.module("hello/_native.pyd")
        }),
        good("AVX code for Windows is behind cpuid", WINDOWS, |w| {
            w.pe(|p| p.code(&[&CPUID[..], &AVX.repeat(8)].concat()))
        }),
        good("a program for Windows is among the scripts", WINDOWS, |w| {
            let program = Pe::new(pe::X64)
                .program()
                .takes("KERNEL32.dll", "ExitProcess");
            w.file("hello-1.0.data/scripts/hello.exe", program.bytes())
        }),
    ]
}
