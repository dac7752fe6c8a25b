//! The rules for the files of a release.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{Files, Wheel};
use super::grid::{Column, Grid, Row, platforms_of};
use crate::audit::claim::{Claim, cpython};
use crate::audit::code::{Code, Severity};
use crate::audit::declared::Declared;
use crate::audit::finding::Finding;
use crate::text::list::and;

/// The first Python whose free-threaded builds accept wheels with the tag `cp313-none`.
const FIRST_FREE_THREADED: u8 = 13;

pub(super) fn judge(files: &Files<'_>, grid: &Grid) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_any = |wheel: &Wheel<'_>| wheel.claim.platforms.iter().any(|tag| tag == "any");
    let has_any = files.wheels.iter().any(is_any);
    findings.extend(grid.rows.iter().flat_map(|row| holes(row, grid, has_any)));
    findings.extend(same_tags(&files.wheels));
    findings.extend(shadowed(&files.wheels));
    findings.extend(metadata(files));
    match files.sdists.len() {
        0 => {
            let actual = "has no sdist, so nobody can build it for other platforms";
            let finding = Finding::new(Code::ReleaseNoSdist, actual);
            findings.push(finding.hint("upload the sdist too"));
        }
        1 => {}
        count => {
            let actual = format!("has {count} sdists, but PyPI accepts one");
            let finding = Finding::new(Code::ReleaseSameTags, actual);
            let hint = "upload one .tar.gz file";
            findings.push(finding.weighing(Severity::Warning).hint(hint));
        }
    }
    if has_any && !files.wheels.iter().all(is_any) {
        let actual =
            "has a wheel for any platform beside wheels for some: installers use it on all others";
        findings.push(Finding::new(Code::ReleaseShadowed, actual));
    }
    findings
}

/// The Pythons of a kind for which a platform lacks a wheel, though it has wheels for others.
fn holes(row: &Row, grid: &Grid, has_any: bool) -> Vec<Finding> {
    let kinds: BTreeSet<_> = grid
        .columns
        .iter()
        .filter_map(Column::implementation)
        .collect();
    let findings = kinds.into_iter().filter_map(|kind| {
        let own = grid.columns.iter().zip(&row.cells);
        let own = own.filter(|(column, _)| column.implementation() == Some(kind));
        let own: Vec<_> = own.collect();
        let tags = |wanted: bool| -> Vec<_> {
            let same = own.iter().filter(|(_, has)| **has == wanted);
            same.map(|(column, _)| column.tag()).collect()
        };
        let (has, lacks) = (tags(true), tags(false));
        if has.is_empty() || lacks.is_empty() {
            return None;
        }
        let at = own.iter().position(|(_, has)| !**has).unwrap_or_default();
        let is_inner = lacks.len() == 1 && at > 0 && at + 1 < own.len();
        let severity = if is_inner && !has_any {
            Severity::Warning
        } else {
            Severity::Note
        };
        let there = match &has[..] {
            [one] => format!("there is a wheel for {one}"),
            several => format!("there are wheels for {}", and(several)),
        };
        let actual = format!("has no {} wheel for {}", lacks.join(" or "), row.platform);
        let finding = Finding::new(Code::ReleaseHole, actual)
            .hint("build and upload the wheel, if that Python supports the platform");
        Some(finding.promised(there).weighing(severity))
    });
    findings.collect()
}

