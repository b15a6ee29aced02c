//! What holding values against a schema costs, before it is done: a schema of a few lines can ask for the same thing
//! millions of times.

use std::collections::HashMap;

use serde_json::Value as Json;

/// Looks at a part of the values with a part of the schema. Schemas of published charts take some thousands.
const VISITS_MAX: u64 = 2_000_000;
/// Pairs of a part of the schema and a part of the values.
const PAIRS_MAX: usize = 500_000;
/// Parts of a schema inside of each other, references followed.
const DEPTH_MAX: u32 = 500;

/// Why values are not held against a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooMuch {
    /// It would take too long.
    Visits,
    /// A part asks for itself.
    Endless,
}

/// Whether holding `values` against `schema` stays within bounds.
pub(super) fn check(schema: &Json, values: &Json) -> Result<(), TooMuch> {
    let mut names = HashMap::new();
    collect_names(schema, &mut names, 0);
    let mut counter = Counter { root: schema, names, known: HashMap::new() };
    counter.visits(schema, values, 0).map(|_| ())
}

/// A part of the schema and a part of the values, by where they are.
type Pair = (usize, usize);

struct Counter<'s> {
    root: &'s Json,
    /// Parts by `$id` and `$anchor`.
    names: HashMap<&'s str, &'s Json>,
    /// Visits that a pair takes; none while it is being counted.
    known: HashMap<Pair, Option<u64>>,
}

fn collect_names<'s>(schema: &'s Json, names: &mut HashMap<&'s str, &'s Json>, depth: u32) {
    if depth > DEPTH_MAX {
        return;
    }
    match schema {
        Json::Object(entries) => {
            for key in ["$id", "id", "$anchor", "$dynamicAnchor"] {
                if let Some(Json::String(name)) = entries.get(key) {
                    names.insert(name, schema);
                }
            }
            entries.values().for_each(|part| collect_names(part, names, depth + 1));
        }
        Json::Array(items) => items.iter().for_each(|part| collect_names(part, names, depth + 1)),
        _ => {}
    }
}

impl<'s> Counter<'s> {
    fn visits(&mut self, schema: &'s Json, values: &Json, depth: u32) -> Result<u64, TooMuch> {
        let Json::Object(keywords) = schema else { return Ok(1) };
        let pair = (std::ptr::from_ref(schema).addr(), std::ptr::from_ref(values).addr());
        match self.known.get(&pair) {
            Some(Some(visits)) => return Ok(*visits),
            Some(None) => return Err(TooMuch::Endless),
            None if self.known.len() >= PAIRS_MAX || depth > DEPTH_MAX => return Err(TooMuch::Visits),
            None => self.known.insert(pair, None),
        };
        let mut visits = 1;
        for (keyword, part) in keywords {
            visits += self.keyword(keyword, part, values, depth + 1)?;
            if visits > VISITS_MAX {
                return Err(TooMuch::Visits);
            }
        }
        self.known.insert(pair, Some(visits));
        Ok(visits)
    }

    fn keyword(&mut self, keyword: &str, part: &'s Json, values: &Json, depth: u32) -> Result<u64, TooMuch> {
        match keyword {
            "allOf" | "anyOf" | "oneOf" | "dependentSchemas" | "dependencies" => {
                self.sum(parts(part), values, depth)
            }
            "not" | "if" | "then" | "else" => self.visits(part, values, depth),
            "$ref" | "$dynamicRef" | "$recursiveRef" => {
                match part.as_str().and_then(|name| self.find(name)) {
                    Some(target) => self.visits(target, values, depth),
                    None => Ok(1),
                }
            }
            "properties" => {
                let Json::Object(properties) = part else { return Ok(0) };
                let mut visits = 0;
                for (key, part) in properties {
                    if let Some(value) = values.get(key) {
                        visits += self.visits(part, value, depth)?;
                    }
                }
                Ok(visits)
            }
            "patternProperties" => self.below(&parts(part), values, depth),
            "additionalProperties"
            | "unevaluatedProperties"
            | "propertyNames"
            | "contains"
            | "additionalItems"
            | "unevaluatedItems" => self.below(&[part], values, depth),
            "items" | "prefixItems" => match part {
                Json::Array(items) => self.below(&items.iter().collect::<Vec<_>>(), values, depth),
                part => self.below(&[part], values, depth),
            },
            _ => Ok(0),
        }
    }

    /// Each part with each of the values one level down.
    fn below(&mut self, parts: &[&'s Json], values: &Json, depth: u32) -> Result<u64, TooMuch> {
        let mut visits: u64 = 0;
        for value in self::parts(values) {
            visits = visits.saturating_add(self.sum(parts.to_vec(), value, depth)?);
        }
        Ok(visits)
    }

    fn sum(&mut self, parts: Vec<&'s Json>, values: &Json, depth: u32) -> Result<u64, TooMuch> {
        let mut visits: u64 = 0;
        for part in parts {
            visits = visits.saturating_add(self.visits(part, values, depth)?);
        }
        Ok(visits)
    }

    /// What a reference inside of the schema leads to.
    fn find(&self, reference: &str) -> Option<&'s Json> {
        let (place, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let start = if place.is_empty() { self.root } else { *self.names.get(place)? };
        if fragment.is_empty() || fragment.starts_with('/') {
            let plain = fragment.replace("%25", "%").replace("%24", "$");
            return start.pointer(&plain);
        }
        self.names.get(fragment).copied()
    }
}

fn parts(json: &Json) -> Vec<&Json> {
    match json {
        Json::Object(entries) => entries.values().collect(),
        Json::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    }
}
