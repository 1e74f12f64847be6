//! Counters for one thread or for many, behind one trait.

use std::cell::Cell;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A number that changes through a shared reference. [`Cell`] costs a load and a store and makes its
/// owner usable by one thread; [`AtomicU64`] makes it shared, at the price of locked instructions.
///
/// Only totals are kept here, never anything that other memory depends on; so relaxed order is enough.
pub trait Counter: Default + Debug {
    /// The value.
    fn get(&self) -> u64;
    /// Sets the value.
    fn set(&self, value: u64);
    /// Adds, and returns the new value.
    fn add(&self, n: u64) -> u64;
    /// Subtracts, and returns the new value.
    fn sub(&self, n: u64) -> u64;
    /// Raises the value to at least `n`.
    fn raise(&self, n: u64);
    /// Adds if the result is not above `limit`; else changes nothing and returns `false`.
    fn try_add(&self, n: u64, limit: u64) -> bool;
}

impl Counter for Cell<u64> {
    #[inline(always)]
    fn get(&self) -> u64 {
        Cell::get(self)
    }

    #[inline(always)]
    fn set(&self, value: u64) {
        Cell::set(self, value);
    }

    #[inline(always)]
    fn add(&self, n: u64) -> u64 {
        let value = Cell::get(self).wrapping_add(n);
        Cell::set(self, value);
        value
    }

    #[inline(always)]
    fn sub(&self, n: u64) -> u64 {
        let value = Cell::get(self).wrapping_sub(n);
        Cell::set(self, value);
        value
    }

    #[inline(always)]
    fn raise(&self, n: u64) {
        if n > Cell::get(self) {
            Cell::set(self, n);
        }
    }

    #[inline(always)]
    fn try_add(&self, n: u64, limit: u64) -> bool {
        match Cell::get(self).checked_add(n) {
            Some(sum) if sum <= limit => {
                Cell::set(self, sum);
                true
            }
            _ => false,
        }
    }
}

impl Counter for AtomicU64 {
    #[inline(always)]
    fn get(&self) -> u64 {
        self.load(Relaxed)
    }

    #[inline(always)]
    fn set(&self, value: u64) {
        self.store(value, Relaxed);
    }

    #[inline(always)]
    fn add(&self, n: u64) -> u64 {
        self.fetch_add(n, Relaxed).wrapping_add(n)
    }

    #[inline(always)]
    fn sub(&self, n: u64) -> u64 {
        self.fetch_sub(n, Relaxed).wrapping_sub(n)
    }

    #[inline(always)]
    fn raise(&self, n: u64) {
        if n > self.load(Relaxed) {
            self.fetch_max(n, Relaxed);
        }
    }

    fn try_add(&self, n: u64, limit: u64) -> bool {
        self.fetch_update(Relaxed, Relaxed, |value| value.checked_add(n).filter(|sum| *sum <= limit)).is_ok()
    }
}
