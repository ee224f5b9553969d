//! The command line as people and programs meet it: help, exit codes, messages in two languages, JSON.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

const CONFIG: &str = r#"
domain = "rennes.example"
public_url = "https://rennes.example"
city = { name = "Rennes", territory = "35238" }
"#;

/// Runs `parvis` in a folder of its own, with an environment of its own.
struct Shell(TempDir);

impl Shell {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn with_config(text: &str) -> Self {
        let shell = Self::new();
        shell.write("parvis.toml", text);
        shell
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parvis"));
        command.args(args).current_dir(self.path()).env_clear().env("LANG", "fr_FR.UTF-8");
        Ran(command.output().unwrap())
    }
}

struct Ran(Output);

impl Ran {
    fn code(&self) -> i32 {
        self.0.status.code().expect("not killed")
    }

    fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// What it told programs.
    fn json(&self) -> Value {
        assert_eq!(self.code(), 0, "{}", self.err());
        serde_json::from_str(&self.out()).unwrap_or_else(|error| panic!("{error}: {}", self.out()))
    }
}

#[test]
fn help_lists_the_commands_the_exit_codes_and_examples() {
    let help = Shell::new().run(&["--help"]);
    assert_eq!(help.code(), 0);
    for word in ["config", "completion", "65", "69", "78", "parvis demo"] {
        assert!(help.out().contains(word), "{word}: {}", help.out());
    }
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let shell = Shell::new();
    let help = shell.run(&["--help"]).out();
    let list = help.split("Commandes / Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<&str> = list
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| !matches!(*name, "help" | "config"))
        .collect();
    assert!(!names.is_empty());
    for name in names {
        let told = shell.run(&[name, "--help"]).out();
        assert!(told.contains("parvis"), "{name} has no example: {told}");
        assert!(told.contains(" / "), "{name} is not told in both languages: {told}");
    }
}

#[test]
fn a_command_line_that_is_not_understood_is_exit_2() {
    assert_eq!(Shell::new().run(&["publier"]).code(), 2);
    assert_eq!(Shell::new().run(&["config", "check", "--jsn"]).code(), 2);
}

#[test]
fn a_refused_configuration_is_exit_78_and_names_the_key_x33() {
    let shell = Shell::with_config(&format!("{CONFIG}[federation]\nallow_network = []\n"));
    let french = shell.run(&["config", "check"]);
    assert_eq!(french.code(), 78);
    assert!(french.err().contains("federation.allow_network"), "{}", french.err());
    assert!(french.err().contains("Cette clé n’existe pas"), "{}", french.err());
    assert!(french.err().contains("parvis.toml"), "{}", french.err());
    let english = shell.run(&["config", "check", "--lang", "en"]);
    assert!(english.err().contains("There is no such key"), "{}", english.err());
    let program = shell.run(&["config", "check", "--json"]);
    let told: Value = serde_json::from_str(&program.err()).unwrap();
    assert_eq!(told["error"]["code"], 78);
    assert_eq!(told["error"]["problems"][0]["field"], "federation.allow_network");
    assert_eq!(told["error"]["problems"][0]["rule"], "unknown-key");
}

#[test]
fn a_missing_configuration_says_which_keys_are_needed() {
    let ran = Shell::new().run(&["--config", "nowhere.toml", "config", "check"]);
    assert_eq!(ran.code(), 78);
    assert!(ran.err().contains("nowhere.toml"));
}

#[test]
fn an_unreadable_log_filter_is_exit_78() {
    let shell = Shell::with_config(CONFIG);
    let mut command = Command::new(env!("CARGO_BIN_EXE_parvis"));
    command.args(["config", "check"]).current_dir(shell.path()).env("PARVIS_LOG", "parvis=loudly=x");
    assert_eq!(command.output().unwrap().status.code(), Some(78));
}

#[test]
fn a_good_configuration_is_told_as_it_was_understood() {
    let shell = Shell::with_config(CONFIG);
    let told = shell.run(&["config", "check"]);
    assert_eq!(told.code(), 0, "{}", told.err());
    assert!(told.out().contains("https://rennes.example"));
    assert_eq!(shell.run(&["config", "check", "--json"]).json()["city"]["territory"], "35238");
}

#[test]
fn a_closed_federation_is_said_loudly() {
    let shell = Shell::with_config(&format!("{CONFIG}[federation]\nallow_networks = [\"10.0.0.0/8\"]\n"));
    let told = shell.run(&["config", "check"]);
    assert!(told.err().contains("FÉDÉRATION FERMÉE"), "{}", told.err());
    assert!(told.err().contains("10.0.0.0/8"));
}

