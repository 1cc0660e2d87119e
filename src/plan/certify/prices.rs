//! A relaxation's row prices by the names of what they are paid for.

use std::collections::BTreeMap;

use crate::{
    lp,
    plan::selection::{Selection, TASK},
    schedule::{
        Instance,
        proof::{Certificate, Component, Prices, Units},
    },
};

/// Digits that a number keeps in every reader of JSON.
const BITS: u32 = 52;

/// Prices with what integers stand for.
#[derive(Debug, Clone)]
pub struct Named {
    shift: u32,
    units: Units,
    prices: Prices,
}

impl Named {
    /// No price at all.
    pub fn none(inst: &Instance<'_>) -> Self {
        let units = Units {
            cost: inst.cost_scale.factor(),
            load: inst.load_scale.factor(),
            task: TASK as f64,
            ..Units::default()
        };
        Self { shift: 0, units, prices: Prices::default() }
    }

    /// What integers stand for.
    pub fn units(self) -> Units {
        self.units
    }

    /// The prices of a selection's rows, as far as they are paid; `None` where they do not fit.
    pub fn of(selection: &Selection<'_>, certificate: &lp::Certificate) -> Option<Self> {
        let is_cost = selection.levels.is_empty();
        let per = i128::from(selection.per_utilization);
        let price = |row: Option<u32>| row.map_or(0, |r| i128::from(certificate.prices[r as usize]));
        // Levels weigh what they widen; only costs count digits after the point.
        let level = |row: Option<u32>| price(row) * per;
        let rows = (0..certificate.prices.len() as u32).map(Some);
        let dearest = rows.map(price).max().unwrap_or(0).max(0) * per;
        let drop = (128 - dearest.leading_zeros()).saturating_sub(BITS);
        if is_cost && drop > certificate.shift {
            return None;
        }
        let kept = |price: i128| Some((price >> drop) as i64).filter(|p| *p > 0);
        let mut out = Self::none(selection.inst);
        out.shift = if is_cost { certificate.shift - drop } else { 0 };
        out.name_agents(selection, &|row| kept(price(row)), &|row| kept(level(row)));
        let inst = selection.inst;
        for (r, resource) in inst.q.snapshot.network.resources.iter().enumerate() {
            let (budget, held) = (kept(price(selection.shared_budget[r])), kept(price(selection.shared_held[r])));
            out.prices.shared_budget.extend(budget.map(|p| (resource.id.clone(), p)));
            out.prices.shared.extend(held.map(|p| (resource.id.clone(), p)));
            if budget.is_some() || held.is_some() {
                out.units.resources.insert(resource.id.clone(), inst.shared_scales[r].factor());
            }
        }
        Some(out)
    }

    fn name_agents(
        &mut self,
        selection: &Selection<'_>,
        price: &dyn Fn(Option<u32>) -> Option<i64>,
        level: &dyn Fn(Option<u32>) -> Option<i64>,
    ) {
        let inst = selection.inst;
        let s = inst.q.snapshot;
        for (a, agent) in s.agents.iter().enumerate() {
            let rows = &selection.by_agent[a];
            let own = |p: Option<i64>| p.map(|p| (agent.id.clone(), p));
            self.prices.load.extend(own(price(rows.load)));
            self.prices.level.extend(own(level(rows.level_load)));
            self.prices.tasks.extend(own(price(rows.tasks)));
            self.prices.work.extend(own(price(rows.work)));
            let begin = inst.offered.begin(a);
            for (i, offered) in inst.offered.row(a).iter().enumerate() {
                let dim = offered.dim as usize;
                let mut put = |list: &mut BTreeMap<String, BTreeMap<String, i64>>, p: Option<i64>| {
                    if let Some(p) = p {
                        list.entry(agent.id.clone()).or_default().insert(s.names.dims[dim].clone(), p);
                        self.units.dimensions.insert(s.names.dims[dim].clone(), inst.dim_scales[dim].factor());
                    }
                };
                put(&mut self.prices.budget, price(selection.budget[begin + i]));
                put(&mut self.prices.level_budget, level(selection.level_budget[begin + i]));
                put(&mut self.prices.resources, price(selection.held[begin + i]));
            }
        }
    }

    /// The prices that a certificate consists of.
    pub fn read(certificate: &Certificate) -> Option<Self> {
        let Certificate::Prices { shift, units, prices, .. } = certificate else { return None };
        Some(Self { shift: *shift, units: units.clone(), prices: prices.clone() })
    }

    /// The same as prices of a selection's rows, of whatever snapshot: what is not known there has none, and what is
    /// only there has none either.
    pub fn rows(&self, selection: &Selection<'_>) -> Vec<f64> {
        let inst = selection.inst;
        let (s, units) = (inst.q.snapshot, &self.units);
        let is_cost = selection.levels.is_empty();
        let one =
            libm::exp2(-f64::from(self.shift)) * if is_cost { inst.cost_scale.factor() / units.cost } else { 1.0 };
        let mut out = vec![0.0; selection.rows.len()];
        // From integers of what was to integers of what is.
        let mut put = |row: Option<u32>, price: Option<&i64>, was: f64, is: f64| {
            if let (Some(row), Some(price)) = (row, price) {
                out[row as usize] = *price as f64 * one * was / is;
            }
        };
        let (load, per) = (inst.load_scale.factor(), selection.per_utilization as f64);
        let of_dim = |list: &BTreeMap<String, f64>, name: &str| list.get(name).copied().unwrap_or(1.0);
        for (a, rows) in selection.by_agent.iter().enumerate() {
            let (id, p) = (s.agents[a].id.as_str(), &self.prices);
            put(rows.load, p.load.get(id), units.load, load);
            put(rows.tasks, p.tasks.get(id), units.task, TASK as f64);
            put(rows.level_load, p.level.get(id), units.load, load * per);
            put(rows.work, p.work.get(id), 1.0, 1.0);
            let begin = inst.offered.begin(a);
            for (i, offered) in inst.offered.row(a).iter().enumerate() {
                let name = s.names.dims[offered.dim as usize].as_str();
                let (was, is) = (of_dim(&units.dimensions, name), inst.dim_scales[offered.dim as usize].factor());
                let own =
                    |list: &BTreeMap<String, BTreeMap<String, i64>>| list.get(id).and_then(|l| l.get(name)).copied();
                put(selection.budget[begin + i], own(&p.budget).as_ref(), was, is);
                put(selection.level_budget[begin + i], own(&p.level_budget).as_ref(), was, is * per);
                put(selection.held[begin + i], own(&p.resources).as_ref(), was, is);
            }
        }
        for (r, resource) in s.network.resources.iter().enumerate() {
            let (was, is) = (of_dim(&units.resources, &resource.id), inst.shared_scales[r].factor());
            put(selection.shared_budget[r], self.prices.shared_budget.get(&resource.id), was, is);
            put(selection.shared_held[r], self.prices.shared.get(&resource.id), was, is);
        }
        out
    }

    /// Counted in integers per unit of priority.
    pub fn per_priority(mut self, unit: f64) -> Self {
        self.units.priority = unit;
        self
    }

    /// The certificate that they are.
    pub fn proving(self, proves: Component, bound: f64) -> Certificate {
        Certificate::Prices { proves, bound, shift: self.shift, units: self.units, prices: self.prices }
    }
}
