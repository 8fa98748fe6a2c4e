//! What all rooms of this folder share.

use super::declared::Names;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::unread::Unread;

/// Reads the parts of a ruleset; each room of the folder adds how it reads its own.
pub(super) struct Reader<'d> {
    pub diagnostics: &'d mut Diagnostics,
    pub unread: Unread,
    pub names: Names,
}

impl<'d> Reader<'d> {
    pub fn new(diagnostics: &'d mut Diagnostics) -> Reader<'d> {
        Reader { diagnostics, unread: Unread::default(), names: Names::default() }
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
