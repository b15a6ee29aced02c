//! What Flux makes of files and objects.

mod build;
mod envsubst;
mod helm;
mod ignore;
mod post_render;
mod resource_set;
mod substitute;
mod support;
