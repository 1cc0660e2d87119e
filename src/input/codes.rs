//! Every diagnostic code: what it means, how grave it is, for which commands, and the remedy.
//!
//! A new check takes the next free number here and a function in `check/`. Numbers are never reused.

use std::fmt::Write;

use super::Command;
use crate::error::Severity;

/// One diagnostic code.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable name (`ORCH001` …).
    pub id: &'static str,
    /// Short name, as in the fixtures' file names.
    pub name: &'static str,
    /// How grave it is where it applies.
    pub severity: Severity,
    /// For which commands it is that grave; for the others it is a warning.
    pub scope: Scope,
    /// What is wrong.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// Which commands a code stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    All,
    /// Those that plan (`distribute`, `optimize`), and `validate`; to others it is a warning.
    Plans,
    /// Those that plan, and `validate`; others do not mention it.
    PlansOnly,
}

impl Code {
    /// How grave it is for a command; `None` where the command does not care.
    pub fn severity_for(&self, command: Command) -> Option<Severity> {
        match self.scope {
            Scope::All => Some(self.severity),
            _ if command.plans() || command == Command::Validate => Some(self.severity),
            Scope::Plans => Some(self.severity.min(Severity::Warning)),
            Scope::PlansOnly => None,
        }
    }

    /// The commands that it is about, for the table in the README.
    pub fn commands(&self) -> &'static str {
        match self.scope {
            Scope::All => "all",
            Scope::Plans => "validate, distribute, optimize (others: warning)",
            Scope::PlansOnly => "validate, distribute, optimize",
        }
    }
}

/// The table of all codes, as the README carries it.
pub fn markdown() -> String {
    let mut out = String::from("| code | severity | commands | meaning | remedy |\n|---|---|---|---|---|\n");
    for code in CODES {
        let Code { id, severity, meaning, remedy, .. } = code;
        // Writing to a string cannot fail.
        let _ = writeln!(out, "| {id} | {} | {} | {meaning} | {remedy} |", severity.name(), code.commands());
    }
    out
}

macro_rules! codes {
    ($($const:ident $id:literal $name:literal $severity:ident $scope:ident $meaning:literal $remedy:literal;)*) => {
        $(
            #[doc = $meaning]
            pub const $const: Code = Code {
                id: $id,
                name: $name,
                severity: Severity::$severity,
                scope: Scope::$scope,
                meaning: $meaning,
                remedy: $remedy,
            };
        )*
        /// Every code, by number.
        pub const CODES: &[&Code] = &[$(&$const),*];
    };
}

