//! Dependency specifiers (PEP 508), checked and put into one spelling.
//!
//! `pep508_rs` says whether a specifier is valid. What is written out is put together from its
//! parts here, since that crate rewrites markers (`python_version` to `python_full_version`), which
//! changes what they mean on a pre-release of Python.

use std::convert::Infallible;
use std::fmt;
use std::path::Path;

use pep508_rs::pep440_rs::VersionSpecifiers;
use pep508_rs::{MarkerWarningKind, Pep508Url, VersionOrUrl};

use super::check_line;
use super::marker::Marker;
use crate::error::Problem;
use crate::tags::DistributionName;

/// One dependency of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    name: String,
    extras: Vec<String>,
    specifiers: Vec<String>,
    marker: Option<Marker>,
}

impl Requirement {
    /// Parses a specifier; `notes` takes what is odd and yet allowed.
    ///
    /// Refused: what PEP 508 refuses, URLs (no index takes them), and markers that compare nothing.
    pub(crate) fn parse(text: &str, notes: &mut Vec<String>) -> Result<Self, Problem> {
        check_line(text)?;
        check_numbers(text)?;
        let (before, marker) = match text.split_once(';') {
            Some((before, marker)) => (before, Some(marker)),
            None => (text, None),
        };
        // pep508_rs panics on some names and markers, so they are checked before it sees them.
        let (name, rest) = split_name(before.trim())?;
        if rest.starts_with('@') {
            return Err(Problem::new(format!("`{name}` is required by URL"))
                .hint("package indexes refuse URL requirements; require a version instead"));
        }
        let extras = split_extras(rest)?;
        let marker = marker.map(Marker::parse).transpose()?;
        let parsed = parse_strictly(text, before, notes)?;
        for comparison in marker.iter().flat_map(Marker::comparisons) {
            parse_strictly(text, &format!("{name}; {comparison}"), notes)?;
        }
        let specifiers = match parsed.version_or_url {
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => {
                specifiers.iter().map(ToString::to_string).collect()
            }
            Some(VersionOrUrl::Url(_)) | None => Vec::new(),
        };
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
        f.write_str(&self.specifiers.join(","))?;
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
    Requirement::parse(text, &mut Vec::new())?;
    let before = text.split(';').next().unwrap_or(text);
    let parsed = parse_strictly(text, before, &mut Vec::new())?;
    Ok(match parsed.version_or_url {
        Some(VersionOrUrl::VersionSpecifier(specifiers)) => Some(specifiers),
        _ => Some(VersionSpecifiers::default()),
    })
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

/// Whether a project or an extra can be called so.
pub(crate) fn check_name(name: &str) -> Result<(), Problem> {
    match name.parse::<DistributionName>() {
        Ok(_) => Ok(()),
        Err(_) => Err(Problem::new(format!("`{name}` is not a valid name"))
            .hint("names have ASCII letters and digits, with -, _ or . between them")),
    }
}

/// No version has numbers this long, and `pep508_rs` adds to them without looking.
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

/// The extras between the brackets that `rest` may begin with, normalised, sorted, once each.
fn split_extras(rest: &str) -> Result<Vec<String>, Problem> {
    let Some(inside) = rest.strip_prefix('[') else {
        return Ok(Vec::new());
    };
    let Some((inside, _)) = inside.split_once(']') else {
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
    Ok(extras)
}

/// Parses a part of a specifier; `text` is the whole, for messages.
fn parse_strictly(
    text: &str,
    part: &str,
    notes: &mut Vec<String>,
) -> Result<pep508_rs::Requirement<AnyUrl>, Problem> {
    let mut ignored = None;
    let mut report = |kind: MarkerWarningKind, warning: String| {
        let warning = warning.split_whitespace().collect::<Vec<_>>().join(" ");
        // Installers fall back to comparing strings where a marker's version is none.
        if kind == MarkerWarningKind::Pep440Error {
            notes.push(format!("`{text}`: {warning}"));
        } else {
            ignored = Some(warning);
        }
    };
    let parsed = pep508_rs::Requirement::parse_reporter(part, Path::new(""), &mut report);
    let parsed = parsed.map_err(|error| {
        let message = error.message.to_string();
        Problem::new(format!("`{text}` is not a dependency specifier: {message}"))
            .hint("write it like \"cffi>=1.15; python_version < '3.13'\" (PEP 508)")
    })?;
    match ignored {
        None => Ok(parsed),
        Some(warning) => Err(Problem::new(format!("`{text}`: {warning}"))
            .hint("compare an environment marker with a quoted string")),
    }
}

/// A URL that is not looked at, since every URL is refused.
#[derive(Debug)]
struct AnyUrl;

impl fmt::Display for AnyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("URL")
    }
}

impl Pep508Url for AnyUrl {
    type Err = Infallible;

    fn parse_url(_: &str, _: Option<&Path>) -> Result<Self, Self::Err> {
        Ok(Self)
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
    fn what_is_no_requirement_is_refused_without_panic() {
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
