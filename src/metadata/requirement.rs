//! Dependency specifiers (PEP 508), checked and put into one spelling.
//!
//! Takes text and gives a [`Requirement`]. Markers keep their meaning: they are neither evaluated nor
//! simplified.
//!
//! Source: PyPA, "Dependency specifiers".

use std::fmt;
use std::str::FromStr as _;

use pep440_rs::{VersionSpecifier, VersionSpecifiers};

use super::check_line;
use super::marker::Marker;
use super::values::check_name;
use crate::error::Problem;
use crate::tags::DistributionName;

/// One dependency of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    name: String,
    extras: Vec<String>,
    specifiers: VersionSpecifiers,
    marker: Option<Marker>,
}

impl Requirement {
    /// Parses a specifier. `notes` receives what is odd but allowed.
    ///
    /// Rejects what PEP 508 rejects, URLs, because no index accepts them, and markers that compare two
    /// constants or two variables.
    pub(crate) fn parse(text: &str, notes: &mut Vec<String>) -> Result<Self, Problem> {
        check_line(text)?;
        check_numbers(text)?;
        let (before, marker) = match text.split_once(';') {
            Some((before, marker)) => (before, Some(marker)),
            None => (text, None),
        };
        let (name, rest) = split_name(before.trim())?;
        let (extras, rest) = split_extras(rest)?;
        if rest.starts_with('@') {
            return Err(Problem::new(format!("`{name}` is required by URL"))
                .hint("package indexes refuse URL requirements; require a version instead"));
        }
        let invalid = |why: String| {
            Problem::new(format!("`{text}` is not a dependency specifier: {why}"))
                .hint("write it like \"cffi>=1.15; python_version < '3.13'\" (PEP 508)")
        };
        if rest.is_empty() && is_archive(name) {
            return Err(invalid(format!(
                "`{name}` is a file and not a package name"
            )));
        }
        let specifiers = parse_specifiers(rest).map_err(invalid)?;
        let marker = marker
            .map(|marker| Marker::parse(marker, notes))
            .transpose()?;
        Ok(Self {
            name: name.to_owned(),
            extras,
            specifiers,
            marker,
        })
    }

    /// The requirement with its marker narrowed to one extra.
    #[must_use]
    pub(crate) fn with_extra(mut self, extra: &str) -> Self {
        let only = Marker::extra(extra);
        self.marker = Some(match self.marker {
            Some(marker) => marker.and(&only),
            None => only,
        });
        self
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.extras.is_empty() {
            write!(f, "[{}]", self.extras.join(","))?;
        }
        let specifiers = self.specifiers.iter().map(ToString::to_string);
        f.write_str(&specifiers.collect::<Vec<_>>().join(","))?;
        match &self.marker {
            Some(marker) => write!(f, "; {marker}"),
            None => Ok(()),
        }
    }
}

/// The versions of this package that a requirement admits, whatever its marker says; none if it is of
/// another package.
pub(crate) fn specifiers_of(
    text: &str,
    package: &str,
) -> Result<Option<VersionSpecifiers>, Problem> {
    if normalized_extra(split_name(text.trim()).map_or("", |(name, _)| name)) != package {
        return Ok(None);
    }
    let requirement = Requirement::parse(text, &mut Vec::new())?;
    Ok(Some(requirement.specifiers))
}

/// The name of an extra as METADATA has it: lowercase, runs of `-`, `_` and `.` as one `-`.
///
/// Source: PEP 685.
pub(crate) fn normalized_extra(name: &str) -> String {
    let parts: Vec<_> = name
        .split(['-', '_', '.'])
        .filter(|part| !part.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    parts.join("-")
}

/// The project that a specifier requires, whatever else it says.
pub(crate) fn required_name(text: &str) -> Option<DistributionName> {
    split_name(text.trim()).ok()?.0.parse().ok()
}

/// Rejects numbers that `pep440_rs` cannot count up from: it panics where a number overflows.
fn check_numbers(text: &str) -> Result<(), Problem> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    match numbers.find(|number| number.len() > 18) {
        None => Ok(()),
        Some(number) => Err(Problem::new(format!("{number} is too long for a version"))
            .hint("write a version like \"1.2.0\"")),
    }
}

fn split_name(text: &str) -> Result<(&str, &str), Problem> {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return Err(
            Problem::new(format!("`{text}` does not begin with a package name"))
                .hint("write it like \"cffi>=1.15\""),
        );
    }
    check_name(name)?;
    Ok((name, rest.trim_start()))
}

/// The extras between the brackets that `rest` may begin with, normalized, sorted, once each; and what
/// comes after the brackets.
fn split_extras(rest: &str) -> Result<(Vec<String>, &str), Problem> {
    let Some(inside) = rest.strip_prefix('[') else {
        return Ok((Vec::new(), rest));
    };
    let Some((inside, rest)) = inside.split_once(']') else {
        return Err(Problem::new("`[` is not closed").hint("write extras like \"package[extra]\""));
    };
    let mut extras = Vec::new();
    if !inside.trim().is_empty() {
        for extra in inside.split(',') {
            check_name(extra.trim())?;
            extras.push(normalized_extra(extra.trim()));
        }
    }
    extras.sort();
    extras.dedup();
    Ok((extras, rest.trim_start()))
}

