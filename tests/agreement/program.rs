//! Random programs without errors, and their text.

use std::fmt::Write as _;

/// A small generator of numbers; the same seed gives the same programs.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// Prints its tag when it is dropped.
    Noisy,
    /// Two of them as attributes.
    Pair,
    /// One, in an object with a `del` of its own.
    Guard,
    Tuple,
    Opt,
    Vec,
    /// Whose buffer comes from an allocator of the program.
    PoolVec,
    /// A vector of vectors.
    Nested,
    /// A plain array.
    Arr,
    /// Arrays asked from an allocator.
    GlobalArr,
    PoolArr,
}

impl Type {
    /// Attributes or elements that can be moved out one by one.
    fn parts(self) -> &'static [&'static str] {
        match self {
            Type::Pair => &["a", "b"],
            Type::Tuple => &["0", "1"],
            _ => &[],
        }
    }

    fn is_vector(self) -> bool {
        matches!(self, Type::Vec | Type::PoolVec)
    }
}

#[derive(Clone, Debug)]
pub enum Expr {
    Make(u32),
    Variable(usize),
    Part(usize, usize),
    PassOn(Box<Expr>),
    /// Leaves the function with its failure if the flag is not set.
    Check(u32, usize),
    UnwrapOr(Box<Expr>, Box<Expr>),
    Pair(Box<Expr>, Box<Expr>),
    /// The first attribute, the rest from another object.
    PairElse(Box<Expr>, Box<Expr>),
    Guard(u32, Box<Expr>),
    Tuple(Box<Expr>, Box<Expr>),
    Some(Box<Expr>),
    /// Something only if the flag is set.
    Maybe(u32, usize),
    Pop(usize),
    Collect(Type, Vec<Expr>),
    /// A vector of an array's allocator, of this many slots of which the first is filled.
    Fill(Type, Box<Expr>),
    /// The value of one of two branches.
    If(usize, Box<Expr>, Box<Expr>),
    /// The value of a block with a variable of its own.
    Block(usize, Box<Expr>, Box<Expr>),
}

impl Expr {
    fn ends_in_place(&self) -> bool {
        match self {
            Expr::Variable(_) | Expr::Part(..) => true,
            Expr::If(_, then, otherwise) => then.ends_in_place() || otherwise.ends_in_place(),
            Expr::Block(_, _, value) => value.ends_in_place(),
            _ => false,
        }
    }
}

#[derive(Clone, Debug)]
pub enum Stmt {
    Let(usize, Expr),
    /// `let x = maybe(…) else { … }`
    LetElse(usize, u32, usize, Expr),
    Assign(usize, Expr),
    AssignPart(usize, usize, Expr),
    /// A value that nobody takes.
    Discard(Expr),
    Eat(Expr),
    Swallow(u32, Expr),
    Look(usize, Option<usize>),
    /// Of a temporary.
    LookAt(Expr),
    Visit(u32, usize),
    Push(usize, Expr),
    SetElement(usize, Expr),
    GiveBack(usize),
    /// Moves a value away, and puts another one there.
    Renew(usize, Expr),
    If(usize, Vec<Stmt>, Vec<Stmt>),
    While(usize, Vec<Stmt>),
    Block(Vec<Stmt>),
    Return(bool, u32),
    /// A lambda that takes the variable, and how often it is called.
    Capture(usize, usize, u32),
    /// One that borrows it.
    CaptureRef(usize, usize, u32),
    /// One that uses it up, called or not.
    CaptureOnce(usize, usize, bool),
    /// A generator, how far it goes, and the variable it is in.
    Series(usize, u32, u32),
}

#[derive(Clone, Debug)]
pub struct Variable {
    pub ty: Type,
    /// Depth of the loops around its declaration.
    loops: u32,
    states: Vec<State>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    There,
    Gone,
    Maybe,
}

/// One function: its variables by number, and what it does.
#[derive(Clone, Debug)]
pub struct Program {
    pub variables: Vec<Type>,
    pub body: Vec<Stmt>,
}

