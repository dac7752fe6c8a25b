//! Files that hold passwords, tokens or private keys.
//!
//! Takes a path, says whether it is such a file by its name or, where a name says too little, by its
//! content: certificates, public keys and examples are not secrets.

use std::io::Read as _;
use std::path::Path;

/// Names of files that exist to hold credentials.
const NAMES: [&str; 20] = [
    ".boto",
    ".dockercfg",
    ".env",
    ".git-credentials",
    ".htpasswd",
    ".my.cnf",
    ".netrc",
    ".pgpass",
    ".pypirc",
    ".s3cfg",
    ".vault-token",
    "_netrc",
    "application_default_credentials.json",
    "id_dsa",
    "id_ecdsa",
    "id_ecdsa_sk",
    "id_ed25519",
    "id_ed25519_sk",
    "id_rsa",
    "id_xmss",
];

/// The same for names that say enough only together with their folder's.
const PLACES: [(&str, &str); 7] = [
    (".cargo", "credentials"),
    (".cargo", "credentials.toml"),
    (".docker", "config.json"),
    (".gem", "credentials"),
    (".huggingface", "token"),
    (".kube", "config"),
    (".streamlit", "secrets.toml"),
];

/// Folders that exist to hold credentials.
const FOLDERS: [&str; 3] = [".aws", ".gnupg", ".ssh"];

/// Endings of containers of private keys and passwords.
const CONTAINERS: [&str; 7] = ["jks", "kdbx", "keystore", "keytab", "p12", "pfx", "ppk"];

/// Endings of files that may hold a private key, and mostly hold something else.
const MAYBE_KEYS: [&str; 7] = ["asc", "cer", "crt", "gpg", "p8", "pem", "priv"];

/// Endings of `.env.…` files that show what to write into a `.env`.
const EXAMPLES: [&str; 7] = [
    "defaults", "dist", "example", "sample", "schema", "template", "tpl",
];

/// No file of credentials is larger than this.
const LARGEST: u64 = 256 * 1024;

/// The secret that a path is or lies in: the path itself or a folder above it. `below` is the path as seen
/// from the project, `source` is where its content is.
pub(in crate::project) fn find<'p>(
    below: &'p Path,
    source: &Path,
    is_folder: bool,
) -> Option<&'p Path> {
    let folders = below.ancestors().skip(usize::from(!is_folder));
    let folder = folders
        .filter(|folder| FOLDERS.contains(&&*name(folder)))
        .last();
    folder.or_else(|| (!is_folder && is_secret(below, source)).then_some(below))
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().to_ascii_lowercase()
}

fn is_secret(below: &Path, source: &Path) -> bool {
    let name = name(below);
    let folder = below.parent().map(self::name).unwrap_or_default();
    if NAMES.contains(&&*name) || PLACES.contains(&(&*folder, &*name)) {
        return true;
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    if name.starts_with(".env.") {
        return !EXAMPLES.contains(&ending);
    }
    match name.as_str() {
        ".npmrc" | ".yarnrc" | ".yarnrc.yml" => {
            let text = head(source).to_ascii_lowercase();
            return ["_auth", "_password", "npmauth"]
                .iter()
                .any(|word| text.contains(word));
        }
        "pip.conf" | "pip.ini" | ".condarc" => return has_url_with_password(&head(source)),
        _ => {}
    }
    if CONTAINERS.contains(&ending) {
        return true;
    }
    match ending {
        // Documents of Keynote, and public keys, have this ending as well.
        "key" => {
            let text = head(source);
            has_private_key(&text)
                || !text.starts_with("PK\u{3}\u{4}")
                    && !text.contains("-----BEGIN PUBLIC KEY")
                    && !text.contains("-----BEGIN CERTIFICATE")
        }
        "json" => {
            let may_be = ["account", "credential", "key", "secret"];
            may_be.iter().any(|word| stem.contains(word)) && {
                let text = head(source);
                text.contains("\"private_key\"") && has_private_key(&text)
            }
        }
        "" => {
            let text = head(source);
            text.starts_with("-----BEGIN ") && has_private_key(&text)
        }
        _ => MAYBE_KEYS.contains(&ending) && has_private_key(&head(source)),
    }
}

fn has_private_key(text: &str) -> bool {
    text.contains("PRIVATE KEY-----") || text.contains("PRIVATE KEY BLOCK-----")
}

/// Ex) `index-url = https://user:token@example.com/simple`
fn has_url_with_password(text: &str) -> bool {
    text.lines().any(|line| {
        let host = line.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ' ']).next().unwrap_or_default();
        host.contains('@') && !host.contains("${")
    })
}

/// The text that a file begins with; empty where it can't be read.
fn head(source: &Path) -> String {
    let mut bytes = Vec::new();
    // Asked before it is opened: opening a pipe would wait for ever.
    if source.is_file()
        && let Ok(file) = std::fs::File::open(source)
    {
        let _ = file.take(LARGEST).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n";
    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    fn found(path: &str, content: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("file");
        fs_err::write(&source, content).unwrap();
        let found = find(Path::new(path), &source, false)?;
        Some(found.to_string_lossy().into_owned())
    }

    #[test]
    fn credentials_are_known_by_name_place_and_content() {
        for (path, content) in [
            (".env", ""),
            ("deploy/.ENV", ""),
            (".env.production", ""),
            (".pypirc", ""),
            ("_netrc", ""),
            ("id_ed25519", ""),
            (".docker/config.json", ""),
            ("certs/client.p12", ""),
            ("server.key", "\u{1}\u{2}"),
            ("tls.pem", &format!("{CERTIFICATE}{KEY}")),
            ("deploy_key", KEY),
            (".npmrc", "//registry.npmjs.org/:_authToken=npm_x"),
            (
                "pip.conf",
                "[global]\nindex-url = https://u:t@x.org/simple\n",
            ),
            (
                "service-account.json",
                &format!("{{\"private_key\": {KEY:?}}}"),
            ),
        ] {
            assert_eq!(found(path, content).as_deref(), Some(path), "{path}");
        }
        for (path, folder) in [(".ssh/config", ".ssh"), ("x/.aws/sso/cache", "x/.aws")] {
            assert_eq!(found(path, "").as_deref(), Some(folder), "{path}");
        }
    }

    #[test]
    fn what_only_looks_like_a_secret_is_none() {
        for (path, content) in [
            (".env.example", ""),
            (".env.production.sample", ""),
            ("env", ""),
            (".envrc", "use flake"),
            ("id_rsa.pub", "ssh-rsa AAAA"),
            ("tests/ca.pem", CERTIFICATE),
            ("tests/ca.crt", CERTIFICATE),
            ("keys/release.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----"),
            ("talk.key", "PK\u{3}\u{4}"),
            ("public.key", "-----BEGIN PUBLIC KEY-----\n"),
            ("tests/test_keys.py", KEY),
            ("docs/keys.md", KEY),
            ("config.json", "{\"private_key\": null}"),
            (".npmrc", "save-exact=true"),
            ("pip.conf", "[global]\nindex-url = https://x.org/simple\n"),
            ("pip.conf", "index-url = https://${TOKEN}@x.org/simple\n"),
            ("credentials.json", "{}"),
            ("Makefile", "all:\n"),
        ] {
            assert_eq!(found(path, content), None, "{path}");
        }
    }
}