/// Parses the versions after a name and its extras: nothing, `>=1,<2` or `(>=1,<2)`. The error says why the
/// text is not valid.
fn parse_specifiers(text: &str) -> Result<VersionSpecifiers, String> {
    let list = match text.strip_prefix('(') {
        None => text,
        Some(inside) => match inside.split_once(')') {
            Some((list, "")) if !list.trim().is_empty() => list,
            Some((_, "")) => return Err("there is no version in the parentheses".to_owned()),
            Some((_, rest)) => return Err(format!("unexpected `{}`", rest.trim())),
            None => return Err("`(` is not closed".to_owned()),
        },
    };
    if list.is_empty() {
        return Ok(VersionSpecifiers::default());
    }
    if !list.trim_start().starts_with(['<', '=', '>', '~', '!']) {
        return Err(format!("unexpected `{list}` after the name"));
    }
    let specifiers = list.split(',').map(VersionSpecifier::from_str);
    let specifiers: Result<Vec<_>, _> = specifiers.collect();
    let specifiers = specifiers.map_err(|error| error.to_string())?;
    Ok(specifiers.into_iter().collect())
}

/// Whether a name ends like the filename of an archive. A package could have such a name, but most likely a file is
/// meant.
fn is_archive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return false;
    };
    match extension {
        "whl" | "zip" | "tar" | "tgz" | "tbz" | "txz" | "tlz" => true,
        "gz" | "bz2" | "xz" | "lz" | "lzma" => stem
            .rsplit_once('.')
            .is_some_and(|(_, inner)| inner == "tar"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(text: &str) -> String {
        match Requirement::parse(text, &mut Vec::new()) {
            Ok(requirement) => requirement.to_string(),
            Err(problem) => panic!("{text}: {problem}"),
        }
    }

    /// A test of the whole program holds the same table against `packaging`.
    #[test]
    fn specifiers_are_judged_as_in_the_table() {
        let table = include_str!("requirements.tsv");
        let rows: Vec<_> = table
            .lines()
            .filter_map(|row| row.split_once('\t'))
            .collect();
        assert!(rows.len() > 200, "{}", rows.len());
        for (verdict, text) in rows {
            let parsed = Requirement::parse(text, &mut Vec::new());
            assert_eq!(parsed.is_ok(), verdict == "valid", "{text}: {parsed:?}");
            if let Ok(parsed) = parsed {
                let again = spelt(&parsed.to_string());
                assert_eq!(again, parsed.to_string());
            }
        }
    }

    #[test]
    fn requirements_get_one_spelling() {
        for (written, spelling) in [
            ("cffi", "cffi"),
            (" cffi >= 1.15 ", "cffi>=1.15"),
            ("a(>=1,<2)", "a>=1,<2"),
            ("Zope.Interface", "Zope.Interface"),
            ("a[]", "a"),
            ("a [ B_c , b.C, a ]==1.*", "a[a,b-c]==1.*"),
            ("a;os_name=='nt'", "a; os_name == \"nt\""),
            ("a; 'linux' in sys_platform", "a; \"linux\" in sys_platform"),
            (
                "a; 'x' not   in platform_version",
                "a; \"x\" not in platform_version",
            ),
            ("a; os_name == 'it\"s'", "a; os_name == 'it\"s'"),
            ("a; os_name == 'or'", "a; os_name == \"or\""),
            ("a; ( os_name=='a' )", "a; (os_name == \"a\")"),
            // The marker keeps its meaning: `python_full_version` would exclude pre-releases.
            ("a; python_version>='3.13'", "a; python_version >= \"3.13\""),
        ] {
            assert_eq!(spelt(written), spelling);
        }
    }

    #[test]
    fn an_extra_binds_stronger_than_or() {
        for (written, with_extra) in [
            ("a", "a; extra == \"e\""),
            (
                "a; os_name == 'x'",
                "a; os_name == \"x\" and extra == \"e\"",
            ),
            (
                "a; os_name == 'x' or os_name == 'y'",
                "a; (os_name == \"x\" or os_name == \"y\") and extra == \"e\"",
            ),
            (
                "a; (os_name == 'x' or os_name == 'y')",
                "a; (os_name == \"x\" or os_name == \"y\") and extra == \"e\"",
            ),
            (
                "a; (os_name == 'x') or (os_name == 'y')",
                "a; ((os_name == \"x\") or (os_name == \"y\")) and extra == \"e\"",
            ),
            (
                "a; os_name == ' or ' and os_name != ')'",
                "a; os_name == \" or \" and os_name != \")\" and extra == \"e\"",
            ),
        ] {
            let requirement = Requirement::parse(written, &mut Vec::new()).unwrap();
            assert_eq!(requirement.with_extra("e").to_string(), with_extra);
        }
    }

    #[test]
    fn what_is_not_a_requirement_is_rejected_without_panic() {
        for text in [
            "",
            " ",
            "a b",
            ">=1",
            "a- >=1",
            "a[b-]>=1",
            "a[b",
            "a[,]",
            "a=1",
            "a>=x",
            "a @ file:///x",
            "a@https://x.y",
            "a;",
            "a; os_name",
            "a; os_name == nt",
            "a; os_name == 'nt",
            "a; (os_name == 'nt'",
            "a; 'a' == 'a'",
            "a; os_name == sys_platform",
            "a; 'x' ~= os_name",
            "a[b] @ https://x.y",
            "a; python_version > '3.18446744073709551615'",
            "a>=18446744073709551615",
            "./a.whl",
            "a.tar.gz",
            "a\nb",
        ] {
            assert!(
                Requirement::parse(text, &mut Vec::new()).is_err(),
                "{text:?}"
            );
        }
    }
}
