//! The software bill of materials of a wheel: what is compiled into it.
//!
//! Takes the project, its Zig packages and the version of Zig; gives a CycloneDX document, the same for
//! the same input. It says what the build script depends on, which is no less than what is in the wheel:
//! what of it a build makes use of only Zig knows.
//!
//! Sources: CycloneDX 1.6 (ECMA-424, 1st edition), PEP 770 (its place in a wheel), and the specification of
//! package URLs.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::Timestamp;
use crate::project::Project;
use crate::project::packages::{Origin, ZigPackage, ZigPackages};
use crate::tags::ZigVersion;
use crate::text::credentials;

/// Its name below `.dist-info/sboms/`, where other tools may put theirs.
pub(super) const FILE_NAME: &str = "pyz3-wheel.cdx.json";

/// What a package URL has as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The document; `framework` is the distribution whose Zig sources a managed project is written with, and
/// its version.
pub fn render(
    project: &Project,
    packages: &ZigPackages,
    framework: Option<(&str, Option<&str>)>,
    zig: &ZigVersion,
    timestamp: Timestamp,
) -> String {
    let metadata = &project.metadata;
    let version = metadata.version().to_string();
    let name = metadata.distribution().as_str().replace('_', "-");
    let own = purl("pypi", &name, Some(&version));
    let compiler = purl("generic", "zig", Some(&zig.to_string()));
    let mut component = json!({
        "type": "library",
        "bom-ref": own,
        "name": metadata.name(),
        "version": version,
        "purl": own,
    });
    if let Some(expression) = metadata.license_expression() {
        component["licenses"] = json!([{"expression": expression}]);
    }
    let mut about = json!({});
    // Without a time of the source there is none: that of the build would be another each time.
    if timestamp != Timestamp::default() {
        about["timestamp"] = json!(timestamp.to_rfc3339());
    }
    about["tools"] = json!({"components": [
        {"type": "application", "name": "pyz3-wheel", "version": env!("CARGO_PKG_VERSION")},
        {"type": "application", "name": "zig", "version": zig.to_string()},
    ]});
    about["component"] = component;
    let mut components = vec![json!({
        "type": "library",
        "bom-ref": compiler,
        "name": "zig",
        "version": zig.to_string(),
        "description": "Zig's standard library and runtime, as far as they are compiled in",
        "licenses": [{"license": {"id": "MIT"}}],
        "purl": compiler,
    })];
    let framework = framework.map(|(name, version)| {
        let identity = purl("pypi", name, version);
        let mut component = json!({
            "type": "library",
            "bom-ref": identity,
            "name": name,
            "description": "its Zig sources, as far as they are compiled in",
            "purl": identity,
        });
        if let Some(version) = version {
            component["version"] = json!(version);
        }
        components.push(component);
        identity
    });
    let list = &packages.list;
    components.extend(
        list.iter()
            .map(|(identity, package)| described(identity, package)),
    );
    let direct = packages.direct.iter().chain([&compiler]).chain(&framework);
    let mut dependencies = vec![
        json!({"ref": own, "dependsOn": direct.collect::<Vec<_>>()}),
        json!({"ref": compiler, "dependsOn": []}),
    ];
    dependencies.extend(
        framework
            .iter()
            .map(|identity| json!({"ref": identity, "dependsOn": [compiler]})),
    );
    dependencies
        .extend(list.iter().map(
            |(identity, package)| json!({"ref": identity, "dependsOn": package.dependencies}),
        ));
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": about,
        "components": components,
        "dependencies": dependencies,
    });
    format!("{document:#}\n")
}

/// A Zig package as a component. Its hash is Zig's own, of the files' paths and contents, which none of
/// CycloneDX's kinds of hashes is.
fn described(identity: &str, package: &ZigPackage) -> Value {
    let version = package.version.as_deref();
    let mut component = json!({
        "type": "library",
        "bom-ref": identity,
        "name": package.name,
    });
    if let Some(version) = version {
        component["version"] = json!(version);
    }
    component["scope"] = json!(if package.optional {
        "optional"
    } else {
        "required"
    });
    let mut purl = purl("generic", &package.name, version);
    match &package.origin {
        Origin::Remote { url, hash } => {
            // The document is public.
            let url = credentials::hide(url);
            purl.push_str("?download_url=");
            purl.extend(utf8_percent_encode(&url, PLAIN));
            component["purl"] = json!(purl);
            component["externalReferences"] = json!([{"type": "distribution", "url": url}]);
            component["properties"] = json!([{"name": "zig:hash", "value": hash.as_str()}]);
        }
        Origin::Folder => {
            component["properties"] = json!([{"name": "zig:path", "value": identity}]);
        }
    }
    component
}

/// Ex) `pkg:pypi/hello@1.0%2Bx`
fn purl(kind: &str, name: &str, version: Option<&str>) -> String {
    let mut purl = format!("pkg:{kind}/{}", utf8_percent_encode(name, PLAIN));
    if let Some(version) = version {
        purl.push('@');
        purl.extend(utf8_percent_encode(version, PLAIN));
    }
    purl
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credentials_of_an_address_are_not_published() {
        let url = "https://me:hunter2@example.org/x.tar.gz?private_token=hunter3&v=1".to_owned();
        let hash = "x-1.0.0-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let package = ZigPackage {
            name: "x".to_owned(),
            version: None,
            origin: Origin::Remote {
                url,
                hash: hash.parse().unwrap(),
            },
            folder: None,
            optional: false,
            place: "build.zig.zon:5:10".to_owned(),
            dependencies: std::collections::BTreeSet::new(),
        };
        let text = described("x", &package).to_string();
        assert!(!text.contains("hunter"), "{text}");
        assert!(text.contains("https://***@example.org/x.tar.gz?private_token=***&v=1"));
    }

    #[test]
    fn a_package_url_has_nothing_that_could_be_taken_for_its_marks() {
        assert_eq!(purl("pypi", "hello", Some("1.0")), "pkg:pypi/hello@1.0");
        assert_eq!(
            purl("generic", "a/b@c", Some("1!2+x?y#z")),
            "pkg:generic/a%2Fb%40c@1%212%2Bx%3Fy%23z"
        );
        assert_eq!(purl("generic", "\u{e9}", None), "pkg:generic/%C3%A9");
    }
}
