//! The hook for tracers: what happens to memory, as it happens.
//!
//! Whoever produces events holds an [`Events`]. While nobody has subscribed, an event costs one
//! comparison with zero; the [`Event`] itself is not even built.

use std::fmt;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(C)]
pub enum EventKind {
    /// A block was created: `block`, `bytes`.
    Alloc,
    /// A block changed its length: `block` (the new one), `bytes`, `old_bytes`.
    Realloc,
    /// A block was given back: `block`, `bytes`.
    Free,
    /// A request for `bytes` was refused; `old_bytes` is not zero for a refused reallocation.
    Fail,
    /// A frame was pushed: `block` is its base in bytes, `bytes` its size.
    FramePush,
    /// A frame took the place of another: `block` is its base, `bytes` its size (F9).
    FrameReplace,
    /// A frame was freed: `block` is its base.
    FramePop,
    /// A return found another token than the shadow stack (SH4).
    ShadowMismatch,
}

/// One event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Event {
    /// What happened; says which of the other fields mean something.
    pub kind: EventKind,
    /// The place in the program, as its owner numbers them; 0 if none was given.
    pub site: u32,
    /// The allocator, as its owner numbers them; 0 for frames.
    pub allocator: u32,
    /// Live frames after the event, for frame events.
    pub depth: u32,
    /// Handle or address of the block, or offset of the frame in bytes.
    pub block: u64,
    /// Size in bytes, after the event.
    pub bytes: u64,
    /// Size in bytes before the event.
    pub old_bytes: u64,
}

impl Event {
    /// An event with nothing but its kind.
    pub const fn new(kind: EventKind) -> Event {
        Event { kind, site: 0, allocator: 0, depth: 0, block: 0, bytes: 0, old_bytes: 0 }
    }
}

/// Receives events. It runs inside the operation it is told about, so it should be short.
pub type Listener = Box<dyn FnMut(&Event) + Send>;

/// Names a subscription, to end it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Subscription(u32);

/// The subscribers of one source of events.
#[derive(Default)]
pub struct Events {
    listeners: Vec<(u32, Listener)>,
    next: u32,
}

impl Events {
    /// A source that nobody listens to.
    pub const fn new() -> Events {
        Events { listeners: Vec::new(), next: 0 }
    }

    /// Adds a subscriber.
    pub fn subscribe(&mut self, listener: Listener) -> Subscription {
        self.next += 1;
        self.listeners.push((self.next, listener));
        Subscription(self.next)
    }

    /// Ends a subscription; `false` if it has ended already.
    pub fn unsubscribe(&mut self, subscription: Subscription) -> bool {
        let before = self.listeners.len();
        self.listeners.retain(|(id, _)| *id != subscription.0);
        self.listeners.len() != before
    }

    /// Whether somebody listens.
    #[inline(always)]
    pub fn is_active(&self) -> bool {
        !self.listeners.is_empty()
    }

    /// Tells all subscribers; `event` is called only if there are any.
    #[inline(always)]
    pub fn emit(&mut self, event: impl FnOnce() -> Event) {
        if self.is_active() {
            self.tell(&event());
        }
    }

    #[cold]
    #[inline(never)]
    fn tell(&mut self, event: &Event) {
        for (_, listener) in &mut self.listeners {
            listener(event);
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("listeners", &self.listeners.len()).finish()
    }
}
