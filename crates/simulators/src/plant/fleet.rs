//! The other machines: what may go wrong with them in the background, and how people answer.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::people::repair_times;
use super::prediction::{Part, instant};
use super::rng::Rng;

/// How a case in the background usually goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Low confidence: kept for the record.
    Log,
    /// A reviewer is asked.
    Review,
    /// Not urgent: the weekly batch, or the review at the next production start.
    Wait,
    /// A work order at once, and the fault is there.
    Repair,
    /// A work order at once, and nothing is found.
    FalseAlarm,
}

/// One machine or component with one thing that may go wrong.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Equipment id.
    pub asset: &'static str,
    /// Failure mode code.
    pub mode: &'static str,
    /// How it usually goes.
    pub course: Course,
    /// Path of the signal that shows it.
    pub point: &'static str,
    /// What the signal reads in good order, and how much it rises until confidence 1.
    pub signal: (f64, f64),
    /// What is wrong, in words.
    pub description: &'static str,
    /// What to do.
    pub action: &'static str,
    /// What to bring.
    pub part: Option<Part>,
    /// Labour of the repair, hours.
    pub labour_hours: f64,
    /// Cost of the repair, USD.
    pub cost_usd: f64,
}

impl Course {
    /// Confidence, remaining life in hours and window in hours of a prediction on this course: drawn
    /// inside the band of the default policy that leads there.
    pub fn draw(self, rng: &mut Rng) -> (f64, f64, f64) {
        match self {
            Self::Log => (rng.between(0.15, 0.47), rng.between(900.0, 1_500.0), 480.0),
            Self::Review => (rng.between(0.55, 0.69), rng.between(420.0, 680.0), 240.0),
            Self::Wait => (rng.between(0.78, 0.88), rng.between(560.0, 700.0), 336.0),
            Self::Repair | Self::FalseAlarm => {
                (rng.between(0.78, 0.92), rng.between(200.0, 400.0), 168.0)
            }
        }
    }

    /// How far the signal has come, 0 to 1.
    pub const fn level(self) -> f64 {
        match self {
            Self::Log => 0.15,
            Self::Review => 0.4,
            Self::Wait => 0.55,
            Self::Repair | Self::FalseAlarm => 0.65,
        }
    }

    /// Whether people are sent.
    pub const fn acts(self) -> bool {
        matches!(self, Self::Repair | Self::FalseAlarm)
    }
}

impl Case {
    /// What the signal reads when the fault has come `share` of its way (0 new, 1 as far as the
    /// course goes), ± 2 %.
    pub fn reading(&self, share: f64, rng: &mut Rng) -> f64 {
        let (base, rise) = self.signal;
        (base + rise * self.course.level() * share) * rng.between(0.98, 1.02)
    }

    /// What the technician records.
    pub fn closure(&self, now: DateTime<Utc>) -> Value {
        let (start, end) = repair_times(now, self.labour_hours);
        let mut closure = json!({
            "labour_hours": self.labour_hours,
            "repair_started_at": instant(start),
            "repair_ended_at": instant(end),
            "restored_at": instant(end),
            "downtime_hours": self.labour_hours,
            "currency": "USD",
        });
        if self.course == Course::FalseAlarm {
            closure["finding"] = "nothing_found".into();
            closure["action"] = "Inspected, everything in its band; nothing replaced".into();
            closure["cost"] = (self.labour_hours * 65.0).into();
            return closure;
        }
        closure["finding"] = "found".into();
        closure["actual_failure_mode"] = self.mode.into();
        closure["action"] = format!("Done as proposed: {}", self.action).into();
        closure["cost"] = self.cost_usd.into();
        closure["parts"] = self
            .part
            .iter()
            .map(|p| json!({"part": p.part, "description": p.description, "quantity": p.quantity}))
            .collect();
        closure
    }
}

const fn part(part: &'static str, description: &'static str) -> Option<Part> {
    Some(Part { part, description, quantity: 1.0 })
}

