//! YAML text to located values: the only file that knows `serde-saphyr`.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::{
    DuplicateKeyPolicy, Error, Location, MergeKeyPolicy, NonFiniteFloatPolicy, Options, Spanned, budget::BudgetBreach,
};

use super::{
    sources::Pos,
    syntax::{Fault, MAX_DEPTH, Syntax},
    tree::{Entry, Kind, Node},
};

/// Reads one YAML document whose first byte lies at `base`.
///
/// # Errors
///
/// The first place where the text is not YAML, or unfolds to more than its size justifies.
pub fn parse(text: &str, base: Pos) -> Result<Node<'_>, Fault> {
    match serde_saphyr::from_str_with_options::<Spanned<Raw<'_>>>(text, options(text.len())) {
        Ok(root) => {
            let mut root = located(root);
            if base > 0 {
                shift(&mut root, base);
            }
            Ok(root)
        }
        Err(error) => Err(fault(&error, text, base)),
    }
}

/// What a text of `bytes` may cost: a fixed sum for small files, and for large ones as much as honest
/// text of that size can need. Aliases unfold within the same sums, so a bomb stays near its own size.
fn options(bytes: usize) -> Options {
    let honest = bytes + 10_000;
    let unfolded = bytes / 4 + 10_000;
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: honest * 2,
            max_nodes: honest,
            max_aliases: honest,
            max_anchors: honest,
            max_merge_keys: honest,
            max_recorded_anchor_events: unfolded,
            max_recorded_anchor_bytes: honest,
            max_total_scalar_bytes: honest + unfolded * 8,
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_documents: 2,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: unfolded },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Merge,
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    }
}

fn fault(error: &Error, text: &str, base: Pos) -> Fault {
    let at = error.location().map_or(0, |l| place(&l, text)).min(text.len() as u32);
    let kind = match innermost(error) {
        Error::MultipleDocuments { .. } => Syntax::Documents,
        Error::DuplicateMappingKey { .. } => Syntax::DuplicateKey,
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::RecursiveReferencesRequireWeakTypes { .. } => Syntax::Bomb,
        Error::Budget { breach, .. } => match breach {
            BudgetBreach::Depth { .. } => Syntax::TooDeep,
            BudgetBreach::Documents { .. } => Syntax::Documents,
            _ => Syntax::Bomb,
        },
        other if other.to_string().contains("nesting") || other.to_string().contains("recursion limit") => {
            Syntax::TooDeep
        }
        _ => Syntax::Malformed,
    };
    Fault::new(kind, base + at, first_line(error))
}

fn innermost(error: &Error) -> &Error {
    match error {
        Error::AliasError { error, .. } => innermost(error),
        other => other.without_snippet(),
    }
}

/// What the parser says, without the position that is printed anyway.
fn first_line(error: &Error) -> String {
    let whole = innermost(error).to_string();
    let line = whole.lines().next().unwrap_or_default();
    let line = line.split(" at line ").next().unwrap_or(line);
    let line = line.strip_prefix("error: ").unwrap_or(line);
    line.split_once(": ").filter(|(head, _)| head.starts_with("line ")).map_or(line, |(_, tail)| tail).to_owned()
}

/// The byte of an error; some errors of the scanner know only line and column.
fn place(location: &Location, text: &str) -> u32 {
    if let Some(offset) = location.span().byte_offset().filter(|o| *o > 0) {
        return offset as u32;
    }
    let before = text.split_inclusive('\n').take(location.line().saturating_sub(1) as usize);
    let start: usize = before.map(str::len).sum();
    let column = location.column().saturating_sub(1) as usize;
    let line = &text[start..];
    (start + line.char_indices().nth(column).map_or(line.len(), |(i, _)| i)) as u32
}

fn offset(location: &Location) -> u32 {
    location.span().byte_offset().unwrap_or(0) as u32
}

/// A value without the bulk of the parser's own positions. Where an alias stands, the place is that of
/// the anchor: what is wrong with a value is wrong there.
fn located(value: Spanned<Raw<'_>>) -> Node<'_> {
    Node { kind: value.value.0, at: offset(&value.defined) }
}

fn shift(node: &mut Node<'_>, by: Pos) {
    node.at += by;
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|n| shift(n, by)),
        Kind::Map(entries) => {
            for entry in entries {
                entry.at += by;
                shift(&mut entry.value, by);
            }
        }
        _ => {}
    }
}

/// A value as the parser hands it over.
struct Raw<'t>(Kind<'t>);

impl<'de> Deserialize<'de> for Raw<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(Values).map(Raw)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Kind<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Kind<'de>, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind<'de>, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind<'de>, E> {
        Ok(Kind::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind<'de>, E> {
        Ok(Kind::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Kind<'de>, E> {
        Ok(Kind::Number(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Kind<'de>, E> {
        Ok(Kind::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kind<'de>, E> {
        Ok(Kind::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Kind<'de>, E> {
        Ok(Kind::Text(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind<'de>, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Raw<'de>>>()? {
            out.push(located(item));
        }
        out.shrink_to_fit();
        Ok(Kind::List(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Kind<'de>, A::Error> {
        let mut out = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<Raw<'de>>>()? {
            let at = offset(&key.defined);
            let key = key_text(key.value.0).ok_or_else(|| A::Error::custom("a key must be text"))?;
            let value = located(entries.next_value::<Spanned<Raw<'de>>>()?);
            out.push(Entry { key, at, value });
        }
        out.shrink_to_fit();
        Ok(Kind::Map(out))
    }
}

/// A key as text; the schema complains about plain numbers where an id belongs.
fn key_text(key: Kind<'_>) -> Option<Cow<'_, str>> {
    match key {
        Kind::Text(text) => Some(text),
        Kind::Number(n) => Some(Cow::Owned(n.to_string())),
        Kind::Bool(b) => Some(Cow::Owned(b.to_string())),
        Kind::Null => Some(Cow::Borrowed("null")),
        Kind::List(_) | Kind::Map(_) => None,
    }
}
