use std::path::Path;

use super::*;

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn arguments(folder: &Path) -> Arguments {
    let data_dir = Some(folder.to_path_buf());
    Arguments { data_dir, test_clock: Some(false), ..Arguments::default() }
}

fn keys(problems: &Problems) -> Vec<&str> {
    problems.0.iter().map(|problem| problem.key.as_str()).collect()
}

#[test]
fn all_problems_of_file_and_environment_are_reported_at_once() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = "[server]\nlisten = 'nowhere'\ncolour = 'red'\n[database]\nconnections = 2\n";
    std::fs::write(folder.path().join(FILE), file)?;
    let set = environment(&[
        ("MILLWRIGHT_SERVER__LISTNE", "127.0.0.1:1"),
        ("MILLWRIGHT_MAIL__SMTP", "http://user:hunter2@host"),
        ("MILLWRIGHT_TEST__TIME_SCALE", "0.5"),
    ]);
    let problems = Config::load(&arguments(folder.path()), set).expect_err("problems");
    let expected = [
        "server.listen",
        "database.connections",
        "mail.smtp",
        "mail.from",
        "test.time_scale",
        "server.colour",
        "server.listne",
    ];
    assert_eq!(keys(&problems), expected, "{problems}");
    assert!(!problems.to_string().contains("hunter2"));
    Ok(())
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = "[server]\nlisten = '127.0.0.1:1'\nbase_url = 'http://file.example/'\n";
    std::fs::write(folder.path().join(FILE), file)?;
    let set = environment(&[("MILLWRIGHT_SERVER__LISTEN", "127.0.0.1:2")]);
    let mut said = arguments(folder.path());
    let config = Config::load(&said, set.clone()).expect("a good configuration");
    assert_eq!(config.server.listen.port(), 2);
    assert_eq!(config.server.base_url.as_deref(), Some("http://file.example"));
    said.listen = Some("127.0.0.1:3".to_owned());
    assert_eq!(Config::load(&said, set).expect("good").server.listen.port(), 3);
    Ok(())
}

#[test]
fn an_open_address_gets_tls_unless_a_proxy_is_in_front() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let transport = |pairs: &[(&str, &str)]| {
        let config = Config::load(&arguments(folder.path()), environment(pairs));
        config.map(|config| config.server.transport)
    };
    let open = ("MILLWRIGHT_SERVER__LISTEN", "0.0.0.0:3000");
    assert_eq!(transport(&[]).expect("good"), Transport::Plain);
    assert_eq!(transport(&[open]).expect("good"), Transport::LocalAuthority);
    let proxy = ("MILLWRIGHT_SERVER__BEHIND_PROXY", "true");
    assert_eq!(transport(&[open, proxy]).expect("good"), Transport::Plain);
    let half = ("MILLWRIGHT_SERVER__CERTIFICATE", "/nonexistent.pem");
    assert!(transport(&[half]).is_err());
    Ok(())
}

#[test]
fn the_database_address_is_never_printed() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let set = environment(&[("DATABASE_URL", "postgres://app:hunter2@db/millwright")]);
    let config = Config::load(&arguments(folder.path()), set).expect("good");
    let shown = format!("{config:?} {:?}", config.describe());
    assert!(!shown.contains("hunter2"), "{shown}");
    let url = config.database.url.expect("an address");
    assert_eq!(url.expose(), "postgres://app:hunter2@db/millwright");
    Ok(())
}

#[test]
fn time_is_shortened_only_with_the_test_clock() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let set = environment(&[("MILLWRIGHT_TEST__TIME_SCALE", "0.001")]);
    let mut said = arguments(folder.path());
    assert!(Config::load(&said, set.clone()).is_err());
    said.test_clock = Some(true);
    let config = Config::load(&said, set).expect("good");
    assert!((config.test.time_scale - 0.001).abs() < 1e-12);
    Ok(())
}

#[test]
fn a_target_of_the_egress_list_is_an_exact_host_and_port() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let good = environment(&[("MILLWRIGHT_EGRESS__ALLOW", "127.0.0.1:8080, cmms.local:443")]);
    let config = Config::load(&arguments(folder.path()), good).expect("good");
    assert_eq!(config.egress.allow, ["127.0.0.1:8080", "cmms.local:443"]);
    for wrong in ["10.0.0.0/8", "*:80", "host"] {
        let set = environment(&[("MILLWRIGHT_EGRESS__ALLOW", wrong)]);
        assert!(Config::load(&arguments(folder.path()), set).is_err(), "{wrong}");
    }
    Ok(())
}
