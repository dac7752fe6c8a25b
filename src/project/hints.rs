//! Facts that a project states outside of `[tool.pyz3-wheel]`, so that users need not repeat them there.
//!
//! Takes the other tables of pyproject.toml, build.zig.zon and the native sources; gives facts,
//! never decisions. Tables of other tools are read only as far as they concern a build.

use std::io::Read;
use std::path::{Path, PathBuf};

use pep440_rs::{Operator, Version, VersionSpecifiers};

use super::config::{Abi, Config};
use super::entry::Table;
use super::pyproject::Document;
use super::{checkout, walk, zon};
use crate::error::Problem;
use crate::metadata::module_name::ModuleName;
use crate::metadata::requirement;
use crate::options::Origin;
use crate::tags::ZigConstraint;

/// Facts from outside of `[tool.pyz3-wheel]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// The version of an exact `ziglang` pin in `build-system.requires`, or the specifiers of those
    /// requirements together.
    ///
    /// Ex) `0.16.0` of `ziglang==0.16.0`, `>=0.16,<0.17`
    pub ziglang: Option<String>,
    /// `[build-system]`, as far as it says who builds the project.
    pub build_system: BuildSystem,
    /// `zig_exe` of `[tool.pyz3]`, or else of `[tool.pydust]`.
    pub pyz3_zig_exe: Option<PathBuf>,
    /// `.minimum_zig_version` of build.zig.zon.
    pub minimum_zig_version: Option<String>,
    /// `[[tool.pyz3.ext_module]]`, or else `[[tool.pydust.ext_module]]`.
    pub ext_modules: Vec<ExtModule>,
    /// Whether some native source of the project mentions `PyInit_` or `PyModExport_`, which no
    /// extension module does without.
    pub mentions_init: bool,
    /// Whether some native source of a project on the limited API mentions `PyModExport_` or
    /// `Py_TARGET_ABI3T`, which every module for abi3t needs.
    pub mentions_abi3t: bool,
}

/// What `[build-system]` says about the build backend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildSystem {
    /// The module or object that is the backend.
    pub backend: Option<String>,
    /// Whether the backend is a module of the project itself (`backend-path`).
    pub is_in_project: bool,
    /// Whether `requires` lists pyz3-wheel.
    pub requires_us: bool,
}

impl BuildSystem {
    fn read(top: &Table<'_>) -> Self {
        let Some(table) = top.table("build-system") else {
            return Self::default();
        };
        let requires = table.get("requires").map(|entry| entry.as_strings());
        let is_us = |text: &String| {
            let name = requirement::required_name(text);
            name.is_some_and(|name| name.to_string() == "pyz3_wheel")
        };
        let backend = table.get("build-backend").and_then(|entry| entry.as_str());
        Self {
            backend: backend.map(str::to_owned),
            is_in_project: table.get("backend-path").is_some(),
            requires_us: requires.is_some_and(|list| list.iter().any(is_us)),
        }
    }
}

/// An extension module that the project has declared for its build script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtModule {
    /// Its import name.
    pub name: ModuleName,
    /// Whether it uses the limited API only; true unless it says otherwise.
    pub limited_api: bool,
}

/// Texts in sources of which one is enough.
type Group = &'static [&'static [u8]];

const INIT: Group = &[b"PyInit_", b"PyModExport_"];
const ABI3T: Group = &[b"PyModExport_", b"Py_TARGET_ABI3T"];

impl Hints {
    /// The versions of Zig that the project requires outside of `[tool.pyz3-wheel]`, and which file says
    /// so: a requirement of ziglang, else the minimum of build.zig.zon. A range of ziglang that admits
    /// that minimum is narrowed to its series.
    pub fn zig(&self) -> Option<(ZigConstraint, Origin)> {
        let minimum = self.minimum_zig_version.as_deref();
        let Some(required) = self.ziglang.as_deref() else {
            let minimum = ZigConstraint::Minimum(minimum?.to_owned());
            return Some((minimum, Origin::Project("build.zig.zon")));
        };
        if let Some(within) = minimum.and_then(|minimum| within_series(required, minimum)) {
            return Some((
                ZigConstraint::Specified(within),
                Origin::Project("build-system.requires, build.zig.zon"),
            ));
        }
        Some((
            ZigConstraint::Specified(required.to_owned()),
            Origin::Project("build-system.requires"),
        ))
    }

    /// Reads everything; `output` is the output folder, whose files are not sources.
    pub(super) fn read(
        root: &Path,
        document: &Document<'_>,
        config: &Config,
        output: &Path,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let top = document.root();
        let tool = |name| top.table("tool").and_then(|tool| tool.table(name));
        let tables: Vec<_> = ["pyz3", "pydust"].into_iter().filter_map(tool).collect();
        let zig_exe = tables
            .iter()
            .find_map(|table| table.get("zig_exe")?.as_str());
        let ext_modules = tables
            .iter()
            .map(|table| ext_modules(table, problems))
            .find(|modules| !modules.is_empty())
            .unwrap_or_default();
        let is_limited = match &config.abi {
            Some(abi) => abi.value == Abi::Abi3,
            None => all_limited(&ext_modules),
        };
        // Only a project on the limited API can support abi3t.
        let groups = if is_limited {
            &[INIT, ABI3T][..]
        } else {
            &[INIT]
        };
        let mut mentions = sources_mention(root, output, groups).into_iter();
        Self {
            ziglang: ziglang(&top, problems),
            build_system: BuildSystem::read(&top),
            pyz3_zig_exe: zig_exe.map(PathBuf::from),
            minimum_zig_version: minimum_zig_version(&root.join("build.zig.zon")),
            mentions_init: mentions.next() == Some(true),
            mentions_abi3t: mentions.next() == Some(true),
            ext_modules,
        }
    }

