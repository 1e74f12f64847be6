//! The rules on declarations, on small programs.

mod common;
use common::check;

#[test]
fn imports_reach_items_with_and_without_the_file_component() {
    check(
        "#@ file src/main.spp
mod src.main
use src.shapes.round.Disc
use src.shapes.{Square as Box, unit}
use src.tools.*
use src.tools.helper as assist
fn f(a: Disc, b: Box, c: Tool) -> Num { ret assist() + unit() }
fn main() -> Void { }
#@ file src/shapes/round.spp
mod src.shapes.round
cls Disc { }
cls Square { }
fn unit() -> Num { ret 1 }
#@ file src/tools/all.spp
mod src.tools.all
use sup.shapes.Disc
use sup.shapes.round.Square
cls Tool { d: Disc }
fn helper() -> Num { ret 2 }
",
    );
}

#[test]
fn imports_of_nothing_are_reported_at_the_name() {
    check(
        "#@ file src/main.spp
mod src.main
use src.shapes.Disk                   #! NM4
use src.nowhere.Disc                  #! NM4
use src.shapes                        #! NM4
use src.shapes.Hidden                 #! NM4
use src.nothing.*                     #! NM4
use other.thing                       #! NM4
fn main() -> Void { }
#@ file src/shapes/round.spp
mod src.shapes.round
@public cls Disc { }
cls Hidden { }
",
    );
}

#[test]
fn names_stand_for_one_item() {
    check(
        "#@ file src/main.spp
mod src.main
use src.shapes.Disc
use src.shapes.round.Disc as Disc      #! NM6
use src.shapes.Square                  #! NM6
cls Square { }
cls Twice { }
enum Twice { a }                       #! NM6
use Twice = Num                        #! NM6
fn main() -> Void { }
#@ file src/other.spp
mod src.other
cls Twice { }                          #! NM6
#@ file src/shapes/round.spp
mod src.shapes.round
cls Disc { }
cls Square { }
",
    );
}

#[test]
fn a_loose_file_may_define_what_the_library_has() {
    check(
        "mod std.vec
cls Vec[T] { item: T }
fn print(n: Num) -> Void { }
fn some(n: Num) -> Num { ret n }
fn main() -> Void {
    let v = Vec { item=3 }
    print(v.item)
    print(std.some(4))
}
",
    );
}

#[test]
fn a_module_path_is_the_place_of_its_file() {
    check(
        "#@ file src/main.spp
mod src.main
fn main() -> Void { }
#@ file src/a/b.spp
mod src.a.c                            #! NM1
",
    );
}

#[test]
fn a_project_needs_its_entry() {
    check(
        "#@ file src/main.spp
mod src.main                           #! NM10
fn mian() -> Void { }
",
    );
    check(
        "#@ file src/main.spp
mod src.main
fn main() -> Num { ret 1 }             #! NM10
",
    );
}

#[test]
fn unknown_types_are_reported_once() {
    check(
        "mod src.main
use A = Missing                        #! NM5
cls C { x: Nmu  y: A }                 #! NM5
fn f(a: std.Vce[Num], b: sdt.Vec[Num]) -> A { ret a }   #! NM5 NM5
",
    );
}

#[test]
fn private_items_stay_in_their_module() {
    check(
        "#@ file src/main.spp
mod src.main
fn f(a: src.tools.Open, b: src.tools.Shut) -> Void { }      #! NM11
fn main() -> Void { }
#@ file src/tools/a.spp
mod src.tools.a
@private cls Shut { }
cls Open { }
fn inside(s: Shut) -> Void { }
",
    );
}

#[test]
fn annotations_out_of_place_are_reported() {
    check(
        "mod src.main
@protected cls A { }                   #! NM11
@shadow_stack cls B { }                #! SH12
@shadow_stack enum C { a }             #! SH12
@inlien fn f() -> Void { }             #! NM12(W)
@meta.public fn g() -> Void { }
fn twice(tokens: Vec[std.Token]) -> Vec[std.Token] { ret tokens }
@twice fn h() -> Void { }
",
    );
}

#[test]
fn void_is_no_type_of_storage() {
    check(
        "mod src.main
cls A { x: Void }                      #! TY3
fn f(x: Void) -> Void { }              #! TY3
fn g(x: (Num, Void)) -> Ret[Void, Num] { ret std.pass() }    #! TY3
fn h(x: Vec[(Void, Num)]) -> Void { }  #! TY3
",
    );
}

