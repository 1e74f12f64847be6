//! Numbers with an imaginary part (TY18). Each part is a number as any other: an exact integer or a double.

use super::{MAX_BITS, TOO_MANY_DIGITS};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// `re + im·i`. Numbers whose imaginary part is zero are real, and not of this type once a calculation is done.
#[derive(Clone, PartialEq, Debug)]
pub struct Complex {
    pub re: Part,
    pub im: Part,
}

#[derive(Clone, Debug)]
pub enum Part {
    Int(BigInt),
    Float(f64),
}

use Part::{Float, Int};

impl Complex {
    pub fn real(re: Part) -> Complex {
        Complex { re, im: Part::zero() }
    }

    pub fn add(&self, other: &Complex) -> Complex {
        Complex { re: self.re.add(&other.re), im: self.im.add(&other.im) }
    }

    pub fn sub(&self, other: &Complex) -> Complex {
        Complex { re: self.re.sub(&other.re), im: self.im.sub(&other.im) }
    }

    pub fn mul(&self, other: &Complex) -> Complex {
        Complex {
            re: self.re.mul(&other.re).sub(&self.im.mul(&other.im)),
            im: self.re.mul(&other.im).add(&self.im.mul(&other.re)),
        }
    }

    /// For a divisor that is not zero.
    pub fn div(&self, by: &Complex) -> Complex {
        if by.im.is_zero() {
            return Complex { re: self.re.div(&by.re), im: self.im.div(&by.re) };
        }
        if let (Int(a), Int(b), Int(c), Int(d)) = (&self.re, &self.im, &by.re, &by.im) {
            let norm = c * c + d * d;
            return Complex { re: quotient(&(a * c + b * d), &norm), im: quotient(&(b * c - a * d), &norm) };
        }
        // Smith's algorithm: a square of one of the parts may be larger than a double.
        let (a, b) = (self.re.to_float(), self.im.to_float());
        let (c, d) = (by.re.to_float(), by.im.to_float());
        if c.abs() >= d.abs() {
            let ratio = d / c;
            let scale = c + d * ratio;
            Complex { re: Float((a + b * ratio) / scale), im: Float((b - a * ratio) / scale) }
        } else {
            let ratio = c / d;
            let scale = c * ratio + d;
            Complex { re: Float((a * ratio + b) / scale), im: Float((b * ratio - a) / scale) }
        }
    }

    /// The distance from zero.
    pub fn abs(&self) -> Part {
        if let (Int(a), Int(b)) = (&self.re, &self.im) {
            let square = a * a + b * b;
            let root = square.sqrt();
            if &root * &root == square {
                return Int(root);
            }
        }
        Float(self.re.to_float().hypot(self.im.to_float()))
    }

