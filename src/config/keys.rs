//! Section `[keys]`: private keys at rest.

use std::{fs, io, os::unix::fs::PermissionsExt as _, path::Path, path::PathBuf};

use serde::Deserialize;

use crate::domain::Problem;

/// Keys at rest.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// File of 32 random bytes (or their 64 hex digits) that seals private keys in the database;
    /// none: kept in plain form, protected by the rights of the database alone.
    pub seal_with: Option<PathBuf>,
}

impl Keys {
    /// The key file, if one is named, is readable by us, not by everybody, and holds 32 bytes.
    #[must_use]
    pub fn validate(&self) -> Vec<Problem> {
        self.sealing_key().err().into_iter().collect()
    }

    /// The 32 bytes that seal private keys; none when keys are kept in plain form.
    ///
    /// # Errors
    /// Rule `unreadable`, `file-too-open` (readable by everybody, threats W23) or `sealing-key`.
    pub fn sealing_key(&self) -> Result<Option<[u8; 32]>, Problem> {
        let Some(file) = &self.seal_with else { return Ok(None) };
        let refused = |rule, detail: String| Problem { field: "keys.seal_with".to_owned(), rule, detail };
        let unreadable = |error: io::Error| refused("unreadable", format!("{}: {error}", file.display()));
        let rights = fs::metadata(file).map_err(unreadable)?.permissions().mode();
        if rights & 0o007 != 0 {
            return Err(refused("file-too-open", format!("{} ({:o})", file.display(), rights & 0o777)));
        }
        let bytes = fs::read(file).map_err(unreadable)?;
        key_of(&bytes).map(Some).ok_or_else(|| refused("sealing-key", file.display().to_string()))
    }

    /// A relative path starts at the folder of the configuration file.
    pub(super) fn settle(&mut self, folder: &Path) {
        if let Some(file) = &mut self.seal_with {
            *file = folder.join(&file);
        }
    }
}

/// 32 bytes as they are, or written as 64 hex digits (a line end after them is forgiven).
fn key_of(bytes: &[u8]) -> Option<[u8; 32]> {
    if let Ok(key) = bytes.try_into() {
        return Some(key);
    }
    let digits = bytes.trim_ascii();
    if digits.len() != 64 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut key = [0_u8; 32];
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn a_key_is_32_bytes_or_64_hex_digits() {
        assert_eq!(key_of(&[7; 32]), Some([7; 32]));
        assert_eq!(key_of(format!("{}\n", "0A".repeat(32)).as_bytes()), Some([10; 32]));
        for bad in ["", "abc", &"g0".repeat(32), &"00".repeat(31)] {
            assert_eq!(key_of(bad.as_bytes()), None, "{bad}");
        }
    }
}
