//! A work order that the CMMS refused, changed by a person before it is sent again.

use domain::alert::Priority;
use domain::ids::{SiteId, WorkOrderId};
use domain::work_order::DeliveryState;
use serde_json::json;
use store::work_orders::people::{self, Wording};
use store::{AuditEntry, ScopedTx};

use super::deliver::{send_again, stopped};
use super::render_anew;
use crate::{Caller, Error, FieldError};

const TITLE: usize = 200;
const DESCRIPTION: usize = 16 * 1024;

/// What is said differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// What is to be done; at most 200 characters.
    pub title: String,
    /// And why; at most 16 KiB.
    pub description: String,
    /// 1–5.
    pub priority: Priority,
}

/// Changes what a rejected work order asks for and sends it again, under the same reference. Only one
/// that was rejected is certainly nowhere. For those who raise work orders and integration
/// administrators.
///
/// # Errors
/// [`Error::Invalid`] with every problem; `not_stopped`, `may_be_there` when the CMMS may hold it
/// as it was, `open_work_order_exists`; [`Error::Denied`], [`Error::NotFound`].
pub async fn amend(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: WorkOrderId,
    amendment: Amendment,
) -> Result<(), Error> {
    let target = people::target(tx, id).await?.ok_or(Error::NotFound)?;
    let state = stopped(&target, caller)?;
    if state != DeliveryState::Rejected {
        return Err(Error::conflict(
            "may_be_there",
            "the CMMS may hold it as it was: look there first",
        ));
    }
    let wording = checked(amendment)?;
    let before = people::reword(tx, id, &wording).await?;
    render_anew(tx, id, &target).await?;
    let entry = AuditEntry::new("work_order.amend", "work_order", id.0)
        .site(SiteId(target.site_id))
        .detail(json!({ "was": state, "before": before, "after": wording }));
    tx.audit(vec![entry]).await?;
    send_again(tx, &target, state).await
}

fn checked(amendment: Amendment) -> Result<Wording, Error> {
    let title = amendment.title.trim().to_owned();
    let description = amendment.description.trim().to_owned();
    let mut problems = Vec::new();
    if title.is_empty() {
        problems.push(FieldError::new("title", "required", "say what is to be done"));
    }
    if title.chars().count() > TITLE {
        problems.push(FieldError::new("title", "too_long", "at most 200 characters"));
    }
    if description.len() > DESCRIPTION {
        problems.push(FieldError::new("description", "too_long", "at most 16 KiB"));
    }
    if problems.is_empty() {
        Ok(Wording { title, description, priority: amendment.priority.into() })
    } else {
        Err(Error::Invalid(problems))
    }
}
