//! The foreign judges of `tests/judges`, run by Node.js. What they need is installed by `scripts/test`;
//! where it is missing a test fails, it is never passed over.

use std::{
    io::{BufRead as _, BufReader, Write as _},
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
        let mut child = script("fediverse.mjs").args(arguments).spawn().expect("Node.js starts");
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
