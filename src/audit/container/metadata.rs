//! Checks METADATA as package indexes do.
//!
//! Takes the bytes and the file name of the wheel or sdist; gives what PyPI would refuse at upload. The rules for single
//! values are the same as for pyproject.toml. Sources: PyPA, "Core metadata
//! specifications"; PEP 639, PEP 685, PEP 753.

use pep440_rs::VersionSpecifiers;

use crate::audit::code::{Code, Severity};
use crate::audit::finding::{Finding, MOST_FINDINGS};
use crate::error::Problem;
use crate::metadata::classifiers::{self, Classifier};
use crate::metadata::headers::{Headers, addresses};
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
struct Fields {
    headers: Headers,
    has_body: bool,
}

impl Fields {
    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
        let (headers, body) = Headers::parse(text)?;
        Ok(Self {
            headers,
            has_body: !body.trim().is_empty(),
        })
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

/// Checks METADATA or PKG-INFO.
pub(in crate::audit) fn judge(bytes: &[u8], owner: &Owner<'_>) -> Vec<Finding> {
    let fields = match Fields::parse(bytes) {
        Ok(fields) => fields,
        Err(why) => return vec![Finding::new(Code::MetadataUnreadable, why)],
    };
    let mut findings = Vec::new();
    findings.extend(version_of_metadata(&fields));
    findings.extend(known_fields(&fields));
    findings.extend(identity(&fields, owner));
    findings.extend(single_values(&fields));
    findings.extend(requirements(&fields));
    findings.extend(classifier_rules(&fields));
    findings.extend(license(&fields, owner));
    findings.extend(readme(&fields));
    findings
}

/// The value of Requires-Python, if METADATA has a valid one.
pub(in crate::audit) fn requires_python(bytes: &[u8]) -> Option<VersionSpecifiers> {
    let fields = Fields::parse(bytes).ok()?;
    let specifiers = fields.one("requires-python")?;
    values::check_requires_python(specifiers).ok()
}

fn rank(version: &str) -> Option<usize> {
    VERSIONS.iter().position(|known| *known == version)
}

fn version_of_metadata(fields: &Fields) -> Option<Finding> {
    let version = fields.one("metadata-version")?;
    rank(version).is_none().then(|| {
        let actual = format!("has the Metadata-Version {version}");
        Finding::new(Code::MetadataVersion, actual)
            .promised("indexes support 1.0 to 1.2 and 2.1 to 2.5")
    })
}

fn known_fields(fields: &Fields) -> Vec<Finding> {
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
fn identity(fields: &Fields, owner: &Owner<'_>) -> Vec<Finding> {
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

/// A problem of one value as a finding.
fn refused(code: Code, field: &str, problem: Problem) -> Finding {
    let finding = Finding::new(code, format!("{field}: {}", problem.message));
    match problem.hint {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}

fn single_values(fields: &Fields) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut take = |field: &str, problem: Option<Problem>| {
        findings.extend(problem.map(|problem| refused(Code::MetadataField, field, problem)));
    };
    if let Some(summary) = fields.one("summary") {
        if summary.contains('\n') {
            take("Summary", Some(Problem::new("has more than one line")));
        }
        take("Summary", values::check_summary(summary).err());
    }
    if let Some(specifiers) = fields.one("requires-python") {
        take(
            "Requires-Python",
            values::check_requires_python(specifiers).err(),
        );
    }
    for name in ["home-page", "download-url"] {
        // Some build tools write UNKNOWN for an empty value.
        if let Some(url) = fields
            .one(name)
            .filter(|url| !url.is_empty() && *url != "UNKNOWN")
        {
            take(name, values::check_url(name, url).err());
        }
    }
    for name in ["author-email", "maintainer-email"] {
        for address in fields.one(name).into_iter().flat_map(addresses) {
            take(name, values::check_email(&address).err());
        }
    }
    for url in fields.all("project-url") {
        let problem = match url.split_once(',') {
            Some((label, url)) => values::check_url(label.trim(), url.trim()).err(),
            None => Some(Problem::new(format!("`{url}` has no label"))),
        };
        take("Project-URL", problem);
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

fn requirements(fields: &Fields) -> Vec<Finding> {
    fields
        .all("requires-dist")
        .iter()
        .filter_map(|requirement| {
            let one_line = requirement.split_whitespace().collect::<Vec<_>>().join(" ");
            let problem = Requirement::parse(&one_line, &mut Vec::new()).err()?;
            Some(refused(Code::MetadataRequirement, "Requires-Dist", problem))
        })
        .take(MOST_FINDINGS)
        .collect()
}

fn classifier_rules(fields: &Fields) -> Vec<Finding> {
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
        Some(refused(code, "Classifier", problem))
    });
    judged.take(MOST_FINDINGS).collect()
}

fn license(fields: &Fields, owner: &Owner<'_>) -> Vec<Finding> {
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
            problem.map(|problem| refused(Code::MetadataLicense, "License-Expression", problem)),
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

fn readme(fields: &Fields) -> Option<Finding> {
    if let Some(kind) = fields.one("description-content-type") {
        let mut parts = kind.split(';').map(str::trim);
        let known = matches!(
            parts.next().map(str::to_ascii_lowercase).as_deref(),
            Some("text/plain" | "text/x-rst" | "text/markdown")
        );
        let charset = parts.all(|part| match part.split_once('=') {
            Some((key, value)) if key.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        });
        if !known || !charset {
            let actual = format!("has the Description-Content-Type {kind}");
            return Some(
                Finding::new(Code::MetadataField, actual)
                    .promised("indexes support text/plain, text/x-rst and text/markdown in UTF-8"),
            );
        }
    }
    let described = fields.has_body || fields.one("description").is_some();
    let untyped = fields.one("description-content-type").is_none();
    match (described, untyped) {
        (false, _) => {
            let finding = Finding::new(Code::MetadataReadme, "has no description");
            Some(finding.weighing(Severity::Warning))
        }
        (true, true) => Some(Finding::new(
            Code::MetadataReadme,
            "has a description and no Description-Content-Type, so that indexes take it for text/x-rst",
        )),
        (true, false) => None,
    }
}
