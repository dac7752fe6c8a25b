//! Renders modules.zon, from which the generated build.zig reads what to build.

use std::fmt::Write as _;

use crate::project::{Managed, ZigModule};

/// Renders the whole file.
pub(super) fn render(managed: &Managed, numpy_ffi: bool) -> String {
    let framework = managed
        .framework
        .map_or("null".to_owned(), |framework| literal(framework.module()));
    let mut text = format!(
        ".{{\n    .framework = {framework},\n    .numpy_ffi = {numpy_ffi},\n    .modules = .{{\n"
    );
    for module in &managed.modules {
        render_module(module, &mut text);
    }
    text.push_str("    },\n}\n");
    text
}

fn render_module(module: &ZigModule, text: &mut String) {
    let fields = [
        ("name", literal(module.name.as_str())),
        ("root", literal(&module.root)),
        ("limited_api", module.limited_api.to_string()),
        ("c_sources", list(&module.c_sources)),
        ("c_include_dirs", list(&module.c_include_dirs)),
        ("c_library_dirs", list(&module.c_library_dirs)),
        ("c_libraries", list(&module.c_libraries)),
        ("c_flags", list(&module.c_flags)),
        ("rpaths", list(&module.rpaths)),
        ("has_cpp", module.has_cpp().to_string()),
    ];
    text.push_str("        .{\n");
    for (name, value) in fields {
        let _ = writeln!(text, "            .{name} = {value},");
    }
    text.push_str("        },\n");
}

fn list(texts: &[String]) -> String {
    let items: Vec<_> = texts.iter().map(|text| literal(text)).collect();
    format!(".{{ {} }}", items.join(", "))
}

/// A string literal of Zig; source: <https://ziglang.org/documentation/0.15.2/#Escape-Sequences>.
fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(literal, "\\u{{{:x}}}", u32::from(c));
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_string_stays_in_it() {
        assert_eq!(literal("src/é.zig"), "\"src/é.zig\"");
        assert_eq!(literal("-DX=\"a\\b\""), r#""-DX=\"a\\b\"""#);
        assert_eq!(literal("a\nb\u{7f}"), r#""a\u{a}b\u{7f}""#);
        assert_eq!(
            list(&["a".to_owned(), "b\"".to_owned()]),
            r#".{ "a", "b\"" }"#
        );
    }
}
