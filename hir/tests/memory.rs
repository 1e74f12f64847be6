//! What is known of memory beyond one function: depth, recursion, provenance and blocks that calls hand over.

use hir::frame::{Depth, Frame, HeapOperation, deepest_use, depth, frame};
use hir::items::functions_of;
use hir::{Database, File, FuncId, Program, ProgramKind, Severity, display};
use salsa::Setter as _;
use std::sync::Arc;
use syntax::Edition;

/// One file is loose; several, each after its `#@ file` line, are a project.
fn load(text: &str) -> (Database, Vec<File>) {
    let mut db = Database::new();
    let parts: Vec<(&str, &str)> = match text.strip_prefix("#@ file ") {
        None => vec![("main.spp", text)],
        Some(rest) => rest.split("#@ file ").map(|part| part.split_once('\n').expect("a path")).collect(),
    };
    let kind = if parts.len() > 1 { ProgramKind::Project } else { ProgramKind::Loose };
    let program = Program::new(&db, kind, Edition::E2023, Arc::from([]));
    let file = |db: &Database, (path, text): &(&str, &str)| {
        let module = path.trim_end_matches(".spp").replace('/', ".");
        let module = (kind == ProgramKind::Project).then(|| Arc::from(module));
        File::new(db, Arc::from(*text), Edition::E2023, program, module, Arc::from(*path))
    };
    let files: Vec<File> = parts.iter().map(|part| file(&db, part)).collect();
    program.set_files(&mut db).to(Arc::from(files.clone()));
    (db, files)
}

#[track_caller]
fn function(db: &Database, files: &[File], name: &str) -> FuncId {
    let mut all = files.iter().flat_map(|file| functions_of(db, *file));
    all.find(|func| display::function_name(db, *func) == name)
        .unwrap_or_else(|| panic!("no function `{name}`"))
}

#[track_caller]
fn bytes_of(db: &Database, func: FuncId) -> u64 {
    match depth(db, func) {
        Depth::Bytes { bytes, .. } => *bytes,
        other => panic!("{other:?}"),
    }
}

fn warnings(text: &str) -> Vec<String> {
    let (db, files) = load(text);
    let mut found = Vec::new();
    for file in files {
        for diagnostic in hir::file_diagnostics(&db, file).iter() {
            let line = text[..usize::from(diagnostic.range.start())].matches('\n').count() + 1;
            assert_ne!(diagnostic.severity, Severity::Error, "{}", diagnostic.message);
            if diagnostic.code.starts_with('A') {
                found.push(format!("{line} {}: {}", diagnostic.code, diagnostic.message));
            }
        }
    }
    found
}

const MIRROR: &str = "mod main
cls Mirror[T] { }
sup[T] Alloc[T] for Mirror[T] {
    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].alloc(size) }
    @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].realloc(arr, size) }
    @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] { ret GlobalAlloc[T].dealloc(arr) }
}
fn take[A: Alloc](n: Num) -> Ret[Arr[A.Item], AllocErr] {
    let arr = A.alloc(n)?
    ret std.pass(arr)
}
fn inner(arr: Arr[Num]) -> Ret[Void, AllocErr] { ret GlobalAlloc[Num].dealloc(arr) }
fn give_back(arr: Arr[Num]) -> Ret[Void, AllocErr] { ret inner(arr) }
";

#[test]
fn an_array_is_followed_through_the_functions_that_take_and_give_it_back() {
    let text = format!(
        "{MIRROR}fn main() -> Void {{
    let a = take[Mirror[Num]](2).unwrap()
    give_back(a).unwrap()
    let b = take[Mirror[Num]](2).unwrap()
    GlobalAlloc[Num].dealloc(b).unwrap()
    let c = take[Mirror[Num]](2).unwrap()
    print(\"${{c.length}}\")
    let d = take[Mirror[Num]](2).unwrap()
    Mirror[Num].dealloc(d).unwrap()
    let e = take[GlobalAlloc[Num]](2).unwrap()
    give_back(e).unwrap()
    print(\"${{give_back([1, 2]).is_pass()}}\")
}}
"
    );
    assert_eq!(
        warnings(&text),
        [
            "16 A45: `a` comes from `Mirror[Num]`, but `give_back` gives it to `GlobalAlloc[Num].dealloc`",
            "18 A45: `b` comes from `Mirror[Num]`, but is given to `GlobalAlloc[Num].dealloc`",
            "19 A44: `c` is released only implicitly, when it is dropped",
            "25 A45: the array was never allocated, but `give_back` gives it to `GlobalAlloc[Num].dealloc`",
        ]
    );
}