codes! {
    SYNTAX "ORCH001" "syntax" Error All "the text is neither YAML nor JSON" "correct the text at the place shown";
    UNREADABLE "ORCH002" "unreadable" Error All "the file cannot be read" "check the path, that it is a file, and its permissions";
    TOO_LARGE "ORCH003" "too-large" Error All "a file is larger than 256 MiB, or all are larger than 1 GiB" "split the snapshot, or move estimates into CSV";
    NOT_UTF8 "ORCH004" "not-utf8" Error All "the text is not UTF-8" "save the file as UTF-8";
    DOCUMENTS "ORCH005" "several-documents" Error All "the file holds more than one document" "split it into files and name them all";
    TOO_DEEP "ORCH006" "too-deep" Error All "lists and mappings nest more than 100 deep" "flatten the file";
    EXPANSION "ORCH007" "expansion" Error All "aliases unfold to far more than the file holds, or without end" "write the values out, or use fewer aliases";
    OUTSIDE_ROOT "ORCH008" "outside-root" Error All "a file named by the snapshot lies outside the root folder" "move the file, or widen --root";
    INCLUDE_CYCLE "ORCH009" "include-cycle" Error All "a file includes itself, directly or through others" "remove one of the includes";
    BAD_CSV "ORCH010" "bad-csv" Error All "a row or the header of a CSV file is not as it should be" "correct the row";
    CLASHING_SECTION "ORCH011" "clashing-section" Error All "two files give one setting different values" "keep one of them";
    VERSION "ORCH012" "version" Error All "the version of the snapshot format is missing or unsupported" "begin the first file with `version: 1`";
    UNKNOWN_FIELD "ORCH013" "unknown-field" Error All "there is no such field here" "correct the name, or remove the field";
    WRONG_TYPE "ORCH014" "wrong-type" Error All "the value is of another type than the field" "write a value of the type named";
    MISSING_FIELD "ORCH015" "missing-field" Error All "a field that must be there is not" "add the field";
    DUPLICATE_KEY "ORCH016" "duplicate-key" Error All "a key stands twice in one mapping" "keep one of them";
    UNKNOWN_WORD "ORCH017" "unknown-word" Error All "the word is none of those that the field knows" "use one of the words named";
    BAD_DURATION "ORCH018" "bad-duration" Error All "the text is no duration" "write a duration such as `90s` or `1h 30m`, or a number of seconds";
    BAD_MOMENT "ORCH019" "bad-moment" Error All "the text is no moment" "write RFC 3339 such as `2026-01-05T09:00:00Z`, or a duration after as_of";
    NO_AS_OF "ORCH020" "no-as-of" Error All "a moment is absolute, but there is no `as_of`" "add as_of, or pass --now";
    NOT_FINITE "ORCH021" "not-finite" Error All "a number is infinite or not a number" "write a finite number, or leave the field out";
    OUT_OF_RANGE "ORCH022" "out-of-range" Error All "a number or time is outside the range of its field" "write a value within the range named";
    NUMBER_AS_ID "ORCH023" "number-as-id" Error All "an id is a number" "quote it";
    EMPTY_ID "ORCH024" "empty-id" Error All "an id is empty" "give it a name";
    TOO_LONG "ORCH025" "too-long" Error All "an id or text is longer than 64 KiB" "shorten it";
    DUPLICATE_ID "ORCH026" "duplicate-id" Error All "two things of one kind have the same id" "rename one of them";
    TOO_MANY_FILES "ORCH027" "too-many-files" Error All "more than 1,000 files are read" "merge some of them";
    UNKNOWN_AGENT "ORCH030" "unknown-agent" Error Plans "no agent has this id" "correct the id, or add the agent";
    UNKNOWN_TASK "ORCH031" "unknown-task" Error Plans "no task has this id" "correct the id, or add the task";
    UNKNOWN_RESOURCE "ORCH032" "unknown-resource" Error Plans "no shared resource has this id" "correct the id, or add it under network.resources";
    UNKNOWN_DATA "ORCH033" "unknown-data" Error Plans "no data set has this id" "correct the id, or add it under network.data";
    UNKNOWN_SERVICE "ORCH034" "unknown-service" Error Plans "no agent or service has this id" "correct the id, or add the service under network.services";
    UNKNOWN_AGENT_OR_TYPE "ORCH035" "unknown-agent-or-type" Error Plans "no agent has this id or type" "correct the name, or add the agent";
    LONELY_ZONE "ORCH036" "lonely-zone" Warning All "the name is no agent, and no agent or other link is in such a zone" "correct the name, or place an agent in the zone";
    CYCLE "ORCH040" "dependency-cycle" Error Plans "tasks wait for each other in a circle" "drop one of the dependencies, or make it soft";
    SELF_DEPENDENCY "ORCH041" "self-dependency" Error Plans "a task names itself" "remove the entry";
    ZERO_BANDWIDTH "ORCH042" "zero-bandwidth" Error All "a link has no bandwidth" "remove the link, or leave bandwidth_mbps out where it is unlimited";
    RESOURCE_AND_BUDGET "ORCH043" "resource-and-budget" Error All "an agent lists one dimension both as a resource and as a budget" "keep it under `resources` (at any moment) or under `budget` (over the plan)";
    NO_LIMIT "ORCH044" "no-limit" Error All "a shared resource has neither capacity nor budget" "give it a capacity, a budget or both";
    DEADLINE_BEFORE_RELEASE "ORCH045" "deadline-before-release" Error Plans "a task is due before it may start" "move the deadline or the release";
    REVERSED_WINDOW "ORCH046" "reversed-window" Error All "a window ends before it begins" "swap its ends";
    PIN_NOT_ALLOWED "ORCH047" "pin-not-allowed" Error Plans "a task is pinned to an agent that it may not run on" "change pinned_agent, allowed_agents or forbidden_agents";
    TOGETHER_AND_APART "ORCH048" "together-and-apart" Error Plans "two tasks must be on one agent and on different agents" "remove one of the two wishes";
    EMPTY_BATCH "ORCH049" "empty-batch" Error PlansOnly "there is no task to place" "add tasks";
    UNKNOWN_CAPABILITY "ORCH050" "unknown-capability" Warning Plans "a task asks for a capability that no agent has" "correct its name, or add an agent that has it";
    IMPOSSIBLE_TASK "ORCH051" "impossible-task" Warning PlansOnly "no agent can ever run the task" "see the reasons in the message";
    UNKNOWN_DIMENSION "ORCH052" "unknown-dimension" Warning Plans "a task demands a dimension that no agent offers" "correct its name, or list it under an agent's resources or budget";
    PER_WITHOUT_CAPACITY "ORCH053" "per-without-capacity" Error All "a rate has a period but no capacity" "give the resource a capacity";
    CLASHING_ESTIMATE "ORCH054" "clashing-estimate" Error All "a task's figures on one agent are given twice, differently" "keep one of the rows";
    CLASHING_METRICS "ORCH055" "clashing-metrics" Warning All "response times are out of order: p50 ≤ p95 ≤ p99 does not hold" "check the measurement";
    NO_AGENTS "ORCH056" "no-agents" Error PlansOnly "there is no agent to place tasks on" "add agents";
    MORE "ORCH099" "more" Info All "more problems were found than are listed" "correct those listed first";
}
