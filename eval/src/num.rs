//! Numbers (TY18): integers are exact and unbounded, fractions are double precision, imaginary numbers have a part of
//! either kind for each of their two parts. Small integers are handled by the interpreter itself; what is here is
//! everything else.

mod complex;

use crate::op::{Compare, NumOp};
use crate::word::Pair;
use crate::word::num::{BIG, FLOAT, GAUSS, INT};
use complex::{Complex, Part, ratio};
use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// A number in its two words.
pub type Words = [u64; 2];

/// The numbers that do not fit into a word (S9). A `Num` is copied bit by bit, so nothing says when one is no longer
/// used; the machine looks for references when the table has grown.
#[derive(Default)]
pub struct Bigs {
    values: Vec<Option<Big>>,
    free: Vec<u32>,
    /// Values added since the last sweep, and the bytes of their digits.
    fresh: usize,
    fresh_bytes: usize,
    /// What a sweep looks through, in bytes: so much may be added before the next.
    swept: usize,
    /// Values that have no block yet.
    blockless: Vec<u32>,
}

struct Big {
    value: Large,
    /// The heap block that stands for its digits.
    block: u64,
}

enum Large {
    Int(BigInt),
    Complex(Complex),
}

/// Values that may be added before the table is swept.
const SWEEP_AFTER: usize = 1 << 12;
const SWEEP_AFTER_BYTES: usize = 1 << 20;

/// Bits of the largest number: five million digits, which one operation or one line of output can cope with.
const MAX_BITS: u64 = 1 << 24;
const TOO_MANY_DIGITS: &str = "the number has too many digits";

const UNORDERED: &str = "imaginary numbers have no order";
const NOT_REAL: &str = "a remainder needs numbers without imaginary part";