#[test]
fn where_the_allocator_is_open_nothing_is_said() {
    let text = format!(
        "{MIRROR}fn either(flag: Bool) -> Ret[Arr[Num], AllocErr] {{
    if flag {{ true {{ ret Mirror[Num].alloc(1) }} }}
    ret GlobalAlloc[Num].alloc(1)
}}
fn back[A: Alloc](arr: Arr[A.Item]) -> Ret[Void, AllocErr] {{ ret A.dealloc(arr) }}
fn main() -> Void {{
    let a = either(true).unwrap()
    give_back(a).unwrap()
    let b = take[Mirror[Num]](2).unwrap()
    back[Mirror[Num]](b).unwrap()
}}
"
    );
    assert_eq!(warnings(&text), Vec::<String>::new());
}

fn sites(db: &Database, frame: &Frame, owner: &str) -> Vec<String> {
    let owned = frame.heap_sites.iter().filter(|site| site.operation != HeapOperation::Release);
    let name = |slot| {
        let slot = frame.slots.iter().find(|known| known.slot == slot)?;
        slot.name.as_ref().map(ToString::to_string)
    };
    owned
        .filter(|site| site.owner.and_then(name).unwrap_or_default() == owner)
        .map(|site| site.allocator_text(db))
        .collect()
}

#[test]
fn a_collection_of_the_program_is_understood_without_a_del() {
    let text = format!(
        "{MIRROR}cls Buf {{ data: Arr[Num] used: Num }}
sup Buf {{
    @static fn new(n: Num) -> Ret[Buf, AllocErr] {{
        let data = take[Mirror[Num]](n)?
        ret std.pass(Buf {{ data=data, used=0 }})
    }}
    fn grow(&mut self) -> Ret[Void, AllocErr] {{
        let old = std.mem.replace(&mut self.data, Arr[Num].new())
        self.data = Mirror[Num].realloc(old, 10)?
        ret std.pass()
    }}
}}
fn main() -> Void {{
    let mut buf = Buf.new(4).unwrap()
    buf.grow().unwrap()
}}
"
    );
    let (db, files) = load(&text);
    let main = frame(&db, function(&db, &files, "main")).expect("it has a body");
    assert_eq!(sites(&db, main, "buf"), ["Mirror[Num]", "Mirror[Num]"]);
    let drop = main.drops.iter().find(|drop| drop.name.as_deref() == Some("buf")).expect("it is dropped");
    assert_eq!(drop.releases.texts(&db), ["Mirror[Num]"]);
}

