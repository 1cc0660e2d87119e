//! How and where a report is written: formats and files, several at once, for every command alike.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::{
    fail_on,
    output::{Place, Voice, write_all},
};
use crate::report::{Format, Setting, Show, write};

/// Options of every command that prints a report.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// How the report is written; default `table`
    #[arg(short, long, value_name = "F", value_parser = formats())]
    format: Option<Format>,
    /// Write to FILE instead of standard output: whole, or not at all
    ///
    /// With a format before it, as in `json=plan.json`, that is written too; repeatable. Either all files are
    /// written, or none.
    #[arg(short, long, value_name = "[F=]FILE", value_parser = target)]
    output: Vec<Target>,
    /// Write a page with pictures too, for a browser; the same as `--output html=FILE`
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Findings that make the exit status 1: a severity (and above) or codes; default `error`
    #[arg(long, value_name = "SEVERITY|CODE", value_delimiter = ',')]
    pub fail_on: Vec<fail_on::Rule>,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    quiet: bool,
}

impl Voice for ReportArgs {
    fn quiet(&self) -> bool {
        self.quiet
    }
}

/// A file, and the format that it is to have where that is not `--format`.
#[derive(Debug, Clone)]
struct Target {
    format: Option<Format>,
    path: PathBuf,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(|(_, name, help)| PossibleValue::new(name).help(help)))
        .map(|name: String| Format::named(&name).unwrap_or_default())
}

fn target(text: &str) -> Result<Target, String> {
    let (format, path) = match text.split_once('=') {
        Some((kind, path)) if Format::named(kind).is_some() => (Format::named(kind), path),
        _ => (None, text),
    };
    if path.is_empty() {
        return Err("the path is empty".into());
    }
    Ok(Target { format, path: path.into() })
}

/// The places of a report, each with its format. Looked at before the work.
pub struct Outputs {
    /// What `--format` says.
    format: Option<Format>,
    /// Places with the format of each; `None` is that of `--format`.
    places: Vec<(Option<Format>, Place)>,
}

impl Outputs {
    /// Opens what the arguments name; `drawn` says whether the report has a diagram.
    pub fn open(args: &ReportArgs, drawn: bool) -> Result<Self> {
        let page = args.report.iter().map(|path| Target { format: Some(Format::Html), path: path.clone() });
        let mut places: Vec<(Option<Format>, Place)> = Vec::new();
        for target in args.output.iter().cloned().chain(page) {
            let place = Place::at(&target.path)?;
            if places.iter().any(|(_, p)| *p == place && !matches!(p, Place::Device(_))) {
                bail!("`{}` is to be written twice", target.path.display());
            }
            places.push((target.format, place));
        }
        if places.iter().filter(|(f, _)| f.is_none()).count() > 1 {
            bail!("several --output without a format; write F=FILE, such as `json=plan.json`");
        }
        let named = places.iter().any(|(f, _)| f.is_none());
        let taken = places.iter().any(|(_, p)| *p == Place::Standard);
        if !named && !taken {
            places.push((None, Place::Standard));
        }
        let out = Self { format: args.format, places };
        let formats = out.places.iter().map(|(f, _)| f.or(args.format).unwrap_or_default());
        if let Some(format) = formats.into_iter().find(|f| f.is_drawn() && !drawn) {
            bail!("`{}` is for diagrams, which only `map` has", format.name());
        }
        Ok(out)
    }

    /// Writes a report in every format that was asked for.
    pub fn show(self, report: &dyn Show) -> Result<()> {
        let mut texts = Vec::new();
        for (format, place) in self.places {
            let format = format.or(self.format).unwrap_or_default();
            let setting = Setting { style: place.style(), meaning: fail_on::meaning };
            texts.push((place, write(format, report, setting)?));
        }
        write_all(&texts)
    }

    /// True where a document printed in place of the report is to be JSON, false where YAML.
    pub fn document_as_json(&self) -> Result<bool> {
        if self.places.iter().any(|(f, _)| f.is_some()) {
            bail!("--emit prints one document; give --output without a format, and no --report");
        }
        match self.format {
            None | Some(Format::Yaml) => Ok(false),
            Some(Format::Json) => Ok(true),
            Some(other) => bail!("--format {} is for reports; --emit prints `yaml` or `json`", other.name()),
        }
    }

    /// Writes a document in place of the report.
    pub fn write(self, text: &str) -> Result<()> {
        let texts: Vec<(Place, String)> = self.places.into_iter().map(|(_, place)| (place, text.to_owned())).collect();
        write_all(&texts)
    }
}
