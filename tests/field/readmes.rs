//! The README of each template and of each example, followed word for word in the project's folder by a reader
//! who has one Python.

use pyz3_wheel::init::Template;
use support::need;
use support::pages::Reader;
use support::{command, copy_tree, repo, run};

use crate::python::{NO_PACKAGE, wheelhouse};

/// The examples, of which each is a template too.
const EXAMPLES: [(&str, Template); 6] = [
    ("hello", Template::Full),
    ("hello-abi3", Template::Abi3),
    ("hello-c", Template::C),
    ("hello-cpp", Template::Cpp),
    ("hello-ctypes", Template::Ctypes),
    ("hello-managed", Template::Managed),
];

/// Follows the README of the project that `create` makes in the reader's folder.
fn follow(name: &str, create: impl Fn(&std::path::Path)) {
    let wheelhouse = need!(wheelhouse(), NO_PACKAGE);
    let (python, _) = support::fresh_venv(std::path::Path::new("python3"));
    let mut reader = Reader::default();
    reader
        .program(&support::programs(python.path()))
        .variable("ZIG", support::zig())
        .variable("PIP_FIND_LINKS", wheelhouse)
        .variable("PIP_NO_INDEX", "1");
    create(&reader.folder());
    let readme = std::fs::read_to_string(reader.folder().join("README.md")).unwrap();
    assert!(readme.contains("pyz3-wheel develop"), "{readme}");
    reader.follow(name, &readme);
}

fn follow_template(template: Template) {
    follow(&format!("README.md of {}", template.name()), |folder| {
        let args = [
            "init",
            "--name",
            "My.First-Thing",
            "--template",
            template.name(),
        ];
        run(command().args(args).arg(folder)).exits(0);
    });
}

#[test]
fn the_readme_of_full_works_when_pasted() {
    follow_template(Template::Full);
}

#[test]
fn the_readme_of_abi3_works_when_pasted() {
    follow_template(Template::Abi3);
}

#[test]
fn the_readme_of_c_works_when_pasted() {
    follow_template(Template::C);
}

#[test]
fn the_readme_of_cpp_works_when_pasted() {
    follow_template(Template::Cpp);
}

#[test]
fn the_readme_of_ctypes_works_when_pasted() {
    follow_template(Template::Ctypes);
}

#[test]
fn the_readme_of_managed_works_when_pasted() {
    follow_template(Template::Managed);
}

#[test]
fn the_readmes_of_the_examples_work_when_pasted() {
    assert_eq!(EXAMPLES.map(|(_, template)| template), Template::ALL);
    for (example, _) in EXAMPLES {
        follow(&format!("docs/examples/{example}/README.md"), |folder| {
            copy_tree(&repo().join("docs/examples").join(example), folder);
        });
    }
}
