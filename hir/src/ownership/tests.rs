//! Whole programs with the findings of this room marked: `#! CODE` at the end of the line.

use crate::db::{Database, File, Program, ProgramKind};
use crate::diagnostic::Severity;
use std::sync::Arc;
use syntax::Edition;

/// Loads a program of one loose file.
pub(crate) fn load(source: &str) -> (Database, File) {
    use salsa::Setter as _;
    let mut db = Database::new();
    let program = Program::new(&db, ProgramKind::Loose, Edition::E2023, Arc::from([]));
    let file = File::new(&db, Arc::from(source), Edition::E2023, program, None, Arc::from("main.spp"));
    program.set_files(&mut db).to(Arc::from([file]));
    (db, file)
}

fn findings(source: &str) -> Vec<(usize, String, String)> {
    let (db, file) = load(source);
    let mut found = Vec::new();
    for func in crate::items::functions_of(&db, file) {
        let start = usize::from(crate::parse::func_range(&db, func).start());
        for diagnostic in crate::mir::diagnostics(&db, func) {
            let at = start + usize::from(diagnostic.range.start());
            let line = source[..at].matches('\n').count() + 1;
            let severity = match diagnostic.severity {
                Severity::Error => "",
                Severity::Warning => "(W)",
                Severity::Hint => "(H)",
            };
            found.push((line, format!("{}{severity}", diagnostic.code), diagnostic.message.clone()));
        }
    }
    found
}

/// Every marked finding is made on its line, and no error that is not marked. `MU4` and unmarked warnings are free.
#[track_caller]
fn check(source: &str) {
    let found = findings(source);
    let mut expected = Vec::new();
    for (index, line) in source.lines().enumerate() {
        if let Some((_, codes)) = line.split_once("#! ") {
            expected.extend(codes.split_whitespace().map(|code| (index + 1, code.to_owned())));
        }
    }
    for (line, code) in &expected {
        assert!(
            found.iter().any(|(at, known, _)| at == line && known == code),
            "line {line}: {code} is missing; found {found:#?}"
        );
    }
    for (line, code, message) in &found {
        let free = code.ends_with(')');
        assert!(
            free || expected.contains(&(*line, code.clone())),
            "line {line}: unexpected {code}: {message}"
        );
    }
}

#[test]
fn a_moved_value_cannot_be_used() {
    check(
        r#"mod main
cls Box { label: Str weight: Num }
fn eat(b: Box) -> Void { }
fn look(b: &Box) -> Void { }
fn main() -> Void {
    let first = Box { label="c", weight=1 }
    let mut second = first
    look(&first)                                     #! OW3
    let text = second.label
    print("${second.weight} ${text}")
    look(&second)                                    #! BR7
    eat(second)                                      #! OW4
    second.label = "new"                             #! OW3
    let none: Box
    eat(none)                                        #! OW3
}
"#,
    );
}

#[test]
fn a_part_that_is_assigned_again_makes_the_owner_whole() {
    check(
        r#"mod main
cls Box { label: Str weight: Num }
fn look(b: &Box) -> Void { }
fn main() -> Void {
    let mut one = Box { label="c", weight=1 }
    let text = one.label
    one.label = "other"
    look(&one)
    print(text)
}
"#,
    );
}

#[test]
fn a_loop_cannot_move_what_was_declared_outside() {
    check(
        r#"mod main
cls Box { label: Str }
fn eat(b: Box) -> Void { }
fn look(b: &Box) -> Void { }
fn main() -> Void {
    let fixed = Box { label="f" }
    let mut again = Box { label="g" }
    let mut n = 0
    while n < 2 {
        look(&fixed)
        eat(fixed)                                   #! OW9
        eat(again)
        again = Box { label="h" }
        n += 1
    }
}
"#,
    );
}

#[test]
fn branches_that_leave_do_not_count() {
    check(
        r#"mod main
cls Box { label: Str }
fn eat(b: Box) -> Void { }
fn choose(flag: Bool, b: Box) -> Void {
    if flag {
        true {
            eat(b)
            ret
        }
    }
    eat(b)
}
fn other(flag: Bool, b: Box) -> Void {
    if flag { true { eat(b) } }
    eat(b)                                           #! OW8
}
fn stops(flag: Bool, b: Box) -> Void {
    if flag {
        true {
            eat(b)
            std.panic("no")
        }
    }
    eat(b)
}
fn both(flag: Bool) -> Box {
    let b: Box
    if flag {
        true { b = Box { label="x" } }
        else { b = Box { label="y" } }
    }
    ret b
}
fn some(flag: Bool) -> Void {
    let b: Box
    if flag { true { b = Box { label="x" } } }
    eat(b)                                           #! OW8
}
fn main() -> Void { }
"#,
    );
}

