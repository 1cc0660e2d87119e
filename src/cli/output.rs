//! Where reports go: standard output or files that are written whole or not at all; and what may be
//! written on it: width and colour.

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use tempfile::{NamedTempFile, TempPath};

use super::signals::unfinished;
use crate::report::Style;

/// Output options of commands that print a document and no report.
#[derive(Debug, clap::Args)]
pub struct OutputArgs {
    /// Write to FILE instead of standard output: whole, or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// Arguments that say whether standard error is wanted.
pub trait Voice {
    /// Nothing but errors.
    fn quiet(&self) -> bool;
}

impl Voice for OutputArgs {
    fn quiet(&self) -> bool {
        self.quiet
    }
}

/// A place for a text. Looked at before the work, so that a wrong path is told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Standard output.
    Standard,
    /// A regular file: written beside it, then renamed over it.
    File(PathBuf),
    /// A pipe or device: written directly.
    Device(PathBuf),
}

impl Place {
    /// The place of a path, `-` being standard output.
    pub fn at(path: &Path) -> Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Standard);
        }
        // Through a link, the file behind it is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let known = fs::metadata(&target).ok();
        if known.as_ref().is_some_and(fs::Metadata::is_dir) {
            bail!("cannot write `{}`: it is a folder", path.display());
        }
        if known.as_ref().is_some_and(|m| !m.is_file()) {
            return Ok(Self::Device(target));
        }
        // A file that comes and goes shows that there will be room for the one that stays.
        Unfinished::beside(&target).with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(Self::File(target))
    }

    /// How a table may look there.
    pub fn style(&self) -> Style {
        if *self == Self::Standard { style_of(&io::stdout()) } else { Style::default() }
    }
}

/// Writes every text to its place, or changes no file: first all files beside their targets, then what cannot be
/// taken back (pipes, standard output), and last the files get their names.
pub fn write_all(texts: &[(Place, String)]) -> Result<()> {
    let mut files = Vec::new();
    for (place, text) in texts {
        let Place::File(target) = place else { continue };
        let context = || format!("cannot write `{}`", target.display());
        let mut file = Unfinished::beside(target).with_context(context)?;
        all(&mut file.file, text).with_context(context)?;
        files.push((file, target.as_path()));
    }
    for (place, text) in texts {
        match place {
            Place::File(_) => {}
            Place::Standard => {
                open_ended(all(&mut io::stdout().lock(), text)).context("cannot write to standard output")?;
            }
            Place::Device(path) => {
                let written = fs::OpenOptions::new().write(true).open(path).and_then(|mut f| all(&mut f, text));
                open_ended(written).with_context(|| format!("cannot write `{}`", path.display()))?;
            }
        }
    }
    rename_all(files)
}

/// A closed pipe is not an error: the reader has seen enough.
fn open_ended(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|e| if e.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(e) })
}

/// Gives files the names of their targets; where one cannot have it, the others give it back.
fn rename_all(files: Vec<(Unfinished, &Path)>) -> Result<()> {
    let alone = files.len() < 2;
    // Held to the end: a signal sees all of them renamed or none.
    let mut list = unfinished();
    let mut done: Vec<(&Path, Option<TempPath>)> = Vec::new();
    let mut failed = None;
    for (Unfinished { file }, target) in files {
        list.remove(file.path());
        if failed.is_some() {
            continue;
        }
        let old = if alone { None } else { second_name(target) };
        match file.persist(target) {
            Ok(_) => done.push((target, old)),
            Err(e) => failed = Some((e.error, target)),
        }
    }
    let Some((error, target)) = failed else { return Ok(()) };
    for (path, old) in done {
        // What was there comes back; where that fails too, the new file is whole all the same.
        let _ = match old {
            Some(old) => old.persist(path).map_err(|e| e.error),
            None => fs::remove_file(path),
        };
    }
    Err(error).with_context(|| format!("cannot write `{}`", target.display()))
}

/// A further name for a file that is there.
fn second_name(target: &Path) -> Option<TempPath> {
    let link = |name: &Path| fs::hard_link(target, name);
    Some(tempfile::Builder::new().prefix(".orch-").suffix(".old").make_in(folder(target), link).ok()?.into_temp_path())
}

fn folder(target: &Path) -> &Path {
    target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file beside its target, gone unless it is renamed.
struct Unfinished {
    file: NamedTempFile,
}

impl Unfinished {
    /// Makes it with the rights that the target has, or that a new file would get.
    fn beside(target: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".orch-").suffix(".tmp");
        #[cfg(unix)]
        let fresh = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
        #[cfg(unix)]
        builder.permissions(fresh);
        let mut list = unfinished();
        let file = builder.tempfile_in(folder(target))?;
        list.insert(file.path().to_owned());
        drop(list);
        if let Ok(known) = fs::metadata(target) {
            file.as_file().set_permissions(known.permissions())?;
        }
        Ok(Self { file })
    }
}

/// An open place for one text.
pub struct Output(Place);

impl Output {
    /// Opens what the arguments name.
    pub fn open(args: &OutputArgs) -> Result<Self> {
        Ok(Self(args.output.as_deref().map_or(Ok(Place::Standard), Place::at)?))
    }

    /// Writes the text.
    pub fn write(self, text: &str) -> Result<()> {
        write_all(&[(self.0, text.to_owned())])
    }
}

/// How text on standard error may look.
pub fn error_style() -> Style {
    style_of(&io::stderr())
}

fn style_of(stream: &impl IsTerminal) -> Style {
    if !stream.is_terminal() {
        return Style::default();
    }
    let width = terminal_size::terminal_size().map_or(80, |(w, _)| usize::from(w.0));
    let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    Style { width: width.max(40), color: !plain }
}

fn all(to: &mut impl Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}

/// Tells the user something that is no part of the report.
pub fn tell(voice: &impl Voice, text: &str) {
    if !voice.quiet() {
        complain(&format!("orch: {text}\n"));
    }
}

/// Tells an error; a closed standard error is nobody's to complain to.
pub fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// A line on the terminal while something takes long; gone when dropped.
pub struct Progress {
    shown: bool,
}

impl Progress {
    /// Shows what is being done, on a terminal only.
    pub fn show(voice: &impl Voice, text: &str) -> Self {
        let shown = !voice.quiet() && io::stderr().is_terminal();
        if shown {
            complain(&format!("orch: {text} …"));
        }
        Self { shown }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            complain("\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_change_together_or_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        fs::write(path("a"), "old").unwrap();
        let places = [Place::at(&path("a")).unwrap(), Place::at(&path("b")).unwrap(), Place::at(&path("c")).unwrap()];
        // A folder where the last file should be: its name cannot be had.
        fs::create_dir(path("c")).unwrap();
        let texts: Vec<(Place, String)> = places.into_iter().map(|p| (p, "new".to_owned())).collect();
        assert!(write_all(&texts).is_err());
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "old");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "nothing but `a` and the folder");
        write_all(&texts[..2]).unwrap();
        assert_eq!(fs::read_to_string(path("b")).unwrap(), "new");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3);
    }
}
