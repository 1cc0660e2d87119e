//! Reads edited documents anew: what a change does is decided by the reader, not by whoever proposes it.

use std::path::{Path, PathBuf};

use super::{Op, apply, as_of, document};
use crate::{
    error::{Error, Finding},
    input::{
        self, Command, Input, Request,
        document::{Item, Value},
    },
    model::Snapshot,
    report::snapshot::to_json,
};

/// A document to be tried in many versions.
#[derive(Debug)]
pub struct Workshop {
    /// As typed, with `--now` written into it.
    root: Item,
    /// The same with absolute names of files and without what no version changes and no plan reads.
    lean: Item,
    /// Folder that holds every file named.
    top: PathBuf,
}

impl Workshop {
    /// Takes the document of what was read.
    pub fn new(input: &Input) -> Self {
        let mut root = input.document.root.clone();
        let now = as_of(&root, input.snapshot.as_of);
        apply(&mut root, now.as_slice());
        let mut lean = root.clone();
        if let Value::Map(sections) = &mut lean.value {
            sections.retain(|s| !["baseline", "sources", "history", "include"].contains(&s.0.as_str()));
            for (_, section) in sections.iter_mut().filter(|s| s.0 == "estimates") {
                absolute(section, input);
            }
        }
        let here = std::env::current_dir().unwrap_or_default();
        let top = here.ancestors().last().map_or_else(PathBuf::new, Path::to_path_buf);
        Self { root, lean, top }
    }

    /// The document as typed, with these edits.
    pub fn edited(&self, ops: &[Op]) -> Item {
        let mut out = self.root.clone();
        apply(&mut out, ops);
        out
    }

    /// The snapshot that a version means, without `baseline`, `history` and `sources`, which no plan reads.
    ///
    /// # Errors
    ///
    /// What the reader finds wrong with it.
    pub fn snapshot(&self, ops: &[Op]) -> Result<Snapshot, Vec<Finding>> {
        let mut version = self.lean.clone();
        apply(&mut version, ops);
        let text = to_json(&document(&version));
        let request = Request {
            root: Some(self.top.clone()),
            command: Command::Distribute,
            discovered: Some(text),
            ..Request::default()
        };
        match input::read(&request) {
            Ok(input) => Ok(input.snapshot),
            Err(Error::Input(findings)) => Err(findings),
            Err(_) => Err(Vec::new()),
        }
    }
}

/// Names of tables with the folder of the file that names them: the first reading has found them all inside the root.
fn absolute(item: &mut Item, input: &Input) {
    let at = item.at;
    match &mut item.value {
        Value::List(items) => items.iter_mut().for_each(|item| absolute(item, input)),
        Value::Text(name) => {
            let file = at.map(|at| input.sources.location(at).file as usize);
            let namer = file.and_then(|file| input.sources.iter().nth(file)).map_or("", |s| s.name.as_str());
            let folder = Path::new(namer).parent().unwrap_or(Path::new(""));
            if let Ok(real) = folder.join(&*name).canonicalize() {
                *name = real.display().to_string();
            }
        }
        _ => {}
    }
}
