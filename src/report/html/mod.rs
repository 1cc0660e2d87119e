//! HTML: one page that needs nothing but itself, with pictures drawn as SVG and tables below them.
//!
//! It reads without its script, which only sorts tables; with a keyboard and a screen reader; in light and in dark;
//! on paper. A policy in its head lets no other script run, and nothing be fetched.

mod axis;
mod bars;
mod blocks;
mod keys;
mod network;
mod svg;
mod timeline;

use sha2::{Digest, Sha256};

use super::{Block, Picture, Show};
use blocks::Section;
use svg::escape;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("sort.js");

/// Writes the page of a report.
pub fn page(report: &dyn Show) -> String {
    let document = report.document();
    let title = document.blocks.iter().find_map(|b| if let Block::Heading(t) = b { Some(t.as_str()) } else { None });
    let title = title.unwrap_or("Report");
    let mut sections = Section::of(&document);
    let first = if sections.is_empty() { Section::default() } else { sections.remove(0) };
    let pictures: Vec<Section> = report.pictures().iter().enumerate().map(|(i, p)| picture(p, i)).collect();
    let rest: Vec<Section> = pictures.into_iter().chain(sections).collect();
    let link = |(i, s): (usize, &Section)| format!("<li><a href=\"#s{i}\">{}</a></li>\n", escape(&s.title));
    let links: Vec<String> = rest.iter().enumerate().map(link).collect();
    let part = |(i, s): (usize, &Section)| {
        let name = escape(&s.title);
        format!("<section aria-labelledby=\"s{i}\">\n<h2 id=\"s{i}\">{name}</h2>\n{}</section>\n", s.body)
    };
    let body = rest.iter().enumerate().map(part).collect::<Vec<String>>().concat();
    let nav = if links.is_empty() {
        String::new()
    } else {
        format!("<nav aria-label=\"Sections\">\n<ul>\n{}</ul>\n</nav>\n", links.concat())
    };
    let head = head(&format!("{title} · orch {}", report.command()));
    format!(
        "{head}<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header>\n<h1>{}</h1>\n{nav}</header>\n\
         <main id=\"main\" tabindex=\"-1\">\n{}{body}</main>\n<footer>orch {} · <code>orch {}</code></footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        escape(title),
        first.body,
        env!("CARGO_PKG_VERSION"),
        escape(report.command()),
    )
}

fn head(title: &str) -> String {
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
         script-src 'sha256-{}'",
        base64(&Sha256::digest(SCRIPT.as_bytes()))
    );
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n",
        escape(title)
    )
}

/// A picture with its key, and the same as a table.
fn picture(picture: &Picture, i: usize) -> Section {
    let id = format!("p{i}");
    let (title, drawn, note) = match picture {
        Picture::Timeline(t) => {
            let drawn = timeline::draw(t, &id);
            (&t.title, drawn.svg, drawn.note)
        }
        Picture::Bars(b) => {
            let (svg, note) = bars::bars(b, &id);
            (&b.title, svg, note)
        }
        Picture::Network(d) => {
            let (svg, note) = network::draw(d, &id);
            (&d.title, svg, note)
        }
        Picture::Change(c) => (&c.title, bars::change(c, &id), String::new()),
    };
    let note = if note.is_empty() { String::new() } else { format!("<p>{}</p>\n", escape(&note)) };
    let name = escape(title);
    let table = keys::table(picture);
    let body = format!(
        "<figure>\n{}<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Picture: {name}\">\n{drawn}</div>\n\
         {note}</figure>\n<details>\n<summary>{name} as a table</summary>\n{}</details>\n",
        keys::keys(picture),
        blocks::table(&table, title),
    );
    Section { title: title.clone(), body }
}

/// Base 64 (RFC 4648), for the policy's hash.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0, |sum, b| sum << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * i) & 63) as usize] as char;
            out.push(if i <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_the_standard_has_it() {
        let words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|w| base64(w.as_bytes()));
        assert_eq!(words, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }
}
