use super::{Manifest, Refusal};

macro_rules! builtin {
    ($($system:literal),* $(,)?) => {
        /// The manifests that come with the program, by system.
        pub fn builtin() -> &'static [(&'static str, &'static str)] {
            &[$(($system, include_str!(concat!("../../manifests/", $system, ".yaml")))),*]
        }
    };
}

builtin![
    "maximo",
    "sap",
    "sap-notification",
    "fiix",
    "odoo17",
    "odoo19",
    "erpnext",
    "atlas",
    "hippo",
    "maintainx",
    "upkeep",
    "limble",
    "dynamics365",
    "oracle-fusion",
    "maintenance-connection",
    "jd-edwards",
    "emaint",
    "fmx",
    "assetworks-aim",
    "openmaint",
    "oracle-ebs",
];

/// The manifest of a system that comes with the program.
///
/// # Errors
/// When it is refused, which a test rules out.
pub fn find(system: &str) -> Option<Result<Manifest, Refusal>> {
    builtin().iter().find(|(name, _)| *name == system).map(|(_, yaml)| Manifest::read(yaml))
}
