//! Numbers (TY18): integers are exact and unbounded, fractions are double precision. Small integers are handled by the
//! interpreter itself; what is here is everything else.

use crate::op::{Compare, NumOp};
use crate::word::num::{BIG, FLOAT, INT};
use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// A number in its two words.
pub type Words = [u64; 2];

/// The integers that do not fit into a word (S9). A `Num` is copied bit by bit, so nothing says when one is no longer
/// used; the machine looks for references when the table has grown.
#[derive(Default)]
pub struct Bigs {
    values: Vec<Option<Big>>,
    free: Vec<u32>,
    /// Values added since the last sweep.
    fresh: usize,
    /// Values that have no block yet.
    blockless: Vec<u32>,
}

struct Big {
    value: BigInt,
    /// The heap block that stands for its digits.
    block: u64,
}

/// Values that may be added before the table is swept.
const SWEEP_AFTER: usize = 1 << 12;

/// Largest exponent and number of bits, so that one operation cannot take all memory.
const MAX_BITS: u64 = 1 << 26;

/// A number as a value.
enum Value<'a> {
    Int(i64),
    Float(f64),
    Big(&'a BigInt),
}

impl Bigs {
    /// The words of an integer.
    pub fn integer(&mut self, value: BigInt) -> Words {
        if let Some(small) = value.to_i64() {
            return [INT, small as u64];
        }
        self.fresh += 1;
        let value = Big { value, block: 0 };
        let at = match self.free.pop() {
            Some(at) => {
                self.values[at as usize] = Some(value);
                at
            }
            None => {
                self.values.push(Some(value));
                self.values.len() as u32 - 1
            }
        };
        self.blockless.push(at);
        [BIG, u64::from(at)]
    }

    /// Whether enough was added that a sweep is worth it.
    pub fn wants_sweep(&self) -> bool {
        self.fresh >= SWEEP_AFTER.max(self.values.len() / 2)
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// A value without a block, and the bytes of its digits.
    pub fn unaccounted(&mut self) -> Option<(u32, usize)> {
        let at = self.blockless.pop()?;
        let bits = self.values.get(at as usize)?.as_ref()?.value.bits();
        Some((at, bits.div_ceil(64) as usize * 8))
    }

    pub fn set_block(&mut self, at: u32, block: u64) {
        if let Some(Some(big)) = self.values.get_mut(at as usize) {
            big.block = block;
        }
    }

    /// Drops all values that `used` does not name; answers their blocks.
    pub fn sweep(&mut self, used: &[bool]) -> Vec<u64> {
        self.fresh = 0;
        let mut blocks = Vec::new();
        for (at, value) in self.values.iter_mut().enumerate() {
            if !used.get(at).copied().unwrap_or(false)
                && let Some(big) = value.take()
            {
                blocks.push(big.block);
                self.free.push(at as u32);
            }
        }
        blocks
    }

    fn value(&self, words: Words) -> Value<'_> {
        match words[0] {
            FLOAT => Value::Float(f64::from_bits(words[1])),
            BIG => match self.values.get(words[1] as usize) {
                Some(Some(big)) => Value::Big(&big.value),
                _ => Value::Int(0),
            },
            _ => Value::Int(words[1] as i64),
        }
    }

    pub fn to_float(&self, words: Words) -> f64 {
        match self.value(words) {
            Value::Int(int) => int as f64,
            Value::Float(float) => float,
            Value::Big(big) => big.to_f64().unwrap_or(f64::INFINITY),
        }
    }

    /// The integer a number is, if it is one.
    pub fn to_integer(&self, words: Words) -> Option<BigInt> {
        match self.value(words) {
            Value::Int(int) => Some(BigInt::from(int)),
            Value::Float(float) if float.fract() == 0.0 => num_traits::FromPrimitive::from_f64(float),
            Value::Float(_) => None,
            Value::Big(big) => Some(big.clone()),
        }
    }

