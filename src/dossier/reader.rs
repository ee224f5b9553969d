//! Reading one table of the tree: each field by its name, every problem noted with its path, nothing
//! skipped. Serde would stop at the first error; a person who writes a file wants them all.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value};

use super::values::{Source, Text};
use crate::domain::{CivilDate, Code, Handle, Iri, Lang, Problem, Title, codes::Licence};

/// What holds for the whole file, and the problems found so far.
pub(super) struct Context {
    pub language: String,
    pub sources: BTreeMap<String, Source>,
    pub synthetic: Option<bool>,
    pub licence: Licence,
    pub machine_translated: Vec<String>,
    pub problems: RefCell<Vec<Problem>>,
    pub notes: RefCell<Vec<Problem>>,
}

impl Context {
    pub fn note(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }
}

/// A value, or why it is refused; the problem's field is relative to the value.
pub(super) type Read<T> = Result<T, Problem>;

/// A table being read.
pub(super) struct Fields<'a> {
    pub context: &'a Context,
    path: String,
    left: Map<String, Value>,
    /// Names asked for, to suggest the one that was meant.
    known: Vec<&'static str>,
    /// Languages its texts are in.
    pub languages: BTreeSet<String>,
}

impl<'a> Fields<'a> {
    pub fn new(context: &'a Context, path: impl Into<String>, left: Map<String, Value>) -> Self {
        Self { context, path: path.into(), left, known: Vec::new(), languages: BTreeSet::new() }
    }

    /// Where it stands in the file.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Notes a problem of a field.
    pub fn refuse(&self, name: &str, rule: &'static str, detail: impl Into<String>) {
        let field = if name.is_empty() { self.path.clone() } else { self.at(name) };
        self.context.note(Problem::new(field, rule, detail));
    }

    /// Tells whoever wrote it what was done to a field.
    pub fn tell(&self, name: &str, rule: &'static str, detail: impl Into<String>) {
        self.context.notes.borrow_mut().push(Problem::new(self.at(name), rule, detail));
    }

    /// Whether a field is there and not read yet.
    pub fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.left.shift_remove(name)
    }

    /// A field that may be left out.
    pub fn optional<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        let value = self.take(name)?;
        read(&value).map_err(|problem| self.context.note(placed(problem, &self.at(name)))).ok()
    }

    /// A field that must be there: rule `missing-field`.
    pub fn required<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        if !self.has(name) {
            self.known.push(name);
            self.refuse(name, "missing-field", name);
            return None;
        }
        self.optional(name, read)
    }

    /// A text, in one language or several, that may be left out.
    pub fn optional_text(&mut self, name: &'static str) -> Option<Text> {
        let context = self.context;
        let text = self.optional(name, |value| text(value, &context.language))?;
        self.languages.extend(text.0.keys().cloned());
        Some(text)
    }

    /// A text that must be there.
    pub fn text(&mut self, name: &'static str) -> Option<Text> {
        let context = self.context;
        let text = self.required(name, |value| text(value, &context.language))?;
        self.languages.extend(text.0.keys().cloned());
        Some(text)
    }

    /// A text on one line, of at most 300 characters: rule `title`.
    pub fn title(&mut self, name: &'static str) -> Option<Text> {
        let text = self.text(name)?;
        for (language, words) in &text.0 {
            if let Err(problem) = Title::parse(words) {
                self.refuse(&format!("{name}.{language}"), problem.rule, words);
            }
        }
        Some(text)
    }

    /// A list of values; an absent list is empty.
    pub fn list<T>(&mut self, name: &'static str, read: impl Fn(&Value) -> Read<T>) -> Vec<T> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Value::Array(values) = value else {
            self.refuse(name, "wrong-type", format!("{} (list)", kind_of(&value)));
            return Vec::new();
        };
        let one = |(index, value): (usize, &Value)| {
            let noted = |problem| self.context.note(placed(problem, &format!("{}[{index}]", self.at(name))));
            read(value).map_err(noted).ok()
        };
        values.iter().enumerate().filter_map(one).collect()
    }

    /// A table that may be left out.
    pub fn table<T>(&mut self, name: &'static str, read: impl FnOnce(Fields<'a>) -> Option<T>) -> Option<T> {
        match self.take(name)? {
            Value::Object(map) => read(Fields::new(self.context, self.at(name), map)),
            other => {
                self.refuse(name, "wrong-type", format!("{} (table)", kind_of(&other)));
                None
            }
        }
    }

    /// A table that must be there: rule `missing-field`.
    pub fn required_table<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Fields<'a>) -> Option<T>,
    ) -> Option<T> {
        if !self.has(name) {
            self.refuse(name, "missing-field", name);
        }
        self.table(name, read)
    }

    /// A list of tables.
    pub fn tables<T>(&mut self, name: &'static str, read: impl Fn(Fields<'a>, usize) -> Option<T>) -> Vec<T> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Value::Array(values) = value else {
            self.refuse(name, "wrong-type", format!("{} (list)", kind_of(&value)));
            return Vec::new();
        };
        let mut all = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            let path = format!("{}[{index}]", self.at(name));
            match value {
                Value::Object(map) => all.extend(read(Fields::new(self.context, path, map), index)),
                other => {
                    let detail = format!("{} (table)", kind_of(&other));
                    self.context.note(Problem::new(path, "wrong-type", detail));
                }
            }
        }
        all
    }

    /// What is left has no business here: rule `unknown-field`, with the name that may have been meant.
    pub fn done(self) {
        let mut left: Vec<&String> = self.left.keys().collect();
        left.sort_unstable();
        for name in left {
            let meant = self.known.iter().map(|known| (distance(known, name), known)).min();
            match meant.filter(|(distance, _)| *distance <= 2) {
                Some((_, known)) => self.refuse(name, "unknown-field", format!("{name} (→ {known}?)")),
                None => self.refuse(name, "unknown-field", name),
            }
        }
    }
}

