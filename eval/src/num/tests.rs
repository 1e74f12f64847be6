use super::*;

fn show(bigs: &Bigs, words: Words) -> String {
    let mut text = String::new();
    bigs.print(words, &mut text);
    text
}

#[test]
fn integers_are_exact_and_unbounded() {
    let mut bigs = Bigs::default();
    let mut product = [INT, 1];
    for n in 1..=30 {
        product = bigs.arith(NumOp::Mul, product, [INT, n]).unwrap();
    }
    assert_eq!(show(&bigs, product), "265252859812191058636308480000000");
    for n in 1..=30 {
        product = bigs.arith(NumOp::Div, product, [INT, n]).unwrap();
    }
    assert_eq!(product, [INT, 1]);
}

#[test]
fn division_stays_exact_where_nothing_is_left_over() {
    let mut bigs = Bigs::default();
    assert_eq!(bigs.arith(NumOp::Div, [INT, 9], [INT, 3]), Ok([INT, 3]));
    let half = bigs.arith(NumOp::Div, [INT, 1], [INT, 2]).unwrap();
    assert_eq!(show(&bigs, half), "0.5");
    let one = bigs.arith(NumOp::Add, half, half).unwrap();
    assert_eq!(show(&bigs, one), "1");
    assert_eq!(bigs.compare(Compare::Eq, one, [INT, 1]), Ok(1));
    assert_eq!(bigs.hash(one), bigs.hash([INT, 1]));
    assert!(bigs.arith(NumOp::Div, [INT, 1], [INT, 0]).is_err());
}

#[test]
fn the_remainder_is_never_negative() {
    let mut bigs = Bigs::default();
    let minus = |n: i64| [INT, n.wrapping_neg() as u64];
    assert_eq!(bigs.arith(NumOp::Rem, minus(7), [INT, 3]), Ok([INT, 2]));
    assert_eq!(bigs.arith(NumOp::Rem, minus(7), minus(3)), Ok([INT, 2]));
    assert_eq!(bigs.arith(NumOp::Mod, minus(7), minus(3)), Ok([INT, -1i64 as u64]));
}

#[test]
fn numbers_of_different_kinds_compare_by_value() {
    let bigs = Bigs::default();
    let float = |value: f64| [FLOAT, value.to_bits()];
    let near = (1i64 << 53) + 1;
    assert_eq!(bigs.order(float((1i64 << 53) as f64), [INT, near as u64]), Some(Ordering::Less));
    assert_eq!(bigs.order(float(1.5), [INT, 1]), Some(Ordering::Greater));
    assert_eq!(bigs.order(float(-1.5), [INT, -1i64 as u64]), Some(Ordering::Less));
}

/// A small generator of random bits.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        mix(self.0)
    }

    /// An integer of 1 to 200 bits; short ones are as likely as long ones.
    fn integer(&mut self) -> BigInt {
        let bits = 1 + self.next() % 200;
        let digits: Vec<u32> = (0..7).map(|_| self.next() as u32).collect();
        let sign = if self.next() & 1 == 0 { Sign::Plus } else { Sign::Minus };
        BigInt::from_slice(sign, &digits) % (BigInt::from(1) << bits)
    }

    fn fraction(&mut self) -> f64 {
        (self.next() as i64 >> 12) as f64 / 1024.0
    }
}

/// The model of an exact number: a pair of integers.
type Gauss = (BigInt, BigInt);

fn words(bigs: &mut Bigs, (re, im): &Gauss) -> Words {
    let imaginary = bigs.parse(&format!("{im}i")).unwrap();
    let real = bigs.integer(re.clone());
    bigs.arith(NumOp::Add, real, imaginary).unwrap()
}

fn model(op: NumOp, (a, b): &Gauss, (c, d): &Gauss) -> Gauss {
    match op {
        NumOp::Add => (a + c, b + d),
        NumOp::Sub => (a - c, b - d),
        _ => (a * c - b * d, a * d + b * c),
    }
}