/// Parameters of every function: variables 0 and 1, then three flags.
pub const PARAMETERS: [Type; 2] = [Type::Noisy, Type::Pair];
pub const FLAGS: usize = 3;

struct Generator<'r> {
    random: &'r mut Random,
    variables: Vec<Variable>,
    /// Those that can be named, innermost last.
    scope: Vec<usize>,
    loops: u32,
    tag: u32,
    budget: u32,
}

pub fn generate(random: &mut Random) -> Program {
    let mut generator =
        Generator { random, variables: Vec::new(), scope: Vec::new(), loops: 0, tag: 0, budget: 12 };
    for ty in PARAMETERS {
        generator.declare(ty);
    }
    let (body, _) = generator.statements(0);
    Program { variables: generator.variables.iter().map(|it| it.ty).collect(), body }
}

impl Generator<'_> {
    fn declare(&mut self, ty: Type) -> usize {
        let states = vec![State::There; ty.parts().len().max(1)];
        self.variables.push(Variable { ty, loops: self.loops, states });
        self.scope.push(self.variables.len() - 1);
        self.variables.len() - 1
    }

    fn tag(&mut self) -> u32 {
        self.tag += 1;
        self.tag
    }

    fn flag(&mut self) -> usize {
        self.random.below(FLAGS as u64) as usize
    }

    fn is_whole(&self, variable: usize) -> bool {
        self.variables[variable].states.iter().all(|state| *state == State::There)
    }

    /// A variable for which this holds.
    fn pick(&mut self, holds: impl Fn(&Self, usize) -> bool) -> Option<usize> {
        let fitting: Vec<usize> = self.scope.iter().copied().filter(|it| holds(self, *it)).collect();
        if fitting.is_empty() {
            return None;
        }
        let at = self.random.below(fitting.len() as u64) as usize;
        Some(fitting[at])
    }

    /// One that may be moved here: a loop must not move what was declared outside (OW9).
    fn movable(&mut self, ty: Type) -> Option<usize> {
        let variable = self.pick(|this, it| {
            let variable = &this.variables[it];
            variable.ty == ty && variable.loops == this.loops && this.is_whole(it)
        })?;
        self.variables[variable].states.fill(State::Gone);
        Some(variable)
    }

    fn movable_part(&mut self) -> Option<Expr> {
        let variable = self.pick(|this, it| {
            let variable = &this.variables[it];
            !variable.ty.parts().is_empty()
                && variable.loops == this.loops
                && variable.states.contains(&State::There)
        })?;
        let part = self.variables[variable].states.iter().position(|state| *state == State::There)?;
        self.variables[variable].states[part] = State::Gone;
        Some(Expr::Part(variable, part))
    }

    fn noisy(&mut self, depth: u32) -> Expr {
        let choice = if depth > 2 { 0 } else { self.random.below(12) };
        let moved = match choice {
            1..=3 => self.movable(Type::Noisy).map(Expr::Variable),
            4 => self.movable_part(),
            5 => Some(Expr::PassOn(Box::new(self.noisy(depth + 1)))),
            6 => Some(Expr::Check(self.tag(), self.flag())),
            7 => {
                let opt = self.opt(depth + 1);
                Some(Expr::UnwrapOr(Box::new(opt), Box::new(self.noisy(depth + 1))))
            }
            8 => {
                let flag = self.flag();
                let before = self.snapshot();
                let then = self.noisy(depth + 1);
                let after = self.snapshot();
                self.restore(&before);
                let otherwise = self.noisy(depth + 1);
                self.join(&after);
                Some(Expr::If(flag, Box::new(then), Box::new(otherwise)))
            }
            9 => {
                let first = self.noisy(depth + 1);
                let inner = self.declare(Type::Noisy);
                let value = self.noisy(depth + 1);
                self.scope.retain(|it| *it != inner);
                Some(Expr::Block(inner, Box::new(first), Box::new(value)))
            }
            _ => None,
        };
        moved.unwrap_or_else(|| Expr::Make(self.tag()))
    }

    fn opt(&mut self, depth: u32) -> Expr {
        match self.random.below(4) {
            0 => Expr::Some(Box::new(self.noisy(depth + 1))),
            1 => match self.pick(|this, it| this.variables[it].ty.is_vector() && this.is_whole(it)) {
                Some(vector) => Expr::Pop(vector),
                None => Expr::Maybe(self.tag(), self.flag()),
            },
            2 => match self.movable(Type::Opt) {
                Some(variable) => Expr::Variable(variable),
                None => Expr::Maybe(self.tag(), self.flag()),
            },
            _ => Expr::Maybe(self.tag(), self.flag()),
        }
    }

    fn expr(&mut self, ty: Type, depth: u32) -> Expr {
        if !matches!(ty, Type::Noisy | Type::Opt)
            && depth < 3
            && self.random.chance(4)
            && let Some(variable) = self.movable(ty)
        {
            return Expr::Variable(variable);
        }
        match ty {
            Type::Noisy => self.noisy(depth),
            Type::Opt => self.opt(depth),
            Type::Pair if depth < 2 && self.random.chance(5) => {
                let first = self.noisy(depth + 1);
                Expr::PairElse(Box::new(first), Box::new(self.expr(Type::Pair, depth + 1)))
            }
            Type::Pair => {
                let first = self.noisy(depth + 1);
                Expr::Pair(Box::new(first), Box::new(self.noisy(depth + 1)))
            }
            Type::Tuple => {
                let first = self.noisy(depth + 1);
                Expr::Tuple(Box::new(first), Box::new(self.noisy(depth + 1)))
            }
            Type::Guard => Expr::Guard(self.tag(), Box::new(self.noisy(depth + 1))),
            Type::Nested => {
                let count = 1 + self.random.below(2);
                Expr::Collect(ty, (0..count).map(|_| self.expr(Type::Vec, depth + 1)).collect())
            }
            Type::GlobalArr | Type::PoolArr => Expr::Fill(ty, Box::new(self.noisy(depth + 1))),
            Type::Vec | Type::PoolVec | Type::Arr => {
                let least = u64::from(ty == Type::Arr);
                let count = least + self.random.below(3);
                Expr::Collect(ty, (0..count).map(|_| self.noisy(depth + 1)).collect())
            }
        }
    }

    fn any_type(&mut self) -> Type {
        use Type::*;
        let all = [
            Noisy, Noisy, Noisy, Pair, Pair, Guard, Tuple, Opt, Vec, PoolVec, Nested, Arr, GlobalArr, PoolArr,
        ];
        all[self.random.below(all.len() as u64) as usize]
    }

    fn snapshot(&self) -> Vec<Vec<State>> {
        self.variables.iter().map(|variable| variable.states.clone()).collect()
    }

    fn restore(&mut self, states: &[Vec<State>]) {
        for (variable, states) in self.variables.iter_mut().zip(states) {
            variable.states.clone_from(states);
        }
    }

    fn join(&mut self, other: &[Vec<State>]) {
        for (variable, states) in self.variables.iter_mut().zip(other) {
            for (state, other) in variable.states.iter_mut().zip(states) {
                if state != other {
                    *state = State::Maybe;
                }
            }
        }
    }

    /// Statements, and whether the last one leaves the function.
    fn statements(&mut self, depth: u32) -> (Vec<Stmt>, bool) {
        let outside = self.scope.len();
        let mut list = Vec::new();
        let mut leaves = false;
        for _ in 0..2 + self.random.below(6) {
            if self.budget == 0 || leaves {
                break;
            }
            self.budget -= 1;
            if let Some((statement, ends)) = self.statement(depth) {
                list.push(statement);
                leaves = ends;
            }
        }
        self.scope.truncate(outside);
        (list, leaves)
    }

    fn statement(&mut self, depth: u32) -> Option<(Stmt, bool)> {
        let whole = |this: &Self, it: usize, ty: Type| this.variables[it].ty == ty && this.is_whole(it);
        let statement = match self.random.below(30) {
            0..=5 => {
                let ty = self.any_type();
                let value = self.expr(ty, 0);
                Stmt::Let(self.declare(ty), value)
            }
            6 => {
                let (tag, flag) = (self.tag(), self.flag());
                let before = self.snapshot();
                let other = self.noisy(1);
                self.join(&before);
                Stmt::LetElse(self.declare(Type::Noisy), tag, flag, other)
            }
            7..=8 => {
                let variable = self.pick(|_, _| true)?;
                let ty = self.variables[variable].ty;
                let value = self.expr(ty, 0);
                self.variables[variable].states.fill(State::There);
                Stmt::Assign(variable, value)
            }
            9 => {
                let value = self.noisy(0);
                // What is left of a value that may be gone as a whole cannot be told apart here.
                let variable = self.pick(|this, it| {
                    let variable = &this.variables[it];
                    !variable.ty.parts().is_empty() && variable.states.contains(&State::There)
                })?;
                let part = self.random.below(2) as usize;
                if self.variables[variable].states[part] == State::Maybe {
                    return None;
                }
                self.variables[variable].states[part] = State::There;
                Stmt::AssignPart(variable, part, value)
            }
            10 => {
                let ty = self.any_type();
                let before = self.snapshot();
                let value = self.expr(ty, 1);
                // The name of a variable alone does not move it (OW1). Which of two temporaries of an initialiser with
                // `else` is older is not said.
                if value.ends_in_place() || matches!(value, Expr::PairElse(..)) {
                    self.restore(&before);
                    return None;
                }
                Stmt::Discard(value)
            }
            11..=12 => Stmt::Eat(self.noisy(0)),
            13 => Stmt::Swallow(1 + self.random.below(3) as u32, self.noisy(1)),
            14 => match self.random.below(2) {
                0 => Stmt::Look(self.pick(|this, it| whole(this, it, Type::Noisy))?, None),
                _ => {
                    let variable = self.pick(|this, it| {
                        let variable = &this.variables[it];
                        !variable.ty.parts().is_empty() && variable.states.contains(&State::There)
                    })?;
                    let states = &self.variables[variable].states;
                    Stmt::Look(variable, states.iter().position(|state| *state == State::There))
                }
            },
            15 => Stmt::LookAt(Expr::Make(self.tag())),
            16 => {
                let variable = self.pick(|this, it| whole(this, it, Type::Noisy))?;
                Stmt::Visit(1 + self.random.below(3) as u32, variable)
            }
            17..=18 => {
                let value = self.noisy(1);
                let vector = self.pick(|this, it| this.variables[it].ty.is_vector() && this.is_whole(it))?;
                Stmt::Push(vector, value)
            }
            19 => {
                let value = self.noisy(1);
                let array = self.pick(|this, it| whole(this, it, Type::Arr))?;
                Stmt::SetElement(array, value)
            }
            20 => {
                let ty = if self.random.chance(2) { Type::GlobalArr } else { Type::PoolArr };
                Stmt::GiveBack(self.movable(ty)?)
            }
            21 => {
                let variable = self.pick(|this, it| whole(this, it, Type::Noisy))?;
                Stmt::Renew(variable, Expr::Make(self.tag()))
            }
            22..=23 if depth < 3 => {
                let flag = self.flag();
                let before = self.snapshot();
                let (then, then_leaves) = self.statements(depth + 1);
                let after = self.snapshot();
                self.restore(&before);
                let (otherwise, otherwise_leaves) = self.statements(depth + 1);
                match (then_leaves, otherwise_leaves) {
                    (true, _) => {}
                    (false, true) => self.restore(&after),
                    (false, false) => self.join(&after),
                }
                return Some((Stmt::If(flag, then, otherwise), then_leaves && otherwise_leaves));
            }
            24 if depth < 3 => {
                self.loops += 1;
                let before = self.snapshot();
                let counter = self.variables.len();
                self.variables.push(Variable {
                    ty: Type::Noisy,
                    loops: self.loops,
                    states: vec![State::Gone],
                });
                let (body, _) = self.statements(depth + 1);
                self.join(&before);
                self.loops -= 1;
                Stmt::While(counter, body)
            }
            25 if depth < 3 => {
                let (body, leaves) = self.statements(depth + 1);
                return Some((Stmt::Block(body), leaves));
            }
            26 if depth > 0 => {
                return Some((Stmt::Return(self.random.chance(2), self.tag()), true));
            }
            27 => {
                let variable = self.movable(Type::Noisy)?;
                let lambda = self.lambda();
                match self.random.below(3) {
                    0 => Stmt::CaptureOnce(lambda, variable, self.random.chance(2)),
                    _ => Stmt::Capture(lambda, variable, self.random.below(3) as u32),
                }
            }
            28 => {
                let variable = self.pick(|this, it| whole(this, it, Type::Noisy))?;
                Stmt::CaptureRef(self.lambda(), variable, self.random.below(3) as u32)
            }
            29 => Stmt::Series(self.lambda(), self.tag(), self.random.below(4) as u32),
            _ => Stmt::Eat(Expr::Make(self.tag())),
        };
        Some((statement, false))
    }

    /// A number for a name that no other statement can use.
    fn lambda(&mut self) -> usize {
        self.variables.push(Variable { ty: Type::Noisy, loops: self.loops, states: vec![State::Gone] });
        self.variables.len() - 1
    }
}

