//! Making a case small: whatever can go without the difference going, goes.

use crate::Case;
use crate::yaml::Yaml;

/// The smallest case that still fails, as far as taking parts out leads.
pub(crate) fn shrink(mut case: Case, fails: &dyn Fn(&Case) -> bool) -> Case {
    let mut budget = 400;
    loop {
        let before = case.clone();
        for file in (0..case.len()).rev() {
            try_change(&mut case, fails, &mut budget, |case| {
                case.remove(file);
            });
            let mut path = 0;
            while budget > 0 && file < case.len() {
                let mut smaller = case.clone();
                let mut left = path;
                let removed = smaller[file].1.iter_mut().any(|doc| remove_nth(doc, &mut left));
                if !removed {
                    break;
                }
                budget -= 1;
                if fails(&smaller) {
                    case = smaller;
                } else {
                    path += 1;
                }
            }
        }
        if case == before || budget == 0 {
            return case;
        }
    }
}

fn try_change(
    case: &mut Case,
    fails: &dyn Fn(&Case) -> bool,
    budget: &mut usize,
    change: impl Fn(&mut Case),
) {
    if *budget == 0 {
        return;
    }
    *budget -= 1;
    let mut smaller = case.clone();
    change(&mut smaller);
    if fails(&smaller) {
        *case = smaller;
    }
}

/// Takes the nth part out, counted from the outside in.
fn remove_nth(yaml: &mut Yaml, left: &mut usize) -> bool {
    match yaml {
        Yaml::Raw(_) => false,
        Yaml::Map(entries) => {
            if *left < entries.len() {
                entries.remove(*left);
                return true;
            }
            *left -= entries.len();
            entries.iter_mut().any(|(_, value)| remove_nth(value, left))
        }
        Yaml::List(items) | Yaml::Block(items) => {
            if *left < items.len() {
                items.remove(*left);
                return true;
            }
            *left -= items.len();
            items.iter_mut().any(|item| remove_nth(item, left))
        }
    }
}