#[test]
fn text_that_is_gone_when_a_call_returns_belongs_to_no_argument() {
    let text = "mod main
cls Reader { text: Str at: Num }
fn peek(reader: &mut Reader) -> Num {
    print(\"${reader.at}\")
    ret reader.at
}
fn label(reader: &mut Reader) -> Void { reader.text = \"${reader.at}\" }
fn main() -> Void {
    let mut reader = Reader { text=\"x\", at=0 }
    print(\"${peek(&mut reader)}\")
    label(&mut reader)
}
";
    let (db, files) = load(text);
    let main = frame(&db, function(&db, &files, "main")).expect("it has a body");
    assert_eq!(sites(&db, main, "reader"), ["GlobalAlloc"]);
}

#[test]
fn a_plain_array_that_leaves_its_frame_is_a_heap_site() {
    let text = "mod main
fn near() -> Num {
    let list = [2, 3, 5]
    ret list.length
}
fn far() -> Arr[Num] {
    let list = [2, 3, 5]
    ret list
}
fn direct() -> Arr[Num] { ret [7, 8] }
fn onward() -> Arr[Num] { ret far() }
";
    let (db, files) = load(text);
    let of = |name: &str| {
        let frame = frame(&db, function(&db, &files, name)).expect("it has a body");
        let sites = frame.heap_sites.iter();
        sites.map(|site| (site.allocator_text(&db), site.max_bytes)).collect::<Vec<_>>()
    };
    assert_eq!(of("near"), []);
    assert_eq!(of("far"), [("no allocator".to_owned(), Some(48))]);
    assert_eq!(of("direct"), [("no allocator".to_owned(), Some(32))]);
    assert_eq!(of("onward"), [], "the block is on the heap already");
}

const EVEN_ODD: &str = "#@ file src/main.spp
mod src.main
use src.even.is_even
fn main() -> Void { print(\"${is_even(10)}\") }
#@ file src/even.spp
mod src.even
use src.odd.is_odd
fn is_even(n: Num) -> Bool {
    if n { == 0 { ret true } }
    ret is_odd(n - 1)
}
#@ file src/odd.spp
mod src.odd
use src.even.is_even
fn is_odd(n: Num) -> Bool {
    if n { == 0 { ret false } }
    let room = [1, 2, 3]
    ret is_even(n - room.length + 2)
}
";

#[test]
fn a_recursion_through_two_files_has_one_frame() {
    let (db, files) = load(EVEN_ODD);
    let even = function(&db, &files, "is_even");
    let odd = function(&db, &files, "is_odd");
    let sizes = [even, odd].map(|func| frame(&db, func).and_then(|frame| frame.size).expect("a size"));
    assert_eq!(bytes_of(&db, even), u64::from(sizes[0].max(sizes[1])));
    let Depth::Bytes { cycle, .. } = depth(&db, even) else { panic!("it is known") };
    assert_eq!(cycle, &["is_even", "is_odd"]);
}

#[test]
fn calls_through_files_and_del_are_linked_as_recursion() {
    use hir::mir::{Recursion, StatementKind};
    let (db, files) = load(EVEN_ODD);
    let main = function(&db, &files, "main");
    let odd = function(&db, &files, "is_odd");
    let cycles = hir::call_graph::cycles_below(&db, main);
    let mir = hir::mir::mir(&db, odd).expect("it has a body");
    let linked = cycles.linked(&db, files[0].program(&db), mir);
    let calls = |mir: &hir::mir::Mir| {
        let of = |statement: &hir::mir::Statement| match &statement.kind {
            StatementKind::Call(call) => Some(call.recursion),
            _ => None,
        };
        mir.statements().filter_map(of).filter(|it| *it != Recursion::None).collect::<Vec<_>>()
    };
    assert_eq!(calls(mir), [], "one file does not know");
    assert_eq!(calls(&linked), [Recursion::Tail]);
}

#[test]
fn recursion_through_del_has_one_frame() {
    let text = "mod main
cls Link { n: Num }
sup Del for Link {
    fn del(self) -> Void {
        if self.n { > 0 { let inner = Link { n=self.n - 1 } print(\"${inner.n}\") } }
    }
}
fn main() -> Void { let link = Link { n=3 } print(\"${link.n}\") }
";
    let (db, files) = load(text);
    let del = function(&db, &files, "Link.del");
    let Depth::Bytes { bytes, cycle, .. } = depth(&db, del) else { panic!("it is known") };
    assert_eq!(cycle, &["Link.del"]);
    assert_eq!(Some(*bytes), frame(&db, del).and_then(|frame| frame.size).map(u64::from));
}

#[test]
fn a_frame_that_depends_on_types_says_so_and_names_its_deepest_use() {
    let text = "mod main
fn twice[T](value: T) -> (T, T) where [T: Copy] { ret (value, value) }
fn main() -> Void {
    let a = twice(1)
    let b = twice((1, 2))
    print(\"${a.0} ${b.0.0}\")
}
";
    let (db, files) = load(text);
    let twice = function(&db, &files, "twice");
    let Depth::Unknown { because } = depth(&db, twice) else { panic!("it depends on `T`") };
    assert!(because.contains('T'), "{because}");
    let used = deepest_use(&db, twice).expect("`main` calls it");
    assert_eq!(used.instance, "T = (Num, Num)");
    assert!(bytes_of(&db, function(&db, &files, "main")) >= used.bytes);
}

#[test]
fn a_dynamic_call_counts_every_override() {
    let text = "mod main
cls Shape { }
sup Shape { fn area(&self) -> Num { ret 0 } }
cls Disc { r: Num }
sup Shape for Disc {
    fn area(&self) -> Num {
        let parts = (self.r, self.r, self.r, self.r, self.r, self.r)
        ret parts.0 + parts.5
    }
}
fn measure(shape: &Shape) -> Num { ret shape.area() }
";
    let (db, files) = load(text);
    let measure = function(&db, &files, "measure");
    let of = |name: &str| bytes_of(&db, function(&db, &files, name));
    assert!(of("Disc.area") > of("Shape.area"));
    let own = frame(&db, measure).and_then(|frame| frame.size).expect("a size");
    assert_eq!(bytes_of(&db, measure), u64::from(own) + of("Disc.area"));
}