#[test]
fn exact_numbers_of_any_size_calculate_as_pairs_of_integers_do() {
    let mut random = Random(0x5eed);
    for round in 0..20_000 {
        let mut bigs = Bigs::default();
        let mut number = |random: &mut Random| {
            let im = if round % 3 == 0 { BigInt::zero() } else { random.integer() };
            let pair = (random.integer(), im);
            (words(&mut bigs, &pair), pair)
        };
        let ((x, a), (y, b)) = (number(&mut random), number(&mut random));
        for op in [NumOp::Add, NumOp::Sub, NumOp::Mul] {
            let expected = model(op, &a, &b);
            let result = bigs.arith(op, x, y).unwrap();
            let same = words(&mut bigs, &expected);
            assert_eq!(bigs.compare(Compare::Eq, result, same), Ok(1), "{a:?} {op:?} {b:?}");
            assert_eq!(bigs.compare(Compare::Ne, result, same), Ok(0));
            assert_eq!(bigs.hash(result), bigs.hash(same));
            // A number has one form: what fits inline is inline, what is real is real.
            assert_eq!(result[0], same[0]);
            assert_eq!(bigs.is_imaginary(result), !expected.1.is_zero());
            if result[0] != BIG {
                assert_eq!(result, same);
            }
            let text = show(&bigs, result);
            let shown = match (expected.0.is_zero(), expected.1.sign()) {
                (_, Sign::NoSign) => expected.0.to_string(),
                (true, _) => format!("{}i", expected.1),
                (false, Sign::Minus) => format!("{}{}i", expected.0, expected.1),
                (false, _) => format!("{}+{}i", expected.0, expected.1),
            };
            assert_eq!(text, shown);
        }
        if !bigs.is_zero(y) {
            let product = bigs.arith(NumOp::Mul, x, y).unwrap();
            let quotient = bigs.arith(NumOp::Div, product, y).unwrap();
            assert_eq!(bigs.compare(Compare::Eq, quotient, x), Ok(1), "{a:?} * {b:?} / {b:?}");
        }
        let norm = model(NumOp::Mul, &a, &(a.0.clone(), -&a.1)).0;
        let (distance, exact) = (bigs.abs(x), norm.sqrt());
        if &exact * &exact == norm {
            assert_eq!(bigs.to_integer(distance), Some(exact));
        } else {
            let expected = norm.to_f64().unwrap().sqrt();
            assert!((bigs.to_float(distance) / expected - 1.0).abs() < 1e-14);
        }
        if !a.1.is_zero() {
            for op in [Compare::Lt, Compare::Le, Compare::Gt, Compare::Ge, Compare::Cmp] {
                assert!(bigs.compare(op, x, y).is_err() && bigs.compare(op, y, x).is_err());
            }
        }
    }
}

#[test]
fn integers_of_any_size_divide_and_compare_as_the_model_does() {
    let mut random = Random(77);
    for _ in 0..20_000 {
        let mut bigs = Bigs::default();
        let (a, b) = (random.integer(), random.integer());
        let (x, y) = (bigs.integer(a.clone()), bigs.integer(b.clone()));
        assert_eq!(bigs.order(x, y), Some(a.cmp(&b)));
        if b.is_zero() {
            assert!([NumOp::Div, NumOp::Rem, NumOp::Mod].iter().all(|op| bigs.arith(*op, x, y).is_err()));
            continue;
        }
        let rest = bigs.arith(NumOp::Rem, x, y).unwrap();
        let rest = bigs.to_integer(rest).unwrap();
        assert!(!rest.is_negative() && rest < b.abs() && ((&a - &rest) % &b).is_zero());
        let modulus = bigs.arith(NumOp::Mod, x, y).unwrap();
        let modulus = bigs.to_integer(modulus).unwrap();
        assert!(((&a - &modulus) % &b).is_zero() && modulus.abs() < b.abs());
        assert!(modulus.is_zero() || modulus.is_negative() == b.is_negative());
        let quotient = bigs.arith(NumOp::Div, x, y).unwrap();
        match (&a % &b).is_zero() {
            true => assert_eq!(bigs.to_integer(quotient), Some(a / b)),
            false => {
                // At least 15 significant digits (TY18).
                let back = bigs.to_float(quotient) * b.to_f64().unwrap() / a.to_f64().unwrap();
                assert!((back - 1.0).abs() < 1e-15 * 2.0, "{a} / {b}: {back}");
            }
        }
    }
}

