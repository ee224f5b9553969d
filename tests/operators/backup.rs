//! Backups are made while the node works, and come back somewhere else (R12, R13, R14, W23).

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use parvis::domain::Hash;
use serde_json::Value;
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

use crate::process::{Node, repository};

/// A node of Rennes with what its sample publishes.
fn published() -> Node {
    let node = Node::new();
    node.ask(&["init"]);
    let sample = repository("samples/rennes.toml");
    node.ask(&["import", &sample.display().to_string(), "--publish"]);
    node
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of ours")
}

fn number(value: &Value, path: &str) -> i64 {
    value.pointer(path).and_then(Value::as_i64).unwrap_or_else(|| panic!("{path} in {value:#}"))
}

/// Every file of a folder, with the hash of its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Hash)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let hashed = |path: PathBuf| (path.clone(), Hash::of(&fs::read(path).unwrap()));
    let mut found: Vec<_> = entries.filter(|path| path.is_file()).map(hashed).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[test]
fn r13_a_backup_under_load_has_all_that_was_acknowledged_and_serves_elsewhere() {
    let mut node = published();
    node.start();
    let done = AtomicBool::new(false);
    let backup = node.folder().join("copies/one");
    let (before, made) = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut turn = 0;
            while !done.load(Ordering::Relaxed) {
                turn += 1;
                node.ask(&["council", "edit", "ccnr", "--summary", &format!("Tour {turn}")]);
                assert_eq!(node.get("/conseils/ccnr", "text/html").status, 200);
            }
        });
        let before = number(&node.ask(&["verify"]), "/checked");
        let made = node.ask(&["backup", text(&backup)]);
        done.store(true, Ordering::Relaxed);
        (before, made)
    });
    assert!(number(&made, "/manifest/holds/published") >= before);
    assert_eq!(made["manifest"]["holds"]["sealed_keys"], 0);
    for (path, _) in files(&backup) {
        let rights = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(rights, 0o600, "{}", path.display());
    }
    assert_eq!(node.run(&["restore", text(&backup)]).code, 65, "a node that serves is not restored over");
    assert_eq!(node.stop(), Some(0));

    let mut other = node.elsewhere();
    let restored = other.ask(&["restore", text(&backup)]);
    assert_eq!(restored["restored"], true);
    assert_eq!(restored["present"]["state"], "nothing");
    assert!(number(&other.ask(&["verify"]), "/checked") >= before);
    other.start();
    assert_eq!(other.get("/conseils/ccnr", "text/html").status, 200);
    let edited = other.ask(&["council", "edit", "ccnr", "--summary", "Après la restauration"]);
    assert_eq!(edited["changed"], true);
    let last = serde_json::from_str::<Value>(&other.get("/api/v1/heads", "application/json").body).unwrap();
    assert!(number(&last, "/last") > 1_000_000, "numbers used since the backup never come again (R12)");
    assert_eq!(other.stop(), Some(0));
}

#[test]
fn r12_a_restore_says_what_is_lost_replaces_only_when_told_and_keeps_what_was_there() {
    let node = published();
    let backup = node.folder().join("one");
    node.ask(&["backup", text(&backup)]);
    node.ask(&["council", "edit", "ccnr", "--summary", "Écrit après la sauvegarde"]);
    let there = files(node.folder());

    let checked = node.ask(&["restore", text(&backup), "--check"]);
    let lost = checked["present"]["lost"]["published"].as_array().unwrap();
    assert_eq!(lost.len(), 1, "{checked:#}");
    assert_eq!(lost[0]["version"], 2);
    let refused = node.run(&["restore", text(&backup)]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.out.contains(lost[0]["id"].as_str().unwrap()), "{}", refused.out);
    assert_eq!(files(node.folder()), there, "nothing was written");

    let done = node.ask(&["restore", text(&backup), "--replace"]);
    let aside = Path::new(done["aside"].as_str().unwrap());
    assert!(aside.is_file());
    assert_eq!(
        node.ask(&["restore", text(&backup), "--check"])["present"]["lost"]["published"],
        Value::Array(vec![])
    );
    fs::rename(aside, node.folder().join("parvis.sqlite")).unwrap();
    let again = node.ask(&["restore", text(&backup), "--check"]);
    assert_eq!(
        again["present"]["lost"]["published"].as_array().unwrap().len(),
        1,
        "what was kept aside is whole"
    );
}

