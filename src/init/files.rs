//! The files of a new project: those of its template under its name, and the texts about it: pyproject.toml,
//! README.md, LICENSE.

use std::fmt::Write as _;

use super::names::Names;
use super::owner::Owner;
use super::template::{BACKEND, Template};
use super::zon;
use crate::metadata::script_name::ScriptNameFault;

/// Without these keys uv reuses its first build although the sources have changed.
pub(super) const UV: &str = "[tool.uv] # rebuild when one of these files changes\n\
    cache-keys = [{ file = \"pyproject.toml\" }, { file = \"*.zig*\" }, { file = \"src/**/*\" }]\n";

/// All files of a project, each with its path.
pub(super) fn files(template: Template, names: &Names, owner: &Owner) -> Vec<(String, String)> {
    let sources = template.sources();
    let mut files = vec![
        (
            "pyproject.toml".to_owned(),
            pyproject(template, names, owner),
        ),
        ("README.md".to_owned(), readme(template, names)),
    ];
    if owner.license_file.is_none() {
        files.push(("LICENSE".to_owned(), license(names, owner)));
    }
    if template.has_build_script() {
        files.push(("build.zig.zon".to_owned(), zon::text(&names.package)));
    }
    files.extend(sources.files.iter().map(|(place, text)| {
        let place = place.replace("PACKAGE", &names.package);
        let (_, package) = sources.example;
        // Git on Windows may have checked the files out with CRLF.
        let text = text.replace("\r\n", "\n");
        (place, rename(&text, package, &names.package))
    }));
    files
}

/// Replaces the package's name in a text, also in capitals.
fn rename(text: &str, from: &str, to: &str) -> String {
    text.replace(from, to)
        .replace(&from.to_uppercase(), &to.to_uppercase())
}

/// pyproject.toml.
fn pyproject(template: Template, names: &Names, owner: &Owner) -> String {
    let sources = template.sources();
    let mut text = String::new();
    let _ = write!(
        text,
        "[build-system]\n{}\n\n\
         [project]\nname = \"{}\"\nversion = \"0.1.0\"\ndescription = \"{}\"\nreadme = \"README.md\"\n\
         requires-python = \">=3.9\"\n",
        BACKEND.join("\n"),
        names.project,
        sources.description,
    );
    if owner.license_file.is_none() {
        text += "license = \"MIT\"\nlicense-files = [\"LICENSE\"]\n";
    }
    if let Some(authors) = owner.authors() {
        let _ = writeln!(text, "authors = {authors}");
    }
    if let Some(script) = script(template, names) {
        let _ = write!(
            text,
            "\n[project.scripts]\n{script} = \"{}.__main__:main\"\n",
            names.package
        );
    }
    let _ = write!(
        text,
        "\n[dependency-groups]\ntest = [\"pytest\"]\ndev = [{{ include-group = \"test\" }}]\n\n\
         [tool.pyz3-wheel]\n{}\n{UV}",
        sources.config.replace("PACKAGE", &names.package)
    );
    text
}

/// The name of the command that the package becomes.
fn script(template: Template, names: &Names) -> Option<String> {
    let name = names.package.replace('_', "-");
    (template == Template::Full && ScriptNameFault::of(&name).is_none()).then_some(name)
}

/// README.md. Each command in it works when it is pasted, in the order of the text.
fn readme(template: Template, names: &Names) -> String {
    let Names { project, package } = names;
    let mut text = format!(
        "# {project}\n\n{}.\n\n## Try it\n\n\
         In a virtual environment, install the project in editable mode and import it. When a source changes, \
         the next\nimport compiles it again.\n\n\
         ```console\n$ python3 -m venv .venv\n$ . .venv/bin/activate\n$ pip install pyz3-wheel\n\
         $ pyz3-wheel develop\n$ python -c \"{}\"\nHello, Zig!\n```\n\n\
         On Windows, `py -m venv .venv` and `.venv\\Scripts\\activate` create and activate the environment.\n\n\
         ## Test it\n\n```console\n$ python -m unittest discover -s tests\n```\n",
        template.sources().description,
        template.first_line(package),
    );
    if let Some(script) = script(template, names) {
        let _ = write!(
            text,
            "\nThe package is also a command:\n\n```console\n$ {script} Ada\nHello, Ada!\n```\n"
        );
    }
    if template.has_build_script() {
        text += "\n`pyz3-wheel env` prints the environment of a build for this machine, with Zig in PATH, for shells, \
                 editors and\ndebuggers:\n\n```console\n$ eval \"$(pyz3-wheel env)\"\n$ zig build\n";
        if template.has_zig_tests() {
            text += "$ zig build test\n";
        }
        text += "```\n";
    }
    let every = if template.is_per_python() {
        " and every Python that this machine has"
    } else {
        ""
    };
    let _ = write!(
        text,
        "\n## Build wheels\n\nFor every main platform{every}:\n\n```console\n$ {}\n$ pyz3-wheel check dist\n```\n\n\
         The wheel for this machine replaces the editable project:\n\n\
         ```console\n$ pip install --force-reinstall --no-index --find-links dist {project}\n\
         $ python -m unittest discover -s tests\n```\n",
        template.command(),
    );
    text
}

/// The MIT license, which is that of the examples.
fn license(names: &Names, owner: &Owner) -> String {
    let text = include_str!("../../docs/examples/hello/LICENSE").replace("\r\n", "\n");
    let holder = match &owner.name {
        Some(name) => name.clone(),
        None => format!("The {} contributors", names.project),
    };
    let lines = text.lines().map(|line| {
        if line.starts_with("Copyright ") {
            format!("Copyright (c) {holder}\n")
        } else {
            format!("{line}\n")
        }
    });
    lines.collect()
}
