//! The interface for programs, as docs/python-api.md shows it.

use std::process::Command;

use super::{NO_PACKAGE, example, offline, shared_environment};
use support::need;
use support::succeed;

#[test]
fn the_examples_of_the_documentation_do_what_they_say() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let project = example("hello");
    let document = support::repo().join("docs/python-api.md");
    // Only what is in it counts: a document without examples would pass.
    let code = "import doctest, sys\n\
                failed, tried = doctest.testfile(sys.argv[1], module_relative=False, \
                optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)\n\
                assert tried > 15, tried\n\
                sys.exit(failed > 0)";
    let mut python = offline(bin.join("python"));
    succeed(
        python
            .current_dir(project.path())
            .args(["-c", code])
            .arg(document),
    );
}

#[test]
fn the_platforms_of_the_enumeration_are_those_of_the_program() {
    let bin = need!(shared_environment(), NO_PACKAGE);
    let code = "import pyz3_wheel, sys\n\
                print(*(f'{p.value} {p.zig_target} {p.wheel_platform}' for p in pyz3_wheel.Platform), sep='\\n')";
    let said = succeed(Command::new(bin.join("python")).args(["-c", code]));
    let expected: Vec<_> = pyz3_wheel::Platform::ALL
        .into_iter()
        .map(|platform| {
            format!(
                "{platform} {} {}",
                platform.zig_target(),
                platform.wheel_platform()
            )
        })
        .collect();
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}