/// Every case of the background. The first three of [`Course::Review`] and the first two of
/// [`Course::Wait`] are there from the beginning, so that nobody looks at empty lists.
pub const CASES: &[Case] = &[
    Case {
        asset: "GR-410-WH01",
        mode: "wheel_imbalance",
        course: Course::Review,
        point: "GR-410/WH01/vib_rms",
        signal: (0.8, 2.4),
        description: "wheel head vibrates at rotation frequency",
        action: "balance the wheel, check the flange",
        part: None,
        labour_hours: 1.5,
        cost_usd: 260.0,
    },
    Case {
        asset: "ML-2009-CHK",
        mode: "clamping_pressure_loss",
        course: Course::Review,
        point: "ML-2009/CHK/clamp_pressure",
        signal: (42.0, -14.0),
        description: "clamping pressure sags during long cuts",
        action: "check chuck cylinder and seals",
        part: part("CHK-SL-210", "chuck seal kit"),
        labour_hours: 2.0,
        cost_usd: 480.0,
    },
    Case {
        asset: "MC-3004-AX-Z",
        mode: "servo_fault",
        course: Course::Review,
        point: "MC-3004/AX-Z/following_error",
        signal: (6.0, 22.0),
        description: "following error of axis Z grows in rapid moves",
        action: "check encoder and drive tuning",
        part: None,
        labour_hours: 2.5,
        cost_usd: 390.0,
    },
    Case {
        asset: "VMC-851-CP01",
        mode: "coolant_pump_wear",
        course: Course::Wait,
        point: "VMC-851/CP01/pressure",
        signal: (5.2, -2.1),
        description: "coolant pressure falls at the same speed",
        action: "replace pump seals and impeller",
        part: part("CP-SL-47", "pump seal set"),
        labour_hours: 2.0,
        cost_usd: 340.0,
    },
    Case {
        asset: "MC-3003-CP01",
        mode: "coolant_pump_wear",
        course: Course::Wait,
        point: "MC-3003/CP01/pressure",
        signal: (5.0, -1.9),
        description: "coolant pressure falls at the same speed",
        action: "replace pump seals and impeller",
        part: part("CP-SL-47", "pump seal set"),
        labour_hours: 2.0,
        cost_usd: 340.0,
    },
    Case {
        asset: "LT-2101-HYD",
        mode: "hydraulic_leak",
        course: Course::Wait,
        point: "LT-2101/HYD/oil_level",
        signal: (88.0, -40.0),
        description: "oil level sinks by a litre a week",
        action: "find and seal the leak, top up",
        part: part("HYD-OR-12", "O-ring kit"),
        labour_hours: 3.0,
        cost_usd: 410.0,
    },
    Case {
        asset: "HMC-630-SP01",
        mode: "spindle_overheating",
        course: Course::Repair,
        point: "HMC-630/SP01/bearing_temp",
        signal: (41.0, 34.0),
        description: "front bearing runs warmer at equal load",
        action: "clean the chiller, check coolant flow",
        part: part("SPC-F-61", "chiller filter"),
        labour_hours: 2.5,
        cost_usd: 620.0,
    },
    Case {
        asset: "HMC-631-ATC",
        mode: "tool_changer_fault",
        course: Course::Repair,
        point: "HMC-631/ATC/change_time",
        signal: (2.8, 2.2),
        description: "tool change takes longer from week to week",
        action: "adjust the arm, replace grippers",
        part: part("ATC-GR-61", "gripper pair"),
        labour_hours: 3.5,
        cost_usd: 980.0,
    },
    Case {
        asset: "CU-101",
        mode: "filter_clogged",
        course: Course::FalseAlarm,
        point: "CU-101/intake_dp",
        signal: (12.0, 30.0),
        description: "intake pressure drop is high",
        action: "replace the intake filter",
        part: part("AF-37", "intake filter"),
        labour_hours: 0.5,
        cost_usd: 45.0,
    },
    Case {
        asset: "HMC-640-AX-B",
        mode: "servo_fault",
        course: Course::Repair,
        point: "HMC-640/AX-B/following_error",
        signal: (3.0, 18.0),
        description: "rotary axis lags when it reverses",
        action: "replace the encoder cable",
        part: part("ENC-C-35", "encoder cable"),
        labour_hours: 2.0,
        cost_usd: 530.0,
    },
    Case {
        asset: "HMC-632-SP01",
        mode: "drawbar_fault",
        course: Course::FalseAlarm,
        point: "HMC-632/SP01/drawbar_force",
        signal: (12.0, -4.0),
        description: "drawbar force is below its band",
        action: "measure the force, replace disc springs",
        part: part("DB-SP-50", "disc spring pack"),
        labour_hours: 1.0,
        cost_usd: 130.0,
    },
    Case {
        asset: "VMC-1052-SP01",
        mode: "spindle_overheating",
        course: Course::Repair,
        point: "VMC-1052/SP01/bearing_temp",
        signal: (39.0, 33.0),
        description: "front bearing runs warmer at equal load",
        action: "clean the chiller, check coolant flow",
        part: part("SPC-F-42", "chiller filter"),
        labour_hours: 2.0,
        cost_usd: 560.0,
    },
    Case {
        asset: "MC-3006-SP01",
        mode: "spindle_overheating",
        course: Course::Repair,
        point: "MC-3006/SP01/bearing_temp",
        signal: (40.0, 33.0),
        description: "front bearing runs warmer at equal load",
        action: "clean the chiller, check coolant flow",
        part: part("SPC-F-80", "chiller filter"),
        labour_hours: 2.0,
        cost_usd: 580.0,
    },
    Case {
        asset: "MC-3005-AX-B",
        mode: "backlash_growth",
        course: Course::Review,
        point: "MC-3005/AX-B/backlash",
        signal: (5.0, 20.0),
        description: "rotary axis shows play after reversing",
        action: "check the worm gear",
        part: None,
        labour_hours: 3.0,
        cost_usd: 720.0,
    },
    Case {
        asset: "CL-201-P1",
        mode: "coolant_pump_wear",
        course: Course::Review,
        point: "CL-201/P1/flow",
        signal: (240.0, -110.0),
        description: "feed pump delivers less at the same pressure",
        action: "inspect impeller",
        part: part("CP-IM-20", "impeller"),
        labour_hours: 3.0,
        cost_usd: 690.0,
    },
    Case {
        asset: "ML-2008-T2",
        mode: "tool_wear",
        course: Course::Review,
        point: "ML-2008/T2/spindle_power",
        signal: (3.4, 2.0),
        description: "cutting power rises with each part",
        action: "change the insert",
        part: part("TI-CNMG-12", "insert, pack of ten"),
        labour_hours: 0.3,
        cost_usd: 90.0,
    },
    Case {
        asset: "ML-2201-SP01",
        mode: "spindle_bearing_fault",
        course: Course::Log,
        point: "ML-2201/SP01/vib_rms",
        signal: (1.6, 3.0),
        description: "slight rise of the bearing band",
        action: "watch",
        part: None,
        labour_hours: 4.0,
        cost_usd: 2_900.0,
    },
    Case {
        asset: "DR-310-ATC",
        mode: "tool_changer_fault",
        course: Course::Log,
        point: "DR-310/ATC/change_time",
        signal: (1.6, 1.2),
        description: "single slow tool changes",
        action: "watch",
        part: None,
        labour_hours: 2.0,
        cost_usd: 400.0,
    },
    Case {
        asset: "GR-411-WH01",
        mode: "wheel_imbalance",
        course: Course::Log,
        point: "GR-411/WH01/vib_rms",
        signal: (0.8, 2.2),
        description: "slight vibration at rotation frequency",
        action: "watch",
        part: None,
        labour_hours: 1.5,
        cost_usd: 240.0,
    },
    Case {
        asset: "CU-102",
        mode: "filter_clogged",
        course: Course::Log,
        point: "CU-102/intake_dp",
        signal: (11.0, 28.0),
        description: "intake pressure drop rises slowly",
        action: "watch",
        part: None,
        labour_hours: 0.5,
        cost_usd: 45.0,
    },
    Case {
        asset: "WM-510-P1",
        mode: "coolant_pump_wear",
        course: Course::Log,
        point: "WM-510/P1/pressure",
        signal: (3.1, -1.2),
        description: "wash pressure sags",
        action: "watch",
        part: None,
        labour_hours: 2.0,
        cost_usd: 310.0,
    },
    Case {
        asset: "VMC-852-SP01",
        mode: "spindle_bearing_fault",
        course: Course::Log,
        point: "VMC-852/SP01/vib_rms",
        signal: (1.7, 3.1),
        description: "slight rise of the bearing band",
        action: "watch",
        part: None,
        labour_hours: 5.0,
        cost_usd: 3_300.0,
    },
];

/// The case of an asset and mode.
pub fn case_of(asset: &str, mode: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.asset == asset && case.mode == mode)
}
