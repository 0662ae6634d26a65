//! The program comes to the browser in parts: what every page needs, and one part for each room,
//! loaded when a page of that room is opened. How they are cut: `docs/ui.md`.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::ChooseView;

use crate::alerts::{AlertPage, AlertsPage, ReviewPage};
use crate::assets::{
    AssetHistoryPage, AssetLabelPage, AssetPage, AssetsPage, CalendarPage, EditAssetPage,
    ImportPage, ImportStepsPage, MoveAssetPage, NewAssetPage, ReconcilePage,
};
use crate::audit::AuditPage;
use crate::connections::{ConnectionPage, ConnectionsPage, NewConnectionPage, SetUpConnectionPage};
use crate::logbook::LogbookPage;
use crate::mapping::MappingPage;
use crate::overview::OverviewPage;
use crate::predictions::QuarantinePage;
use crate::rules::{ComparePage, EditRulesPage, PolicyPage, PublishPage, RulesPage, VersionsPage};
use crate::search::SearchPage;
use crate::strings::errors;
use crate::users::{
    AccountPage, AdminPage, ChecksPage, KeysPage, PersonPage, RolesPage, SetUpPage, SetUpSitePage,
    SignInPage, UsersPage,
};
use crate::work_orders::{WorkOrderPage, WorkOrdersPage};

type Opened = Result<AnyView, SplitLoaderError>;

/// The pages that share a part of the program.
pub trait Room: Copy + Send + 'static {
    /// Loads the part.
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>>;
    /// Draws the page; at once when the part is there.
    fn open(self) -> impl Future<Output = Opened>;
}

/// The view of a route: a page of a room.
#[derive(Clone, Copy)]
pub struct In<R>(pub R);

impl<R: Room> ChooseView for In<R> {
    async fn choose(self) -> AnyView {
        self.0.open().await.unwrap_or_else(|_| Reload().into_any())
    }

    async fn preload(&self) {
        // What fails here is said by `choose`.
        let _ = R::load().await;
    }
}

/// The part could not be loaded: the connection is gone, or the server has a newer program.
#[component]
fn Reload() -> impl IntoView {
    view! {
        <h1>{errors::PART_MISSING}</h1>
        <p class="muted">{errors::PART_MISSING_HINT}</p>
        <p><a href="" rel="external">{errors::RELOAD}</a></p>
    }
    .into_any()
}

/// Overview and search.
#[derive(Clone, Copy)]
pub enum Start {
    Overview,
    Search,
}

impl Room for Start {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_start()
    }

    fn open(self) -> impl Future<Output = Opened> {
        start(self)
    }
}

#[wasm_split(start, fallible, preload(load_start), wasm_split_path = leptos::wasm_split)]
fn start(page: Start) -> Opened {
    Ok(match page {
        Start::Overview => view! { <OverviewPage /> }.into_any(),
        Start::Search => view! { <SearchPage /> }.into_any(),
    })
}

/// Alerts, their review, and what could not be read.
#[derive(Clone, Copy)]
pub enum Alerts {
    List,
    One,
    Review,
    Quarantine,
}

impl Room for Alerts {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_alerts()
    }

    fn open(self) -> impl Future<Output = Opened> {
        alerts(self)
    }
}

#[wasm_split(alerts, fallible, preload(load_alerts), wasm_split_path = leptos::wasm_split)]
fn alerts(page: Alerts) -> Opened {
    Ok(match page {
        Alerts::List => view! { <AlertsPage /> }.into_any(),
        Alerts::One => view! { <AlertPage /> }.into_any(),
        Alerts::Review => view! { <ReviewPage /> }.into_any(),
        Alerts::Quarantine => view! { <QuarantinePage /> }.into_any(),
    })
}

/// Work orders and the logbook.
#[derive(Clone, Copy)]
pub enum Work {
    List,
    One,
    Logbook,
}

impl Room for Work {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_work()
    }

    fn open(self) -> impl Future<Output = Opened> {
        work(self)
    }
}

#[wasm_split(work, fallible, preload(load_work), wasm_split_path = leptos::wasm_split)]
fn work(page: Work) -> Opened {
    Ok(match page {
        Work::List => view! { <WorkOrdersPage /> }.into_any(),
        Work::One => view! { <WorkOrderPage /> }.into_any(),
        Work::Logbook => view! { <LogbookPage /> }.into_any(),
    })
}

