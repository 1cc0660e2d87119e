//! Linear programmes over selections: relaxations, duals and certified bounds.
