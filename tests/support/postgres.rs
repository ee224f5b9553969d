//! A PostgreSQL cluster of the test process itself: made in a temporary directory, reached through a Unix
//! socket there (no port, no network), gone when the process ends, however it ends.
//!
//! Missing binaries are a failure, not a skip: a storage that is only tried on one engine is not tried.

use std::{
    fs,
    io::Write as _,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

const SUPERUSER: &str = "parvis";

/// URL of a fresh, empty database in this process's cluster.
pub fn fresh_database() -> String {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start).database()
}

/// A cluster.
pub struct Cluster {
    bin: PathBuf,
    dir: PathBuf,
    user: Option<(u32, u32)>,
    /// Its standard input is held open by this process alone: when that closes, the cluster is stopped
    /// and its directory removed.
    _keeper: Child,
}

/// Nothing that is asked of it survives the machine, everything survives its own restart.
const SETTINGS: &str = "listen_addresses = ''\nfsync = off\nfull_page_writes = off\nmax_connections = 200\n\
    shared_buffers = 16MB\n";

const KEEPER: &str = r#"
"$1/pg_ctl" -D "$2/data" -l "$2/log" -s -w start
read -r _
"$1/pg_ctl" -D "$2/data" -s -w -m immediate stop
rm -rf "$2"
"#;

impl Cluster {
    /// A cluster of its own.
    pub fn start() -> Self {
        let bin = binaries();
        let dir = tempfile::Builder::new().prefix("parvis-pg-").tempdir().expect("a directory").keep();
        let user = unprivileged(&dir);
        if let Some((uid, gid)) = user {
            chown(&dir, Some(uid), Some(gid)).expect("the directory changes its owner");
        }
        let mut initdb = as_user(user, &bin.join("initdb"), &dir);
        initdb.arg("-D").arg(dir.join("data")).args(["-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]);
        initdb.args(["--no-sync", "--no-locale", "--locale-provider=icu", "--icu-locale=fr"]);
        run(&mut initdb);
        let settings = format!("{SETTINGS}unix_socket_directories = '{}'\n", dir.display());
        let file = fs::OpenOptions::new().append(true).open(dir.join("data/postgresql.conf"));
        file.and_then(|mut file| file.write_all(settings.as_bytes())).expect("the settings");
        let mut keeper = as_user(user, Path::new("/bin/sh"), &dir);
        keeper.args(["-c", KEEPER, "keeper"]).arg(&bin).arg(&dir).stdout(Stdio::null()).stderr(Stdio::null());
        let keeper = keeper.stdin(Stdio::piped()).process_group(0).spawn().expect("a shell");
        let cluster = Self { bin, dir, user, _keeper: keeper };
        cluster.wait_until_ready();
        cluster
    }

    /// URL of a fresh, empty database. Its collation is French, so that an order which is not
    /// `COLLATE "C"` shows.
    pub fn database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut createdb = Command::new(self.bin.join("createdb"));
        createdb.arg("-h").arg(&self.dir).args(["-U", SUPERUSER, &name]);
        run(&mut createdb);
        format!("postgres:///{name}?user={SUPERUSER}&host={}", self.dir.display())
    }

    /// Stops it and starts it again; `mode` is `fast` or `immediate`.
    pub fn restart(&self, mode: &str) {
        let mut again = as_user(self.user, &self.bin.join("pg_ctl"), &self.dir);
        again.arg("-D").arg(self.dir.join("data")).arg("-l").arg(self.dir.join("log"));
        run(again.args(["-s", "-w", "-m", mode, "restart"]).stdout(Stdio::null()));
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        for _ in 0..600 {
            let mut ask = Command::new(self.bin.join("pg_isready"));
            ask.arg("-q").arg("-h").arg(&self.dir).args(["-U", SUPERUSER, "-d", "postgres"]);
            if ask.status().is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.dir.join("log")).unwrap_or_default();
        panic!("PostgreSQL does not start: {log}");
    }
}

fn as_user(user: Option<(u32, u32)>, program: &Path, dir: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.current_dir(dir);
    command
}

/// Who runs the cluster when the tests run as root, which PostgreSQL refuses.
fn unprivileged(ours: &Path) -> Option<(u32, u32)> {
    if fs::metadata(ours).expect("the directory").uid() != 0 {
        return None;
    }
    let passwd = fs::read_to_string("/etc/passwd").expect("/etc/passwd");
    let find = |name: &str| {
        let mut fields =
            passwd.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("a user postgres or nobody"))
}

/// The directory of the newest `initdb` of this machine.
fn binaries() -> PathBuf {
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = packaged
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = versions.into_iter().rev().map(|(_, path)| path).chain(std::env::split_paths(&on_path));
    places.find(|path| path.join("initdb").is_file() && path.join("postgres").is_file()).unwrap_or_else(
        || {
            let mut err = std::io::stderr();
            let _ =
                writeln!(err, "These tests need the programs of PostgreSQL 15 or newer (initdb, postgres).");
            panic!("install them (Debian, Ubuntu: `apt install postgresql`) or put their directory on PATH");
        },
    )
}

fn run(command: &mut Command) {
    let done = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}
