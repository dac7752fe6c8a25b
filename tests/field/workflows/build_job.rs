//! The Linux build job of build-wheels.yml, carried out step by step as GitHub's runner would.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::{NO_PACKAGE, wheelhouse};
use support::Ran;
use support::need;
use support::workflow::{BUILD_WHEELS, Step, Workflow};

/// A platform of the build job and a Python of the test job, in a folder of its own where GitHub's runner
/// would have checked out. The project supports only this Python, so that no other has to be installed.
struct Cell {
    workflow: Workflow,
    platform: &'static str,
    python: &'static str,
    folder: tempfile::TempDir,
    path: Vec<PathBuf>,
}

impl Cell {
    /// Does what the actions of the build job do. `None`, with a message, if this machine lacks the
    /// Python or cannot fetch what the steps install.
    fn new(platform: &'static str, python: &'static str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        for part in ["scripts", "docs/examples", ".github"] {
            support::copy_tree(&support::repo().join(part), &folder.path().join(part));
        }
        let cell = Self::in_checkout(folder, BUILD_WHEELS, platform, python)?;
        cell.download_the_tool(support::pyz3_wheel());
        Some(cell)
    }

    /// The same of a workflow in some other checkout.
    fn in_checkout(
        folder: tempfile::TempDir,
        workflow: &str,
        platform: &'static str,
        python: &'static str,
    ) -> Option<Self> {
        support::venv_tool(&["auditwheel", "twine"])?;
        let Some(interpreter) = support::pythons().get(python) else {
            support::skip(&format!(
                "the workflow with Python {python}: this machine has none"
            ));
            return None;
        };
        let mut cell = Self {
            workflow: Workflow::read(folder.path().join(workflow)),
            platform,
            python,
            path: std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect(),
            folder,
        };
        cell.set_up_python(interpreter);
        cell.admit_one_python();
        Some(cell)
    }

    /// `actions/setup-python`: `python` and `python3` are the Python of the matrix.
    fn set_up_python(&mut self, interpreter: &PathBuf) {
        let venv = self.folder.path().join(".python");
        support::succeed(Command::new(interpreter).args(["-m", "venv"]).arg(&venv));
        self.path.insert(0, venv.join("bin"));
    }

