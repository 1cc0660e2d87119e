//! Reads every source of a discovery: those that the snapshot lists, then those of the command line. What fails
//! is told, and loses nothing of the others.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path as FilePath, PathBuf},
};

use super::{
    codes,
    load::{Loader, Unread},
    observe::{Adapter, Observation, Refusal, codes as faults, read_inline, read_source},
    path::Path,
    problems::Problems,
    schema::sources::{Rules, SourceRow},
    sources::{MAX_FILES, Sources, Span},
};
use crate::error::Finding;

/// A source of the command line.
#[derive(Debug, Clone)]
pub struct From {
    /// What kind it is.
    pub adapter: &'static Adapter,
    /// A file, a folder, a glob, or `-`.
    pub path: PathBuf,
}

/// What one source says.
#[derive(Debug)]
pub struct Batch {
    /// What provenance calls it.
    pub id: String,
    /// What kind it is.
    pub adapter: &'static Adapter,
    /// How it is taken.
    pub rules: Rules,
    /// How many files it was read from; 0 for records of the snapshot.
    pub files: usize,
    /// What it says, in the order of files and records.
    pub observations: Vec<Observation>,
}

/// Why a source, or a file of it, says nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceError {
    /// Which source.
    pub source: String,
    /// What kind it was to be.
    pub kind: &'static str,
    /// What is wrong and where.
    pub finding: Finding,
}

/// What all sources say.
#[derive(Debug, Default)]
pub struct Gathered {
    /// One per source, in their order.
    pub batches: Vec<Batch>,
    /// What could not be read.
    pub errors: Vec<SourceError>,
    /// Gaps, and the errors among them, by place.
    pub findings: Vec<Finding>,
}

/// Reads them all.
pub fn gather<'t>(
    rows: Vec<SourceRow<'t>>,
    from: &[From],
    loader: &mut Loader<'_, 't>,
    sources: &'t Sources,
) -> Gathered {
    let problems = Problems::new(sources, super::Command::Discover);
    let mut out = Gathered::default();
    let mut taken = BTreeMap::new();
    for row in rows {
        let id = row.id.clone().unwrap_or_else(|| unique(&mut taken, row.adapter.kind));
        let mut reader = Reader::new(id, row.adapter, loader, &problems, &mut out.errors);
        if let Some(records) = &row.records {
            reader.inline(records, sources);
        }
        for path in &row.paths {
            let (folder, root) = reader.loader.origin(path.at);
            let root = root.map(FilePath::to_path_buf);
            reader.path(&folder.join(path.value.as_ref()), root.as_deref());
        }
        out.batches.push(reader.finish(row.rules));
    }
    for entry in from {
        let id = unique(&mut taken, entry.adapter.kind);
        let mut reader = Reader::new(id, entry.adapter, loader, &problems, &mut out.errors);
        reader.path(&entry.path, None);
        out.batches.push(reader.finish(Rules::default()));
    }
    let mut findings: Vec<Finding> = out.errors.iter().map(|e| e.finding.clone()).collect();
    findings.extend(problems.finish());
    for finding in &mut findings {
        finding.excerpt = None;
    }
    out.findings = findings;
    out
}

/// A name for a source without one: its kind, numbered from the second on.
fn unique(taken: &mut BTreeMap<&'static str, usize>, kind: &'static str) -> String {
    let n = taken.entry(kind).or_insert(0);
    *n += 1;
    if *n == 1 { kind.to_owned() } else { format!("{kind}#{n}") }
}

/// One source while it is read.
struct Reader<'r, 'c, 't> {
    id: String,
    adapter: &'static Adapter,
    loader: &'r mut Loader<'c, 't>,
    problems: &'r Problems<'t>,
    errors: &'r mut Vec<SourceError>,
    files: usize,
    found: Vec<Observation>,
}

impl<'r, 'c, 't> Reader<'r, 'c, 't> {
    fn new(
        id: String,
        adapter: &'static Adapter,
        loader: &'r mut Loader<'c, 't>,
        problems: &'r Problems<'t>,
        errors: &'r mut Vec<SourceError>,
    ) -> Self {
        Self { id, adapter, loader, problems, errors, files: 0, found: Vec::new() }
    }

    fn finish(self, rules: Rules) -> Batch {
        Batch { id: self.id, adapter: self.adapter, rules, files: self.files, observations: self.found }
    }

    /// Records of the snapshot.
    fn inline(&mut self, records: &super::tree::Node<'t>, sources: &Sources) {
        let index = sources.location(records.at).file as usize;
        let file = sources.iter().nth(index).map_or("", |s| s.name.as_str());
        match read_inline(self.adapter, file, records, self.problems) {
            Ok(found) => self.found.extend(found),
            Err(refusal) => self.refuse(&refusal),
        }
    }

