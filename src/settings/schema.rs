//! The JSON Schema of `[tool.pyz3-wheel]`, made from the table of settings and keys.
//!
//! It refuses what is wrong by itself: unknown keys, wrong types, and values that are impossible in every
//! project. The program refuses more, for example a package that does not exist.

use serde_json::{Map, Value, json};

use crate::options::keys::{self, Key, Names, Shape};
use crate::options::{Fallback, Kind, table};
use crate::platform::Platform;

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
        Shape::Array(items) => json!({"type": "array", "items": of_shape(*items)}),
        Shape::Table(keys) => of_table(keys),
        Shape::Map { names, values } => {
            let mut schema = json!({"type": "object", "additionalProperties": of_shape(*values)});
            schema["propertyNames"] = match names {
                Names::Any => json!({"minLength": 1}),
                Names::Variables => json!({"pattern": "^[^=]+$"}),
                Names::Platforms => json!({"enum": Platform::ALL.map(Platform::name)}),
            };
            schema
        }
        Shape::Either(shapes) => {
            let schemas: Vec<_> = shapes.iter().map(|shape| of_shape(*shape)).collect();
            json!({"anyOf": schemas})
        }
    }
}

fn extend(schema: &mut Value, more: Value) {
    if let (Some(schema), Value::Object(more)) = (schema.as_object_mut(), more) {
        schema.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::Optimize;
    use crate::project::tests::config::{EVERY_KEY, WRONG_BY_ITSELF};

    /// Whether a value is valid by a schema: the keywords that this module uses.
    fn is_valid(schema: &Value, value: &Value) -> bool {
        let keywords = schema.as_object().unwrap();
        keywords.iter().all(|(keyword, wanted)| match keyword.as_str() {
            "type" => match wanted.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64() || value.is_u64(),
                other => panic!("{other}"),
            },
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "minLength" => value.as_str().is_none_or(|text| !text.is_empty()),
            "minimum" => value.as_i64().is_none_or(|number| number >= 1),
            "maximum" => value.as_i64().is_none_or(|number| number <= u32::MAX.into()),
            "pattern" => value.as_str().is_none_or(|text| {
                regex_lite::Regex::new(wanted.as_str().unwrap()).unwrap().is_match(text)
            }),
            "items" => value.as_array().is_none_or(|items| items.iter().all(|item| is_valid(wanted, item))),
            "anyOf" => wanted.as_array().unwrap().iter().any(|schema| is_valid(schema, value)),
            "required" => value.as_object().is_none_or(|table| {
                wanted.as_array().unwrap().iter().all(|key| table.contains_key(key.as_str().unwrap()))
            }),
            "properties" => value.as_object().is_none_or(|table| {
                table.iter().all(|(key, value)| wanted.get(key).is_none_or(|schema| is_valid(schema, value)))
            }),
            "additionalProperties" => value.as_object().is_none_or(|table| {
                let known = schema.get("properties");
                table.iter().filter(|(key, _)| known.is_none_or(|known| known.get(key).is_none())).all(
                    |(_, value)| wanted != &Value::Bool(false) && is_valid(wanted, value),
                )
            }),
            "propertyNames" => value.as_object().is_none_or(|table| {
                table.keys().all(|key| is_valid(wanted, &json!(key)))
            }),
            "$schema" | "title" | "description" | "default" => true,
            other => panic!("{other}"),
        })
    }

    /// The table in a pyproject.toml.
    fn table(text: &str) -> Value {
        let document: Value = toml::from_str(text).unwrap();
        document["tool"]["pyz3-wheel"].clone()
    }

    #[test]
    fn what_the_reader_accepts_is_valid() {
        let schema = schema();
        let every_key = table(&format!("[tool.pyz3-wheel]\n{EVERY_KEY}"));
        assert!(is_valid(&schema, &every_key));
        for key in keys::all() {
            assert!(every_key.get(key.name).is_some(), "{} is in no test", key.name);
        }
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples");
        for entry in fs_err::read_dir(examples).unwrap() {
            let file = entry.unwrap().path().join("pyproject.toml");
            let table = table(&fs_err::read_to_string(&file).unwrap());
            assert!(table.is_null() || is_valid(&schema, &table), "{}", file.display());
        }
    }

    #[test]
    fn what_is_wrong_by_itself_is_not_valid() {
        let schema = schema();
        for (line, _) in WRONG_BY_ITSELF {
            let table = table(&format!("[tool.pyz3-wheel]\n{line}\n"));
            assert!(!is_valid(&schema, &table), "{line}");
        }
    }

    #[test]
    fn the_choices_are_what_the_program_knows() {
        assert_eq!(table::OPTIMIZE.choices, Optimize::ALL.map(Optimize::name));
        assert_eq!(table::OPTIMIZE.default, Fallback::Value(Optimize::default().name()));
        for format in table::FORMAT.choices {
            assert!(format.parse::<super::super::Format>().is_ok());
        }
    }
}
