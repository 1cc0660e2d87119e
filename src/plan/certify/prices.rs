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
