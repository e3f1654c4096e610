//! What a search domain may hold: its size, its operators, and the fields that it may use.

use std::collections::{HashMap, HashSet};

use super::super::{Result, codes};
use super::condition::operator_named;
use super::kind::Kind;
use crate::primitives::Error;

/// How large a domain may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Operators and sub-domains inside one another; a chain of the same operator counts once.
    pub depth: usize,
    /// Conditions.
    pub leaves: usize,
    /// Values in the lists of all conditions together.
    pub values: usize,
    /// Fields in one path, with those of the `any` around it.
    pub path: usize,
}

/// What a domain may hold.
#[derive(Debug)]
pub struct Rules {
    /// Its size.
    pub limits: Limits,
    fields: Option<HashMap<String, Kind>>,
    operators: Option<HashSet<&'static str>>,
}

impl Rules {
    /// Rules that allow every field, and every operator that does not go around access rules.
    ///
    /// # Errors
    /// `Parameter` when a limit is beyond the widest that there is.
    pub fn new(limits: Limits) -> Result<Self> {
        if limits.depth > 64 || limits.leaves > 10_000 || limits.values > 1_000_000 || limits.path > 16 {
            return Err(Error::Parameter("at most: max_depth 64, max_leaves 10000, max_values 1000000, max_path 16"));
        }
        Ok(Self { limits, fields: None, operators: None })
    }

    /// Allows these paths alone; inside `any` a path is the one that leads to it and its own, joined by a dot.
    ///
    /// A relation is compared with text where `display_name` behind it is one of them: this is what Odoo looks into then.
    #[must_use]
    pub fn with_fields(self, fields: HashMap<String, Kind>) -> Self {
        let kind = |path: &String, kind: Kind| {
            if fields.contains_key(&format!("{path}.display_name")) { kind.with_names() } else { kind }
        };
        let known = fields.iter().map(|(path, given)| (path.clone(), kind(path, *given))).collect();
        Self { fields: Some(known), ..self }
    }

    /// Allows these operators alone.
    ///
    /// # Errors
    /// `Parameter` when Odoo has no such operator, or it goes around access rules.
    pub fn with_operators(self, names: &[String]) -> Result<Self> {
        let known = |name: &String| operator_named(name).map(|(operator, _)| operator);
        let operators = names.iter().map(known).collect::<Result<_>>();
        Ok(Self { operators: Some(operators.map_err(|_| UNKNOWN_OPERATOR)?), ..self })
    }

    pub(super) fn kind(&self, path: &str) -> Result<Kind> {
        let Some(fields) = &self.fields else { return Ok(Kind::Any) };
        fields.get(path).copied().ok_or(codes::DOMAIN_FIELD_REFUSED)
    }

    pub(super) fn require_operator(&self, operator: &str) -> Result<()> {
        let allowed = self.operators.as_ref().is_none_or(|operators| operators.contains(operator));
        if allowed { Ok(()) } else { Err(codes::DOMAIN_OPERATOR_REFUSED) }
    }
}

const UNKNOWN_OPERATOR: Error =
    Error::Parameter("operators are those of Odoo's search domains, without any! and not any!");
