//! The shared failure vocabulary: ISO 14224 modes and mechanisms, extended for machine tools
//! (which are no equipment class of that standard).

use serde::Serialize;

/// One failure mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FailureMode {
    /// Code used in messages and rules.
    pub code: &'static str,
    /// Name as people say it.
    pub name: &'static str,
    /// The mode it is a special case of.
    pub parent: Option<&'static str>,
    /// ISO 14224 failure mode: how it shows, three letters.
    pub iso_mode: &'static str,
    /// ISO 14224 failure mechanism: what happened, numbered. Empty when it is not known.
    pub mechanism: &'static str,
}

const fn mode(
    code: &'static str,
    name: &'static str,
    parent: &'static str,
    iso_mode: &'static str,
    mechanism: &'static str,
) -> FailureMode {
    let parent = if parent.is_empty() { None } else { Some(parent) };
    FailureMode { code, name, parent, iso_mode, mechanism }
}

/// Every failure mode, parents before children.
#[rustfmt::skip]
pub static ALL: &[FailureMode] = &[
    mode("bearing_fault", "Bearing fault", "", "VIB", "2.4"),
    mode("spindle_fault", "Spindle fault", "", "FTF", "1.0"),
    mode("spindle_bearing_fault", "Spindle bearing fault", "bearing_fault", "VIB", "2.4"),
    mode("spindle_bearing_wear", "Spindle bearing wear", "spindle_bearing_fault", "VIB", "2.4"),
    mode("spindle_bearing_fatigue", "Spindle bearing fatigue", "spindle_bearing_fault", "VIB", "2.6"),
    mode("spindle_bearing_inner_race", "Spindle bearing, inner race defect", "spindle_bearing_fault", "VIB", "2.6"),
    mode("spindle_bearing_outer_race", "Spindle bearing, outer race defect", "spindle_bearing_fault", "VIB", "2.6"),
    mode("spindle_bearing_rolling_element", "Spindle bearing, rolling element defect", "spindle_bearing_fault", "VIB", "2.6"),
    mode("spindle_overheating", "Spindle overheating", "spindle_fault", "OHE", "2.7"),
    mode("spindle_runout", "Spindle runout", "spindle_fault", "PDE", "1.3"),
    mode("drawbar_fault", "Drawbar or tool clamping fault", "spindle_fault", "FTF", "1.6"),
    mode("clamping_pressure_loss", "Loss of clamping pressure", "", "LBP", "1.1"),
    mode("workholding_fault", "Workholding fault", "", "FTF", "1.6"),
    mode("tool_fault", "Tool fault", "", "PDE", "2.0"),
    mode("tool_wear", "Tool wear", "tool_fault", "PDE", "2.4"),
    mode("tool_breakage", "Tool breakage", "tool_fault", "BRD", "2.5"),
    mode("tool_chipping", "Tool chipping", "tool_wear", "PDE", "2.5"),
    mode("wheel_fault", "Grinding wheel fault", "", "VIB", "1.0"),
    mode("wheel_imbalance", "Grinding wheel imbalance", "wheel_fault", "VIB", "1.3"),
    mode("wheel_wear", "Grinding wheel wear", "wheel_fault", "PDE", "2.4"),
    mode("axis_fault", "Axis fault", "", "FTF", "1.0"),
    mode("ball_screw_fault", "Ball screw fault", "axis_fault", "PDE", "2.4"),
    mode("ball_screw_wear", "Ball screw wear", "ball_screw_fault", "PDE", "2.4"),
    mode("backlash_growth", "Growing backlash", "ball_screw_wear", "PDE", "2.4"),
    mode("guideway_wear", "Guideway wear", "axis_fault", "PDE", "2.4"),
    mode("servo_fault", "Servo drive fault", "axis_fault", "AIR", "3.1"),
    mode("servo_overload", "Servo overload", "servo_fault", "HIO", "2.7"),
    mode("encoder_fault", "Encoder fault", "axis_fault", "AIR", "3.0"),
    mode("motor_fault", "Motor fault", "", "FTS", "1.0"),
    mode("motor_bearing_fault", "Motor bearing fault", "bearing_fault", "VIB", "2.4"),
    mode("motor_bearing_wear", "Motor bearing wear", "motor_bearing_fault", "VIB", "2.4"),
    mode("motor_overheating", "Motor overheating", "motor_fault", "OHE", "2.7"),
    mode("motor_insulation_fault", "Motor winding insulation fault", "motor_fault", "FTS", "4.0"),
    mode("tool_changer_fault", "Tool changer fault", "", "FTF", "1.3"),
    mode("slow_indexing", "Slow indexing", "tool_changer_fault", "PDE", "1.6"),
    mode("turret_misalignment", "Turret misalignment", "tool_changer_fault", "PDE", "1.3"),
    mode("pump_fault", "Pump fault", "", "LOO", "1.0"),
    mode("cavitation", "Cavitation", "pump_fault", "LOO", "2.1"),
    mode("coolant_pump_cavitation", "Coolant pump cavitation", "cavitation", "LOO", "2.1"),
    mode("coolant_pump_wear", "Coolant pump wear", "pump_fault", "LOO", "2.4"),
    mode("pump_bearing_fault", "Pump bearing fault", "bearing_fault", "VIB", "2.4"),
    mode("coolant_flow_low", "Low coolant flow", "", "LOO", "1.6"),
    mode("leak", "Leak", "", "ELU", "1.1"),
    mode("hydraulic_leak", "Hydraulic leak", "leak", "ELU", "1.1"),
    mode("hydraulic_internal_leak", "Internal hydraulic leak", "hydraulic_leak", "INL", "1.1"),
    mode("pneumatic_leak", "Compressed air leak", "leak", "ELU", "1.1"),
    mode("seal_leak", "Seal leak", "leak", "ELU", "2.4"),
    mode("hydraulic_pressure_low", "Low hydraulic pressure", "", "LBP", "1.1"),
    mode("lubrication_starvation", "Lubrication starvation", "", "LBP", "1.6"),
    mode("filter_clogged", "Clogged filter", "", "PLU", "1.6"),
    mode("belt_wear", "Belt wear", "", "ERO", "2.5"),
    mode("belt_slip", "Belt slip", "belt_wear", "ERO", "1.5"),
    mode("chain_wear", "Chain wear", "", "ERO", "2.4"),
    mode("gearbox_fault", "Gearbox fault", "", "VIB", "2.4"),
    mode("gearbox_wear", "Gearbox wear", "gearbox_fault", "VIB", "2.4"),
    mode("gear_tooth_damage", "Gear tooth damage", "gearbox_fault", "VIB", "2.6"),
    mode("coupling_fault", "Coupling fault", "", "VIB", "1.5"),
    mode("misalignment", "Misalignment", "", "VIB", "1.3"),
    mode("imbalance", "Imbalance", "", "VIB", "1.3"),
    mode("looseness", "Mechanical looseness", "", "VIB", "1.5"),
    mode("corrosion", "Corrosion", "", "STD", "2.2"),
    mode("chip_conveyor_jam", "Chip conveyor jam", "", "FRO", "1.6"),
    mode("fan_fault", "Fan fault", "", "LOO", "1.0"),
    mode("cabinet_overheating", "Control cabinet overheating", "", "OHE", "2.7"),
    mode("control_fault", "Control fault", "", "ERO", "3.1"),
    mode("electrical_fault", "Electrical fault", "", "FTF", "4.0"),
    mode("power_quality", "Power supply disturbance", "electrical_fault", "ERO", "4.0"),
    mode("sensor_fault", "Sensor fault", "", "AIR", "3.0"),
    mode("valve_sticking", "Sticking valve", "", "FTF", "1.6"),
    mode("breakdown", "Breakdown", "", "BRD", "2.5"),
    mode("abnormal_vibration", "Abnormal vibration", "", "VIB", "1.2"),
    mode("abnormal_reading", "Abnormal reading", "", "AIR", ""),
    mode("other", "Other", "", "OTH", "6.0"),
    mode("unknown", "Unknown", "", "UNK", "6.0"),
    mode("no_fault", "No fault found", "", "OTH", ""),
];

