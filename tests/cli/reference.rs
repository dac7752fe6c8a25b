//! The pages in docs/reference that repeat what the program knows about itself. `PYZ3_UPDATE_DOCS=1` writes them.

mod command_line;
mod configuration;

use std::fmt::Write as _;

use pyz3_wheel::compile::remedies::Remedy;
use support::documents::is_generated;
use support::repo;

const BEGIN: &str = "<!-- begin: written by the tests, from the program itself -->\n\n";
const END: &str = "<!-- end -->";

#[test]
fn the_page_about_the_command_line_has_every_command_and_option() {
    let path = repo().join("docs/reference/cli.md");
    is_generated(&path, BEGIN, &command_line::markdown(), END);
}

#[test]
fn the_page_about_the_configuration_has_every_key() {
    let path = repo().join("docs/reference/configuration.md");
    is_generated(&path, BEGIN, &configuration::markdown(), END);
}

#[test]
fn the_page_about_messages_has_every_section_about_the_build_script() {
    let guide = std::fs::read_to_string(repo().join("docs/build-zig.md")).unwrap();
    let mut text = String::from("| messages | section | `explain` |\n|---|---|---|\n");
    for remedy in Remedy::ALL {
        let link = remedy.link();
        let title = link[1..].split(']').next().unwrap();
        let (_, section) = guide.split_once(&format!("\n### {title}\n\n")).unwrap();
        // The messages are in the first paragraph.
        let messages = section.split("\n\n").next().unwrap().replace('\n', " ");
        let link = link.replace("(build-zig.md", "(../build-zig.md");
        let _ = writeln!(text, "| {messages} | {link} | `{}` |", remedy.name());
    }
    text.push('\n');
    let path = repo().join("docs/reference/messages.md");
    is_generated(&path, BEGIN, &text, END);
}

/// A message that the page explains is one of the program.
#[test]
fn the_messages_on_the_page_are_those_of_the_program() {
    let page = std::fs::read_to_string(repo().join("docs/reference/messages.md")).unwrap();
    let (page, _) = page.split_once(BEGIN).unwrap();
    // Some messages are composed, so the output in the snapshots counts too.
    let files = ["src", "tests"].map(|folder| walkdir::WalkDir::new(repo().join(folder)));
    let files = files.into_iter().flatten();
    let sources: String = files
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| ending == "rs" || ending == "snap")
        })
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let messages: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert!(messages.len() > 10, "{messages:?}");
    for message in messages {
        assert!(sources.contains(message), "no message has `{message}`");
    }
}
