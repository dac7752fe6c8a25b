//! Hides credentials in URLs: users and passwords before the host, tokens and signatures after it.

use std::borrow::Cow;

/// The replacement for a credential.
const HIDDEN: &str = "***";
/// Parts of the names of parameters whose values are credentials.
const SECRET: [&str; 11] = [
    "token",
    "secret",
    "passw",
    "pwd",
    "signature",
    "credential",
    "apikey",
    "api_key",
    "api-key",
    "accesskey",
    "authorization",
];

/// The text with the credentials of every address in it hidden.
pub(crate) fn hide(text: &str) -> Cow<'_, str> {
    if !text.contains("://") {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + "://".len());
        shown.push_str(before);
        let scheme = before.trim_end_matches("://");
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let scheme = scheme
            .rsplit(|c: char| !is_part(c))
            .next()
            .unwrap_or(scheme);
        let is_end = |c: char| c.is_whitespace() || c.is_control() || "\"'`<>\\^{|}".contains(c);
        let end = after.find(is_end).unwrap_or(after.len());
        // The next address may follow without a space.
        let end = after[..end].find("://").map_or(end, |next| {
            let begin = after[..next].rfind(|c: char| !is_part(c));
            begin.map_or(end, |begin| begin + 1)
        });
        // Punctuation at the end belongs to the sentence, not to the address.
        let end = after[..end]
            .trim_end_matches([',', '.', ';', ':', '!', ')'])
            .len();
        let (address, after) = after.split_at(end);
        hide_in(scheme, address, &mut shown);
        rest = after;
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// Whether an address in the text has a user or password in it.
pub(crate) fn has_user(text: &str) -> bool {
    hide(text).contains(&format!("://{HIDDEN}@"))
}

/// Whether an address in the text has credentials of any kind in it.
pub(crate) fn has_any(text: &str) -> bool {
    hide(text) != text
}

/// Appends what follows `://`, with its credentials hidden.
fn hide_in(scheme: &str, address: &str, shown: &mut String) {
    let authority = address.find(['/', '?', '#']).unwrap_or(address.len());
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // A password may contain a slash that should have been encoded. Then the colon is not followed by a port.
    let is_cut = address[..authority]
        .rsplit_once(':')
        .is_some_and(|(_, port)| !is_port(port) && !port.ends_with(']'));
    let whole = if is_cut {
        address
    } else {
        &address[..authority]
    };
    let mut from = 0;
    if let Some(host) = whole.rfind('@') {
        let user = &address[..host];
        // The user of a public git server (`git@`) is not a secret.
        let is_public = !user.contains(':') && scheme.ends_with("ssh");
        shown.push_str(if is_public { user } else { HIDDEN });
        from = host;
    }
    let rest = &address[from..];
    let Some(query) = rest.find(['?', '#']) else {
        shown.push_str(rest);
        return;
    };
    shown.push_str(&rest[..query]);
    for parameter in rest[query..].split_inclusive(['?', '&', ';', '#']) {
        let end = parameter.trim_end_matches(['?', '&', ';', '#']).len();
        match parameter[..end].split_once('=') {
            Some((name, value)) if is_secret(name) && !value.is_empty() => {
                shown.extend([name, "=", HIDDEN, &parameter[end..]]);
            }
            _ => shown.push_str(parameter),
        }
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(&*name, "sig" | "key" | "auth") || SECRET.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_hidden_and_all_else_stays() {
        for (text, shown) in [
            ("https://user:pass@x.org/a", "https://***@x.org/a"),
            ("https://ghp_token@x.org/a", "https://***@x.org/a"),
            (
                "git+https://u:p%40@x.org/a.git#v1",
                "git+https://***@x.org/a.git#v1",
            ),
            ("https://u:p@s@x.org", "https://***@x.org"),
            ("https://u:p/a#s?s@x.org/b", "https://***@x.org/b"),
            (
                "from (http://a:b@x.org/c), `https://d:e@y.org`",
                "from (http://***@x.org/c), `https://***@y.org`",
            ),
            (
                "https://x.org/a?token=abc&v=1",
                "https://x.org/a?token=***&v=1",
            ),
            (
                "https://x.org/a?v=1&private_token=abc#x",
                "https://x.org/a?v=1&private_token=***#x",
            ),
            (
                "https://s3.x.org/a?X-Amz-Credential=a%2Fb&X-Amz-Date=1&X-Amz-Signature=c0",
                "https://s3.x.org/a?X-Amz-Credential=***&X-Amz-Date=1&X-Amz-Signature=***",
            ),
            (
                "at https://x.org/?token=abc, and",
                "at https://x.org/?token=***, and",
            ),
            (
                "https://x.org/#access_token=abc",
                "https://x.org/#access_token=***",
            ),
            (
                "https://x.org/?sv=1&sig=a%2B",
                "https://x.org/?sv=1&sig=***",
            ),
            (
                "a:https://u:p@x.org,https://v:q@y.org",
                "a:https://***@x.org,https://***@y.org",
            ),
        ] {
            assert_eq!(hide(text), shown);
            assert!(has_any(text));
        }
        for text in [
            "https://x.org:8080/@scope/a@1?v=2&author=x",
            "git+ssh://git@github.com/a/b",
            "https://[::1]:80/a@b",
            "https://[2001:db8::1]/a@b",
            "me@x.org, std::mem, a://",
            "C:\\a@b",
        ] {
            assert_eq!(hide(text), text);
        }
    }
}
