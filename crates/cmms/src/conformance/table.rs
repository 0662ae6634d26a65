use super::{Behaviour, Row, Verdict};

/// The table: a row per system, a column per behaviour, and how its facts are known; below it what
/// failed.
pub fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.system.len()).max().unwrap_or_default().max(6);
    let mut out = format!("{:width$}", "system");
    for behaviour in Behaviour::ALL {
        out.push_str(&format!("  {}", behaviour.as_str()));
    }
    out.push_str("  evidence\n");
    for row in rows {
        out.push_str(&format!("{:width$}", row.system));
        for (behaviour, verdict) in &row.verdicts {
            let word = match verdict {
                Verdict::Passed(_) => "ok",
                Verdict::Failed(_) => "FAIL",
                Verdict::NotRun(_) => "-",
            };
            out.push_str(&format!("  {word:column$}", column = behaviour.as_str().len()));
        }
        out.push_str(&format!("  {}\n", row.evidence.as_str()));
    }
    for row in rows {
        for (behaviour, verdict) in &row.verdicts {
            if let Verdict::Failed(why) = verdict {
                out.push_str(&format!("\n{} {}: {why}", row.system, behaviour.as_str()));
            }
        }
    }
    out.trim_end().to_owned() + "\n"
}
