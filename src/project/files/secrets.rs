//! Files that hold passwords, tokens or private keys.
//!
//! Takes a path, says whether it is such a file by its name or, where a name says too little, by its
//! content: certificates, public keys and examples are not secrets.

use std::io::Read as _;
use std::path::Path;

/// Names of files that exist to hold credentials.
const NAMES: [&str; 23] = [
    ".boto",
    ".databrickscfg",
    ".dockercfg",
    ".env",
    ".git-credentials",
    ".htpasswd",
    ".my.cnf",
    ".mylogin.cnf",
    ".netrc",
    ".pgpass",
    ".pypirc",
    ".s3cfg",
    ".vault-token",
    "_netrc",
    "application_default_credentials.json",
    "credentials.tfrc.json",
    "id_dsa",
    "id_ecdsa",
    "id_ecdsa_sk",
    "id_ed25519",
    "id_ed25519_sk",
    "id_rsa",
    "id_xmss",
];

/// The same for names that say enough only together with their folder's.
const PLACES: [(&str, &str); 12] = [
    (".azure", "accesstokens.json"),
    (".azure", "msal_token_cache.json"),
    (".cargo", "credentials"),
    (".cargo", "credentials.toml"),
    (".docker", "config.json"),
    (".gem", "credentials"),
    (".huggingface", "token"),
    (".kube", "config"),
    (".streamlit", "secrets.toml"),
    ("gcloud", "access_tokens.db"),
    ("gcloud", "credentials.db"),
    ("huggingface", "token"),
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

/// Endings that editors and people add to the name of a copy.
const COPIES: [&str; 6] = ["~", ".backup", ".bak", ".old", ".orig", ".save"];

/// Endings of source code, documents and media, in which a private key is an example or a test.
const NEVER_KEYS: [&str; 42] = [
    "c", "cc", "cpp", "css", "cu", "cxx", "f90", "gif", "go", "gz", "h", "hh", "hpp", "html",
    "hxx", "inc", "ipynb", "ipp", "jpeg", "jpg", "js", "m", "md", "mm", "npy", "npz", "pdf", "png",
    "po", "pxd", "py", "pyi", "pyx", "rs", "rst", "s", "svg", "ts", "wasm", "zig", "zip", "zon",
];

/// No file of credentials is larger than this.
const LARGEST: u64 = 256 * 1024;

/// How much of a file is read whose name does not hint at credentials.
const FIRST_BYTES: u64 = 16 * 1024;

/// How much of a file has to be read for the first line of a private key.
const FIRST_LINE: u64 = 128;

/// The secret that a path is or lies in: the path itself or a folder above it. `below` is the path as seen
/// from the project, `source` is where its content is.
pub(in crate::project) fn find<'p>(
    below: &'p Path,
    source: &Path,
    is_folder: bool,
) -> Option<&'p Path> {
    find_with(below, is_folder, |path| is_secret(path, source))
}

/// Like [`find`], for a file whose content is not known: only names that say enough count.
pub(crate) fn find_by_name(below: &Path, is_folder: bool) -> Option<&Path> {
    find_with(below, is_folder, is_secret_by_name)
}

fn find_with(
    below: &Path,
    is_folder: bool,
    is_secret: impl FnOnce(&Path) -> bool,
) -> Option<&Path> {
    let folders = below.ancestors().skip(usize::from(!is_folder));
    let folder = folders
        .filter(|folder| FOLDERS.contains(&&*name(folder)))
        .last();
    folder.or_else(|| (!is_folder && is_secret(below)).then_some(below))
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().to_ascii_lowercase()
}

/// The name of a file in lowercase, without the endings that copies have.
fn name_of_original(path: &Path) -> String {
    let mut name = name(path);
    let copy = COPIES.iter().find(|ending| name.ends_with(**ending));
    name.truncate(name.len() - copy.map_or(0, |ending| ending.len()));
    name
}

fn name_of_folder(path: &Path) -> String {
    path.parent().map(name).unwrap_or_default()
}

fn is_secret_by_name(below: &Path) -> bool {
    let name = &*name_of_original(below);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    NAMES.contains(&name)
        || PLACES.contains(&(&*name_of_folder(below), name))
        || (name.starts_with(".env.") && !EXAMPLES.contains(&ending))
}

fn is_secret(below: &Path, source: &Path) -> bool {
    if is_secret_by_name(below) {
        return true;
    }
    let name = &*name_of_original(below);
    let folder = name_of_folder(below);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    if name.starts_with(".env.") {
        return false;
    }
    match name {
        ".npmrc" | ".yarnrc" | ".yarnrc.yml" => {
            let text = head(source).to_ascii_lowercase();
            return ["_auth", "_password", "npmauth"]
                .iter()
                .any(|word| text.contains(word));
        }
        "pip.conf" | "pip.ini" | ".condarc" => return has_url_with_password(&head(source)),
        "netrc" | "pypirc" => return head(source).contains("password"),
        ".envrc" => return head(source).lines().any(exports_secret),
        "hosts.yml" if folder == "gh" => return head(source).contains("oauth_token"),
        _ => {}
    }
    if CONTAINERS.contains(&ending) {
        return true;
    }
    match ending {
        "key" => is_key(&head(source)),
        "json" => {
            let text = first(source, FIRST_BYTES);
            let may_be = ["account", "credential", "key", "secret"];
            json_strings(&text, "private_key").any(begins_with_private_key)
                || json_strings(&text, "type").any(|kind| kind.starts_with("service_account\""))
                    && json_strings(&text, "private_key").any(|key| !key.starts_with('"'))
                || may_be.iter().any(|word| stem.contains(word))
                    && text.contains("\"private_key\"")
                    && has_private_key(&text)
        }
        _ if MAYBE_KEYS.contains(&ending) => has_private_key(&head(source)),
        _ if NEVER_KEYS.contains(&ending) => false,
        _ => begins_with_private_key(&first(source, FIRST_LINE)),
    }
}