    /// The same for integers that fit into a word.
    pub fn to_small(&self, words: Words) -> Option<i64> {
        match self.value(words) {
            Value::Int(int) => Some(int),
            Value::Float(float) if float.fract() == 0.0 && float.abs() < 9.2e18 => Some(float as i64),
            _ => None,
        }
    }

    pub fn is_integer(&self, words: Words) -> bool {
        match self.value(words) {
            Value::Float(float) => float.fract() == 0.0,
            Value::Int(_) | Value::Big(_) => true,
        }
    }

    /// `a op b`; an error is the message of a panic.
    pub fn arith(&mut self, op: NumOp, a: Words, b: Words) -> Result<Words, &'static str> {
        match op {
            NumOp::Add | NumOp::Sub | NumOp::Mul => Ok(self.exact(op, a, b)),
            NumOp::Div => self.div(a, b),
            NumOp::Rem | NumOp::Mod => self.remainder(op, a, b),
            NumOp::Pow => self.pow(a, b),
            NumOp::BitAnd | NumOp::BitOr | NumOp::BitXor => self.bits(op, a, b),
            NumOp::Shl | NumOp::Shr | NumOp::Rol | NumOp::Ror => self.shift(op, a, b),
        }
    }

    fn exact(&mut self, op: NumOp, a: Words, b: Words) -> Words {
        if let (INT, INT) = (a[0], b[0]) {
            let (x, y) = (a[1] as i64, b[1] as i64);
            let small = match op {
                NumOp::Add => x.checked_add(y),
                NumOp::Sub => x.checked_sub(y),
                _ => x.checked_mul(y),
            };
            if let Some(small) = small {
                return [INT, small as u64];
            }
        }
        if a[0] == FLOAT || b[0] == FLOAT {
            let (x, y) = (self.to_float(a), self.to_float(b));
            return float(match op {
                NumOp::Add => x + y,
                NumOp::Sub => x - y,
                _ => x * y,
            });
        }
        let (x, y) = (self.big(a), self.big(b));
        let result = match op {
            NumOp::Add => x + y,
            NumOp::Sub => x - y,
            _ => x * y,
        };
        self.integer(result)
    }

    /// Only for numbers that are not fractions.
    fn big(&self, words: Words) -> BigInt {
        self.to_integer(words).unwrap_or_default()
    }

    fn div(&mut self, a: Words, b: Words) -> Result<Words, &'static str> {
        if self.is_zero(b) {
            return Err("division by zero");
        }
        if a[0] == FLOAT || b[0] == FLOAT {
            return Ok(float(self.to_float(a) / self.to_float(b)));
        }
        if let (INT, INT) = (a[0], b[0])
            && let (Some(quotient), Some(0)) =
                ((a[1] as i64).checked_div(b[1] as i64), (a[1] as i64).checked_rem(b[1] as i64))
        {
            return Ok([INT, quotient as u64]);
        }
        let (x, y) = (self.big(a), self.big(b));
        if (&x % &y).is_zero() {
            return Ok(self.integer(x / y));
        }
        Ok(float(self.to_float(a) / self.to_float(b)))
    }

    fn remainder(&mut self, op: NumOp, a: Words, b: Words) -> Result<Words, &'static str> {
        if self.is_zero(b) {
            return Err("remainder of a division by zero");
        }
        if a[0] == FLOAT || b[0] == FLOAT {
            let (x, y) = (self.to_float(a), self.to_float(b));
            let euclidean = x.rem_euclid(y);
            return Ok(float(match op {
                NumOp::Mod if y < 0.0 && euclidean != 0.0 => euclidean + y,
                _ => euclidean,
            }));
        }
        if let (INT, INT) = (a[0], b[0])
            && let Some(euclidean) = (a[1] as i64).checked_rem_euclid(b[1] as i64)
        {
            let y = b[1] as i64;
            let result = if op == NumOp::Mod && y < 0 && euclidean != 0 { euclidean + y } else { euclidean };
            return Ok([INT, result as u64]);
        }
        let (x, y) = (self.big(a), self.big(b));
        let mut rest = x % &y;
        if rest.is_negative() {
            rest += y.abs();
        }
        if op == NumOp::Mod && y.is_negative() && !rest.is_zero() {
            rest += &y;
        }
        Ok(self.integer(rest))
    }

    fn pow(&mut self, a: Words, b: Words) -> Result<Words, &'static str> {
        if let (Some(base), Some(exponent)) = (self.to_integer(a), self.to_small(b))
            && a[0] != FLOAT
            && let Ok(exponent) = u32::try_from(exponent)
        {
            if base.bits().saturating_mul(u64::from(exponent)) > MAX_BITS {
                return Err("the result of `pow` has too many digits");
            }
            return Ok(self.integer(base.pow(exponent)));
        }
        Ok(float(self.to_float(a).powf(self.to_float(b))))
    }

    fn bits(&mut self, op: NumOp, a: Words, b: Words) -> Result<Words, &'static str> {
        let (Some(x), Some(y)) = (self.to_integer(a), self.to_integer(b)) else {
            return Err("a bit operator needs integers");
        };
        let result = match op {
            NumOp::BitAnd => x & y,
            NumOp::BitOr => x | y,
            _ => x ^ y,
        };
        Ok(self.integer(result))
    }

    /// The complement, in two's complement of unbounded width.
    pub fn bit_not(&mut self, a: Words) -> Result<Words, &'static str> {
        let x = self.to_integer(a).ok_or("a bit operator needs integers")?;
        Ok(self.integer(-(x + BigInt::from(1))))
    }

    /// Reference 8.4.7: 64-bit two's complement, distance 0 to 63.
    fn shift(&mut self, op: NumOp, a: Words, b: Words) -> Result<Words, &'static str> {
        let value = self.to_small(a).ok_or("a shift needs an integer of 64 bits")?;
        let distance = self.to_small(b).and_then(|distance| u32::try_from(distance).ok());
        let distance =
            distance.filter(|distance| *distance < 64).ok_or("the distance of a shift is 0 to 63")?;
        let result = match op {
            NumOp::Shl => value << distance,
            NumOp::Shr => value >> distance,
            NumOp::Rol => value.rotate_left(distance),
            _ => value.rotate_right(distance),
        };
        Ok([INT, result as u64])
    }

    pub fn abs(&mut self, a: Words) -> Words {
        match self.value(a) {
            Value::Int(int) => {
                let big = BigInt::from(int).abs();
                self.integer(big)
            }
            Value::Float(value) => float(value.abs()),
            Value::Big(big) => {
                let big = big.abs();
                self.integer(big)
            }
        }
    }

    fn is_zero(&self, a: Words) -> bool {
        match self.value(a) {
            Value::Int(int) => int == 0,
            Value::Float(float) => float == 0.0,
            Value::Big(_) => false,
        }
    }

    /// The order of two numbers; `None` if one is not a number.
    pub fn order(&self, a: Words, b: Words) -> Option<Ordering> {
        match (self.value(a), self.value(b)) {
            (Value::Int(x), Value::Int(y)) => Some(x.cmp(&y)),
            (Value::Float(x), Value::Float(y)) => x.partial_cmp(&y),
            (Value::Float(x), Value::Int(y)) => compare_mixed(x, y),
            (Value::Int(x), Value::Float(y)) => compare_mixed(y, x).map(Ordering::reverse),
            (Value::Big(x), Value::Big(y)) => Some(x.cmp(y)),
            // A large integer lies outside of what a word holds.
            (Value::Big(x), Value::Int(_)) => Some(sign_order(x)),
            (Value::Int(_), Value::Big(y)) => Some(sign_order(y).reverse()),
            (Value::Big(x), Value::Float(y)) => x.to_f64()?.partial_cmp(&y),
            (Value::Float(x), Value::Big(y)) => x.partial_cmp(&y.to_f64()?),
        }
    }

    pub fn compare(&self, op: Compare, a: Words, b: Words) -> u64 {
        let order = self.order(a, b);
        let truth = match op {
            Compare::Eq => order == Some(Ordering::Equal),
            Compare::Ne => order != Some(Ordering::Equal),
            Compare::Lt => order == Some(Ordering::Less),
            Compare::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Compare::Gt => order == Some(Ordering::Greater),
            Compare::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Compare::Cmp => return order_member(order.unwrap_or(Ordering::Equal)),
        };
        u64::from(truth)
    }

    /// Equal numbers have equal hashes.
    pub fn hash(&self, a: Words) -> i64 {
        let bits = match (self.to_small(a), self.value(a)) {
            (Some(small), _) => small as u64,
            (None, Value::Big(big)) => big.iter_u64_digits().fold(17, |hash, digit| mix(hash ^ digit)),
            (None, _) => self.to_float(a).to_bits(),
        };
        hash_of_small(bits)
    }

    /// As `To[Str]` gives it.
    pub fn print(&self, a: Words, out: &mut String) {
        use std::fmt::Write;
        // Writing to a string cannot fail.
        let _ = match self.value(a) {
            Value::Int(int) => write!(out, "{int}"),
            Value::Float(float) if float.fract() == 0.0 && float.abs() < 9.2e18 => {
                write!(out, "{}", float as i64)
            }
            Value::Float(float) => write!(out, "{float}"),
            Value::Big(big) => write!(out, "{big}"),
        };
    }

    /// A literal as the syntax gives it: decimal digits, maybe a fraction and an exponent.
    pub fn parse(&mut self, literal: &str) -> Option<Words> {
        if let Ok(int) = literal.parse::<i64>() {
            return Some([INT, int as u64]);
        }
        if let Some(big) = BigInt::parse_bytes(literal.as_bytes(), 10) {
            return Some(self.integer(big));
        }
        let value: f64 = literal.parse().ok()?;
        if value.fract() == 0.0 && value.abs() < 9e15 {
            return Some([INT, value as i64 as u64]);
        }
        Some(float(value))
    }
}

