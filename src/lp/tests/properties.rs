//! Tiny random selections: the bound against every choice there is, and against the LP itself.

use good_lp::{Expression, ProblemVariables, Solution, SolverModel, constraint, microlp, variable};
use proptest::prelude::*;

use crate::lp::{Certificate, Columns, Effort, Level, Ranking, Rows, SelectionError, Table, relax};

type Column = (i64, Vec<(u32, i64)>);

/// A selection small enough to enumerate.
#[derive(Debug, Clone)]
struct Tiny {
    groups: Vec<Vec<Column>>,
    rows: Rows,
    levels: Vec<Level>,
}

impl Tiny {
    fn table(&self) -> Table {
        let mut table = Table::new();
        for group in &self.groups {
            table.push_group();
            for (key, (cost, entries)) in group.iter().enumerate() {
                table.push_column(key as u32, *cost, entries);
            }
        }
        table
    }

    /// The least value of any choice, by enumeration; `None` where no choice fits.
    fn optimum(&self) -> Option<f64> {
        let mut best: Option<f64> = None;
        let total: usize = self.groups.iter().map(Vec::len).product();
        for mut code in 0..total {
            let mut load = vec![0i64; self.rows.len()];
            let mut value = 0.0;
            for group in &self.groups {
                let (cost, entries) = &group[code % group.len()];
                code /= group.len();
                value += *cost as f64;
                for &(r, a) in entries {
                    load[r as usize] += a;
                }
            }
            if let Some(raised) = self.raise(&load) {
                let value = value + raised;
                best = Some(best.map_or(value, |best| best.min(value)));
            }
        }
        best
    }

    /// What the levels must cost for this load; `None` where no level helps.
    fn raise(&self, load: &[i64]) -> Option<f64> {
        let mut values: Vec<f64> = self.levels.iter().map(|l| l.least as f64).collect();
        for (r, &load) in load.iter().enumerate() {
            let over = (load - self.rows.fixed[r]) as f64;
            match self.rows.level[r] {
                Some(k) if self.rows.slope[r] > 0 => {
                    let value = &mut values[k as usize];
                    *value = value.max(over / self.rows.slope[r] as f64);
                }
                _ if over > 0.0 => return None,
                _ => {}
            }
        }
        let cost = |(level, value): (&Level, f64)| level.unit_cost as f64 * value;
        Some(self.levels.iter().zip(values).map(cost).sum())
    }

    /// The value of the LP relaxation, by the simplex method.
    fn programme(&self) -> Option<f64> {
        let mut declared = ProblemVariables::new();
        let mut objective = Expression::default();
        let mut rows = vec![Expression::default(); self.rows.len()];
        let mut groups = Vec::new();
        for group in &self.groups {
            let mut whole = Expression::default();
            for (cost, entries) in group {
                let x = declared.add(variable().min(0.0));
                objective.add_mul(*cost as f64, x);
                whole.add_mul(1.0, x);
                for &(r, a) in entries {
                    rows[r as usize].add_mul(a as f64, x);
                }
            }
            groups.push(constraint!(whole == 1.0));
        }
        let raised: Vec<_> = self
            .levels
            .iter()
            .map(|level| {
                let t = declared.add(variable().min(level.least as f64));
                objective.add_mul(level.unit_cost as f64, t);
                t
            })
            .collect();
        for (r, mut row) in rows.into_iter().enumerate() {
            if let Some(k) = self.rows.level[r] {
                row.add_mul(-(self.rows.slope[r] as f64), raised[k as usize]);
            }
            groups.push(constraint!(row <= self.rows.fixed[r] as f64));
        }
        let mut model = declared.minimise(objective.clone()).using(microlp);
        for constraint in groups {
            model.add_constraint(constraint);
        }
        Some(model.solve().ok()?.eval(&objective))
    }
}