    /// A file, a folder, or a glob. `root`: nothing outside of it is read.
    fn path(&mut self, path: &FilePath, root: Option<&FilePath>) {
        let (files, one) = match expand(path, self.adapter) {
            Ok(found) => found,
            Err(message) => return self.fail(path, &faults::UNREADABLE, &message),
        };
        if files.is_empty() {
            let message = format!("{} holds no file that could be {}", path.display(), self.adapter.title);
            return self.fail(path, &faults::UNREADABLE, &message);
        }
        let before = self.files;
        let mut skipped = Vec::new();
        for file in &files {
            if let Some(root) = root
                && !file.canonicalize().is_ok_and(|real| real.starts_with(root))
            {
                let message =
                    format!("cannot read {}: it is not there, or lies outside the root folder", file.display());
                self.fail(file, &faults::UNREADABLE, &message);
                continue;
            }
            skipped.extend(self.file(file, one));
        }
        // In a folder, what is of another kind is no error as long as something is of this one.
        if self.files == before && !skipped.is_empty() {
            let message = format!("no file of {} is {}", path.display(), self.adapter.title);
            self.fail(path, &faults::WRONG_KIND, &message);
        }
        for (refusal, _) in skipped {
            self.problems.add(&faults::SKIPPED, refusal.span, &Path::Root, format!("skipped: {}", refusal.message));
        }
    }

    /// Reads a file; where it is one of many and of another kind, that is given back.
    fn file(&mut self, file: &FilePath, one: bool) -> Option<(Refusal, PathBuf)> {
        let source = match self.loader.foreign(file) {
            Ok(source) => source,
            Err(unread) => {
                self.unread(file, unread);
                return None;
            }
        };
        match read_source(self.adapter, source, self.problems) {
            Ok(found) => {
                self.files += 1;
                self.found.extend(found);
                None
            }
            Err(refusal) if !one && *refusal.code == faults::WRONG_KIND => Some((refusal, file.to_path_buf())),
            Err(refusal) => {
                self.refuse(&refusal);
                None
            }
        }
    }

    fn unread(&mut self, file: &FilePath, unread: Unread) {
        let Unread { code, at, message } = unread;
        let code = if *code == codes::UNREADABLE { &faults::UNREADABLE } else { code };
        match at {
            Some(at) => self.refuse(&Refusal { code, span: Span { at, len: 1 }, message }),
            None => self.fail(file, code, &message),
        }
    }

    fn refuse(&mut self, refusal: &Refusal) {
        let finding = self.problems.located(refusal.code, refusal.span, &Path::Root, &refusal.message);
        self.note(finding);
    }

    fn fail(&mut self, file: &FilePath, code: &'static codes::Code, message: &str) {
        let finding = self.problems.about_file(code, &file.display().to_string(), message);
        self.note(finding);
    }

    /// Errors are kept whole: they are not crowded out by gaps, and nothing of the source is shown.
    fn note(&mut self, finding: Finding) {
        let finding = Finding { excerpt: None, ..finding };
        self.errors.push(SourceError { source: self.id.clone(), kind: self.adapter.kind, finding });
    }
}

/// The files that a path stands for, sorted, and whether it names just one.
fn expand(path: &FilePath, adapter: &Adapter) -> Result<(Vec<PathBuf>, bool), String> {
    let name = path.display().to_string();
    if name == "-" || path.is_file() {
        return Ok((vec![path.to_path_buf()], true));
    }
    if path.is_dir() {
        let mut out = Vec::new();
        walk(path, adapter, 0, &mut out);
        out.sort();
        return Ok((out, false));
    }
    if !path.exists() && name.contains(['*', '?', '[']) {
        let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
        let found = glob::glob_with(&name, options).map_err(|e| format!("`{name}` is no pattern: {}", e.msg))?;
        let mut out: Vec<PathBuf> = found.flatten().filter(|p| p.is_file()).take(MAX_FILES + 1).collect();
        out.sort();
        return Ok((out, false));
    }
    // A pipe or device is opened as it is; what is not there fails then.
    Ok((vec![path.to_path_buf()], true))
}

/// Deepest folder that is looked into.
const MAX_FOLDERS: usize = 16;

/// The files of a folder and those below it, hidden ones left out, that an adapter could read.
fn walk(folder: &FilePath, adapter: &Adapter, depth: usize, out: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_none_or(|n| n.to_string_lossy().starts_with('.'));
        if hidden || out.len() > MAX_FILES {
            continue;
        }
        // Links to folders are not followed: they may lead back.
        if path.is_dir() && !path.is_symlink() && depth < MAX_FOLDERS {
            walk(&path, adapter, depth + 1, out);
        }
        let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        if path.is_file() && adapter.extensions.contains(&extension.as_str()) {
            out.push(path);
        }
    }
}