#[test]
fn fractional_parts_calculate_as_doubles_do() {
    let mut random = Random(99);
    let mut bigs = Bigs::default();
    for _ in 0..5_000 {
        let [a, b, c, d] = [(); 4].map(|()| random.fraction());
        let mut number =
            |re: f64, im: f64| bigs.complex(Complex { re: Part::Float(re), im: Part::Float(im) });
        let (x, y) = (number(a, b), number(c, d));
        let close = |found: Words, re: f64, im: f64, bigs: &Bigs| {
            let found = bigs.to_complex(found);
            let size = re.hypot(im).max(1.0);
            (found.re.to_float() - re).abs() / size < 1e-13 && (found.im.to_float() - im).abs() / size < 1e-13
        };
        let sum = bigs.arith(NumOp::Add, x, y).unwrap();
        assert!(close(sum, a + c, b + d, &bigs));
        let product = bigs.arith(NumOp::Mul, x, y).unwrap();
        assert!(close(product, a * c - b * d, a * d + b * c, &bigs));
        let norm = c * c + d * d;
        if norm != 0.0 {
            let quotient = bigs.arith(NumOp::Div, x, y).unwrap();
            assert!(close(quotient, (a * c + b * d) / norm, (b * c - a * d) / norm, &bigs));
        }
        let used = vec![false; bigs.len()];
        while bigs.unaccounted().is_some_and(|(at, _)| {
            bigs.set_block(at, 1);
            true
        }) {}
        bigs.sweep(&used, 0);
    }
}

#[test]
fn powers_and_roots_go_through_the_imaginary_numbers() {
    let mut bigs = Bigs::default();
    let i = bigs.parse("1i").unwrap();
    let power = |bigs: &mut Bigs, base: Words, exponent: Words| {
        let result = bigs.arith(NumOp::Pow, base, exponent).unwrap();
        show(bigs, result)
    };
    assert_eq!(power(&mut bigs, i, [INT, 2]), "-1");
    assert_eq!(power(&mut bigs, i, [INT, 1_000_000]), "1");
    assert_eq!(power(&mut bigs, i, [INT, -1i64 as u64]), "-1i");
    assert_eq!(power(&mut bigs, i, [INT, (1 << 40) + 1]), "1i");
    let half = bigs.parse("0.5").unwrap();
    assert_eq!(power(&mut bigs, [INT, -9i64 as u64], half), "3i");
    assert_eq!(power(&mut bigs, [INT, 9], half), "3");
    let number = bigs.parse("2i").unwrap();
    let number = bigs.arith(NumOp::Add, number, [INT, 1]).unwrap();
    assert_eq!(power(&mut bigs, number, [INT, 20]), "-9653287-1476984i", "exact");
    // e^(i·ln 2) lies on the circle.
    let turned = bigs.arith(NumOp::Pow, [INT, 2], i).unwrap();
    let distance = bigs.abs(turned);
    assert!((bigs.to_float(distance) - 1.0).abs() < 1e-15);
    assert!(bigs.arith(NumOp::Pow, number, [INT, 1 << 40]).is_err());
}

#[test]
fn what_needs_real_numbers_refuses_imaginary_ones() {
    let mut bigs = Bigs::default();
    let i = bigs.parse("1i").unwrap();
    let operators = [
        NumOp::Rem,
        NumOp::Mod,
        NumOp::BitAnd,
        NumOp::BitOr,
        NumOp::BitXor,
        NumOp::Shl,
        NumOp::Shr,
        NumOp::Rol,
    ];
    for op in operators {
        assert!(bigs.arith(op, i, [INT, 3]).is_err() && bigs.arith(op, [INT, 3], i).is_err(), "{op:?}");
    }
    assert!(bigs.bit_not(i).is_err() && !bigs.is_integer(i));
    assert_eq!((bigs.to_small(i), bigs.to_integer(i)), (None, None));
    assert_eq!(bigs.arith(NumOp::Div, i, [INT, 0]), Err("division by zero"));
}

#[test]
fn large_doubles_are_as_large_as_the_integers_they_equal() {
    let mut bigs = Bigs::default();
    for exponent in [63, 64, 80, 200] {
        let double = float(2f64.powi(exponent));
        let integer = bigs.integer(BigInt::from(1) << exponent);
        let more = bigs.integer((BigInt::from(1) << exponent) + 1);
        assert_eq!(bigs.order(double, integer), Some(Ordering::Equal));
        assert_eq!(bigs.order(double, more), Some(Ordering::Less));
        assert_eq!(bigs.hash(double), bigs.hash(integer));
    }
    let least = float(i64::MIN as f64);
    assert_eq!(bigs.hash(least), bigs.hash([INT, i64::MIN as u64]));
    let infinite = float(f64::INFINITY);
    let integer = bigs.integer(BigInt::from(10).pow(400));
    assert_eq!(bigs.order(integer, infinite), Some(Ordering::Less));
}
