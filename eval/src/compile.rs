//! MIR to bytecode. Every function is compiled for the types it is called with, when it is first called.

mod call;
mod function;
mod fused;
mod glue;
mod innate;
mod library;
mod peephole;
mod place;
mod rvalue;
mod states;
mod types;
mod uses;

use crate::machine::{Code, Function, NOT_COMPILED, Shape, Site};
use crate::num::Bigs;
use crate::op::FuncIndex;
use hir::ids::{FuncId, Name};
use hir::lang::{LangItems, lang_items};
use hir::mir::Mir;
use hir::ty::{Subst, Ty, TyArgs};
use hir::{ClassId, Db, Program};
use runtime::AllocError;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Why a function could not be compiled: an error in the program, or something beyond the evaluator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal(pub String);

pub type Outcome<T> = Result<T, Refusal>;

/// Which code a function of the machine is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// A function for the arguments of its generic parameters.
    Function(Instance),
    /// A coroutine that is only awaited: it runs like a function up to its `yield`.
    Awaited(Instance),
    /// The n-th lambda of a body, found along a path of nested lambdas.
    Lambda(Instance, Vec<u32>),
    /// The value of a default argument.
    Default(Instance, u32),
    /// Drops the value of this type that the one argument refers to.
    Drop(Ty, Within),
    /// Drops the object of exactly this class that the one argument refers to.
    DropObject(Ty, Within),
    /// Drops the elements of an array of this type from the word in the second argument on.
    DropElements(Ty, Within),
    /// A function item as a function value: the object in front of the arguments is left out.
    ItemAdapter(Instance),
    /// A lambda that takes its object by value, called with a borrow of it.
    LambdaAdapter(Instance, Vec<u32>),
    /// An override called through a borrow with class, or through a variable of the base class.
    VirtualAdapter(Instance, Ty),
    /// A generator over `Arr.get_ref` or `Arr.get_mut`.
    ArrayElement(Ty),
}

/// The cycle of the call graph that something is dropped in, if a `del` lies on it: calling that takes over the frame of the
/// cycle (F9, F13).
pub type Within = Option<u32>;

/// A function with what stands for generic parameters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Instance {
    pub func: FuncId,
    pub container_args: TyArgs,
    pub args: TyArgs,
    /// For a method inherited from a base: what `Self` is.
    pub self_ty: Option<Ty>,
}

pub struct Compiler<'db> {
    pub db: &'db dyn Db,
    pub program: Program,
    pub lang: &'db LangItems,
    pub code: Code,
    pub bigs: Bigs,
    /// Emit code that tells the tracer of calls and drops.
    pub trace: bool,
    /// And of where the storage of each slot begins and ends.
    pub trace_slots: bool,
    functions: FxHashMap<Key, FuncIndex>,
    keys: Vec<Key>,
    shapes: FxHashMap<Shape, u16>,
    literals: FxHashMap<Arc<str>, u32>,
    tags: FxHashMap<Ty, u32>,
    tag_types: Vec<Ty>,
    tables: FxHashMap<(Instance, Ty), u32>,
    offset_tables: FxHashMap<(Ty, ClassId, u32), u32>,
    drop_tables: FxHashMap<(Ty, Within), u32>,
    class_sets: FxHashMap<Ty, u16>,
    tally_keys: FxHashMap<Ty, u16>,
    /// Number of each allocator type, as the machine's heap knows it.
    pub allocators: Vec<(Ty, String)>,
    /// Function that releases arrays of an allocator.
    pub releasers: Vec<(u32, FuncIndex)>,
    regexes: FxHashMap<Box<str>, u32>,
    mirs: FxHashMap<FuncId, Option<Arc<Mir>>>,
    /// Recursion through several files and through `del` (F10).
    pub cycles: Arc<hir::call_graph::Cycles>,
}