/// Whether the content of a `.key` file can be a private or a symmetric key. Keynote documents, public keys
/// and texts such as keyboard layouts have this ending as well.
fn is_key(text: &str) -> bool {
    if text.contains("-----BEGIN ") {
        let public = ["-----BEGIN PUBLIC KEY", "-----BEGIN CERTIFICATE"];
        return has_private_key(text) || !public.iter().any(|header| text.contains(header));
    }
    if text.starts_with("PK\u{3}\u{4}") {
        return false;
    }
    let is_strange = |c: &char| c.is_control() && !c.is_ascii_whitespace();
    let unreadable = text.matches(char::REPLACEMENT_CHARACTER).count();
    if text.chars().any(|c| is_strange(&c)) || unreadable * 4 > text.chars().count() {
        return true;
    }
    // A word of this length is a key in hexadecimal digits or base64.
    let is_encoded = |word: &str, least: usize| {
        let is_digit = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
        word.len() >= least && word.chars().all(is_digit) && word.contains(char::is_numeric)
    };
    let lower = text.to_lowercase();
    is_encoded(text.trim(), 16)
        || text.lines().any(|line| is_encoded(line.trim(), 32))
        || [
            "private-key",
            "private_key",
            "privatekey",
            "secret",
            "passw",
        ]
        .iter()
        .any(|word| lower.contains(word))
}

/// What follows the opening quote of each string that a JSON text has for a name.
fn json_strings<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(name).skip(1).filter_map(|rest| {
        let value = rest.strip_prefix('"')?.trim_start().strip_prefix(':')?;
        value.trim_start().strip_prefix('"')
    })
}

/// Ex) `-----BEGIN RSA PRIVATE KEY-----`
fn begins_with_private_key(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let header = text
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.split_once("-----"));
    header.is_some_and(|(kind, _)| {
        kind.ends_with("PRIVATE KEY") || kind.ends_with("PRIVATE KEY BLOCK")
    }) || text.starts_with("PuTTY-User-Key-File-")
}

/// Ex) `export API_TOKEN=abc`, but not `export API_TOKEN=$(pass show token)`
fn exports_secret(line: &str) -> bool {
    let Some((name, value)) = line.trim().split_once('=') else {
        return false;
    };
    let name = name.trim_start_matches("export ").trim();
    let value = value.trim_matches(['"', '\'', ' ']);
    let kinds = [
        "TOKEN",
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "API_KEY",
        "ACCESS_KEY",
        "SECRET_KEY",
    ];
    kinds.iter().any(|kind| name.ends_with(kind))
        && !name.starts_with('#')
        && !value.is_empty()
        && !value.contains(['$', '`'])
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

/// The text of a file that may hold credentials; empty where it cannot be read.
fn head(source: &Path) -> String {
    first(source, LARGEST)
}

/// The text that a file begins with, of at most this many bytes.
fn first(source: &Path, limit: u64) -> String {
    let mut bytes = Vec::new();
    // Asked before it is opened: opening a pipe would wait for ever.
    if source.is_file()
        && let Ok(file) = std::fs::File::open(source)
    {
        let _ = file.take(limit).read_to_end(&mut bytes);
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
            ("hmac.key", "a8f5f167f44f4964e6c998dee827110c\n"),
            (
                "minisign.key",
                "untrusted comment: x\nRWRTY0IyQ2jKkXeTqCvYhBq8y0Pz0000\n",
            ),
            ("vpn.key", "#\n-----BEGIN OpenVPN Static key V1-----\n"),
            ("wg.key", "PrivateKey = aGk=\n"),
            ("zone.key", "key \"k\" { secret \"aGk=\"; };\n"),
            ("deploy.txt", KEY),
            ("deploy.key.bak", KEY),
            ("deploy.dat", &format!("\n{KEY}")),
            ("putty.txt", "PuTTY-User-Key-File-3: ssh-ed25519\n"),
            (".netrc.bak", ""),
            ("id_rsa.old", ""),
            (".pypirc~", ""),
            ("pypirc", "[pypi]\npassword = pypi-x\n"),
            (".databrickscfg", ""),
            (
                ".config/gh/hosts.yml",
                "github.com:\n    oauth_token: gho_x\n",
            ),
            (".envrc", "use flake\nexport API_TOKEN=\"abc\"\n"),
            (
                "x/prod.json",
                &format!("{{\"a\": {{\"private_key\" : {KEY:?}}}}}"),
            ),
            (
                "x/gcp.json",
                "{\"type\": \"service_account\", \"private_key\": \"MIIE\"}",
            ),
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
            (
                ".envrc",
                "export TOKEN=$(pass show x)\n# export TOKEN=abc\nexport KEYMAP=us\n",
            ),
            (
                "keymaps/us.key",
                "key 1 = exclam\nkey 2 = at\nXF86AudioLowerVolume\n",
            ),
            ("keymaps/none.key", ""),
            ("keymaps/x.key", "# Private use area\nkey 1 = U+E000\n"),
            ("keymaps/latin.key", "key 26 = \u{e4} \u{f6} \u{fc}\n"),
            ("data/keys.json", "{\"type\": \"service_account\"}"),
            (
                "data/schema.json",
                "{\"private_key\": {\"type\": \"string\"}}",
            ),
            (
                "data/notes.txt",
                "a key begins with -----BEGIN PRIVATE KEY-----",
            ),
            ("public.txt", "-----BEGIN PUBLIC KEY-----\n"),
            ("gh/hosts.yml", "github.com:\n    user: x\n"),
            ("completions/pypirc", "complete twine\n"),
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
