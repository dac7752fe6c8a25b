//! The table of platforms and Pythons for which a release has a wheel.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::claim::{Claim, cpython, full_abi_of_3};
use crate::tags::{CPython, FIRST_ABI3T, PythonVersion};

/// The Pythons of one column. The order is the order of the columns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    /// One CPython with the GIL.
    CPython(PythonVersion),
    /// One free-threaded CPython.
    FreeThreaded(PythonVersion),
    /// The stable ABI: every CPython with the GIL from this one on.
    Stable(PythonVersion),
    /// The stable ABI for free-threaded builds.
    StableFreeThreaded(PythonVersion),
    /// Another implementation, by its Python tag.
    Other(PythonTag),
    /// Any Python of a version, by its Python tag.
    Any(PythonTag),
}

/// A Python tag of any implementation. The order is that of implementations and versions: `py3`, `py39`, `py310`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PythonTag {
    implementation: String,
    major: Option<char>,
    minor: Option<u32>,
    text: String,
}

impl PythonTag {
    fn of(text: &str) -> Self {
        let implementation = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let mut version = text[implementation.len()..].chars();
        Self {
            implementation: implementation.to_owned(),
            major: version.next(),
            minor: version.as_str().parse().ok(),
            text: text.to_owned(),
        }
    }
}

impl Column {
    /// The Pythons that a Python tag and an ABI tag stand for.
    fn of(python: &str, abi: &str) -> Self {
        match (cpython(python), abi) {
            (Some(floor), "abi3") => Self::Stable(floor),
            (Some(floor), "abi3t") => Self::StableFreeThreaded(floor.max(FIRST_ABI3T)),
            (Some(version), _) => {
                let full = full_abi_of_3(abi).filter(|python| python.free_threaded);
                full.map_or(Self::CPython(version), |python: CPython| {
                    Self::FreeThreaded(python.version)
                })
            }
            (None, _) if python.starts_with("py") && !python.starts_with("pypy") => {
                Self::Any(PythonTag::of(python))
            }
            (None, _) => Self::Other(PythonTag::of(python)),
        }
    }

    /// The heading of the column.
    fn heading(&self) -> String {
        match self {
            Self::CPython(version) => version.to_string(),
            Self::FreeThreaded(version) => format!("{version}t"),
            Self::Stable(floor) => format!("{floor}+"),
            Self::StableFreeThreaded(floor) => format!("{floor}t+"),
            Self::Other(tag) | Self::Any(tag) => tag.text.clone(),
        }
    }

    /// The name of the column in a sentence.
    pub(super) fn tag(&self) -> String {
        match self {
            Self::CPython(version) => format!("cp{}", version.nodot()),
            Self::FreeThreaded(version) => format!("cp{}t", version.nodot()),
            Self::Stable(floor) => format!("cp{}-abi3", floor.nodot()),
            Self::StableFreeThreaded(floor) => format!("cp{}-abi3t", floor.nodot()),
            Self::Other(tag) | Self::Any(tag) => tag.text.clone(),
        }
    }

    /// The implementation whose releases are compared with each other; none if the column is for many of them.
    pub(super) fn implementation(&self) -> Option<&str> {
        match self {
            Self::CPython(_) => Some("cp"),
            Self::FreeThreaded(_) => Some("cpt"),
            Self::Other(tag) => Some(&tag.implementation),
            Self::Stable(_) | Self::StableFreeThreaded(_) | Self::Any(_) => None,
        }
    }

    /// Whether a wheel for the Pythons of this column works with those of the other column.
    fn covers(&self, other: &Self) -> bool {
        let is_stable_for_it = match self {
            Self::Stable(floor) => matches!(other, Self::CPython(version) if floor <= version),
            Self::StableFreeThreaded(floor) => {
                matches!(other, Self::FreeThreaded(version) if floor <= version)
            }
            Self::CPython(_) | Self::FreeThreaded(_) | Self::Other(_) | Self::Any(_) => false,
        };
        is_stable_for_it || self == other
    }
}

/// Which platforms and Pythons have a wheel.
#[derive(Debug, Default)]
pub struct Grid {
    pub(super) columns: Vec<Column>,
    /// The rows, sorted by platform.
    pub rows: Vec<Row>,
}

/// One platform, whatever release of the system its tags name.
#[derive(Debug)]
pub struct Row {
    /// Ex) `manylinux_x86_64`
    pub platform: String,
    /// Whether there is a wheel for each column.
    pub cells: Vec<bool>,
}

impl Grid {
    /// The headings of the columns.
    ///
    /// Ex) `3.12`, `3.13t`, `3.9+` (the stable ABI), `pp311`, `py3`
    pub fn headings(&self) -> Vec<String> {
        self.columns.iter().map(Column::heading).collect()
    }

    pub(super) fn of<'c>(claims: impl Iterator<Item = &'c Claim>) -> Self {
        let mut columns = BTreeSet::new();
        let mut platforms: BTreeMap<String, BTreeSet<Column>> = BTreeMap::new();
        for claim in claims {
            for column in claim.pairs().map(|(python, abi)| Column::of(python, abi)) {
                for platform in claim.platforms.iter().flat_map(|tag| platforms_of(tag)) {
                    platforms
                        .entry(platform)
                        .or_default()
                        .insert(column.clone());
                }
                columns.insert(column);
            }
        }
        let columns: Vec<_> = columns.into_iter().collect();
        let rows = platforms.into_iter().map(|(platform, own)| {
            let has = |column: &Column| own.iter().any(|one| one.covers(column));
            Row {
                cells: columns.iter().map(has).collect(),
                platform,
            }
        });
        Self {
            rows: rows.collect(),
            columns,
        }
    }
}

/// The platforms of a tag without the release of the system: two for universal2.
///
/// Ex) `manylinux_x86_64` for `manylinux_2_17_x86_64`
pub(super) fn platforms_of(tag: &str) -> Vec<String> {
    let mut parts: Vec<_> = tag.split('_').collect();
    if let Some(first) = parts.first_mut()
        && first.starts_with("manylinux")
    {
        *first = "manylinux";
    }
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = parts
        .iter()
        .skip(1)
        .take_while(|part| is_number(part))
        .count();
    parts.drain(1..=numbers);
    match parts[..] {
        ["macosx", "universal2"] => vec!["macosx_arm64".to_owned(), "macosx_x86_64".to_owned()],
        _ => vec![parts.join("_")],
    }
}
