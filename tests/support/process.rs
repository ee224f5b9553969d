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
    listen: u16,
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
        Self::on("sqlite:parvis.sqlite", &[])
    }

    /// The same on a given database, to which other names on the loopback are known too.
    pub fn on(database: &str, names: &[String]) -> Self {
        Self::inside(&std::env::temp_dir(), database, names)
    }

    /// The same, with its folder in a given one.
    pub fn inside(place: &Path, database: &str, names: &[String]) -> Self {
        let port = free_port();
        Self::made(place, &format!("localhost:{port}"), port, database, names)
    }

    /// Another process of the same node, as a mistake or a second worker: same name, same database.
    pub fn beside(&self, database: &str, names: &[String]) -> Self {
        Self::made(&std::env::temp_dir(), &self.domain, free_port(), database, names)
    }

    fn made(place: &Path, domain: &str, listen: u16, database: &str, names: &[String]) -> Self {
        let base = format!("http://{domain}");
        let dir = tempfile::Builder::new().prefix("parvis-node-").tempdir_in(place).expect("a folder");
        let names: Vec<String> = names.iter().map(|name| format!("\"{name}\" = \"127.0.0.1\"")).collect();
        let names = names.join("\n");
        let config = format!(
            "domain = \"{domain}\"\npublic_url = \"{base}\"\nlisten = \"127.0.0.1:{listen}\"\n\
             [city]\nname = \"Rennes\"\nterritory = \"35238\"\n\
             [database]\nurl = \"{database}\"\n\
             [federation]\nallow_networks = [\"127.0.0.0/8\", \"::1/128\"]\n\
             [federation.resolve]\nlocalhost = \"127.0.0.1\"\n{names}"
        );
        fs::write(dir.path().join("parvis.toml"), config).expect("the configuration");
        Self { base, domain: domain.to_owned(), listen, dir, running: None }
    }

    /// Its folder: where commands run and the configuration is.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.listen)
    }

    /// The same node on another machine: its configuration in a new folder, and nothing else.
    pub fn elsewhere(&self) -> Self {
        let dir = tempfile::Builder::new().prefix("parvis-node-").tempdir().expect("a folder");
        fs::copy(self.dir.path().join("parvis.toml"), dir.path().join("parvis.toml"))
            .expect("the configuration");
        Self { base: self.base.clone(), domain: self.domain.clone(), listen: self.listen, dir, running: None }
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
        self.spawn();
        self.wait_until_it_answers();
    }

    /// Starts `serve`; what it writes is added to its log.
    pub fn spawn(&mut self) {
        let serve = self.command(&["serve"]);
        self.spawn_as(serve);
    }

    /// Starts a command as the one that serves.
    pub fn spawn_as(&mut self, mut serve: Command) {
        assert!(self.running.is_none(), "it runs already");
        let log = File::options().create(true).append(true).open(self.dir.path().join("serve.log"));
        let log = log.expect("a log");
        serve.stdout(log.try_clone().expect("the log again")).stderr(log);
        self.running = Some(serve.spawn().expect("the program starts"));
    }

    /// Ends it at once, wherever it is.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().expect("SIGKILL");
            child.wait().expect("it is over");
        }
    }

    /// Sends a signal by its name: TERM, STOP, CONT.
    pub fn signal(&self, name: &str) {
        let pid = self.running.as_ref().expect("it runs").id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(sent.expect("kill").success(), "SIG{name} to {pid}");
    }

    /// Waits until it ends by itself; gives its exit code and how long that took.
    pub fn ended(&mut self) -> (i32, Duration) {
        let since = Instant::now();
        let mut child = self.running.take().expect("it runs");
        while since.elapsed() < Duration::from_mins(1) {
            if let Some(status) = child.try_wait().expect("its state") {
                return (status.code().unwrap_or(-1), since.elapsed());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
        let _ = child.wait();
        panic!("it does not end:\n{}", self.log());
    }

    /// Waits until `/healthz` answers.
    pub fn wait_until_it_answers(&mut self) {
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

    /// A command of the node, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.commands()(arguments)
    }

    /// Gives commands of the node, also to others.
    pub fn commands(&self) -> impl Fn(&[&str]) -> Command + Send + Sync + 'static {
        let folder = self.folder().to_owned();
        move |arguments| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_parvis"));
            command.args(arguments).current_dir(&folder).stdin(Stdio::null());
            command.env("PARVIS_CONFIG", folder.join("parvis.toml"));
            command
        }
    }

    /// The same, `None` when there is no whole answer.
    pub fn try_get(&self, path: &str, accept: &str) -> Option<Answer> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n",
            self.domain
        );
        exchange(&self.address(), request.as_bytes()).ok()
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// Nobody listens there.
    Refused,
    /// Nothing came back.
    Silence,
    /// It began and broke off.
    BrokenOff,
}

/// Sends a whole request that asks to close, and reads the whole answer.
///
/// # Errors
/// Why there is none.
pub fn exchange(address: &str, request: &[u8]) -> Result<Answer, NoAnswer> {
    let mut stream = TcpStream::connect(address).map_err(|_| NoAnswer::Refused)?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(|_| NoAnswer::Refused)?;
    stream.write_all(request).map_err(|_| NoAnswer::Silence)?;
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes);
    if bytes.is_empty() {
        return Err(NoAnswer::Silence);
    }
    ended.map_err(|_| NoAnswer::BrokenOff)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").ok_or(NoAnswer::BrokenOff)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(NoAnswer::BrokenOff)?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
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
