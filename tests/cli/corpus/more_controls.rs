//! Good archives, metadata and contents, of which no check may say anything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha384, Sha512};

use super::bytes::Bytes;
use super::case::{LINUX, PURE};
use super::controls::{Control, good};
use super::tables::Fields;
use super::wheel::{DIST, INIT, RECORD, Wheel};
use super::zip::{self, Entry, Zip, extra};

pub(super) fn all() -> Vec<Control> {
    let mut all = archives();
    all.extend(records());
    all.extend(metadata());
    all.extend(contents());
    all
}

/// With a text that is deflated.
const TEXT: &str = "hello/data.txt";

fn archives() -> Vec<Control> {
    let zip = |what, edit: fn(&mut Zip)| {
        good(what, PURE, |w| {
            w.file(TEXT, "hello, ".repeat(100)).zip(edit)
        })
    };
    vec![
        zip("nothing is packed", |z| {
            for entry in &mut z.entries {
                if entry.central.method == zip::DEFLATED {
                    let name = String::from_utf8(entry.central.name.clone()).unwrap();
                    *entry = Entry::stored(&name, &entry.unpacked());
                }
            }
        }),
        zip("the end record is the large one", |z| z.zip64 = true),
        zip("both end records have the same numbers", |z| {
            (z.zip64, z.both_ends) = (true, true);
        }),
        zip("sizes are in zip64 fields", |z| {
            let entry = z.entry(TEXT);
            let (size, packed) = (entry.central.size, entry.central.packed);
            let sizes = Bytes::little().u64(size).u64(packed).done();
            entry.both(|header| {
                (header.size, header.packed) = (u32::MAX, u32::MAX);
                header.extra = extra(1, &sizes);
            });
        }),
        zip(
            "only the local header has zip64 fields, as Python writes it",
            |z| {
                let entry = z.entry(TEXT);
                let (size, packed) = (entry.central.size, entry.central.packed);
                let sizes = Bytes::little().u64(size).u64(packed).done();
                (entry.local.size, entry.local.packed) = (u32::MAX, u32::MAX);
                entry.local.extra = extra(1, &sizes);
            },
        ),
        zip(
            "times and users are in extra fields, as Info-ZIP writes them",
            |z| {
                let users = extra(0x7875, &[1, 4, 0xe8, 3, 0, 0, 4, 0xe8, 3, 0, 0]);
                let entry = z.entry(TEXT);
                let times = [3, 0, 0, 0x50, 0x60, 0, 0, 0x50, 0x60];
                entry.local.extra = [extra(0x5455, &times), users.clone()].concat();
                entry.central.extra = [extra(0x5455, &times[..5]), users].concat();
            },
        ),
        zip("the archive was made on Windows", |z| {
            for entry in &mut z.entries {
                (entry.made_by, entry.attributes) = (20, 0x20);
            }
        }),
        zip("modes are those of programs", |z| {
            for entry in &mut z.entries {
                entry.mode(0o100_755);
            }
        }),
        zip("modes have no kind of file", |z| {
            for entry in &mut z.entries {
                entry.mode(0o644);
            }
        }),
        zip("RECORD comes first", |z| z.entries.reverse()),
        zip("flags say how well it is packed", |z| {
            z.entry(TEXT).both(|header| header.flags |= 2);
        }),
        zip("an ASCII name says that it is UTF-8", |z| {
            z.entry(TEXT).both(|header| header.flags |= zip::UTF8);
        }),
        good("names are not ASCII", PURE, |w| {
            w.file("hello/d\u{e9}j\u{e0} vu.txt", "encore\n")
                .file("hello/\u{65e5}.py", "x = 1\n")
        }),
        good("an empty file is deflated", PURE, |w| {
            w.file("hello/py.typed", "").entry("hello/py.typed", |e| {
                e.data = zip::deflate(b"");
                let packed = e.data.len().try_into().unwrap();
                e.both(|header| {
                    header.method = zip::DEFLATED;
                    header.packed = packed;
                });
            })
        }),
        good("60 MiB of zeros are well packed", PURE, |w| {
            w.fill("hello/zeros.bin", 0, 60 << 20)
        }),
    ]
}

