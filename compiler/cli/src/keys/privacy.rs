//! Who may read a file.

use std::fs::Metadata;

/// Whether others than its owner may read or change a file.
#[cfg(unix)]
pub(super) fn is_open_to_others(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.mode() & 0o077 != 0
}

/// Who may read a file isn't seen from its metadata here.
#[cfg(not(unix))]
pub(super) fn is_open_to_others(_metadata: &Metadata) -> bool {
    false
}
