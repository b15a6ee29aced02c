//! What stands in when there is nothing: sprig's `defaults.go`.

use super::{Answer, Args, fixed, fixed_any, variadic, variadic_any};
use crate::error::Failure;
use crate::exec::{Executor, is_zero};
use crate::host::Param::{Any, Bool, Str as S};
use crate::library::Function;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        variadic_any("default", &[Any, Any], default),
        fixed("empty", &[Any], |_, args| Ok(Value::Bool(is_zero(args.get(0))))),
        variadic_any("coalesce", &[Any], |_, args| {
            Ok(args.all().iter().find(|value| !is_zero(value)).cloned().unwrap_or_default())
        }),
        variadic("all", &[Any], |_, args| Ok(Value::Bool(!args.all().iter().any(is_zero)))),
        variadic("any", &[Any], |_, args| Ok(Value::Bool(!args.all().iter().all(is_zero)))),
        fixed_any("ternary", &[Any, Any, Bool], |_, args| Ok(args.get(usize::from(!args.bool(2))).clone())),
        fixed("fail", &[S], |_, args| Err(Failure::text(args.text(0).to_text()))),
    ]
}

fn default(_: &mut Executor<'_>, args: Args<'_>) -> Answer {
    let given = args.get(1);
    Ok(if is_zero(given) { args.get(0) } else { given }.clone())
}
