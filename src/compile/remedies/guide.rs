//! The sections of the guides about build.zig and free-threading, by name. `explain` prints them, because an installed
//! program has no docs folder.

use std::fmt::Write as _;

/// The pages, whose headings are the names of the sections.
const PAGES: [&str; 2] = [
    include_str!("../../../docs/build-zig.md"),
    include_str!("../../../docs/free-threading.md"),
];

/// A section of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The name that `explain` takes, which is also the anchor in the page.
    pub name: String,
    /// The heading.
    pub title: &'static str,
    /// The text in Markdown, without the heading.
    markdown: String,
}

/// The anchor that forges and the docs site give to a heading.
pub fn anchor(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Every section that has a text, in the order of the pages.
pub fn sections() -> Vec<Section> {
    let mut sections = Vec::<Section>::new();
    for page in PAGES {
        let mut in_code = false;
        let mut began = false;
        for line in page.lines() {
            in_code ^= line.starts_with("```");
            // Comments are for the tests of the page.
            let is_comment = !in_code && line.starts_with("<!--");
            let heading = line
                .strip_prefix("## ")
                .or_else(|| line.strip_prefix("### "));
            if let Some(title) = heading.filter(|_| !in_code) {
                began = true;
                sections.push(Section {
                    name: anchor(title),
                    title,
                    markdown: String::new(),
                });
            } else if let Some(section) = sections.last_mut().filter(|_| began && !is_comment) {
                let _ = writeln!(section.markdown, "{line}");
            }
        }
    }
    sections.retain(|section| !section.markdown.trim().is_empty());
    sections
}

impl Section {
    /// The text for a terminal: code is indented, and links show only their text, or the name of another section.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut in_code = false;
        // A link may continue on the next line, so prose is converted as a whole.
        let mut prose = String::new();
        for line in self.markdown.trim().lines() {
            if line.starts_with("```") {
                text.push_str(&without_links(&std::mem::take(&mut prose)));
                in_code = !in_code;
            } else if in_code {
                let indented = format!("    {line}");
                let _ = writeln!(text, "{}", indented.trim_end());
            } else {
                let _ = writeln!(prose, "{line}");
            }
        }
        text + &without_links(&prose)
    }
}

/// Markdown whose links are replaced by their text.
fn without_links(markdown: &str) -> String {
    let mut text = String::new();
    let mut rest = markdown;
    while let Some((before, label, target, after)) = link(rest) {
        let _ = write!(text, "{before}{label}");
        if let Some((page, name)) = target.split_once('#')
            && matches!(page, "" | "build-zig.md" | "free-threading.md")
        {
            let _ = write!(text, " (`pyz3-wheel explain {name}`)");
        }
        rest = after;
    }
    text + rest
}

/// The first link: what precedes it, its text, its target and what follows.
fn link(markdown: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, rest) = markdown.split_once("](")?;
    let (target, after) = rest.split_once(')')?;
    let (before, label) = before.rsplit_once('[')?;
    Some((before, label, target, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Code;
    use crate::compile::remedies::Remedy;

    #[test]
    fn names_are_unique_and_every_remedy_has_a_section() {
        let sections = sections();
        let mut names: Vec<_> = sections.iter().map(|section| &section.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), sections.len(), "{names:?}");
        for remedy in Remedy::ALL {
            assert!(names.contains(&&remedy.name()), "{remedy:?}");
        }
        // `explain` takes the names of both.
        for code in Code::ALL {
            assert!(!names.iter().any(|name| *name == code.name()), "{code}");
        }
    }

    #[test]
    fn sections_are_printed_without_markup_of_links_and_code() {
        for section in sections() {
            let text = section.text();
            assert!(!text.contains("](") && !text.contains("```"), "{text}");
        }
        assert_eq!(
            without_links("see [these\nlines](#more) and [a page](x.md#y).\n"),
            "see these\nlines (`pyz3-wheel explain more`) and a page.\n"
        );
    }

    #[test]
    fn sections_named_in_the_text_exist() {
        let sections = sections();
        for section in &sections {
            for name in section.text().split("`pyz3-wheel explain ").skip(1) {
                let name = name.split('`').next().unwrap();
                let is_check = name.parse::<Code>().is_ok();
                let is_section = sections.iter().any(|section| section.name == name);
                assert!(is_check || is_section, "{name} in {}", section.name);
            }
        }
    }
}