#[test]
fn an_immutable_variable_is_initialised_once() {
    check(
        r#"mod main
fn main() -> Void {
    let x: Num
    x = 1
    x = 2                                            #! OW10
    let y: Num
    let mut n = 0
    while n < 2 {
        y = n                                        #! OW10
        n += 1
    }
    print("${x} ${y}")                               #! OW8
}
"#,
    );
}

#[test]
fn nothing_is_moved_out_of_a_borrow() {
    check(
        r#"mod main
cls Pair { a: Str b: Str }
sup Pair {
    fn first(&self) -> Str {
        ret self.a                                   #! OW5
    }
    fn swap(&mut self) -> Str {
        ret std.mem.replace(&mut self.a, "")
    }
}
fn keep(p: &Pair) -> Void {
    let q = p.a                                      #! OW5
}
fn eat(s: Str) -> Void { }
fn pass(s: &Str) -> Void {
    eat(s)                                           #! OW5
}
fn number(n: &Num) -> Num {
    let m = n
    ret m
}
fn main() -> Void { }
"#,
    );
}

#[test]
fn an_object_with_del_is_not_taken_apart() {
    check(
        r#"mod main
cls Noisy { tag: Str rest: Str }
sup Del for Noisy {
    fn del(self) -> Void {
        let t = self.tag
        print(t)
    }
}
fn main() -> Void {
    let n = Noisy { tag="a", rest="b" }
    let t = n.tag                                    #! OW6
}
"#,
    );
}

#[test]
fn borrows_of_one_call_exclude_each_other() {
    check(
        r#"mod main
cls Pair { a: Str b: Str }
sup Pair {
    fn both(&mut self, other: &Str) -> Void { }
    fn size(&self) -> Num { ret 2 }
    fn set(&mut self, n: Num) -> Void { }
}
fn two(x: &mut Str, y: &mut Str) -> Void { }
fn mix(x: &Str, y: &mut Str) -> Void { }
fn read(x: &Str, y: &Str) -> Void { }
fn eat(x: Str, y: &Str) -> Void { }
fn main() -> Void {
    let mut p = Pair { a="x", b="y" }
    two(&mut p.a, &mut p.b)
    two(&mut p.a, &mut p.a)                          #! EX3
    mix(&p.a, &mut p.a)                              #! EX3
    read(&p.a, &p.a)
    p.both(&p.a)                                     #! EX3
    p.set(p.size())
    eat(p.a, &p.b)
    p.a = "z"
    eat(p.a, &p.a)                                   #! EX3
    let mut t = ("l", "r")
    two(&mut t.0, &mut t.1)
}
"#,
    );
}

#[test]
fn a_yielded_borrow_ends_when_its_generator_goes_on() {
    check(
        r#"mod main
gn each(list: &Vec[Str, GlobalAlloc[Str]]) -> Gen[Str] {
    let mut i = 0
    while i < list.len() {
        let item = list.get_ref(i).await()
        yield &item
        i += 1
    }
}
fn main() -> Void {
    let names = Vec[Str, GlobalAlloc[Str]].new("ann", "bob")
    let mut walk = each(&names)
    let first = walk.next().unwrap()
    print(first)
    let second = walk.next().unwrap()
    print(second)
    print(first)                                     #! BR4
}
"#,
    );
}

#[test]
fn an_owner_stays_while_it_is_borrowed() {
    check(
        r#"mod main
cls Box { label: Str }
fn eat(b: Box) -> Void { }
fn apply(f: &FnRef[Num, Num]) -> Num { ret f(1) }
gn walk(list: &Arr[Num]) -> Gen[Num] { yield 1 }
fn main() -> Void {
    let mut count = 0
    let b = Box { label="b" }
    {
        let f = [&b](n: Num) -> { print("${b.label} ${n}") }
        f(1)
        eat(b)                                       #! BR5
    }
    {
        let mut add = [&mut count](n: Num) -> { count += n }
        add(1)
        print("${count}")                            #! EX1
    }
    print("${count}")
    let mut arr = [1, 2]
    let e = arr.get_mut(0).await()
    e = 3
    arr.set(0, 1).unwrap()                           #! EX1
    arr = [3]                                        #! BR5
    let mut other = [1, 2]
    {
        let mut g = walk(&other)
        other.set(0, 1).unwrap()                     #! EX1
    }
    other.set(0, 1).unwrap()
}
"#,
    );
}

