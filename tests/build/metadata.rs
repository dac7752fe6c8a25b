//! `pyz3-wheel metadata` is the METADATA of the wheel.

use std::io::Read;
use support::{Wheels, command, run};

#[test]
fn metadata_needs_neither_zig_nor_python_and_is_what_the_wheel_has() {
    let wheels = Wheels::build_for("hello-ctypes", &[]);
    let nowhere = tempfile::tempdir().unwrap();
    let mut command = command();
    command.args(["metadata", "--project"]);
    command.arg(&wheels.project);
    let said = run(command.env("PATH", nowhere.path())).exits(0);
    let path = &wheels.paths()[0];
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut metadata = String::new();
    let mut file = archive
        .by_name("hello_ctypes-0.1.0.dist-info/METADATA")
        .unwrap();
    file.read_to_string(&mut metadata).unwrap();
    assert_eq!(said.stdout, metadata);
    assert_eq!(said.stderr, "");
}
