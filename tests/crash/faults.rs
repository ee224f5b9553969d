//! Faults of what the node stands on, under load: its database locked, its disk full, PostgreSQL restarted,
//! stopped gently, frozen (R8, R9, R10, R15; X3, X13, X17, X21, X25).

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    kills::seed,
    load::{Stage, until},
    support::{
        postgres::{Cluster, fresh_database},
        process::{Node, exchange},
    },
    world::{Address, World},
};

const SQLITE: &str = "sqlite:parvis.sqlite";

async fn stage() -> Stage {
    let world = World::start(seed()).await;
    Stage::set(Node::on(SQLITE, &World::names()), world).await
}

/// Another process that holds the write lock of a SQLite file.
fn lock(file: &Path, seconds: u32) -> Child {
    let program = "import sqlite3, sys, time\n\
        base = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n\
        base.execute('BEGIN IMMEDIATE')\n\
        print('locked', flush=True)\n\
        time.sleep(float(sys.argv[2]))\n\
        base.execute('ROLLBACK')\n";
    let mut python = Command::new("python3");
    python.args(["-c", program]).arg(file).arg(seconds.to_string());
    let mut child = python.stdout(Stdio::piped()).spawn().expect("python3, with its sqlite3");
    let mut said = String::new();
    let output = child.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut said).expect("a line");
    assert_eq!(said.trim(), "locked");
    child
}