#[test]
fn a_once_function_is_called_once() {
    check(
        r#"mod main
fn main() -> Void {
    let word = "once"
    let once = [word]() -> { word }
    print(once())
    print(once())                                    #! CL4
}
"#,
    );
}

#[test]
fn an_array_is_gone_after_realloc_and_dealloc() {
    check(
        r#"mod main
cls Holder { data: Arr[Num] n: Num }
fn main() -> Void {
    let arr = GlobalAlloc[Num].alloc(4).unwrap()
    let big = GlobalAlloc[Num].realloc(arr, 8).unwrap()
    print("${arr.length}")                           #! A39
    GlobalAlloc[Num].dealloc(big).unwrap()
    GlobalAlloc[Num].dealloc(big).unwrap()           #! A40
    let again = GlobalAlloc[Num].realloc(big, 2)     #! A40
    let last = GlobalAlloc[Num].alloc(2).unwrap()
    let more = GlobalAlloc[Num].realloc(last, last.length + 1).unwrap()    #! A39
    let h = Holder { data=GlobalAlloc[Num].alloc(2).unwrap(), n=1 }
    GlobalAlloc[Num].dealloc(h.data).unwrap()
    print("${h.data.length} ${h.n}")                 #! A40
}
fn generic[A: Alloc[Num]](n: Num) -> Ret[Void, AllocErr] {
    let arr = A.alloc(n)?
    let big = A.realloc(arr, n * 2)?
    print("${arr.length}")                           #! A39
    A.dealloc(big)?
    A.dealloc(big)?                                  #! A40
    ret std.pass()
}
"#,
    );
}

#[test]
fn an_array_goes_back_to_where_it_came_from() {
    check(
        r#"mod main
cls Mirror[T] { }
sup[T] Alloc[T] for Mirror[T] {
    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].alloc(size) }
    @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].realloc(arr, size) }
    @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] { ret GlobalAlloc[T].dealloc(arr) }
}
fn give(flag: Bool) -> Ret[Void, AllocErr] {
    let a = Mirror[Num].alloc(4)?
    let moved = a
    GlobalAlloc[Num].dealloc(moved)?                 #! A42
    let b = Arr[Num].new(1, 2, 3)
    GlobalAlloc[Num].dealloc(b)?                     #! A43
    let c = GlobalAlloc[Num].alloc(2) else { ret std.pass() }
    let d = Mirror[Num].realloc(c, 4)?               #! A42
    Mirror[Num].dealloc(d)?
    let mut e = GlobalAlloc[Num].alloc(2)?
    if flag { true { e = [1, 2] } }
    GlobalAlloc[Num].dealloc(e)?
    ret std.pass()
}
fn from_elsewhere(arr: Arr[Num]) -> Ret[Void, AllocErr] {
    ret GlobalAlloc[Num].dealloc(arr)
}
fn between[A: Alloc[Num], B: Alloc[Num]](n: Num) -> Ret[Void, AllocErr] {
    let arr = A.alloc(n)?
    B.dealloc(arr)?
    let other = A.alloc(n)?
    ret GlobalAlloc[Num].dealloc(other)
}
"#,
    );
}

#[test]
fn an_array_is_not_given_back_while_borrowed() {
    check(
        r#"mod main
cls Buffer { data: Arr[Num] }
sup Buffer {
    fn grow(&mut self) -> Ret[Void, AllocErr] {
        self.data = GlobalAlloc[Num].realloc(self.data, 8)?        #! A46
        ret std.pass()
    }
    fn grow_right(&mut self) -> Ret[Void, AllocErr] {
        let old = std.mem.replace(&mut self.data, Arr[Num].new())
        self.data = GlobalAlloc[Num].realloc(old, 8)?
        ret std.pass()
    }
}
fn both(arr: &mut Arr[Num], r: Ret[Void, AllocErr]) -> Bool { ret r.is_pass() }
fn free(p: &mut Arr[Num]) -> Ret[Void, AllocErr] {
    ret GlobalAlloc[Num].dealloc(p)                                #! A46
}
fn main() -> Void {
    let mut arr = GlobalAlloc[Num].alloc(2).unwrap()
    let done = both(&mut arr, GlobalAlloc[Num].dealloc(arr))       #! A47
    let mut b = GlobalAlloc[Num].alloc(2).unwrap()
    b.put(0, 1).unwrap()
    let one = b.get_mut(0).await()
    GlobalAlloc[Num].dealloc(b).unwrap()                           #! A47
    print("${one} ${done}")
}
"#,
    );
}

