//! The body of a fuzz target.

use std::sync::{Arc, OnceLock};

use crate::exec::{Executor, MissingKey};
use crate::funcs::{data_functions, sprig_functions};
use crate::library::{Functions, Library};
use crate::meter::Limits;
use crate::text::Str;
use crate::value::Value;

/// Takes bytes for a template, which may not panic, hang or take much memory.
pub fn fuzz(bytes: &[u8]) {
    static FUNCTIONS: OnceLock<Arc<Functions>> = OnceLock::new();
    let functions = FUNCTIONS.get_or_init(|| Arc::new(sprig_functions().with(data_functions())));
    let limits = Limits {
        steps: 200_000,
        alive_bytes: 8 << 20,
        output_bytes: 8 << 20,
        crypto_runs: 0,
        ..Limits::default()
    };
    let mut library = Library::new("fuzz", Arc::clone(functions));
    let Ok(unit) = library.parse("fuzz.tpl", bytes, &limits) else { return };
    library.add(&unit);
    let list = Value::list(vec![Value::Float(1.5), Value::str("é"), Value::Nil, Value::Bool(true)]);
    let map = Value::map([(Str::from("k"), Value::str("v")), (Str::from("list"), list.clone())]);
    let data = Value::map([
        (Str::from("S"), Value::str("a-b_c d1.2.3")),
        (Str::from("L"), list),
        (Str::from("M"), map),
        (Str::from("N"), Value::Float(1e6)),
    ]);
    let mut nothing = ();
    let mut executor = Executor::new(Arc::new(library), MissingKey::Zero, limits, &mut nothing);
    if let Err(error) = executor.execute(b"fuzz.tpl", data) {
        drop(error.to_string());
    }
}
