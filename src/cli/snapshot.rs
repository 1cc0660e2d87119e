//! The snapshot's files on the command line.

use std::path::PathBuf;

use crate::{
    error::{Error, Finding},
    input::{self, From, Input, Request, observe},
};

/// Which snapshot.
#[derive(Debug, clap::Args)]
pub struct SnapshotArgs {
    /// Snapshot files, YAML or JSON; several are merged, `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The plan's now, RFC 3339; stands over `as_of`
    #[arg(long, value_name = "T")]
    now: Option<String>,
    /// Folder that files named by the snapshot may not leave; default its repository, else its folder
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl SnapshotArgs {
    /// Reads it in order to plan.
    pub fn read(&self) -> Result<Input, Error> {
        self.read_for(input::Command::Distribute)
    }

    /// Reads it for a command: what is an error for one is matter for another.
    pub fn read_for(&self, command: input::Command) -> Result<Input, Error> {
        input::read(&self.request(command))
    }

    /// Reads it in order to tell every problem.
    pub fn inspect(&self) -> Result<(Option<Input>, Vec<Finding>), Error> {
        input::inspect(&self.request(input::Command::Validate))
    }

    /// Does the same of each file by itself, as a snapshot of its own.
    pub fn inspect_each(&self) -> Result<Vec<Finding>, Error> {
        let mut out = Vec::new();
        for file in &self.files {
            let request = Request { files: vec![file.clone()], ..self.request(input::Command::Validate) };
            out.extend(input::inspect(&request)?.1);
        }
        Ok(out)
    }

    fn request(&self, command: input::Command) -> Request {
        Request {
            files: self.files.clone(),
            root: self.root.clone(),
            now: self.now.clone(),
            command,
            ..Request::default()
        }
    }
}

/// A snapshot, and one more word after its files.
#[derive(Debug, clap::Args)]
pub struct SnapshotAnd {
    /// Snapshot files, YAML or JSON (`-` is standard input), and last the plan's file or the task's id
    // One at a time, so that options may stand between them.
    #[arg(required = true, num_args = 1.., value_names = ["FILE", "LAST"])]
    files: Vec<PathBuf>,
    /// The plan's now, RFC 3339; stands over `as_of`
    #[arg(long, value_name = "T")]
    now: Option<String>,
    /// Folder that files named by the snapshot may not leave; default its repository, else its folder
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl SnapshotAnd {
    /// Reads the snapshot for a command; the last word is the caller's.
    pub fn read_for(&self, command: input::Command) -> Result<(Input, PathBuf), Error> {
        if self.files.len() < 2 {
            let message = "two are needed: the snapshot's file, and after it the plan's file or the task's id";
            return Err(Error::Io(message.to_owned()));
        }
        let (files, last) = self.files.split_at(self.files.len() - 1);
        let (files, now, root) = (files.to_vec(), self.now.clone(), self.root.clone());
        let input = input::read(&Request { files, root, now, command, ..Request::default() })?;
        Ok((input, last.first().cloned().unwrap_or_default()))
    }
}

/// Which sources: those of snapshots, those of the command line, or both.
#[derive(Debug, clap::Args)]
pub struct SourceArgs {
    /// Snapshot files with `sources`, YAML or JSON; several are merged, `-` is standard input
    #[arg(value_name = "FILE", required_unless_present = "from")]
    files: Vec<PathBuf>,
    /// Another system's files: a file, folder or glob of a kind; may be given several times
    #[arg(long, value_name = "KIND=PATH", value_parser = source, long_help = from_help())]
    from: Vec<From>,
    /// The moment of now, at which leases are judged, RFC 3339; stands over `as_of`
    #[arg(long, value_name = "T")]
    now: Option<String>,
    /// Folder that files named by the snapshot may not leave; default its repository, else its folder
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl SourceArgs {
    /// Reads them all.
    pub fn read(&self) -> Result<Input, Error> {
        input::read(&Request { from: self.from.clone(), ..self.request(input::Command::Discover) })
    }

    /// True where sources are named beside those of snapshots.
    pub fn discovers(&self) -> bool {
        !self.from.is_empty()
    }

    /// Reads the snapshots, and after them what was discovered, for another command.
    pub fn read_with(&self, discovered: Option<String>, command: input::Command) -> Result<Input, Error> {
        input::read(&Request { discovered, ..self.request(command) })
    }

    fn request(&self, command: input::Command) -> Request {
        Request {
            files: self.files.clone(),
            root: self.root.clone(),
            now: self.now.clone(),
            command,
            ..Request::default()
        }
    }
}

/// `KIND=PATH`.
fn source(text: &str) -> Result<From, String> {
    let (kind, path) = text.split_once('=').ok_or("write KIND=PATH, such as `a2a=cards/`")?;
    let adapter = observe::adapter(kind).ok_or_else(|| {
        let kinds: Vec<&str> = observe::ADAPTERS.iter().map(|a| a.kind).collect();
        let near = input::nearest(kind, &kinds).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        format!("`{kind}` is no kind of source{near} (there are {})", kinds.join(", "))
    })?;
    if path.is_empty() {
        return Err("the path is empty".into());
    }
    Ok(From { adapter, path: path.into() })
}

fn from_help() -> String {
    let rows = observe::ADAPTERS.iter().map(|a| format!("  {:14} {}", a.kind, a.title));
    let rows: Vec<String> = rows.collect();
    format!(
        "Another system's files: a file, folder or glob of a kind; may be given several times. Kinds:\n{}",
        rows.join("\n")
    )
}
