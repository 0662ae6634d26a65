//! Drafts, versions, shadows, previews and rights against a real database.

#![allow(missing_docs, clippy::unwrap_used)]

mod desk;
#[path = "../alerts/plant.rs"]
#[allow(dead_code)]
mod plant;
mod preview;

use domain::ids::{PolicyId, SiteId};
use domain::permission::{Permission, Role};
use domain::policy::Policy;
use plant::Plant;
use services::{Caller, Error, Grant, rules};
use store::{Scope, ScopedTx};

impl Plant {
    /// A transaction as a server function opens it.
    async fn at_desk(&self, caller: &Caller) -> ScopedTx {
        self.services.begin(caller, Permission::View).await.unwrap()
    }

    /// The policy of the connection.
    async fn policy(&self) -> PolicyId {
        PolicyId(self.count("SELECT id FROM policy WHERE site_id IS NULL").await)
    }

    async fn save(&self, caller: &Caller, expected: i32, policy: Policy) -> Result<i32, Error> {
        let id = self.policy().await;
        let mut tx = self.at_desk(caller).await;
        let saved = rules::save_draft(&mut tx, caller, id, expected, policy).await?;
        tx.commit().await.unwrap();
        Ok(saved.version)
    }

    async fn publish_draft(
        &self,
        caller: &Caller,
        version: i32,
        reason: &str,
    ) -> Result<i32, Error> {
        let id = self.policy().await;
        let mut tx = self.at_desk(caller).await;
        let published = rules::publish_draft(&mut tx, caller, id, version, reason).await?;
        tx.commit().await.unwrap();
        Ok(published)
    }

    async fn pause(
        &self,
        caller: &Caller,
        version: i32,
        rule: &str,
        paused: bool,
    ) -> Result<i32, Error> {
        let id = self.policy().await;
        let mut tx = self.at_desk(caller).await;
        let version = rules::pause(&mut tx, caller, id, version, rule, paused, "a test").await?;
        tx.commit().await.unwrap();
        Ok(version)
    }

    /// A person with a role at some sites only.
    async fn person_at(&self, email: &str, role: Role, sites: &[SiteId]) -> Caller {
        let person = self.person(email, role).await;
        let scope = Scope::Sites(sites.to_vec());
        let grants = role.permissions().iter();
        let grants = grants.map(|&permission| Grant { permission, scope: scope.clone() }).collect();
        Caller { grants, ..person }
    }
}
