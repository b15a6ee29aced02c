//! Maps that contain themselves would live for ever: they are emptied when the render ends.

use std::collections::BTreeSet;

use super::Executor;
use crate::value::{Map, Value};

/// How many values are looked at, for all maps together, to find which of them contain themselves.
const VISITS_MAX: u32 = 1_000_000;

impl Executor<'_> {
    /// Notes that a map got an element that may lead back to it.
    pub(crate) fn suspect(&mut self, map: &Map, element: &Value) {
        if matches!(element, Value::List(_) | Value::Map(_))
            && let Some(weak) = map.downgrade()
            && !self.suspects.last().is_some_and(|last| last.is(&weak))
        {
            self.suspects.push(weak);
        }
    }
}

impl Drop for Executor<'_> {
    fn drop(&mut self) {
        self.variables.clear();
        let mut visits = VISITS_MAX;
        for weak in std::mem::take(&mut self.suspects) {
            if let Some(map) = weak.upgrade()
                && contains_itself(&map, &mut visits)
            {
                map.clear();
            }
        }
    }
}

fn contains_itself(map: &Map, visits: &mut u32) -> bool {
    let mut pending: Vec<Value> = map.entries().into_iter().map(|(_, value)| value).collect();
    let mut seen = BTreeSet::new();
    while let Some(value) = pending.pop() {
        match value {
            Value::Map(inner) => {
                if inner.identity() == map.identity() {
                    return true;
                }
                if seen.insert(inner.identity()) {
                    pending.extend(inner.entries().into_iter().map(|(_, value)| value));
                }
            }
            Value::List(list) if seen.insert(list.identity().0) => pending.extend(list.to_vec()),
            _ => {}
        }
        *visits = visits.saturating_sub(1);
        if *visits == 0 {
            // Rather an empty map that nobody looks at any more than memory that never comes back.
            return true;
        }
    }
    false
}