fn records() -> Vec<Control> {
    let hash = |what, algorithm: &'static str, digest: fn(&[u8]) -> String| {
        good(what, PURE, move |w| {
            let text = b"x = 1\n";
            w.file("hello/x.py", text).record(move |r| {
                r.row("hello/x.py").hash = format!("{algorithm}={}", digest(text));
            })
        })
    };
    vec![
        hash("a hash is SHA-512", "sha512", |text| {
            URL_SAFE_NO_PAD.encode(Sha512::digest(text))
        }),
        hash("a hash is SHA-384", "sha384", |text| {
            URL_SAFE_NO_PAD.encode(Sha384::digest(text))
        }),
        hash("a hash is SHA3-256, as Python has it", "sha3_256", |_| {
            // Accepted, but not computed.
            "A".repeat(43)
        }),
        good("a row has a hash and no size", PURE, |w| {
            w.record(|r| r.row(INIT).size.clear())
        }),
        good("no row has a size", PURE, |w| {
            w.record(|r| r.0.iter_mut().for_each(|row| row.size.clear()))
        }),
        good("a row has SHA-512 and no size", PURE, |w| {
            w.file("hello/y.py", "y = 1\n").record(|r| {
                let row = r.row("hello/y.py");
                let digest = URL_SAFE_NO_PAD.encode(Sha512::digest("y = 1\n"));
                row.hash = format!("sha512={digest}");
                row.size.clear();
            })
        }),
        good("every field of RECORD is quoted", PURE, |w| {
            w.record_text(|text| {
                let quoted = |line: &str| format!("\"{}\"\n", line.replace(',', "\",\""));
                text.lines().map(quoted).collect::<String>().into_bytes()
            })
        }),
        good("RECORD lists its signature without a hash", PURE, |w| {
            let path = format!("{DIST}/RECORD.p7s");
            w.file(&path, "signed\n").record(move |r| {
                let row = r.row(&path);
                (row.hash, row.size) = (String::new(), String::new());
            })
        }),
        good("names have commas and quotes", PURE, |w| {
            w.file("hello/a, b.txt", "c\n")
                .file("hello/it's.txt", "d\n")
        }),
        good("lines of RECORD end as on Windows", PURE, |w| {
            w.record_text(|text| text.replace('\n', "\r\n").into_bytes())
        }),
        good("rows are in no order", PURE, |w| {
            w.record(|r| r.0.reverse())
        }),
        good("RECORD is signed in the old way", PURE, |w| {
            let path = format!("{DIST}/RECORD.jws");
            w.file(&path, "{}\n").unlisted(&path)
        }),
        good("RECORD has no last line break", PURE, |w| {
            w.record_text(|text| text.trim_end().to_owned().into_bytes())
        }),
        good("RECORD has a size and no more for itself", PURE, |w| {
            w.record_text(|text| {
                text.replace(&format!("{RECORD},,"), &format!("\"{RECORD}\",,"))
                    .into_bytes()
            })
        }),
    ]
}

