//! The smallest program that still shows something: statements are left out, one after the other, as long as it does.

use crate::program::{Program, Stmt};

/// Attempts at the most.
const ATTEMPTS: u32 = 2_000;

pub fn shrink(program: &Program, shows: &dyn Fn(&Program) -> bool) -> Program {
    let mut smallest = program.clone();
    let mut attempts = 0;
    loop {
        let mut smaller = None;
        for body in without_one(&smallest.body) {
            attempts += 1;
            let candidate = Program { variables: smallest.variables.clone(), body };
            if shows(&candidate) {
                smaller = Some(candidate);
                break;
            }
            if attempts >= ATTEMPTS {
                break;
            }
        }
        match smaller {
            Some(candidate) => smallest = candidate,
            None => return smallest,
        }
        if attempts >= ATTEMPTS {
            return smallest;
        }
    }
}

/// Every body with one statement less, or with a statement in the place of one around it.
fn without_one(body: &[Stmt]) -> Vec<Vec<Stmt>> {
    let mut all = Vec::new();
    // From the end: what is declared first is used later.
    for at in (0..body.len()).rev() {
        let mut put = |replacement: Vec<Stmt>| {
            let mut changed = body.to_vec();
            changed.splice(at..=at, replacement);
            all.push(changed);
        };
        put(Vec::new());
        match &body[at] {
            Stmt::If(flag, then, otherwise) => {
                put(vec![Stmt::Block(then.clone())]);
                put(vec![Stmt::Block(otherwise.clone())]);
                without_one(then)
                    .into_iter()
                    .for_each(|it| put(vec![Stmt::If(*flag, it, otherwise.clone())]));
                without_one(otherwise)
                    .into_iter()
                    .for_each(|it| put(vec![Stmt::If(*flag, then.clone(), it)]));
            }
            Stmt::While(counter, inner) => {
                put(vec![Stmt::Block(inner.clone())]);
                without_one(inner).into_iter().for_each(|it| put(vec![Stmt::While(*counter, it)]));
            }
            Stmt::Block(inner) => {
                put(inner.clone());
                without_one(inner).into_iter().for_each(|it| put(vec![Stmt::Block(it)]));
            }
            _ => {}
        }
    }
    all
}
