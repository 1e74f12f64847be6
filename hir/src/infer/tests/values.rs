//! Blocks, conditionals, patterns, residuals, conversions.

use super::check;

#[test]
fn every_path_of_a_function_returns() {
    check(
        r#"mod src.main

fn never() -> Num {
    std.panic("x")
    ret 3                                   #! CF8(W)
}
fn never2(b: Bool) -> Num {
    if b {
        true { ret 1 }
        else { std.panic("no") }
    }
}
fn never3() -> Num {
    while true { print("x") }
}
fn never4(b: Bool) -> Num {
    if b {
        true { ret 1 }
    }
}                                           #! TY10
fn nothing() -> Void {
    ret 3                                   #! TY10
}
fn something() -> Num {
    ret                                     #! TY10
}
fn main() -> Void { }
"#,
    );
}

#[test]
fn values_of_blocks_loops_and_branches() {
    check(
        r#"mod src.main

cls Lock { n: Num }
sup Ctx for Lock {
    fn enter(&mut self) -> Void { }
    fn exit(&mut self) -> Void { }
}
fn blocks() -> Num {
    let x = {
        let y = 3
        y + 1
    }
    let z = { print("x") }                  #! TY3
    let w = while x > 3 { }                 #! CF5
    let v = if x { 1 { 2 } else { "x" } }   #! CF2
    let u = if x { 1 { ret 3 } else { "x" } }
    let t = if x { 1 { print("x") } else { "x" } } #! CF2
    let s = if x { 1 { 2 } }                #! CF2
    print(u)
    ret x
}
fn main() -> Void {
    let s = "x"
    let l = with Lock { n=1 } as k { k.n }
    let m = with 3 { 4 }                    #! CF7
    while 3 { }                             #! TY11
    if 3 { .is_even() && 4 { print("x") } } #! TY11
    if s { 3 { print("x") } }               #! TY2
    if s { .len() { print("x") } }          #! TY11
    if s { .nope() { print("x") } }         #! TY16
    let x = undefined                       #! NM5
    let y = x + 3
    y.foo()
    let a, b, c = (1, 2)                    #! SY22
    let z = [1, "x"]                        #! TY8
}
"#,
    );
}

#[test]
fn patterns_have_the_shape_of_their_subject() {
    check(
        r#"mod src.main

cls Cell[T] { v: T }
fn pick(n: Num) -> Str {
    ret if n {
        0 | 1 { "low" }
        > 5 { "x" }
        2 && n > 1 { "two" }
        else { "else" }
    }
}
fn deep(t: ((Num, Num), Cell[Num])) -> Num {
    ret if t {
        ((0, a), Cell { v=1 }) { a }
        ((a, 0), _) | ((0, a), _) { a }
        (_, Cell { v }) && v > 3 { v }
        (...rest) { 3 }
        else { 0 }
    }
}
fn main() -> Void {
    let t = (1, 2)
    if t { (a, b, c) { print("x") } }       #! CF4
    if t { (1, ...) { print("y") } (1, "x") { print("z") } } #! TY2
    if [1, 2] { [1, ...] { print("x") } [a, b] { print("${a}") } }
    if t { (a, 1) | (1, b) { print("x") } } #! CF3
    if t { [1] { print("x") } }             #! TY2
}
"#,
    );
}

#[test]
fn failures_are_passed_on_or_taken_apart() {
    check(
        r#"mod src.main

fn half(n: Num) -> Ret[Num, Str] {
    let o = opt()?                           #! RS3
    let p = half(3)? + half(4)?
    if n { .is_odd() { ret std.fail("odd") } }
    ret n                                    #! TY10
}
fn opt() -> Opt[Num] {
    let x = opt()?
    let z = half(1)?                         #! RS3
    ret 3                                    #! TY10
}
fn lambdas() -> Ret[Num, Str] {
    let f = (x: Num) -> { half(x)? }
    let g = (x: Num) -> {
        let y = half(x)?
        std.pass[Num, Str](y)
    }
    ret half(3)
}
cls My { n: Num }
sup Try[Num, Str] for My {
    fn is_pass(&self) -> Bool { ret true }
    fn unwrap(self) -> Num { ret self.n }
    fn unwrap_fail(self) -> Str { ret "x" }
}
fn own(m: My) -> Ret[Num, Str] {
    let x = m?
    ret std.pass(x)
}
fn taken_apart(o: Opt[Num]) -> Num {
    let x = o else { ret 0 }
    ret x
}
fn not_taken_apart(o: Opt[Num]) -> Num {
    let x = o else { print("none") }         #! RS4
    ret x
}
fn main() -> Void {
    half(3)                                  #! RS5
    let r = 3?                               #! RS2
    let e = 3 else { 4 }                     #! RS4
    let e2 = std.some(3) else { "x" }        #! RS4
    let z = My { n=3 } else { 3 }
}
"#,
    );
}

#[test]
fn values_are_converted_to_bases_and_variants() {
    check(
        r#"mod src.main

cls Shape { }
sup Shape {
    fn area(&self) -> Num { ... }
}
cls Square { side: Num }
sup Shape for Square {
    fn area(&self) -> Num { ret self.side }
}
cls Circle { r: Num }
sup Shape for Circle {
    fn area(&self) -> Num { ret self.r }
}
fn show(s: Shape) -> Num { ret s.area() }
fn see(s: &Shape) -> Num { ret s.area() }
fn wrap(n: Num) -> Opt[Shape] {
    ret std.some(Square { side=n })
}
fn pick(n: Num) -> Shape {
    ret if n {
        > 3 { Square { side=n } }
        else { Circle { r=n } }
    }
}
fn any(n: Num) -> Var[Num, Str] {
    if n { > 3 { ret "x" } }
    ret n
}
fn look(v: &Var[Num, Str]) -> Void { }
cls Holder { s: Shape  v: Var[Num, Str] }
fn main() -> Void {
    let q = Square { side=2 }
    print("${show(Square { side=2 })} ${see(&q)}")
    let h = Holder { s=Circle { r=1 }, v=3 }
    let v = Vec[Shape].new(Square { side=1 }, Circle { r=3 })
    let mut w = Vec[Num].new()
    w.push("x").unwrap()                   #! TY2
    w.push(1)                              #! A31
    let t = wrap(2).map(&(x) -> { x.area() })
    let u = any(3).into[Num]()
    print("${u.unwrap()}")
    let n = 3
    look(&n)                               #! TY2
    let both = if n { 1 { Square { side=1 } } else { Circle { r=1 } } } #! CF2
}
"#,
    );
}
