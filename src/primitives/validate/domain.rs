//! Search domains of Odoo 19 (`odoo/orm/domains.py`): structure, operators and their values, depth and size.
//!
//! A domain in its normal form is one expression in prefix notation: where Odoo joins conditions without saying so, the
//! `&` is written out. Such a domain can be narrowed safely with `["&", ...mine, ...theirs]`. The parser reads whatever
//! implements [`Source`], so that Python objects and JSON go through the same code.

mod condition;
mod dates;
mod kind;
mod rules;

pub use condition::{Scalar, TEXT_MAX};
use condition::{Takes, accepted, operator_named, scalar};
pub use kind::Kind;
pub use rules::{Limits, Rules};

use super::{Result, codes, odoo};

/// A value of the host language.
pub trait Source: Sized {
    /// What it is.
    ///
    /// # Errors
    /// `domain_value` when it is nothing that a domain can hold.
    fn view(&self) -> Result<View<'_>>;

    /// An item of the sequence that it is.
    ///
    /// # Errors
    /// `domain_item` when there is none.
    fn item(&self, index: usize) -> Result<Self>;
}

/// What a [`Source`] is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum View<'a> {
    /// Python's `None`.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer that a database column can hold.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// A list or tuple of that many items.
    Sequence(usize),
}

/// The right side of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// One value.
    One(Scalar),
    /// A list of values.
    List(Vec<Scalar>),
    /// A domain on the related model.
    Domain(Domain),
}

/// An element of a domain.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// `&`, `|` or `!`.
    Operator(Operator),
    /// Odoo's `(1, '=', 1)` and `(0, '=', 1)`.
    Constant(bool),
    /// Field path, operator, value.
    Condition(String, &'static str, Value),
}

/// What joins conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `&`
    And,
    /// `|`
    Or,
    /// `!`
    Not,
}

/// One expression in prefix notation.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain(Vec<Token>);

impl Domain {
    /// Parses a domain.
    ///
    /// # Errors
    /// A code of [`codes`]: `type`, `field_name`, `path_too_deep`, or one that begins with `domain_`.
    pub fn parse<S: Source>(source: &S, rules: &Rules) -> Result<Self> {
        let mut parser = Parser { rules, limits: rules.limits, leaves: 0, values: 0 };
        Ok(parser.domain(source, "", 0)?.0)
    }

    /// The elements, in prefix notation.
    pub fn tokens(&self) -> &[Token] {
        &self.0
    }
}

struct Parser<'a> {
    rules: &'a Rules,
    limits: Limits,
    leaves: usize,
    values: usize,
}

