//! Checks METADATA as package indexes do.
//!
//! Takes the bytes and the file name of the wheel or sdist; gives what PyPI would refuse at upload. The rules for single
//! values are the same as for pyproject.toml. Sources: PyPA, "Core metadata
//! specifications"; PEP 639, PEP 685, PEP 753.

use super::{contacts, description};
use crate::audit::code::{Code, Severity};
use crate::audit::declared::{Declared, parse_requires_python};
use crate::audit::finding::{Finding, MOST_FINDINGS};
use crate::error::Problem;
use crate::metadata::classifiers::{self, Classifier};
use crate::metadata::headers::Headers;
use crate::metadata::import_name::check_import_name;
use crate::metadata::requirement::Requirement;
use crate::metadata::spdx_expression;
use crate::metadata::values;
use crate::tags::DistributionName;

/// The versions that indexes accept, in order.
const VERSIONS: [&str; 8] = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"];

/// Every field, lowercase: the first version that has it, and whether it may be there more than once.
const FIELDS: &[(&str, &str, bool)] = &[
    ("metadata-version", "1.0", false),
    ("name", "1.0", false),
    ("version", "1.0", false),
    ("platform", "1.0", true),
    ("supported-platform", "1.1", true),
    ("summary", "1.0", false),
    ("description", "1.0", false),
    ("description-content-type", "2.1", false),
    ("keywords", "1.0", false),
    ("home-page", "1.0", false),
    ("download-url", "1.1", false),
    ("author", "1.0", false),
    ("author-email", "1.0", false),
    ("maintainer", "1.2", false),
    ("maintainer-email", "1.2", false),
    ("license", "1.0", false),
    ("license-expression", "2.4", false),
    ("license-file", "2.4", true),
    ("classifier", "1.1", true),
    ("requires-dist", "1.2", true),
    ("requires-python", "1.2", false),
    ("requires-external", "1.2", true),
    ("project-url", "1.2", true),
    ("provides-extra", "2.1", true),
    ("provides-dist", "1.2", true),
    ("obsoletes-dist", "1.2", true),
    ("dynamic", "2.2", true),
    ("requires", "1.1", true),
    ("provides", "1.1", true),
    ("obsoletes", "1.1", true),
    ("import-name", "2.5", true),
    ("import-namespace", "2.5", true),
];

/// Fields that cannot be dynamic in a source distribution.
const NEVER_DYNAMIC: [&str; 3] = ["metadata-version", "name", "version"];

/// The parsed METADATA.
struct Fields<'a> {
    headers: Headers,
    body: &'a str,
}

impl<'a> Fields<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
        let (headers, body) = Headers::parse(text)?;
        Ok(Self { headers, body })
    }

    fn all(&self, name: &str) -> &[String] {
        self.headers.all(name)
    }

    fn one(&self, name: &str) -> Option<&str> {
        self.headers.first(name)
    }
}

/// The wheel or sdist that METADATA or PKG-INFO is in.
pub(in crate::audit) struct Owner<'a> {
    /// The name of the project and the version in the file name.
    pub(in crate::audit) name: &'a str,
    pub(in crate::audit) version: &'a str,
    /// Where the license files must be, for people.
    pub(in crate::audit) licenses: &'a str,
    /// Whether a license file is there.
    pub(in crate::audit) has_license: &'a dyn Fn(&str) -> bool,
}

/// Checks METADATA or PKG-INFO; also gives what it declares, if it can be read.
pub(in crate::audit) fn judge(bytes: &[u8], owner: &Owner<'_>) -> (Vec<Finding>, Option<Declared>) {
    let fields = match Fields::parse(bytes) {
        Ok(fields) => fields,
        Err(why) => return (vec![Finding::new(Code::MetadataUnreadable, why)], None),
    };
    let mut findings = Vec::new();
    findings.extend(version_of_metadata(&fields));
    findings.extend(known_fields(&fields));
    findings.extend(identity(&fields, owner));
    findings.extend(single_values(&fields));
    findings.extend(contacts::judge(&fields.headers));
    findings.extend(requirements(&fields));
    findings.extend(classifier_rules(&fields));
    findings.extend(license(&fields, owner));
    findings.extend(description::judge(&fields.headers, fields.body));
    (findings, Some(Declared::of(&fields.headers)))
}

fn rank(version: &str) -> Option<usize> {
    VERSIONS.iter().position(|known| *known == version)
}

fn version_of_metadata(fields: &Fields<'_>) -> Option<Finding> {
    let version = fields.one("metadata-version")?;
    rank(version).is_none().then(|| {
        let actual = format!("has the Metadata-Version {version}");
        Finding::new(Code::MetadataVersion, actual)
            .promised("indexes support 1.0 to 1.2 and 2.1 to 2.5")
    })
}

fn known_fields(fields: &Fields<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let declared = fields.one("metadata-version").and_then(rank);
    for (name, values) in fields.headers.iter() {
        if findings.len() >= MOST_FINDINGS {
            break;
        }
        let refuse = |why: String| {
            let actual = format!("has the field {name}, {why}");
            Finding::new(Code::MetadataField, actual)
        };
        let Some((_, since, many)) = FIELDS.iter().find(|(known, ..)| *known == name) else {
            findings.push(refuse("which no version of METADATA has".to_owned()));
            continue;
        };
        if !many && values.len() > 1 {
            findings.push(refuse(format!(
                "which may be there once, {} times",
                values.len()
            )));
        }
        // setuptools wrote `License-File` for years before it was defined, and indexes let it pass.
        if let Some(declared) = declared
            && name != "license-file"
            && rank(since).is_some_and(|since| since > declared)
        {
            findings.push(refuse(format!(
                "which METADATA has from version {since} on"
            )));
        }
    }
    for required in NEVER_DYNAMIC {
        if fields.one(required).is_none_or(str::is_empty) {
            findings.push(Finding::new(
                Code::MetadataField,
                format!("has no {required}"),
            ));
        }
    }
    findings
}

