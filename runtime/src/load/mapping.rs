//! Memory that holds an archive's bytes: the heap, a sealed copy, or a file
//! mapped as it is.
//!
//! In: an open file. Out: a [`Storage`], whose bytes neither move nor change
//! while it lives. That promise is what the safety of [`super::archive`] rests
//! on, and this file is where it is made.

use memmap2::Mmap;
use std::fmt;
use std::fs::File;
use std::io;

/// Bytes that neither move nor change while this value lives.
pub(crate) enum Storage {
    /// On the heap, owned by this value alone.
    Owned(Vec<u8>),
    /// Mapped for reading.
    Mapped(Mmap),
}

impl Storage {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Storage::Owned(bytes) => bytes,
            Storage::Mapped(map) => map,
        }
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Storage::Owned(_) => "Owned",
            Storage::Mapped(_) => "Mapped",
        };
        write!(f, "{kind}({} bytes)", self.bytes().len())
    }
}

/// Maps a file as it is.
///
/// # Safety
/// Nobody changes the file's bytes or its length while the mapping lives.
pub(super) unsafe fn map(file: &File) -> io::Result<Storage> {
    // SAFETY: the caller promises that nobody changes the file.
    unsafe { Mmap::map(file) }.map(Storage::Mapped)
}

/// Copies at most `most` bytes of a file that has `length` now into memory that is
/// then sealed: no one, this process included, can change or resize it any more.
///
/// Sealed memory counts as a file, and who writes more to one than the process may
/// is killed (`RLIMIT_FSIZE`, SIGXFSZ); so what isn't shorter than that is an error.
///
/// The file may change or be cut short meanwhile: it is read, not mapped, so
/// that is a damaged copy at worst, which the archive's hash shows.
#[cfg(target_os = "linux")]
pub(super) fn copy_sealed(file: &mut File, length: u64, most: u64) -> io::Result<Storage> {
    let Some(memory) = sealed(file, length, most)? else { return Ok(Storage::Owned(Vec::new())) };
    // SAFETY: the memory is anonymous and sealed, so neither its bytes nor its length can change,
    // by whichever descriptor; the mapping keeps it alive.
    let map = unsafe { Mmap::map(&memory)? };
    Ok(Storage::Mapped(map))
}

/// The copy itself, as a file that has no name. `None` if it would be empty.
#[cfg(target_os = "linux")]
fn sealed(file: &mut File, length: u64, most: u64) -> io::Result<Option<File>> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
    use rustix::process::{Resource, getrlimit};
    use std::io::Read;

    let room = getrlimit(Resource::Fsize).current.unwrap_or(u64::MAX);
    let too_large = io::ErrorKind::FileTooLarge;
    if length >= room {
        return Err(too_large.into());
    }
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Kernels before 6.3 don't know NOEXEC_SEAL; hardened ones since insist on it.
    let memory = memfd_create("rulestone", flags | MemfdFlags::NOEXEC_SEAL)
        .or_else(|_| memfd_create("rulestone", flags))?;
    let mut memory = File::from(memory);
    let copied = io::copy(&mut file.take(most.min(room)), &mut memory)?;
    if copied == 0 {
        return Ok(None);
    }
    if copied >= room {
        // It has grown meanwhile.
        return Err(too_large.into());
    }
    let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
    fcntl_add_seals(&memory, seals)?;
    Ok(Some(memory))
}

/// There is no sealed memory on this system.
#[cfg(not(target_os = "linux"))]
pub(super) fn copy_sealed(_file: &mut File, _length: u64, _most: u64) -> io::Result<Storage> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::fs::{SealFlags, fcntl_get_seals};
    use rustix::io::{FdFlags, fcntl_getfd};
    use std::io::Write;

    #[test]
    fn a_sealed_copy_is_one_that_nobody_changes_resizes_or_inherits() {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(&[7; 100]).expect("is written");
        io::Seek::rewind(&mut file).expect("a file");
        let memory = sealed(&mut file, 100, 1000).expect("is copied").expect("isn't empty");
        let all = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
        let seals = fcntl_get_seals(&memory).expect("has seals");
        assert!(seals.contains(all), "{seals:?}");
        let flags = fcntl_getfd(&memory).expect("has flags");
        assert!(flags.contains(FdFlags::CLOEXEC));
        assert!((&memory).write_all(b"x").is_err());
        assert!(memory.set_len(50).is_err() && memory.set_len(200).is_err());
    }
}
