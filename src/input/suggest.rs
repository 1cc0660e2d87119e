//! The nearest known word to a mistyped one.

/// The known word most like `word` (Jaro–Winkler), where it is like it at all; of equals the first.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.len() > 200 {
        return None;
    }
    let mut best: Option<(f64, &str)> = None;
    for candidate in known {
        let score = strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase());
        if score > 0.8 && best.is_none_or(|(s, _)| score > s) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn typos_find_their_word() {
        assert_eq!(nearest("dedline", ["release", "deadline"]), Some("deadline"));
        assert_eq!(nearest("Priority", ["priority"]), Some("priority"));
        assert_eq!(nearest("xyz", ["release", "deadline"]), None);
    }
}
