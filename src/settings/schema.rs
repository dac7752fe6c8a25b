//! The JSON Schema of `[tool.pyz3-wheel]`, made from the table of settings and keys.
//!
//! It refuses what is wrong by itself: unknown keys, wrong types, and values that are impossible in every
//! project. The program refuses more, for example a package that does not exist.

use serde_json::{Map, Value, json};

use crate::audit::Code;
use crate::options::shape::{DIRECTORY, Key, Names, Shape};
use crate::options::{Fallback, Kind, keys, table};
use crate::platform::{self, Platform};

/// The schema, by the draft 2020-12 of JSON Schema.
pub fn schema() -> Value {
    let keys: Vec<_> = keys::all().collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "[tool.pyz3-wheel]",
        "description": "The settings of pyz3-wheel in pyproject.toml",
    });
    let mut table = of_table(&keys);
    for setting in table::ALL {
        let default = match (setting.default, setting.kind) {
            (Fallback::Value(value), Kind::Switch) => json!(value == "true"),
            (Fallback::Value(value), _) => json!(value),
            (Fallback::None | Fallback::Words(_) | Fallback::Reference(_), _) => continue,
        };
        if let Some(key) = setting.key {
            table["properties"][key]["default"] = default;
        }
    }
    extend(&mut schema, table);
    schema
}

fn of_table(keys: &[Key]) -> Value {
    let properties = keys.iter().map(|key| {
        let mut property = json!({"description": key.help});
        extend(&mut property, of_shape(key.shape));
        (key.name.to_owned(), property)
    });
    let properties: Map<_, _> = properties.collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    let required: Vec<_> = keys
        .iter()
        .filter(|key| key.is_required)
        .map(|key| key.name)
        .collect();
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn of_shape(shape: Shape) -> Value {
    match shape {
        Shape::Boolean => json!({"type": "boolean"}),
        Shape::False => json!({"const": false}),
        Shape::Integer => json!({"type": "integer", "minimum": 1, "maximum": u32::MAX}),
        Shape::AnyString => json!({"type": "string"}),
        Shape::String { choices, pattern } => {
            let mut schema = json!({"type": "string", "minLength": 1});
            if !choices.is_empty() {
                schema = json!({"type": "string", "enum": choices});
            }
            if let Some(pattern) = pattern {
                schema["pattern"] = json!(pattern);
            }
            schema
        }
        Shape::Platform => platforms(&platform::GROUPS.map(|(name, _)| name)),
        Shape::Check => json!({"enum": Code::ALL}),
        Shape::Set(items) => {
            json!({"type": "array", "items": of_shape(*items), "uniqueItems": true})
        }
        Shape::Array(items) => json!({"type": "array", "items": of_shape(*items)}),
        Shape::Table(keys) => of_table(keys),
        Shape::Map { names, values } => {
            let mut schema = json!({"type": "object", "additionalProperties": of_shape(*values)});
            schema["propertyNames"] = match names {
                Names::Paths => json!({"pattern": DIRECTORY}),
                Names::Variables => json!({"pattern": "^[^=]+$"}),
                Names::Platforms => platforms(&[]),
            };
            schema
        }
        Shape::Either(shapes) => {
            let schemas: Vec<_> = shapes.iter().map(|shape| of_shape(*shape)).collect();
            json!({"anyOf": schemas})
        }
    }
}

/// The names of platforms, of these groups, and what else people call them.
fn platforms(groups: &[&str]) -> Value {
    let words: Vec<_> = platform::request_words().into_iter().collect();
    let word = format!("({}|[0-9]+)", words.join("|"));
    let names = [&Platform::ALL.map(Platform::name)[..], groups].concat();
    // The names are what editors suggest; the pattern admits triples, tags and other spellings too.
    json!({"anyOf": [
        {"enum": names},
        {"type": "string", "pattern": format!("^{word}([-_./]{word})*$")},
    ]})
}

fn extend(schema: &mut Value, more: Value) {
    if let (Some(schema), Value::Object(more)) = (schema.as_object_mut(), more) {
        schema.extend(more);
    }
}
