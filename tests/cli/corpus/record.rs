//! RECORDs that are not what is in the wheel.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use pyz3_wheel::audit::{Code, Severity};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::case::{Case, PURE, case};
use super::tables::{Record, Row, sha256};
use super::wheel::{DIST, INIT, RECORD};

/// A file whose hash has a character that the two alphabets of base64 differ in.
const DATA: &str = "hello/data.txt";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows();
    cases.extend(hashes());
    cases
}

fn record(what: &str, code: Code, edit: impl FnOnce(&mut Record) + 'static) -> Case {
    case(what, code, PURE, |w| w.file(DATA, data()).record(edit))
}

/// RECORD itself has other bytes.
fn text(what: &str, edit: impl FnOnce(String) -> Vec<u8> + 'static) -> Case {
    case(what, Code::RecordUnreadable, PURE, |w| w.record_text(edit))
}

fn data() -> String {
    let differs = |text: &String| {
        STANDARD_NO_PAD
            .encode(Sha256::digest(text))
            .contains(['+', '/'])
    };
    (0..1000)
        .map(|number| format!("{number}\n"))
        .find(differs)
        .unwrap()
}

fn rows() -> Vec<Case> {
    vec![
        case("there is no RECORD", Code::RecordMissing, PURE, |w| {
            w.zip(|z| z.entries.retain(|e| e.central.name != RECORD.as_bytes()))
        }),
        text("a row has two fields", |text| {
            text.replace(&format!("{RECORD},,"), &format!("{RECORD},"))
                .into_bytes()
        }),
        text("a row has four fields", |text| {
            text.replace(&format!("{RECORD},,"), &format!("{RECORD},,,"))
                .into_bytes()
        }),
        text("a size is not a number", |text| {
            text.replace(",12\n", ",dozen\n").into_bytes()
        }),
        text("RECORD begins with a byte order mark", |text| {
            format!("\u{feff}{text}").into_bytes()
        }),
        text("RECORD has an empty line", |text| {
            text.replacen('\n', "\n\n", 1).into_bytes()
        }),
        text("RECORD ends with an empty line, as on Windows", |text| {
            format!("{text}\n").replace('\n', "\r\n").into_bytes()
        }),
        text("RECORD is not UTF-8", |text| {
            [text.as_bytes(), b"hello/\xe9.txt,,\n"].concat()
        }),
        record("a file is not listed", Code::RecordUnlisted, |r| {
            r.0.retain(|row| row.path != DATA);
        }),
        case("a licence is not listed", Code::RecordUnlisted, PURE, |w| {
            w.unlisted(&format!("{DIST}/licenses/LICENSE"))
        }),
        record("a listed file is not there", Code::RecordAbsent, |r| {
            r.0.push(Row::of("hello/lost.py", b"lost = True\n"));
        }),
        record("a file is listed twice", Code::RecordDuplicate, |r| {
            let again = r.row(DATA).clone();
            r.0.push(again);
        }),
        record(
            "a file is listed twice with two hashes",
            Code::RecordDuplicate,
            |r| {
                r.0.push(Row::of(DATA, b"other"));
            },
        )
        .also(&[Code::RecordHash, Code::RecordSize]),
        record("RECORD has a hash of its own", Code::RecordSelf, |r| {
            *r.row(RECORD) = Row::of(RECORD, b"itself");
        }),
        record("RECORD does not list itself", Code::RecordSelf, |r| {
            r.0.retain(|row| row.path != RECORD);
        }),
        record("RECORD lists a path outside", Code::RecordPath, |r| {
            r.0.push(Row::of("../evil.py", b""));
        })
        .also(&[Code::RecordAbsent]),
        record("RECORD lists an absolute path", Code::RecordPath, |r| {
            r.0.push(Row::of("/etc/evil.py", b""));
        })
        .also(&[Code::RecordAbsent]),
        record("RECORD lists a path of Windows", Code::RecordPath, |r| {
            let row = r.row(DATA);
            row.path = row.path.replace('/', "\\");
        })
        .also(&[Code::RecordAbsent, Code::RecordUnlisted]),
    ]
}

fn hashes() -> Vec<Case> {
    let hash = |what, code, hash: String| record(what, code, move |r| r.row(DATA).hash = hash);
    let digest = Sha256::digest(data());
    vec![
        hash(
            "a file was changed",
            Code::RecordHash,
            sha256(b"something else"),
        ),
        record("a file grew", Code::RecordSize, |r| {
            r.row(DATA).size.push('0');
        }),
        record(
            "a file grew, and its hash is another",
            Code::RecordHash,
            |r| {
                *r.row(DATA) = Row::of(DATA, b"something longer");
            },
        )
        .or(Code::RecordSize)
        .also(&[Code::RecordHash, Code::RecordSize]),
        record(
            "a file has neither hash nor size",
            Code::RecordNoHash,
            |r| {
                *r.row(INIT) = Row::new(INIT, "", "");
            },
        ),
        record("a file has a size and no hash", Code::RecordNoHash, |r| {
            r.row(INIT).hash.clear();
        }),
        hash(
            "the SHA-512 of a file is another's",
            Code::RecordHash,
            format!(
                "sha512={}",
                URL_SAFE_NO_PAD.encode(Sha512::digest(b"other"))
            ),
        ),
        record(
            "the SHA-384 of a file without a size is another's",
            Code::RecordHash,
            |r| {
                let row = r.row(DATA);
                row.size.clear();
                row.hash = format!("sha384={}", URL_SAFE_NO_PAD.encode(Sha384::digest(b"")));
            },
        ),
        hash(
            "a SHA-512 is cut off",
            Code::RecordWeakHash,
            format!("sha512={}", URL_SAFE_NO_PAD.encode(digest)),
        ),
        hash(
            "an algorithm is in capitals",
            Code::RecordWeakHash,
            sha256(data().as_bytes()).replace("sha", "SHA"),
        ),
        case(
            "RECORD lists its own signature",
            Code::RecordSelf,
            PURE,
            |w| w.file(&format!("{DIST}/RECORD.jws"), "{}\n"),
        )
        .weighing(Severity::Warning),
        hash(
            "a hash is MD5",
            Code::RecordWeakHash,
            "md5=1B2M2Y8AsgTpgAmY7PhCfg".to_owned(),
        ),
        hash(
            "a hash is SHA-1",
            Code::RecordWeakHash,
            "sha1=2jmj7l5rSw0yVb_vlWAYkK_YBwk".to_owned(),
        ),
        hash(
            "a hash is SHA-224",
            Code::RecordWeakHash,
            format!("sha224={}", URL_SAFE_NO_PAD.encode(&digest[..28])),
        ),
        hash(
            "a hash is hexadecimal",
            Code::RecordWeakHash,
            format!("sha256={}", hex::encode(digest)),
        ),
        hash(
            "a hash is padded",
            Code::RecordWeakHash,
            format!("sha256={}", URL_SAFE.encode(digest)),
        ),
        hash(
            "a hash has the other alphabet of base64",
            Code::RecordWeakHash,
            format!("sha256={}", STANDARD_NO_PAD.encode(digest)),
        ),
        hash(
            "a hash names no algorithm",
            Code::RecordWeakHash,
            URL_SAFE_NO_PAD.encode(digest),
        ),
    ]
}
