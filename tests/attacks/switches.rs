//! Row F13: nothing in the environment widens what the program reaches.

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::http_server::{Reply, Server};

/// A configuration in a folder; the program run there with one more variable.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(networks: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!(
            "domain = \"rennes.localhost:1\"\npublic_url = \"http://rennes.localhost:1\"\nlisten = \"127.0.0.1:0\"\n\
             city = {{ name = \"Rennes\", territory = \"35238\" }}\n\
             [federation]\nallow_networks = [{networks}]\n"
        );
        fs::write(folder.path().join("parvis.toml"), config).expect("the configuration");
        Self(folder)
    }

    async fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parvis"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        command.env("PARVIS_CONFIG", self.0.path().join("parvis.toml"));
        command.envs(variables.iter().copied());
        let run = tokio::task::spawn_blocking(move || command.output());
        run.await.expect("it runs").expect("the program runs")
    }
}

#[tokio::test]
async fn f13_a_switch_that_widens_stops_the_start() {
    let folder = Folder::new("\"127.0.0.1/32\"");
    assert_eq!(folder.run(&["config", "check"], &[]).await.status.code(), Some(0));
    for value in ["1", "false", ""] {
        let switch = [("DANGER_FEDERATION_ALLOW_LOCAL_IP", value)];
        for arguments in
            [&["serve"][..], &["follow", "angers.example"], &["publish", "--all"], &["config", "check"]]
        {
            let done = folder.run(arguments, &switch).await;
            let told = String::from_utf8_lossy(&done.stderr).into_owned();
            assert_eq!(done.status.code(), Some(78), "{arguments:?}: {told}");
            assert!(told.contains("DANGER_FEDERATION_ALLOW_LOCAL_IP"), "{told}");
        }
    }
    assert!(!folder.0.path().join("parvis.sqlite").exists(), "nothing was begun");
}

#[tokio::test]
async fn f13_a_proxy_of_the_environment_is_not_used() {
    let proxy = Server::start(|_| Reply::new("404 Not Found", &[], b"")).await;
    let angers = Server::start(|_| Reply::new("404 Not Found", &[], b"")).await;
    let folder = Folder::new("\"127.0.0.1/32\"");
    assert!(folder.run(&["init"], &[]).await.status.success());
    let address = format!("http://{}", proxy.address);
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let variables = names.map(|name| (name, address.as_str()));
    let whom = format!("http://angers.localhost:{}/b", angers.address.port());
    let done = folder.run(&["follow", &whom], &variables).await;
    assert!(!done.status.success(), "there is nobody");
    assert_eq!((angers.hits(), proxy.hits()), (1, 0), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn f13_the_debug_switch_of_the_federation_library_is_nowhere() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("its entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some(OsStr::new("rs")) {
                let source = fs::read_to_string(&path).expect("UTF-8");
                assert!(!source.contains("FederationConfig"), "{}: its fetching is not ours", path.display());
                read += 1;
            }
        }
    }
    assert!(read > 100, "{read} files");
}