/// Looks a code up; case and surrounding space do not matter.
pub fn find(code: &str) -> Option<&'static FailureMode> {
    let code = code.trim();
    ALL.iter().find(|mode| mode.code.eq_ignore_ascii_case(code))
}

/// Whether `code` is `ancestor` or a special case of it. Codes outside the vocabulary descend only
/// from themselves.
pub fn descends_from(code: &str, ancestor: &str) -> bool {
    let (code, ancestor) = (code.trim(), ancestor.trim());
    if code.eq_ignore_ascii_case(ancestor) {
        return true;
    }
    let mut current = find(code).and_then(|mode| mode.parent);
    while let Some(parent) = current {
        if parent.eq_ignore_ascii_case(ancestor) {
            return true;
        }
        current = find(parent).and_then(|mode| mode.parent);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_parents_come_first() {
        for (i, mode) in ALL.iter().enumerate() {
            assert!(ALL[..i].iter().all(|other| other.code != mode.code), "{} twice", mode.code);
            if let Some(parent) = mode.parent {
                assert!(ALL[..i].iter().any(|other| other.code == parent), "{}", mode.code);
            }
            assert_eq!(mode.iso_mode.len(), 3, "{}", mode.code);
        }
    }

    #[test]
    fn a_special_case_descends_from_every_mode_above_it() {
        assert!(descends_from("spindle_bearing_wear", "spindle_bearing_fault"));
        assert!(descends_from("spindle_bearing_wear", "bearing_fault"));
        assert!(descends_from("Tool_Wear", "tool_wear"));
        assert!(!descends_from("spindle_bearing_fault", "spindle_bearing_wear"));
        assert!(!descends_from("tool_wear", "bearing_fault"));
        assert!(descends_from("TWL-04", "twl-04"));
        assert!(!descends_from("TWL-04", "tool_wear"));
    }
}