/// What all programs of a file share.
pub const HEAD: &str = r#"mod main
cls Noisy { tag: Num }
sup Del for Noisy { fn del(self) -> Void { print("drop ${self.tag}") } }
cls Pair {
    a: Noisy
    b: Noisy
}
cls Guard {
    name: Num
    held: Noisy
}
sup Del for Guard { fn del(self) -> Void { print("guard ${self.name}") } }
cls Pool[T] { }
sup[T] Alloc[T] for Pool[T] {
    use Item = T
    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].alloc(size) }
    @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].realloc(arr, size) }
    @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] { ret GlobalAlloc[T].dealloc(arr) }
}
fn make(n: Num) -> Noisy { ret Noisy { tag=n } }
fn eat(x: Noisy) -> Void { print("eat ${x.tag}") }
fn look(x: &Noisy) -> Void { print("look ${x.tag}") }
fn pass_on(x: Noisy) -> Noisy { ret x }
fn maybe(n: Num, give: Bool) -> Opt[Noisy] {
    if give { true { ret std.some(make(n)) } }
    ret std.none()
}
fn check(n: Num, fine: Bool) -> Ret[Noisy, Noisy] {
    if fine { false { ret std.fail(make(n)) } }
    ret std.pass(make(n))
}
fn swallow(n: Num, x: Noisy) -> Void {
    if n { == 0 { ret } }
    print("deep ${n}")
    swallow(n - 1, x)
}
fn visit(n: Num, x: &Noisy) -> Num {
    if n { == 0 { ret 0 } }
    ret x.tag + visit(n - 1, x)
}
fn fill_global(x: Noisy) -> Arr[Noisy] {
    let mut arr = GlobalAlloc[Noisy].alloc(2).unwrap()
    arr.put(0, x).unwrap()
    ret arr
}
fn fill_pool(x: Noisy) -> Arr[Noisy] {
    let mut arr = Pool[Noisy].alloc(2).unwrap()
    arr.put(0, x).unwrap()
    ret arr
}
gn series(n: Num) -> Gen[Noisy] {
    let held = make(n * 10 + 5000)
    let mut i = 0
    while i < 2 {
        yield make(n * 10 + i + 6000)
        i += 1
    }
}
"#;

