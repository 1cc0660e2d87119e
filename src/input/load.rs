//! Finds and reads files: those of the command line, and those they include, never outside the root.

use std::{
    fs::File,
    io::Read,
    path::{Path as FilePath, PathBuf},
};

use super::{
    codes::{self, Code},
    path::Path,
    problems::Problems,
    sources::{MAX_FILE_BYTES, MAX_FILES, Pos, Source, Sources, Span},
    syntax,
    tree::{Kind, Node},
};

/// A file that was read as a document.
#[derive(Debug)]
pub struct Document<'t> {
    /// What it says.
    pub root: Node<'t>,
}

/// Where a text came from, so that what it names can be found.
#[derive(Debug, Clone)]
struct Origin {
    /// Folder that relative names start from.
    folder: PathBuf,
    /// Folder that nothing may be outside of.
    root: PathBuf,
}

/// Reads files into the sources.
pub struct Loader<'c, 't> {
    sources: &'t Sources,
    problems: &'c Problems<'t>,
    root: Option<PathBuf>,
    origins: Vec<Origin>,
    /// Files read as documents, by their real path.
    known: Vec<PathBuf>,
    /// Those being read now: a file that is named again here includes itself.
    open: Vec<PathBuf>,
}

impl<'c, 't> Loader<'c, 't> {
    /// Nothing read yet.
    pub fn new(sources: &'t Sources, problems: &'c Problems<'t>, root: Option<PathBuf>) -> Self {
        let root = root.map(|r| r.canonicalize().unwrap_or(r));
        Self { sources, problems, root, origins: Vec::new(), known: Vec::new(), open: Vec::new() }
    }

