//! Named crash points: the program dies there when `MILLWRIGHT_CRASH_POINT` names one. Only in
//! builds with debug assertions; tests walk all of them.

/// Dies at `name` if the environment says so.
#[cfg(debug_assertions)]
pub fn point(name: &str) {
    use std::sync::OnceLock;
    static CHOSEN: OnceLock<Option<String>> = OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| std::env::var("MILLWRIGHT_CRASH_POINT").ok());
    if chosen.as_deref() == Some(name) {
        tracing::error!(point = name, "crash point reached");
        std::process::abort();
    }
}

/// Does nothing in a release build.
#[cfg(not(debug_assertions))]
pub fn point(_name: &str) {}

/// Marks a step after which the program may die: `crash_point!("wo.after_claim")`.
#[macro_export]
macro_rules! crash_point {
    ($name:literal) => {
        $crate::crash::point($name)
    };
}
