//! Connections and their history from files, on the command line.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo").join(name)
}

struct Plant(TempDir);

impl Plant {
    /// The assets of the demo, and Rockford's connection.
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let plant = Self(tempfile::Builder::new().prefix("millwright-files-").tempdir()?);
        plant.done(&["import", "assets"], &[demo("assets.csv")])?;
        plant.done(&["import", "connection"], &[demo("maximo.toml")])?;
        Ok(plant)
    }

    fn run(&self, words: &[&str], files: &[PathBuf]) -> std::io::Result<Output> {
        Command::new(env!("CARGO_BIN_EXE_millwright"))
            .current_dir(self.0.path())
            .args(words)
            .args(files)
            .arg("--json")
            .arg("--data-dir")
            .arg(self.0.path())
            .env_remove("DATABASE_URL")
            .env("DEMO_MAXIMO_API_KEY", "a key")
            .output()
    }

    fn done(&self, words: &[&str], files: &[PathBuf]) -> Result<Value, Box<dyn std::error::Error>> {
        let output = self.run(words, files)?;
        if !output.status.success() {
            return Err(format!("{words:?}: {}", text(&output)).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn history(&self, csv: PathBuf, dry_run: bool) -> std::io::Result<Output> {
        let mut words = vec!["import", "work-orders"];
        words.extend(dry_run.then_some("--dry-run"));
        words.push("--map");
        self.run(&words, &[demo("maximo-history.toml"), csv])
    }
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

#[test]
fn an_exported_list_is_mirrored_once_and_a_bad_row_is_named() -> Outcome {
    let plant = Plant::new()?;
    let list = std::fs::read_to_string(demo("maximo-history.csv"))?;
    let rows = list.lines().count() - 1;

    for (dry_run, changed) in [(true, rows), (false, rows), (false, 0)] {
        let output = plant.history(demo("maximo-history.csv"), dry_run)?;
        assert!(output.status.success(), "{}", text(&output));
        let report: Value = serde_json::from_slice(&output.stdout)?;
        assert_eq!((&report["rows"], &report["changed"]), (&rows.into(), &changed.into()));
    }

    let bad = plant.0.path().join("bad.csv");
    std::fs::write(&bad, list.replacen("9:30", "long", 1).replacen("BEDFORD,383", "BEDFORD,", 1))?;
    let output = plant.history(bad.clone(), true)?;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("row 2: ACTLABHRS: `long` is no number"), "{}", text(&output));
    assert!(text(&output).contains("row 3: {SITEID}/{WONUM}: is empty"), "{}", text(&output));

    std::fs::write(&bad, list.replacen("WONUM", "NUMBER", 1))?;
    let output = plant.history(bad, true)?;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("the file has no column WONUM"), "{}", text(&output));
    Ok(())
}

#[test]
fn the_same_connection_file_again_changes_nothing_and_another_address_is_taken() -> Outcome {
    let plant = Plant::new()?;
    let again = plant.done(&["import", "connection"], &[demo("maximo.toml")])?;
    assert_eq!(
        (&again["connection"], &again["created"]),
        (&"maximo-rockford".into(), &false.into())
    );
    assert_eq!(again["mapping"], Value::Null);
    let elsewhere = ["import", "connection", "--base-url", "http://127.0.0.1:9/maximo"];
    assert_eq!(plant.done(&elsewhere, &[demo("maximo.toml")])?["created"], false);

    let early =
        ["connection", "go-live", "maximo-rockford", "--site", "ROCKFORD", "--reason", "now"];
    let refused = plant.run(&early, &[])?;
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused).contains("Test the connection first"), "{}", text(&refused));
    Ok(())
}
