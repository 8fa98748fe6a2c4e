//! Which archives this build reads.

/// Version of the layout of the archive; a reader reads just this one.
pub const FORMAT_VERSION: u16 = 1;

/// Version of the language, `v1`.
pub const LANGUAGE_VERSION: u16 = 1;
