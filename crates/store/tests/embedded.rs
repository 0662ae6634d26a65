//! The life of the private cluster: made, held, adopted, killed, refused.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use store::embedded::{Cluster, ClusterError, Holder, Options};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn folder() -> std::io::Result<TempDir> {
    tempfile::Builder::new().prefix("millwright-cluster-").tempdir()
}

async fn open(folder: &Path, holder: Holder) -> Result<Cluster, ClusterError> {
    Cluster::open(&Options::new(folder, holder)).await
}

async fn scalar(url: &str, statement: &'static str) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let value = sqlx::query_scalar(statement).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(value)
}

async fn execute(url: &str, statement: &'static str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query(statement).execute(&mut connection).await?;
    connection.close().await
}

async fn eventually(url: &str, statement: &'static str) -> Result<String, sqlx::Error> {
    let begun = Instant::now();
    loop {
        match scalar(url, statement).await {
            Err(_) if begun.elapsed() < Duration::from_secs(60) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => return other,
        }
    }
}

fn postmaster(folder: &Path) -> std::io::Result<String> {
    let text = std::fs::read_to_string(folder.join("pg/data/postmaster.pid"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn kill(signal: &str, pids: &[String]) -> std::io::Result<()> {
    std::process::Command::new("kill").arg(format!("-{signal}")).args(pids).status().map(drop)
}

fn children(pid: &str) -> std::io::Result<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    Ok(text.split_whitespace().map(str::to_owned).collect())
}

fn runs(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|text| text.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z')))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_cluster_listens_on_a_private_socket_with_passwords_and_keeps_its_data() -> Outcome {
    let folder = folder()?;
    let cluster = open(folder.path(), Holder::Program).await?;
    let (app, owner) = (cluster.url(), cluster.owner_url());
    assert_eq!(scalar(&app, "SHOW listen_addresses").await?, "");
    assert_eq!(scalar(&app, "SHOW fsync").await?, "on");
    assert_eq!(scalar(&app, "SHOW synchronous_commit").await?, "on");
    let superusers =
        "SELECT count(*)::text FROM pg_roles WHERE rolsuper AND rolname LIKE 'millwright%'";
    assert_eq!(scalar(&app, superusers).await?, "0");
    execute(&owner, "CREATE TABLE kept (id int)").await?;
    assert!(execute(&app, "CREATE TABLE refused (id int)").await.is_err());
    let wrong = app.replace("millwright_app:", "millwright_app:x");
    assert!(scalar(&wrong, "SELECT 'in'").await.is_err());

    let pid = postmaster(folder.path())?;
    cluster.stop().await;
    assert!(!runs(&pid));
    let again = open(folder.path(), Holder::Program).await?;
    assert_eq!(scalar(&again.url(), "SELECT to_regclass('kept')::text").await?, "kept");
    again.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_folder_is_refused_to_a_second_program_and_shared_with_a_subcommand() -> Outcome {
    let folder = folder()?;
    let first = open(folder.path(), Holder::Program).await?;
    let refused = open(folder.path(), Holder::Program).await;
    let error = refused.err().ok_or("the second program was let in")?;
    assert!(matches!(error, ClusterError::Held { .. }), "{error}");
    assert_eq!(error.to_string().lines().count(), 1);

    let command = open(folder.path(), Holder::Command).await?;
    assert_eq!(scalar(&command.url(), "SELECT 'joined'").await?, "joined");
    command.stop().await;
    assert_eq!(scalar(&first.url(), "SELECT 'still here'").await?, "still here");
    first.stop().await;

    let moment = open(folder.path(), Holder::Command).await?;
    let pid = postmaster(folder.path())?;
    moment.stop().await;
    assert!(!runs(&pid), "a subcommand stops the cluster that it started");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postmaster_is_started_again_without_losing_a_commit() -> Outcome {
    let folder = folder()?;
    let cluster = open(folder.path(), Holder::Program).await?;
    let (app, owner) = (cluster.url(), cluster.owner_url());
    execute(&owner, "CREATE TABLE kept (id int)").await?;
    for round in 0..3 {
        execute(&owner, "INSERT INTO kept VALUES (1)").await?;
        let pid = postmaster(folder.path())?;
        let mut victims = children(&pid)?;
        match round {
            0 => victims = vec![pid.clone()],
            1 => victims.truncate(1),
            _ => victims.push(pid.clone()),
        }
        kill("KILL", &victims)?;
        let begun = Instant::now();
        while victims.iter().any(|pid| runs(pid)) && begun.elapsed() < Duration::from_secs(5) {
            tokio::task::yield_now().await;
        }
        eventually(&app, "SELECT 'back'").await?;
        let count = eventually(&owner, "SELECT count(*)::text FROM kept").await?;
        assert_eq!(count, (round + 1).to_string());
    }
    cluster.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postmaster_killed_while_it_starts_is_started_again() -> Outcome {
    let folder = folder()?;
    // Much to recover, so that the next start takes its time.
    let first = open(folder.path(), Holder::Program).await?;
    execute(&first.owner_url(), "CREATE TABLE much AS SELECT generate_series(1, 1000000) AS id")
        .await?;
    let old = postmaster(folder.path())?;
    drop(first);
    kill("KILL", std::slice::from_ref(&old))?;
    while runs(&old) {
        tokio::task::yield_now().await;
    }
    let place = folder.path().to_owned();
    let opening = tokio::spawn(async move { open(&place, Holder::Program).await });
    let log = folder.path().join("postgres.log");
    while !std::fs::read_to_string(&log)?.contains("database system was interrupted") {
        assert!(!opening.is_finished(), "it never had to recover");
        tokio::task::yield_now().await;
    }
    let pid = postmaster(folder.path())?;
    kill("KILL", &[pid])?;
    let cluster = opening.await??;
    assert_eq!(eventually(&cluster.url(), "SELECT 'started'").await?, "started");
    cluster.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orphan_of_a_killed_program_is_adopted_and_a_dead_one_replaced() -> Outcome {
    let folder = folder()?;
    // Dropping does what SIGKILL does: locks fall, nobody watches, Postgres lives on.
    let killed = open(folder.path(), Holder::Program).await?;
    let orphan = postmaster(folder.path())?;
    drop(killed);

    let command = open(folder.path(), Holder::Command).await?;
    command.stop().await;
    assert!(runs(&orphan), "a subcommand leaves alone what it did not start");

    let adopter = open(folder.path(), Holder::Program).await?;
    assert_eq!(postmaster(folder.path())?, orphan);
    kill("KILL", std::slice::from_ref(&orphan))?;
    while runs(&orphan) {
        tokio::task::yield_now().await;
    }
    eventually(&adopter.url(), "SELECT 'back'").await?;
    assert_ne!(postmaster(folder.path())?, orphan);

    let second = postmaster(folder.path())?;
    drop(adopter);
    kill("KILL", &[second])?;
    let last = open(folder.path(), Holder::Program).await?;
    assert_eq!(scalar(&last.url(), "SELECT 'both died'").await?, "both died");
    last.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_major_version_is_refused_naming_backup_and_restore() -> Outcome {
    let folder = folder()?;
    open(folder.path(), Holder::Program).await?.stop().await;
    std::fs::write(folder.path().join("pg/data/PG_VERSION"), "9\n")?;
    let error = open(folder.path(), Holder::Program).await.err().ok_or("it started")?.to_string();
    assert!(error.contains("backup") && error.contains("restore"), "{error}");
    assert_eq!(error.lines().count(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_cut_off_in_the_middle_is_made_anew() -> Outcome {
    let folder = folder()?;
    let unfinished = folder.path().join("pg/data.new");
    std::fs::create_dir_all(&unfinished)?;
    std::fs::write(unfinished.join("PG_VERSION"), "15\n")?;
    std::fs::write(folder.path().join("postgres.passwords"), "postgres=short\n")?;
    let cluster = open(folder.path(), Holder::Program).await?;
    assert_eq!(scalar(&cluster.url(), "SELECT 'made'").await?, "made");
    assert!(!unfinished.exists());
    cluster.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_path_gets_its_socket_on_a_short_one() -> Outcome {
    let folder = folder()?;
    let deep = folder.path().join("d".repeat(60)).join("e".repeat(60));
    let cluster = open(&deep, Holder::Program).await?;
    assert_eq!(scalar(&cluster.url(), "SELECT 'short'").await?, "short");
    cluster.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_behind_a_closed_door_still_works() -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder()?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700))?;
    let inner = folder.path().join("data");
    for round in ["first", "second"] {
        let cluster = open(&inner, Holder::Program).await?;
        if round == "first" {
            execute(&cluster.owner_url(), "CREATE TABLE kept (id int)").await?;
        }
        assert_eq!(scalar(&cluster.url(), "SELECT to_regclass('kept')::text").await?, "kept");
        cluster.stop().await;
    }
    if let Ok(place) = std::fs::read_to_string(inner.join("pg.location")) {
        std::fs::remove_dir_all(place.trim())?;
    }
    Ok(())
}

#[tokio::test]
async fn missing_programs_are_explained_in_one_line() -> Outcome {
    let folder = folder()?;
    let mut options = Options::new(folder.path(), Holder::Program);
    options.binaries = Some("/nonexistent".into());
    let error = Cluster::open(&options).await.err().ok_or("it started")?.to_string();
    assert!(error.contains("apt-get install postgresql"), "{error}");
    assert_eq!(error.lines().count(), 1);
    Ok(())
}