    /// The principal value of a power that is no power of reals with a real result.
    pub fn pow(&self, exponent: &Complex) -> Result<Complex, &'static str> {
        if exponent.im.is_zero() {
            if let Some(whole) = exponent.re.to_whole() {
                return self.whole_power(whole);
            }
            if matches!(exponent.re, Float(0.5)) {
                return Ok(self.sqrt());
            }
        }
        if self.re.is_zero() && self.im.is_zero() {
            return match exponent.re.cmp_zero() {
                Some(Ordering::Greater) => Ok(Complex::real(Part::zero())),
                _ => Err("division by zero"),
            };
        }
        // z^w = e^(w·ln z)
        let (length, angle) = (self.abs().to_float().ln(), self.im.to_float().atan2(self.re.to_float()));
        let (c, d) = (exponent.re.to_float(), exponent.im.to_float());
        let (length, angle) = ((c * length - d * angle).exp(), c * angle + d * length);
        Ok(Complex { re: Float(length * angle.cos()), im: Float(length * angle.sin()) })
    }

    fn whole_power(&self, exponent: i64) -> Result<Complex, &'static str> {
        let is_zero = self.re.is_zero() && self.im.is_zero();
        if is_zero && exponent < 0 {
            return Err("division by zero");
        }
        // A power of a unit is one; fractions do not grow.
        let bits = match (&self.re, &self.im) {
            (Int(re), Int(im)) if re.bits() + im.bits() > 1 => re.bits().max(im.bits()) + 1,
            _ => 0,
        };
        if bits.saturating_mul(exponent.unsigned_abs()) > MAX_BITS {
            return Err(TOO_MANY_DIGITS);
        }
        let mut power = Complex::real(Int(BigInt::from(1)));
        let (mut square, mut rest) = (self.clone(), exponent.unsigned_abs());
        while rest > 0 {
            if rest & 1 == 1 {
                power = power.mul(&square);
            }
            rest >>= 1;
            if rest > 0 {
                square = square.mul(&square);
            }
        }
        if exponent < 0 {
            power = Complex::real(Int(BigInt::from(1))).div(&power);
        }
        Ok(power)
    }

    /// The root whose real part is not negative; exact where it has integers as parts.
    fn sqrt(&self) -> Complex {
        let length = self.abs();
        if let (Int(a), Int(b), Int(length)) = (&self.re, &self.im, &length) {
            // (x + yi)² = a + bi with x² = (|z| + a) / 2 and y² = (|z| - a) / 2
            let (two_x2, two_y2) = (length + a, length - a);
            let (x, y) = ((&two_x2 >> 1u32).sqrt(), (&two_y2 >> 1u32).sqrt());
            if &x * &x * 2 == two_x2 && &y * &y * 2 == two_y2 {
                return Complex { re: Int(x), im: Int(if b.is_negative() { -y } else { y }) };
            }
        }
        let (a, length) = (self.re.to_float(), length.to_float());
        let (x, y) = (((length + a) / 2.0).max(0.0).sqrt(), ((length - a) / 2.0).max(0.0).sqrt());
        let y = if self.im.cmp_zero() == Some(Ordering::Less) { -y } else { y };
        Complex { re: Float(x), im: Float(y) }
    }

    /// `3+4i`, `-2.5i`: reads back as the same number.
    pub fn print(&self, out: &mut String) {
        if !self.re.is_zero() {
            self.re.print(out);
        }
        let before = out.len();
        self.im.print(out);
        if !self.re.is_zero() && !out[before..].starts_with('-') {
            out.insert(before, '+');
        }
        out.push('i');
    }

    /// Bytes that the number takes on the heap: its two parts, and the digits of those that have many.
    pub fn bytes(&self) -> usize {
        let digits = |part: &Part| match part {
            Int(int) if int.to_i64().is_none() => int.bits().div_ceil(64) as usize * 8,
            _ => 0,
        };
        32 + digits(&self.re) + digits(&self.im)
    }
}

impl Part {
    pub fn zero() -> Part {
        Int(BigInt::zero())
    }

    pub fn is_zero(&self) -> bool {
        match self {
            Int(int) => int.is_zero(),
            Float(float) => *float == 0.0,
        }
    }

    pub fn to_float(&self) -> f64 {
        match self {
            Int(int) => int.to_f64().unwrap_or(f64::INFINITY),
            Float(float) => *float,
        }
    }

    /// The integer of 64 bits that the part is.
    fn to_whole(&self) -> Option<i64> {
        match self {
            Int(int) => int.to_i64(),
            Float(float) if float.fract() == 0.0 && float.abs() < 9.2e18 => Some(*float as i64),
            Float(_) => None,
        }
    }

    /// The part as two halves of a word hold it.
    pub fn to_half(&self) -> Option<i32> {
        match self {
            Int(int) => int.to_i32(),
            Float(_) => None,
        }
    }

    pub fn bits(&self) -> u64 {
        match self {
            Int(int) => int.bits(),
            Float(_) => 0,
        }
    }

    fn cmp_zero(&self) -> Option<Ordering> {
        match self {
            Int(int) => Some(int.cmp(&BigInt::zero())),
            Float(float) => float.partial_cmp(&0.0),
        }
    }

    fn add(&self, other: &Part) -> Part {
        match (self, other) {
            (Int(a), Int(b)) => Int(a + b),
            _ => Float(self.to_float() + other.to_float()),
        }
    }

    fn sub(&self, other: &Part) -> Part {
        match (self, other) {
            (Int(a), Int(b)) => Int(a - b),
            _ => Float(self.to_float() - other.to_float()),
        }
    }