impl Parser<'_> {
    /// The domain and its depth.
    fn domain<S: Source>(&mut self, source: &S, prefix: &str, level: usize) -> Result<(Domain, usize)> {
        if level > self.limits.depth {
            return Err(codes::DOMAIN_TOO_DEEP);
        }
        let wrong = if level == 0 { codes::TYPE } else { codes::DOMAIN_VALUE };
        let length = length(source).ok().flatten().ok_or(wrong)?;
        let tokens_max = self.limits.leaves.saturating_mul(4);
        if length > tokens_max {
            return Err(codes::DOMAIN_TOO_MANY_LEAVES);
        }
        if length == 0 {
            // It becomes `(1, "=", 1)`, which counts when it is read again.
            self.count_leaf()?;
        }
        let mut tokens = Vec::with_capacity(length);
        let mut depths = Vec::with_capacity(length);
        for index in 0..length {
            let (token, depth) = self.token(&source.item(index)?, prefix, level)?;
            tokens.push(token);
            depths.push(depth);
        }
        let (tokens, depth) = joined(tokens, depths)?;
        if tokens.len() > tokens_max {
            return Err(codes::DOMAIN_TOO_MANY_LEAVES);
        }
        if level.saturating_add(depth) > self.limits.depth {
            return Err(codes::DOMAIN_TOO_DEEP);
        }
        Ok((Domain(tokens), depth))
    }

    fn count_leaf(&mut self) -> Result<()> {
        self.leaves = self.leaves.saturating_add(1);
        if self.leaves > self.limits.leaves { Err(codes::DOMAIN_TOO_MANY_LEAVES) } else { Ok(()) }
    }

    fn token<S: Source>(&mut self, source: &S, prefix: &str, level: usize) -> Result<(Token, usize)> {
        match source.view().map_err(|_| codes::DOMAIN_ITEM)? {
            View::Text("&") => Ok((Token::Operator(Operator::And), 0)),
            View::Text("|") => Ok((Token::Operator(Operator::Or), 0)),
            View::Text("!") => Ok((Token::Operator(Operator::Not), 0)),
            View::Sequence(3) => self.condition(source, prefix, level),
            _ => Err(codes::DOMAIN_ITEM),
        }
    }

    fn condition<S: Source>(&mut self, source: &S, prefix: &str, level: usize) -> Result<(Token, usize)> {
        self.count_leaf()?;
        let (field, operator, value) = (source.item(0)?, source.item(1)?, source.item(2)?);
        let View::Text(operator) = operator.view().map_err(|_| codes::DOMAIN_OPERATOR)? else {
            return Err(codes::DOMAIN_OPERATOR);
        };
        let field = match field.view().map_err(|_| codes::FIELD_NAME)? {
            View::Text(path) => path.to_owned(),
            View::Int(constant @ (0 | 1)) if operator == "=" && value.view()? == View::Int(1) => {
                return Ok((Token::Constant(constant == 1), 0));
            }
            _ => return Err(codes::FIELD_NAME),
        };
        let full = if prefix.is_empty() { field.clone() } else { format!("{prefix}.{field}") };
        // A path counts with those of the `any` around it: both are joins.
        odoo::field_path(&full, self.limits.path)?;
        let kind = self.rules.kind(&full)?;
        let (operator, takes) = operator_named(operator)?;
        self.rules.require_operator(operator)?;
        kind.require(takes)?;
        let (value, depth) = self.value(&value, takes, kind, &full, level)?;
        Ok((Token::Condition(field, operator, value), depth))
    }

    fn value<S: Source>(
        &mut self,
        source: &S,
        takes: Takes,
        kind: Kind,
        full: &str,
        level: usize,
    ) -> Result<(Value, usize)> {
        if let Takes::Domain = takes {
            let (domain, depth) = self.domain(source, full, level.saturating_add(1))?;
            return Ok((Value::Domain(domain), depth.saturating_add(1)));
        }
        let value = match (length(source)?, takes) {
            (Some(length), Takes::List | Takes::Ids) => Value::List(self.list(source, length, takes, kind)?),
            (None, Takes::List) | (Some(_), _) => return Err(codes::DOMAIN_VALUE),
            (None, _) => Value::One(kind.accepted(accepted(scalar(source.view()?)?, takes)?)?),
        };
        Ok((value, 0))
    }

    fn list<S: Source>(&mut self, source: &S, length: usize, takes: Takes, kind: Kind) -> Result<Vec<Scalar>> {
        self.values = self.values.saturating_add(length);
        if self.values > self.limits.values {
            return Err(codes::DOMAIN_TOO_MANY_VALUES);
        }
        let one = |index| kind.accepted(accepted(scalar(source.item(index)?.view()?)?, takes)?);
        (0..length).map(one).collect()
    }
}

fn length<S: Source>(source: &S) -> Result<Option<usize>> {
    Ok(if let View::Sequence(length) = source.view()? { Some(length) } else { None })
}

/// Checks that every operator has what it joins, and joins the expressions of the top level by `&`.
///
/// Odoo reads from the end, too. `depths` are those inside each condition.
fn joined(tokens: Vec<Token>, depths: Vec<usize>) -> Result<(Vec<Token>, usize)> {
    if tokens.is_empty() {
        return Ok((vec![Token::Constant(true)], 0));
    }
    let mut done: Vec<(Option<Operator>, usize)> = Vec::with_capacity(tokens.len());
    for (token, depth) in tokens.iter().zip(depths).rev() {
        let Token::Operator(operator) = token else {
            done.push((None, depth));
            continue;
        };
        let mut operand = || done.pop().map(|inner| below(*operator, inner)).ok_or(codes::DOMAIN_ARITY);
        let depth = if *operator == Operator::Not { operand()? } else { operand()?.max(operand()?) };
        done.push((Some(*operator), depth));
    }
    let ands = done.len().saturating_sub(1);
    let depth = match done.as_slice() {
        [(_, depth)] => *depth,
        expressions => expressions.iter().map(|inner| below(Operator::And, *inner)).max().unwrap_or(0),
    };
    let mut all = vec![Token::Operator(Operator::And); ands];
    all.extend(tokens);
    Ok((all, depth))
}

/// The depth of an operator above an expression: `&` on `&` and `|` on `|` are one level, as Odoo flattens them.
fn below(operator: Operator, (inner, depth): (Option<Operator>, usize)) -> usize {
    let same = inner == Some(operator) && operator != Operator::Not;
    if same { depth } else { depth.saturating_add(1) }
}

impl From<Operator> for &'static str {
    fn from(operator: Operator) -> Self {
        match operator {
            Operator::And => "&",
            Operator::Or => "|",
            Operator::Not => "!",
        }
    }
}
