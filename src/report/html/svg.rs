//! Drawing: the few shapes that the pictures are made of, every text escaped.

use std::fmt::Write;

/// A drawing of a given size, in units of a pixel.
#[derive(Debug, Default)]
pub struct Svg {
    body: String,
    width: f64,
    height: f64,
}

impl Svg {
    /// An empty drawing.
    pub fn new(width: f64, height: f64) -> Self {
        Self { body: String::new(), width, height }
    }

    fn put(&mut self, parts: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(parts);
    }

    /// A box; `tip` is shown where the pointer rests.
    pub fn rect(&mut self, class: &str, [x, y, w, h]: [f64; 4], tip: &str) {
        let (x, y, w, h) = (n(x), n(y), n(w.max(0.0)), n(h.max(0.0)));
        self.put(format_args!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\""));
        self.close("rect", tip);
    }

    /// A line.
    pub fn line(&mut self, class: &str, [x1, y1, x2, y2]: [f64; 4]) {
        let (x1, y1, x2, y2) = (n(x1), n(y1), n(x2), n(y2));
        self.put(format_args!("<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>\n"));
    }

    /// A polygon, or with `open` a line through points.
    pub fn shape(&mut self, class: &str, points: &[[f64; 2]], open: bool, tip: &str) {
        let tag = if open { "polyline" } else { "polygon" };
        let points: Vec<String> = points.iter().map(|[x, y]| format!("{},{}", n(*x), n(*y))).collect();
        self.put(format_args!("<{tag} class=\"{class}\" points=\"{}\"", points.join(" ")));
        self.close(tag, tip);
    }

    /// A circle.
    pub fn circle(&mut self, class: &str, [x, y]: [f64; 2], r: f64, tip: &str) {
        self.put(format_args!("<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"", n(x), n(y), n(r)));
        self.close("circle", tip);
    }

    /// Words, from `at` on; the class may place them elsewhere.
    pub fn text(&mut self, class: &str, [x, y]: [f64; 2], words: &str) {
        self.put(format_args!("<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>\n", n(x), n(y), escape(words)));
    }

    fn close(&mut self, tag: &str, tip: &str) {
        if tip.is_empty() {
            self.put(format_args!("/>\n"));
        } else {
            self.put(format_args!("><title>{}</title></{tag}>\n", escape(tip)));
        }
    }

    /// The drawing as an image with a name and a description; `id` is the page's alone.
    pub fn finish(self, id: &str, title: &str, description: &str) -> String {
        format!(
            "<svg class=\"picture\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" viewBox=\"0 0 {w} {h}\" \
             width=\"{w}\" height=\"{h}\">\n<title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n{}</svg>\n",
            escape(title),
            escape(description),
            self.body,
            w = n(self.width),
            h = n(self.height),
        )
    }
}

/// A coordinate with a tenth of a pixel.
fn n(x: f64) -> String {
    let text = format!("{:.1}", if x.is_finite() { x } else { 0.0 });
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Text that is nothing but text in HTML and SVG, in elements and in quoted attributes; controls are spelled out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            // Controls, and marks that turn the direction of what follows.
            c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
                out.extend(c.escape_default());
            }
            c => out.push(c),
        }
    }
    out
}

/// Words in which what stands between backticks is an id, as HTML; a number and its percent sign stay on one line.
pub fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let words = |p: &str| escape(p).replace(" %", "&nbsp;%");
    let part = |(i, p): (usize, &&str)| if i % 2 == 1 { format!("<code>{}</code>", escape(p)) } else { words(p) };
    parts.iter().enumerate().map(part).collect()
}

/// A label that fits, shortened in the middle.
pub fn fit(text: &str, width: f64) -> String {
    // The mean width of a letter of 12 pixels' height.
    let most = (width / 6.8) as usize;
    let count = text.chars().count();
    if count <= most {
        return text.into();
    }
    if most < 6 {
        return String::new();
    }
    let head = (most - 1).div_ceil(2);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - (most - 1 - head)).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_become_mark_up() {
        assert_eq!(escape("<script>'\"&\u{202e}\n"), "&lt;script&gt;&#39;&quot;&amp;\\u{202e}\\n");
        let mut svg = Svg::new(10.0, 10.0);
        svg.rect("bar", [0.0, 0.0, -1.0, 2.0], "</title><script>");
        let text = svg.finish("p", "a\"b", "</desc>");
        assert!(!text.contains("<script>") && text.matches("</desc>").count() == 1, "{text}");
    }

    #[test]
    fn labels_are_shortened_to_what_fits() {
        assert_eq!(fit("release-candidate", 200.0), "release-candidate");
        assert_eq!(fit("release-candidate", 68.0), "relea…date");
        assert_eq!(fit("release", 30.0), "");
        assert_eq!(prose("`a<b` is `c"), "`a&lt;b` is `c");
        assert_eq!(prose("task `a<b` is late"), "task <code>a&lt;b</code> is late");
    }
}
