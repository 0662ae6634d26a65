//! Who calls, and what they may do where.

use domain::ids::{SiteId, SourceId, UserId};
use domain::permission::Permission;
use store::{Actor, Scope};

use crate::Error;

/// A permission for some sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The right.
    pub permission: Permission,
    /// Where.
    pub scope: Scope,
}

/// A person or machine whose rights were just read from the database.
#[derive(Debug, Clone)]
pub struct Caller {
    /// For the audit log.
    pub actor: Actor,
    /// For people to read.
    pub name: String,
    /// The feed an API key belongs to.
    pub source: Option<SourceId>,
    /// Every right, flattened.
    pub grants: Vec<Grant>,
}

impl Caller {
    /// The program itself.
    pub fn system() -> Self {
        Self {
            actor: Actor::System,
            name: "Millwright".to_owned(),
            source: None,
            grants: Permission::ALL
                .iter()
                .map(|&permission| Grant { permission, scope: Scope::All })
                .collect(),
        }
    }

    /// The sites where the caller has the permission.
    ///
    /// # Errors
    /// [`Error::Denied`] when there is none.
    pub fn scope(&self, permission: Permission) -> Result<Scope, Error> {
        let mut sites: Vec<SiteId> = Vec::new();
        for grant in self.grants.iter().filter(|g| g.permission == permission) {
            match &grant.scope {
                Scope::All => return Ok(Scope::All),
                Scope::Sites(some) => sites.extend(some),
            }
        }
        if sites.is_empty() {
            return Err(Error::Denied);
        }
        sites.sort_unstable();
        sites.dedup();
        Ok(Scope::Sites(sites))
    }

    /// Whether the caller has the permission anywhere.
    pub fn may(&self, permission: Permission) -> bool {
        self.scope(permission).is_ok()
    }

    /// Whether the caller has the permission at that site.
    pub fn may_at(&self, permission: Permission, site: SiteId) -> bool {
        self.scope(permission).is_ok_and(|scope| scope.contains(site))
    }

    /// The person who acts.
    ///
    /// # Errors
    /// [`Error::Denied`] for a machine.
    pub fn user(&self) -> Result<UserId, Error> {
        match self.actor {
            Actor::User(id) => Ok(id),
            _ => Err(Error::Denied),
        }
    }
}
