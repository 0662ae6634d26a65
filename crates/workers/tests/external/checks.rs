//! Live tests tick step by step, and put new secrets into use only when they pass.

use std::time::Duration;

use cmms::egress::Egress;
use domain::views::connections::{Check, CheckState};
use secrecy::SecretString;
use services::Caller;
use services::connections::{check, set_secret, start_check};
use tokio_util::sync::CancellationToken;

use crate::world::{Cmms, World, until};

async fn checked(world: &World, cmms: &Cmms, with_next: bool, writes: bool) -> Check {
    let egress = Egress::new([cmms.double.address().to_string()]);
    let stop = CancellationToken::new();
    let clients = world.clients(std::slice::from_ref(cmms));
    let run = workers::checks::run(world.services.clone(), clients, egress, stop.clone());
    let task = tokio::spawn(run);
    let caller = Caller::system();
    let mut tx = world.services.store.begin_system().await.unwrap();
    let id = start_check(&mut tx, &caller, cmms.connection, with_next, writes).await.unwrap();
    tx.commit().await.unwrap();
    let view = || async {
        let mut tx = world.services.store.begin_system().await.unwrap();
        check(&mut tx, &caller, id).await.unwrap()
    };
    until("the test has ended", Duration::from_secs(60), || async {
        view().await.finished_at.is_some()
    })
    .await;
    stop.cancel();
    task.await.unwrap();
    view().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_passes_and_the_marked_work_order_is_cancelled() {
    let (world, all) = World::new(&["maximo"], 1).await;
    let done = checked(&world, &all[0], false, true).await;
    assert_eq!(done.passed, Some(true), "{done:#?}");
    assert!(done.steps.iter().all(|step| step.state == CheckState::Passed), "{done:#?}");
    let ledger = all[0].ledger().await;
    assert_eq!(ledger.iter().filter(|one| !one.reference.is_empty()).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_new_secret_fails_its_test_and_the_old_one_stays() {
    let (world, all) = World::new(&["maximo"], 1).await;
    let set = async |value: &str| {
        let mut tx = world.services.store.begin_system().await.unwrap();
        let vault = world.services.settings.vault.clone();
        let (caller, value) = (Caller::system(), SecretString::from(value));
        set_secret(&mut tx, &vault, &caller, all[0].connection, "api_key", &value, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    };
    set("wrong-one").await;
    let refused = checked(&world, &all[0], true, false).await;
    assert_eq!(refused.passed, Some(false), "{refused:#?}");
    let failed: Vec<&str> = refused
        .steps
        .iter()
        .filter(|step| step.state == CheckState::Failed)
        .map(|step| step.step.as_str())
        .collect();
    assert_eq!(failed, ["signs_in"]);
    assert!(!format!("{refused:?}").contains("wrong-one"));
    assert_eq!(checked(&world, &all[0], false, false).await.passed, Some(true));
    assert_eq!(world.number("SELECT count(*) FROM secret WHERE role = 'next'").await, 1);
}