/// Assets and their calendars.
#[derive(Clone, Copy)]
pub enum Assets {
    List,
    New,
    Import,
    ImportSteps,
    Reconcile,
    One,
    Edit,
    Move,
    Label,
    History,
    Calendar,
}

impl Room for Assets {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_assets()
    }

    fn open(self) -> impl Future<Output = Opened> {
        assets(self)
    }
}

#[wasm_split(assets, fallible, preload(load_assets), wasm_split_path = leptos::wasm_split)]
fn assets(page: Assets) -> Opened {
    Ok(match page {
        Assets::List => view! { <AssetsPage /> }.into_any(),
        Assets::New => view! { <NewAssetPage /> }.into_any(),
        Assets::Import => view! { <ImportPage /> }.into_any(),
        Assets::ImportSteps => view! { <ImportStepsPage /> }.into_any(),
        Assets::Reconcile => view! { <ReconcilePage /> }.into_any(),
        Assets::One => view! { <AssetPage /> }.into_any(),
        Assets::Edit => view! { <EditAssetPage /> }.into_any(),
        Assets::Move => view! { <MoveAssetPage /> }.into_any(),
        Assets::Label => view! { <AssetLabelPage /> }.into_any(),
        Assets::History => view! { <AssetHistoryPage /> }.into_any(),
        Assets::Calendar => view! { <CalendarPage /> }.into_any(),
    })
}

/// Rules.
#[derive(Clone, Copy)]
pub enum Rules {
    List,
    One,
    Edit,
    Publish,
    Versions,
    Compare,
}

impl Room for Rules {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_rules()
    }

    fn open(self) -> impl Future<Output = Opened> {
        rules(self)
    }
}

#[wasm_split(rules, fallible, preload(load_rules), wasm_split_path = leptos::wasm_split)]
fn rules(page: Rules) -> Opened {
    Ok(match page {
        Rules::List => view! { <RulesPage /> }.into_any(),
        Rules::One => view! { <PolicyPage /> }.into_any(),
        Rules::Edit => view! { <EditRulesPage /> }.into_any(),
        Rules::Publish => view! { <PublishPage /> }.into_any(),
        Rules::Versions => view! { <VersionsPage /> }.into_any(),
        Rules::Compare => view! { <ComparePage /> }.into_any(),
    })
}

/// Administration, field mappings, audit, one's own account, and signing in.
#[derive(Clone, Copy)]
pub enum Office {
    Mapping,
    Admin,
    Users,
    Person,
    Roles,
    Keys,
    Checks,
    Audit,
    Account,
    SignIn,
    SetUp,
    SetUpSite,
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
        Office::Mapping => view! { <MappingPage /> }.into_any(),
        Office::Admin => view! { <AdminPage /> }.into_any(),
        Office::Users => view! { <UsersPage /> }.into_any(),
        Office::Person => view! { <PersonPage /> }.into_any(),
        Office::Roles => view! { <RolesPage /> }.into_any(),
        Office::Keys => view! { <KeysPage /> }.into_any(),
        Office::Checks => view! { <ChecksPage /> }.into_any(),
        Office::Audit => view! { <AuditPage /> }.into_any(),
        Office::Account => view! { <AccountPage /> }.into_any(),
        Office::SignIn => view! { <SignInPage /> }.into_any(),
        Office::SetUp => view! { <SetUpPage /> }.into_any(),
        Office::SetUpSite => view! { <SetUpSitePage /> }.into_any(),
    })
}

/// Connections.
#[derive(Clone, Copy)]
pub enum Connections {
    List,
    New,
    One,
    SetUp,
}

impl Room for Connections {
    fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
        load_connections()
    }

    fn open(self) -> impl Future<Output = Opened> {
        connections(self)
    }
}

#[wasm_split(connections, fallible, preload(load_connections), wasm_split_path = leptos::wasm_split)]
fn connections(page: Connections) -> Opened {
    Ok(match page {
        Connections::List => view! { <ConnectionsPage /> }.into_any(),
        Connections::New => view! { <NewConnectionPage /> }.into_any(),
        Connections::One => view! { <ConnectionPage /> }.into_any(),
        Connections::SetUp => view! { <SetUpConnectionPage /> }.into_any(),
    })
}
