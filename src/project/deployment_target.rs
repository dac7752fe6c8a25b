//! `MACOSX_DEPLOYMENT_TARGET` in the environment that a project configures, in our table or in
//! cibuildwheel's.
//!
//! Takes the variable out of the environments and gives the floor of each macOS platform instead, so
//! that the target, the variable and the wheel's tag say the same release.

use super::config::Config;
use super::entry::Table;
use super::neighbours::environment;
use super::neighbours::selectors::{globs, identifier, words};
use super::pyproject::Document;
use super::source::Located;
use crate::error::Problem;
use crate::platform::{Os, Platform};
use crate::tags::{Release, default_pythons};

const VARIABLE: &str = "MACOSX_DEPLOYMENT_TARGET";

/// Moves the variable from the environments of the configuration to the platforms' floors.
pub(super) fn settle(config: &mut Config, document: &Document<'_>, problems: &mut Vec<Problem>) {
    let Some(tool) = document.root().table("tool") else {
        return;
    };
    let ours = tool.table("pyz3-wheel");
    let general = ours.as_ref().and_then(|ours| own(ours, problems));
    let platforms = Platform::ALL.into_iter();
    for platform in platforms.filter(|platform| platform.os() == Os::Macos) {
        let name = platform.name();
        let table = ours
            .as_ref()
            .and_then(|ours| ours.table("platform")?.table(name));
        let found = table
            .and_then(|table| own(&table, problems))
            .or_else(|| general.clone())
            .or_else(|| of_cibuildwheel(&tool.table("cibuildwheel")?, platform));
        if let Some(found) = found {
            let settings = config.platform.entry(platform).or_default();
            settings.deployment_target =
                Some(found.map(|release| platform.floor_within_family(release)));
        }
    }
    config.env.remove(VARIABLE);
    for settings in config.platform.values_mut() {
        settings.env.remove(VARIABLE);
    }
}

/// The variable in `env` of a table of pyz3-wheel.
fn own(table: &Table<'_>, problems: &mut Vec<Problem>) -> Option<Located<Release>> {
    let entry = table.table("env")?.get(VARIABLE)?;
    // Another type is a problem that the reader of the table reports.
    let text = entry.as_str()?;
    let release = parse(text);
    if release.is_none() {
        problems.push(
            entry
                .problem(format!("`{text}` is not a release of macOS"))
                .hint("write the release as \"11.0\""),
        );
    }
    Some(entry.locate(release?))
}

/// The variable in `environment` of cibuildwheel's tables: of the last override that selects the
/// platform, else of macOS, else of all systems.
fn of_cibuildwheel(table: &Table<'_>, platform: Platform) -> Option<Located<Release>> {
    let overrides = table.get("overrides").and_then(|list| list.as_items());
    let overrides = overrides.unwrap_or_default().into_iter().rev();
    let selected = overrides
        .filter_map(|item| item.as_table())
        .filter(|one| selects(one, platform));
    let tables = selected.chain(table.table("macos")).chain([table.clone()]);
    tables.into_iter().find_map(|table| {
        let entry = table.get("environment")?;
        let release = parse(environment(&table).get(VARIABLE)?)?;
        // What no tag can say is not refused here, since the table is for another tool.
        let release = if release.major > 10 && release.minor > 0 {
            Release::new(release.major + 1, 0)
        } else {
            release
        };
        let lowest = platform.default_floor()?;
        Some(entry.locate(release.max(lowest)))
    })
}

/// Whether an override selects the wheels of all default Pythons for a platform.
fn selects(one: &Table<'_>, platform: Platform) -> bool {
    let Some(patterns) = one.get("select").and_then(|entry| globs(&words(&entry))) else {
        return false;
    };
    default_pythons()
        .map(|python| identifier(python, platform))
        .all(|wheel| patterns.is_match(wheel))
}

/// Reads `12.0`, `12` or `10.15.4`, of which the tag has the first two numbers.
fn parse(text: &str) -> Option<Release> {
    let mut numbers = text.trim().splitn(3, '.');
    let (major, minor) = (numbers.next()?, numbers.next().unwrap_or("0"));
    format!("{major}.{minor}").parse().ok()
}

