//! Checks that Python finds the extension modules of a wheel and the modules of its entry points.
//!
//! Only the paths in the wheel are known, so there are no findings about modules of other distributions.
//! Sources: PyPA, "Entry points specification"; The Python Language Reference, "The import system".

use super::entry_points::{entries, is_script};
use crate::audit::code::{Code, Severity};
use crate::audit::finding::{Finding, MOST_FINDINGS};
use crate::metadata::identifier::is_identifier;
use crate::metadata::modules::{Modules, module_of};

/// The path below site-packages that a file is installed to; `None` if it is installed to another place. `stem` is
/// how the names of the metadata folders begin.
pub(in crate::audit) fn installed<'p>(path: &'p str, stem: &str) -> Option<&'p str> {
    let own = path.strip_prefix(stem);
    if own.is_some_and(|rest| rest.starts_with(".dist-info/")) {
        return None;
    }
    match own.and_then(|rest| rest.strip_prefix(".data/")) {
        Some(rest) => rest
            .strip_prefix("purelib/")
            .or_else(|| rest.strip_prefix("platlib/")),
        None => Some(path),
    }
}

/// Whether Python imports another file instead of the extension module that is installed at this path.
pub(in crate::audit) fn shadowed(path: &str, modules: &Modules) -> Option<Finding> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, _) = module_of(file)?;
    let name = match folder {
        "" => stem.to_owned(),
        folder => format!("{}.{stem}", folder.replace('/', ".")),
    };
    // The `__init__` of a package may itself be native.
    let shadow = modules.shadow(&name).filter(|_| stem != "__init__")?;
    // A module may declare itself a package at run time.
    let severity = Severity::error_if(shadow.contains("/__init__."));
    let actual = format!("is never imported as {name}: Python finds {shadow} first");
    let finding = Finding::new(Code::ShadowedModule, actual)
        .hint("rename one of the two, or put the module into the package under another name")
        .weighing(severity);
    Some(finding)
}

/// The entry points whose modules are not in the wheel; `text` is entry_points.txt. Other modules may come with the
/// distributions that a wheel `depends` on.
pub(crate) fn dead_entry_points(text: &str, depends: bool, modules: &Modules) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (group, name, reference) in entries(text) {
        let module = reference.split([':', '[', ' ']).next().unwrap_or_default();
        // An invalid module name has a finding of its own.
        let is_name = module.split('.').all(is_identifier);
        if !is_name || modules.has(module) {
            continue;
        }
        let top = module.split('.').next().unwrap_or(module);
        let mut parents = module.match_indices('.').map(|(at, _)| &module[..at]);
        let severity = if parents.any(|parent| modules.is_native(parent)) {
            // Native code may create modules.
            Severity::Warning
        } else if modules.init(top).is_some() || modules.python_file(top).is_some() {
            Severity::Error
        } else if modules.has(top) {
            // Other distributions may contain other parts of a namespace.
            Severity::Warning
        } else if is_stdlib(top) || depends {
            // It may be a module of a dependency.
            continue;
        } else {
            Severity::error_if(is_script(group))
        };
        let actual = format!(
            "names the module {module} for {name} in [{group}], but the module is not in the wheel"
        );
        findings.push(
            Finding::new(Code::DeadEntryPoint, actual)
                .hint(format!(
                    "correct `{name}`, or add the module `{module}` to the package; a module of another project \
                     needs that project in `dependencies`"
                ))
                .weighing(severity),
        );
        if findings.len() == MOST_FINDINGS {
            break;
        }
    }
    findings
}

/// Whether a name is that of a module of the standard library.
pub(crate) fn is_stdlib(name: &str) -> bool {
    include_str!("../data/stdlib.txt")
        .lines()
        .any(|line| line == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_beside_a_package_of_its_name_is_never_imported() {
        let found = |paths: &[&str]| {
            let modules = Modules::of(paths.iter().copied());
            shadowed(paths[0], &modules).map(|finding| finding.severity)
        };
        assert_eq!(
            found(&["t.abi3.so", "t/__init__.py"]),
            Some(Severity::Error)
        );
        let inner = [
            "t/sub.cp312-win_amd64.pyd",
            "t/sub/__init__.py",
            "t/__init__.py",
        ];
        assert_eq!(found(&inner), Some(Severity::Error));
        assert_eq!(
            found(&["cv3/_n.abi3.so", "cv3.py"]),
            Some(Severity::Warning)
        );
        for fine in [
            &["t.abi3.so", "t.py", "t/sub.pyi"][..],
            &["t/__init__.abi3.so", "t/_n.so"],
            &["t/_n.abi3.so", "t/__init__.py", "t.py"],
        ] {
            assert_eq!(found(fine), None, "{fine:?}");
        }
    }

    #[test]
    fn entry_points_lead_into_the_wheel_or_into_a_dependency() {
        let paths = [
            "p/__init__.py",
            "p/cli.py",
            "p/fast.abi3.so",
            "ns/x.py",
            "one.py",
        ];
        let modules = Modules::of(paths);
        let found = |reference: &str, group: &str, depends: bool| {
            let text = format!("[{group}]\nx = {reference}\n");
            let found = dead_entry_points(&text, depends, &modules);
            found.first().map(|finding| finding.severity)
        };
        let (alone, depends) = (false, true);
        for fine in [
            "p:main",
            "p.cli:main",
            "p.fast:run [extra]",
            "ns.x:f",
            "one:f",
            "json.tool:main",
        ] {
            assert_eq!(found(fine, "console_scripts", alone), None, "{fine}");
        }
        let (error, warning) = (Some(Severity::Error), Some(Severity::Warning));
        for (reference, group, depends, severity) in [
            ("p.gone:main", "console_scripts", alone, error),
            ("p.gone:main", "plugins", depends, error),
            ("p.fast.sub:main", "console_scripts", alone, warning),
            ("one.gone:main", "gui_scripts", depends, error),
            ("other:main", "console_scripts", alone, error),
            ("other:main", "console_scripts", depends, None),
            ("other", "plugins", alone, warning),
            ("ns.gone:f", "console_scripts", alone, warning),
        ] {
            assert_eq!(
                found(reference, group, depends),
                severity,
                "{reference} {group}"
            );
        }
    }
}
