//! What a system looks like from outside.

mod aim;
mod atlas;
mod connection;
mod dynamics;
mod emaint;
mod erpnext;
mod fiix;
mod fmx;
mod generic;
mod jde;
mod limble;
mod maintainx;
mod maximo;
mod odoo;
mod openmaint;
mod oracle;
mod sap;
mod upkeep;

use serde_json::Value;

use super::call::{Answer, Call};
use super::control::ByHand;
use super::webhooks::{Change, Hook};
use super::world::{LedgerEntry, World};

/// One system's outside.
pub trait Face: Send {
    /// How to connect: `settings` and `secrets` that a manifest of the system asks for.
    fn about(&self) -> Value;
    /// Puts the register and the code lists in.
    fn fill(&mut self, world: &mut World);
    /// Answers one call.
    fn answer(&mut self, call: &Call, world: &mut World) -> Answer;
    /// Whether a call changes something.
    fn is_write(&self, call: &Call) -> bool;
    /// Whether a call signs in; the script leaves those alone.
    fn is_sign_in(&self, _: &Call) -> bool {
        false
    }
    /// A refusal in the system's own way.
    fn fail(&self, status: u16, message: &str) -> Answer;
    /// "Too many calls" in the system's own way.
    fn too_many(&self, seconds: u32) -> Answer;
    /// Every work order it holds.
    fn ledger(&self, world: &World) -> Vec<LedgerEntry>;
    /// A planner approves a work order there; `false` where that is not simulated.
    fn approve(&mut self, _: &mut World, _: &str) -> bool {
        false
    }
    /// A planner gives a work order to somebody there; `false` where that is not simulated.
    fn assign(&mut self, _: &mut World, _: &str, _: &str) -> bool {
        false
    }
    /// A technician starts, closes or cancels a work order there.
    fn work(&mut self, world: &mut World, id: &str, act: &str, closure: &Value) -> bool;
    /// Somebody edits an asset there.
    fn touch(&mut self, world: &mut World, asset: &str) -> bool;
    /// Log-ins that are not logged out, where it counts them.
    fn sessions(&self, _: &World) -> usize {
        0
    }
    /// Every session and token is forgotten.
    fn sign_out(&mut self, _: &mut World) {}
    /// Somebody makes a work order there; nothing where that is not simulated.
    fn by_hand(&mut self, _: &mut World, _: &ByHand) -> Option<Answer> {
        None
    }
    /// The table of its work orders and the field of their id, where it sends webhooks.
    fn pushes(&self) -> Option<(&'static str, &'static str)> {
        None
    }
    /// What it sends when a work order was made or changed.
    fn hook(&self, _: &Change<'_>) -> Vec<Hook> {
        Vec::new()
    }
}

type Make = fn() -> Box<dyn Face>;

const FACES: &[(&str, Make)] = &[
    ("maximo", || Box::new(maximo::Maximo)),
    ("sap", || Box::new(sap::Sap::default())),
    ("sap-notification", || Box::new(sap::Sap::of_notifications())),
    ("fiix", || Box::new(fiix::Fiix)),
    ("odoo17", || Box::new(odoo::Odoo { version: 17 })),
    ("odoo19", || Box::new(odoo::Odoo { version: 19 })),
    ("erpnext", || Box::new(erpnext::ErpNext)),
    ("atlas", || Box::new(atlas::Atlas::default())),
    ("hippo", || Box::new(generic::Generic)),
    ("maintainx", || Box::new(maintainx::MaintainX)),
    ("upkeep", || Box::new(upkeep::UpKeep::default())),
    ("limble", || Box::new(limble::Limble)),
    ("dynamics365", || Box::new(dynamics::Dynamics::default())),
    ("oracle-fusion", || Box::new(oracle::Oracle::default())),
    ("maintenance-connection", || Box::new(connection::Connection)),
    ("jd-edwards", || Box::new(jde::Jde::default())),
    ("emaint", || Box::new(emaint::Emaint::default())),
    ("fmx", || Box::new(fmx::Fmx::default())),
    ("assetworks-aim", || Box::new(aim::Aim)),
    ("openmaint", || Box::new(openmaint::OpenMaint::default())),
    ("example", || Box::new(generic::Generic)),
];

/// Systems that have a double.
pub fn systems() -> impl Iterator<Item = &'static str> {
    FACES.iter().map(|(system, _)| *system)
}

/// The double of a system.
pub fn face(system: &str) -> Option<Box<dyn Face>> {
    FACES.iter().find(|(name, _)| *name == system).map(|(_, make)| make())
}
