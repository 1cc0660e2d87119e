//! What a plan may have wrong, each with its code.

use crate::schedule::verify::Code;

/// A kind of violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Stable code.
    pub code: &'static str,
    /// Stable word.
    pub name: &'static str,
    /// `error`, or `info` where it only has to be known.
    pub severity: &'static str,
    /// What is wrong.
    pub meaning: &'static str,
}

macro_rules! kinds {
    ($($const:ident $code:literal $name:literal $severity:literal $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub const $const: Kind =
                Kind { code: $code, name: $name, severity: $severity, meaning: $meaning };
        )*
        /// Every kind: code, severity, meaning (README's table).
        pub const CODES: &[[&str; 3]] = &[$([$code, $severity, $meaning]),*];
    };
}

kinds! {
    UNKNOWN_TASK "ORCH601" "unknown_task" "error" "the plan names a task that the snapshot does not have";
    UNKNOWN_AGENT "ORCH602" "unknown_agent" "error" "the plan names an agent that the snapshot does not have";
    PLACED_TWICE "ORCH603" "placed_twice" "error" "the plan places a task twice";
    PLACED_AND_UNASSIGNED "ORCH604" "placed_and_unassigned" "error" "a task is both placed and unassigned";
    FORGOTTEN "ORCH605" "forgotten" "error" "a task is neither placed nor unassigned, though the plan tells which are";
    OTHER_SNAPSHOT "ORCH606" "other_snapshot" "error" "the plan was made of another snapshot";
    NOT_ELIGIBLE "ORCH610" "not_eligible" "error" "the agent may not run the task";
    WRONG_PROCESSING "ORCH611" "wrong_processing" "error" "a task does not run as long as it takes there";
    BEFORE_NOW "ORCH612" "before_now" "error" "a task starts before `as_of`";
    BEFORE_RELEASE "ORCH613" "before_release" "error" "a task starts before its release";
    BEFORE_AVAILABLE "ORCH614" "before_available" "error" "a task starts before its agent is available";
    OUTSIDE_WINDOWS "ORCH615" "outside_windows" "error" "no window of the agent holds the task whole";
    MOVED_WHILE_RUNNING "ORCH616" "moved_while_running" "error" "a running task is placed elsewhere, or later";
    OVER_SLOTS "ORCH617" "over_slots" "error" "an agent runs more tasks at a time than it has slots";
    OVER_MAX_TASKS "ORCH618" "over_max_tasks" "error" "an agent has more tasks than it may have";
    OVER_CAPACITY "ORCH619" "over_capacity" "error" "an agent holds more load than its capacity";
    OVER_RESOURCE "ORCH620" "over_resource" "error" "more of an agent's resource is in use at a time than there is";
    OVER_BUDGET "ORCH621" "over_budget" "error" "more of an agent's budget is used up than there is";
    MISSING_PREDECESSOR "ORCH622" "missing_predecessor" "error" "a task is placed, one that it depends on is not";
    BEFORE_INPUT "ORCH623" "before_input" "error" "a task starts before the output of one that it depends on is there";
    NO_PATH "ORCH624" "no_path" "error" "no path leads from the agent of a predecessor";
    OVER_SHARED "ORCH625" "over_shared_capacity" "error" "more of a shared resource is in use at a time than there is";
    OVER_RATE "ORCH626" "over_rate" "error" "more of a rate is used within its period than it allows";
    OVER_SHARED_BUDGET "ORCH627" "over_shared_budget" "error" "more of a shared budget is used up than there is";
    NOT_TOGETHER "ORCH628" "not_together" "error" "tasks that belong together are not on one agent";
    NOT_APART "ORCH629" "not_apart" "error" "tasks that must be apart are on one agent";
    WRONG_ROW "ORCH630" "wrong_figure" "error" "a task's load or cost is another than the plan says";
    WRONG_COMPONENT "ORCH631" "wrong_component" "error" "a component of the objective is another than the plan says";
    WRONG_OBJECTIVE "ORCH632" "wrong_objective" "error" "the objective is another than the plan says";
    WRONG_PLACEMENT "ORCH633" "wrong_placement" "error" "the plan places another priority than it says, or claims more than its bound";
    CONTRADICTION "ORCH634" "contradiction" "error" "what the plan says of its bound contradicts itself";
    WRONG_MEASURE "ORCH635" "wrong_measure" "error" "a measure of balance, a prediction or an improvement is another than the plan says";
    BAD_CERTIFICATE "ORCH640" "bad_certificate" "error" "the certificate cannot be read, or names what is not there";
    BROKEN_CERTIFICATE "ORCH641" "broken_certificate" "error" "a step of the certificate does not hold";
    SHORT_CERTIFICATE "ORCH642" "short_certificate" "error" "the certificate proves less than the plan claims";
    UNPROVEN "ORCH643" "unproven" "info" "a bound has to be believed: the plan carries no proof of it that can be checked";
}

/// The kind of a broken rule; `rate` where the resource concerned has a period.
pub fn kind(code: Code, rate: bool) -> Kind {
    match code {
        Code::WrongLength | Code::UnknownAgent => UNKNOWN_AGENT,
        Code::NotEligible => NOT_ELIGIBLE,
        Code::WrongProcessing => WRONG_PROCESSING,
        Code::BeforeNow => BEFORE_NOW,
        Code::BeforeRelease => BEFORE_RELEASE,
        Code::BeforeAvailable => BEFORE_AVAILABLE,
        Code::OutsideWindows => OUTSIDE_WINDOWS,
        Code::MovedWhileRunning => MOVED_WHILE_RUNNING,
        Code::OverSlots => OVER_SLOTS,
        Code::OverMaxTasks => OVER_MAX_TASKS,
        Code::OverCapacity => OVER_CAPACITY,
        Code::OverResource => OVER_RESOURCE,
        Code::OverBudget => OVER_BUDGET,
        Code::MissingPredecessor => MISSING_PREDECESSOR,
        Code::BeforeInput => BEFORE_INPUT,
        Code::NoPath => NO_PATH,
        Code::OverSharedCapacity if rate => OVER_RATE,
        Code::OverSharedCapacity => OVER_SHARED,
        Code::OverSharedBudget => OVER_SHARED_BUDGET,
        Code::NotTogether => NOT_TOGETHER,
        Code::NotApart => NOT_APART,
    }
}
