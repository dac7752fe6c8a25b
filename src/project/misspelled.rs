//! Names in pyproject.toml that are almost those of this program.
//!
//! No tool reads such a table, and no build frontend can import such a backend, so that the project would be
//! built without its settings, or not at all.

use super::entry::Table;
use super::pyproject::Document;
use crate::error::Problem;

/// The table of this program below `[tool]`.
const TABLE: &str = "pyz3-wheel";

/// The Python module that is the build backend.
const BACKEND: &str = "pyz3_wheel";

/// Refuses tables and a build backend whose names are other spellings of the right ones.
pub(super) fn refuse(document: &Document<'_>, problems: &mut Vec<Problem>) {
    let top = document.root();
    let tool = top.table("tool");
    let of_tools = tool.iter().flat_map(Table::entries);
    let misspelled = of_tools
        .filter(|entry| entry.key != TABLE)
        .chain(top.entries())
        .filter(|entry| is_spelling(entry.key));
    problems.extend(misspelled.map(|entry| {
        entry
            .problem("is not the table of pyz3-wheel, so it has no effect")
            .hint(format!("rename it to [tool.{TABLE}]"))
    }));

    let Some(system) = top.table("build-system") else {
        return;
    };
    // A module in the project may have any name.
    if system.get("backend-path").is_some() {
        return;
    }
    if let Some(entry) = system.get("build-backend")
        && let Some(name) = entry.as_str()
        && name != BACKEND
        && is_spelling(name)
    {
        let problem = entry.problem(format!("`{name}` is not the name of the module"));
        problems.push(problem.hint(format!("write build-backend = \"{BACKEND}\"")));
    }
}

/// Whether a name differs from `pyz3-wheel` only in case, separators or one letter.
fn is_spelling(name: &str) -> bool {
    let letters = name.chars().filter(|letter| !"-_. ".contains(*letter));
    let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    // One letter too few, too many or wrong, or two swapped.
    strsim::damerau_levenshtein(&plain, "pyz3wheel") <= 1
}
