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
///
/// Its collation is French, so that an order which is not `COLLATE "C"` shows.
pub fn fresh_database() -> String {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let cluster = CLUSTER.get_or_init(Cluster::start);
    let name = format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut createdb = Command::new(cluster.bin.join("createdb"));
    createdb.arg("-h").arg(&cluster.dir).args(["-U", SUPERUSER, &name]);
    run(&mut createdb);
    format!("postgres:///{name}?user={SUPERUSER}&host={}", cluster.dir.display())
}

struct Cluster {
    bin: PathBuf,
    dir: PathBuf,
    /// Its standard input is held open by this process alone: when that closes, the cluster is stopped
    /// and its directory removed.
    _keeper: Child,
}

const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c max_connections=200 -c shared_buffers=16MB >"$2/log" 2>&1 </dev/null &
read -r _
kill -INT $!
wait
rm -rf "$2"
"#;

impl Cluster {
    fn start() -> Self {
        let bin = binaries();
        let dir = tempfile::Builder::new().prefix("parvis-pg-").tempdir().expect("a directory").keep();
        let user = unprivileged(&dir);
        if let Some((uid, gid)) = user {
            chown(&dir, Some(uid), Some(gid)).expect("the directory changes its owner");
        }
        let as_user = |program: &Path| {
            let mut command = Command::new(program);
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command.current_dir(&dir);
            command
        };
        let mut initdb = as_user(&bin.join("initdb"));
        initdb.arg("-D").arg(dir.join("data")).args(["-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]);
        initdb.args(["--no-sync", "--no-locale", "--locale-provider=icu", "--icu-locale=fr"]);
        run(&mut initdb);
        let mut keeper = as_user(Path::new("/bin/sh"));
        keeper.args(["-c", KEEPER, "keeper"]).arg(&bin).arg(&dir);
        let keeper = keeper.stdin(Stdio::piped()).process_group(0).spawn().expect("a shell");
        let cluster = Self { bin, dir, _keeper: keeper };
        cluster.wait_until_ready();
        cluster
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
