//! Variables as functions.
//!
//! A bool that may fail has a function for "definitely true" and one for
//! "definitely false", so that conditions need nothing but bools. Only what
//! something calls is written.

use super::names::Names;
use super::refused::Refused;
use super::writer::{Form, KnownVariable, Writer, Written};
use crate::check::checked::Variable;
use crate::check::tree::VariableId;
use crate::check::types::Type;

impl Form {
    /// What the function of a variable is called.
    pub fn function(self, name: &str) -> String {
        match self {
            Form::Value => name.to_owned(),
            Form::IsTrue => format!("is_true_{name}"),
            Form::IsFalse => format!("is_false_{name}"),
        }
    }
}

impl Writer<'_> {
    /// Finds out which variables can be written, and which may fail. A variable
    /// uses earlier ones only.
    pub(super) fn learn_variables(&mut self) -> bool {
        // No name is another one with a prefix before it.
        let mut names = Names::default();
        for variable in &self.ruleset.variables {
            let (support, imports) = (self.support.clone(), self.imports.clone());
            let (called, ends) = (self.called.clone(), self.compares_ends);
            let lists = self.lists.len();
            let known = self.learn(variable, &mut names);
            self.variables.push(known);
            // It is written for good only if something calls it.
            (self.support, self.imports) = (support, imports);
            (self.called, self.compares_ends) = (called, ends);
            self.lists.truncate(lists);
        }
        names.unusual
    }

    fn learn(&mut self, variable: &Variable, names: &mut Names) -> Result<KnownVariable, Refused> {
        if result_type(&variable.body.ty).is_none() {
            return self.refuse(&variable.body, format!("variables of type {}", variable.body.ty));
        }
        let code = self.value(&variable.body)?;
        let name = names.add(&format!("variable_{}", variable.name));
        Ok(KnownVariable { name, fallible: code.fallible })
    }

    /// The text of the file `variables.rs`, after all that calls variables.
    pub(super) fn write_variables(&mut self) -> Written<String> {
        let mut functions = Vec::new();
        self.in_variables = true;
        for index in (0..self.ruleset.variables.len()).rev() {
            let id = VariableId(index as u32);
            for form in [Form::Value, Form::IsTrue, Form::IsFalse] {
                if self.called.contains(&(id, form)) {
                    functions.push(self.write_variable(id, form)?);
                }
            }
        }
        self.in_variables = false;
        functions.reverse();
        Ok(functions.concat())
    }

    fn write_variable(&mut self, id: VariableId, form: Form) -> Written<String> {
        let variables = &self.ruleset.variables;
        // INVARIANT: only variables that were learnt are called.
        let Some(Variable { name, body }) = variables.get(id.0 as usize) else {
            return Ok(String::new());
        };
        let known = self.known_variable(body, id)?;
        self.reads_facts = false;
        let (code, result) = match form {
            Form::IsTrue => (self.condition(body, true)?.text, "bool".to_owned()),
            Form::IsFalse => (self.condition(body, false)?.text, "bool".to_owned()),
            // Conditions are the better code where there is no fault to tell apart.
            Form::Value if body.ty == Type::Bool && !known.fallible => {
                (self.condition(body, true)?.text, "bool".to_owned())
            }
            Form::Value => {
                let code = self.value(body)?;
                let ty = result_type(&body.ty).unwrap_or("()");
                match known.fallible {
                    true => (format!("Some({})", code.text), format!("Option<{ty}>")),
                    false => (code.text, ty.to_owned()),
                }
            }
        };
        let meaning = match form {
            Form::Value => String::new(),
            Form::IsTrue => " is definitely true".to_owned(),
            Form::IsFalse => " is definitely false".to_owned(),
        };
        if result.contains("Timestamp") {
            self.imports.insert("Timestamp");
        }
        let function = form.function(&known.name);
        let (generics, facts) = match (body.ty == Type::String, self.reads_facts) {
            (true, true) => ("<'a>", "facts: &Facts<'a>"),
            (true, false) => ("<'a>", "_facts: &Facts<'a>"),
            (false, true) => ("", "facts: &Facts<'_>"),
            (false, false) => ("", "_facts: &Facts<'_>"),
        };
        let body = super::rules::broken(&code);
        Ok(format!(
            "\n/// `variables.{name}`{meaning}\npub(crate) fn {function}{generics}({facts}) -> {result} {{\n    {body}\n}}\n"
        ))
    }
}

/// The Rust type of a variable's value.
fn result_type(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::Bool => "bool",
        Type::Int | Type::Duration => "i64",
        Type::Uint => "u64",
        Type::Double => "f64",
        Type::String => "&'a str",
        Type::Timestamp => "Timestamp",
        Type::Point => "(f64, f64)",
        Type::Bytes | Type::List(_) | Type::Map(..) | Type::Never => return None,
    })
}
