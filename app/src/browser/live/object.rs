//! Objects of the browser that are few enough here to be spoken to by name.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// `new Class(argument)`; `None` where the browser has no such class.
pub(super) fn make(class: &str, argument: Option<&str>) -> Option<Object> {
    let class: Function = get(&js_sys::global(), class)?.dyn_into().ok()?;
    let arguments = argument.map_or_else(Array::new, |text| Array::of1(&text.into()));
    Reflect::construct(&class, &arguments).ok()?.dyn_into().ok()
}

/// `of.key`.
pub(super) fn get(of: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(of, &key.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// `of.key = value`.
pub(super) fn set(of: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(of, &key.into(), value);
}

/// `of.method(...arguments)`; what it throws is `None`.
pub(super) fn call(of: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = get(of, method)?.dyn_into().ok()?;
    method.apply(of, &arguments.iter().collect::<Array>()).ok()
}