#[test]
fn an_array_given_back_on_some_paths_is_maybe_gone() {
    check(
        r#"mod main
fn lucky() -> Bool { ret true }
fn main() -> Void {
    let arr = GlobalAlloc[Num].alloc(2).unwrap()
    if lucky() {
        true { GlobalAlloc[Num].dealloc(arr).unwrap() }
        else { print("kept") }
    }
    print("${arr.length}")                           #! A48
    let other = GlobalAlloc[Num].alloc(2).unwrap()
    let mut n = 0
    while n < 3 {
        GlobalAlloc[Num].dealloc(other).unwrap()     #! A48
        n += 1
    }
    let mut grown = GlobalAlloc[Num].alloc(1).unwrap()
    while grown.length < 8 {
        let next = grown.length * 2
        grown = GlobalAlloc[Num].realloc(grown, next).unwrap()
    }
    GlobalAlloc[Num].dealloc(grown).unwrap()
}
"#,
    );
}

#[test]
fn arrays_and_results_that_nobody_needs_are_remarked() {
    check(
        r#"mod main
fn main() -> Void {
    let b = GlobalAlloc[Num].alloc(4).unwrap()       #! A51(W)
    let c = GlobalAlloc[Num].alloc(4)                #! A54(W)
    let mut d = GlobalAlloc[Num].alloc(4).unwrap()   #! A44(H)
    d.put(0, 1).unwrap()
    let r = d.put(0, 1)                              #! RS5(W)
    let mut quiet = 1                                #! MU4(H)
    print("${quiet}")
}
"#,
    );
}

#[test]
fn a_generator_with_a_borrow_stays() {
    check(
        r#"mod main
cls Keep { g: Gen[Num] }
gn each(words: &Arr[Num]) -> Gen[Num] { yield words.len() }
gn own(words: Arr[Num]) -> Gen[Num] { yield words.len() }
fn start(words: &Arr[Num]) -> Gen[Num] {
    ret each(words)                              #! CO8
}
fn later(words: &Arr[Num]) -> Gen[Num] {
    let g = each(words)
    ret g                                        #! CO8
}
fn store(words: &Arr[Num]) -> Void {
    let k = Keep { g=each(words) }               #! CO8
}
fn fine(words: Arr[Num]) -> Gen[Num] {
    ret own(words)
}
fn first(words: &Arr[Num]) -> Num {
    let mut walk = each(words)
    ret walk.next().unwrap()
}
fn main() -> Void { }
"#,
    );
}

#[test]
fn what_never_ends_is_remarked() {
    check(
        r#"mod main
fn down(n: Num) -> Num { ret down(n - 1) }               #! RC3(W)
fn right(n: Num) -> Num {
    if n { == 0 { ret 0 } }
    ret right(n - 1)
}
fn main() -> Void {
    let n = 3
    while n > 0 {                                        #! CF6(W)
        print("again")
    }
}
fn fine() -> Void {
    let mut n = 3
    while n > 0 {
        n -= 1
    }
    let list = [1]
    while list.len() > 0 {                               #! CF6(W)
        print("again")
    }
    let mut other = [1]
    while other.has(0) {
        other.take(0).unwrap()
    }
}
"#,
    );
}

#[test]
fn chains_as_long_as_the_source_do_not_exhaust_the_stack() {
    let calls = format!("1{}", ".abs()".repeat(4000));
    let sum = format!("1{}", " + 1".repeat(4000));
    let text = format!("\"a\"{}", " + \"b\"".repeat(2000));
    let fields = format!("x{}", ".a".repeat(4000));
    let source = format!(
        "mod main\nfn main() -> Void {{\n    let a = {calls}\n    let b = {sum}\n    let c = {text}\n    let x = 1\n    let d = {fields}\n}}\n"
    );
    let (db, file) = load(&source);
    for func in crate::items::functions_of(&db, file) {
        let _ = crate::mir::diagnostics(&db, func);
        let _ = crate::frame::frame(&db, func);
    }
}
