//! build.zig.zon as the manifest of a package.

use super::value::{self, Field, Node, Value, ZonError};

/// What a package says of itself, as far as it concerns us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::project) struct Manifest {
    /// `.name`, as an enum literal or, in old files, a string.
    pub(in crate::project) name: Option<String>,
    /// `.version`
    pub(in crate::project) version: Option<String>,
    /// `.dependencies`, in the order of the file.
    pub(in crate::project) dependencies: Vec<Dependency>,
    /// `.paths`: the files and folders of the package, relative to the manifest's folder.
    pub(in crate::project) paths: Vec<String>,
}

/// One of the `.dependencies`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::project) struct Dependency {
    /// What the build script calls it.
    pub(in crate::project) name: String,
    /// Where the name is in the text, in bytes.
    pub(in crate::project) at: usize,
    pub(in crate::project) url: Option<String>,
    pub(in crate::project) hash: Option<String>,
    /// A folder, relative to the manifest's.
    pub(in crate::project) path: Option<String>,
    /// Whether it is fetched only once a build asks for it.
    pub(in crate::project) lazy: bool,
}

impl Manifest {
    /// Reads a text that is ZON; what is not as it should be beyond that is Zig's business.
    pub(in crate::project) fn parse(text: &str) -> Result<Self, ZonError> {
        let node = value::parse(text)?;
        let Some(fields) = node.fields() else {
            return Err(ZonError {
                at: node.at,
                message: "a struct is expected".to_owned(),
            });
        };
        let dependencies = find(fields, "dependencies").and_then(Node::fields);
        let dependencies = dependencies.unwrap_or_default().iter();
        Ok(Self {
            name: text_of(fields, "name"),
            version: text_of(fields, "version"),
            dependencies: dependencies.filter_map(dependency).collect(),
            paths: texts_of(fields, "paths"),
        })
    }
}

fn dependency(field: &Field) -> Option<Dependency> {
    let fields = field.node.fields()?;
    let lazy = find(fields, "lazy").is_some_and(|node| node.value == Value::Bool(true));
    Some(Dependency {
        name: field.name.clone(),
        at: field.at,
        url: text_of(fields, "url"),
        hash: text_of(fields, "hash"),
        path: text_of(fields, "path"),
        lazy,
    })
}

fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Node> {
    let field = fields.iter().find(|field| field.name == name)?;
    Some(&field.node)
}

fn text_of(fields: &[Field], name: &str) -> Option<String> {
    match &find(fields, name)?.value {
        Value::Text(text) | Value::Name(text) => Some(text.clone()),
        _ => None,
    }
}

fn texts_of(fields: &[Field], name: &str) -> Vec<String> {
    let items = match find(fields, name).map(|node| &node.value) {
        Some(Value::Tuple(items)) => &items[..],
        _ => &[],
    };
    let texts = items.iter().filter_map(|item| match &item.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read_with_where_they_stand() {
        let text = r#".{
            .name = .hello, .version = "0.1.0", .fingerprint = 0x1, .paths = .{"build.zig", "src"},
            .dependencies = .{
                .a = .{ .url = "https://x/a.tar.gz", .hash = "a-1.0.0-x", .lazy = true },
                .@"b-c" = .{ .path = "../b" }, .odd = 1,
            },
        }"#;
        let manifest = Manifest::parse(text).unwrap();
        assert_eq!(manifest.name.as_deref(), Some("hello"));
        assert_eq!(manifest.version.as_deref(), Some("0.1.0"));
        assert_eq!(manifest.paths, ["build.zig", "src"]);
        let [a, b] = &manifest.dependencies[..] else {
            panic!("{manifest:?}")
        };
        assert_eq!((a.name.as_str(), a.lazy), ("a", true));
        assert_eq!(a.url.as_deref(), Some("https://x/a.tar.gz"));
        assert_eq!(a.hash.as_deref(), Some("a-1.0.0-x"));
        assert_eq!((b.name.as_str(), b.lazy), ("b-c", false));
        assert_eq!(b.path.as_deref(), Some("../b"));
        assert!(text[b.at..].starts_with("@\"b-c\""));
        let old = Manifest::parse(".{ .name = \"old\" }").unwrap();
        assert_eq!(old.name.as_deref(), Some("old"));
        assert!(Manifest::parse("1").is_err());
    }
}
