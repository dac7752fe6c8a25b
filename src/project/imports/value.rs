//! Strings and paths of Python code, as far as they are known.

/// A string or a path, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// Whether it begins at the folder that the package is installed to.
    pub(super) anchored: bool,
    pub(super) text: String,
    /// Whether characters may follow that only Python knows.
    pub(super) open: bool,
}

impl Value {
    pub(super) fn unknown() -> Self {
        Self {
            open: true,
            ..Self::default()
        }
    }

    pub(super) fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn anchored(text: String) -> Self {
        Self {
            anchored: true,
            text,
            open: false,
        }
    }

    pub(super) fn concat(self, more: Self) -> Self {
        let Self {
            anchored,
            text,
            open,
        } = more;
        if self.open {
            // An unknown part of a file name leaves the folder known, an unknown folder does not.
            return if text.contains('/') || anchored {
                Self::unknown()
            } else {
                self
            };
        }
        if anchored && !self.text.is_empty() {
            return Self::unknown();
        }
        Self {
            anchored: self.anchored || anchored,
            text: self.text + &text,
            open,
        }
    }

    pub(super) fn join(self, more: Self) -> Self {
        if more.anchored {
            return more;
        }
        if self.open {
            return Self::unknown();
        }
        let slash = if self.text.is_empty() || self.text.ends_with('/') {
            ""
        } else {
            "/"
        };
        self.concat(Self::text(slash)).concat(more)
    }

    /// The folder that this is in.
    pub(super) fn parent(mut self) -> Self {
        match self.text.trim_end_matches('/').rsplit_once('/') {
            Some((folder, _)) => self.text = folder.to_owned(),
            None if self.text.is_empty() || self.text == ".." => "..".clone_into(&mut self.text),
            None => self.text.clear(),
        }
        self.open = self.open && !self.anchored;
        self
    }

    /// The folder that this is in, for a value that may end in an unknown file name.
    pub(super) fn dirname(mut self) -> Self {
        if self.anchored && self.open && self.text.ends_with('/') {
            self.text.pop();
            self.open = false;
            return self;
        }
        self.parent()
    }

    pub(super) fn normalized(mut self) -> Self {
        if self.anchored {
            let ends = self.text.ends_with('/');
            self.text = components(&self.text).join("/");
            if ends && !self.text.is_empty() {
                self.text.push('/');
            }
        }
        self
    }
}

/// The components of a path, without `.` and, where possible, `..`.
pub(super) fn components(text: &str) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    for part in text.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if path.last().is_some_and(|last| last != "..") => {
                path.pop();
            }
            part => path.push(part.to_owned()),
        }
    }
    path
}

/// Puts values into the places of a text that begin with `sign`; `length` tells how long the rest of a place is.
pub(super) fn fill(
    template: &Value,
    sign: char,
    length: impl Fn(&str) -> Option<usize>,
    given: Vec<Value>,
) -> Value {
    if template.anchored || template.open {
        return template.clone();
    }
    let mut given = given.into_iter();
    let mut value = Value::default();
    let mut rest = template.text.as_str();
    while let Some((before, after)) = rest.split_once(sign) {
        value = value.concat(Value::text(before));
        let end = length(after).unwrap_or(after.len());
        let next = match &after[..end] {
            "}" | "s" => given.next(),
            place => {
                let index = place.trim_end_matches('}').parse().ok();
                index.and_then(|index: usize| given.as_slice().get(index).cloned())
            }
        };
        value = value.concat(next.unwrap_or_else(Value::unknown));
        rest = &after[end..];
    }
    value.concat(Value::text(rest))
}