fn metadata() -> Vec<Control> {
    let says = |what, edit: fn(Fields) -> Fields| good(what, PURE, |w| w.metadata(edit));
    let old = |m: Fields| {
        m.set("Metadata-Version: 2.1")
            .drop("License-Expression")
            .drop("License-File")
    };
    vec![
        good("METADATA is of version 2.1", PURE, |w| {
            w.metadata(|m| {
                old(m)
                    .add("License: MIT")
                    .add("Classifier: License :: OSI Approved :: MIT License")
            })
        }),
        says("METADATA is of version 2.5", |m| {
            m.set("Metadata-Version: 2.5")
                .add("Import-Name: hello")
                .add("Import-Namespace: greetings")
        }),
        says("dependencies have extras, markers and versions", |m| {
            m.add("Provides-Extra: fast")
                .add("Requires-Dist: numpy>=1.20,<3; python_version >= \"3.9\"")
                .add("Requires-Dist: requests[socks] (>=2.0)")
                .add("Requires-Dist: orjson~=3.0; extra == 'fast'")
        }),
        says("URLs and people are as they should be", |m| {
            m.add("Project-URL: Source, https://example.org/hello?a=b#c")
                .add("Project-URL: Exactly thirty-two characters ab, https://example.org")
                .add("Author: Ada Lovelace")
                .add("Author-email: Ada Lovelace <ada@example.org>")
                .add("Maintainer-email: a@example.org, \"B, C\" <b@example.org>")
                .add("Keywords: zig,python")
        }),
        good("the summary has exactly 512 characters", PURE, |w| {
            let summary = format!("Summary: {}", "\u{e9}".repeat(512));
            w.metadata(|m| m.set(&summary))
        }),
        says("the licence is an expression", |m| {
            m.set("License-Expression: MIT OR (Apache-2.0 WITH LLVM-exception)")
        }),
        says("the licence is somebody's own", |m| {
            m.set("License-Expression: LicenseRef-Proprietary")
        }),
        says("some fields are dynamic", |m| {
            m.add("Dynamic: Requires-Dist").add("Dynamic: license-file")
        }),
        good("the description is a field", PURE, |w| {
            w.description("").metadata(|m| {
                old(m).add("Description: One line\n        and another\n        |in older style")
            })
        }),
        says("the type of the description has parameters", |m| {
            m.set("Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM")
        }),
        good("name and WHEEL have the same build tag", PURE, |w| {
            w.build("1a").wheel_file(|f| f.add("Build: 1a"))
        }),
        good("only the name has a build tag", PURE, |w| w.build("1")),
        good("WHEEL has another case", PURE, |w| {
            w.wheel_file(|f| f.set("Root-Is-Purelib: TRUE"))
        }),
        good("lines of WHEEL end as on Windows", PURE, |w| {
            let text = "Wheel-Version: 1.0\r\nRoot-Is-Purelib: true\r\nTag: py3-none-any\r\n";
            w.contents(&format!("{DIST}/WHEEL"), text)
        }),
        good(
            "the wheel is for the baseline, and has nothing beyond",
            LINUX,
            |w| w.wheel_file(|f| f.set("Generator: pyz3-wheel 0.1.0 cpu=baseline")),
        ),
        good("METADATA spells the name as its author does", PURE, |w| {
            w.metadata(|m| m.set("Name: Hello"))
        }),
        good("version and name have several parts", PURE, |w| {
            w.stem("hello_world-1!2.0rc1.post2.dev3").metadata(|m| {
                m.set("Name: Hello.World")
                    .set("Version: 1!2.0rc1.post2.dev3")
            })
        }),
        good("there are entry points", PURE, |w| {
            let text = "[console_scripts]\nhello = hello:main\nhello-2 = hello.cli:App.run\n\n\
                [hello.plugins]\nfirst = hello.plugins\n# a comment\n";
            w.file("hello/cli.py", "class App: ...\n")
                .file("hello/plugins/first.txt", "1\n")
                .file(&format!("{DIST}/entry_points.txt"), text)
        }),
        good(
            "entry points name a dependency and the standard library",
            PURE,
            |w| {
                let text = "[console_scripts]\na = other.cli:main\nb = json.tool:main\n";
                w.metadata(|m| m.add("Requires-Dist: other"))
                    .file(&format!("{DIST}/entry_points.txt"), text)
            },
        ),
    ]
}

fn contents() -> Vec<Control> {
    let has = |what, paths: &[&str]| {
        let add = |w: Wheel, path: &&str| w.file(path, format!("# {path}\n"));
        good(what, PURE, |w| paths.iter().fold(w, add))
    };
    vec![
        has(
            "there are scripts, headers and data",
            &[
                "hello-1.0.data/scripts/hello",
                "hello-1.0.data/headers/hello.h",
                "hello-1.0.data/data/share/man/man1/hello.1",
            ],
        ),
        has(
            "an inner package is beside the package",
            &["_hello_inner/__init__.py", "_hello.py"],
        ),
        good("there is a namespace package", PURE, |w| {
            w.file("greetings/polite/__init__.py", "x = 1\n")
                .without(INIT)
        }),
        good("there are stubs and no package", PURE, |w| {
            w.file("hello-stubs/__init__.pyi", "x: int\n").without(INIT)
        }),
        has(
            "there is data in a folder that is not a package",
            &["hello/my-data/words.txt"],
        ),
        has(
            "there is a bill of materials",
            &["hello-1.0.dist-info/sboms/hello.cdx.json"],
        ),
        has(
            "names are nearly reserved",
            &["hello/console.py", "hello/com10.py", "hello/a..b.txt"],
        ),
        good("there is one module and no package", PURE, |w| {
            w.file("hello.py", "x = 1\n").without(INIT)
        }),
        good("there are several empty files", PURE, |w| {
            w.file("hello/a/__init__.py", "")
                .file("hello/b/__init__.py", "")
                .file("hello/py.typed", "")
        }),
    ]
}
