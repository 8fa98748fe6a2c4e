//! What a decision does in registers, for each kind of processor.
//!
//! A loop that gains by wide registers is a [`Kernel`]: safe code over the operations of
//! [`Registers`]. [`Simd::run`] compiles it once for each kind of processor and chooses the
//! one that was found when the ruleset was loaded. The data that registers read as it lies
//! in memory is defined here too: [`bitmap`], [`node`], [`packed`], [`lanes`].
//!
//! # Safety
//! A value of [`Avx2`] or [`Avx512`] is the proof that the processor has these registers:
//! only [`Simd::detect`] makes one. So their instructions are sound wherever there is such
//! a value, and so is calling code that was compiled for that processor. All unsafe code of
//! decisions is in this file and in [`avx2`] and [`avx512`].

#![allow(unsafe_code, reason = "code for processors that were found to be there")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub(crate) mod bitmap;
pub(crate) mod lanes;
pub(crate) mod node;
pub(crate) mod packed;
mod portable;
mod registers;
#[cfg(test)]
mod tests;

#[cfg(target_arch = "x86_64")]
use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use avx512::Avx512;
use portable::Portable;

pub(crate) use registers::Registers;

/// What the processor can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Simd {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

/// A loop that is compiled for each kind of processor, with what it works on.
///
/// `run` and all that it calls on the way to [`Registers`] must be inlined: a function that
/// stays one is compiled for any processor.
pub(crate) trait Kernel {
    type Output;

    fn run<R: Registers>(self, on: R) -> Self::Output;
}

impl Simd {
    pub(crate) fn detect() -> Simd {
        #[cfg(target_arch = "x86_64")]
        {
            let narrower = || Avx2::detect().map(Simd::Avx2);
            if let Some(simd) = Avx512::detect().map(Simd::Avx512).or_else(narrower) {
                return simd;
            }
        }
        Simd::Portable
    }

    /// Whether comparing all alternatives side by side is faster than an index: this takes
    /// the lanes and permutations of AVX-512.
    pub(crate) fn has_many_lanes(self) -> bool {
        match self {
            Simd::Portable => false,
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2(_) => false,
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512(_) => true,
        }
    }

    /// Runs a loop as it was compiled for this processor.
    #[inline]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            Simd::Portable => kernel.run(Portable),
            // SAFETY: there is the proof that the processor has all that it needs.
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2(proof) => unsafe { run_with_avx2(proof, kernel) },
            // SAFETY: the same.
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512(proof) => unsafe { run_with_avx512(proof, kernel) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn run_with_avx2<K: Kernel>(on: Avx2, kernel: K) -> K::Output {
    kernel.run(on)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
fn run_with_avx512<K: Kernel>(on: Avx512, kernel: K) -> K::Output {
    kernel.run(on)
}

#[cfg(test)]
impl Simd {
    /// All that the processor can be taken for.
    pub(crate) fn all() -> Vec<Simd> {
        let all = [
            Some(Simd::Portable),
            #[cfg(target_arch = "x86_64")]
            Avx2::detect().map(Simd::Avx2),
            #[cfg(target_arch = "x86_64")]
            Avx512::detect().map(Simd::Avx512),
        ];
        all.into_iter().flatten().collect()
    }
}
