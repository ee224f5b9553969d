//! The foreign judges of `tests/judges`, run by Node.js and Python. What they need is installed by
//! `scripts/setup`; where it is missing a test fails, it is never passed over.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::{Value, json};

use super::process::repository;

/// A command of Node.js for one of the scripts.
///
/// # Panics
/// When Node.js or the packages of the judges are not installed.
pub fn script(name: &str) -> Command {
    let asked = Command::new("node").arg("--version").output();
    let version = asked.map(|done| String::from_utf8_lossy(&done.stdout).into_owned()).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|n| n.parse::<u32>().ok());
    assert!(major.is_some_and(|n| n >= 20), "Node.js 20 or newer is needed: run scripts/test");
    let installed = repository("tests/judges/node_modules/@fedify/fedify").is_dir();
    assert!(installed, "the packages of tests/judges are not installed: run scripts/test");
    let mut command = Command::new("node");
    command.arg(repository("tests/judges").join(name)).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// A command of the judges' Python for one of the scripts.
///
/// # Panics
/// When `scripts/setup` has not installed it.
pub fn python(name: &str) -> Command {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory");
    let program = built.join("judges-tools/venv/bin/python");
    assert!(program.exists(), "no Python judges at {}: run scripts/setup", program.display());
    let mut command = Command::new(program);
    command.arg(repository("tests/judges").join(name)).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Runs a judge to its end: an order on its standard input, its finding on its standard output. What it
/// tells people besides is kept back unless it fails.
///
/// # Panics
/// When the judge fails.
pub fn finding(mut judge: Command, order: &Value) -> Value {
    let mut running = judge.stderr(Stdio::piped()).spawn().expect("the judge starts");
    let mut input = running.stdin.take().expect("its input");
    let order = order.to_string();
    std::thread::spawn(move || input.write_all(order.as_bytes()));
    let done = running.wait_with_output().expect("its output");
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{judge:?} failed:\n{complaint}");
    serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{judge:?}: no finding:\n{complaint}"))
}

/// A folder of the corpora, which come in no package registry: `PARVIS_CORPORA` names where they are. Says
/// so when a test runs without.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let corpora = std::env::var_os("PARVIS_CORPORA").map(PathBuf::from);
    if corpora.is_none() {
        println!("not run: {name} (PARVIS_CORPORA names no folder)");
    }
    let folder = corpora?.join(name);
    assert!(folder.is_dir(), "PARVIS_CORPORA has no folder {name}: {}", folder.display());
    Some(folder)
}

/// The foreign fediverse server, told what to do one line at a time.
pub struct Fediverse {
    /// Where it is: `http://localhost:{port}`.
    pub base: String,
    /// The id of its one actor, `alice`.
    pub alice: String,
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Fediverse {
    /// Starts one; the arguments are those of `fediverse.mjs`.
    pub fn start(arguments: &[&str]) -> Self {
        let mut server = script("fediverse.mjs");
        let mut child = server.args(arguments).stderr(Stdio::piped()).spawn().expect("Node.js starts");
        // Not inherited: Node.js would make the standard error of the test itself non-blocking.
        let complaints = BufReader::new(child.stderr.take().expect("its complaints"));
        std::thread::spawn(move || {
            complaints.lines().map_while(Result::ok).for_each(|line| eprintln!("{line}"));
        });
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut server = Self { base: String::new(), alice: String::new(), child, input, lines };
        let ready = server.answer("start");
        server.base = text(&ready, "ready");
        server.alice = text(&ready, "actor");
        server
    }

    /// Has it do something; gives its answer.
    ///
    /// # Panics
    /// When it answers with an error, or not within a minute.
    pub fn ask(&mut self, command: &str, parameters: Value) -> Value {
        let mut order = json!({ "do": command });
        if let (Some(order), Value::Object(parameters)) = (order.as_object_mut(), parameters) {
            order.extend(parameters);
        }
        writeln!(self.input, "{order}").expect("the foreign server listens");
        let answer = self.answer(command);
        assert!(answer.get("error").is_none(), "{order}: {}", text(&answer, "error"));
        answer
    }

    fn answer(&mut self, command: &str) -> Value {
        let line = self.lines.recv_timeout(Duration::from_mins(1));
        let line = line.unwrap_or_else(|_| panic!("the foreign server does not answer to {command}"));
        serde_json::from_str(&line).expect("one JSON object a line")
    }
}

impl Drop for Fediverse {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text in an object.
pub fn text(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap_or_default().to_owned()
}
