//! Coroutines and what they lend.

use super::check;

#[test]
fn yields_returns_and_sent_values_have_the_types_of_the_generator() {
    check(
        r#"mod src.main

gn pairs(limit: Num) -> Gen[(Num, Num)] {
    let mut i = 0
    while i < limit {
        yield (i, i)
        i += 1
    }
}
gn talk() -> Gen[Num, Str, Str] {
    let heard = yield 1
    print(&heard)
    yield "x"                              #! CO3
    if heard.is_empty() { true { ret 3 } } #! CO5
    ret "done"
}
gn nothing() -> Gen[Void] {
    yield
    yield 3                                #! CO3
}
gn silent() -> Gen[Num, Num] {
    yield 1
}                                          #! TY10
gn lends(v: &Vec[Str]) -> Gen[Str] {
    let a = v.get_ref(0).await()
    yield &a
    yield "x"                              #! CO3
}
fn plain() -> Num {
    yield 3                                #! CO3
    ret 1
}
fn main() -> Void {
    let mut p = pairs(3)
    let a, b = p.next().unwrap()
    let mut t = talk()
    print("${t.next("x".clone()).is_pass()}") #! LX20
    let mut n = nothing()
    n.next().unwrap()
    n.next(1).unwrap()                     #! OV4
    let v = Vec.new("a", "b")
    let mut l = lends(&v)
    let kept = l.next()                    #! CO6
    let item = l.next().unwrap()
    print(item)
    let mut w = Vec.new(1, 2)
    let mut e = w.get_mut(0).await()
    e += 3
    let r = w.get_ref(0).await()
    r += 1                                 #! MU2
}
"#,
    );
}
