//! Whether an order exists in which every process gets what it still needs and gives back what it holds
//! (Dijkstra 1965, the banker's algorithm; Coffman, Elphick, Shoshani 1971 for detection: `need` is then what is
//! asked for now, not what may be).

/// Processes with what they hold and need of each resource, and what is free.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bank {
    /// Held, by process and resource.
    pub held: Vec<Vec<f64>>,
    /// Still needed, by process and resource.
    pub need: Vec<Vec<f64>>,
    /// Free, by resource.
    pub free: Vec<f64>,
}

/// An order in which processes can finish, and those that cannot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completion {
    /// Who finishes, one after the other: the first by position of those that can.
    pub order: Vec<usize>,
    /// Who cannot, ascending.
    pub stuck: Vec<usize>,
}

impl Bank {
    /// Lets processes finish as long as one can: O(n² r). A difference below a billionth is none; who needs
    /// nothing more of a resource does not mind that it is overdrawn.
    pub fn complete(&self) -> Completion {
        let mut free = self.free.clone();
        let mut stuck: Vec<usize> = (0..self.held.len()).collect();
        let mut order = Vec::new();
        loop {
            let fits = |p: &usize| self.need[*p].iter().zip(&free).all(|(n, f)| *n <= f.max(0.0) + 1e-9);
            let Some(at) = stuck.iter().position(fits) else { return Completion { order, stuck } };
            let p = stuck.remove(at);
            free.iter_mut().zip(&self.held[p]).for_each(|(f, h)| *f += h);
            order.push(p);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bank;

    /// Silberschatz, Operating System Concepts: held, most, free.
    fn textbook(held: [[f64; 3]; 5], most: [[f64; 3]; 5], free: [f64; 3]) -> Bank {
        let need = held.iter().zip(&most).map(|(h, m)| h.iter().zip(m).map(|(h, m)| m - h).collect()).collect();
        Bank { held: held.iter().map(|h| h.to_vec()).collect(), need, free: free.to_vec() }
    }

    const MOST: [[f64; 3]; 5] = [[7., 5., 3.], [3., 2., 2.], [9., 0., 2.], [2., 2., 2.], [4., 3., 3.]];

    #[test]
    fn the_textbook_state_is_safe() {
        let held = [[0., 1., 0.], [2., 0., 0.], [3., 0., 2.], [2., 1., 1.], [0., 0., 2.]];
        let found = textbook(held, MOST, [3., 3., 2.]).complete();
        assert_eq!((found.order, found.stuck), (vec![1, 3, 0, 2, 4], vec![]));
    }

    #[test]
    fn who_needs_nothing_can_finish_whatever_is_overdrawn() {
        let bank = Bank { held: vec![vec![0.0], vec![5.0]], need: vec![vec![0.0], vec![1.0]], free: vec![-2.0] };
        assert_eq!(bank.complete().order, vec![0]);
    }

    #[test]
    fn granting_the_textbook_request_would_be_unsafe() {
        let held = [[0., 3., 0.], [3., 0., 2.], [3., 0., 2.], [2., 1., 1.], [0., 0., 2.]];
        assert!(!textbook(held, MOST, [2., 1., 0.]).complete().stuck.is_empty());
    }
}