fn tiny() -> impl Strategy<Value = Tiny> {
    let entries = |rows: u32| prop::collection::vec((0..rows, 0i64..20), 0..3);
    let shape = (1u32..5, 0usize..3);
    shape.prop_flat_map(move |(rows, levels)| {
        let column = (-20i64..50, entries(rows));
        let level = (0i64..30, -5i64..10).prop_map(|(unit_cost, least)| Level { unit_cost, least });
        let slope = prop::collection::vec((-5i64..60, 0i64..4, 0usize..4), rows as usize);
        let groups = prop::collection::vec(prop::collection::vec(column, 1..5), 1..5);
        (groups, slope, prop::collection::vec(level, levels)).prop_map(move |(groups, limits, levels)| {
            let mut rows = Rows::default();
            for (fixed, slope, k) in limits {
                let level = Some(k as u32).filter(|_| k < levels.len());
                rows.push(fixed, slope, level);
            }
            Tiny { groups, rows, levels }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_choice_beats_the_bound(tiny in tiny()) {
        let table = tiny.table();
        let found = relax(&table, &tiny.rows, &tiny.levels, &Effort::default()).unwrap();
        let again = found.certificate.bound(&table, &tiny.rows, &tiny.levels).unwrap();
        prop_assert_eq!(again, found.bound);
        for (group, parts) in tiny.groups.iter().zip(&found.fractions) {
            let sum: f64 = parts.iter().map(|part| part.weight).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9);
            prop_assert!(parts.iter().all(|part| (part.key as usize) < group.len()));
        }
        if let Some(optimum) = tiny.optimum() {
            let bound = found.bound.floor_f64();
            prop_assert!(bound <= optimum + 1e-9 * optimum.abs(), "{} above {}", bound, optimum);
        }
    }

    #[test]
    fn the_bound_is_the_value_of_the_programme(tiny in tiny()) {
        let found = relax(&tiny.table(), &tiny.rows, &tiny.levels, &Effort::default()).unwrap();
        if let Some(value) = tiny.programme() {
            let bound = found.bound.floor_f64();
            let scale = value.abs().max(1.0);
            prop_assert!((bound - value).abs() <= 1e-6 * scale, "{} for {}", bound, value);
            prop_assert_eq!(found.method, "LP relaxation");
        }
    }

    #[test]
    fn the_same_selection_gives_the_same_answer(tiny in tiny()) {
        let solve = || relax(&tiny.table(), &tiny.rows, &tiny.levels, &Effort::default());
        prop_assert_eq!(format!("{:?}", solve()), format!("{:?}", solve()));
    }

    #[test]
    fn any_admissible_prices_prove_a_bound(tiny in tiny(), shift in 0u32..10) {
        let prices = vec![0; tiny.rows.len()];
        let table = tiny.table();
        let bound = Certificate { shift, prices }.bound(&table, &tiny.rows, &tiny.levels).unwrap();
        if let Some(optimum) = tiny.optimum() {
            prop_assert!(bound.floor_f64() <= optimum);
        }
    }
}

#[test]
fn ranks_equals_by_the_room_they_take() {
    let mut rows = Rows::default();
    rows.push_fixed(10);
    rows.push_fixed(100);
    let mut table = Table::new();
    table.push_group();
    table.push_column(0, 5, &[(0, 5)]);
    table.push_column(1, 5, &[(1, 5)]);
    table.push_column(2, 4, &[(0, 9)]);
    let ranked = Ranking::new(&rows, &[0.0, 0.0], &[]).cheapest(&table, 0, 3);
    let keys: Vec<u32> = ranked.iter().map(|column| column.key).collect();
    assert_eq!(keys, [2, 1, 0]);
}

#[test]
fn ill_formed_selections_are_refused() {
    let mut rows = Rows::default();
    rows.push_fixed(10);
    let mut table = Table::new();
    table.push_group();
    let solve = |table: &Table| relax(table, &rows, &[], &Effort::default()).map(|_| ());
    assert_eq!(solve(&table), Err(SelectionError::EmptyGroup { group: 0 }));
    table.push_column(3, 1, &[(1, 1)]);
    assert_eq!(table.groups(), 1);
    let column = SelectionError::Column { group: 0, key: 3 };
    assert_eq!(solve(&table), Err(column));
}

#[test]
fn huge_numbers_neither_overflow_nor_prove_too_much() {
    let mut rows = Rows::default();
    rows.push(-1_000_000_000_000_000, 1, Some(0));
    rows.push_fixed(i64::MAX);
    let mut table = Table::new();
    for _ in 0..3 {
        table.push_group();
        table.push_column(0, i64::MAX, &[(0, i64::MAX), (1, i64::MAX)]);
        table.push_column(1, 1_000_000_000_000_000, &[(0, 1_000_000_000_000_000)]);
    }
    let least = i64::MIN;
    let unit_cost = 1_000_000_000_000_000;
    let levels = [Level { unit_cost, least }];
    let found = relax(&table, &rows, &levels, &Effort::default()).unwrap();
    assert!(found.bound.floor_f64() <= 4e30 + 3e15);
}
