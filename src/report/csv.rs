//! CSV (RFC 4180): the rows that a report is about, figures as JSON has them.

/// Rows under headings, figures in full.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// The headings.
    pub columns: Vec<&'static str>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// A sheet without rows.
    pub fn new<const N: usize>(columns: [&'static str; N]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: &[String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// One row per finding, for reports that are about nothing else.
    pub fn of_findings(findings: &[super::FindingRow]) -> Self {
        let mut out = Self::new(["code", "severity", "message", "path", "file", "line", "column", "help"]);
        let place = |n: Option<u32>| n.map_or_else(String::new, |n| n.to_string());
        for f in findings {
            let (code, severity) = (f.code.to_owned(), f.severity.to_owned());
            let (message, path, file, help) = (f.message.clone(), f.path.clone(), f.file.clone(), f.help.clone());
            out.row(&[code, severity, message, path, file, place(f.line), place(f.column), help]);
        }
        out
    }
}

/// Writes a sheet as CSV, its headings first.
pub fn to_csv(sheet: &Sheet) -> String {
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    // Writing to memory cannot fail, and every row is as long as the headings.
    let _ = out.write_record(&sheet.columns);
    for row in &sheet.rows {
        let _ = out.write_record(row);
    }
    out.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_end_its_row() {
        let mut sheet = Sheet::new(["task", "agent"]);
        sheet.row(&["a,\"b\"\nc".into(), "d".into()]);
        assert_eq!(to_csv(&sheet), "task,agent\n\"a,\"\"b\"\"\nc\",d\n");
    }
}