impl<'db> Compiler<'db> {
    pub fn new(db: &'db dyn Db, program: Program) -> Self {
        let lang = lang_items(db, program.edition(db));
        let mut compiler = Compiler {
            db,
            program,
            lang,
            code: Code::default(),
            bigs: Bigs::default(),
            trace: false,
            trace_slots: false,
            functions: FxHashMap::default(),
            keys: Vec::new(),
            shapes: FxHashMap::default(),
            literals: FxHashMap::default(),
            tags: FxHashMap::default(),
            tag_types: Vec::new(),
            tables: FxHashMap::default(),
            offset_tables: FxHashMap::default(),
            drop_tables: FxHashMap::default(),
            class_sets: FxHashMap::default(),
            tally_keys: FxHashMap::default(),
            allocators: Vec::new(),
            releasers: Vec::new(),
            regexes: FxHashMap::default(),
            mirs: FxHashMap::default(),
            cycles: Arc::default(),
        };
        // The empty text is literal 0, see `EMPTY_TEXT`.
        compiler.literal("");
        for message in crate::support::FAILURE_MESSAGES {
            let literal = compiler.literal(message);
            compiler.code.failure_messages.push((message, literal));
        }
        for error in [
            AllocError::OutOfMemory,
            AllocError::BadSize,
            AllocError::BadAlign,
            AllocError::ForeignBlock,
            AllocError::Overflow,
        ] {
            let literal = compiler.literal(error.message());
            compiler.code.alloc_messages.push((error, literal));
        }
        compiler
    }

    /// The function for a key; its code is made when it is first called.
    pub fn function(&mut self, key: Key) -> FuncIndex {
        if let Some(&known) = self.functions.get(&key) {
            return known;
        }
        let index = self.keys.len() as FuncIndex;
        let name = Arc::from(self.name_of(&key));
        let is_glue = match &key {
            Key::Function(_) | Key::Awaited(_) | Key::Lambda(..) | Key::Default(..) => false,
            Key::Drop(..) | Key::DropObject(..) | Key::DropElements(..) | Key::ItemAdapter(_) => true,
            Key::LambdaAdapter(..) | Key::VirtualAdapter(..) | Key::ArrayElement(_) => true,
        };
        self.code.functions.push(Function {
            name,
            entry: NOT_COMPILED,
            words: 0,
            frame_bytes: 0,
            argument_words: 0,
            abandon: NOT_COMPILED,
            is_glue,
        });
        self.functions.insert(key.clone(), index);
        self.keys.push(key);
        index
    }

    pub fn key(&self, function: FuncIndex) -> Option<&Key> {
        self.keys.get(function as usize)
    }

    /// The function of the program that code belongs to, for positions.
    pub fn func_of(&self, function: FuncIndex) -> Option<FuncId> {
        match self.key(function)? {
            Key::Function(instance)
            | Key::Awaited(instance)
            | Key::Lambda(instance, _)
            | Key::Default(instance, _)
            | Key::ItemAdapter(instance)
            | Key::LambdaAdapter(instance, _)
            | Key::VirtualAdapter(instance, _) => Some(instance.func),
            Key::Drop(..) | Key::DropObject(..) | Key::DropElements(..) | Key::ArrayElement(_) => None,
        }
    }

    /// Makes the code of a function.
    pub fn compile(&mut self, function: FuncIndex) -> Outcome<()> {
        let Some(key) = self.key(function).cloned() else {
            return Err(Refusal("a function that does not exist was called".to_owned()));
        };
        match &key {
            Key::Function(instance) => self.compile_function(function, instance, false),
            Key::Awaited(instance) => self.compile_function(function, instance, true),
            Key::Lambda(instance, path) => self.compile_lambda(function, instance, path),
            Key::Default(instance, param) => self.compile_default(function, instance, *param),
            Key::Drop(ty, within) => self.compile_drop(function, ty, *within),
            Key::DropObject(ty, within) => self.compile_drop_object(function, ty, *within),
            Key::DropElements(element, within) => self.compile_drop_elements(function, element, *within),
            Key::ItemAdapter(instance) => self.compile_item_adapter(function, instance),
            Key::LambdaAdapter(instance, path) => self.compile_lambda_adapter(function, instance, path),
            Key::VirtualAdapter(instance, base) => self.compile_virtual_adapter(function, instance, base),
            Key::ArrayElement(element) => self.compile_array_element(function, element),
        }
    }

