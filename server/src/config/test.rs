use super::reader::Reader;

/// Section `[test]`: only for tests, refused without `--test-clock`.
#[derive(Debug, Clone, Copy)]
pub struct Test {
    /// `test.time_scale`: our own waits are multiplied by it; 1 outside tests.
    pub time_scale: f64,
}

impl Test {
    pub(super) fn read(reader: &mut Reader, test_clock: Option<bool>) -> Self {
        let scale: Option<f64> = reader.parsed("test.time_scale", "a number");
        if scale.is_some_and(|scale| scale != 1.0) && test_clock == Some(false) {
            reader.problem("test.time_scale", "shortens waits and is refused without --test-clock");
        }
        let time_scale = scale.unwrap_or(1.0);
        if !(time_scale.is_finite() && time_scale > 0.0 && time_scale <= 1.0) {
            reader.problem("test.time_scale", "a number above 0 and up to 1 is expected");
        }
        Self { time_scale }
    }
}