#[test]
fn completions_are_printed() {
    for shell in ["bash", "fish", "zsh"] {
        let ran = Shell::new().run(&["completion", shell]);
        assert_eq!(ran.code(), 0);
        assert!(ran.out().contains("parvis"));
    }
}

/// A node of Nancy in a folder of its own.
fn node() -> Shell {
    let shell = Shell::new();
    let args = ["init", "--domain", "nancy.example", "--name", "Nancy", "--territory", "54395", "--json"];
    let made = shell.run(&args).json();
    let handles: Vec<_> =
        made["actors"].as_array().unwrap().iter().map(|one| one["handle"].clone()).collect();
    assert_eq!(handles.len(), 3, "{handles:?}");
    shell
}

fn sample(name: &str) -> String {
    format!("{}/samples/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn init_makes_a_node_that_is_good_and_never_writes_over_one() {
    let shell = node();
    assert_eq!(shell.run(&["config", "check"]).code(), 0);
    let before = fs::read_to_string(shell.path().join("parvis.toml")).unwrap();
    let again = shell.run(&["init", "--domain", "metz.example", "--name", "Metz", "--territory", "57463"]);
    assert_eq!(again.code(), 1);
    assert_eq!(fs::read_to_string(shell.path().join("parvis.toml")).unwrap(), before);
    let completed = shell.run(&["init", "--json"]).json();
    assert_eq!(completed["actors"].as_array().unwrap().len(), 3, "made once");
}

#[test]
fn a_refused_init_leaves_nothing_behind() {
    let shell = Shell::new();
    let ran = shell.run(&["init", "--domain", "x.example", "--name", "X", "--territory", "99999"]);
    assert_eq!(ran.code(), 78);
    assert!(ran.err().contains("city.territory"), "{}", ran.err());
    assert_eq!(fs::read_dir(shell.path()).unwrap().count(), 0);
}

#[test]
fn a_dossier_is_imported_once_published_verified_and_exported() {
    let shell = node();
    let dossier = sample("nancy");
    let would = shell.run(&["import", &dossier, "--dry-run", "--json"]).json();
    assert!(would["changes"].as_array().unwrap().iter().all(|change| change["change"] == "new"), "{would}");
    assert_eq!(shell.run(&["publish", "--list", "--json"]).json().as_array().unwrap().len(), 0, "only said");
    let done = shell.run(&["import", &dossier, "--publish", "--json"]).json();
    assert_eq!(done["published"].as_array().unwrap().len(), done["changes"].as_array().unwrap().len());
    let again = shell.run(&["import", &dossier, "--publish", "--json"]).json();
    assert!(again["changes"].as_array().unwrap().iter().all(|change| change["change"] == "same"));
    assert_eq!(again["published"], Value::Null);

    let verified = shell.run(&["verify", "--json"]).json();
    assert!(verified["checked"].as_u64().unwrap() > 3, "{verified}");
    assert_eq!(shell.run(&["export", "--output", "register.jsonl"]).code(), 0);
    assert_eq!(shell.run(&["export", "--output", "register.jsonl"]).code(), 1, "never over a file");
    assert_eq!(shell.run(&["verify", "register.jsonl", "--json"]).json(), verified);
    assert_eq!(shell.run(&["reindex", "--json"]).json()["versions"], verified["checked"]);
}

#[test]
fn one_altered_byte_of_an_export_is_found() {
    let shell = node();
    assert_eq!(shell.run(&["export", "--output", "register.jsonl"]).code(), 0);
    let text = fs::read_to_string(shell.path().join("register.jsonl")).unwrap();
    assert!(text.contains("Nancy"));
    shell.write("altered.jsonl", &text.replacen("Nancy", "Nancx", 1));
    let told = shell.run(&["verify", "altered.jsonl", "--json"]);
    assert_eq!(told.code(), 1);
    let findings: Value = serde_json::from_str(&told.out()).unwrap();
    assert_ne!(findings["broken"], Value::Array(Vec::new()));
}

#[test]
fn a_refused_dossier_names_file_field_and_rule() {
    let shell = node();
    shell.write("bad.toml", "format = \"parvis-dossier-1\"\nlanguage = \"fr\"\ncolour = 1\n");
    let told = shell.run(&["import", "bad.toml", "--json"]);
    assert_eq!(told.code(), 65);
    let told: Value = serde_json::from_str(&told.err()).unwrap();
    let problems = told["error"]["problems"].as_array().unwrap();
    assert!(problems.iter().any(|one| one["field"] == "bad.toml: colour"), "{told:#}");
    assert!(problems.iter().all(|one| one["message"].as_str().unwrap().ends_with('.')), "{told:#}");
}

#[test]
fn councils_are_made_changed_and_listed() {
    let shell = node();
    let add = ["council", "add", "jeunes", "--name", "Conseil des jeunes", "--summary", "*Vingt* membres"];
    assert_eq!(shell.run(&add).code(), 0);
    assert_eq!(shell.run(&add).code(), 1, "the handle is taken");
    let edit = ["council", "edit", "jeunes", "--name", "Conseil de la jeunesse", "--json"];
    assert_eq!(shell.run(&edit).json()["changed"], true);
    assert_eq!(shell.run(&edit).json()["changed"], false);
    let list = shell.run(&["council", "list", "--json"]).json();
    assert_eq!(list[0]["handle"], "@jeunes@nancy.example");
    assert_eq!(list[0]["name"], "Conseil de la jeunesse");
    assert_eq!(shell.run(&["council", "edit", "mairie", "--name", "X"]).code(), 1, "no council");
}

#[test]
fn a_record_is_withdrawn_once_with_its_reason() {
    let shell = node();
    let done = shell.run(&["import", &sample("nancy"), "--publish", "--json"]).json();
    let published = done["published"].as_array().unwrap();
    let avis = published.iter().find(|one| one["kind"] == "Avis").expect("an avis in the sample");
    let reference = avis["reference"].as_str().unwrap();
    let withdraw = ["withdraw", reference, "--reason", "superseded", "--text", "Remplacé.", "--json"];
    assert_eq!(shell.run(&withdraw).json()["id"], avis["id"]);
    assert_eq!(shell.run(&withdraw).code(), 1);
    assert_eq!(shell.run(&["withdraw", "nobody/x", "--reason", "other", "--text", "X"]).code(), 1);
    assert_eq!(shell.run(&["withdraw", reference, "--reason", "because", "--text", "X"]).code(), 65);
    assert_eq!(shell.run(&["verify"]).code(), 0);
}

#[test]
fn other_servers_are_blocked_with_a_reason_and_listed() {
    let shell = node();
    assert_eq!(shell.run(&["peers", "block", "spam.example"]).code(), 2, "a reason is needed");
    assert_eq!(shell.run(&["peers", "block", "spam.example", "--reason", "indésirable"]).code(), 0);
    let list = shell.run(&["peers", "list", "--json"]).json();
    assert_eq!(list[0]["policy"], "blocked");
    assert_eq!(list[0]["policy_reason"], "indésirable");
    assert!(shell.run(&["peers", "list"]).out().contains("bloqué"));
    assert_eq!(shell.run(&["peers", "allow", "spam example"]).code(), 65);
}

const RELAY: &str = r#"
format = "parvis-dossier-1"
[defaults]
synthetic = true
[city]
ref = "nancy"
name = "Nancy"
territory = "54395"
[[councils]]
ref = "jeunes"
handle = "jeunes"
name = "Conseil des jeunes"
summary = "Un conseil."
[[questions]]
ref = "q1"
council = "jeunes"
kind = "saisine"
title = "Les lycées"
text = "Comment ?"
asked_on = "2026-01"
[[avis]]
ref = "a1"
council = "jeunes"
question = "q1"
title = "Des lycées sobres"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
adopted_on = "2026-03-04"
recommendations = [{ title = "Apprendre" }]
[[relays]]
recommendation = "jeunes/a1/r1"
to = "https://www.education.example/"
to_name = "Éducation nationale"
tier = "etat"
"#;

#[test]
fn a_relay_gets_a_link_once_told_and_an_intake_may_be_empty() {
    let shell = node();
    shell.write("relay.toml", RELAY);
    let done = shell.run(&["import", "relay.toml", "--publish", "--json"]).json();
    let published = done["published"].as_array().unwrap();
    let relay = published.iter().find(|one| one["kind"] == "Relay").expect("the relay");
    let reference = relay["reference"].as_str().unwrap();
    let link = shell.run(&["relay", "link", reference, "--days", "30"]);
    assert_eq!(link.code(), 0, "{}", link.err());
    assert!(link.out().contains("Ce lien sert une fois, jusqu’au "), "{}", link.out());
    let address = link.out().lines().last().unwrap().to_owned();
    assert!(address.starts_with("https://nancy.example/relais/repondre/"), "{address}");
    let list = shell.run(&["relay", "list"]);
    assert!(list.out().contains("liens\u{a0}: 1, encore ouverts\u{a0}: 1"), "{}", list.out());
    assert!(!list.out().contains(&address), "told once");
    let told = shell.run(&["relay", "link", relay["id"].as_str().unwrap(), "--json"]).json();
    assert_eq!(told["relay"], relay["id"]);
    let many = shell.run(&["relay", "link", reference, "--days", "366"]);
    assert_eq!(many.code(), 65);
    assert!(many.err().contains("Un lien vaut de 1 à 365 jours."), "{}", many.err());
    assert_eq!(shell.run(&["relay", "revoke", reference, "--json"]).json()["revoked"], 2);
    assert_eq!(shell.run(&["relay", "link", "nancy/none"]).code(), 1);

    let list = shell.run(&["intake", "list"]);
    assert_eq!((list.code(), list.out().trim()), (0, "Positions reçues\u{a0}: 0"));
    assert_eq!(shell.run(&["intake", "list", "--json"]).json().as_array().unwrap().len(), 0);
    let own = relay["id"].as_str().unwrap();
    assert_eq!(shell.run(&["intake", "show", own]).code(), 1, "relayed by us, not to us");
    assert_eq!(shell.run(&["intake", "accept", own]).code(), 1);
    let decline = ["intake", "decline", own, "--reason", "because", "--text", "Non."];
    assert_eq!(shell.run(&decline).code(), 65);
    assert!(shell.run(&["intake", "export"]).out().starts_with("recu_le,etat,expediteur,"));
}

#[test]
fn what_is_not_there_is_said() {
    let shell = node();
    assert_eq!(shell.run(&["deliveries", "list", "--json"]).json()["totals"]["waiting"], 0);
    assert_eq!(shell.run(&["deliveries", "retry", "angers.example"]).code(), 1);
    assert_eq!(shell.run(&["replies", "list", "--json"]).json().as_array().unwrap().len(), 0);
    assert_eq!(shell.run(&["replies", "approve", "https://a.example/1"]).code(), 1);
    assert_eq!(shell.run(&["publish", "nancy/none"]).code(), 1);
    assert_eq!(shell.run(&["unfollow", "angers.example"]).code(), 1);
    assert_eq!(shell.run(&["follow", "not a server"]).code(), 65);
}

#[test]
fn serve_refuses_a_node_without_accounts_and_an_address_in_use_x33() {
    let shell = Shell::with_config(CONFIG);
    let told = shell.run(&["serve"]);
    assert_eq!(told.code(), 78, "{}", told.err());
    assert!(told.err().contains("parvis init"), "{}", told.err());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    shell.write("parvis.toml", &format!("listen = \"{address}\"{CONFIG}"));
    assert_eq!(shell.run(&["init"]).code(), 0);
    let told = shell.run(&["serve"]);
    assert_eq!(told.code(), 78, "{}", told.err());
    assert!(told.err().contains(&address), "{}", told.err());
}

#[test]
fn a_folder_that_is_not_there_is_named_x33() {
    let shell = Shell::with_config(&format!("{CONFIG}database = {{ url = \"sqlite:data/parvis.sqlite\" }}"));
    let told = shell.run(&["council", "list"]);
    assert_eq!(told.code(), 78, "{}", told.err());
    assert!(told.err().contains("database.url"), "{}", told.err());
}

#[test]
fn serve_answers_and_stops_gently_when_told() {
    let shell = node();
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (listen, private) = (free(), free());
    let mut serving = Command::new(env!("CARGO_BIN_EXE_parvis"))
        .args(["serve"])
        .current_dir(shell.path())
        .env_clear()
        .env("PARVIS__LISTEN", &listen)
        .env("PARVIS__METRICS_LISTEN", &private)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let get = |address: &str, path: &str| {
        use std::io::{Read as _, Write as _};
        for _ in 0..100 {
            if let Ok(mut stream) = std::net::TcpStream::connect(address) {
                write!(stream, "GET {path} HTTP/1.1\r\nHost: nancy.example\r\nConnection: close\r\n\r\n")
                    .unwrap();
                let mut text = String::new();
                stream.read_to_string(&mut text).unwrap();
                return text;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("no answer from {address}");
    };
    assert!(get(&listen, "/healthz").starts_with("HTTP/1.1 200"));
    assert!(!get(&listen, "/metrics").contains("http_requests_total"), "private only");
    assert!(get(&private, "/metrics").contains("http_requests_total"));
    let told = Command::new("kill").args(["-TERM", &serving.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(serving.wait().unwrap().code(), Some(0));
}

#[test]
fn a_server_that_cannot_be_reached_is_exit_69() {
    let shell = node();
    // Loopback is not permitted: nothing is asked of the network.
    assert_eq!(shell.run(&["follow", "127.0.0.1"]).code(), 69);
}