    /// An exact zero makes nothing of anything, so that a part that is not there does not count as a fraction.
    fn mul(&self, other: &Part) -> Part {
        match (self, other) {
            (Int(a), Int(b)) => Int(a * b),
            (Int(zero), _) | (_, Int(zero)) if zero.is_zero() => Part::zero(),
            _ => Float(self.to_float() * other.to_float()),
        }
    }

    fn div(&self, by: &Part) -> Part {
        match (self, by) {
            (Int(a), Int(b)) => quotient(a, b),
            (Int(zero), _) if zero.is_zero() => Part::zero(),
            _ => Float(self.to_float() / by.to_float()),
        }
    }

    pub fn print(&self, out: &mut String) {
        use std::fmt::Write;
        // Writing to a string cannot fail.
        let _ = match self {
            Int(int) => write!(out, "{int}"),
            Float(float) if float.fract() == 0.0 && float.abs() < 9.2e18 => write!(out, "{}", *float as i64),
            Float(float) => write!(out, "{float}"),
        };
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Part) -> bool {
        match (self, other) {
            (Int(a), Int(b)) => a == b,
            (Float(a), Float(b)) => a == b,
            // A double is a whole number or no integer; the integer it is compares exactly.
            (Int(int), Float(float)) | (Float(float), Int(int)) => {
                float.fract() == 0.0
                    && num_traits::FromPrimitive::from_f64(*float).is_some_and(|exact: BigInt| exact == *int)
            }
        }
    }
}

/// Exact where nothing is left over.
pub fn quotient(a: &BigInt, b: &BigInt) -> Part {
    if (a % b).is_zero() { Int(a / b) } else { Float(ratio(a, b)) }
}

/// The quotient as a double, also where the operands are larger than one.
pub fn ratio(a: &BigInt, b: &BigInt) -> f64 {
    if a.bits() <= 53 && b.bits() <= 53 {
        return a.to_f64().unwrap_or_default() / b.to_f64().unwrap_or(1.0);
    }
    // More bits of the quotient than a double holds, and the place they belong to.
    let shift = b.bits() as i64 - a.bits() as i64 + 66;
    let whole = if shift >= 0 { (a << shift as u64) / b } else { a / (b << shift.unsigned_abs()) };
    let whole = whole.to_f64().unwrap_or_default();
    // In two steps: the power of two alone may be too small for a double.
    let exponent = (-shift).clamp(-4000, 4000) as i32;
    whole * 2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauss(re: i64, im: i64) -> Complex {
        Complex { re: Int(re.into()), im: Int(im.into()) }
    }

    fn shown(number: &Complex) -> String {
        let mut text = String::new();
        number.print(&mut text);
        text
    }

    #[test]
    fn parts_print_with_their_signs() {
        assert_eq!(shown(&gauss(3, 4)), "3+4i");
        assert_eq!(shown(&gauss(-3, -4)), "-3-4i");
        assert_eq!(shown(&gauss(0, 1)), "1i");
        assert_eq!(shown(&Complex { re: Float(0.5), im: Float(-2.0) }), "0.5-2i");
    }

    #[test]
    fn what_divides_evenly_stays_exact() {
        assert_eq!(gauss(-5, 10).div(&gauss(3, 4)), gauss(1, 2));
        let quarter = gauss(1, 0).div(&gauss(0, 4));
        assert_eq!((shown(&quarter), quarter.re.is_zero()), ("-0.25i".to_owned(), true));
    }

    #[test]
    fn roots_of_squares_are_exact_and_have_no_negative_real_part() {
        for re in -12..=12 {
            for im in -12..=12 {
                let number = gauss(re, im);
                let square = number.mul(&number);
                let root = square.pow(&Complex::real(Float(0.5))).unwrap();
                assert!(root == number || root == gauss(-re, -im), "{number:?} {root:?}");
                assert!(root.re.to_float() >= 0.0);
            }
        }
    }

    #[test]
    fn large_parts_divide_without_leaving_the_range_of_a_double() {
        let large = BigInt::from(10).pow(400);
        let ratio = ratio(&large, &(&large * 3));
        assert!((ratio - 1.0 / 3.0).abs() < 1e-16, "{ratio}");
        let number = Complex { re: Float(1e200), im: Float(1e200) };
        assert_eq!(number.div(&number), gauss(1, 0));
        assert_eq!(super::ratio(&BigInt::from(1), &BigInt::from(10).pow(400)), 0.0);
    }
}