    pub fn mir(&mut self, func: FuncId) -> Option<Arc<Mir>> {
        let (db, program, cycles) = (self.db, self.program, &self.cycles);
        let linked = || hir::mir::mir(db, func).map(|mir| cycles.linked(db, program, mir));
        self.mirs.entry(func).or_insert_with(linked).clone()
    }

    /// What stands for the generic parameters of an instance.
    pub fn subst(&self, instance: &Instance) -> Subst {
        let mut subst = Subst::default();
        if let Some(item) = hir::items::signature(self.db, instance.func).container.item() {
            subst = subst.with(item, instance.container_args.clone());
        }
        subst.with(instance.func.0, instance.args.clone())
    }

    pub fn literal(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.literals.get(text) {
            return known;
        }
        let shared: Arc<str> = Arc::from(text);
        let index = self.code.literals.len() as u32;
        self.code.literals.push(shared.clone());
        self.literals.insert(shared, index);
        index
    }

    pub fn shape(&mut self, element: &Ty) -> Outcome<u16> {
        let words = self.words(element)?;
        let niche = words > 0 && hir::layout::has_niche(self.db, self.program, element);
        let shape = Shape { words, niche };
        if let Some(&known) = self.shapes.get(&shape) {
            return Ok(known);
        }
        let index = u16::try_from(self.code.shapes.len()).map_err(|_| too_large())?;
        self.code.shapes.push(shape);
        self.shapes.insert(shape, index);
        Ok(index)
    }

    pub fn regex(&mut self, pattern: &str) -> u32 {
        if let Some(&known) = self.regexes.get(pattern) {
            return known;
        }
        let index = self.code.regexes.len() as u32;
        // The whole text must match (8.3.11).
        let compiled = regex::Regex::new(&format!("^(?:{pattern})$"))
            .map_err(|error| format!("the regular expression is not valid: {error}"));
        self.code.regexes.push(compiled);
        self.regexes.insert(pattern.into(), index);
        index
    }

    /// Position of an account of `std.tally`.
    pub fn tally_key(&mut self, ty: &Ty) -> u16 {
        let next = self.tally_keys.len() as u16;
        *self.tally_keys.entry(ty.clone()).or_insert(next)
    }

    /// The number under which the heap knows an allocator. `GlobalAlloc` is one, whatever its elements.
    pub fn allocator(&mut self, ty: &Ty) -> u16 {
        if ty.class() == Some(self.lang.global_alloc) {
            return 0;
        }
        if let Some(at) = self.allocators.iter().position(|(known, _)| known == ty) {
            return at as u16 + 1;
        }
        let name = ty.display(self.db).to_string();
        self.allocators.push((ty.clone(), name));
        self.allocators.len() as u16
    }

    pub(crate) fn site(&mut self, function: FuncIndex, range: syntax::TextRange) {
        let at = self.code.ops.len() as u32;
        let site = Site { function, start: range.start().into(), end: range.end().into() };
        match self.code.sites.last_mut() {
            Some((last, known)) if *last == at => *known = site,
            Some((_, known)) if *known == site => {}
            _ => self.code.sites.push((at, site)),
        }
    }

    fn name_of(&self, key: &Key) -> String {
        let qualified = |instance: &Instance| hir::display::function_name(self.db, instance.func);
        match key {
            Key::Function(instance) | Key::Awaited(instance) => qualified(instance),
            Key::Lambda(instance, _) | Key::LambdaAdapter(instance, _) => {
                format!("{} (lambda)", qualified(instance))
            }
            Key::Default(instance, _) => format!("{} (default argument)", qualified(instance)),
            Key::ItemAdapter(instance) | Key::VirtualAdapter(instance, _) => qualified(instance),
            Key::Drop(ty, _) | Key::DropObject(ty, _) => format!("drop of {}", ty.display(self.db)),
            Key::DropElements(ty, _) => format!("drop of elements {}", ty.display(self.db)),
            Key::ArrayElement(_) => "Arr.get_ref".to_owned(),
        }
    }

    /// The name of a class, and of what is declared in it.
    pub(crate) fn class_name(&self, class: ClassId) -> &Name {
        &hir::items::class_data(self.db, class).name
    }
}

pub(crate) fn too_large() -> Refusal {
    Refusal("the program is too large to be evaluated".to_owned())
}
