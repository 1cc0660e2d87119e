//! Keeps secrets in: the one place that knows what a secret looks like.
//!
//! Adapters keep no environment values, headers or command arguments at all, only names and the addresses in
//! them ([`url`]). Everything else that is text passes [`text`] or [`pair`]; excerpts and messages of findings
//! pass [`masked`] and [`text`] on their way out, whatever file they are from.

use std::ops::Range;

/// What stands in for a secret.
pub const MASK: &str = "***";

/// Beginnings of well-known tokens.
const PREFIXES: [&str; 16] = [
    "sk-",
    "sk_",
    "pk_",
    "rk_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "AKIA",
    "AIza",
    "eyJ",
];
/// What the name of a secret contains, letters and digits only.
const NAMES: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "encryptionkey",
    "credential",
    "authorization",
    "cookie",
    "connectionstring",
    "sessionid",
    "webhook",
];
/// Whole names of secrets.
const WORDS: [&str; 8] = ["pwd", "pass", "dsn", "auth", "bearer", "pat", "jwt", "signature"];

/// True where a field, variable or header of this name holds a secret.
pub fn is_secret_name(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let counts = plain.contains("tokens") || plain.contains("tokenlimit") || plain.contains("tokeniz");
    NAMES.iter().any(|n| plain.contains(n))
        || WORDS.contains(&plain.as_str())
        || plain.ends_with("pwd")
        || plain.contains("token") && !counts
}

/// Free text with its secrets replaced by [`MASK`].
pub fn text(raw: &str) -> String {
    replace(raw, |_| MASK.to_owned())
}

/// Text with every byte of a secret replaced by `*`: places in it stay where they are.
pub fn masked(raw: &str) -> String {
    replace(raw, |secret| "*".repeat(secret.len()))
}

/// The value of a label or field: nothing of it where the name is that of a secret.
pub fn pair(name: &str, value: &str) -> String {
    if is_secret_name(name) { MASK.to_owned() } else { text(value) }
}

/// An address without user, password, query and fragment, and with random path segments masked; `None` where
/// the text is no address with a scheme.
pub fn url(raw: &str) -> Option<String> {
    let raw = raw.trim();
    let (scheme, rest) = raw.split_once("://")?;
    if scheme.is_empty() || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.:".contains(c)) {
        return None;
    }
    let rest = &rest[user_len(rest)..];
    let rest = &rest[..rest.find(['?', '#', ' ', '"', '\'']).unwrap_or(rest.len())];
    let mut parts = rest.split('/');
    let host = parts.next().filter(|h| !h.is_empty())?;
    let path: Vec<&str> = parts.map(|p| if is_random(p, 20) { MASK } else { p }).collect();
    let path = path.join("/");
    Some(if path.is_empty() { format!("{scheme}://{host}") } else { format!("{scheme}://{host}/{path}") })
}

/// Host and port of an address that passed [`url`], for joins.
pub fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// Bytes after `://` that hold user and password, with the `@`.
fn user_len(rest: &str) -> usize {
    let token = &rest[..rest.find(|c: char| c.is_whitespace() || "\"'`<>".contains(c)).unwrap_or(rest.len())];
    let authority = &token[..token.find(['/', '?', '#']).unwrap_or(token.len())];
    if let Some(at) = authority.rfind('@') {
        // `/@` begins a scope of a path; any other later `@` ends a password with a slash in it.
        let path = &token[..token.find(['?', '#']).unwrap_or(token.len())];
        let later =
            path.rfind('@').filter(|last| *last > at && authority.contains(':') && !path[..*last].ends_with('/'));
        return later.unwrap_or(at) + 1;
    }
    // A password may hold a slash that nobody escaped; then what looks like a port is no number.
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    if !port.is_empty() && !authority.ends_with(']') && !port.bytes().all(|b| b.is_ascii_digit()) {
        return token.rfind('@').map_or(0, |at| at + 1);
    }
    0
}

fn replace(raw: &str, with: impl Fn(&str) -> String) -> String {
    let mut spans = Vec::new();
    addresses(raw, &mut spans);
    assignments(raw, &mut spans);
    words(raw, &mut spans);
    spans.retain(|s| !s.is_empty());
    spans.sort_by_key(|s| (s.start, s.end));
    spans.dedup_by(|next, last| {
        let joined = next.start <= last.end;
        if joined {
            last.end = last.end.max(next.end);
        }
        joined
    });
    let (mut out, mut from) = (String::with_capacity(raw.len()), 0);
    for span in spans {
        out += &raw[from..span.start];
        out += &with(&raw[span.start..span.end]);
        from = span.end;
    }
    out + &raw[from..]
}

fn end_of_word(raw: &str, from: usize) -> usize {
    let stop = |c: char| c.is_whitespace() || "\"'`<>,;)}]".contains(c);
    raw[from..].find(stop).map_or(raw.len(), |i| from + i)
}

/// User and password, the values of the query, and the fragment of every address.
fn addresses(raw: &str, out: &mut Vec<Range<usize>>) {
    for (i, _) in raw.match_indices("://") {
        let start = i + 3;
        let user = user_len(&raw[start..]);
        if user > 0 {
            out.push(start..start + user - 1);
        }
        let end = end_of_word(raw, start + user);
        let Some(query) = raw[start + user..end].find(['?', '#']).map(|q| start + user + q) else { continue };
        if raw.as_bytes()[query] == b'#' {
            out.push(query + 1..end);
            continue;
        }
        let mut at = query + 1;
        for part in raw[query + 1..end].split(['&', '#']) {
            let value = part.find('=').map_or(0, |e| e + 1);
            out.push(at + value..at + part.len());
            at += part.len() + 1;
        }
    }
}

