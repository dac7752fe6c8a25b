use super::first_fault;

/// Docutils warns of each, at this line.
#[test]
fn what_docutils_warns_of_is_found() {
    for (text, line, what) in [
        ("Title text\n=====\n", 2, "too short"),
        ("=====\nTitle\n====\n", 1, "differ"),
        ("=====\nTitle\n\n", 1, "none below"),
        (
            "====\nTitle\n====\n",
            1,
            "above the section title is too short",
        ),
        (
            "A\n=\n\nB\n-\n\nC\n~\n\nD\n=\n\nE\n~\n",
            13,
            "skips a level",
        ),
        ("a\n\n.. foo:: x\n", 3, "`foo` is unknown"),
        (".. raw:: html\n\n   <b>\n", 1, "does not allow"),
        (".. |x| foo:: a\n", 1, "unknown"),
        (".. note:: a\ntext\n", 2, "ends without a blank line"),
        ("- a\ntext\n", 2, "a list ends"),
        ("  quote\ntext\n", 2, "an indented block ends"),
        ("a\n  b\nText\n\nmore\n", 3, "definitions"),
        ("a\nb\n  c\n", 3, "indented"),
        ("a::\n\nb\n", 3, "literal block"),
        ("+---+\n| a |\n|b |\n+---+\n", 3, "malformed"),
        ("a *b c\n", 1, "`*`"),
        ("a\nand **b c\n", 2, "`**`"),
        ("``a\n", 1, "two backquotes"),
        ("see `a\n", 1, "a backquote"),
        ("a |b c\n", 1, "`|`"),
        ("a |b| c\n", 1, "`|b|` is not defined"),
        (":foo:`a`\n", 1, "`foo` is unknown"),
        ("see foo_.\n", 1, "`foo` is not defined"),
        ("see `a b`_\n", 1, "`a b` is not defined"),
    ] {
        let fault = first_fault(text).unwrap_or_else(|| panic!("nothing in {text:?}"));
        assert!(fault.what.contains(what), "{text:?}: {fault:?}");
        assert_eq!(fault.line, line, "{text:?}: {fault:?}");
    }
}

/// Docutils renders each without a warning.
#[test]
fn what_docutils_renders_is_right() {
    for text in [
        "",
        "Title\n==\n",
        "Title\n=====\nText\n",
        "Title\n=====\n\nSub\n---\n\nAgain\n=====\n",
        "=======\n Title\n=======\n",
        "a\n\n----\n\nb\n",
        "2 * 3 * 4, *args, **kwargs**: a*b*c, '*', \"`\", (`), ``*``\n",
        "\\*a, \\`b, c\\_ and d\\|e\n",
        "__init__, _x, x__y, foo_bar and a.b_c\n",
        "`a`__ and b__\n\n__ x\n__ y\n",
        "foo_\n\n.. _foo: https://example.org\n",
        "`Usage`_\n\nUsage\n=====\n",
        "`a <x>`_ and `a <y>`_ and `b <y>`__ and `b <z>`__\n",
        ".. role:: foo\n\n:foo:`a`\n",
        ".. foo\n   bar\n..\n\n  x\n",
        ".. Code-Block:: python\n\n  x\n",
        "a::\n\n  b\n   c\n\nd::\n\n> e\n> f\n",
        "- a\n\n  b\n\n- c\n- d\n",
        "a\n  b\nc\n  d\n",
        "A. Einstein was\nhere\n",
        ":a: b\n:c: d\n  e\n\n-o  option\n--long  option\n\n>>> 1\n1\n\n| a\n| b\n",
        "=== ===\na   b\n=== ===\n1   2\n\n3   4\n=== ===\n\ntext\n",
        "=== ===\n1   2\n=== ===\n",
        "«*a*» — *b*—c and d…\n",
    ] {
        assert_eq!(first_fault(text), None, "{text:?}");
    }
}

#[test]
fn a_text_that_is_made_to_take_long_is_read() {
    let long = |part: &str| part.repeat((1 << 17) / part.len());
    for text in [
        format!("a {}", long(":")),
        format!("a {}b", long("a-")),
        format!("{}\n\n.. _a: b\n", long("a_ ")),
        // Only so many definitions are looked for.
        format!("{}b_\n\n.. _a: b\n", long("a_ ")),
    ] {
        assert_eq!(first_fault(&text).map(|fault| fault.what), None);
    }
    let text = long(":unknown:`b` ");
    assert!(first_fault(&text).is_some_and(|fault| fault.what.contains("unknown")));
}
