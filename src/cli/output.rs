//! Where reports go: standard output or a file that is written whole or not at all; and what may be
//! written on it: width and colour.

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

use crate::report::Style;

/// Output options of every command.
#[derive(Debug, clap::Args)]
pub struct OutputArgs {
    /// Write to FILE instead of standard output: whole, or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// An open place for a report. Opened before the work, so that a wrong path is told at once.
pub enum Output {
    /// Standard output.
    Standard,
    /// A regular file: written beside it, then renamed over it.
    File(NamedTempFile, PathBuf),
    /// A pipe or device: written directly.
    Device(PathBuf),
}

impl Output {
    /// Opens what the arguments name.
    pub fn open(args: &OutputArgs) -> Result<Self> {
        args.output.as_deref().map_or(Ok(Self::Standard), Self::at)
    }

    /// Opens a file; `-` is standard output.
    pub fn at(path: &Path) -> Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Standard);
        }
        let context = || format!("cannot write `{}`", path.display());
        // Through a link, the file behind it is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let known = fs::metadata(&target).ok();
        if known.as_ref().is_some_and(fs::Metadata::is_dir) {
            bail!("cannot write `{}`: it is a folder", path.display());
        }
        if known.as_ref().is_some_and(|m| !m.is_file()) {
            return Ok(Self::Device(target));
        }
        let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = temporary(folder, known.map(|m| m.permissions())).with_context(context)?;
        Ok(Self::File(file, target))
    }

    /// Writes the report. A closed pipe is not an error: the reader has seen enough.
    pub fn write(self, text: &str) -> Result<()> {
        match self {
            Self::Standard => match all(&mut io::stdout().lock(), text) {
                Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                done => done.context("cannot write to standard output"),
            },
            Self::File(mut file, path) => {
                let context = || format!("cannot write `{}`", path.display());
                all(&mut file, text).with_context(context)?;
                file.persist(&path).map_err(|e| e.error).with_context(context)?;
                Ok(())
            }
            Self::Device(path) => {
                match fs::OpenOptions::new().write(true).open(&path).and_then(|mut f| all(&mut f, text)) {
                    Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    done => done.with_context(|| format!("cannot write `{}`", path.display())),
                }
            }
        }
    }

    /// How a table may look there.
    pub fn style(&self) -> Style {
        if matches!(self, Self::Standard) { style_of(&io::stdout()) } else { Style::default() }
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

/// A file beside the target with the rights that the target has, or that a new file would get.
fn temporary(folder: &Path, rights: Option<fs::Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".orch-").suffix(".tmp");
    #[cfg(unix)]
    let fresh = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(fresh);
    let file = builder.tempfile_in(folder)?;
    if let Some(rights) = rights {
        file.as_file().set_permissions(rights)?;
    }
    Ok(file)
}

/// Tells the user something that is no part of the report.
pub fn tell(args: &OutputArgs, text: &str) {
    if !args.quiet {
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
    pub fn show(args: &OutputArgs, text: &str) -> Self {
        let shown = !args.quiet && io::stderr().is_terminal();
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
