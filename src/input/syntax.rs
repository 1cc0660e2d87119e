//! Text to located values: which format it is, by content, and what is wrong where it is neither.

use super::{codes, json, sources::Pos, tree::Node, yaml};

/// Deepest nesting of lists and mappings in a file.
pub const MAX_DEPTH: usize = 100;

/// How a text fails to be a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// It is neither YAML nor JSON.
    Malformed,
    /// It nests too deeply.
    TooDeep,
    /// Its aliases and merges unfold to far more than was written.
    Bomb,
    /// It holds several documents.
    Documents,
    /// A key stands twice in one mapping.
    DuplicateKey,
}

impl Syntax {
    /// The code of the finding.
    pub fn code(self) -> &'static codes::Code {
        match self {
            Self::Malformed => &codes::SYNTAX,
            Self::TooDeep => &codes::TOO_DEEP,
            Self::Bomb => &codes::EXPANSION,
            Self::Documents => &codes::DOCUMENTS,
            Self::DuplicateKey => &codes::DUPLICATE_KEY,
        }
    }
}

impl Fault {
    /// A fault; only malformed text and duplicate keys are told in the reader's words.
    pub fn new(kind: Syntax, at: Pos, said: String) -> Self {
        let own = matches!(kind, Syntax::Malformed | Syntax::DuplicateKey);
        Self { kind, at, message: if own { said } else { kind.code().meaning.to_owned() } }
    }
}

/// The first place where a text is no document.
#[derive(Debug)]
pub struct Fault {
    /// In which way.
    pub kind: Syntax,
    /// Where.
    pub at: Pos,
    /// What the reader said, or the code's own meaning where that is clearer.
    pub message: String,
}

/// True where a text is to be read as JSON: it starts with `[`, or with `{` and a quoted key or `}`.
/// A YAML flow mapping with plain keys is YAML.
pub fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let after = |open: char| text.strip_prefix(open).map(str::trim_start);
    after('{').is_some_and(|t| t.starts_with(['"', '}'])) || after('[').is_some_and(|t| t.starts_with(['{', '"', ']']))
}

/// Reads one document whose first byte lies at `base`.
///
/// # Errors
///
/// The first place where the text is no document.
pub fn parse(text: &str, base: Pos) -> Result<Node<'_>, Fault> {
    if is_json(text) { json::parse(text, base) } else { yaml::parse(text, base) }
}
