//! Several nodes: the demonstration's own check, run by the real binary (six nodes, signed HTTP, a citizen of
//! another server; one node is stopped and goes on from its file).

use std::process::Command;

#[test]
fn six_nodes_federate_and_go_on_from_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let run = || {
        let output = Command::new(env!("CARGO_BIN_EXE_parvis"))
            .args(["demo", "--check", "--dir"])
            .arg(folder.path())
            .output()
            .expect("the binary runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), text, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (passed, told, warned) = run();
    assert!(passed, "{told}\n{warned}");
    let last = told.lines().last().unwrap_or_default();
    assert!(last.ends_with(" passed, 0 failed"), "{last}");
    assert!(told.contains("50/0/4"), "{told}");
}
