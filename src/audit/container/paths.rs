//! Checks the paths in an archive: valid on every system that the tags name, and no two of them the same file.

use crate::audit::claim::Systems;
use crate::audit::code::{Code, Severity};
use crate::audit::finding::{Finding, MOST_COUNTED};
use crate::metadata::archive_path::{Collision, LONGEST_NAME, PathFault, collisions};

/// Characters that Windows does not allow in file names, in addition to those that no path in a wheel may have.
const FOREIGN_TO_WINDOWS: [char; 6] = ['"', '*', '<', '>', '?', '|'];

/// Checks these paths for the systems that the wheel can be installed on.
pub(in crate::audit) fn judge<'a>(
    paths: impl Iterator<Item = &'a str> + Clone,
    systems: Systems,
) -> Vec<Finding> {
    let faults = paths.clone().filter_map(|path| {
        let fault = PathFault::of(path.strip_suffix('/').unwrap_or(path))?;
        let actual = format!("is not a valid path in a package: {fault}");
        let finding = Finding::new(code(&fault, path), actual).of(path);
        Some(finding.weighing(severity(&fault, path, systems)))
    });
    let foreign = paths.clone().filter_map(|path| {
        let wrong = path.chars().find(|c| FOREIGN_TO_WINDOWS.contains(c))?;
        let actual = format!("has the character {wrong}, which Windows does not allow in a name");
        let finding = Finding::new(Code::PathCharacter, actual).of(path);
        Some(finding.weighing(Severity::error_if(systems.windows)))
    });
    let files = paths.filter(|path| !path.ends_with('/'));
    let collisions = collisions(files).into_iter().filter_map(|collision| {
        let (code, severity) = weigh(&collision, systems)?;
        let (Collision::Twice(first)
        | Collision::SameFile(first, ..)
        | Collision::FileAndFolder(first, _)) = &collision;
        let finding = Finding::new(code, collision.to_string()).of(first);
        Some(finding.weighing(severity))
    });
    let faults = faults.take(MOST_COUNTED);
    let foreign = foreign.take(MOST_COUNTED);
    let collisions = collisions.take(MOST_COUNTED);
    faults.chain(foreign).chain(collisions).collect()
}

/// The check that a collision belongs to, and its severity on these systems. The check of the archive reports
/// entries with the same path.
pub(super) fn weigh(collision: &Collision, systems: Systems) -> Option<(Code, Severity)> {
    match collision {
        Collision::Twice(_) => None,
        Collision::SameFile(..) => Some((
            Code::PathCollision,
            Severity::error_if(systems.ignore_case()),
        )),
        Collision::FileAndFolder(file, path) => {
            let is_exact = path.strip_prefix(file.as_str());
            let is_exact = is_exact.is_some_and(|rest| rest.starts_with('/'));
            let severity = Severity::error_if(is_exact || systems.ignore_case());
            Some((Code::PathFileAndFolder, severity))
        }
    }
}

fn severity(fault: &PathFault, path: &str, systems: Systems) -> Severity {
    match fault {
        PathFault::Character(_) | PathFault::Dropped(_) | PathFault::Reserved(_) => {
            Severity::error_if(systems.windows)
        }
        // Windows counts UTF-16 code units.
        PathFault::LongName => {
            let mut units = path.split('/').map(|part| part.encode_utf16().count());
            Severity::error_if(systems.unix || units.any(|units| units > LONGEST_NAME))
        }
        PathFault::TooDeep => Severity::Warning,
        PathFault::Empty
        | PathFault::TooLong
        | PathFault::Absolute
        | PathFault::Invisible(_)
        | PathFault::EmptyPart
        | PathFault::Dots(_) => Severity::Error,
    }
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
        | PathFault::TooDeep
        | PathFault::LongName
        | PathFault::Invisible(_)
        | PathFault::Character(_) => Code::PathCharacter,
    }
}
