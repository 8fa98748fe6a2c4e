//! The tables that describe the whole: identity, groups, outputs, debug data.

use super::names;
use super::text::Texts;
use super::types::Types;
use crate::archive::{ArchivedOutput, ArchivedPosition, ArchivedRuleset, NONE};
use crate::error::{Error, ErrorCode};
use crate::rule::{Combine, HitPolicy};
use crate::types::{TypeId, TypeKind};

/// The name of group 0.
const DEFAULT_GROUP: &str = "default";

pub(super) fn identity(archive: &ArchivedRuleset, texts: &mut Texts<'_>) -> Result<(), Error> {
    let identity = &archive.identity;
    let all = [&identity.name, &identity.description, &identity.tzdata, &identity.compiler];
    for (number, text) in all.into_iter().enumerate() {
        texts.check(text, number)?;
    }
    if identity.enabled > 1 {
        return Err(Error::new(ErrorCode::Identity));
    }
    Ok(())
}

pub(super) fn groups(archive: &ArchivedRuleset, texts: &mut Texts<'_>) -> Result<(), Error> {
    let groups = &archive.groups;
    for (number, group) in groups.iter().enumerate() {
        texts.name(&group.name, ErrorCode::GroupTable, number)?;
        if HitPolicy::from_u16(group.hit_policy.to_native()).is_none() {
            return Err(Error::at(ErrorCode::GroupTable, number as u64));
        }
    }
    if groups.first().map(|group| archive.text(&group.name)) != Some(DEFAULT_GROUP) {
        return Err(Error::at(ErrorCode::GroupTable, 0));
    }
    let name = |at: usize| groups.get(at).map(|group| &group.name);
    names::unique(archive, groups.len(), name, ErrorCode::GroupTable)
}

pub(super) fn outputs(
    archive: &ArchivedRuleset,
    types: &Types,
    texts: &mut Texts<'_>,
) -> Result<(), Error> {
    let outputs = &archive.outputs;
    for (number, output) in outputs.iter().enumerate() {
        texts.name(&output.name, ErrorCode::OutputTable, number)?;
        if !is_output(archive, types, output) {
            return Err(Error::at(ErrorCode::OutputTable, number as u64));
        }
    }
    let name = |at: usize| outputs.get(at).map(|output| &output.name);
    names::unique(archive, outputs.len(), name, ErrorCode::OutputTable)
}

fn is_output(archive: &ArchivedRuleset, types: &Types, output: &ArchivedOutput) -> bool {
    let value = TypeId(output.value_type.to_native());
    let result = TypeId(output.result_type.to_native());
    let combine = Combine::from_u16(output.combine.to_native());
    let (Some(kind), Some(combine)) = (types.kind(value), combine) else { return false };
    if !kind.is_value() || !can_combine(combine, kind) {
        return false;
    }
    let default = output.default.to_native();
    if combine == Combine::Collect {
        return types.kind(result) == Some(TypeKind::List(value)) && default == NONE;
    }
    let constant = archive.constants.get(default as usize);
    let fits = constant.is_some_and(|constant| constant.value_type.to_native() == value.0);
    result == value && (default == NONE || fits)
}

fn can_combine(combine: Combine, kind: TypeKind) -> bool {
    let is_sum =
        matches!(kind, TypeKind::Int | TypeKind::Uint | TypeKind::Double | TypeKind::Duration);
    match combine {
        Combine::First | Combine::Last | Combine::Collect => true,
        Combine::Sum => is_sum,
        Combine::Min | Combine::Max => {
            is_sum || matches!(kind, TypeKind::Timestamp | TypeKind::String)
        }
        Combine::Any | Combine::All => kind == TypeKind::Bool,
    }
}

pub(super) fn debug(archive: &ArchivedRuleset, texts: &mut Texts<'_>) -> Result<(), Error> {
    let debug = &archive.debug;
    for (number, file) in debug.files.iter().enumerate() {
        texts.check(file, number)?;
    }
    for (positions, described) in
        [(&debug.rules, archive.rules.len()), (&debug.code, archive.code.len())]
    {
        if !(positions.is_empty() || positions.len() == described) {
            return Err(Error::at(ErrorCode::DebugTable, positions.len() as u64));
        }
        let files = debug.files.len();
        if let Some(wrong) = positions.iter().position(|position| !is_position(position, files)) {
            return Err(Error::at(ErrorCode::DebugTable, wrong as u64));
        }
    }
    Ok(())
}

fn is_position(position: &ArchivedPosition, files: usize) -> bool {
    let file = position.file.to_native();
    file == NONE || (file as usize) < files
}