/// The member of `Ord` as a word: `less`, `equal`, `greater`.
pub fn order_member(order: Ordering) -> u64 {
    match order {
        Ordering::Less => 1,
        Ordering::Equal => 2,
        Ordering::Greater => 3,
    }
}

/// The hash of an integer of one word.
#[inline(always)]
pub fn hash_of_small(bits: u64) -> i64 {
    // Not negative, and small: sums of hashes stay in a word, and a remainder is a division of 32 bits.
    (mix(bits) >> 33) as i64
}

/// Spreads the bits of a word.
#[inline(always)]
pub fn mix(mut bits: u64) -> u64 {
    bits ^= bits >> 32;
    bits = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits ^= bits >> 29;
    bits.wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

fn float(value: f64) -> Words {
    [FLOAT, value.to_bits()]
}

fn sign_order(big: &BigInt) -> Ordering {
    if big.sign() == Sign::Minus { Ordering::Less } else { Ordering::Greater }
}

/// Exact: an integer of 64 bits may have no double of the same value.
fn compare_mixed(float: f64, int: i64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float >= 9.3e18 {
        return Some(Ordering::Greater);
    }
    if float <= -9.3e18 {
        return Some(Ordering::Less);
    }
    let whole = float.floor();
    let order = (whole as i128).cmp(&i128::from(int));
    Some(if order == Ordering::Equal && float > whole { Ordering::Greater } else { order })
}

#[cfg(test)]
mod tests {
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
        assert_eq!(bigs.compare(Compare::Eq, one, [INT, 1]), 1);
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
}
