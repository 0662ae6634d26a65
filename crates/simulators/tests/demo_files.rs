//! The files of the demo fit what the importers take, and each other.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use domain::asset::{AssetKind, AssetStatus, Criticality};
use domain::calendar::CalendarSpec;
use domain::policy::Policy;
use simulators::plant::fleet::CASES;
use simulators::plant::stories::{ball_screw, spindle, tool};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn assets() -> Vec<HashMap<String, String>> {
    let text = read("demo/assets.csv");
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("demo/assets.csv is a table")
}

#[test]
fn the_asset_list_is_a_tree_the_importer_takes() {
    let header = read("demo/assets.csv").lines().next().unwrap().to_owned();
    assert_eq!(
        header,
        "tag,kind,parent,name,serial_number,barcode,manufacturer,model,installed_on,criticality,\
         status,time_zone"
    );
    let mut kinds: HashMap<String, AssetKind> = HashMap::new();
    let mut identities = HashSet::new();
    for row in assets() {
        let tag = &row["tag"];
        let kind: AssetKind = row["kind"].parse().unwrap();
        let parent = (!row["parent"].is_empty()).then(|| {
            *kinds.get(&row["parent"]).unwrap_or_else(|| panic!("{tag}: parent comes later"))
        });
        assert!(kind.may_hang_under(parent), "{tag} cannot hang there");
        assert_eq!(kind == AssetKind::Site, !row["time_zone"].is_empty(), "{tag}");
        row["status"].parse::<AssetStatus>().unwrap();
        if !row["criticality"].is_empty() {
            row["criticality"].parse::<Criticality>().unwrap();
        }
        if !row["installed_on"].is_empty() {
            row["installed_on"].parse::<chrono::NaiveDate>().unwrap();
        }
        for name in [tag, &row["serial_number"], &row["barcode"]] {
            assert!(name.is_empty() || identities.insert(name.to_lowercase()), "{name} twice");
        }
        kinds.insert(tag.clone(), kind);
    }
    let machines = kinds.values().filter(|kind| **kind == AssetKind::Machine).count();
    assert!(machines >= 40, "{machines} machines");
}

#[test]
fn every_asset_the_plant_speaks_of_is_in_the_list_and_the_first_try_is_free() {
    let tags: HashSet<String> = assets().into_iter().map(|row| row["tag"].clone()).collect();
    let stories = [spindle::STORY.asset, tool::STORY.asset, ball_screw::STORY.asset];
    for asset in stories.into_iter().chain(CASES.iter().map(|case| case.asset)) {
        assert!(tags.contains(asset), "{asset}");
        assert_ne!(asset, "VMC-850-SP01", "this one is for the visitor's own prediction");
    }
    assert!(tags.contains("VMC-850-SP01"));
}

#[test]
fn a_signal_begins_with_the_machine_it_is_measured_on() {
    let tags: HashSet<String> = assets().into_iter().map(|row| row["tag"].clone()).collect();
    for case in CASES {
        let machine = case.point.split('/').next().unwrap();
        assert!(tags.contains(machine) && case.asset.starts_with(machine), "{}", case.point);
    }
}

#[test]
fn every_failure_mode_the_plant_predicts_has_a_code_in_both_cmmss() {
    let stories = [spindle::STORY.mode, tool::STORY.mode, ball_screw::STORY.mode];
    for system in ["maximo", "sap"] {
        let file = read(&format!("demo/{system}.toml"));
        for mode in stories.into_iter().chain(CASES.iter().map(|case| case.mode)) {
            assert!(file.contains(&format!("\n{mode} = \"")), "{system}: {mode}");
        }
        assert!(file.contains("\nno_fault = \"NFF\""), "{system}");
    }
}

#[test]
fn the_registers_of_the_cmmss_differ_where_nothing_is_predicted() {
    let differences = read("demo/register-differences.csv");
    let tags: Vec<&str> =
        differences.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(differences.lines().next(), read("demo/assets.csv").lines().next());
    for asset in [spindle::STORY.asset, tool::STORY.asset, ball_screw::STORY.asset, "VMC-850-SP01"]
    {
        assert!(!tags.contains(&asset), "{asset}");
    }
    assert!(CASES.iter().all(|case| !tags.contains(&case.asset)));
}

#[test]
fn the_calendars_are_calendars() {
    let calendars: HashMap<String, CalendarSpec> =
        serde_json::from_str(&read("demo/calendars.json")).unwrap();
    assert!(calendars["ROCKFORD"].round_the_clock);
    assert_eq!(calendars["AURORA"].weekly_shutdowns.len(), 1);
    for row in assets().iter().filter(|row| row["kind"] == "site") {
        assert_eq!(calendars[&row["tag"]].zone, row["time_zone"]);
    }
}

#[test]
fn the_override_of_aurora_is_a_policy_with_the_extra_rule_before_the_review() {
    let policy: Policy = serde_json::from_str(&read("demo/policy-aurora.json")).unwrap();
    policy.validate().expect("may be published");
    let default = domain::policy::default_policy();
    assert_eq!(policy.rules.len(), default.rules.len() + 1);
    let rest: Vec<_> = policy.rules.iter().filter(|r| default.rules.contains(r)).collect();
    assert_eq!(rest.len(), default.rules.len(), "the other rules are those of the default");
    assert_eq!(policy.rules[0], default.rules[0]);
    assert!(!default.rules.contains(&policy.rules[1]));
}

#[test]
fn measured_data_is_small_and_carries_source_and_licence() {
    let text = read("crates/simulators/data/README.md");
    let mut folders = 0;
    for entry in std::fs::read_dir(root("crates/simulators/data")).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        folders += 1;
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let chapter = text.split("## ").find(|part| part.starts_with(&format!("`{name}/`")));
        let chapter = chapter.unwrap_or_else(|| panic!("{name} is not explained"));
        assert!(chapter.contains("Source: ") && chapter.contains("Licence: "), "{name}");
        for file in std::fs::read_dir(path).unwrap() {
            let file = file.unwrap();
            assert!(file.metadata().unwrap().len() < 100_000, "{:?}", file.path());
        }
    }
    assert_eq!(folders, 3);
}
