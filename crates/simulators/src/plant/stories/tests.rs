//! The stories say what the contract asks for.

use std::sync::Arc;

use chrono::{TimeDelta, TimeZone, Utc};
use domain::failure_mode;
use domain::work_order::Closure;
use secrecy::SecretString;
use serde_json::Value;

use super::{Story, ball_screw, spindle, tool};
use crate::plant::background::of_case;
use crate::plant::features::wear::{LIMIT_MM, WearRun};
use crate::plant::fleet::{CASES, Course};
use crate::plant::{Plant, PlantKeys, PlantOptions};

fn plant() -> Plant {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let key = || SecretString::from("k".to_owned());
    let keys = PlantKeys { plant: key(), planner: key(), supervisor: key(), technician: key() };
    let now = Utc.with_ymd_and_hms(2026, 3, 4, 10, 0, 0).unwrap();
    Plant::new(&PlantOptions::new("http://127.0.0.1:1", keys, Arc::new(move || now))).unwrap()
}

fn stories() -> [&'static Story; 3] {
    [&spindle::STORY, &tool::STORY, &ball_screw::STORY]
}

const FIELDS: &[&str] = &[
    "event_id",
    "asset",
    "failure_mode",
    "confidence",
    "rul_hours",
    "intervention_window_hours",
    "observed_at",
    "model",
    "description",
    "recommended_action",
    "spare_parts",
    "evidence",
    "attributes",
];

fn check(prediction: &Value) {
    let object = prediction.as_object().unwrap();
    for name in object.keys() {
        assert!(FIELDS.contains(&name.as_str()), "{name} is not in the contract");
    }
    for name in ["event_id", "asset", "failure_mode", "observed_at"] {
        assert!(object[name].as_str().is_some_and(|text| !text.is_empty()), "{name}");
    }
    let confidence = object["confidence"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&confidence));
    assert!(object["model"]["name"].is_string());
    let mode = object["failure_mode"].as_str().unwrap();
    assert!(failure_mode::find(mode).is_some(), "{mode} is not in the vocabulary");
}

#[test]
fn every_prediction_of_a_story_fits_the_contract() {
    let plant = plant();
    for story in stories() {
        for prediction in story.run_up(&plant).iter().chain([&story.main(&plant)]) {
            check(&serde_json::to_value(prediction).unwrap());
        }
    }
}

#[test]
fn every_background_case_fits_the_contract_and_its_band() {
    let plant = plant();
    for case in CASES {
        let prediction = serde_json::to_value(of_case(&plant, case)).unwrap();
        check(&prediction);
        let confidence = prediction["confidence"].as_f64().unwrap();
        let band = match case.course {
            Course::Log => 0.0..0.5,
            Course::Review => 0.5..0.7,
            Course::Wait | Course::Repair | Course::FalseAlarm => 0.75..1.0,
        };
        assert!(band.contains(&confidence), "{} at {confidence}", case.asset);
        serde_json::from_value::<Closure>(case.closure(plant.now())).unwrap();
    }
}

#[test]
fn the_run_up_is_log_only_not_stale_and_rises_to_the_main_prediction() {
    for story in stories() {
        let steps: Vec<_> = story.run_up.iter().chain([&story.main]).collect();
        for pair in steps.windows(2) {
            assert!(pair[0].confidence < pair[1].confidence, "{}", story.asset);
            assert!(pair[0].rul_hours > pair[1].rul_hours, "{}", story.asset);
            assert!(pair[0].hours_ago > pair[1].hours_ago, "{}", story.asset);
            assert!(pair[0].confidence < 0.5 && pair[0].hours_ago < 7.0 * 24.0);
        }
    }
}

#[test]
fn the_stories_say_the_figures_of_the_mission() {
    let main = |story: &Story| (story.main.confidence, story.main.rul_hours, story.window_hours);
    assert_eq!(main(&spindle::STORY), (0.78, 18.0 * 24.0, 14.0 * 24.0));
    assert_eq!(tool::STORY.main.confidence, 0.65);
    assert_eq!(main(&ball_screw::STORY), (0.72, 45.0 * 24.0, 30.0 * 24.0));
    let now = plant().now();
    let closure: Closure = serde_json::from_value((spindle::STORY.closure)(now)).unwrap();
    assert_eq!(closure.cost, Some(4_200.0));
    assert_eq!(closure.labour_hours, Some(6.5));
    let closure: Closure = serde_json::from_value((ball_screw::STORY.closure)(now)).unwrap();
    assert_eq!((closure.downtime_hours, closure.avoided_downtime_hours), (Some(4.2), Some(14.0)));
}

#[test]
fn every_closure_confirms_its_prediction_and_lies_in_the_past() {
    let now = plant().now();
    for story in stories() {
        let closure: Closure = serde_json::from_value((story.closure)(now)).unwrap();
        let actual = closure.actual_failure_mode.unwrap();
        assert!(failure_mode::descends_from(&actual, story.mode), "{}", story.asset);
        let (start, end) = (closure.repair_started_at.unwrap(), closure.repair_ended_at.unwrap());
        assert!(start < end && end <= now);
        assert!(closure.restored_at.unwrap() >= end);
    }
}

#[test]
fn the_history_of_every_story_rises_and_ends_now() {
    let plant = plant();
    let day = 24.0 * 3_600.0;
    for (story, history) in [
        (&spindle::STORY, spindle::history(&plant).unwrap()),
        (&tool::STORY, tool::history(&plant).unwrap()),
        (&ball_screw::STORY, ball_screw::history(&plant)),
    ] {
        assert_eq!(history.last().unwrap().at, plant.now(), "{}", story.asset);
        let age = |at: chrono::DateTime<Utc>| plant.now() - at;
        let mean = |from: f64, to: f64| {
            let values: Vec<f64> = history
                .iter()
                .filter(|r| {
                    let days = age(r.at).num_seconds() as f64 / day;
                    days >= from && days < to
                })
                .map(|r| r.value)
                .collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        let span = age(history[0].at).num_seconds() as f64 / day;
        assert!(age(history[0].at) <= TimeDelta::days(story.history_days));
        assert!(mean(0.0, span / 4.0) > mean(span / 4.0, span / 2.0), "{}", story.asset);
        assert!(mean(span / 4.0, span / 2.0) > mean(span / 2.0, span), "{}", story.asset);
    }
}

#[test]
fn the_remaining_life_of_the_tool_is_what_the_measured_run_had_left() {
    let run = WearRun::load(tool::CASE).unwrap();
    let left = run.hours_to(LIMIT_MM).unwrap() - run.hours_to(tool::WEAR_NOW_MM).unwrap();
    assert!((tool::STORY.main.rul_hours - left).abs() < 1.0, "{left} h left");
}

#[test]
fn the_same_seed_gives_the_same_plant() {
    assert_eq!(spindle::history(&plant()).unwrap(), spindle::history(&plant()).unwrap());
    let send = |plant: Plant| serde_json::to_value(of_case(&plant, &CASES[0])).unwrap();
    assert_eq!(send(plant()), send(plant()));
}

#[test]
fn the_raised_order_is_scheduled_work_with_code_and_trend() {
    let body = tool::raised(plant().now());
    assert_eq!(body["priority"], 3);
    assert!(body["title"].as_str().unwrap().contains("TWL-04"));
    assert_eq!(body["evidence"][0]["point"], "ML-2007/T4/flank_wear");
    let known = ["asset", "failure_mode", "priority", "title", "notes", "evidence"];
    assert!(body.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())));
}
