//! The headers of METADATA and PKG-INFO.
//!
//! Values are taken as they are: core metadata is UTF-8 and has no encoded words, unlike email.
//!
//! Source: PyPA, "Core metadata specifications".

use std::collections::BTreeMap;

/// All headers of a file. The case of names has no meaning.
#[derive(Debug, Default)]
pub(crate) struct Headers(BTreeMap<String, Vec<String>>);

impl Headers {
    /// Reads the headers of a text; also gives its body, which may be empty. An error says what is wrong
    /// with the headers.
    pub(crate) fn parse(text: &str) -> Result<(Self, &str), String> {
        let (found, end) =
            mailparse::parse_headers(text.as_bytes()).map_err(|error| error.to_string())?;
        let mut headers = Self::default();
        for header in found {
            let raw = String::from_utf8_lossy(header.get_value_raw());
            let lines: Vec<_> = raw.lines().map(str::trim).collect();
            let name = header.get_key_ref().to_ascii_lowercase();
            let value = lines.join("\n").trim().to_owned();
            headers.0.entry(name).or_default().push(value);
        }
        Ok((headers, text.get(end..).unwrap_or_default()))
    }

    /// The values of every header of this name, in order. Lines of a value are joined by `\n`, without the
    /// spaces around each.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        let values = self.0.get(&name.to_ascii_lowercase());
        values.map_or(&[], Vec::as_slice)
    }

    /// The value of the first header of this name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// Every name, in lowercase, with its values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        let headers = self.0.iter();
        headers.map(|(name, values)| (name.as_str(), values.as_slice()))
    }
}

/// The addresses of a list like `Ada <ada@example.com>, bob@example.com`; the list itself if it is not one.
pub(crate) fn addresses(list: &str) -> Vec<String> {
    use mailparse::MailAddr;
    let Ok(parsed) = mailparse::addrparse(list) else {
        return vec![list.to_owned()];
    };
    let addresses = parsed.into_inner().into_iter();
    addresses
        .flat_map(|address| match address {
            MailAddr::Single(one) => vec![one.addr],
            MailAddr::Group(group) => group.addrs.into_iter().map(|one| one.addr).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_body_are_read() {
        let text = "Name: x\r\nClassifier: a\nclassifier: b\nLicense: one\n        two\n\n\
            Summary: =?utf-8?q?x?=\n";
        let (headers, body) = Headers::parse(text).unwrap();
        assert_eq!(headers.first("name"), Some("x"));
        assert_eq!(headers.all("Classifier"), ["a", "b"]);
        assert_eq!(headers.first("License"), Some("one\ntwo"));
        assert_eq!(headers.first("Summary"), None);
        assert_eq!(body, "Summary: =?utf-8?q?x?=\n");
        let (headers, body) = Headers::parse("Summary: =?utf-8?q?x?=").unwrap();
        assert_eq!(headers.first("Summary"), Some("=?utf-8?q?x?="));
        assert_eq!(body, "");
        assert!(Headers::parse(" Name: x\n").is_err());
    }

    #[test]
    fn addresses_are_taken_out_of_lists() {
        let list = "\"A, B\" <a@example.com>, b@example.com";
        assert_eq!(addresses(list), ["a@example.com", "b@example.com"]);
        assert_eq!(addresses("x <"), ["x <"]);
    }
}