impl Program {
    /// The function and an entry that calls it with two sets of flags.
    pub fn write(&self, index: usize, text: &mut String) {
        let _ = writeln!(
            text,
            "fn b{index}(mut v0: Noisy, mut v1: Pair, f0: Bool, f1: Bool, f2: Bool) -> Ret[Num, Noisy] {{"
        );
        let mut writer = Writer { program: self, text, indent: 1 };
        writer.statements(&self.body);
        let ends = matches!(self.body.last(), Some(last) if leaves(last));
        if !ends {
            writer.line("ret std.pass(0)");
        }
        text.push_str("}\n");
        let _ = writeln!(text, "fn p{index}() -> Void {{");
        for flags in RUNS {
            let pair = "Pair { a=make(902), b=make(903) }";
            let flags = flags.map(|flag| flag.to_string()).join(", ");
            let _ = writeln!(text, "    {{");
            let _ = writeln!(text, "        let r = b{index}(make(901), {pair}, {flags})");
            let _ = writeln!(text, "        print(\"${{r.is_pass()}}\")");
            let _ = writeln!(text, "    }}");
        }
        text.push_str("}\n");
    }
}

/// Flags of the calls that an entry makes.
pub const RUNS: [[bool; FLAGS]; 3] = [[true, false, true], [false, true, true], [true, true, false]];