/// The problem of a value, seen from its field.
fn placed(mut problem: Problem, at: &str) -> Problem {
    let inner = std::mem::take(&mut problem.field);
    let joined = if inner.is_empty() || inner.starts_with('[') {
        format!("{at}{inner}")
    } else {
        format!("{at}.{inner}")
    };
    Problem { field: joined, ..problem }
}

/// What a value is, for people.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true/false",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "table",
    }
}

fn wrong<T>(value: &Value, expected: &str) -> Read<T> {
    Err(Problem::new("", "wrong-type", format!("{} ({expected})", kind_of(value))))
}

/// A text as such: not empty, no control character but the end of a line, no mark that turns the
/// direction of writing.
pub(super) fn string(value: &Value) -> Read<String> {
    let Value::String(text) = value else { return wrong(value, "text") };
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::new("", "empty", ""));
    }
    let unfit = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    match text.chars().find(|c| unfit(*c)) {
        Some(c) => Err(Problem::new("", "control-character", format!("U+{:04X}", u32::from(c)))),
        None => Ok(text.to_owned()),
    }
}

/// A text by language; a bare text is in the language of the dossier.
fn text(value: &Value, language: &str) -> Read<Text> {
    let Value::Object(map) = value else { return string(value).map(|words| Text::new(language, &words)) };
    let mut texts = BTreeMap::new();
    for (tag, value) in map {
        Lang::parse(tag).map_err(|problem| problem.within(tag))?;
        texts.insert(tag.clone(), string(value).map_err(|problem| placed(problem, tag))?);
    }
    if texts.contains_key(language) {
        Ok(Text(texts))
    } else {
        Err(Problem::new(language, "original-missing", language))
    }
}

/// A language.
pub(super) fn language(value: &Value) -> Read<String> {
    Lang::parse(&string(value)?).map(String::from)
}

/// A segment of a reference: 1 to 60 of `a-z 0-9`, words joined by `-`.
pub(super) fn segment(value: &Value) -> Read<String> {
    let text = string(value)?;
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if text.len() <= 60 && text.split('-').all(word) { Ok(text) } else { Err(Problem::new("", "ref", text)) }
}

/// The handle of an actor of the dossier.
pub(super) fn handle(value: &Value) -> Read<String> {
    Handle::parse(&string(value)?).map(String::from)
}

/// True or false.
pub(super) fn truth(value: &Value) -> Read<bool> {
    value.as_bool().map_or_else(|| wrong(value, "true/false"), Ok)
}

/// A whole number, not negative.
pub(super) fn count(value: &Value) -> Read<u32> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number.map_or_else(|| wrong(value, "0, 1, 2 …"), Ok)
}

/// A civil date between 1900 and 2199, so that a slip of the finger is seen.
pub(super) fn date(value: &Value) -> Read<CivilDate> {
    let date = match value {
        Value::Number(year) => CivilDate::parse(&year.to_string())?,
        _ => CivilDate::parse(&string(value)?)?,
    };
    if ("1900".."2200").contains(&date.as_str()) {
        Ok(date)
    } else {
        Err(Problem::new("", "date-range", date.as_str()))
    }
}

/// An absolute address.
pub(super) fn iri(value: &Value) -> Read<Iri> {
    Iri::parse(&string(value)?)
}

/// A word of a code list.
pub(super) fn code<C: Code>(value: &Value) -> Read<C> {
    C::written(&string(value)?)
}

/// How many letters apart two names are (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