    /// Makes `--all-pythons` mean the Python of this cell.
    fn admit_one_python(&self) {
        let project = self.folder.path().join(&self.workflow.env["PROJECT"]);
        let path = project.join("pyproject.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let all = "requires-python = \">=3.9\"";
        assert!(text.contains(all), "{text}");
        let one = format!("requires-python = \"=={}.*\"", self.python);
        std::fs::write(&path, text.replace(all, &one)).unwrap();
    }

    /// The job that installs the tool, from an index that has our wheel alone; gives what it uploads.
    fn install_the_tool(&self, wheelhouse: &Path) -> PathBuf {
        let job = &self.workflow.jobs["tool"];
        for step in job.steps.iter().filter(|step| step.run.is_some()) {
            let mut command = self.command("tool", step);
            command.envs([
                ("PIP_NO_INDEX", "1".as_ref()),
                ("PIP_FIND_LINKS", wheelhouse.as_os_str()),
            ]);
            support::run(&mut command).exits(0);
        }
        let mut steps = job.steps.iter();
        let upload = steps.find(|step| step.is_action("actions/upload-artifact"));
        self.folder
            .path()
            .join(upload.unwrap().with["path"].as_str().unwrap())
    }

    /// `actions/download-artifact`, which leaves the tool without its executable bit.
    fn download_the_tool(&self, uploaded: &Path) {
        let mut steps = self.workflow.jobs["build"].steps.iter();
        let download = steps
            .find(|step| step.is_action("actions/download-artifact"))
            .unwrap();
        assert_eq!(download.with["name"], "pyz3-wheel");
        let folder = self.folder.path();
        let folder = folder.join(download.with["path"].as_str().unwrap());
        std::fs::create_dir_all(&folder).unwrap();
        let tool = folder.join("pyz3-wheel");
        std::fs::copy(uploaded, &tool).unwrap();
        std::fs::set_permissions(&tool, PermissionsExt::from_mode(0o644)).unwrap();
    }

    fn expand(&self, value: &str) -> String {
        let value = value
            .replace("${{ matrix.platform }}", self.platform)
            .replace("${{ matrix.python }}", self.python);
        assert!(!value.contains("${{"), "this test does not know {value}");
        value
    }

    fn run(&self, job: &str, step: &Step) -> Ran {
        support::run(&mut self.command(job, step))
    }

    /// A step as GitHub's runner runs it on Linux with `shell: bash`.
    fn command(&self, job: &str, step: &Step) -> Command {
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c"]);
        command.arg(step.run.as_deref().unwrap());
        support::hermetic(&mut command);
        let layers = [&self.workflow.env, &self.workflow.jobs[job].env, &step.env];
        for (name, value) in layers.into_iter().flatten() {
            command.env(name, self.expand(value));
        }
        command.env("PATH", std::env::join_paths(&self.path).unwrap());
        command.current_dir(self.folder.path());
        command
    }

    fn step(&self, job: &str, name: &str) -> &Step {
        let mut steps = self.workflow.jobs[job].steps.iter();
        steps.find(|step| step.label() == name).unwrap()
    }

    /// Runs the steps of the build job that are scripts, in order; gives the names of the wheels.
    fn build(&self) -> Vec<String> {
        let steps = self.workflow.jobs["build"].steps.iter();
        for step in steps.filter(|step| step.run.is_some()) {
            let label = step.label();
            assert_eq!(step.condition, None, "conditions are not judged: {label}");
            self.run("build", step).exits(0);
        }
        let dist = std::fs::read_dir(self.folder.path().join("dist")).unwrap();
        dist.map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

#[test]
fn the_build_job_makes_an_x86_64_wheel_that_passes_the_test_job() {
    let Some(cell) = Cell::new("linux-x86_64", "3.12") else {
        return;
    };
    assert_eq!(
        cell.build(),
        ["hello-0.1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"]
    );
    cell.run("test", cell.step("test", "Install and test"))
        .exits(0)
        .says("Ran ")
        .says("\nOK");
}

#[test]
fn the_build_job_makes_an_aarch64_wheel_and_refuses_one_that_promises_too_much() {
    let Some(cell) = Cell::new("linux-aarch64", "3.11") else {
        return;
    };
    let wheel = "hello-0.1.0-cp311-cp311-manylinux2014_aarch64.manylinux_2_17_aarch64.whl";
    assert_eq!(cell.build(), [wheel]);

    let dist = cell.folder.path().join("dist");
    let liar = wheel.replace("manylinux2014_aarch64.manylinux_2_17", "manylinux_2_5");
    std::fs::rename(dist.join(wheel), dist.join(liar)).unwrap();
    let opinion = cell.step("build", "Second opinion on Linux wheels (auditwheel)");
    let ran = cell.run("build", opinion).exits(1);
    let refusal = "promises glibc 2.5; auditwheel says that it needs 2.17";
    assert!(ran.stdout.contains(refusal), "{ran:#?}");
}

#[test]
fn the_workflow_of_a_new_project_builds_and_tests_its_wheels() {
    for (template, wheel) in [
        ("c", "it_works-0.1.0-cp39-cp39"),
        ("abi3", "it_works-0.1.0-cp39-abi3"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let init = ["init", "--ci", "--name", "It.Works", "--template", template];
        let project = folder.path().as_os_str();
        support::pyz3(init.map(AsRef::as_ref).into_iter().chain([project])).exits(0);
        let path = ".github/workflows/wheels.yml";
        let Some(cell) = Cell::in_checkout(folder, path, "linux-x86_64", "3.9") else {
            return;
        };
        let wheelhouse = need!(wheelhouse(), NO_PACKAGE);
        cell.download_the_tool(&cell.install_the_tool(wheelhouse));
        let wheel = format!("{wheel}-manylinux2014_x86_64.manylinux_2_17_x86_64.whl");
        assert_eq!(cell.build(), [wheel]);
        cell.run("test", cell.step("test", "Install and test"))
            .exits(0)
            .says("\nOK");
    }
}
