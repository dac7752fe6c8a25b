//! What we read of build.zig.zon.
//!
//! A [`Manifest`] is read with all its dependencies, from a text that is ZON. The versions are only
//! looked for, by a scan that skips comments and strings properly and takes a field at the top level:
//! whatever else the file holds is Zig's business there.

mod manifest;
mod token;
mod value;

pub(super) use self::manifest::{Dependency, Manifest};
use self::token::{Token, Tokens};

/// The value of `.minimum_zig_version`, if the text has one.
pub(super) fn minimum_zig_version(text: &str) -> Option<String> {
    field(text, "minimum_zig_version").map(|(_, value)| value.to_owned())
}

/// The value of `.version` and its place in the text, if it has one.
pub(super) fn version(text: &str) -> Option<(usize, &str)> {
    field(text, "version")
}

/// The string that a field of the outermost struct is set to, and where it begins.
fn field<'a>(text: &'a str, wanted: &str) -> Option<(usize, &'a str)> {
    let mut tokens = Tokens::of(text);
    let mut depth = 0_u32;
    let mut before = [Token::End, Token::End, Token::End];
    loop {
        let token = tokens.next();
        match (&before, &token) {
            (_, Token::End) => return None,
            ([Token::Mark('.'), Token::Name(name), Token::Mark('=')], Token::Text(value))
                if depth == 1 && *name == wanted =>
            {
                let begin = value.as_ptr().addr() - text.as_ptr().addr();
                return Some((begin, value));
            }
            (_, Token::Mark('{')) => depth += 1,
            (_, Token::Mark('}')) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let [_, second, third] = before;
        before = [second, third, token];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_found_wherever_zig_finds_it() {
        for (text, version) in [
            (".{ .minimum_zig_version = \"0.16.0\" }", Some("0.16.0")),
            (".{.minimum_zig_version=\"0.15.2\",}", Some("0.15.2")),
            (
                ".{\n  // .minimum_zig_version = \"0.1.0\",\n  .minimum_zig_version // why\n  = \"0.14.1\",\n}",
                Some("0.14.1"),
            ),
            (
                ".{ .name = .x, .description = \"\\\" .minimum_zig_version = \", .minimum_zig_version = \"0.17.0-dev.1+ab\" }",
                Some("0.17.0-dev.1+ab"),
            ),
            (
                ".{ .@\"minimum_zig_version\" = \"0.16.0\" }",
                Some("0.16.0"),
            ),
            (
                ".{ .note =\n \\\\ \" .minimum_zig_version = \"9\"\n , .minimum_zig_version = \"0.16.0\" }",
                Some("0.16.0"),
            ),
            (
                ".{ .fingerprint = 0xabc, .c = '\"', .minimum_zig_version = \"0.16.0\" }",
                Some("0.16.0"),
            ),
        ] {
            assert_eq!(minimum_zig_version(text).as_deref(), version, "{text}");
        }
    }

    #[test]
    fn the_version_is_a_field_like_any() {
        let text = ".{ .name = .x, .dependencies = .{ .y = .{ .version = \"9\" } },\n.version = \"0.1.0\" }";
        let (begin, value) = version(text).unwrap();
        assert_eq!((value, &text[begin..begin + 5]), ("0.1.0", "0.1.0"));
        assert_eq!(version(".{ .minimum_zig_version = \"0.16.0\" }"), None);
        assert_eq!(version(".{ .version = \"\" }"), Some((15, "")));
    }

    #[test]
    fn what_is_not_the_field_is_not_taken_for_it() {
        for text in [
            "",
            ".{}",
            "// .minimum_zig_version = \"0.16.0\"",
            ".{ .name = \".minimum_zig_version = 0.16.0\" }",
            ".{ .dependencies = .{ .x = .{ .minimum_zig_version = \"0.13.0\" } } }",
            ".{ .my_minimum_zig_version = \"0.16.0\" }",
            ".{ .minimum_zig_version = 16 }",
            ".{ .minimum_zig_version",
            "\"",
            "'\\",
            "@\"",
            "}}}} .minimum_zig_version = \"1\"",
        ] {
            assert_eq!(minimum_zig_version(text), None, "{text}");
        }
    }
}