    /// Reads the files of the command line and what they include, each once.
    pub fn documents(&mut self, files: &[PathBuf]) -> Vec<Document<'t>> {
        let mut out = Vec::new();
        for file in files {
            if file.as_os_str() == "-" {
                let folder = PathBuf::from(".").canonicalize().unwrap_or_default();
                self.document("standard input", (&mut std::io::stdin().lock(), 0), folder, &mut out);
                continue;
            }
            let name = file.display().to_string();
            match open(file) {
                Ok((mut reader, size, real)) => {
                    if !self.known.contains(&real) {
                        self.known.push(real.clone());
                        self.open.push(real.clone());
                        let folder = real.parent().map(FilePath::to_path_buf).unwrap_or_default();
                        self.document(&name, (&mut reader, size), folder, &mut out);
                        self.open.pop();
                    }
                }
                Err(why) => {
                    self.problems.add_about_file(&codes::UNREADABLE, &name, format!("cannot read {name}: {why}"));
                }
            }
        }
        out
    }

    /// Reads what a discovery emitted.
    pub fn discovered(&mut self, text: &str) -> Vec<Document<'t>> {
        let mut out = Vec::new();
        self.document("what was discovered", (&mut text.as_bytes(), text.len() as u64), PathBuf::from("."), &mut out);
        out
    }

    /// Reads a plan that a snapshot holds.
    pub fn plan(&mut self, text: &str) -> Vec<Document<'t>> {
        let mut out = Vec::new();
        self.document("baseline", (&mut text.as_bytes(), text.len() as u64), PathBuf::from("."), &mut out);
        out
    }

    /// Reads a file of the command line as text, whatever it is; `-` is standard input.
    pub fn text_of(&mut self, file: &FilePath) -> Option<&'t Source> {
        if file.as_os_str() == "-" {
            return self.text("standard input", (&mut std::io::stdin().lock(), 0), PathBuf::from("."));
        }
        let name = file.display().to_string();
        match open(file) {
            Ok((mut reader, size, _)) => self.text(&name, (&mut reader, size), PathBuf::from(".")),
            Err(why) => {
                self.problems.add_about_file(&codes::UNREADABLE, &name, format!("cannot read {name}: {why}"));
                None
            }
        }
    }

    fn document(&mut self, name: &str, reader: (&mut dyn Read, u64), folder: PathBuf, out: &mut Vec<Document<'t>>) {
        let Some(source) = self.text(name, reader, folder) else { return };
        let root = match syntax::parse(&source.text, source.base()) {
            Ok(root) => root,
            Err(fault) => {
                let span = Span { at: fault.at, len: 1 };
                self.problems.add(fault.kind.code(), span, &Path::Root, fault.message);
                return;
            }
        };
        let includes = includes(&root);
        out.push(Document { root });
        for (index, wanted) in includes {
            self.include(&wanted, index, out);
        }
    }

    /// Reads a file named by an `include` entry.
    fn include(&mut self, entry: &Node<'t>, index: usize, out: &mut Vec<Document<'t>>) {
        let path = Path::Field(&Path::Root, "include");
        let path = path.item(index);
        let Some(real) = self.resolve(entry, &path) else { return };
        if self.open.contains(&real) {
            let message = "the file includes itself";
            self.problems.add(&codes::INCLUDE_CYCLE, entry.span(self.sources), &path, message);
            return;
        }
        if self.known.contains(&real) {
            return;
        }
        let Some((mut reader, size, name)) = self.open_named(entry, &real, &path) else { return };
        self.known.push(real.clone());
        self.open.push(real.clone());
        let folder = real.parent().map(FilePath::to_path_buf).unwrap_or_default();
        self.document(&name, (&mut reader, size), folder, out);
        self.open.pop();
    }

    /// Reads a file that a value names (CSV, baseline) as text.
    pub fn named_text(&mut self, entry: &Node<'t>, path: &Path<'_>) -> Option<&'t Source> {
        let real = self.resolve(entry, path)?;
        let (mut reader, size, name) = self.open_named(entry, &real, path)?;
        let folder = real.parent().map(FilePath::to_path_buf).unwrap_or_default();
        self.text(&name, (&mut reader, size), folder)
    }

    fn open_named(&self, entry: &Node<'t>, real: &FilePath, path: &Path<'_>) -> Option<(File, u64, String)> {
        let Kind::Text(written) = &entry.kind else { return None };
        let opened = match real.metadata() {
            Ok(m) if m.is_file() => File::open(real).map(|f| (f, m.len())).map_err(|e| e.to_string()),
            Ok(_) => Err("it is no regular file".to_owned()),
            Err(e) => Err(e.to_string()),
        };
        match opened {
            Ok((file, size)) => Some((file, size, self.shown_name(entry, written))),
            Err(why) => {
                let message = format!("cannot read {written}: {why}");
                self.problems.add(&codes::UNREADABLE, entry.span(self.sources), path, message);
                None
            }
        }
    }

    /// The name of a file as the user would write it: relative to the file that names it.
    fn shown_name(&self, entry: &Node<'_>, written: &str) -> String {
        let by = self.sources.location(entry.at).file as usize;
        let namer = self.sources.iter().nth(by).map_or("", |s| s.name.as_str());
        match FilePath::new(namer).parent() {
            Some(folder) if !FilePath::new(written).is_absolute() => folder.join(written).display().to_string(),
            _ => written.to_owned(),
        }
    }

    /// The real path of a file that a value names; `None`, and a problem, where it may not be read.
    fn resolve(&self, entry: &Node<'t>, path: &Path<'_>) -> Option<PathBuf> {
        let span = entry.span(self.sources);
        let Kind::Text(written) = &entry.kind else {
            let message = format!("expected the path of a file, found {}", entry.noun());
            self.problems.add(&codes::WRONG_TYPE, span, path, message);
            return None;
        };
        let origin = self.origins.get(self.sources.location(entry.at).file as usize)?;
        match origin.folder.join(written.as_ref()).canonicalize() {
            Ok(real) if real.starts_with(&origin.root) => Some(real),
            Ok(_) => {
                let message = format!("{written} lies outside the root folder");
                self.problems.add(&codes::OUTSIDE_ROOT, span, path, message);
                None
            }
            Err(why) => {
                self.problems.add(&codes::UNREADABLE, span, path, format!("cannot read {written}: {why}"));
                None
            }
        }
    }

    /// Reads a whole text and checks what can be checked without knowing what it says.
    fn text(&mut self, name: &str, from: (&mut dyn Read, u64), folder: PathBuf) -> Option<&'t Source> {
        match self.take_text(name, from, folder) {
            Ok(source) => Some(source),
            Err(Unread { code, at: Some(at), message }) => {
                self.problems.add(code, Span { at, len: 1 }, &Path::Root, message);
                None
            }
            Err(Unread { code, at: None, message }) => {
                self.problems.add_about_file(code, name, message);
                None
            }
        }
    }

    fn take_text(
        &mut self,
        name: &str,
        (reader, size): (&mut dyn Read, u64),
        folder: PathBuf,
    ) -> Result<&'t Source, Unread> {
        let whole = |code: &'static Code, message: String| Unread { code, at: None, message };
        let mut bytes = Vec::with_capacity((size + 1).min(MAX_FILE_BYTES) as usize);
        if let Err(why) = reader.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes) {
            return Err(whole(&codes::UNREADABLE, format!("cannot read {name}: {why}")));
        }
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(whole(&codes::TOO_LARGE, format!("{name} is larger than {} MiB", MAX_FILE_BYTES >> 20)));
        }
        let (text, broken) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let bytes = &error.as_bytes()[..(valid + 200).min(error.as_bytes().len())];
                (String::from_utf8_lossy(bytes).into_owned(), Some(valid))
            }
        };
        let Some((_, source)) = self.sources.add(name.to_owned(), text) else {
            let code = if self.origins.len() >= MAX_FILES { &codes::TOO_MANY_FILES } else { &codes::TOO_LARGE };
            return Err(whole(code, code.meaning.to_owned()));
        };
        let root = self.root.clone().unwrap_or_else(|| repository(&folder));
        self.origins.push(Origin { folder, root });
        match broken {
            Some(valid) => {
                let at = Some(source.base() + valid as u32);
                Err(Unread { code: &codes::NOT_UTF8, at, message: "this byte is not UTF-8".into() })
            }
            None => Ok(source),
        }
    }

    /// Reads a file of another system as text; `-` is standard input.
    ///
    /// # Errors
    ///
    /// Why it cannot be read.
    pub fn foreign(&mut self, file: &FilePath) -> Result<&'t Source, Unread> {
        let name = file.display().to_string();
        if name == "-" {
            return self.take_text("standard input", (&mut std::io::stdin().lock(), 0), PathBuf::from("."));
        }
        let opened = open(file);
        let (mut reader, size, real) = opened.map_err(|why| {
            let message = format!("cannot read {name}: {why}");
            Unread { code: &codes::UNREADABLE, at: None, message }
        })?;
        let folder = real.parent().map(FilePath::to_path_buf).unwrap_or_default();
        self.take_text(&name, (&mut reader, size), folder)
    }

    /// Where relative names of the text at a position start from, as the user would write it, and the folder that
    /// nothing may be outside of.
    pub fn origin(&self, at: Pos) -> (PathBuf, Option<&FilePath>) {
        let index = self.sources.location(at).file as usize;
        let name = self.sources.iter().nth(index).map_or("", |s| s.name.as_str());
        let folder = FilePath::new(name).parent().map(FilePath::to_path_buf).unwrap_or_default();
        (folder, self.origins.get(index).map(|o| o.root.as_path()))
    }
}