#[test]
fn cyclic_aliases_are_marked_once() {
    check(
        "mod src.main
use Loop = Loop                        #! TY4
use A = B
use B = (C, Num)
use C = Vec[A]                         #! TY4
use Outside = A
fn f(a: A, b: Outside) -> Loop { ret a }
",
    );
}

#[test]
fn classes_that_contain_themselves_are_infinite() {
    check(
        "mod src.main
cls Node { value: Num  next: Opt[Node] }       #! TY14
cls A { b: B }
cls B { a: (Num, A) }                          #! TY14
cls Box[T] { inner: T }
cls C { c: Box[C] }                            #! TY14
cls Fine { all: Vec[Fine]  one: Arr[Fine] }
cls D { e: Ret[Num, E] }
cls E { d: Var[D, Num] }                       #! TY14
",
    );
}

#[test]
fn enumerations_are_distinct_constants() {
    check(
        "mod src.main
enum Colour { red = 1, green = 2 + 3 * 4, blue = -1 }
enum Twice { a, b, a }                         #! TY17
enum Mixed { a = 1, b = \"x\" }                #! TY17
enum Computed { a = f() }                      #! TY17
fn f() -> Num { ret 1 }
",
    );
}

#[test]
fn generic_parameters_have_names_of_their_own() {
    check(
        "mod src.main
cls Box[T] { item: T }
sup[T] Box[T] {
    fn map[T](self, f: FnRef[T, T]) -> Void { }        #! GN1
    fn ok[U](self, f: FnRef[U, T]) -> Void { }
}
",
    );
}

#[test]
fn what_calls_must_name_comes_first() {
    check(
        "mod src.main
fn good[R: Default, T](x: T) -> R { ret R.default() }
fn bad[T, R: Default](x: T) -> R { ret R.default() }   #! GN5
fn alias[A: Alloc, T](x: T, y: A.Item) -> Void { }
",
    );
}

#[test]
fn a_block_repeats_what_its_class_demands() {
    check(
        "mod src.main
cls Box[T: Copy] { item: T }
sup[T: Copy] Box[T] { }
sup[T] Box[T] { }                              #! GN9
sup[T, U] Box[T] where [T: Copy] { }           #! GN9
cls Plain { }
sup[T] Plain { }                               #! GN9
",
    );
}

#[test]
fn packs_are_types_of_variadic_parameters_only() {
    check(
        "mod src.main
fn all[...Ts](...xs: Ts) -> Void { }
fn bad[...Ts](xs: Ts) -> Void { }              #! GN10
cls Holder[...Ts] { xs: Ts }                   #! GN10
",
    );
}

#[test]
fn generic_arguments_fit_their_parameters() {
    check(
        "mod src.main
cls Pair[A, B = A] { a: A  b: B }
cls Keyed[K: Eq & std.ops.Hash] { k: K }
cls Opaque { }
fn a(x: Pair[Num], y: Pair[Num, Str], z: Pair[B=Num, A=Str]) -> Void { }
fn b(x: Pair[Num, Num, Num]) -> Void { }       #! GN12
fn c(x: Pair) -> Void { }                      #! GN12
fn d(x: Pair[Num, C=Num]) -> Void { }          #! GN12
fn e(x: Num[Str]) -> Void { }                  #! GN12
fn f(x: Keyed[Num], y: Keyed[(Num, Str)]) -> Void { }
fn g(x: Keyed[Opaque]) -> Void { }             #! GN2
fn h(x: Vec[Keyed[Vec[Num]]]) -> Void { }      #! GN2
fn i(x: Vec[&Num]) -> Void { }                 #! BR2
",
    );
}

#[test]
fn borrows_are_no_types() {
    check(
        "mod src.main
cls A { x: &Num }                              #! BR2
fn f(x: &Num) -> &Num { ... }                  #! BR2
use B = &mut Num                               #! BR2
fn g(x: (Num, &Num)) -> Void { }               #! BR2
",
    );
}

#[test]
fn overloads_differ_in_required_parameters() {
    check(
        "mod src.main
fn a(x: Num) -> Num { ret x }
fn a(y: Num) -> Str { ret \"\" }               #! OV1
fn b(x: Num) -> Void { }
fn b(x: &Num) -> Void { }
fn b(x: Str) -> Void { }
fn b(x: Num, y: Num) -> Void { }
fn b(x: Num, y: Str = \"\") -> Void { }        #! OV1
fn b(x: Num, ...y: Str) -> Void { }            #! OV1
fn c[T](x: T) -> Void { }
fn c[U](x: U) -> Void { }                      #! OV1
cls K { }
sup K {
    fn m(&self) -> Void { }
    fn m(&mut self) -> Void { }
    fn m(&self, x: Num) -> Void { }
}
sup K {
    fn m(&self) -> Num { ret 1 }               #! OV1
}
",
    );
}

#[test]
fn overrides_have_the_signature_of_their_base() {
    check(
        "mod src.main
cls Base[T] { }
sup[T] Base[T] {
    fn one(&self, x: T) -> T { ... }
    fn two(&mut self) -> Self { ... }
    fn three[U](self, x: &U) -> Num { ret 1 }
    @static fn four() -> Void { }
}
cls Good { }
sup Base[Str] for Good {
    fn one(&self, x: Str) -> Str { ret x }
    fn two(&mut self) -> Good { ret Good { } }
    fn three[V](self, other: &V) -> Num { ret 2 }
    fn four() -> Void { }
}
cls Bad { }
sup Base[Str] for Bad {
    fn one(&self, x: Num) -> Str { ret \"\" }  #! SP4
    fn two(self) -> Bad { ret self }           #! SP4
    fn three(self, x: &Num) -> Num { ret 2 }   #! SP4
    fn four(&self) -> Void { }                 #! SP4
    fn five(&self) -> Void { }                 #! SP3
    use Item = Num                             #! SP3
}
",
    );
}

#[test]
fn operator_classes_leave_conventions_free() {
    check(
        "mod src.main
cls V { x: Num }
sup Add for V {
    fn add(&self, that: &V) -> V { ret V { x=self.x + that.x } }
}
sup Eq for V {
    fn eq(&self, that: &Self) -> Bool { ret self.x == that.x }
}
sup Mul[Num, V] for V {
    fn mul(self, that: Num) -> V { ret V { x=self.x * that } }
}
sup Sub for V {
    fn sub(self, that: Num) -> V { ret self }      #! SP4
}
",
    );
}

#[test]
fn abstract_methods_must_be_defined() {
    check(
        "mod src.main
cls Shape { }
sup Shape {
    fn area(&self) -> Num { ... }
    fn name(&self) -> Str { ret \"\" }
}
cls A { }
sup Shape for A { }                            #! SP5
cls B { }
sup Shape for B { fn area(&self) -> Num { ret 1 } }
cls C { }
sup C { fn own(&self) -> Num { ... } }
sup Shape for C { }
cls D { }
sup B for D { }
cls E { }
sup A for E { }
",
    );
}

#[test]
fn a_diamond_is_satisfied_by_one_side() {
    check(
        "mod src.main
cls A { }
sup A { fn f(&self) -> Num { ... } }
cls L { }
sup A for L { fn f(&self) -> Num { ret 1 } }
cls R { }
sup R { fn g(&self) -> Num { ... } }
sup A for R { }
cls D { }
sup L for D { }
sup R for D { fn g(&self) -> Num { ret 2 } }
",
    );
}

#[test]
fn super_impositions_happen_once_and_never_in_circles() {
    check(
        "mod src.main
cls A { }
cls B { }
sup A for B { }
sup A for B { }                                #! SP15
sup To[Str] for A { fn to(self) -> Str { ret \"\" } }
sup To[Num] for A { fn to(self) -> Num { ret 1 } }
sup To[Num] for A { fn to(self) -> Num { ret 1 } }     #! SP15
cls X { }
cls Y { }
sup X for Y { }
sup Y for X { }                                #! SP15
sup X for X { }                                #! SP15
",
    );
}

#[test]
fn static_methods_have_no_self() {
    check(
        "mod src.main
cls A { }
sup A {
    @static fn f(&self) -> Num { ret 1 }       #! SP11
    @static fn g() -> Self { ret A { } }
}
fn h() -> Self { ... }                         #! SP17
",
    );
}

#[test]
fn coroutines_return_generators() {
    check(
        "mod src.main
gn a() -> Gen[Num] { yield 1 }
gn b() -> Fut[Num] { yield 1 }
gn c() -> Num { yield 1 }                      #! CO1
",
    );
}

#[test]
fn an_allocator_has_the_methods_of_alloc() {
    check(
        "mod src.main
cls P { }
sup Alloc[Num] for P {                                                          #! A18
    fn alloc(size: Num) -> Ret[Arr[Num], AllocErr] { ... }                      #! A20(H) A30(H)
    @static fn realloc(arr: &mut Arr[Num], n: Num) -> Ret[Arr[Num], AllocErr] { ... }   #! A22
}
cls Q { }
sup Alloc[Num] for Q {
    @static fn alloc(size: Str) -> Ret[Arr[Num], AllocErr] { ... }              #! A21
    @static fn realloc(size: Num, arr: Arr[Num]) -> Ret[Arr[Num], AllocErr] { ... }     #! A21
    @static fn dealloc(arr: Arr[Num]) -> Void { }                               #! A23
    @static fn alloc_zero(size: Num) -> Opt[Arr[Num]] { ... }                   #! A23
    @static fn helper() -> Void { }                                             #! A19
    use Item = Str                                                              #! A25
}
cls R { }
sup Alloc[Num] for R {
    @static fn alloc[T](size: Num) -> Ret[Arr[Num], AllocErr] { ... }           #! A21
    @static fn realloc(arr: Arr[Num], size: Num) -> Ret[Arr[Str], AllocErr] { ... }     #! A23
    @private @static fn dealloc(arr: Arr[Num]) -> Ret[Void, AllocErr] { ... }   #! A26
    @static fn alloc_zero(...size: Num) -> Ret[Arr[Num], AllocErr] { ... }      #! A21
}
",
    );
}

#[test]
fn an_allocator_is_one_for_one_element_type() {
    check(
        "mod src.main
cls P { }
sup Alloc[Num] for P {
    @static fn alloc(size: Num) -> Ret[Arr[Num], AllocErr] { ret GlobalAlloc[Num].alloc(size) }
    @static fn realloc(arr: Arr[Num], size: Num) -> Ret[Arr[Num], AllocErr] { ret GlobalAlloc[Num].realloc(arr, size) }
    @static fn dealloc(arr: Arr[Num]) -> Ret[Void, AllocErr] { ret GlobalAlloc[Num].dealloc(arr) }
}
sup Alloc[Str] for P {                                                          #! A17
    @static fn alloc(size: Num) -> Ret[Arr[Str], AllocErr] { ret GlobalAlloc[Str].alloc(size) }
    @static fn realloc(arr: Arr[Str], size: Num) -> Ret[Arr[Str], AllocErr] { ret GlobalAlloc[Str].realloc(arr, size) }
    @static fn dealloc(arr: Arr[Str]) -> Ret[Void, AllocErr] { ret GlobalAlloc[Str].dealloc(arr) }
}
cls V { }
sup Alloc[Void] for V { }                                                       #! A28
cls W { }
sup Alloc[P] for W { }                                                          #! A28
",
    );
}

#[test]
fn allocators_are_stored_nowhere() {
    check(
        "mod src.main
cls A { x: GlobalAlloc[Num] }                          #! A33
cls B { x: Vec[GlobalAlloc[Num]] }                     #! A33
cls C[T, A: Alloc[T]] { x: A }                         #! A33
fn f(x: Opt[GlobalAlloc[Num]]) -> Void { }             #! A33
fn g() -> GlobalAlloc[Num] { ... }                     #! A33
fn h(x: (Num, Alloc[Num])) -> Void { }                 #! A33
fn i(x: Vec[Num, GlobalAlloc[Num]]) -> Void { }
fn j(x: Vec[Num, A=GlobalAlloc[Str]]) -> Void { }      #! A36
fn k(x: Vec[Num, A=Num]) -> Void { }                   #! A35
fn l(x: Vec[Num, A=Alloc[Num]]) -> Void { }            #! A35
use Ok = GlobalAlloc[Num]
fn m(x: Vec[Num, Ok]) -> Void { }
",
    );
}

#[test]
fn broken_items_do_not_break_their_neighbours() {
    check(
        "mod src.main
cls A { x: Num }
sup Nothing for A { fn f(&self) -> Num { ret 1 } }     #! NM5
sup A for Nowhere { fn f(&self) -> Num { ret 1 } }     #! NM5
fn f(a: A) -> Num { ret a.x }
",
    );
}

#[test]
fn a_class_may_hold_itself_in_a_collection() {
    check(
        "mod src.main
cls Node { kids: Vec[Self]  named: Map[Str, Self] }
cls Tree[T] { kids: Vec[Self]  item: T }
sup Node {
    fn all(&self, more: Vec[Self]) -> Arr[Self] { ... }
}
",
    );
}