pub fn leaves(statement: &Stmt) -> bool {
    let all = |list: &[Stmt]| list.last().is_some_and(leaves);
    match statement {
        Stmt::Return(..) => true,
        Stmt::Block(list) => all(list),
        Stmt::If(_, then, otherwise) => all(then) && all(otherwise),
        _ => false,
    }
}

struct Writer<'a> {
    program: &'a Program,
    text: &'a mut String,
    indent: usize,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{:1$}{line}", "", self.indent * 4);
    }

    fn block(&mut self, head: &str, list: &[Stmt]) {
        self.line(&format!("{head}{{"));
        self.indent += 1;
        self.statements(list);
        self.indent -= 1;
        self.line("}");
    }

    fn statements(&mut self, list: &[Stmt]) {
        for statement in list {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        let types = &self.program.variables;
        let expr = |value: &Expr| expr(types, value);
        let line = match statement {
            Stmt::Let(variable, Expr::Fill(ty, first)) if variable % 2 == 0 => {
                let allocator = if *ty == Type::PoolArr { "Pool" } else { "GlobalAlloc" };
                let first = expr(first);
                self.line(&format!("let mut v{variable} = {allocator}[Noisy].alloc(2).unwrap()"));
                format!("v{variable}.put(0, {first}).unwrap()")
            }
            Stmt::Let(variable, value) => format!("let mut v{variable} = {}", expr(value)),
            Stmt::LetElse(variable, tag, flag, other) => {
                format!("let mut v{variable} = maybe({tag}, f{flag}) else {{ {} }}", expr(other))
            }
            Stmt::Assign(variable, value) => format!("v{variable} = {}", expr(value)),
            Stmt::AssignPart(variable, part, value) => {
                format!("v{variable}.{} = {}", self.program.variables[*variable].parts()[*part], expr(value))
            }
            Stmt::Discard(value) => expr(value),
            Stmt::Eat(value) => format!("eat({})", expr(value)),
            Stmt::Swallow(depth, value) => format!("swallow({depth}, {})", expr(value)),
            Stmt::Look(variable, None) => format!("look(&v{variable})"),
            Stmt::Look(variable, Some(part)) => {
                format!("look(&v{variable}.{})", self.program.variables[*variable].parts()[*part])
            }
            Stmt::LookAt(value) => format!("look(&{})", expr(value)),
            Stmt::Visit(depth, variable) => format!("print(\"${{visit({depth}, &v{variable})}}\")"),
            Stmt::Push(variable, value) => format!("v{variable}.push({}).unwrap()", expr(value)),
            Stmt::SetElement(variable, value) => format!("v{variable}.set(0, {}).unwrap()", expr(value)),
            Stmt::GiveBack(variable) => {
                let allocator = match self.program.variables[*variable] {
                    Type::PoolArr => "Pool",
                    _ => "GlobalAlloc",
                };
                format!("{allocator}[Noisy].dealloc(v{variable}).unwrap()")
            }
            Stmt::Renew(variable, value) => {
                let value = expr(value);
                self.line(&format!("eat(v{variable})"));
                format!("v{variable} = {value}")
            }
            Stmt::If(flag, then, otherwise) => {
                self.line(&format!("if f{flag} {{"));
                self.indent += 1;
                self.block("true ", then);
                self.block("else ", otherwise);
                self.indent -= 1;
                "}".to_owned()
            }
            Stmt::While(counter, body) => {
                self.line(&format!("let mut v{counter} = 0"));
                self.line(&format!("while v{counter} < 2 {{"));
                self.indent += 1;
                self.line(&format!("v{counter} += 1"));
                self.statements(body);
                self.indent -= 1;
                "}".to_owned()
            }
            Stmt::Block(body) => {
                self.block("", body);
                return;
            }
            Stmt::Return(true, _) => "ret std.pass(1)".to_owned(),
            Stmt::Return(false, tag) => format!("ret std.fail(make({tag}))"),
            Stmt::Capture(lambda, variable, calls) => {
                self.line("{");
                self.line(&format!("    let w{lambda} = [v{variable}](n: Num) -> {{ print(\"in ${{v{variable}.tag}} ${{n}}\") }}"));
                for call in 0..*calls {
                    self.line(&format!("    w{lambda}({call})"));
                }
                "}".to_owned()
            }
            Stmt::CaptureRef(lambda, variable, calls) => {
                self.line("{");
                self.line(&format!("    let w{lambda} = [&v{variable}](n: Num) -> {{ look(v{variable}) }}"));
                for call in 0..*calls {
                    self.line(&format!("    w{lambda}({call})"));
                }
                "}".to_owned()
            }
            Stmt::CaptureOnce(lambda, variable, called) => {
                self.line("{");
                self.line(&format!("    let w{lambda} = [v{variable}]() -> {{ eat(v{variable}) }}"));
                if *called {
                    self.line(&format!("    w{lambda}()"));
                }
                "}".to_owned()
            }
            Stmt::Series(variable, tag, count) => {
                self.line("{");
                self.line(&format!("    let mut g{variable} = series({tag})"));
                for _ in 0..*count {
                    self.line(&format!("    g{variable}.next().is_pass()"));
                }
                "}".to_owned()
            }
        };
        self.line(&line);
    }
}

