//! The pages in docs/reference that repeat what the program knows about itself. `PYZ3_UPDATE_DOCS=1` writes them.

mod command_line;
mod configuration;

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