/// Why a text cannot be read.
#[derive(Debug)]
pub struct Unread {
    /// Which code.
    pub code: &'static Code,
    /// Where, if it is about a place.
    pub at: Option<Pos>,
    /// What is wrong.
    pub message: String,
}

/// Opens a file of the command line; a pipe or device is as good as a file.
fn open(file: &FilePath) -> Result<(File, u64, PathBuf), String> {
    let reader = File::open(file).map_err(|e| e.to_string())?;
    let metadata = reader.metadata().map_err(|e| e.to_string())?;
    if metadata.is_dir() {
        return Err("it is a directory".to_owned());
    }
    Ok((reader, metadata.len(), file.canonicalize().unwrap_or_else(|_| file.to_path_buf())))
}

/// The nearest folder above that holds a repository, else the folder itself.
fn repository(folder: &FilePath) -> PathBuf {
    folder.ancestors().find(|f| f.join(".git").exists()).unwrap_or(folder).to_path_buf()
}

/// The entries of `include`: one path or a list of them.
fn includes<'t>(root: &Node<'t>) -> Vec<(usize, Node<'t>)> {
    let Kind::Map(entries) = &root.kind else { return Vec::new() };
    match entries.iter().find(|e| e.key == "include").map(|e| &e.value) {
        Some(Node { kind: Kind::List(items), .. }) => items.iter().cloned().enumerate().collect(),
        Some(Node { kind: Kind::Null, .. }) | None => Vec::new(),
        Some(one) => vec![(0, one.clone())],
    }
}
