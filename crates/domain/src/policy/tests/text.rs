//! Policies as people write them.

use super::*;

#[test]
fn the_default_policy_survives_json_and_toml() {
    let mut policy = default_policy();
    policy.rules.insert(0, scheduled_work_rule());
    let json = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    let text = toml::to_string(&policy).unwrap();
    assert_eq!(toml::from_str::<Policy>(&text).unwrap(), policy);
}

#[test]
fn a_policy_is_written_in_plain_words() {
    let policy: Policy = toml::from_str(
        r#"
        name = "Rockford"
        [[rules]]
        name = "Two in a row"
        when = { all = [
            { field = "confidence", op = "ge", value = 0.7 },
            { any = [
                { field = "failure_mode", op = "within", value = "bearing_fault" },
                { field = "attributes.line_pressure_bar", op = "lt", value = 5.5 },
            ] },
            { not = { field = "open_work_order", op = "eq", value = true } },
        ] }
        repeats = { at_least = 2, of_last = 3 }
        then = { do = "create", priority = { critical = 1, otherwise = 2 }, assign_to = { crew = "A" } }
        [[rules]]
        name = "Rest"
        then = { do = "review", priority = 3 }
        "#,
    )
    .unwrap();
    assert_eq!(policy.validate(), Ok(()));
    assert_eq!(policy.version, 0);
    assert_eq!(policy.rules[0].repeats.unwrap().within_days, 7.0);
}

#[test]
fn a_slip_in_a_policy_is_refused() {
    let rest = r#""then": {"do": "log"}"#;
    for slip in [
        r#"{"name":"x","rules":[{"name":"r","when":{"field":"confidense","op":"lt","value":1},REST}]}"#,
        r#"{"name":"x","rules":[{"name":"r","when":{"field":"confidence","op":"below","value":1},REST}]}"#,
        r#"{"name":"x","rules":[{"name":"r","when":{"field":"confidence","op":"lt"},REST}]}"#,
        r#"{"name":"x","rules":[{"name":"r","when":{"all":[],"any":[]},REST}]}"#,
        r#"{"name":"x","rules":[{"name":"r","wen":{},REST}]}"#,
        r#"{"name":"x","rules":[{"name":"r","then":{"do":"log","priority":1}}]}"#,
        r#"{"name":"x","rules":[{"name":"r","then":{"do":"create","priority":6}}]}"#,
        r#"{"name":"x","rules":[{"name":"r","then":{"do":"create","priority":1,"creat_as":"draft"}}]}"#,
    ] {
        let text = slip.replace("REST", rest);
        assert!(serde_json::from_str::<Policy>(&text).is_err(), "{text}");
    }
}

#[test]
fn a_decision_survives_json() {
    let facts = facts(Criticality::High, prediction(0.9, Some(800.0), None));
    let decision = evaluate(&default_policy(), &facts, now());
    let json = serde_json::to_string(&decision).unwrap();
    assert_eq!(serde_json::from_str::<Decision>(&json).unwrap(), decision);
    let json = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts);
}