/// Checks that the name and the version are those of the file name.
fn identity(fields: &Fields<'_>, owner: &Owner<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(name) = fields.one("name") {
        let normal = |text: &str| text.parse::<DistributionName>().ok();
        match normal(name) {
            None => findings.push(Finding::new(
                Code::MetadataField,
                format!("has the name {name}, which is not valid"),
            )),
            own if own != normal(owner.name) => findings.push(
                Finding::new(Code::MetadataName, format!("has the name {name}"))
                    .promised(format!("the file name has {}", owner.name)),
            ),
            _ => {}
        }
    }
    if let Some(version) = fields.one("version") {
        let parsed = |text: &str| text.parse::<pep440_rs::Version>().ok();
        match parsed(version) {
            None => findings.push(Finding::new(
                Code::MetadataField,
                format!("has the version {version}, which PEP 440 does not allow"),
            )),
            own if own != parsed(&owner.version.replace('_', "-")) => findings.push(
                Finding::new(Code::MetadataName, format!("has the version {version}"))
                    .promised(format!("the file name has {}", owner.version)),
            ),
            _ => {}
        }
    }
    findings
}

fn single_values(fields: &Fields<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut take = |field: &str, problem: Option<Problem>| {
        findings
            .extend(problem.map(|problem| Finding::refused(Code::MetadataField, field, problem)));
    };
    if let Some(summary) = fields.one("summary") {
        // The characters at which Python's `str.splitlines` breaks lines.
        let breaks = |c: char| matches!(c, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}');
        if summary.contains(breaks) {
            take("Summary", Some(Problem::new("has more than one line")));
        }
        take("Summary", values::check_summary(summary).err());
    }
    if let Some(specifiers) = fields.one("requires-python") {
        take("Requires-Python", parse_requires_python(specifiers).err());
    }
    for name in ["import-name", "import-namespace"] {
        // One empty Import-Name says that the project has nothing to import.
        let is_nothing = |value: &String| name == "import-name" && value.is_empty();
        for value in fields.all(name).iter().filter(|value| !is_nothing(value)) {
            take(name, check_import_name(value).err());
        }
    }
    for extra in fields.all("provides-extra") {
        take("Provides-Extra", values::check_name(extra).err());
    }
    for name in fields.all("dynamic") {
        let lower = name.to_ascii_lowercase();
        if NEVER_DYNAMIC.contains(&lower.as_str()) {
            let why = format!("`{name}` cannot be dynamic");
            take("Dynamic", Some(Problem::new(why)));
        } else if !FIELDS.iter().any(|(known, ..)| *known == lower) {
            take(
                "Dynamic",
                Some(Problem::new(format!("`{name}` is not a field"))),
            );
        }
    }
    findings
}

fn requirements(fields: &Fields<'_>) -> Vec<Finding> {
    let names = ["Requires-Dist", "Provides-Dist", "Obsoletes-Dist"];
    let all = names
        .iter()
        .flat_map(|name| fields.all(name).iter().map(move |value| (*name, value)));
    let found = all.filter_map(|(name, requirement)| {
        let one_line = requirement.split_whitespace().collect::<Vec<_>>().join(" ");
        let (versions, marker) = one_line.split_once(';').unwrap_or((&one_line, ""));
        // Installers and indexes accept a comma after the last version.
        let versions = versions.trim_end().replace(",)", ")");
        let versions = versions.trim_end_matches(',');
        let whole = if marker.is_empty() {
            versions.to_owned()
        } else {
            format!("{versions};{marker}")
        };
        let problem = Requirement::parse(&whole, &mut Vec::new()).err()?;
        Some(Finding::refused(Code::MetadataRequirement, name, problem))
    });
    found.take(MOST_FINDINGS).collect()
}

fn classifier_rules(fields: &Fields<'_>) -> Vec<Finding> {
    let judged = fields.all("classifier").iter().filter_map(|classifier| {
        let code = match classifiers::classifier(classifier) {
            Classifier::Known => return None,
            Classifier::Private => {
                let actual =
                    format!("has the classifier `{classifier}`, which indexes refuse on purpose");
                let finding = Finding::new(Code::MetadataClassifier, actual);
                return Some(finding.weighing(Severity::Warning));
            }
            Classifier::Deprecated => Code::MetadataDeprecated,
            Classifier::Unknown => Code::MetadataClassifier,
        };
        let problem = classifiers::check(classifier).err()?;
        Some(Finding::refused(code, "Classifier", problem))
    });
    judged.take(MOST_FINDINGS).collect()
}

fn license(fields: &Fields<'_>, owner: &Owner<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(expression) = fields.one("license-expression") {
        if fields.one("license").is_some_and(|text| !text.is_empty()) {
            findings.push(Finding::new(
                Code::MetadataLicense,
                "has License beside License-Expression",
            ));
        }
        let problem = spdx_expression::normalize(expression, &mut Vec::new()).err();
        findings.extend(
            problem.map(|problem| {
                Finding::refused(Code::MetadataLicense, "License-Expression", problem)
            }),
        );
    }
    // Metadata before 2.4 does not define where the files are.
    let placed = fields
        .one("metadata-version")
        .and_then(rank)
        .is_some_and(|version| Some(version) >= rank("2.4"));
    let missing = fields
        .all("license-file")
        .iter()
        .filter(|file| placed && !(owner.has_license)(file));
    findings.extend(missing.map(|file| {
        let actual = format!("names the license file {file}");
        Finding::new(Code::MetadataLicense, actual)
            .promised(format!("it is not in {}", owner.licenses))
    }));
    findings
}