/// Wheels with the same tag: installers take either of them.
fn same_tags(wheels: &[Wheel<'_>]) -> Vec<Finding> {
    let mut by_tag: BTreeMap<String, &Wheel<'_>> = BTreeMap::new();
    let mut findings = Vec::new();
    for wheel in wheels {
        let tags = wheel.claim.tags();
        if let Some((tag, other)) = tags.iter().find_map(|tag| Some((tag, by_tag.get(tag)?))) {
            let (why, severity) = if wheel.claim.build == other.claim.build {
                ("installers take either of them", Severity::Warning)
            } else {
                ("installers take the higher build tag", Severity::Note)
            };
            let actual = format!("has the same tag {tag} as {}: {why}", other.file.filename);
            let finding = Finding::new(Code::ReleaseSameTags, actual).of(&wheel.file.filename);
            let hint = "upload one wheel for each tag";
            findings.push(finding.weighing(severity).hint(hint));
        }
        for tag in tags {
            by_tag.entry(tag).or_insert(wheel);
        }
    }
    findings
}

/// Wheels that some or all installers skip in favor of another wheel for the same platform.
fn shadowed(wheels: &[Wheel<'_>]) -> Vec<Finding> {
    let mut full: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    for wheel in wheels {
        for platform in platforms(&wheel.claim) {
            for (python, abi) in wheel.claim.pairs() {
                let is_full = abi.strip_suffix('t').unwrap_or(abi) == python;
                if is_full {
                    let key = (platform.clone(), python.to_owned());
                    full.entry(key).or_default().insert(abi);
                }
            }
        }
    }
    let findings = wheels.iter().filter_map(|wheel| {
        let claim = &wheel.claim;
        let [python] = &claim.pythons[..] else {
            return None;
        };
        let floor = cpython(python)?;
        let platforms = platforms(claim);
        match &claim.abis[..] {
            [abi] if abi == "none" => {
                let needed = if floor.minor >= FIRST_FREE_THREADED {
                    2
                } else {
                    1
                };
                let is_skipped = |platform: &String| {
                    let abis = full.get(&(platform.clone(), python.clone()));
                    abis.is_some_and(|abis| abis.len() >= needed)
                };
                platforms.iter().all(is_skipped).then(|| {
                    let actual = format!(
                        "is never installed: each {python} prefers the wheel for its own ABI"
                    );
                    let finding = Finding::new(Code::ReleaseShadowed, actual);
                    let finding = finding.of(&wheel.file.filename).weighing(Severity::Warning);
                    finding.hint("leave the wheel out of the release")
                })
            }
            [abi] if abi == "abi3" => {
                let own = full.iter().filter(|((platform, python), abis)| {
                    let is_later = cpython(python).is_some_and(|version| version >= floor);
                    platforms.contains(platform) && is_later && abis.contains(python.as_str())
                });
                let own: BTreeSet<_> = own.map(|((_, python), _)| python.as_str()).collect();
                (!own.is_empty()).then(|| {
                    let own = own.into_iter().collect::<Vec<_>>().join(", ");
                    let actual =
                        format!("is not installed on {own}, for which there are other wheels");
                    Finding::new(Code::ReleaseShadowed, actual).of(&wheel.file.filename)
                })
            }
            _ => None,
        }
    });
    findings.collect()
}

fn platforms(claim: &Claim) -> BTreeSet<String> {
    claim
        .platforms
        .iter()
        .flat_map(|tag| platforms_of(tag))
        .collect()
}

/// Fields of the metadata that differ between the files. Resolvers read them from one of the files.
fn metadata(files: &Files<'_>) -> Vec<Finding> {
    type Field = fn(&Declared) -> Vec<String>;
    let fields: [(&str, Field); 3] = [
        ("Requires-Dist", |declared| declared.requires_dist.clone()),
        ("Requires-Python", |declared| {
            declared.requires_python.clone().into_iter().collect()
        }),
        ("Provides-Extra", |declared| declared.provides_extra.clone()),
    ];
    let findings = fields.into_iter().filter_map(|(field, values)| {
        let values = |declared: &Declared| -> BTreeSet<String> {
            values(declared).iter().map(|value| plain(value)).collect()
        };
        let wheels = files.wheels.iter().map(|wheel| wheel.file);
        // A build may change the fields that are dynamic, and all fields before Metadata-Version 2.2.
        let sdists = files.sdists.iter().copied().filter(|sdist| {
            let declared = sdist.declared.as_ref();
            declared.is_some_and(|declared| declared.is_static(field))
        });
        let all = wheels.chain(sdists);
        let all = all.filter_map(|file| Some((file, values(file.declared.as_ref()?))));
        let all: Vec<_> = all.collect();
        let mut counts: BTreeMap<&BTreeSet<String>, usize> = BTreeMap::new();
        for (_, own) in &all {
            *counts.entry(own).or_default() += 1;
        }
        // The values of most files are the ones that the others differ from.
        let (_, usual) = all.iter().max_by_key(|(_, own)| counts.get(own))?;
        let others: Vec<_> = all.iter().filter(|(_, own)| own != usual).collect();
        let (file, own) = others.first()?;
        let mut different = own.symmetric_difference(usual);
        let example = different.next().map(String::as_str).unwrap_or_default();
        let which = if own.contains(example) {
            "only here"
        } else {
            "not here"
        };
        let more = match others.len() {
            1 => String::new(),
            2 => "; one more file differs".to_owned(),
            count => format!("; {} more files differ", count - 1),
        };
        let actual =
            format!("{field} differs from that of the other files (`{example}` is {which}){more}");
        let finding = Finding::new(Code::ReleaseMetadata, actual).of(&file.filename);
        Some(
            finding.hint(
                "declare the same in all files, with environment markers where platforms differ",
            ),
        )
    });
    findings.collect()
}

/// A requirement or a version specifier as any build tool writes it: without spaces and parentheses, in lower case,
/// and with the parts between commas in one order.
fn plain(value: &str) -> String {
    let kept = value
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')'));
    let kept = kept.map(|c| {
        if c == '"' {
            '\''
        } else {
            c.to_ascii_lowercase()
        }
    });
    let kept: String = kept.collect();
    // A URL has commas of its own.
    if kept.contains('@') {
        return kept;
    }
    let (requirement, marker) = kept.split_at(kept.find(';').unwrap_or(kept.len()));
    let name = requirement.find(['<', '>', '=', '!', '~']);
    let (name, specifiers) = requirement.split_at(name.unwrap_or(requirement.len()));
    let mut specifiers: Vec<_> = specifiers.split(',').collect();
    specifiers.sort_unstable();
    format!("{name}{}{marker}", specifiers.join(","))
}
