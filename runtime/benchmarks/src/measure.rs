//! Measuring side by side, and the table.

use std::fmt;
use std::time::Instant;

/// One thing to measure: a name, a number of operations, and what runs them.
pub struct Case<'a> {
    name: &'static str,
    operations: usize,
    run: Box<dyn FnMut(usize) + 'a>,
}

impl<'a> Case<'a> {
    pub fn new(name: &'static str, operations: usize, run: impl FnMut(usize) + 'a) -> Self {
        Case { name, operations, run: Box::new(run) }
    }

    /// Nanoseconds an operation, in one sample.
    fn sample(&mut self) -> f64 {
        let start = Instant::now();
        (self.run)(self.operations);
        start.elapsed().as_nanos() as f64 / self.operations as f64
    }
}

/// What a row must reach.
pub enum Goal {
    /// Nothing; the row is for information.
    None,
    /// The first case takes at most so many times the best of the others.
    Ratio(f64),
    /// At most so many nanoseconds.
    Nanoseconds(f64),
}

#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 5]>,
    missed: usize,
}

const SAMPLES: usize = 601;

impl Table {
    /// Our case beside its peers.
    pub fn compare(&mut self, what: &str, goal: Goal, ours: Case<'_>, peers: Vec<Case<'_>>) {
        let names: Vec<_> = peers.iter().map(|case| case.name).collect();
        let all = measure(std::iter::once(ours).chain(peers).collect());
        let mine = median(&all[0]);
        let others: Vec<f64> = all[1..].iter().map(|samples| median(samples)).collect();
        let beside: Vec<String> =
            names.iter().zip(&others).map(|(name, ns)| format!("{name} {ns:.2}")).collect();
        let ratio = mine / others.iter().copied().fold(f64::INFINITY, f64::min);
        self.row(what, mine, beside.join(", "), Some(ratio), goal);
    }

    /// A case of its own.
    pub fn single(&mut self, what: &str, goal: Goal, case: Case<'_>) {
        let mine = median(&measure(vec![case])[0]);
        self.row(what, mine, String::new(), None, goal);
    }

    /// What one case takes more than another: the median of differences between neighbouring samples.
    pub fn difference(&mut self, what: &str, goal: Goal, with: Case<'_>, without: Case<'_>) {
        let names = [with.name, without.name];
        let all = measure(vec![with, without]);
        let differences: Vec<f64> = all[0].iter().zip(&all[1]).map(|(a, b)| a - b).collect();
        let beside = format!("{} {:.2}, {} {:.2}", names[0], median(&all[0]), names[1], median(&all[1]));
        self.row(what, median(&differences), beside, None, goal);
    }

    fn row(&mut self, what: &str, mine: f64, beside: String, ratio: Option<f64>, goal: Goal) {
        let (goal, met) = match goal {
            Goal::None => (String::new(), true),
            Goal::Ratio(most) => (format!("≤ {most:.2} ×"), ratio.is_some_and(|ratio| ratio <= most)),
            Goal::Nanoseconds(most) => (format!("≤ {most:.0} ns"), mine <= most),
        };
        if !met {
            self.missed += 1;
        }
        let verdict = if met { goal } else { format!("{goal} **missed**") };
        let ratio = ratio.map_or(String::new(), |ratio| format!("{ratio:.2} ×"));
        self.rows.push([what.to_owned(), format!("{mine:.2}"), beside, ratio, verdict]);
        eprintln!("{}", self.rows[self.rows.len() - 1].join(" | "));
    }

    pub fn all_met(&self) -> bool {
        self.missed == 0
    }
}

/// The table in Markdown.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| operation | ns | beside it, ns | ratio | goal |")?;
        writeln!(f, "| --- | ---: | --- | ---: | --- |")?;
        for [what, mine, beside, ratio, goal] in &self.rows {
            writeln!(f, "| {what} | {mine} | {beside} | {ratio} | {goal} |")?;
        }
        Ok(())
    }
}

/// Samples of all cases in turn, so that whatever disturbs the machine disturbs all of them.
fn measure(mut cases: Vec<Case<'_>>) -> Vec<Vec<f64>> {
    for case in &mut cases {
        for _ in 0..20 {
            case.sample();
        }
    }
    let count = cases.len();
    let mut samples = vec![Vec::with_capacity(SAMPLES); count];
    for round in 0..SAMPLES {
        for i in 0..count {
            // Each case is first as often as any other.
            let at = (round + i) % count;
            samples[at].push(cases[at].sample());
        }
    }
    samples
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
