//! Checks the paths in an archive: valid on every system, and no two of them the same file.

use crate::audit::code::{Code, Severity};
use crate::audit::finding::{Finding, MOST_COUNTED};
use crate::metadata::archive_path::{Collision, PathFault, collisions};

/// Characters that Windows does not allow in file names, in addition to those that no path in a wheel may have.
const FOREIGN_TO_WINDOWS: [char; 6] = ['"', '*', '<', '>', '?', '|'];

/// Checks these paths; `on_windows` if the wheel can be installed on Windows.
pub(in crate::audit) fn judge<'a>(
    paths: impl Iterator<Item = &'a str> + Clone,
    on_windows: bool,
) -> Vec<Finding> {
    let faults = paths.clone().filter_map(|path| {
        let fault = PathFault::of(path.strip_suffix('/').unwrap_or(path))?;
        Some(
            Finding::new(
                code(&fault, path),
                format!("is not a valid path in a package: {fault}"),
            )
            .of(path),
        )
    });
    let foreign = paths.clone().filter_map(|path| {
        let wrong = path.chars().find(|c| FOREIGN_TO_WINDOWS.contains(c))?;
        let severity = if on_windows {
            Severity::Error
        } else {
            Severity::Warning
        };
        let actual = format!("has the character {wrong}, which Windows does not allow in a name");
        let finding = Finding::new(Code::PathCharacter, actual).of(path);
        Some(finding.weighing(severity))
    });
    let files = paths.filter(|path| !path.ends_with('/'));
    let collisions = collisions(files).into_iter().filter_map(|collision| {
        let code = match collision {
            // The check of the archive reports that.
            Collision::Twice(_) => return None,
            Collision::SameFile(..) => Code::PathCollision,
            Collision::FileAndFolder(..) => Code::PathFileAndFolder,
        };
        let (Collision::Twice(first)
        | Collision::SameFile(first, ..)
        | Collision::FileAndFolder(first, _)) = &collision;
        Some(Finding::new(code, collision.to_string()).of(first))
    });
    let faults = faults.take(MOST_COUNTED);
    let foreign = foreign.take(MOST_COUNTED);
    let collisions = collisions.take(MOST_COUNTED);
    faults.chain(foreign).chain(collisions).collect()
}

fn code(fault: &PathFault, path: &str) -> Code {
    let drive = path
        .split_once(':')
        .is_some_and(|(drive, _)| drive.len() == 1);
    match fault {
        PathFault::Absolute => Code::PathAbsolute,
        PathFault::Character(':') if drive => Code::PathAbsolute,
        // `..\` leads out of the folder on Windows.
        PathFault::Character('\\') if path.split(['\\', '/']).any(|part| part == "..") => {
            Code::PathTraversal
        }
        PathFault::Dots(_) => Code::PathTraversal,
        PathFault::Dropped(_) | PathFault::Reserved(_) => Code::PathReserved,
        PathFault::Empty
        | PathFault::EmptyPart
        | PathFault::TooLong
        | PathFault::LongName
        | PathFault::Invisible(_)
        | PathFault::Character(_) => Code::PathCharacter,
    }
}