/// A number as a value.
enum Value<'a> {
    Int(i64),
    Float(f64),
    Big(&'a BigInt),
    /// Both parts are integers of 32 bits.
    Gauss(i32, i32),
    Complex(&'a Complex),
}

impl Bigs {
    /// The words of an integer.
    pub fn integer(&mut self, value: BigInt) -> Words {
        match value.to_i64() {
            Some(small) => [INT, small as u64],
            None => self.large(Large::Int(value)),
        }
    }

    /// The words of a number with two parts.
    fn complex(&mut self, value: Complex) -> Words {
        if value.im.is_zero() {
            return self.part(value.re);
        }
        match (value.re.to_half(), value.im.to_half()) {
            (Some(re), Some(im)) => [GAUSS, u64::from(re as u32) << 32 | u64::from(im as u32)],
            _ => self.large(Large::Complex(value)),
        }
    }

    fn part(&mut self, value: Part) -> Words {
        match value {
            Part::Int(int) => self.integer(int),
            Part::Float(value) => float(value),
        }
    }

    fn large(&mut self, value: Large) -> Words {
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
            || self.fresh_bytes >= SWEEP_AFTER_BYTES.max(self.swept)
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// A value without a block, and the bytes of its digits.
    pub fn unaccounted(&mut self) -> Option<(u32, usize)> {
        let at = self.blockless.pop()?;
        let bytes = match &self.values.get(at as usize)?.as_ref()?.value {
            Large::Int(int) => int.bits().div_ceil(64) as usize * 8,
            Large::Complex(complex) => complex.bytes(),
        };
        self.fresh_bytes += bytes;
        Some((at, bytes))
    }

    pub fn set_block(&mut self, at: u32, block: u64) {
        if let Some(Some(big)) = self.values.get_mut(at as usize) {
            big.block = block;
        }
    }

    /// Drops all values that `used` does not name and that are not new; answers their blocks. `swept` bytes were looked
    /// through for references.
    pub fn sweep(&mut self, used: &[bool], swept: usize) -> Vec<u64> {
        (self.fresh, self.fresh_bytes, self.swept) = (0, 0, swept);
        let mut blocks = Vec::new();
        for (at, value) in self.values.iter_mut().enumerate() {
            if !used.get(at).copied().unwrap_or(false)
                && value.as_ref().is_some_and(|big| big.block != 0)
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
                Some(Some(Big { value: Large::Int(int), .. })) => Value::Big(int),
                Some(Some(Big { value: Large::Complex(complex), .. })) => Value::Complex(complex),
                _ => Value::Int(0),
            },
            GAUSS => Value::Gauss((words[1] >> 32) as u32 as i32, words[1] as u32 as i32),
            _ => Value::Int(words[1] as i64),
        }
    }

    /// Whether it has an imaginary part. No number without one is made an instance of the kinds that have.
    pub fn is_imaginary(&self, words: Words) -> bool {
        matches!(self.value(words), Value::Gauss(..) | Value::Complex(_))
    }

    /// Bits of its digits, or of its longer part.
    fn bits_of(&self, words: Words) -> u64 {
        match self.value(words) {
            Value::Int(_) | Value::Gauss(..) => 64,
            Value::Float(_) => 0,
            Value::Big(big) => big.bits(),
            Value::Complex(complex) => complex.re.bits().max(complex.im.bits()),
        }
    }

    /// Not a number where it is imaginary.
    pub fn to_float(&self, words: Words) -> f64 {
        match self.value(words) {
            Value::Int(int) => int as f64,
            Value::Float(float) => float,
            Value::Big(big) => big.to_f64().unwrap_or(f64::INFINITY),
            Value::Gauss(..) | Value::Complex(_) => f64::NAN,
        }
    }

    fn to_complex(&self, words: Words) -> Complex {
        match self.value(words) {
            Value::Int(int) => Complex::real(Part::Int(int.into())),
            Value::Float(float) => Complex::real(Part::Float(float)),
            Value::Big(big) => Complex::real(Part::Int(big.clone())),
            Value::Gauss(re, im) => Complex { re: Part::Int(re.into()), im: Part::Int(im.into()) },
            Value::Complex(complex) => complex.clone(),
        }
    }

    /// The integer a number is, if it is one.
    pub fn to_integer(&self, words: Words) -> Option<BigInt> {
        match self.value(words) {
            Value::Int(int) => Some(BigInt::from(int)),
            Value::Float(float) if float.fract() == 0.0 => num_traits::FromPrimitive::from_f64(float),
            Value::Float(_) | Value::Gauss(..) | Value::Complex(_) => None,
            Value::Big(big) => Some(big.clone()),
        }
    }

    /// The same for integers that fit into a word.
    pub fn to_small(&self, words: Words) -> Option<i64> {
        match self.value(words) {
            Value::Int(int) => Some(int),
            // Of the two bounds of `i64` only the lower one is a double.
            Value::Float(float)
                if float.fract() == 0.0 && (i64::MIN as f64..-(i64::MIN as f64)).contains(&float) =>
            {
                Some(float as i64)
            }
            _ => None,
        }
    }

    pub fn is_integer(&self, words: Words) -> bool {
        match self.value(words) {
            Value::Float(float) => float.fract() == 0.0,
            Value::Int(_) | Value::Big(_) => true,
            Value::Gauss(..) | Value::Complex(_) => false,
        }
    }

    /// `a op b`; an error is the message of a panic.
    pub fn arith(&mut self, op: NumOp, a: Words, b: Words) -> Result<Words, &'static str> {
        if a[0] >= BIG || b[0] >= BIG {
            if op == NumOp::Mul && self.bits_of(a) + self.bits_of(b) > MAX_BITS {
                return Err(TOO_MANY_DIGITS);
            }
            if self.is_imaginary(a) || self.is_imaginary(b) {
                return self.imaginary(op, a, b);
            }
        }
        match op {
            NumOp::Add | NumOp::Sub | NumOp::Mul => Ok(self.exact(op, a, b)),
            NumOp::Div => self.div(a, b),
            NumOp::Rem | NumOp::Mod => self.remainder(op, a, b),
            NumOp::Pow => self.pow(a, b),
            NumOp::BitAnd | NumOp::BitOr | NumOp::BitXor => self.bits(op, a, b),
            NumOp::Shl | NumOp::Shr | NumOp::Rol | NumOp::Ror => self.shift(op, a, b),
        }
    }

    /// The same where one of them is imaginary.
    fn imaginary(&mut self, op: NumOp, a: Words, b: Words) -> Result<Words, &'static str> {
        let (x, y) = (self.to_complex(a), self.to_complex(b));
        let result = match op {
            NumOp::Add => x.add(&y),
            NumOp::Sub => x.sub(&y),
            NumOp::Mul => x.mul(&y),
            NumOp::Div if self.is_zero(b) => return Err("division by zero"),
            NumOp::Div => x.div(&y),
            NumOp::Pow => x.pow(&y)?,
            NumOp::Rem | NumOp::Mod => return Err(NOT_REAL),
            NumOp::BitAnd | NumOp::BitOr | NumOp::BitXor => return self.bits(op, a, b),
            NumOp::Shl | NumOp::Shr | NumOp::Rol | NumOp::Ror => return self.shift(op, a, b),
        };
        Ok(self.complex(result))
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
        Ok(float(ratio(&x, &y)))
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
                return Err(TOO_MANY_DIGITS);
            }
            return Ok(self.integer(base.pow(exponent)));
        }
        let (x, y) = (self.to_float(a), self.to_float(b));
        if x < 0.0 && y.is_finite() && y.fract() != 0.0 {
            // No real number is a fractional power of a negative one.
            let result = self.to_complex(a).pow(&self.to_complex(b))?;
            return Ok(self.complex(result));
        }
        Ok(float(x.powf(y)))
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
            Value::Gauss(..) | Value::Complex(_) => {
                let distance = self.to_complex(a).abs();
                self.part(distance)
            }
        }
    }

    fn is_zero(&self, a: Words) -> bool {
        match self.value(a) {
            Value::Int(int) => int == 0,
            Value::Float(float) => float == 0.0,
            Value::Big(_) | Value::Gauss(..) | Value::Complex(_) => false,
        }
    }

    /// The order of two numbers; `None` if one is not a number, or imaginary.
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
            (Value::Big(x), Value::Float(y)) => compare_large(x, y),
            (Value::Float(x), Value::Big(y)) => compare_large(y, x).map(Ordering::reverse),
            (Value::Gauss(..) | Value::Complex(_), _) | (_, Value::Gauss(..) | Value::Complex(_)) => None,
        }
    }

    /// [`compare`](Bigs::compare) for the interpreter's loop.
    #[inline(never)]
    pub fn compare_pairs(&self, op: Compare, a: Pair, b: Pair) -> Result<u64, &'static str> {
        self.compare(op, a.into(), b.into())
    }

    /// The answer as a word; an error is the message of a panic.
    pub fn compare(&self, op: Compare, a: Words, b: Words) -> Result<u64, &'static str> {
        if (a[0] >= BIG || b[0] >= BIG) && (self.is_imaginary(a) || self.is_imaginary(b)) {
            let same = self.to_complex(a) == self.to_complex(b);
            return match op {
                Compare::Eq => Ok(u64::from(same)),
                Compare::Ne => Ok(u64::from(!same)),
                _ => Err(UNORDERED),
            };
        }
        let order = self.order(a, b);
        let truth = match op {
            Compare::Eq => order == Some(Ordering::Equal),
            Compare::Ne => order != Some(Ordering::Equal),
            Compare::Lt => order == Some(Ordering::Less),
            Compare::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Compare::Gt => order == Some(Ordering::Greater),
            Compare::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Compare::Cmp => return Ok(order_member(order.unwrap_or(Ordering::Equal))),
        };
        Ok(u64::from(truth))
    }

    /// Equal numbers have equal hashes.
    #[inline(never)]
    pub fn hash(&self, a: Words) -> i64 {
        let bits = match (self.to_small(a), self.value(a)) {
            (Some(small), _) => small as u64,
            (None, Value::Big(big)) => hash_of_digits(big),
            (None, Value::Float(value)) => hash_of_part(&Part::Float(value)),
            (None, _) => {
                let Complex { re, im } = self.to_complex(a);
                mix(hash_of_part(&re)) ^ hash_of_part(&im)
            }
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
            Value::Gauss(..) | Value::Complex(_) => {
                self.to_complex(a).print(out);
                Ok(())
            }
        };
    }

    /// A literal as the syntax gives it: decimal digits, maybe a fraction, an exponent and the imaginary mark, which may
    /// also stand before the exponent (LX15).
    pub fn parse(&mut self, literal: &str) -> Option<Words> {
        if literal.contains(['i', 'I']) {
            let real = literal.replace(['i', 'I'], "");
            let im = match BigInt::parse_bytes(real.as_bytes(), 10) {
                Some(int) => Part::Int(int),
                None => match real.parse::<f64>().ok()? {
                    value if value.fract() == 0.0 && value.abs() < 9e15 => {
                        Part::Int(BigInt::from(value as i64))
                    }
                    value => Part::Float(value),
                },
            };
            return Some(self.complex(Complex { re: Part::zero(), im }));
        }
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

fn hash_of_part(part: &Part) -> u64 {
    match part {
        Part::Int(int) => hash_of_digits(int),
        Part::Float(value) => match num_traits::FromPrimitive::from_f64(*value) {
            Some(int) if value.fract() == 0.0 => hash_of_digits(&int),
            _ => value.to_bits(),
        },
    }
}

fn hash_of_digits(int: &BigInt) -> u64 {
    let sign = if int.is_negative() { 31 } else { 17 };
    int.iter_u64_digits().fold(sign, |hash, digit| mix(hash ^ digit))
}

fn float(value: f64) -> Words {
    [FLOAT, value.to_bits()]
}

fn sign_order(big: &BigInt) -> Ordering {
    if big.sign() == Sign::Minus { Ordering::Less } else { Ordering::Greater }
}

/// Exact too: every double of that size is an integer.
fn compare_large(big: &BigInt, float: f64) -> Option<Ordering> {
    match <BigInt as num_traits::FromPrimitive>::from_f64(float) {
        Some(whole) => Some(big.cmp(&whole)),
        // Infinite, or not a number.
        None => 0.0.partial_cmp(&float),
    }
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
mod tests;