/// Runs a statement from another process; gives what it answers.
fn python(file: &Path, statement: &str) -> String {
    let program = "import sqlite3, sys\n\
        base = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n\
        print(base.execute(sys.argv[2]).fetchall())\n";
    let mut python = Command::new("python3");
    let done = python.args(["-c", program]).arg(file).arg(statement).output().expect("python3");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r08_x17_a_locked_database_is_waited_for_five_seconds_and_then_told() {
    let stage = stage().await;
    let load = stage.load(seed(), 0.0);
    stage.goes_on();
    let mut holder = lock(&stage.node.folder().join("parvis.sqlite"), 10);
    let reader = thread::spawn({
        let address = stage.node.address();
        let domain = stage.node.domain.clone();
        move || {
            let request = format!("GET / HTTP/1.1\r\nHost: {domain}\r\nConnection: close\r\n\r\n");
            let mut read = 0;
            while holder.try_wait().expect("its state").is_none() {
                let page = exchange(&address, request.as_bytes()).expect("a page");
                assert_eq!(page.status, 200, "reading goes on");
                read += 1;
                thread::sleep(Duration::from_millis(100));
            }
            read
        }
    });
    assert!(reader.join().expect("reading went on") > 5);
    stage.goes_on();
    {
        let history = stage.history.lock().unwrap();
        println!("{} put off, the longest wait {:?}", history.put_off, history.longest);
        assert!(history.put_off > 0, "ten seconds are longer than the patience");
        // Five seconds for the lock, and as long again when the answer waits for what others wrote.
        assert!(history.longest < Duration::from_secs(8), "waited {:?}", history.longest);
    }
    // What was sent while its outcome could not be written is sent once more.
    stage.settle(load, 1).await;
}

/// A small file system in memory, gone with the value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount.
    fn mount(size: &str) -> Option<Self> {
        let place = tempfile::Builder::new().prefix("parvis-disk-").tempdir().expect("a folder").keep();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"]).arg(&place);
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        let disk = Self(place);
        mounted.then_some(disk)
    }

    /// Uses up every byte that is left.
    fn fill(&self) {
        let mut file = File::create(self.0.join("filler")).expect("a file");
        let mut chunk = vec![0; 1 << 20];
        while !chunk.is_empty() {
            if file.write_all(&chunk).is_err() {
                chunk.truncate(chunk.len() / 2);
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).stderr(Stdio::null()).status();
        let _ = fs::remove_dir(&self.0);
    }
}

/// Runs this test again as the root of a user namespace of its own, where it may mount.
fn again_in_a_namespace(test: &str) {
    const AGAIN: &str = "PARVIS_CRASH_NAMESPACE";
    assert!(std::env::var_os(AGAIN).is_none(), "a tmpfs can be mounted neither here nor in a user namespace");
    let mut again = Command::new("unshare");
    again.arg("-Urm").arg(std::env::current_exe().expect("this program")).args([
        "--exact",
        test,
        "--nocapture",
    ]);
    let status = again.env(AGAIN, "1").status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "this test mounts a small tmpfs: run it as root, or where `unshare -Urm` is permitted"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r09_x13_a_full_disk_stops_writes_alone_and_heals() {
    // Enough to be ready, which takes 200 MB.
    let Some(disk) = SmallDisk::mount("240m") else {
        return again_in_a_namespace("faults::r09_x13_a_full_disk_stops_writes_alone_and_heals");
    };
    let world = World::start(seed()).await;
    let stage = Stage::set(Node::inside(&disk.0, SQLITE, &World::names()), world).await;
    let status = |path: &str| stage.node.get(path, "text/html").status;
    until("it is ready", || status("/readyz") == 200);
    let load = stage.load(seed(), 0.0);
    stage.goes_on();
    // So that the log of SQLite has no room of its own.
    let emptied = python(&stage.node.folder().join("parvis.sqlite"), "PRAGMA wal_checkpoint(TRUNCATE)");
    println!("its log is emptied: {emptied}");
    disk.fill();
    until("writes are put off", || stage.history.lock().unwrap().put_off > 3);
    until("it is not ready", || status("/readyz") == 503);
    let before = stage.history.lock().unwrap().facts.len();
    for _ in 0..20 {
        assert_eq!((status("/"), status("/healthz")), (200, 200), "reading goes on");
        thread::sleep(Duration::from_millis(50));
    }
    println!("acknowledged while full: {}", stage.history.lock().unwrap().facts.len() - before);
    fs::remove_file(disk.0.join("filler")).expect("there is room again");
    let since = Instant::now();
    stage.goes_on();
    until("it is ready again", || status("/readyz") == 200);
    println!("healed after {:?}", since.elapsed());
    stage.settle(load, 2).await;
    let app = stage.app().await;
    assert_eq!(app.db.damage().await.expect("it can be read"), None, "the file is whole");
    app.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r10_x21_postgres_is_restarted_under_load_and_nothing_acknowledged_is_lost() {
    const RESTARTS: usize = 14;
    let cluster = Cluster::start();
    let world = World::start(seed()).await;
    let stage = Stage::set(Node::on(&cluster.database(), &World::names()), world).await;
    let load = stage.load(seed(), 0.0);
    let mut slowest = Duration::ZERO;
    for turn in 0..RESTARTS {
        thread::sleep(Duration::from_millis(300));
        cluster.restart(if turn % 2 == 0 { "fast" } else { "immediate" });
        let since = Instant::now();
        stage.goes_on();
        slowest = slowest.max(since.elapsed());
    }
    println!("{RESTARTS} restarts; acknowledged again after {slowest:?} at most");
    until("it is ready", || stage.node.get("/readyz", "*/*").status == 200);
    // A request in flight while its outcome could not be written is sent again.
    stage.settle(load, RESTARTS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r15_told_to_stop_under_load_it_ends_in_ten_seconds_and_repeats_nothing() {
    let mut stage = stage().await;
    let load = stage.load(seed(), 0.0);
    for turn in 0..5 {
        stage.goes_on();
        thread::sleep(Duration::from_millis(150 * turn));
        stage.node.signal("TERM");
        let (code, took) = stage.node.ended();
        println!("stopped in {took:?}");
        assert_eq!(code, 0, "{}", stage.node.log());
        assert!(took < Duration::from_secs(10), "took {took:?}");
        stage.node.start();
    }
    stage.settle(load, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r20_x03_two_workers_share_one_queue_on_postgres_and_one_is_frozen() {
    let database = fresh_database();
    let world = World::start(seed()).await;
    let stage = Stage::set(Node::on(&database, &World::names()), world).await;
    let mut second = stage.node.beside(&database, &World::names());
    second.start();
    let load = stage.load(seed(), 0.0);
    for _ in 0..3 {
        stage.goes_on();
        thread::sleep(Duration::from_millis(700));
        second.signal("STOP");
        thread::sleep(Duration::from_secs(2));
        second.signal("CONT");
    }
    second.wait_until_it_answers();
    stage.settle(load, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x25_out_of_file_descriptors_it_goes_on_and_recovers() {
    let mut stage = stage().await;
    stage.node.signal("TERM");
    assert_eq!(stage.node.ended().0, 0);
    let mut few = Command::new("sh");
    few.args(["-c", "ulimit -n 64; exec \"$0\" serve", env!("CARGO_BIN_EXE_parvis")]);
    few.current_dir(stage.node.folder()).env("PARVIS_CONFIG", "parvis.toml").stdin(Stdio::null());
    stage.node.spawn_as(few);
    stage.node.wait_until_it_answers();
    let load = stage.load(seed(), 0.0);
    stage.goes_on();
    let address = Address::from(&stage.node).address;
    let many: Vec<TcpStream> = (0..100).filter_map(|_| TcpStream::connect(&address).ok()).collect();
    assert!(many.len() > 64, "more than it can hold: {}", many.len());
    thread::sleep(Duration::from_secs(2));
    drop(many);
    stage.goes_on();
    stage.settle(load, 0).await;
}