/// The values after the names of secrets: `token=…`, `"password": "…"`, `--api-key …`, `Authorization: …`.
fn assignments(raw: &str, out: &mut Vec<Range<usize>>) {
    let in_name = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    let bytes = raw.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !in_name(bytes[at]) {
            at += 1;
            continue;
        }
        let end = (at..bytes.len()).find(|i| !in_name(bytes[*i])).unwrap_or(bytes.len());
        let name = &raw[at..end];
        // A name is short; what is long is looked at as a word.
        if name.len() <= 64 && is_secret_name(name) {
            out.extend(value_after(raw, end, name));
        }
        at = end;
    }
}

fn value_after(raw: &str, end: usize, name: &str) -> Option<Range<usize>> {
    let rest = &raw[end..];
    let mut tail = rest.trim_start_matches(['"', '\'']).trim_start_matches([' ', '\t']);
    let flag = name.starts_with("--") && rest.starts_with(' ');
    match tail.strip_prefix([':', '=']) {
        Some(after) => tail = after.trim_start_matches([' ', '\t', '=']),
        None if flag => {}
        None => return None,
    }
    let quote = tail.chars().next().filter(|c| "\"'".contains(*c));
    let tail = quote.map_or(tail, |q| &tail[q.len_utf8()..]);
    let start = raw.len() - tail.len();
    let len = match quote {
        Some(q) => tail.find(q).unwrap_or(tail.len()),
        // A header has words of its own, up to the end of the line.
        None if name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("cookie") => {
            tail.find(['\n', '"', '\'']).unwrap_or(tail.len())
        }
        None if tail.starts_with("${") => tail.find('}').map_or(tail.len(), |end| end + 1),
        None => tail.find(|c: char| c.is_whitespace() || "\"'".contains(c)).unwrap_or(tail.len()),
    };
    let value = &tail[..len];
    let reference = value.starts_with("${") && value.ends_with('}') && !value.contains(":-");
    (len > 0 && !reference).then_some(start..start + len)
}

/// Words that are tokens by themselves, and those after `Bearer` and `Basic`.
fn words(raw: &str, out: &mut Vec<Range<usize>>) {
    let (mut at, mut scheme) = (0, false);
    for part in raw.split(|c: char| c.is_whitespace() || "\"'`<>,;(){}[]=".contains(c)) {
        let token = PREFIXES.iter().any(|p| part.starts_with(p)) && part.len() >= 16;
        let random = part.len() <= 4096 && !part.contains("://") && is_random(part, 32);
        if token || random || scheme && is_credential(part) {
            out.push(at..at + part.len());
        }
        if !part.is_empty() {
            scheme = part.eq_ignore_ascii_case("bearer") || part.eq_ignore_ascii_case("basic");
        }
        at += part.len();
        at += raw[at..].chars().next().map_or(0, char::len_utf8);
    }
}

/// True for what follows `Bearer` where it is no ordinary word.
fn is_credential(word: &str) -> bool {
    let plain = word.bytes().skip(1).all(|b| b.is_ascii_lowercase() || b".!?:".contains(&b));
    word.len() >= 6 && (!plain || word.len() >= 20)
}

/// True for a long run of letters of both cases and digits.
fn is_random(word: &str, least: usize) -> bool {
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    word.len() >= least
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(&b))
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_what_is_secret_in_them() {
        assert_eq!(url("http://localhost:10103/").as_deref(), Some("http://localhost:10103"));
        assert_eq!(url("postgres://u:p@db:5432/app?sslmode=x").as_deref(), Some("postgres://db:5432/app"));
        assert_eq!(url("amqp://u:p@q/w@rabbit/v").as_deref(), Some("amqp://rabbit/v"));
        assert_eq!(url("https://u:p/q@host/x").as_deref(), Some("https://host/x"));
        assert_eq!(url("https://npm.example/@scope/pkg").as_deref(), Some("https://npm.example/@scope/pkg"));
        assert_eq!(url("https://hooks.example/s/T0aB3dE5gH7jK9mN1pQ3").as_deref(), Some("https://hooks.example/s/***"));
        assert_eq!(url("http://[::1]:80/x").as_deref(), Some("http://[::1]:80/x"));
        assert_eq!(url("no address"), None);
        assert_eq!(host("postgres://db:5432/app"), "db:5432");
    }

    #[test]
    fn text_loses_its_secrets_and_nothing_else() {
        for (raw, shown) in [
            ("see http://u:hunter2@h/p?token=abc&x=1#frag now", "see http://***@h/p?token=*** now"),
            ("Authorization: Bearer abc.def-123", "Authorization: ***"),
            ("a Bearer abc.def-123 here", "a Bearer *** here"),
            ("{\"password\": \"hun ter2\", \"user\": \"u\"}", "{\"password\": \"***\", \"user\": \"u\"}"),
            ("--api-key hunter2 --port 80", "--api-key *** --port 80"),
            ("OPENAI_API_KEY=hunter2", "OPENAI_API_KEY=***"),
            ("key sk-abcdefghijklmnop1234", "key ***"),
            ("password: ${DB_PASSWORD}", "password: ${DB_PASSWORD}"),
            ("password: ${DB_PASSWORD:-hunter2}", "password: ***"),
            ("max_tokens: 4096, bearer of news, basic knowledge", "max_tokens: 4096, bearer of news, basic knowledge"),
            ("4e9cf4cf-71f6-4aca-bae8-2d10a29ca2e0", "4e9cf4cf-71f6-4aca-bae8-2d10a29ca2e0"),
            ("Schlüssel – täglich", "Schlüssel – täglich"),
        ] {
            assert_eq!(text(raw), shown);
            assert_eq!(masked(raw).len(), raw.len(), "{raw}");
        }
        assert_eq!(pair("api-token", "x"), MASK);
        assert_eq!(pair("app", "x"), "x");
    }
}