fn list(types: &[Type], values: &[Expr]) -> String {
    values.iter().map(|value| expr(types, value)).collect::<Vec<_>>().join(", ")
}

fn expr(types: &[Type], value: &Expr) -> String {
    let expr = |value: &Expr| expr(types, value);
    let list = |values: &[Expr]| list(types, values);
    match value {
        Expr::Make(tag) => format!("make({tag})"),
        Expr::Variable(variable) => format!("v{variable}"),
        Expr::Part(variable, part) => format!("v{variable}.{}", types[*variable].parts()[*part]),
        Expr::PassOn(inner) => format!("pass_on({})", expr(inner)),
        Expr::Check(tag, flag) => format!("check({tag}, f{flag})?"),
        Expr::UnwrapOr(opt, other) => format!("{}.unwrap_or({})", expr(opt), expr(other)),
        Expr::Pair(a, b) => format!("Pair {{ a={}, b={} }}", expr(a), expr(b)),
        Expr::PairElse(a, rest) => format!("Pair {{ a={}, else={} }}", expr(a), expr(rest)),
        Expr::Guard(name, held) => format!("Guard {{ name={name}, held={} }}", expr(held)),
        Expr::Tuple(a, b) => format!("({}, {})", expr(a), expr(b)),
        Expr::Some(inner) => format!("std.some({})", expr(inner)),
        Expr::Maybe(tag, flag) => format!("maybe({tag}, f{flag})"),
        Expr::Pop(vector) => format!("v{vector}.pop()"),
        Expr::Collect(ty, values) => match ty {
            Type::Arr => format!("[{}]", list(values)),
            Type::PoolVec => format!("Vec[Noisy, A=Pool[Noisy]].new({})", list(values)),
            Type::Nested => format!("Vec[Vec[Noisy]].new({})", list(values)),
            _ => format!("Vec[Noisy].new({})", list(values)),
        },
        Expr::Fill(Type::PoolArr, first) => format!("fill_pool({})", expr(first)),
        Expr::Fill(_, first) => format!("fill_global({})", expr(first)),
        Expr::If(flag, then, otherwise) => {
            format!("if f{flag} {{ true {{ {} }} else {{ {} }} }}", expr(then), expr(otherwise))
        }
        Expr::Block(variable, first, value) => {
            format!("{{\nlet mut v{variable} = {}\n{}\n}}", expr(first), expr(value))
        }
    }
}
