//! Single values of core metadata: versions, summaries, URLs, email addresses.
//!
//! Each function takes the text of one value and gives what METADATA has for it, or a [`Problem`] if a
//! package index would reject it. pyproject.toml, PKG-INFO and the METADATA of any wheel are checked by the
//! same functions.

use pep440_rs::{Version, VersionSpecifiers};

use super::check_line;
use crate::error::Problem;
use crate::tags::{DistributionName, PythonVersion};

/// The longest summary that package indexes accept, in characters.
const SUMMARY_LENGTH: usize = 512;
/// The longest label of a URL that package indexes accept, in characters.
const LABEL_LENGTH: usize = 32;

/// Checks the name of a project or of an extra.
pub(crate) fn check_name(name: &str) -> Result<(), Problem> {
    match name.parse::<DistributionName>() {
        Ok(_) => Ok(()),
        Err(_) => Err(Problem::new(format!("`{name}` is not a valid name"))
            .hint("names have ASCII letters and digits, with -, _ or . between them")),
    }
}

/// Parses a version that package indexes accept: PEP 440, without a local part.
pub(crate) fn check_version(text: &str) -> Result<Version, Problem> {
    let version: Version = text.parse().map_err(|_| {
        Problem::new(format!("`{text}` is not a version by PEP 440"))
            .hint("write it like \"1.2.0\", \"1.2.0rc1\" or \"1.2.0.post1\"")
    })?;
    if version.local().is_empty() {
        Ok(version)
    } else {
        Err(
            Problem::new(format!("`{text}` has a local part (after the `+`)"))
                .hint("package indexes refuse local versions; leave out the `+` and what follows"),
        )
    }
}

/// Checks a summary, the one-line description of a project.
pub(crate) fn check_summary(text: &str) -> Result<String, Problem> {
    let length = text.chars().count();
    if length > SUMMARY_LENGTH {
        return Err(Problem::new(format!(
            "has {length} characters, but package indexes accept at most {SUMMARY_LENGTH}"
        ))
        .hint("shorten it; the readme is the place for more"));
    }
    Ok(text.to_owned())
}

/// Parses the value of `Requires-Python`.
pub(crate) fn check_requires_python(text: &str) -> Result<VersionSpecifiers, Problem> {
    text.parse().map_err(|_| {
        Problem::new(format!("`{text}` is not a version specifier by PEP 440"))
            .hint("write it like \">=3.9\" or \">=3.9,!=3.10.0\"")
    })
}

/// Whether some release `X.Y.Z` satisfies the specifiers.
///
/// It is enough to test the first patch release, a very high one, and those around every patch release that the
/// specifiers name: the result can change nowhere else.
pub(crate) fn admits(specifiers: &VersionSpecifiers, python: PythonVersion) -> bool {
    let (major, minor) = (u64::from(python.major), u64::from(python.minor));
    let named = specifiers.iter().filter_map(|specifier| {
        let release = specifier.version().release();
        let same = release.first() == Some(&major) && release.get(1) == Some(&minor);
        same.then(|| release.get(2).copied()).flatten()
    });
    let around = named.flat_map(|patch| [patch.saturating_sub(1), patch, patch.saturating_add(1)]);
    [0, u64::from(u16::MAX)]
        .into_iter()
        .chain(around)
        .any(|patch| specifiers.contains(&Version::new([major, minor, patch])))
}

/// Checks a label and a URL; gives the value of a `Project-URL` header.
pub(crate) fn check_url(label: &str, url: &str) -> Result<String, Problem> {
    check_line(label).map_err(|problem| {
        Problem::new(format!("the label {}", problem.message)).hint("give the link a short name")
    })?;
    if label.chars().count() > LABEL_LENGTH {
        return Err(Problem::new(format!(
            "the label has {} characters, but package indexes accept at most {LABEL_LENGTH}",
            label.chars().count()
        ))
        .hint("shorten the label"));
    }
    if label.contains(',') {
        return Err(
            Problem::new("the label has a comma, which would end it").hint("leave the comma out")
        );
    }
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    if !web || rest.trim_matches('/').is_empty() || url.chars().any(char::is_whitespace) {
        return Err(Problem::new(format!("`{url}` is not a web address"))
            .hint("package indexes take URLs that begin with http:// or https://"));
    }
    let rest = rest.trim_start_matches('/');
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if path.contains(['[', ']']) {
        let problem = Problem::new(format!("`{url}` has `[` or `]` after the host"));
        return Err(problem.hint("write `[` as %5B and `]` as %5D"));
    }
    if let Some((_, port)) = host.rsplit_once(':')
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && !port.is_empty()
        && port.parse::<u16>().is_err()
    {
        let problem = Problem::new(format!("`{url}` has the port {port}"));
        return Err(problem.hint("the highest port is 65535"));
    }
    Ok(format!("{label}, {url}"))
}

/// Checks an email address without a name before it.
pub(crate) fn check_email(email: &str) -> Result<String, Problem> {
    let plain = |text: &str| {
        !text.is_empty()
            && !text.contains(|c: char| c.is_whitespace() || "()<>[]:;@\\,\"".contains(c))
            && text.split('.').all(|part| !part.is_empty())
    };
    let domain = email
        .split_once('@')
        .filter(|(local, domain)| plain(local) && plain(domain))
        .and_then(|(_, domain)| top_level_domain(domain));
    let Some(domain) = domain else {
        return Err(Problem::new(format!("`{email}` is not an email address"))
            .hint("write it like \"ada@example.com\"; a name goes into the key name"));
    };
    if RESERVED_DOMAINS.contains(&domain.as_str()) {
        let why = format!("`{email}` is in the reserved domain .{domain}, which no mail reaches");
        return Err(Problem::new(why).hint("give an address on the internet, or leave it out"));
    }
    Ok(email.to_owned())
}

/// Top-level domains that are reserved, so that no mail can be delivered there.
///
/// Source: the IANA registry "Special-Use Domain Names", as PyPI's email-validator applies it.
const RESERVED_DOMAINS: [&str; 6] = ["arpa", "invalid", "local", "localhost", "onion", "test"];

/// The last label of a domain in lowercase, if there are several labels and each is valid in the DNS.
fn top_level_domain(domain: &str) -> Option<String> {
    let is_label = |label: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii();
        label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(allowed)
    };
    let (_, last) = domain.rsplit_once('.')?;
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    let is_domain = domain.split('.').all(is_label) && !is_number;
    is_domain.then(|| last.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_the_part_of_a_url_that_is_wrong() {
        for (url, words) in [
            ("https://example.org:99999/", "has the port 99999"),
            ("https://example.org/a[b]", "`[` or `]` after the host"),
            ("https://example.org?a=[", "`[` or `]` after the host"),
            ("ftp://example.org:99999", "is not a web address"),
            ("https:///", "is not a web address"),
        ] {
            let problem = check_url("a", url).unwrap_err();
            assert!(problem.message.contains(words), "{url}: {problem}");
        }
        for url in [
            "https://example.org:8080/",
            "https://example.org:/",
            "https://[::1]/a",
            "http://example.org:a/",
        ] {
            assert!(check_url("a", url).is_ok(), "{url}");
        }
    }

    #[test]
    fn the_message_names_a_reserved_domain() {
        let message = |email: &str| check_email(email).unwrap_err().message;
        assert!(message("ada@build.LOCAL").contains("reserved domain .local"));
        for email in ["ada@build", "ada@a.1", "ada@-a.org", "a b@c.org"] {
            assert!(
                message(email).contains("is not an email address"),
                "{email}"
            );
        }
        assert!(check_email("ada@example.org").is_ok());
    }
}
