//! The rules of chapter 5 that need types only.

use super::check;

#[test]
fn misuses_of_allocators_are_found_by_type() {
    check(
        r#"mod src.main

fn zero[T](n: Num) -> Ret[Arr[T], AllocErr] {
    ret GlobalAlloc[T].alloc_zero(n)
}
fn deep[U](n: Num) -> Ret[Arr[U], AllocErr] { ret zero[U](n) }
fn any[A: Alloc](n: Num) -> Ret[Arr[A.Item], AllocErr] {
    let x = A.foo()                          #! A19
    ret A.alloc(n)
}
fn unrelated[T, A: Alloc](n: Num) -> Ret[Arr[T], AllocErr] {
    ret A.alloc(n)                           #! A37
}
fn related[T, A: Alloc[T]](n: Num) -> Ret[Arr[T], AllocErr] {
    ret A.alloc(n)
}
fn unconstrained[A](n: Num) -> Void {
    A.alloc(n).unwrap()                      #! A38
}
cls Bag[T, A: Alloc[T] = GlobalAlloc[T]] { data: Arr[T] }
sup[T, A: Alloc[T]] Bag[T, A] {
    @static fn new(n: Num) -> Ret[Self, AllocErr] {
        ret std.pass(Self { data=A.alloc(n)? })
    }
}
fn main() -> Void {
    let a = zero[Num](3).unwrap()
    let b = zero[Str](3).unwrap()            #! A14
    let c = deep[Str](3).unwrap()            #! A14
    let d = any[GlobalAlloc[Num]](3).unwrap()
    let e = any[Num](3)                      #! A35
    let f = related[Num, GlobalAlloc[Str]](3) #! A36
    let g = Bag[Num].new(3).unwrap()
    let h = Bag[Num, GlobalAlloc[Str]].new(3) #! A36
    let i: Bag[Num, A=Num]                   #! A35
    let j: GlobalAlloc[Num]                  #! A33
    let k: Vec[GlobalAlloc[Num]]             #! A33
    let l = GlobalAlloc[Num].alloc(3 - 5).unwrap()    #! A10
    let m = GlobalAlloc[Num].alloc(2 * 1.5).unwrap()
    let n = GlobalAlloc[Num].alloc("x")      #! TY2
    let o = GlobalAlloc.alloc(3)             #! GN12
    if true { true { GlobalAlloc[Num].alloc(3) } }  #! A31
    GlobalAlloc[Num].allok(3)                #! TY16
    let p = Alloc[Num].zero()                #! A5
    let q = GlobalAlloc[Num] { }             #! A32
    let r: &Num                              #! BR2
    let s: Vec[&Num]                         #! BR2
    let mut arr = GlobalAlloc[Num].alloc(2).unwrap()
    GlobalAlloc[Num].dealloc(&arr).unwrap()  #! A41
}
"#,
    );
}

#[test]
fn a_collection_names_its_allocator_or_leaves_it_to_the_default() {
    check(
        r#"mod src.main

cls Stack[T, A: Alloc[T] = GlobalAlloc[T]] { data: Vec[T, A] }
sup[T, A: Alloc[T]] Stack[T, A] {
    @static fn new() -> Self { ret Self { data=Vec[T, A].new() } }
    @static fn inferred() -> Self { ret Stack { data=Vec.new() } }
    fn push(&mut self, x: T) -> Ret[Void, AllocErr] { ret self.data.push(x) }
    fn peek(&self) -> Opt[T] where [T: Copy] {
        if self.data.len() == 0 { true { ret std.none() } }
        ret std.some(self.data.get(0).unwrap())
    }
}
fn main() -> Void {
    let mut s = Stack[Num].new()
    s.push(3).unwrap()
    let p = s.peek().unwrap()
    let t = Stack[Str].new()
    t.peek()                                 #! GN2
    let words = Vec.new("x", "y")
    let m = Map[Str, Num].new()
    let u = Set.new(1, 2)
}
"#,
    );
}
