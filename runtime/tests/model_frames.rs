//! The frame stack against a vector of frames, a million operations.

mod support;

use runtime::{FRAME_HEADER, FrameBase, FrameStack, Growth, Hardening, StackConfig};
use support::Random;

struct Frame {
    base: FrameBase,
    words: usize,
    token: u64,
    stamp: u64,
}

fn run(config: StackConfig, operations: usize, deepest: usize) {
    let mut random = Random::new(21);
    let mut stack = FrameStack::new(config).unwrap();
    let mut frames: Vec<Frame> = Vec::new();
    let (mut high, mut max_depth, mut overflows) = (0, 0, 0);
    for _ in 0..operations {
        let size = random.below(200);
        let align = 8 << random.below(5);
        match random.below(100) {
            0..48 if frames.len() < deepest => {
                let token = random.next();
                let end = frames.last().map_or(0, |f| f.base.byte() + f.words * 8);
                match stack.push(size, align, token) {
                    Ok(base) => {
                        assert!(base.byte() >= end + FRAME_HEADER && base.byte() % align == 0);
                        let address = &raw const stack.words()[base.word() - 1];
                        assert_eq!((address.addr() + 8) % align, 0);
                        frames.push(Frame { base, words: size.div_ceil(8), token, stamp: token });
                    }
                    Err(overflow) => {
                        assert_eq!(overflow.depth, frames.len());
                        overflows += 1;
                    }
                }
            }
            48..60 if !frames.is_empty() => {
                let depth = frames.len();
                let frame = frames.last_mut().unwrap();
                if let Ok(base) = stack.replace(size, align) {
                    assert_eq!(base.byte() % align, 0);
                    (frame.base, frame.words) = (base, size.div_ceil(8));
                } else {
                    overflows += 1;
                }
                assert_eq!(stack.depth(), depth);
            }
            _ if !frames.is_empty() => {
                let frame = frames.pop().unwrap();
                assert_eq!(stack.base(), frame.base);
                assert!(stack.frame().iter().all(|word| *word == frame.stamp));
                let caller = stack.pop().unwrap();
                assert_eq!(caller, frames.last().map_or(FrameBase::default(), |f| f.base));
                continue;
            }
            _ => continue,
        }
        if let Some(frame) = frames.last_mut() {
            frame.stamp = random.next();
            assert_eq!(stack.frame().len(), frame.words);
            stack.frame_mut().fill(frame.stamp);
            assert_eq!(stack.shadow().top(), Some(frame.token));
        }
        high = high.max(stack.used());
        max_depth = max_depth.max(frames.len());
        assert_eq!(stack.depth(), frames.len());
    }
    assert_eq!((stack.high_water(), stack.max_depth()), (high, max_depth));
    assert!(stack.shadow().entries().iter().eq(frames.iter().map(|frame| &frame.token)));
    assert!(stack.high_water() <= stack.limit());
    assert_eq!(overflows > 0, stack.limit() < 100_000, "{overflows}");
}

#[test]
fn frames_stay_apart_and_intact() {
    for growth in [Growth::Fixed, Growth::Doubling { initial: 1 }] {
        run(StackConfig { growth, ..StackConfig::default() }, 250_000, 100_000);
    }
}

#[test]
fn frames_stay_intact_when_the_stack_overflows_again_and_again() {
    run(StackConfig { max_bytes: 4_000, ..StackConfig::default() }, 500_000, 100_000);
}

#[test]
fn a_write_protected_shadow_stack_behaves_the_same() {
    let config = StackConfig { hardening: Hardening::WriteProtected, ..StackConfig::default() };
    run(config, 50_000, 1_000);
}
