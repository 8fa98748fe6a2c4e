//! Facts, variables and places in the source by the names that people know.

use rulestone_format::archive::{ArchivedPosition, ArchivedRuleset, ArchivedVariable};

/// A variable as expressions name it, such as `variables.strong`. What has no
/// name is told by its number and its place in the source.
pub fn variable_name(archive: &ArchivedRuleset, number: u32) -> String {
    let Some(variable) = archive.variables.get(number as usize) else {
        return "?".to_owned();
    };
    match (shared_number(archive, number), variable_position(archive, variable)) {
        (None, _) => format!("variables.{}", archive.text(&variable.name)),
        (Some(shared), Some(place)) => format!("(shared expression {shared} at {place})"),
        (Some(shared), None) => format!("(shared expression {shared})"),
    }
}

/// Which of the variables without a name it is, from 0; they stand after the others.
pub fn shared_number(archive: &ArchivedRuleset, variable: u32) -> Option<usize> {
    (variable as usize).checked_sub(named_variables(archive))
}

/// How many variables have names.
pub fn named_variables(archive: &ArchivedRuleset) -> usize {
    archive.variables.partition_point(|variable| variable.name.length.to_native() > 0)
}

/// Where a variable's expression stood in the source: its code ends with it.
pub fn variable_position(archive: &ArchivedRuleset, variable: &ArchivedVariable) -> Option<String> {
    let unit = archive.units.get(variable.unit.to_native() as usize)?;
    let code = &unit.code;
    let end = (code.start.to_native() as usize).checked_add(code.length.to_native() as usize)?;
    position(archive, archive.debug.code.get(end.checked_sub(1)?))
}

/// The path of a fact.
pub fn fact_name(archive: &ArchivedRuleset, number: u32) -> &str {
    let fact = archive.schema.fact(number as usize);
    fact.map_or("?", |fact| archive.text(&fact.path))
}

/// Where something stood in the source: `file:line:column`.
pub fn position(archive: &ArchivedRuleset, position: Option<&ArchivedPosition>) -> Option<String> {
    let position = position?;
    let file = archive.debug.files.get(position.file.to_native() as usize)?;
    Some(format!("{}:{}:{}", archive.text(file), position.line, position.column))
}
