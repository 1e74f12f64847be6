//! Members, visibility, enumerations, initialisers, base parts.

use super::check;

#[test]
fn members_of_enumerations_and_classes_are_found_or_reported() {
    check(
        r#"mod src.main

enum Colour { red, green = 3, Blue }

cls Point { x: Num  y: Num }
sup Copy for Point {
    fn copy(&self) -> Self { ret Point { x=self.x, y=self.y } }
}
sup To[Str] for Point {
    fn to(self) -> Str { ret "p" }
}
sup Colour {
    fn name(&self) -> Str {
        ret if self {
            Colour.red { "red" }
            Colour.Blue { "blue" }
            else { "other" }
        }
    }
}

fn main() -> Void {
    let c = Colour.red
    let d = Colour.Blue
    print("${c == d} ${c.value} ${Colour.Blue.value} ${d.name()} ${Colour.Blue.name()}")
    let e = Colour.pink                    #! TY16
    let f = Colour.Pink                    #! NM5
    let g = c + d                          #! TY16
    let h = Colour { }                     #! TY17
    let p = Point { x=1, y=2 }
    print("${p}")
    print("${(1, 2)}")                     #! LX20
    let t = (1, (2, "x"))
    print("${t.1.1} ${t.0}")
    let s = p.z                            #! TY16
    let q = Point { x=1 }                  #! TY15
    let r = Point { x=1, y=2, z=3 }        #! TY15
    let r2 = Point { x=1, y=2, x=3 }       #! TY15
    let x = 3
    let y = 4
    let r3 = Point { x, y }
    let r4 = Point { x="a", y }            #! TY2
    let r5 = Point { x=1, else=r3 }
    let r6 = Point { x=1, else=3 }         #! TY15
    let i = p.x()                          #! TY2
    let j = p.copy                         #! TY16
    let k = Point(1, 2)                    #! TY12
    let l = Point                          #! TY12
    print(Point)                           #! CC5
    let m = Point.copy()                   #! SP11
    let n = if c { Colour.red { 1 } .name() { 2 } else { 3 } }  #! TY11
}
"#,
    );
}

#[test]
fn bases_bring_members_parts_and_ambiguity() {
    check(
        r#"mod src.main

cls Named { name: Str }
sup Named { fn title(&self) -> Str { ret "n" } }
cls Sized2 { size: Num }
sup Sized2 { fn title(&self) -> Str { ret "s" } }
cls Thing { id: Num }
sup Named for Thing { }
sup Sized2 for Thing { }
cls Abs { }
sup Abs {
    @static fn build() -> Num { ... }
    fn go(&self) -> Num { ... }
}
cls Impl { }
sup Abs for Impl {
    @static fn build() -> Num { ret 1 }
    fn go(&self) -> Num { ret 2 }
}
fn use_abs[T: Abs](t: &T) -> Num { ret t.go() + T.build() }
fn needs[T: Named](t: &T) -> Str {
    t.foo()                                             #! GN4
    ret t.title()
}
fn main() -> Void {
    let t = Thing { id=1, sup=(Named { name="x" }, Sized2 { size=1 }) }
    let u = Thing { id=1, sup=(Named { name="x" },) }   #! SP9
    let u2 = Thing { id=1, sup=(Named { name="x" }, 3) } #! SP9
    let u3 = Thing { id=1 }                             #! SP9
    print("${t.name} ${t.size}")
    t.title()                                           #! SP13
    let a = Abs { }                                     #! SP8
    Abs.build()                                         #! SP8
    print("${use_abs(&Impl { })} ${Impl.build()}")
    needs(&t)
    needs(&3)                                           #! GN2
}
"#,
    );
}

#[test]
fn a_public_member_makes_its_siblings_private() {
    check(
        r#"mod src.main

cls A { @public x: Num   y: Num }
sup A {
    @private fn hid(&self) -> Num { ret self.y }
    @public fn open(&self) -> Num { ret self.hid() + self.y }
    @static fn make() -> A { ret A { x=1, y=2 } }
}
fn main() -> Void {
    let a = A.make()                        #! NM11
    let b = A { x=1, y=2 }                  #! NM11
    print("${b.x} ${b.open()}")
    b.hid()                                 #! NM11
    print("${b.y}")                         #! NM11
    if b { A { x=1 } { print("q") } }       #! CF4
}
"#,
    );
}

#[test]
fn operators_are_methods_chosen_by_both_sides() {
    check(
        r#"mod src.main

cls P2 { x: Num }
sup AddAssign for P2 {
    fn add_assign(&mut self, that: Self) -> Void { self.x += that.x }
}
sup Sub for P2 {
    fn sub(self, that: Self) -> Self { ret P2 { x=self.x - that.x } }
}
sup Mul[Num, P2] for P2 {
    fn mul(self, that: Num) -> P2 { ret P2 { x=self.x * that } }
}
sup Mul[P2, Num] for P2 {
    fn mul(self, that: P2) -> Num { ret self.x * that.x }
}
fn main() -> Void {
    let mut s = "x"
    s += "y"
    s += 3                                   #! TY2
    let mut p = P2 { x=1 }
    p += P2 { x=2 }
    p -= P2 { x=2 }
    p *= 3
    p /= 3                                   #! TY16
    let q = p * P2 { x=3 }
    print("${q}")
    let ok = 1 < 2 < 3
    let equal = 1 <=> 2 == Ord.less
    let no = 1 < "x"                         #! TY2
    let and = true && 3                      #! TY2
    let add = 1 + "x"                        #! TY2
    let num = "x" + 1                        #! TY2
    let z = 3.to()                           #! SP18
    let z2 = 3.to[Num]()                     #! TY16
    print(3.to[Str]())
    let m = (1, 2) == (1, 2)
}
"#,
    );
}
