//! The configuration: what is accepted, what is refused, and that a refusal names its key and rule.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use parvis::config::{Config, Refused, load};
use tempfile::TempDir;

const SMALLEST: &str = r#"
domain = "rennes.example"
public_url = "https://rennes.example"
city = { name = "Rennes", territory = "35238" }
"#;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn load(&self, text: &str, env: &[(&str, &str)]) -> Result<Config, Refused> {
        let path = self.file("parvis.toml", text);
        read(Some(&path), env)
    }
}

fn read(path: Option<&Path>, env: &[(&str, &str)]) -> Result<Config, Refused> {
    load(path, env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// Field and rule of every problem.
fn refused(result: Result<Config, Refused>) -> Vec<(String, &'static str)> {
    result.expect_err("refused").problems.into_iter().map(|problem| (problem.field, problem.rule)).collect()
}

/// The smallest configuration with one more line.
fn with(line: &str) -> Vec<(String, &'static str)> {
    refused(Folder::new().load(&format!("{SMALLEST}{line}"), &[]))
}

fn one(field: &str, rule: &'static str) -> Vec<(String, &'static str)> {
    vec![(field.to_owned(), rule)]
}

#[test]
fn four_keys_are_enough() {
    let config = Folder::new().load(SMALLEST, &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8100");
    assert_eq!(config.time_zone, "Europe/Paris");
    assert!(config.replies.held);
    assert!(!config.is_closed_federation());
}

#[test]
fn the_example_is_a_configuration_and_explains_every_key() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/example.toml");
    read(Some(&example), &[]).unwrap();
    let text = fs::read_to_string(example).unwrap();
    let explained = |name: &str| {
        text.lines().map(|line| line.trim_start_matches("# ")).any(|line| {
            line.starts_with(&format!("{name} = "))
                || line == format!("[{name}]")
                || line == format!("[federation.{name}]")
        })
    };
    let mut missing = Vec::new();
    for file in ["mod", "city", "database", "federation", "keys", "replies", "similar"] {
        let path = format!("{}/src/config/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = fs::read_to_string(path).unwrap();
        let fields = source.lines().filter_map(|line| line.strip_prefix("    pub ")?.split_once(": "));
        let names = fields.map(|(name, _)| name.to_owned()).filter(|name| !name.contains(' '));
        missing.extend(names.filter(|name| !explained(name)));
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_environment_alone_can_tell_everything_and_wins_over_the_file() {
    let env = [
        ("PARVIS__DOMAIN", "rennes.localhost:8101"),
        ("PARVIS__PUBLIC_URL", "http://rennes.localhost:8101"),
        ("PARVIS__CITY__NAME", "Rennes"),
        ("PARVIS__CITY__TERRITORY", "35238"),
        ("PARVIS__FEDERATION__ALLOW_NETWORKS", "127.0.0.0/8, ::1/128"),
        ("PARVIS__FEDERATION__RESOLVE", "angers.localhost=127.0.0.1,nancy.test=10.0.0.1"),
        ("PARVIS__FEDERATION__TIMEOUT_SECONDS", "3"),
        ("PARVIS__REPLIES__HELD", "false"),
        ("PARVIS_LOG", "debug"),
        ("HOME", "/root"),
    ];
    for config in [read(None, &env).unwrap(), Folder::new().load(SMALLEST, &env).unwrap()] {
        assert_eq!(config.domain, "rennes.localhost:8101");
        assert_eq!(config.federation.allow_networks.len(), 2);
        assert_eq!(config.federation.resolve["nancy.test"].to_string(), "10.0.0.1");
        assert_eq!(config.federation.timeout_seconds, 3);
        assert!(!config.replies.held);
        assert!(config.is_closed_federation());
    }
}

#[test]
fn every_problem_is_told_at_once_with_its_key() {
    let text = "domain = 3\nlisten = \"8100\"\ncolour = \"red\"\n\
        [federation]\nallow_network = []\n[city]\nname = \"Rennes\"\n";
    let seen = refused(Folder::new().load(text, &[]));
    let expected = [
        ("city.territory", "missing-key"),
        ("colour", "unknown-key"),
        ("domain", "expected-text"),
        ("federation.allow_network", "unknown-key"),
        ("listen", "expected-address"),
        ("public_url", "missing-key"),
    ];
    assert_eq!(seen, expected.map(|(field, rule)| (field.to_owned(), rule)));
}

#[test]
fn an_unknown_key_is_told_what_is_known_there() {
    let error = Folder::new().load(&format!("{SMALLEST}[keys]\nseal = \"x\""), &[]).unwrap_err();
    assert_eq!(error.problems[0].field, "keys.seal");
    assert_eq!(error.problems[0].detail, "seal_with");
}

#[test]
fn a_variable_is_named_beside_the_key_it_sets() {
    let folder = Folder::new();
    let with = |name, value| refused(folder.load(SMALLEST, &[(name, value)]));
    assert_eq!(
        with("PARVIS__FEDERATION__PARALLEL_HOSTS", "many"),
        one("federation.parallel_hosts (PARVIS__FEDERATION__PARALLEL_HOSTS)", "expected-number")
    );
    assert_eq!(
        with("PARVIS__FEDERATION__ALLOW_NETWORKS", "10.0.0.0/8,lan"),
        one("federation.allow_networks[1] (PARVIS__FEDERATION__ALLOW_NETWORKS)", "expected-networks")
    );
    assert_eq!(with("PARVIS__DATABASE__URI", "x"), one("PARVIS__DATABASE__URI", "unknown-key"));
    assert_eq!(with("PARVIS__LANGUAGE", "br"), one("language (PARVIS__LANGUAGE)", "language"));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let error = read(Some(Path::new("/nowhere/parvis.toml")), &[]).unwrap_err();
    assert_eq!(error.file.as_deref(), Some(Path::new("/nowhere/parvis.toml")));
    assert_eq!(error.problems[0].rule, "config-unreadable");
    let error = Folder::new().load("domain = \"a\"\npublic_url = https\n", &[]).unwrap_err();
    assert_eq!(error.problems[0].rule, "config-syntax");
    assert!(error.problems[0].field.ends_with("parvis.toml:2"), "{}", error.problems[0].field);
}

#[test]
fn values_are_checked_by_what_they_mean() {
    assert_eq!(with("time_zone = \"Europe/Rennes\""), one("time_zone", "time-zone"));
    assert_eq!(with("metrics_listen = \"0.0.0.0:9100\""), one("metrics_listen", "loopback-only"));
    assert_eq!(with("metrics_listen = \"127.0.0.1:8100\""), one("metrics_listen", "loopback-only"));
    assert_eq!(with("trusted_proxies = [\"0.0.0.0/0\"]"), one("trusted_proxies[0]", "network-too-wide"));
    assert_eq!(with("database = { url = \"mysql://x\" }"), one("database.url", "database-url"));
    let three = "federation = { timeout_seconds = 0, parallel_hosts = 5000, allow_networks = [\"::/0\"] }";
    assert_eq!(with(three).len(), 3);
    assert_eq!(
        with("federation = { resolve = { \"angers.test:80\" = \"127.0.0.1\" } }"),
        one("federation.resolve.angers.test:80", "resolve-name")
    );
}

#[test]
fn a_territory_exists_in_its_tier() {
    let city = |territory: &str, tier: &str| {
        let text = format!("city = {{ name = \"X\", territory = \"{territory}\", tier = \"{tier}\" }}");
        Folder::new()
            .load(&format!("domain = \"x.example\"\npublic_url = \"https://x.example\"\n{text}"), &[])
    };
    assert!(city("53", "region").is_ok());
    assert_eq!(refused(city("53", "commune")), one("city.territory", "territory"));
    assert_eq!(refused(city("243500138", "epci")), one("city.territory", "siren"));
}

#[test]
fn domain_and_public_url_agree() {
    let text = |domain: &str, url: &str| {
        let rest = "city = { name = \"Rennes\", territory = \"35238\" }\n\
            federation.allow_networks = [\"127.0.0.0/8\"]";
        Folder::new().load(&format!("domain = \"{domain}\"\npublic_url = \"{url}\"\n{rest}"), &[])
    };
    for (domain, url) in [
        ("rennes.example", "https://parvis.rennes.example"),
        ("rennes.localhost:8101", "http://rennes.localhost:8101"),
        ("127.0.0.1:8101", "http://127.0.0.1:8101/"),
    ] {
        assert!(text(domain, url).is_ok(), "{domain} {url}");
    }
    for (domain, url, field, rule) in [
        ("rennes.example", "https://angers.example", "domain", "domain-elsewhere"),
        ("example", "https://rennesexample", "domain", "domain-elsewhere"),
        ("Rennes.example", "https://rennes.example", "domain", "domain"),
        ("rennes.example", "https://rennes.example/parvis", "public_url", "public-url"),
        ("rennes.example", "http://rennes.example", "public_url", "public-url-https"),
        ("10.0.0.1", "http://10.0.0.1", "public_url", "public-url-https"),
        ("rennes.example", "ftp://rennes.example", "public_url", "public-url"),
    ] {
        let seen = refused(text(domain, url));
        assert!(seen.contains(&(field.to_owned(), rule)), "{domain} {url}: {seen:?}");
    }
}

#[test]
fn a_sealing_key_is_readable_by_its_owner_only_w23() {
    let folder = Folder::new();
    let text = format!("{SMALLEST}[keys]\nseal_with = \"key\"");
    assert_eq!(refused(folder.load(&text, &[])), one("keys.seal_with", "unreadable"));
    let key = folder.file("key", &"0f".repeat(32));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(refused(folder.load(&text, &[])), one("keys.seal_with", "file-too-open"));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(folder.load(&text, &[]).is_ok());
    folder.file("key", "too short");
    assert_eq!(refused(folder.load(&text, &[])), one("keys.seal_with", "sealing-key"));
}

#[test]
fn certificates_are_looked_at() {
    let folder = Folder::new();
    folder.file("ca.pem", "no certificate");
    let text = format!("{SMALLEST}[federation]\nextra_ca = [\"ca.pem\", \"missing.pem\"]");
    let expected = [("federation.extra_ca[0]", "certificate"), ("federation.extra_ca[1]", "unreadable")];
    assert_eq!(refused(folder.load(&text, &[])), expected.map(|(field, rule)| (field.to_owned(), rule)));
}

#[test]
fn relative_paths_start_at_the_folder_of_the_file() {
    let folder = Folder::new();
    let config = folder.load(SMALLEST, &[]).unwrap();
    assert_eq!(config.database.url, format!("sqlite:{}/parvis.sqlite", folder.0.path().display()));
    let config = folder.load(SMALLEST, &[("PARVIS__DATABASE__URL", "sqlite::memory:")]).unwrap();
    assert_eq!(config.database.url, "sqlite::memory:");
}

#[test]
fn a_switch_that_widens_what_may_be_reached_stops_the_start_f13() {
    let seen = refused(Folder::new().load(SMALLEST, &[("DANGER_FEDERATION_ALLOW_LOCAL_IP", "1")]));
    assert_eq!(seen, one("DANGER_FEDERATION_ALLOW_LOCAL_IP", "dangerous-switch"));
}

#[test]
fn a_password_is_shown_nowhere_w21() {
    let folder = Folder::new();
    let with = |url| folder.load(SMALLEST, &[("PARVIS__DATABASE__URL", url)]);
    let config = with("postgres://p:canary@localhost/parvis").unwrap();
    assert!(!format!("{config:?}").contains("canary"));
    let refused = with("mysql://p:canary@localhost/parvis").unwrap_err();
    assert!(!format!("{refused:?}").contains("canary"));
    let refused = folder.load(&format!("{SMALLEST}[database]\nurl = [\"canary\"]"), &[]).unwrap_err();
    assert!(!format!("{refused:?}").contains("canary"));
}
