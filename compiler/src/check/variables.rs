//! The order in which variables depend on each other.

use crate::cel::{self, ExprKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::span::Spanned;
use std::collections::{BTreeSet, HashMap};

/// How long a chain of variables, each using the next, may be.
pub const MAX_CHAIN: usize = 64;

/// A variable's name, the number of its text, and its tree if it could be parsed.
pub type Parsed = (Spanned<String>, u32, Option<cel::Expr>);

/// Indices of the variables such that each comes after those that it uses;
/// variables in a cycle, or that use one, are left out and reported.
pub fn order(variables: &[Parsed], diagnostics: &mut Diagnostics) -> Vec<usize> {
    let index: HashMap<&str, usize> =
        variables.iter().enumerate().map(|(i, (name, _, _))| (name.value.as_str(), i)).collect();
    let uses: Vec<BTreeSet<usize>> = variables
        .iter()
        .map(|(_, _, tree)| {
            let mut used = BTreeSet::new();
            if let Some(tree) = tree {
                mentioned(tree, &mut |name| used.extend(index.get(name)));
            }
            used
        })
        .collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); variables.len()];
    for (user, used) in uses.iter().enumerate() {
        used.iter().for_each(|used| users[*used].push(user));
    }
    // Kahn's algorithm, always taking the first in order of declaration.
    let mut waiting: Vec<usize> = uses.iter().map(BTreeSet::len).collect();
    let mut ready: BTreeSet<usize> = (0..variables.len()).filter(|i| waiting[*i] == 0).collect();
    let mut order = Vec::with_capacity(variables.len());
    let mut chain = vec![1usize; variables.len()];
    let mut too_deep = BTreeSet::new();
    while let Some(next) = ready.pop_first() {
        chain[next] += uses[next].iter().map(|used| chain[*used]).max().unwrap_or(0);
        if chain[next] > MAX_CHAIN {
            too_deep.insert(next);
        } else {
            order.push(next);
        }
        for user in &users[next] {
            waiting[*user] -= 1;
            if waiting[*user] == 0 {
                ready.insert(*user);
            }
        }
    }
    if let Some(first) = too_deep.first() {
        let name = &variables[*first].0;
        let message = format!("`{}` ends a chain of more than {MAX_CHAIN} variables", name.value);
        let help = "write some of them into the expressions that use them";
        diagnostics
            .push(Diagnostic::new(Code::VariableChain, message).at(name.span, "").help(help));
    }
    cycles(variables, &uses, &waiting, diagnostics);
    order
}

/// Reports each cycle once.
fn cycles(
    variables: &[Parsed],
    uses: &[BTreeSet<usize>],
    waiting: &[usize],
    diagnostics: &mut Diagnostics,
) {
    let mut seen = vec![false; variables.len()];
    for start in 0..variables.len() {
        // Follow the first use that is itself stuck, until a place comes again.
        let mut path = Vec::new();
        let mut at = start;
        while waiting[at] > 0 && !seen[at] {
            seen[at] = true;
            path.push(at);
            let Some(next) = uses[at].iter().find(|used| waiting[**used] > 0) else { break };
            at = *next;
        }
        let Some(first) = path.iter().position(|step| *step == at) else { continue };
        let cycle: Vec<&str> =
            path[first..].iter().map(|step| variables[*step].0.value.as_str()).collect();
        let name = &variables[at].0;
        let shown = if cycle.len() > 8 { &cycle[..8] } else { &cycle[..] };
        let dots = if cycle.len() > 8 { " -> …" } else { "" };
        let message = format!(
            "variables use each other in a circle: {}{dots} -> {}",
            shown.join(" -> "),
            name.value
        );
        diagnostics.push(Diagnostic::new(Code::CyclicVariable, message).at(name.span, ""));
    }
}

/// Calls `visit` with each name that stands as `variables.NAME`.
fn mentioned<'e>(expr: &'e cel::Expr, visit: &mut dyn FnMut(&'e str)) {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Identifier { .. } => {}
        ExprKind::Select { operand, field } => match &operand.kind {
            ExprKind::Identifier { name, .. } if name.text == "variables" => visit(&field.text),
            _ => mentioned(operand, visit),
        },
        ExprKind::Call { receiver, arguments, .. } => {
            receiver.iter().for_each(|receiver| mentioned(receiver, visit));
            arguments.iter().for_each(|argument| mentioned(argument, visit));
        }
        ExprKind::Unary { operand, .. } => mentioned(operand, visit),
        ExprKind::Binary { left: a, right: b, .. } | ExprKind::Index { operand: a, index: b } => {
            mentioned(a, visit);
            mentioned(b, visit);
        }
        ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::List(parts) => {
            parts.iter().for_each(|part| mentioned(part, visit));
        }
        ExprKind::Conditional { condition, then, otherwise } => {
            mentioned(condition, visit);
            mentioned(then, visit);
            mentioned(otherwise, visit);
        }
        ExprKind::Map(entries) => {
            for (key, value) in entries {
                mentioned(key, visit);
                mentioned(value, visit);
            }
        }
        ExprKind::Message { fields, .. } => {
            fields.iter().for_each(|(_, value)| mentioned(value, visit));
        }
    }
}
