//! Finding and changing parts of a node, with the rules of kustomize's library kyaml.

pub(crate) mod json;
mod lookup;
mod matcher;
pub(crate) mod path;
mod scalar;
mod site;
mod trail;

pub(crate) use lookup::{is_list_index, lookup, lookup_create, lookup_trail, split_list_index};
pub(crate) use matcher::PathMatcher;
pub(crate) use scalar::{
    Misfit, Tag, encoded, is_nil_or_empty, is_old_non_string, is_string, new_key, raw_text, restyled,
    retexted, retexted_in_quotes, scalar_over, style_of, value_text, written,
};
pub(crate) use site::{FieldPath, Kind, materialize, sites};
pub(crate) use trail::{Trail, at, at_mut};

/// What a rule of the reference refuses, as a clause; the caller knows the place.
pub(crate) type Why<T> = Result<T, String>;
