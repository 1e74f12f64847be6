//! Overloads, arguments, generic parameters, conventions, function values.

use super::check;

#[test]
fn generic_parameters_are_found_from_arguments_brackets_and_expectation() {
    check(
        r#"mod src.main

cls Pair[A, B] { a: A  b: B }
sup[A, B] Pair[A, B] {
    @static fn of(a: A, b: B) -> Self { ret Pair { a, b } }
    fn flip(self) -> Pair[B, A] { ret Pair { a=self.b, b=self.a } }
    fn with[C](self, c: C) -> Pair[A, C] { ret Pair { a=self.a, b=c } }
}
sup[A: Copy, B] Pair[A, B] {
    fn first(&self) -> A { ret self.a }
}
fn same[T](a: T, b: T) -> T { ret a }
fn show[T: Copy & To[Str]](x: T) -> Str { ret x.to[Str]() }
fn bare[T](x: T) -> Num {
    x.len()                                 #! GN4
    let y = x + x                           #! GN4
    let z = x
    ret 1
}
fn make[T: Default, U](u: U) -> T { ret T.default() }
fn only[T]() -> Opt[T] { ret std.none() }
fn nest() -> Ret[Opt[Vec[Num]], AllocErr] {
    if true { true { ret std.pass(std.none()) } }
    if true { true { ret std.pass(std.some(Vec.new())) } }
    ret std.pass(std.some(Vec.new(1)))
}
fn main() -> Void {
    let p = Pair.of(1, "x")
    let q = p.flip()
    let r = Pair.of("s", 2)
    r.first()                               #! TY16
    let s = r.with(true)
    let t = same(1, "x")                    #! GN6
    let u = show("x")                       #! GN2
    let v = make[Num](3)
    let v2 = make[Num, Str]("x")
    let v3 = make[Num, Str](3)              #! TY2
    let v4 = make[Num, Str, Str](3)         #! GN12
    let v5 = make(3)                        #! GN12
    let w = only[Num]()
    let w2 = only[Num, Num]()               #! GN12
    let w3 = same[T=Num](1, 2)
    let w4 = same[Q=Num](1, 2)              #! GN12
    let pp = Pair[Num] { a=1, b=2 }         #! GN12
    let pq = Pair[Num, Str] { a=1, b=2 }    #! TY2
    let e = Pair[Num, Str].of(1, 2)         #! TY2
    let arr = Arr[Num].new()
    let arr2 = Arr.new(1, 2)
    let arr3 = Arr.new(1, "x")              #! GN6
    let none = std.none()                   #! GN12
}
"#,
    );
}

#[test]
fn variadic_unpacked_optional_and_open_arguments_fill_parameters() {
    check(
        r#"mod src.main

fn packs[...Ts](...xs: Ts) -> Num { ret 1 }
fn sum(...xs: Num) -> Num { ret 0 + ... + xs }
fn thru(...xs: Num) -> Num { ret sum(...xs) }
fn tup(t: (Num, Num)) -> Num { ret two(...t) }
fn two(a: Num, b: Num) -> Num { ret a + b }
fn opt(n: Num, m: Num = 3, ...rest: Num) -> Num { ret n + m }
fn main() -> Void {
    let x = packs(1, "x", true) + packs()
    print("${sum(1, 2)} ${sum()} ${thru(1)} ${tup((1, 2))}")
    let y = two(...(1, "x"))                #! TY2
    let z = two(...(1, 2, 3))               #! OV4
    let add3 = two(3, _)
    print("${add3(4)}")
    let bad = add3(true)                    #! TY2
    let h = two(_, _)
    print("${h(1, 2)}")
    print("${opt(1)} ${opt(1, 2)} ${opt(1, m=3)} ${opt(1, 2, 3, 4)} ${opt(n=1)}")
    print("${opt()}")                       #! OV4
    print("${opt(1, k=3)}")                 #! OV4
    print("${opt(1, n=2)}")                 #! OV4
}
"#,
    );
}

#[test]
fn overloads_are_chosen_by_number_convention_and_type() {
    check(
        r#"mod src.main

fn f(n: Num) -> Num { ret n }
fn f(s: Str) -> Num { ret 1 }
fn f(s: &Str) -> Num { ret 2 }
fn f(a: Num, b: Num) -> Num { ret 3 }
fn g(n: Num) -> Num {
    fn inner(k: Num) -> Num { ret n }       #! SY13
    fn rec(k: Num) -> Num { ret other(k) }
    fn other(k: Num) -> Num { ret rec(k) }
    ret inner(n) + rec(1)
}
fn main() -> Void {
    let s = "x"
    print("${f(1)} ${f(&s)} ${f(s)} ${f(1, 2)}")
    f(true)                                 #! OV4
    f()                                     #! OV4
    f(1, "x")                               #! TY2
    let o = std.nome[Num]()                 #! NM5
    let o2 = some(3)                        #! NM5
    let n: Strr                             #! NM5
    let m = Vek.new()                       #! NM5
    let k = prnt("x")                       #! NM5
    let yy = later                          #! NM5
    let later = 3
}
"#,
    );
}

