//! Waiting until a person has stopped typing.

use std::time::Duration;

use leptos::prelude::*;

/// Runs `act` with the last value once no other has come for 300 ms.
pub fn debounced<T: Send + Sync + 'static>(act: impl Fn(T) + Send + Sync + 'static) -> Callback<T> {
    debounced_for(Duration::from_millis(300), act)
}

/// The same with a pause of another length.
pub fn debounced_for<T: Send + Sync + 'static>(
    pause: Duration,
    act: impl Fn(T) + Send + Sync + 'static,
) -> Callback<T> {
    let act = StoredValue::new(act);
    let turn = StoredValue::new(0_u32);
    Callback::new(move |value: T| {
        turn.update_value(|turn| *turn = turn.wrapping_add(1));
        let mine = turn.get_value();
        set_timeout(
            move || {
                if turn.try_get_value() == Some(mine) {
                    act.with_value(|act| act(value));
                }
            },
            pause,
        );
    })
}
