//! A Python of this machine whose `sysconfig` gives the values of a target, for build scripts that run an
//! interpreter.
//!
//! Takes an interpreter and a target; gives an executable in the cache, which is created once. It is a virtual
//! environment (PEP 405) on the interpreter, with the packages of the interpreter and one module of ours
//! (`target_sysconfig.py`) that replaces the values. A script that sets environment variables would not do:
//! `python -I` ignores them, and other Pythons that a build starts would see them. The interpreter itself is
//! never changed.
//!
//! On Unix the interpreter of the environment is a symbolic link, as PEP 405 requires. A program that resolves
//! links, such as Zig's `b.findProgram`, would find the plain interpreter behind it. So builds get a small shell
//! script, which is a regular file, and which runs the interpreter of the environment.

mod environment;

use std::path::{Path, PathBuf};

use fs_err as fs;
use serde_json::json;

#[cfg(unix)]
use self::environment::write_wrappers;
use self::environment::{
    WRAPPERS, environment, executable, failing_program, make_environment, names, write_program,
};

use super::cache::Cache;
use super::interpreter::Interpreter;
use super::places;
use super::zig::Zig;
use crate::error::{Error, Problem, Result};
use crate::platform::{ExtensionAbi, Family, Machine, System, ZigTarget};
use crate::sys::fingerprint;
use crate::tags::{Arch, PythonVersion};

const MODULE: &str = include_str!("target_sysconfig.py");
const KIND: &str = "launchers";

/// The target that the launcher describes.
pub(super) struct Question<'a> {
    pub(super) python: &'a Interpreter,
    pub(super) target: ZigTarget,
    /// The target's machine.
    pub(super) machine: Machine,
    pub(super) zig: &'a Zig,
    pub(super) include: &'a Path,
    /// The folder of the import library, for Windows.
    pub(super) lib_dir: Option<&'a Path>,
}

/// The executable of the launcher, from the cache if it is in it.
pub(super) fn launcher(question: &Question, cache: &Cache) -> Result<PathBuf> {
    question.refuse_paths(cache)?;
    let Some(base_exe) = &question.python.base_exe else {
        return without_interpreter(question.python, cache);
    };
    let target = question.answers();
    let settings = environment(question.python, base_exe);
    let identity = format!(
        "{MODULE}\n{target}\n{}\n{WRAPPERS}\n{}\n{}",
        settings.configuration,
        base_exe.display(),
        env!("CARGO_PKG_VERSION"),
    );
    let key = format!(
        "{}-{}-{}",
        question.python.cpython(),
        question.target.platform(),
        fingerprint::short(identity)
    );
    let dir = cache.get_whole_or_make(KIND, &key, |dir| {
        let packages = make_environment(question.python, base_exe, &settings, dir, cache.cancel())?;
        #[cfg(unix)]
        write_wrappers(question.python.version, &cache.path(KIND, &key), dir)?;
        fs::create_dir_all(&packages)?;
        fs::write(packages.join("pyz3_wheel_target.py"), MODULE)?;
        fs::write(packages.join("target.json"), target.to_string())?;
        fs::write(
            packages.join("pyz3_wheel_target.pth"),
            "import pyz3_wheel_target; pyz3_wheel_target.install()\n",
        )?;
        Ok(())
    })?;
    Ok(dir.join(executable()))
}

/// Creates programs with the names of the launcher that fail with the reason, for a Python without an
/// interpreter. Without them, a build could run an interpreter of another version from PATH.
fn without_interpreter(python: &Interpreter, cache: &Cache) -> Result<PathBuf> {
    let names = names(python.version);
    let programs: Vec<_> = names
        .into_iter()
        .map(|name| failing_program(&name, python))
        .collect();
    let key = format!(
        "{}-none-{}",
        python.cpython(),
        fingerprint::short(format!("{programs:?}"))
    );
    let dir = cache.get_whole_or_make(KIND, &key, |dir| {
        programs
            .iter()
            .try_for_each(|(name, text)| write_program(&dir.join(name), text))
    })?;
    Ok(dir.join(&programs[0].0))
}

