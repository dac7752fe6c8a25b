//! Contacts, names and descriptions in METADATA that indexes refuse.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, PURE, case};
use super::controls::{Control, good};
use super::tables::Fields;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = contacts();
    cases.extend(names());
    cases.extend(types());
    cases.extend(markup());
    cases
}

fn metadata(what: &str, code: Code, edit: impl FnOnce(Fields) -> Fields) -> Case {
    case(what, code, PURE, |w| w.metadata(edit))
}

/// Addresses that PyPI refuses, and some that it accepts although they are wrong.
fn contacts() -> Vec<Case> {
    let refused = |what, text| metadata(what, Code::MetadataField, |m| m.add(text));
    let accepted = |what, text| refused(what, text).weighing(Severity::Warning);
    vec![
        refused(
            "an address has no public domain",
            "Author-email: ada@build.local",
        ),
        refused(
            "a domain has an underscore",
            "Maintainer-email: ada@my_host.org",
        ),
        refused(
            "a URL has a port that no system has",
            "Project-URL: Home, https://example.org:99999/",
        ),
        metadata("two links have one label", Code::MetadataField, |m| {
            m.add("Project-URL: Home, https://example.org")
                .add("Project-URL: Home, https://example.com")
        }),
        accepted(
            "the second address is wrong",
            "Author-email: Ada <ada@example.org>, bob",
        ),
        accepted(
            "an address has no end",
            "Author-email: Ada <ada@example.org",
        ),
        accepted(
            "a URL has a space",
            "Project-URL: Home, https://example.org/a b",
        ),
        metadata(
            "what it provides is not a requirement",
            Code::MetadataRequirement,
            |m| m.add("Provides-Dist: hello world"),
        ),
    ]
}

fn names() -> Vec<Case> {
    let imports = |what, text| {
        metadata(what, Code::MetadataField, |m| {
            m.set("Metadata-Version: 2.5").add(text)
        })
    };
    vec![
        imports("an import name is no identifier", "Import-Name: my-hello"),
        imports("an import name is a keyword", "Import-Name: hello.class"),
        imports(
            "an import name has an unknown option",
            "Import-Namespace: hello; public",
        ),
        metadata("the summary has a form feed", Code::MetadataField, |m| {
            m.set("Summary: one\u{c}two")
        }),
    ]
}

fn types() -> Vec<Case> {
    let typed = |what, text: &str| {
        let line = format!("Description-Content-Type: {text}");
        metadata(what, Code::MetadataField, |m| m.set(&line))
    };
    vec![
        typed(
            "the variant of Markdown is unknown",
            "text/markdown; variant=Foo",
        ),
        typed(
            "the variant of Markdown is in small letters",
            "text/markdown; variant=gfm",
        ),
        typed(
            "the type has a parameter twice",
            "text/markdown; charset=UTF-8; charset=UTF-8",
        ),
        typed(
            "the type has a parameter without a value",
            "text/x-rst; charset",
        ),
        typed(
            "the description is in Latin-1",
            "text/plain; charset=iso-8859-1",
        ),
        metadata("the description is there twice", Code::MetadataField, |m| {
            m.add("Description: hello")
        }),
    ]
}

fn markup() -> Vec<Case> {
    let rst = |what, text: &'static str| {
        case(what, Code::ReadmeMarkup, PURE, move |w| {
            w.metadata(|m| m.set("Description-Content-Type: text/x-rst"))
                .description(text)
        })
    };
    vec![
        rst(
            "the line below a title is too short",
            "Hello World\n=====\n\nText.\n",
        ),
        rst(
            "a link has no end",
            "Hello\n=====\n\nSee `the site <https://example.org>.\n",
        ),
        rst(
            "a directive is unknown",
            ".. automodule:: hello\n   :members:\n",
        ),
        rst(
            "a directive is not allowed",
            "Hello\n\n.. include:: CHANGES.rst\n",
        ),
        rst("a role is unknown", "See :class:`hello.World` for more.\n"),
        rst("a link leads nowhere", "See the Docs_ for more.\n"),
        rst(
            "a line is indented",
            "One line\nand another\n  and a third\n",
        ),
        case(
            "a description without a type does not render",
            Code::ReadmeMarkup,
            PURE,
            |w| {
                w.metadata(|m| m.drop("Description-Content-Type"))
                    .description("Hello\n\n.. code-blok:: sh\n\n   ls\n")
            },
        )
        .also(&[Code::MetadataReadme]),
    ]
}

/// Good wheels that look alike.
pub(super) fn controls() -> Vec<Control> {
    let says = |what, edit: fn(Fields) -> Fields| good(what, PURE, |w| w.metadata(edit));
    vec![
        good("the description is reStructuredText", PURE, |w| {
            w.metadata(|m| m.set("Description-Content-Type: text/x-rst"))
                .description(RST)
        }),
        good("Markdown looks like wrong reStructuredText", PURE, |w| {
            w.description("Hello World\n=====\n\n* `a\n.. foo::\nb_ :x:`y`\n    c\n")
        }),
        says("the type of the description is in capitals", |m| {
            m.set("Description-Content-Type: Text/Markdown;charset=\"utf-8\";variant=CommonMark;")
        }),
        says("addresses are unknown", |m| {
            m.add("Home-page: UNKNOWN").add("Author-email: UNKNOWN")
        }),
        says("import names are private", |m| {
            m.set("Metadata-Version: 2.5")
                .add("Import-Name: hello._native ; private")
                .add("Import-Name: hello")
        }),
        says("versions have a comma at their end", |m| {
            m.set("Requires-Python: >=3.9,")
                .add("Requires-Dist: other (>=1.0,)")
        }),
        says("links differ in the case of their labels", |m| {
            m.add("Project-URL: Home, https://example.org:8080/")
                .add("Project-URL: home, https://[::1]/")
        }),
    ]
}

/// What docutils renders without a warning.
const RST: &str = "\
Hello
=====

|badge| Greets *you*, **loudly**, with ``print(\"`*|_\")`` and `a link <https://example.org>`_;
see `Usage`_, docs_ and [1]_. Names like __init__ or *args (2 * 3 * 4) are text, and so is \\*this.

.. |badge| image:: https://example.org/badge.svg
   :alt: badge
.. _docs: https://example.org/docs

Usage
-----
* one item
  in two lines
* another::

    literal `text

A term
  and what it means

==== ====
 a    b
==== ====
 1    2
==== ====

+---+---+
| a | b |
+---+---+

Run it::

  $ hello

.. code-block:: python

   hello()

----

.. [1] A footnote.
";