    /// Whether the project declares modules, all of them on the limited API.
    pub fn has_limited_modules_only(&self) -> bool {
        all_limited(&self.ext_modules)
    }
}

fn all_limited(modules: &[ExtModule]) -> bool {
    !modules.is_empty() && modules.iter().all(|module| module.limited_api)
}

/// Narrows specifiers of ziglang to the series of a minimum that they admit.
fn within_series(specifiers: &str, minimum: &str) -> Option<String> {
    let parsed: VersionSpecifiers = specifiers.parse().ok()?;
    let (numbers, rest) = minimum.split_once('-').unwrap_or((minimum, ""));
    let pre = rest.split('+').next().unwrap_or_default().replace('.', "");
    let pre = if pre.is_empty() {
        pre
    } else {
        format!(".{pre}")
    };
    let minimum: Version = format!("{numbers}{pre}").parse().ok()?;
    let (major, minor) = (minimum.release().first()?, minimum.release().get(1)?);
    parsed
        .contains(&minimum)
        .then(|| format!("{specifiers},>={minimum},=={major}.{minor}.*"))
}

fn ziglang(top: &Table<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let items = top.table("build-system")?.get("requires")?.as_items()?;
    let mut pin = None;
    let mut range = Vec::new();
    for item in items {
        let Some(text) = item.as_str() else { continue };
        match requirement::specifiers_of(text, "ziglang") {
            Ok(Some(specifiers)) => match &specifiers[..] {
                [only] if *only.operator() == Operator::Equal => {
                    pin = Some(only.version().to_string());
                }
                // Ranges that hold on some machines only may exclude each other.
                _ if text.contains(';') => {}
                _ => range.extend(specifiers.iter().map(ToString::to_string)),
            },
            Ok(None) => {}
            Err(problem) => problems.push(item.wrap(problem)),
        }
    }
    pin.or_else(|| (!range.is_empty()).then(|| range.join(",")))
}

/// Errors are ignored here, because Zig reports them.
fn minimum_zig_version(path: &Path) -> Option<String> {
    // Only a file: reading a FIFO would wait for ever.
    let bytes = path.is_file().then(|| fs_err::read(path).ok()).flatten()?;
    zon::minimum_zig_version(&String::from_utf8_lossy(&bytes))
}

fn ext_modules(table: &Table<'_>, problems: &mut Vec<Problem>) -> Vec<ExtModule> {
    let mut modules = Vec::new();
    let items = table.get("ext_module").and_then(|entry| entry.as_items());
    for item in items.into_iter().flatten() {
        let Some(module) = item.as_table() else {
            continue;
        };
        let Some(entry) = module.get("name") else {
            problems.push(
                item.problem("has no name")
                    .hint("give the module's import name, like name = \"hello._native\""),
            );
            continue;
        };
        let limited_api = module
            .get("limited_api")
            .and_then(|entry| entry.as_bool())
            .unwrap_or(true);
        match entry.string(problems).map(str::parse::<ModuleName>) {
            Some(Ok(name)) => modules.push(ExtModule { name, limited_api }),
            Some(Err(error)) => problems.push(
                entry
                    .problem(error.to_string())
                    .hint("give the module's dotted import name"),
            ),
            None => {}
        }
    }
    modules
}

/// For each of the groups whether any native source contains one of its texts.
///
/// Files that cannot be read are skipped: this is only a hint, and the build reports such files.
fn sources_mention(root: &Path, output: &Path, groups: &[Group]) -> Vec<bool> {
    let native = ["zig", "c", "h", "cc", "cpp", "cxx", "hpp"];
    let sources = walk::own_files(root, &checkout::boundary(root), output, None).filter(|path| {
        path.extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| native.contains(&ending))
    });
    let mut found = vec![false; groups.len()];
    for path in sources {
        let _ = search(&path, groups, &mut found);
        if found.iter().all(|found| *found) {
            break;
        }
    }
    found
}

/// Searches a file in pieces that overlap, so that its size does not matter. Stops when all groups are found.
fn search(path: &Path, groups: &[Group], found: &mut [bool]) -> std::io::Result<()> {
    let texts = groups.iter().copied().flatten();
    let overlap = texts.map(|text| text.len()).max().unwrap_or(1) - 1;
    let mut file = fs_err::File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    let mut kept = 0;
    loop {
        let read = file.read(&mut buffer[kept..])?;
        if read == 0 {
            return Ok(());
        }
        let filled = kept + read;
        let contains = |text: &&[u8]| {
            buffer[..filled]
                .windows(text.len())
                .any(|part| part == *text)
        };
        for (group, found) in groups.iter().zip(&mut *found) {
            *found = *found || group.iter().any(contains);
        }
        if found.iter().all(|found| *found) {
            return Ok(());
        }
        let keep_from = filled.saturating_sub(overlap);
        buffer.copy_within(keep_from..filled, 0);
        kept = filled - keep_from;
    }
}
