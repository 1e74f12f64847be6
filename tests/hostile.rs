//! Programs that do their worst, and how their evaluation has to end.

pub struct Hostile {
    pub name: &'static str,
    pub text: &'static str,
    pub outcome: &'static str,
    /// Part of the message.
    pub message: &'static str,
    /// Its time limit: one that ends by itself has all the time that a slow machine needs.
    pub seconds: u64,
}

/// Bytes of heap that they may take.
pub const MAX_HEAP: u64 = 4 << 20;

pub const ALL: &[Hostile] = &[
    Hostile {
        name: "infinite loop",
        text: "mod main\n\nfn main() -> Void {\n    let mut i = 0\n    while i >= 0 { i += 1 }\n}\n",
        outcome: "limit",
        message: "too long",
        seconds: 2,
    },
    Hostile {
        name: "endless allocation",
        text: "mod main\n\nfn main() -> Void {\n    let mut all = Vec[Str].new()\n    while all.len() >= 0 { all.push(\"more\").unwrap() }\n}\n",
        outcome: "panic",
        message: "memory",
        seconds: 25,
    },
    Hostile {
        name: "string of 10 GB",
        text: "mod main\n\nfn main() -> Void {\n    let mut text = \"0123456789\"\n    let mut i = 0\n    while i < 30 {\n        text += text.clone()\n        i += 1\n    }\n    print(\"${text.len()}\")\n}\n",
        outcome: "panic",
        message: "memory",
        seconds: 25,
    },
    Hostile {
        name: "endless output",
        text: "mod main\n\nfn main() -> Void {\n    let mut line = \"all work and no play makes a dull program\"\n    let mut i = 0\n    while i < 12 {\n        line += line.clone()\n        i += 1\n    }\n    while i > 0 { print(&line) }\n}\n",
        outcome: "limit",
        message: "",
        seconds: 25,
    },
    Hostile {
        name: "a million live frames",
        text: "mod main\n\nfn apply(f: &FnRef[Num, Num], n: Num) -> Num {\n    ret f(n)\n}\n\nfn down(n: Num) -> Num {\n    if n { == 0 { ret 0 } }\n    ret 1 + apply(&down, n - 1)\n}\n\nfn main() -> Void {\n    print(\"${down(1000000)}\")\n}\n",
        outcome: "panic",
        message: "stack overflow",
        seconds: 25,
    },
    Hostile {
        name: "a panic in del",
        text: "mod main\n\ncls Bomb { name: Num }\n\nsup Del for Bomb {\n    fn del(self) -> Void { std.panic(\"boom\") }\n}\n\nfn main() -> Void {\n    let bombs = Vec.new(Bomb { name=1 }, Bomb { name=2 })\n    print(\"${bombs.len()}\")\n}\n",
        outcome: "panic",
        message: "boom",
        seconds: 25,
    },
    Hostile {
        name: "an allocator that breaks its contract",
        text: "mod main\n\ncls Short[T] { }\n\nsup[T] Alloc[T] for Short[T] {\n    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] {\n        ret GlobalAlloc[T].alloc(1)\n    }\n\n    @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] {\n        ret GlobalAlloc[T].realloc(arr, size)\n    }\n\n    @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] {\n        ret GlobalAlloc[T].dealloc(arr)\n    }\n}\n\nfn main() -> Void {\n    let names = Vec[Num, A=Short[Num]].new(1, 2, 3)\n    print(\"${names.len()}\")\n}\n",
        outcome: "panic",
        message: "",
        seconds: 25,
    },
];