impl Question<'_> {
    /// The path as text, as build scripts get it.
    fn refuse_paths(&self, cache: &Cache) -> Result<()> {
        let paths = [self.include, &self.python.exe, &self.zig.exe, cache.root()];
        let wrong = paths.into_iter().find(|path| path.to_str().is_none());
        wrong.map_or(Ok(()), |path| {
            Err(Error::config(
                Problem::new("this path is not Unicode, so it cannot be passed to a build script")
                    .at(path.display())
                    .hint("use a cache, a Zig and a Python whose paths are Unicode: --cache-dir, --zig and --python"),
            ))
        })
    }

    /// The package folders of the virtual environment of the interpreter, if it is in one.
    fn packages(&self) -> Vec<PathBuf> {
        let Some(environment) = places::environment_of(&self.python.exe) else {
            return Vec::new();
        };
        if cfg!(windows) {
            return vec![environment.join("Lib/site-packages")];
        }
        let python = self.python.cpython();
        ["lib", "lib64"]
            .into_iter()
            .map(|lib| environment.join(format!("{lib}/python{python}/site-packages")))
            .filter(|folder| folder.is_dir())
            .collect()
    }

    /// All values that `target_sysconfig.py` replaces.
    fn answers(&self) -> serde_json::Value {
        json!({
            "platform": self.platform(),
            "include": self.include,
            "config_h": self.include.join("pyconfig.h"),
            "site": self.packages(),
            "vars": self.variables(),
        })
    }

    /// The value of `sysconfig.get_platform()` on the target.
    ///
    /// Ex) `linux-aarch64`, `macosx-11.0-arm64`, `win-amd64`
    fn platform(&self) -> String {
        match self.target.system() {
            System::Manylinux(_, arch) | System::Musllinux(_, arch) => {
                format!("linux-{}", arch.linux())
            }
            System::Macos(floor, arch) => format!("macosx-{floor}-{arch}"),
            System::Windows(arch) => arch.tag().replace('_', "-"),
        }
    }

    /// The values of `sysconfig.get_config_vars()` on the target that differ from those of the interpreter.
    fn variables(&self) -> serde_json::Map<String, serde_json::Value> {
        let python = self.python.cpython();
        let version = python.version;
        let platform = self.target.platform();
        let suffix = platform.extension_suffix(ExtensionAbi::Full(python));
        let mut vars = serde_json::Map::new();
        let mut set = |entries: serde_json::Value| {
            if let serde_json::Value::Object(entries) = entries {
                vars.extend(entries);
            }
        };
        set(json!({
            "EXT_SUFFIX": suffix,
            "VERSION": version.to_string(),
            "INCLUDEPY": self.include,
            "Py_DEBUG": 0,
            "WITH_PYMALLOC": 1,
        }));
        // Older Pythons do not have this variable.
        if version >= PythonVersion::new(3, 13) {
            set(json!({ "Py_GIL_DISABLED": i32::from(python.free_threaded) }));
        }
        let system = self.target.system();
        set(match system {
            System::Windows(_) => {
                let dll = format!("python{}.dll", python.nodot());
                json!({
                    "VERSION": version.nodot(),
                    "LIBDIR": self.lib_dir,
                    "LIBRARY": dll,
                    "LDLIBRARY": dll,
                    "SOABI": soabi(&suffix),
                    "EXE": ".exe",
                })
            }
            System::Manylinux(..) | System::Musllinux(..) | System::Macos(..) => {
                let prefix = self.include.parent();
                let library = format!("libpython{python}.a");
                json!({
                    "SOABI": soabi(&suffix),
                    "ABIFLAGS": python.abi_flags(),
                    "LDVERSION": python.to_string(),
                    "CONFINCLUDEPY": self.include,
                    "INCLUDEDIR": prefix,
                    "CONFINCLUDEDIR": prefix,
                    "SHLIB_SUFFIX": ".so",
                    "EXE": "",
                    // No Python library is linked on the target, and the libraries of the host must not be linked.
                    "Py_ENABLE_SHARED": 0,
                    "LIBRARY": library,
                    "LDLIBRARY": library,
                    "INSTSONAME": library,
                    "LIBDIR": prefix,
                    "LIBPL": prefix,
                    "LIBS": "",
                    "SYSLIBS": "",
                    "BLDLIBRARY": "",
                    "LINKFORSHARED": "",
                    "WITH_DOC_STRINGS": 1,
                })
            }
        });
        match system {
            System::Windows(_) => {}
            System::Manylinux(_, arch) | System::Musllinux(_, arch) => {
                set(sizes(system.family(), arch));
                set(self.tools("-shared"));
                let (_, abi) = self.machine.triple.split_once('-').unwrap_or_default();
                let host = format!("{}-unknown-{abi}", gnu_cpu(arch));
                set(json!({
                    "MACHDEP": "linux",
                    "MULTIARCH": platform.in_suffixes(version),
                    "HOST_GNU_TYPE": host,
                    "BUILD_GNU_TYPE": host,
                }));
            }
            System::Macos(floor, _) => {
                set(sizes(system.family(), self.machine.arch));
                set(self.tools("-bundle -undefined dynamic_lookup"));
                let host = format!("{}-apple-darwin", self.machine.arch.zig());
                set(json!({
                    "MACHDEP": "darwin",
                    "MULTIARCH": "darwin",
                    "HOST_GNU_TYPE": host,
                    "BUILD_GNU_TYPE": host,
                    "MACOSX_DEPLOYMENT_TARGET": floor.to_string(),
                    "PYTHONFRAMEWORK": "",
                    "PYTHONFRAMEWORKDIR": "no-framework",
                    "PYTHONFRAMEWORKPREFIX": "",
                }));
            }
        }
        vars
    }

    /// The compiler and its flags for setuptools: Zig's compiler for the target. With `shared`, the command links an
    /// extension module.
    fn tools(&self, shared: &str) -> serde_json::Value {
        let zig = self.zig.exe.display().to_string();
        let zig = if zig.contains(' ') {
            format!("'{zig}'")
        } else {
            zig
        };
        let target = format!(
            "-target {} -mcpu={}",
            self.target,
            self.target.platform().cpu()
        );
        let cc = format!("{zig} cc {target}");
        let cxx = format!("{zig} c++ {target}");
        json!({
            "CC": cc,
            "CXX": cxx,
            "LINKCC": cc,
            "LDSHARED": format!("{cc} {shared}"),
            "BLDSHARED": format!("{cc} {shared}"),
            "LDCXXSHARED": format!("{cxx} {shared}"),
            "AR": format!("{zig} ar"),
            "ARFLAGS": "rcs",
            "RANLIB": format!("{zig} ranlib"),
            "CCSHARED": "-fPIC",
            "OPT": "-DNDEBUG -O3 -Wall",
            "CFLAGS": "-fno-strict-overflow -DNDEBUG -O3 -Wall",
            "CPPFLAGS": "",
            "LDFLAGS": "",
        })
    }
}

