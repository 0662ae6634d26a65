use std::fmt::Write;

/// An error in words for the person at the terminal, with every problem of the input.
pub fn explain(error: &anyhow::Error) -> String {
    if let Some(services::Error::Invalid(problems)) = error.downcast_ref() {
        let mut text = "the input is wrong:".to_owned();
        for problem in problems {
            let _ = write!(text, "\n  {}: {}", problem.path, problem.message);
        }
        return text;
    }
    let mut text = String::new();
    for (number, cause) in error.chain().enumerate() {
        let cause = cause.to_string();
        if number == 0 {
            text = cause;
        } else if !text.contains(&cause) {
            let _ = write!(text, ": {cause}");
        }
    }
    text
}
