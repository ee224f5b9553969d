//! A node as its operator runs it: the program itself, a configuration in a folder, its commands, and
//! `serve` on a port of the loopback under the name `localhost`.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// A node in a folder of its own, stopped and removed with the value.
pub struct Node {
    /// `http://localhost:{port}`.
    pub base: String,
    /// `localhost:{port}`, the name in handles.
    pub domain: String,
    dir: TempDir,
    running: Option<Child>,
}

/// What a command did.
#[derive(Debug)]
pub struct Done {
    /// Its exit code.
    pub code: i32,
    /// What it said.
    pub out: String,
    /// What it complained of.
    pub err: String,
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its head, as sent.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Node {
    /// A node of the commune of Rennes that may reach the loopback; nothing is started yet.
    pub fn new() -> Self {
        let port = free_port();
        let domain = format!("localhost:{port}");
        let base = format!("http://{domain}");
        let dir = tempfile::Builder::new().prefix("parvis-node-").tempdir().expect("a folder");
        let config = format!(
            "domain = \"{domain}\"\npublic_url = \"{base}\"\nlisten = \"127.0.0.1:{port}\"\n\
             [city]\nname = \"Rennes\"\nterritory = \"35238\"\n\
             [database]\nurl = \"sqlite:parvis.sqlite\"\n\
             [federation]\nallow_networks = [\"127.0.0.0/8\", \"::1/128\"]\n\
             [federation.resolve]\nlocalhost = \"127.0.0.1\"\n"
        );
        fs::write(dir.path().join("parvis.toml"), config).expect("the configuration");
        Self { base, domain, dir, running: None }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// The same node on another machine: its configuration in a new folder, and nothing else.
    pub fn elsewhere(&self) -> Self {
        let dir = tempfile::Builder::new().prefix("parvis-node-").tempdir().expect("a folder");
        fs::copy(self.dir.path().join("parvis.toml"), dir.path().join("parvis.toml"))
            .expect("the configuration");
        Self { base: self.base.clone(), domain: self.domain.clone(), dir, running: None }
    }

    /// Tells `serve` to stop (SIGTERM); gives its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        let mut child = self.running.take()?;
        let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "kill");
        child.wait().ok()?.code()
    }

    /// A file in its folder.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    }

    /// Runs a command of the node to its end.
    pub fn run(&self, arguments: &[&str]) -> Done {
        let done = self.command(arguments).output().expect("the program runs");
        Done {
            code: done.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&done.stdout).into_owned(),
            err: String::from_utf8_lossy(&done.stderr).into_owned(),
        }
    }

    /// Runs a command that must succeed; gives its result, as JSON.
    pub fn ask(&self, arguments: &[&str]) -> Value {
        let done = self.run(&[&["--json"], arguments].concat());
        assert_eq!(done.code, 0, "parvis {arguments:?}\n{}\n{}\n{}", done.out, done.err, self.log());
        serde_json::from_str(&done.out).unwrap_or_else(|_| Value::String(done.out))
    }

    /// Starts `serve` and waits until it answers.
    pub fn start(&mut self) {
        let log = File::create(self.dir.path().join("serve.log")).expect("a log");
        let mut serve = self.command(&["serve"]);
        serve.stdout(log.try_clone().expect("the log again")).stderr(log);
        self.running = Some(serve.spawn().expect("the program starts"));
        let until = Instant::now() + Duration::from_mins(1);
        while self.try_get("/healthz", "*/*").is_none_or(|answer| answer.status != 200) {
            let ended = self.running.as_mut().and_then(|child| child.try_wait().ok().flatten());
            assert!(ended.is_none() && Instant::now() < until, "serve does not answer:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A GET of a path of the running node.
    pub fn get(&self, path: &str, accept: &str) -> Answer {
        self.try_get(path, accept).unwrap_or_else(|| panic!("no answer to {path}:\n{}", self.log()))
    }

    /// What `serve` wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("serve.log")).unwrap_or_default()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parvis"));
        command.args(arguments).current_dir(self.dir.path()).stdin(Stdio::null());
        command.env("PARVIS_CONFIG", self.dir.path().join("parvis.toml"));
        command
    }

    fn try_get(&self, path: &str, accept: &str) -> Option<Answer> {
        let mut stream = TcpStream::connect(self.domain.replace("localhost", "127.0.0.1")).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n",
            self.domain
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("-- what the node wrote\n{}", self.log());
        }
    }
}

/// A port nobody listens on now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// A file of the repository, by its path there.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
