use serde_json::json;

use super::*;

fn value(text: &str) -> Value {
    let order = json!({"title": "Bearing & seal", "parts": [{"part": "A", "quantity": 2.0}, {"part": "B", "quantity": 1.5}], "due": "2026-01-05T08:00:00Z", "@odata.x": 7});
    let maps = json!({"priority": {"1": "EMERGENCY"}});
    let fields = json!({"title": {"length": 8}});
    let scope = Scope::new("order", &order);
    let scope = scope.with("maps", &maps);
    let scope = scope.with("fields", &fields);
    Template::parse(text).unwrap().value(&scope).unwrap()
}

fn node(yaml: &str) -> Result<Node, String> {
    serde_saphyr::from_str(yaml).map_err(|error| error.to_string())
}

#[test]
fn one_hole_keeps_its_type_and_text_joins() {
    assert_eq!(value("${order.parts.0.quantity}"), json!(2.0));
    assert_eq!(value("q=${order.parts.0.quantity}; ${order.nothing}!"), json!("q=2; !"));
    assert_eq!(value("${order.\"@odata.x\" | plus 1}"), json!(8));
    assert_eq!(value("$${plain}"), json!("${plain}"));
}

#[test]
fn filters_do_what_they_say() {
    assert_eq!(value("${order.title | fit 'title'}"), json!("Bearing…"));
    assert_eq!(value("${order.title | html}"), json!("<p>Bearing &amp; seal</p>"));
    assert_eq!(value("${order.parts | sum 'quantity'}"), json!(3.5));
    assert_eq!(value("${1 | map 'priority'}"), json!("EMERGENCY"));
    assert_eq!(value("${9 | map 'priority' 'LOW'}"), json!("LOW"));
    assert_eq!(
        value("${order.due | date '%d.%m.%Y %H:%M' 'Europe/Berlin'}"),
        json!("05.01.2026 09:00")
    );
    assert_eq!(value("${'/Date(1767600000000)/' | time}"), json!("2026-01-05T08:00:00Z"));
    assert_eq!(
        value("${'2026-01-05 13:30:00' | time 'naive' 'Asia/Kolkata'}"),
        json!("2026-01-05T08:00:00Z")
    );
    assert_eq!(value("${order.due | epoch_ms}"), json!(1_767_600_000_000_i64));
    assert_eq!(value("${'MW-ABCDEFGH' | tail 4}"), json!("EFGH"));
    assert_eq!(value("${order.parts | find 'part' 'B' | get 'quantity'}"), json!(1.5));
    assert_eq!(value("${'a|b' | split '|' | join '+'}"), json!("a+b"));
}

#[test]
fn what_a_filter_cannot_use_is_an_error_and_never_a_guess() {
    let nothing = Value::Null;
    let scope = Scope::new("x", &nothing);
    let of = |text: &str| Template::parse(text).unwrap().value(&scope);
    assert!(matches!(
        of("${'soon' | date '%Y'}"),
        Err(TemplateError::Unfit { filter: "date", .. })
    ));
    assert!(matches!(of("${'a' | plus 1}"), Err(TemplateError::Unfit { filter: "plus", .. })));
    assert!(matches!(of("${1 | divide 0}"), Err(TemplateError::Unfit { filter: "divide", .. })));
    assert!(matches!(
        of("${'2026-01-05' | date '%Q'}"),
        Err(TemplateError::Unfit { filter: "date", .. })
    ));
}

#[test]
fn bad_templates_are_refused_with_the_reason() {
    for (text, reason) in [
        ("${order.title", "without `}`"),
        ("${order.title | shout}", "no filter `shout`"),
        ("${order.title | truncate}", "takes 1 to 1"),
        ("${order..title}", "is no path"),
        ("${order.@odata}", "needs quotes"),
        ("${}", "one value was expected"),
        ("${'open}", "without `}`"),
    ] {
        let error = Template::parse(text).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
    }
    assert!(Template::parse(&"x".repeat(LONGEST_TEMPLATE + 1)).is_err());
}

#[test]
fn loops_are_counted() {
    let unbounded =
        node("a:\n  $each: ${order.parts}\n  as: part\n  do: ${part.part}\n").unwrap_err();
    assert!(unbounded.contains("unbounded") && unbounded.contains("line"), "{unbounded}");
    let two = node("$each: ${order}\nas: one\nat_most: 2\ndo: ${one}\n").unwrap();
    let three = json!([1, 2, 3]);
    assert_eq!(
        two.value(&Scope::new("order", &three)),
        Err(TemplateError::TooMany { found: 3, most: 2 })
    );
}

#[test]
fn bodies_leave_out_what_is_not_there() {
    let body = node("title: ${order.title}\ndue: ${order.due}\nnone: ~\nparts:\n  $each: ${order.parts}\n  as: part\n  at_most: 5\n  do: {id: '${part}', n: '${place}'}\nfilter: {$json: {a: ['${order.title}']}}\nwhen: {$if: '${order.due}', then: 1}\n").unwrap();
    let order = json!({"title": "T", "parts": ["x", "y"]});
    assert_eq!(
        body.value(&Scope::new("order", &order)).unwrap(),
        json!({"title": "T", "none": null, "parts": [{"id": "x", "n": 0}, {"id": "y", "n": 1}], "filter": "{\"a\":[\"T\"]}"})
    );
}

#[test]
fn a_template_that_grows_without_end_is_stopped() {
    let long = Value::String("x".repeat(LONGEST_TEXT));
    let scope = Scope::new("x", &long);
    assert_eq!(Template::parse("${x}${x}").unwrap().text(&scope), Err(TemplateError::TooLong));
    assert_eq!(
        Template::parse("${x | prefix 'a'}").unwrap().value(&scope),
        Err(TemplateError::TooLong)
    );
}