/// The tag in the middle of a suffix.
///
/// Ex) `cpython-312-darwin`
fn soabi(suffix: &str) -> &str {
    let suffix = suffix.trim_start_matches('.');
    suffix.rsplit_once('.').map_or(suffix, |(tag, _)| tag)
}

/// The processor in the GNU name of a system.
fn gnu_cpu(arch: Arch) -> &'static str {
    match arch {
        Arch::X86 | Arch::Armv7 => arch.linux(),
        Arch::X86_64
        | Arch::Aarch64
        | Arch::Ppc64le
        | Arch::S390x
        | Arch::Riscv64
        | Arch::Loongarch64
        | Arch::Wasm32 => arch.zig(),
    }
}

/// The sizes of C's types on POSIX systems, in bytes.
fn sizes(family: Family, arch: Arch) -> serde_json::Value {
    let is_macos = family == Family::Macos;
    let (word, long_double) = match arch {
        Arch::X86 => (4, 12),
        Arch::Armv7 => (4, 8),
        Arch::Wasm32 => (4, 16),
        Arch::Aarch64 if is_macos => (8, 8),
        Arch::X86_64
        | Arch::Aarch64
        | Arch::Ppc64le
        | Arch::S390x
        | Arch::Riscv64
        | Arch::Loongarch64 => (8, 16),
    };
    json!({
        "SIZEOF__BOOL": 1,
        "SIZEOF_SHORT": 2,
        "SIZEOF_INT": 4,
        "SIZEOF_LONG": word,
        "SIZEOF_LONG_LONG": 8,
        "SIZEOF_FLOAT": 4,
        "SIZEOF_DOUBLE": 8,
        "SIZEOF_LONG_DOUBLE": long_double,
        "SIZEOF_VOID_P": word,
        "SIZEOF_UINTPTR_T": word,
        "SIZEOF_SIZE_T": word,
        "SIZEOF_WCHAR_T": 4,
        "SIZEOF_PID_T": 4,
        // glibc's for 32-bit processors ends in 2038.
        "SIZEOF_TIME_T": if family == Family::Manylinux { word } else { 8 },
        // CPython enables large files, which makes these types larger on 32-bit systems too.
        "SIZEOF_OFF_T": 8,
        "SIZEOF_FPOS_T": if is_macos { 8 } else { 16 },
        "SIZEOF_PTHREAD_T": word,
    })
}

#[cfg(test)]
#[path = "launcher_tests.rs"]
mod tests;
