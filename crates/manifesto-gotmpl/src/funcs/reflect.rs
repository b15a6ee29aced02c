//! What a value is: sprig's `reflect.go`.

use super::{fixed, text};
use crate::host::Param::{Any, Str as S};
use crate::library::Function;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        fixed("typeOf", &[Any], |_, args| text(args.get(0).type_name())),
        fixed("typeIs", &[S, Any], |_, args| {
            Ok(Value::Bool(args.str(0) == args.get(1).type_name().as_bytes()))
        }),
        fixed("typeIsLike", &[S, Any], |_, args| {
            let (wanted, name) = (args.str(0), args.get(1).type_name().as_bytes());
            Ok(Value::Bool(wanted == name || name.strip_prefix(b"*") == Some(wanted)))
        }),
        fixed("kindOf", &[Any], |_, args| text(args.get(0).kind().name())),
        fixed("kindIs", &[S, Any], |_, args| {
            Ok(Value::Bool(args.str(0) == args.get(1).kind().name().as_bytes()))
        }),
        fixed("deepEqual", &[Any, Any], |executor, args| {
            Ok(Value::Bool(executor.deep_equal(args.get(0), args.get(1))?))
        }),
    ]
}