#[test]
fn changing_needs_a_mutable_path() {
    check(
        r#"mod src.main

cls Acc { n: Num  s: Str }
sup Acc {
    fn bump(&mut self) -> Void { self.n += 1 }
    fn peek(&self) -> Num {
        self.n += 1                        #! MU2
        self.bump()                        #! MU2
        ret self.n
    }
    fn eat(self) -> Str {
        self.n = 3                         #! MU1
        ret self.s
    }
    fn chew(mut self) -> Str {
        self.n = 3
        ret self.s
    }
}
fn change(a: &mut Acc) -> Void {
    a.n = 3
    a.bump()
    change(a)
    change(&mut a)
    look(a)
    look(&a)
}
fn look(a: &Acc) -> Void {
    a.n = 1                                #! MU2
    change(a)                              #! CC2
    change(&mut a)                         #! MU2
}
fn rebind(mut a: &Acc, b: &Acc, c: &Acc) -> Void {
    a = b
    c = b                                  #! MU3
}
fn main() -> Void {
    let a = Acc { n=1, s="x" }
    a.bump()                               #! MU1
    a.n = 3                                #! MU1
    a = Acc { n=2, s="y" }                 #! MU1
    let mut b = Acc { n=1, s="x" }
    b.bump()
    change(&mut b)
    change(&b)                             #! CC2
    change(b)                              #! CC2
    look(&Acc { n=1, s="x" })
    change(&mut Acc { n=1, s="x" })        #! BR6
    Acc { n=1, s="x" }.bump()
    let late: Num
    late = 3
    let f = [&mut b](x: Num) -> { b.n += x }
    f(1)                                   #! CL4
    let h = [b](x: Num) -> { b.n += x }    #! MU1
    let k = (x: Num) -> { b.n + x }        #! CL1
    let xs = [1, 2]
    xs.length = 3                          #! MU1
}
"#,
    );
}

#[test]
fn lambdas_and_function_names_fit_function_types() {
    check(
        r#"mod src.main

fn keep(f: FnRef[Num, Num]) -> FnRef[Num, Num] { ret f }
fn run(f: FnRef[Num, Num]) -> Num { ret f(1) }
fn runr(f: &FnRef[Num, Num]) -> Num { ret f(1) }
fn runm(f: &mut FnMut[Num, Num]) -> Num { ret f(1) }
fn byref(n: &Num) -> Num { ret 1 }
fn lent() -> FnRef[Num, Num] {
    let b = 3
    ret [&b](x) -> x + b                     #! CL5
}
fn owned() -> FnRef[Num, Num] {
    let b = 3
    ret [b](x) -> x + b
}
fn apply[R, T](f: FnRef[R, T], x: T) -> R { ret f(x) }
fn compose(f: FnRef[Num, Num], g: FnRef[Num, Num]) -> FnRef[Num, Num] {
    ret [f, g](x) -> f(g(x))
}
fn double(x: Num) -> Num { ret x * 2 }
fn show(x: Num) -> Void { print("${x}") }
cls Button { on: FnRef[Void, Num] }
fn main() -> Void {
    let base = 3
    let lam = [&base](x: Num) -> x + base
    runr(&lam)
    run(lam)
    keep(lam)                                #! CL5
    let t = (lam, 1)                         #! CL5
    run(byref)                               #! CL8
    run((x) -> x)
    runr(&(x) -> x)
    let mut total = 0
    let mut add = [&mut total](x: Num) -> { total += x  x }
    runm(&mut add)
    run(add)                                 #! CL4
    let b = Button { on=show }
    let c = Button { on=(x) -> { print("${x}") } }
    let d = Button { on=(x) -> x }
    b.on(3)
    let r = apply((x) -> x + 1, 3)
    let s = apply(double, 3)
    let u = apply((x: Num) -> "a", 3)
    let f = compose(double, double)
    print("${f(3)} ${r} ${s} ${u}")
    let e = double
    print("${e(2)} ${e.call_ref(3)} ${double.call_ref(1)}")
    let two = (a: Num, b: Num) -> a + b
    print("${two(1)}")                       #! OV4
    let g = (a) -> a                         #! CL6
    let w = Vec.new(3, 1).map((x) -> "n ${x}")
    let sum = Vec.new(1, 2).fold(0, (a, x) -> a + x)
    Vec.new(1, 2).for_each(print)
    let k = Vec.new(1, 2).filter((x) -> x)   #! TY2
    let k2 = Vec.new(1, 2).filter((x, y) -> true)   #! TY2
}
"#,
    );
}