#[test]
fn d20_a_backup_that_is_damaged_incomplete_or_anothers_is_refused_by_name() {
    let node = published();
    let backup = node.folder().join("one");
    node.ask(&["backup", text(&backup)]);
    assert_eq!(node.run(&["backup", text(&backup)]).code, 1, "never over another");
    let empty = node.elsewhere();
    let refused = |what: &str| {
        let told = empty.run(&["restore", text(&backup), "--check"]);
        assert_eq!(told.code, 65, "{}", told.err);
        assert!(told.err.contains(what), "{what}: {}", told.err);
        assert_eq!(empty.run(&["restore", text(&backup)]).code, 65);
        assert_eq!(fs::read_dir(empty.folder()).unwrap().count(), 1, "nothing but the configuration");
    };
    let (database, manifest) = (backup.join("parvis.sqlite"), backup.join("manifest.json"));
    let (good, told) = (fs::read(&database).unwrap(), fs::read_to_string(&manifest).unwrap());
    let mut bad = good.clone();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    fs::write(&database, &bad).unwrap();
    refused("parvis.sqlite");
    fs::write(&database, &good[..good.len() - 1]).unwrap();
    refused("parvis.sqlite");
    fs::remove_file(&database).unwrap();
    refused("parvis.sqlite");
    fs::write(&database, &good).unwrap();
    for (from, to) in [
        (node.base.as_str(), "https://angers.example"),
        ("\"schema\": ", "\"schema\": 9"),
        ("parvis-backup/1", "parvis-backup/9"),
        ("\"name\": \"parvis.sqlite\"", "\"name\": \"../parvis.sqlite\""),
    ] {
        fs::write(&manifest, told.replace(from, to)).unwrap();
        refused("manifest.json");
    }
    fs::remove_file(&manifest).unwrap();
    refused("manifest.json");
    fs::write(&manifest, told).unwrap();
    assert_eq!(empty.run(&["restore", text(&backup), "--check"]).code, 0, "as it was, it is good");
}

#[test]
fn only_the_last_backups_are_kept_when_asked() {
    let node = Node::new();
    assert_eq!(node.run(&["backup"]).code, 1, "there is nothing yet");
    node.ask(&["init"]);
    let folder = node.folder().join("sauvegardes");
    fs::create_dir(&folder).unwrap();
    for old in ["parvis-20200101T000000Z", "parvis-20200102T000000Z", "parvis-20200103T000000Z"] {
        fs::create_dir(folder.join(old)).unwrap();
        fs::write(folder.join(old).join("manifest.json"), "{}").unwrap();
    }
    fs::create_dir(folder.join("parvis-other")).unwrap();
    let made = node.ask(&["backup", "--keep", "2"]);
    assert_eq!(made["removed"].as_array().unwrap().len(), 2);
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(names[0], "parvis-20200103T000000Z");
    assert_eq!(names[2], "parvis-other", "what is not ours stays");
}

#[tokio::test]
async fn r14_an_older_program_on_a_newer_database_is_exit_78_with_one_clear_line() {
    let node = Node::new();
    node.ask(&["init"]);
    // Only the storage writes SQL; this is what a program of tomorrow leaves behind.
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'of tomorrow', 1, x'00', 0)";
    let options = SqliteConnectOptions::new().filename(node.folder().join("parvis.sqlite"));
    let mut database = options.connect().await.unwrap();
    sqlx::query(newer).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    for command in [&["serve"][..], &["verify"], &["council", "list"]] {
        let told = node.run(command);
        assert_eq!(told.code, 78, "{command:?}: {}", told.err);
        assert!(told.err.contains("plus récent") || told.err.contains("newer"), "{}", told.err);
        assert!(told.err.contains("9999"), "{}", told.err);
    }
}

#[test]
fn r10_a_node_on_postgresql_is_backed_up_and_restored() {
    let node = Node::new();
    let config = fs::read_to_string(node.folder().join("parvis.toml")).unwrap();
    let on = |node: &Node, url: &str| node.file("parvis.toml", &config.replace("sqlite:parvis.sqlite", url));
    on(&node, &crate::postgres::fresh_database());
    node.ask(&["init"]);
    let backup = node.folder().join("one");
    let made = node.ask(&["backup", text(&backup)]);
    assert_eq!(made["manifest"]["engine"], "postgres");
    node.ask(&["council", "add", "jeunes", "--name", "Conseil des jeunes", "--summary", "Après"]);
    assert_eq!(node.run(&["restore", text(&backup)]).code, 1, "a node is there");
    let done = node.ask(&["restore", text(&backup), "--replace"]);
    assert!(done["aside"].as_str().unwrap().starts_with("replaced_"));
    assert_eq!(node.ask(&["council", "list"]).as_array().unwrap().len(), 0, "the state of the backup");
    assert_eq!(node.run(&["verify"]).code, 0);
    on(&node, &crate::postgres::fresh_database());
    assert_eq!(node.ask(&["restore", text(&backup)])["present"]["state"], "nothing");
    assert_eq!(node.run(&["verify"]).code, 0);
}
