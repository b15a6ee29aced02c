//! Charts and values to manifests, as `helm template` goes (v4.1.4).
//!
//! A [`Chart`] is loaded from a directory of a [`Tree`](manifesto_tree::Tree), or from an archive, and shared; its templates are parsed once.
//! [`render`] makes a release of it: with [`Values`] (files of values and what `--set` and its kin say) and [`Options`]
//! (name, namespace, version of Kubernetes). What comes of it is [`Rendered`]: the manifests in Helm's order, each with
//! the line of its template and with what in it nobody knows before the deployment; and [`Rendered::text`], the bytes
//! that `helm template` prints.
//!
//! ```ignore
//! let loaded = Chart::load(&tree, &TreePath::new("charts/web")?);
//! let values = Values::from_file("values-prod.yaml", content);
//! let options = Options { name: "web".to_owned(), namespace: "apps".to_owned(), ..Options::default() };
//! let rendered = render(&loaded.chart?, &values, &options)?;
//! for manifest in &rendered.manifests {
//!     println!("{} {:?} {}", manifest.source, manifest.place, manifest.text);
//! }
//! ```
//!
//! Nothing is fetched, run or unpacked, and no file outside of the tree is read. What Helm refuses is a [`HelmError`] in
//! Helm's words. Names of files in comments are those of helm/helm at v4.1.4.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)]
#![allow(clippy::mutable_key_type, reason = "strings compare by their bytes, which never change")]
#![allow(
    clippy::format_push_string,
    reason = "what is formatted is short, and writing to a string cannot fail"
)]

mod capabilities;
mod changed_values;
mod chart;
mod crds;
mod defaults;
mod dependencies;
mod engine;
mod error;
mod manifests;
mod name_template;
mod release;
mod schema;
mod unused;
mod value_reads;
mod values;

pub use capabilities::{AskedApis, KubeVersion};
pub use changed_values::{ChangedValue, Told, changed_values};
pub use chart::{Chart, Dependency, ImportValue, Loaded, Maintainer, Metadata};
pub use defaults::{ChangedDefault, changed_defaults};
pub use dependencies::newest_in_range;
pub use error::{ErrorKind, HelmError};
pub use manifests::HookEvent;
pub use name_template::templated_name;
pub use release::{
    Action, Crds, Hooks, Limits, Manifest, Options, Rendered, Role, SchemaCheck, ValueReads, render,
};
pub use unused::UnusedValue;
pub use value_reads::{ReadValue, ValueSource};
pub use values::{Values, ValuesFile};