#[cfg(test)]
mod tests {
    use crate::platform::Platform;
    use crate::project::Project;

    fn load(text: &str) -> crate::error::Result<Project> {
        let folder = tempfile::tempdir().unwrap();
        let head = "[project]\nname = \"thing\"\nversion = \"1.0\"\n";
        fs_err::write(
            folder.path().join("pyproject.toml"),
            format!("{head}{text}"),
        )
        .unwrap();
        Project::load(folder.path())
    }

    #[test]
    fn the_floor_is_where_the_variable_is_set() {
        let cibuildwheel = "[tool.cibuildwheel.macos.environment]\nMACOSX_DEPLOYMENT_TARGET = ";
        for (text, intel, arm, both) in [
            (format!("{cibuildwheel}\"12.0\"\n"), "12.0", "12.0", "12.0"),
            (format!("{cibuildwheel}\"12\"\n"), "12.0", "12.0", "12.0"),
            // arm64 began with 11.0.
            (
                format!("{cibuildwheel}\"10.13\"\n"),
                "10.13",
                "11.0",
                "10.13",
            ),
            (
                format!("{cibuildwheel}\"10.15.4\"\n"),
                "10.15",
                "11.0",
                "10.15",
            ),
            // No tag says 12.3, and Zig builds for 10.9 and later.
            (format!("{cibuildwheel}\"12.3\"\n"), "13.0", "13.0", "13.0"),
            (format!("{cibuildwheel}\"10.6\"\n"), "10.9", "11.0", "10.9"),
            (
                "[tool.cibuildwheel]\nenvironment = \"A=1 MACOSX_DEPLOYMENT_TARGET=13.0\"\n"
                    .to_owned(),
                "13.0",
                "13.0",
                "13.0",
            ),
            (
                format!(
                    "{cibuildwheel}\"12.0\"\n[[tool.cibuildwheel.overrides]]\nselect = \"*-macosx_arm64\"\n\
                     environment = {{ MACOSX_DEPLOYMENT_TARGET = \"14.0\" }}\n\
                     [[tool.cibuildwheel.overrides]]\nselect = \"cp313-*\"\n\
                     environment = {{ MACOSX_DEPLOYMENT_TARGET = \"15.0\" }}\n"
                ),
                "12.0",
                "14.0",
                "12.0",
            ),
            (
                format!(
                    "{cibuildwheel}\"12.0\"\n[tool.pyz3-wheel.env]\nMACOSX_DEPLOYMENT_TARGET = \"11.0\"\n\
                     [tool.pyz3-wheel.platform.macos-x86_64.env]\nMACOSX_DEPLOYMENT_TARGET = \"10.14\"\n"
                ),
                "10.14",
                "11.0",
                "11.0",
            ),
        ] {
            let config = load(&text).unwrap().config;
            for (platform, floor) in [
                (Platform::MacosX86_64, intel),
                (Platform::MacosArm64, arm),
                (Platform::MacosUniversal2, both),
            ] {
                let found = config.platform[&platform].deployment_target.as_ref();
                assert_eq!(
                    found.unwrap().value.to_string(),
                    floor,
                    "{platform}: {text}"
                );
                assert!(config.platform[&platform].env.is_empty(), "{text}");
            }
            assert!(
                !config.env.contains_key("MACOSX_DEPLOYMENT_TARGET"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_release_is_refused_in_our_table_only() {
        let value = "MACOSX_DEPLOYMENT_TARGET = \"big\"\n";
        let error = load(&format!("[tool.pyz3-wheel.env]\n{value}")).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("pyproject.toml:5:1"), "{text}");
        assert!(text.contains("`big` is not a release of macOS"), "{text}");
        let theirs = load(&format!("[tool.cibuildwheel.macos.environment]\n{value}")).unwrap();
        let arm = theirs.config.platform.get(&Platform::MacosArm64);
        assert!(arm.is_none_or(|config| config.deployment_target.is_none()));
    }
}
