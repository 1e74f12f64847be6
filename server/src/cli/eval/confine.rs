//! Limits of the operating system for an evaluation that an editor started: whatever the program does, the process can
//! neither fill the disk nor reach the network nor run on for ever.

use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};

/// Bytes of address space: the reserved frame stack and its shadow, the heap, and room for the analysis.
const ADDRESS_SPACE: u64 = 16 << 30;

/// Seconds of processor time; the program's own limit is far below.
const PROCESSOR_SECONDS: u64 = 600;

/// Lets whoever waits for an answer of the editor go first.
pub(super) fn step_back() {
    // Where it is refused, the scheduler shares.
    let _ = nice(10);
}

/// Narrows what this process may use from now on. A system that does not know a limit goes without it.
pub(super) fn confine() {
    for (resource, most) in [
        (Resource::As, ADDRESS_SPACE),
        (Resource::Cpu, PROCESSOR_SECONDS),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        // Everything was read: no file is opened from now on, and no socket.
        (Resource::Nofile, 0),
    ] {
        let known = getrlimit(resource);
        let maximum = known.maximum.map_or(most, |maximum| maximum.min(most));
        let limit = Rlimit { current: Some(maximum), maximum: Some(maximum) };
        // Refused only where a stricter limit is in force already.
        let _ = setrlimit(resource, limit);
    }
}
