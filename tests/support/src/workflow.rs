//! The workflows of GitHub, as far as tests read them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::repo;

pub const CI: &str = ".github/workflows/ci.yml";

pub const BUILD_WHEELS: &str = ".github/workflows/build-wheels.yml";

pub const RELEASE: &str = ".github/workflows/release.yml";

pub const DOCS: &str = ".github/workflows/docs.yml";

pub const ALL: [&str; 4] = [CI, BUILD_WHEELS, RELEASE, DOCS];

/// The action that checks wheels.
pub const CHECK_ACTION: &str = ".github/actions/check/action.yml";

pub type Texts = BTreeMap<String, String>;

#[derive(Deserialize)]
pub struct Workflow {
    pub on: Value,
    #[serde(default)]
    pub env: Texts,
    pub permissions: Texts,
    pub jobs: BTreeMap<String, Job>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Job {
    pub permissions: Texts,
    pub environment: Option<String>,
    #[serde(default)]
    pub needs: Value,
    #[serde(rename = "if")]
    pub condition: Option<String>,
    pub strategy: Option<Strategy>,
    #[serde(default)]
    pub env: Texts,
    pub steps: Vec<Step>,
}

#[derive(Deserialize)]
pub struct Strategy {
    pub matrix: Matrix,
}

#[derive(Deserialize)]
pub struct Matrix {
    #[serde(default)]
    pub platform: Vec<String>,
    #[serde(default)]
    pub python: Vec<String>,
    #[serde(default)]
    pub include: Vec<Texts>,
}

#[derive(Deserialize)]
pub struct Step {
    pub name: Option<String>,
    pub uses: Option<String>,
    pub run: Option<String>,
    pub shell: Option<String>,
    #[serde(rename = "if")]
    pub condition: Option<String>,
    #[serde(default)]
    pub env: Texts,
    #[serde(default)]
    pub with: BTreeMap<String, Value>,
}

impl Workflow {
    /// Reads one of ours, or one at an absolute path.
    pub fn read(path: impl AsRef<std::path::Path>) -> Self {
        let path = repo().join(path);
        let text = std::fs::read_to_string(&path).unwrap();
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.jobs.values().flat_map(|job| &job.steps)
    }
}

/// A composite action.
#[derive(Deserialize)]
pub struct Action {
    pub inputs: BTreeMap<String, Texts>,
    pub runs: Runs,
}

#[derive(Deserialize)]
pub struct Runs {
    pub using: String,
    pub steps: Vec<Step>,
}

impl Action {
    /// Reads the one that checks wheels.
    pub fn read() -> Self {
        let text = std::fs::read_to_string(repo().join(CHECK_ACTION)).unwrap();
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{CHECK_ACTION}: {error}"))
    }

    /// The values of the inputs that a user leaves out.
    pub fn defaults(&self) -> Texts {
        let inputs = self.inputs.iter();
        inputs
            .map(|(name, input)| (name.clone(), input["default"].clone()))
            .collect()
    }
}

impl Step {
    pub fn label(&self) -> &str {
        let first_line = self.run.as_deref().and_then(|run| run.lines().next());
        self.name
            .as_deref()
            .or(self.uses.as_deref())
            .or(first_line)
            .unwrap_or("a step")
    }

    pub fn is_action(&self, action: &str) -> bool {
        self.uses
            .as_deref()
            .is_some_and(|uses| uses.split('@').next() == Some(action))
    }
}

pub fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Texts {
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}
