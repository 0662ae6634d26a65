//! Administration and the audit log.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Opened, Room};
use crate::audit::AuditPage;
use crate::users::{AdminPage, ChecksPage, KeysPage, PersonPage, RolesPage, UsersPage};

/// The pages of this room.
#[derive(Clone, Copy)]
pub enum Office {
    Admin,
    Users,
    Person,
    Roles,
    Keys,
    Checks,
    Audit,
}

impl Room for Office {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_office()
    }

    fn open(self) -> impl Future<Output = Opened> {
        office(self)
    }
}

#[wasm_split(office, fallible, preload(load_office), wasm_split_path = leptos::wasm_split)]
fn office(page: Office) -> Opened {
    Ok(match page {
        Office::Admin => view! { <AdminPage /> }.into_any(),
        Office::Users => view! { <UsersPage /> }.into_any(),
        Office::Person => view! { <PersonPage /> }.into_any(),
        Office::Roles => view! { <RolesPage /> }.into_any(),
        Office::Keys => view! { <KeysPage /> }.into_any(),
        Office::Checks => view! { <ChecksPage /> }.into_any(),
        Office::Audit => view! { <AuditPage /> }.into_any(),
    })
}
