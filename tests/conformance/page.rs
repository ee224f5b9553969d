//! Pages of `docs` that are written from a table of tests, and stay true: a test named there exists, and the
//! file says what the table says.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Set, the pages are written rather than compared.
const WRITE: &str = "PARVIS_WRITE";

/// All functions of the source and of the tests: name, and the file it is in.
pub fn functions() -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut folders: Vec<PathBuf> = ["src", "tests"].map(PathBuf::from).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(repository(&folder)).expect("a folder of the repository") {
            let entry = entry.expect("its entry");
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() && entry.file_name() != "node_modules" {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(entry.path()).expect("UTF-8");
                let file = path.to_string_lossy().replace('\\', "/");
                for name in functions_of(&source) {
                    // Two of one name: always the same one, in whatever order folders are read.
                    let known = found.entry(name).or_insert_with(|| file.clone());
                    if file < *known {
                        known.clone_from(&file);
                    }
                }
            }
        }
    }
    found
}

fn functions_of(source: &str) -> impl Iterator<Item = String> {
    let lines = source.lines().filter_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")
    });
    lines.map(|rest| rest.split(['(', '<']).next().unwrap_or_default().to_owned())
}

/// The page says this, and nothing else; with `PARVIS_WRITE=1` it is made to.
///
/// # Panics
/// When it says something else.
pub fn says(path: &str, text: &str) {
    let file = repository(Path::new(path));
    if std::env::var_os(WRITE).is_some() {
        fs::write(&file, text).expect("the page is written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == text, "{path} differs from its table: run these tests with {WRITE}=1");
}

fn repository(path: &Path) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
