//! "Did you mean": the known name nearest to one that was not found.

/// The candidate most similar to `name`, if any is similar enough to be worth a suggestion.
pub fn most_similar<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match name.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        count => (count / 3).min(4),
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let bound = best.map_or(limit, |(distance, _)| distance);
        if candidate == name || candidate.len().abs_diff(name.len()) > bound * 4 {
            continue;
        }
        let distance = if candidate.eq_ignore_ascii_case(name) { 0 } else { distance(name, candidate) };
        // equal distances: the alphabetically first, so that the answer does not depend on the order of a map
        let better = match best {
            None => distance <= limit,
            Some((known, best)) => distance < known || (distance == known && candidate < best),
        };
        if better && distance < name.chars().count().max(2) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Edits that turn one name into the other: insert, delete, replace, exchange of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    let width = b.len() + 1;
    let mut table = vec![0usize; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i * width + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = table[(i - 1) * width + j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut cost = replaced.min(table[(i - 1) * width + j] + 1).min(table[i * width + j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    cost = cost.min(table[(i - 2) * width + j - 2] + 1);
                }
                cost
            };
        }
    }
    table[a.len() * width + b.len()]
}

#[cfg(test)]
mod tests {
    use super::most_similar;

    #[test]
    fn a_typing_mistake_finds_the_name_that_was_meant() {
        let names = ["Counter", "Container", "Num", "Str"];
        assert_eq!(most_similar("Conuter", names), Some("Counter"));
        assert_eq!(most_similar("num", names), Some("Num"));
        assert_eq!(most_similar("Widget", names), None);
    }
}
