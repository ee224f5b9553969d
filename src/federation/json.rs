//! Reads JSON of other servers: one object, no key twice at any depth, bounded in depth and in number of
//! values, no keyword of JSON-LD outside `@context` (threats D4, O28, O29, C7).

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Deepest nesting.
const MAX_DEPTH: usize = 64;
/// Most values in one document: what a megabyte of small ones would cost in memory is not worth reading.
const MAX_VALUES: usize = 50_000;
/// Keywords that would let a document mean something else than it says.
const KEYWORDS: [&str; 5] = ["@id", "@type", "@graph", "@reverse", "@included"];

/// Why a text is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON, not an object, too deep, too much, or a NUL character.
    #[error("bad_json")]
    Bad,
    /// One key twice in one object.
    #[error("dup_key")]
    DupKey,
    /// A keyword of JSON-LD in the body.
    #[error("keyword")]
    Keyword,
}

/// Reads one object.
///
/// # Errors
/// [`JsonError`].
pub fn read_object(text: &str) -> Result<Map<String, Value>, JsonError> {
    let mut state = State::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node { state: &mut state, depth: 0, context: false }.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    match (value, state.fault) {
        (Ok(Value::Object(map)), None) => Ok(map),
        (_, Some(fault)) => Err(fault),
        _ => Err(JsonError::Bad),
    }
}

/// What is known of the whole document while it is read.
#[derive(Default)]
struct State {
    values: usize,
    fault: Option<JsonError>,
}

/// One value, at its place.
struct Node<'s> {
    state: &'s mut State,
    depth: usize,
    /// Inside `@context`, where keywords belong.
    context: bool,
}

impl Node<'_> {
    fn inner(&mut self, context: bool) -> Node<'_> {
        Node { state: self.state, depth: self.depth + 1, context }
    }

    fn fail<E: serde::de::Error>(&mut self, fault: JsonError) -> E {
        self.state.fault = Some(fault);
        E::custom(fault)
    }

    fn text<E: serde::de::Error>(&mut self, text: String) -> Result<String, E> {
        if text.contains('\0') { Err(self.fail(JsonError::Bad)) } else { Ok(text) }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(mut self, deserializer: D) -> Result<Value, D::Error> {
        self.state.values += 1;
        if self.depth > MAX_DEPTH || self.state.values > MAX_VALUES {
            return Err(self.fail(JsonError::Bad));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: serde::de::Error>(mut self, value: String) -> Result<Value, E> {
        self.text(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        let context = self.context;
        while let Some(value) = items.next_element_seed(self.inner(context))? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let key = self.text(key)?;
            if map.contains_key(&key) {
                return Err(self.fail(JsonError::DupKey));
            }
            if !self.context && KEYWORDS.contains(&key.as_str()) {
                return Err(self.fail(JsonError::Keyword));
            }
            let context = self.context || key == "@context";
            let value = entries.next_value_seed(self.inner(context))?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn what_is_read_is_what_serde_reads() {
        let text = r#"{"@context":["https://a.example",{"x":{"@id":"y","@type":"@id"}}],"a":[1,-2,3.5,true,null,"é"],"b":{"c":{}}}"#;
        assert_eq!(Value::Object(read_object(text).unwrap()), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn o28_keywords_belong_in_the_context() {
        for key in KEYWORDS {
            assert_eq!(read_object(&format!(r#"{{"{key}":"x"}}"#)), Err(JsonError::Keyword));
            assert_eq!(read_object(&format!(r#"{{"a":[{{"{key}":"x"}}]}}"#)), Err(JsonError::Keyword));
        }
    }

    #[test]
    fn o29_no_key_comes_twice() {
        for text in [
            r#"{"actor":1,"actor":2}"#,
            r#"{"a":[{"b":{"c":1,"\u0063":2}}]}"#,
            r#"{"@context":{"x":1,"x":1}}"#,
        ] {
            assert_eq!(read_object(text), Err(JsonError::DupKey), "{text}");
        }
    }

    #[test]
    fn d04_absurd_documents_are_refused() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(read_object(&nested(60)).is_ok());
        let cases = [
            nested(70),
            nested(127),
            nested(100_000),
            format!("{{\"a\":[{}1]}}", "1,".repeat(500_000)),
            format!("{{\"a\":{}}}", "1".repeat(1_000_000)),
            r#"{"a":1e999999}"#.to_owned(),
            r#"{"a":"\u0000"}"#.to_owned(),
            r#"{"a\u0000":1}"#.to_owned(),
            r#"{"a":"\ud800"}"#.to_owned(),
            "[]".to_owned(),
            "{} {}".to_owned(),
            String::new(),
            "{".to_owned(),
        ];
        for text in cases {
            assert_eq!(read_object(&text), Err(JsonError::Bad), "{}", &text[..text.len().min(40)]);
        }
    }
}
