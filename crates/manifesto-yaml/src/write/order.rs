//! The order of keys in YAML that go-yaml writes (sorter.go).

use std::cmp::Ordering;

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

use super::Writer;
use super::keys::Pair;

/// Sorts keys as go-yaml does: numbers by value, letters behind all else.
///
/// The order of version 2 is none: `12` < `1a` < `2` < `12`. Go then prints one of several orders, as chance has
/// it. Starting from sorted keys, ours is always the same one; and a sort of our own, since that of the standard
/// library may panic.
pub(super) fn sort(pairs: Vec<Pair<'_>>, writer: Writer) -> Vec<Pair<'_>> {
    let less = if writer == Writer::Sigs { less_v2 } else { less_v3 };
    let in_order = |a: &Pair<'_>, b: &Pair<'_>| !less(b.0, a.0);
    if pairs.is_sorted_by(in_order) { pairs } else { merge_sort(pairs, &in_order) }
}

fn merge_sort<T: Copy>(items: Vec<T>, in_order: &impl Fn(&T, &T) -> bool) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    let (left, right) = items.split_at(items.len() / 2);
    let left = merge_sort(left.to_vec(), in_order);
    let right = merge_sort(right.to_vec(), in_order);
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut merged = Vec::with_capacity(items.len());
    while let (Some(l), Some(r)) = (left.peek(), right.peek()) {
        merged.extend(if in_order(l, r) { left.next() } else { right.next() });
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Version 2.
fn less_v2(a: &str, b: &str) -> bool {
    less(a, b, |_, letters_first| !letters_first)
}

/// Version 3: behind digits, a letter stands before what is none.
fn less_v3(a: &str, b: &str) -> bool {
    less(a, b, |behind_digit, letter_is_left| letter_is_left == behind_digit)
}

/// Compares at the first difference. `mixed` decides when just one side has a letter there: it gets whether a
/// digit stands before, and whether the letter is on the left.
fn less(a: &str, b: &str, mixed: fn(bool, bool) -> bool) -> bool {
    let same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let same = (0..=same).rev().find(|index| a.is_char_boundary(*index)).unwrap_or(0);
    let (Some((before, left)), Some((_, right))) = (a.split_at_checked(same), b.split_at_checked(same))
    else {
        return a < b;
    };
    let (Some(l), Some(r)) = (left.chars().next(), right.chars().next()) else {
        return left.is_empty() && !right.is_empty();
    };
    match (is_letter(l), is_letter(r)) {
        (true, true) => l < r,
        (false, false) => less_numbers(before, left, right),
        (letter_is_left, _) => mixed(before.chars().next_back().is_some_and(is_digit), letter_is_left),
    }
}

/// Compares the runs of digits that start here; a longer run is larger where the values are the same.
fn less_numbers(before: &str, left: &str, right: &str) -> bool {
    let leading_zero = left.starts_with('0') || right.starts_with('0');
    let inside_number =
        leading_zero && before.chars().rev().take_while(|c| is_digit(*c)).any(|digit| digit != '0');
    let start = i64::from(inside_number);
    let (l, r) = (digits(left, start), digits(right, start));
    match l.cmp(&r) {
        Ordering::Less => true,
        Ordering::Greater => false,
        Ordering::Equal => left.chars().next() < right.chars().next(),
    }
}

/// The value of the digits at the start, and how many there are. It overflows as Go's does.
fn digits(text: &str, start: i64) -> (i64, usize) {
    let run = text.chars().take_while(|c| is_digit(*c));
    run.fold((start, 0), |(value, count), digit| {
        let digit = i64::from(u32::from(digit)) - i64::from(b'0');
        (value.wrapping_mul(10).wrapping_add(digit), count + 1)
    })
}

/// unicode.IsLetter.
fn is_letter(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphabetic();
    }
    character.general_category_group() == GeneralCategoryGroup::Letter
}

/// unicode.IsDigit: the decimal digits of all scripts.
fn is_digit(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_digit();
    }
    character.general_category() == GeneralCategory::DecimalNumber
}
