//! METADATA as text, and the same fields as an object.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::Metadata;
use super::import_names::Names;
use super::license::License;

/// The headers that may be there more than once.
const MANY: [&str; 7] = [
    "License-File",
    "Classifier",
    "Project-URL",
    "Requires-Dist",
    "Provides-Extra",
    "Import-Name",
    "Import-Namespace",
];

/// The Metadata-Version of a project that needs none of the newer fields.
const OLDEST: &str = "2.1";

impl Metadata {
    /// The METADATA file: headers, an empty line, the description.
    ///
    /// Its Metadata-Version is the lowest that has the fields used. Source: the specification
    /// "Core metadata" of the packaging guide.
    pub fn render(&self) -> String {
        self.text(self.headers())
    }

    /// The PKG-INFO file of an sdist: the same, but of 2.2 at least, which says that a wheel has no
    /// other metadata than this (PEP 643). Nothing here depends on how a wheel is built.
    pub fn render_pkg_info(&self) -> String {
        let mut headers = self.headers();
        for (name, value) in &mut headers {
            if *name == "Metadata-Version" && *value == OLDEST {
                "2.2".clone_into(value);
            }
        }
        self.text(headers)
    }

    fn text(&self, headers: Vec<(&'static str, String)>) -> String {
        let mut text = String::new();
        for (name, value) in headers {
            // A header goes on where a line begins with white space.
            let value = value.replace('\n', "\n        ");
            let gap = if value.is_empty() { "" } else { " " };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}:{gap}{value}");
        }
        if let Some(readme) = &self.fields.readme {
            text.push('\n');
            text.push_str(&readme.text);
        }
        text
    }

    /// The same fields as one object, named and shaped as the specification "Core metadata" of the
    /// packaging guide wants them in JSON.
    pub fn document(&self) -> Value {
        let mut document = Map::new();
        for (name, value) in self.headers() {
            let key = name.to_ascii_lowercase().replace('-', "_");
            if MANY.contains(&name) {
                let values = document
                    .entry(key)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(values) = values {
                    values.push(value.into());
                }
            } else if name == "Keywords" {
                document.insert(key, self.fields.keywords.clone().into());
            } else {
                document.insert(key, value.into());
            }
        }
        if let Some(readme) = &self.fields.readme {
            document.insert("description".to_owned(), readme.text.clone().into());
        }
        Value::Object(document)
    }

    /// The headers of METADATA, in order; only the text of a licence has several lines.
    fn headers(&self) -> Vec<(&'static str, String)> {
        let fields = &self.fields;
        let mut headers = vec![
            ("Metadata-Version", self.metadata_version().to_owned()),
            ("Name", self.name.clone()),
            ("Version", self.version.to_string()),
        ];
        headers.extend(fields.summary.clone().map(|summary| ("Summary", summary)));
        if !fields.keywords.is_empty() {
            headers.push(("Keywords", fields.keywords.join(",")));
        }
        headers.extend(fields.people.iter().cloned());
        headers.extend(fields.license.clone().map(|license| match license {
            License::Expression(expression) => ("License-Expression", expression),
            License::Text(text) => ("License", text),
        }));
        let files = fields.license_files.iter();
        headers.extend(files.map(|file| ("License-File", file.path.clone())));
        let classifiers = fields.classifiers.iter().cloned();
        headers.extend(classifiers.map(|classifier| ("Classifier", classifier)));
        headers.extend(fields.urls.iter().cloned().map(|url| ("Project-URL", url)));
        if let Some(specifiers) = &fields.requires_python {
            let specifiers: Vec<_> = specifiers.iter().map(ToString::to_string).collect();
            headers.push(("Requires-Python", specifiers.join(",")));
        }
        headers.extend(fields.requirements.iter().cloned());
        for (name, names) in [
            ("Import-Name", &fields.import_names),
            ("Import-Namespace", &fields.import_namespaces),
        ] {
            let values = names.iter().flat_map(Names::values);
            headers.extend(values.map(|value| (name, value)));
        }
        if let Some(readme) = &fields.readme {
            headers.push(("Description-Content-Type", readme.content_type.clone()));
        }
        headers
    }

    fn metadata_version(&self) -> &'static str {
        let fields = &self.fields;
        let expression = matches!(fields.license, Some(License::Expression(_)));
        if fields.import_names.is_some() || fields.import_namespaces.is_some() {
            "2.5"
        } else if expression || !fields.license_files.is_empty() {
            "2.4"
        } else {
            OLDEST
        }
    }
}
