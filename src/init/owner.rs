//! Who a new project belongs to, and under which license.

use std::path::Path;

use fs_err as fs;

use crate::metadata::values::check_email;
use crate::project::git_setting;

/// Who a new project belongs to, and under which license.
#[derive(Debug, Default)]
pub(super) struct Owner {
    /// The author's name, from git's configuration.
    pub(super) name: Option<String>,
    /// The author's email address, from git's configuration.
    pub(super) email: Option<String>,
    /// A license file that exists already. The license of the template is for projects without one.
    pub(super) license_file: Option<String>,
}

impl Owner {
    /// The owner of a project in a folder, which need not exist.
    pub(super) fn find(root: &Path) -> Self {
        let existing = root.ancestors().find(|folder| folder.is_dir());
        let setting = |name| git_setting(existing?, name);
        Self {
            name: setting("user.name"),
            email: setting("user.email").filter(|email| check_email(email).is_ok()),
            license_file: license_file(root),
        }
    }

    /// The value of `authors` in `[project]`.
    pub(super) fn authors(&self) -> Option<String> {
        let field = |key: &str, value: &Option<String>| {
            let value = toml_edit::Value::from(value.as_ref()?);
            Some(format!("{key} = {value}"))
        };
        let fields = [field("name", &self.name), field("email", &self.email)];
        let fields: Vec<_> = fields.into_iter().flatten().collect();
        (!fields.is_empty()).then(|| format!("[{{ {} }}]", fields.join(", ")))
    }
}

/// The first file in a folder that is named like a license.
fn license_file(root: &Path) -> Option<String> {
    let entries = fs::read_dir(root).ok()?.flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let names = files.filter_map(|entry| entry.file_name().into_string().ok());
    let licenses = names.filter(|name| {
        let upper = name.to_uppercase();
        ["LICENSE", "LICENCE", "COPYING"]
            .iter()
            .any(|start| upper.starts_with(start))
    });
    licenses.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_author_is_written_as_toml() {
        let owner = |name: Option<&str>, email: Option<&str>| Owner {
            name: name.map(str::to_owned),
            email: email.map(str::to_owned),
            license_file: None,
        };
        assert_eq!(owner(None, None).authors(), None);
        for (name, email) in [
            (Some("Ada \"Countess\" L\\ovelace"), Some("ada@example.org")),
            (Some("Ada, Countess"), None),
            (None, Some("ada@example.org")),
        ] {
            let text = format!("authors = {}", owner(name, email).authors().unwrap());
            let parsed: toml::Table = text.parse().unwrap();
            let author = &parsed["authors"][0];
            assert_eq!(author.get("name").and_then(toml::Value::as_str), name);
            assert_eq!(author.get("email").and_then(toml::Value::as_str), email);
        }
    }

    #[test]
    fn an_existing_license_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("LICENSES")).unwrap();
        assert_eq!(license_file(folder.path()), None);
        fs::write(folder.path().join("Copying.txt"), "").unwrap();
        assert_eq!(license_file(folder.path()).as_deref(), Some("Copying.txt"));
        assert_eq!(license_file(&folder.path().join("missing")), None);
    }
}
