//! Types of an instance and their layout in words.

use super::{Compiler, Instance, Key, Outcome, Refusal, Within};
use hir::ids::FuncId;
use hir::items::{Env, signature};
use hir::layout::{self, ObjectLayout};
use hir::signature::Container;
use hir::ty::{Convention, Subst, Ty, TyArgs};
use hir::{ClassId, facts, members, sups};
use std::sync::Arc;

impl Compiler<'_> {
    /// A type with everything generic replaced.
    pub fn concrete(&self, subst: &Subst, ty: &Ty) -> Ty {
        let ty = subst.apply(ty);
        if ty.any(&mut |part| matches!(part, Ty::Assoc(..))) {
            sups::normalise(self.db, self.program, &Env::EMPTY, &ty)
        } else {
            ty
        }
    }

    pub fn concrete_args(&self, subst: &Subst, args: &TyArgs) -> TyArgs {
        args.iter().map(|arg| self.concrete(subst, arg)).collect()
    }

    /// Words of a value.
    pub fn words(&self, ty: &Ty) -> Outcome<u32> {
        match layout::layout_of(self.db, self.program, ty) {
            Ok(layout) => Ok(layout.size / layout::WORD),
            Err(_) => Err(Refusal(format!("`{}` has no size", ty.display(self.db)))),
        }
    }

    /// Words of a slot that holds a value or a borrow.
    pub fn held_words(&self, convention: Convention, ty: &Ty) -> Outcome<u32> {
        match convention {
            Convention::Value => self.words(ty),
            Convention::Ref | Convention::Mut => Ok(self.borrow_words(ty)),
        }
    }

    pub fn borrow_words(&self, ty: &Ty) -> u32 {
        layout::borrow_size(self.db, self.program, ty).map_or(1, |size| size / layout::WORD)
    }

    pub fn object(&self, ty: &Ty) -> Outcome<Arc<ObjectLayout>> {
        layout::object_layout(self.db, self.program, ty)
            .map_err(|_| Refusal(format!("`{}` has no size", ty.display(self.db))))
    }

    /// Whether a variable of the type may hold an object of another class (S16).
    pub fn is_polymorphic(&self, ty: &Ty) -> bool {
        ty.class().is_some_and(|class| layout::is_polymorphic(self.db, self.program, class))
    }

    pub fn is_function_type(&self, ty: &Ty) -> bool {
        ty.class().is_some_and(|class| self.lang.fn_kind(class).is_some())
    }

    pub fn is_class(&self, ty: &Ty, class: ClassId) -> bool {
        ty.class() == Some(class)
    }

    pub fn is_enum(&self, ty: &Ty) -> bool {
        ty.class().is_some_and(|class| hir::items::class_data(self.db, class).members.is_some())
    }

    pub fn is_void(&self, ty: &Ty) -> bool {
        matches!(ty, Ty::Never) || self.is_class(ty, self.lang.void)
    }

    pub fn needs_drop(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Closure(closure) => {
                let fields = hir::mir::closure_fields(self.db, closure.owner, closure.expr);
                fields.is_some_and(|fields| {
                    fields
                        .iter()
                        .any(|field| field.convention == Convention::Value && self.needs_drop(&field.ty))
                })
            }
            _ if self.is_polymorphic(ty) => true,
            _ => facts::needs_drop(self.db, self.program, &Env::EMPTY, ty),
        }
    }

    /// First argument of a class: the element type of an array, the value of a `Fut`.
    pub fn argument(&self, ty: &Ty, index: usize) -> Ty {
        match ty {
            Ty::Class(_, args) => args.get(index).cloned().unwrap_or(Ty::Unknown),
            _ => Ty::Unknown,
        }
    }

    /// Payload types of an `Opt`, `Ret` or `Var`, by state.
    pub fn payloads(&self, ty: &Ty) -> Vec<Ty> {
        layout::payloads(self.db, self.program, ty).map_or_else(Vec::new, |payloads| payloads.to_vec())
    }

    /// The number of a class instance at run time.
    pub fn tag(&mut self, ty: &Ty) -> u32 {
        if let Some(&known) = self.tags.get(ty) {
            return known;
        }
        let tag = self.tag_types.len() as u32 + 1;
        self.tag_types.push(ty.clone());
        self.tags.insert(ty.clone(), tag);
        self.extend_tables(ty, tag);
        tag
    }

    /// A class that is met for the first time, such as a collection with an allocator of the program's own, takes its
    /// place in the tables that were made before.
    fn extend_tables(&mut self, ty: &Ty, tag: u32) {
        let fits = |compiler: &Self, base: &Ty| {
            ty != base && sups::superimposes_instance(compiler.db, compiler.program, &Env::EMPTY, ty, base)
        };
        let drops: Vec<((Ty, Within), u32)> =
            self.drop_tables.iter().map(|(key, table)| (key.clone(), *table)).collect();
        for ((base, within), table) in drops {
            if fits(self, &base) && self.object_needs_drop(ty) {
                let function = self.function(Key::DropObject(ty.clone(), within));
                self.set_table(table, tag, function + 1);
            }
        }
        let methods: Vec<((Instance, Ty), u32)> =
            self.tables.iter().map(|(key, table)| (key.clone(), *table)).collect();
        for ((instance, base), table) in methods {
            if fits(self, &base) {
                self.add_override(&instance, ty, table, tag);
            }
        }
        let offsets: Vec<((Ty, ClassId, u32), u32)> =
            self.offset_tables.iter().map(|(key, table)| (key.clone(), *table)).collect();
        for ((base, class, attribute), table) in offsets {
            if fits(self, &base)
                && let Ok(object) = self.object(ty)
            {
                let offset = object.attribute(class, attribute).unwrap_or(0) / layout::WORD;
                self.set_table(table, tag, offset);
            }
        }
    }

    fn add_override(&mut self, instance: &Instance, ty: &Ty, table: u32, tag: u32) {
        let resolved = self.resolve(instance, ty);
        if self.mir(resolved.func).is_some() {
            let function = self.function(Key::VirtualAdapter(resolved, ty.clone()));
            self.set_table(table, tag, function + 1);
        }
    }

    /// All classes whose objects a variable of type `base` may hold, with their tags.
    pub fn possible(&mut self, base: &Ty) -> Vec<(u32, Ty)> {
        let classes = layout::possible_classes(self.db, self.program, base);
        classes.into_iter().map(|ty| (self.tag(&ty), ty)).collect()
    }

    /// The instance that runs when a method is called on a type.
    pub fn resolve(&self, instance: &Instance, self_ty: &Ty) -> Instance {
        let (func, container_args) = members::resolve_override(
            self.db,
            self.program,
            instance.func,
            &instance.container_args,
            self_ty,
        );
        // A static method that a class inherits runs with that class as `Self`; an object says itself what it is (SP14).
        let is_static = signature(self.db, func).self_param.is_none();
        let inherits = is_static && self.container_class(func) != self_ty.class();
        Instance {
            func,
            container_args,
            args: instance.args.clone(),
            self_ty: inherits.then(|| self_ty.clone()),
        }
    }

    /// The class whose body or block holds a method: the target of the block.
    pub fn container_class(&self, func: FuncId) -> Option<ClassId> {
        self.container_type(func).and_then(|ty| ty.class())
    }

    /// The type that `Self` is in the body of a method.
    pub fn container_type(&self, func: FuncId) -> Option<Ty> {
        match signature(self.db, func).container {
            Container::Class(class) => Some(hir::items::class_type(self.db, class)),
            Container::Sup(sup) => Some(hir::items::sup_head(self.db, sup).target.clone()),
            Container::Function(parent) => self.container_type(parent),
            Container::Module => None,
        }
    }

    /// The base class of the `sup` block that holds a method.
    pub fn container_base(&self, func: FuncId) -> Option<ClassId> {
        match signature(self.db, func).container {
            Container::Sup(sup) => hir::items::sup_head(self.db, sup).base.as_ref().and_then(Ty::class),
            _ => None,
        }
    }

    /// Table of the code that drops an object by its class tag; it is given a borrow of the object.
    pub fn drop_table(&mut self, base: &Ty, within: Within) -> u32 {
        let key = (base.clone(), within);
        if let Some(&known) = self.drop_tables.get(&key) {
            return known;
        }
        let index = self.new_table();
        self.drop_tables.insert(key, index);
        for (tag, ty) in self.possible(base) {
            if self.object_needs_drop(&ty) {
                let function = self.function(Key::DropObject(ty, within));
                self.set_table(index, tag, function + 1);
            }
        }
        index
    }

    /// Whether dropping an object of exactly this class does something.
    pub fn object_needs_drop(&self, ty: &Ty) -> bool {
        facts::needs_drop(self.db, self.program, &Env::EMPTY, ty)
    }

    /// Table of the overrides of a method by class tag.
    pub fn method_table(&mut self, instance: &Instance, base: &Ty) -> u32 {
        let key = (instance.clone(), base.clone());
        if let Some(&known) = self.tables.get(&key) {
            return known;
        }
        let index = self.new_table();
        self.tables.insert(key, index);
        for (tag, ty) in self.possible(base) {
            self.add_override(instance, &ty, index, tag);
        }
        index
    }

    /// Table of the word at which an attribute of a base class stands, by class tag.
    pub fn offset_table(&mut self, base: &Ty, class: ClassId, attribute: u32) -> Outcome<OffsetOf> {
        let classes = self.possible(base);
        let mut offsets = Vec::with_capacity(classes.len());
        for (tag, ty) in classes {
            let offset = self.object(&ty)?.attribute(class, attribute).unwrap_or(0) / layout::WORD;
            offsets.push((tag, offset));
        }
        if let Some(&(_, first)) = offsets.first()
            && offsets.iter().all(|(_, offset)| *offset == first)
        {
            return Ok(OffsetOf::Fixed(first));
        }
        let key = (base.clone(), class, attribute);
        if let Some(&known) = self.offset_tables.get(&key) {
            return Ok(OffsetOf::Table(known));
        }
        let index = self.new_table();
        self.offset_tables.insert(key, index);
        for (tag, offset) in offsets {
            self.set_table(index, tag, offset);
        }
        Ok(OffsetOf::Table(index))
    }

    /// The set of class tags that are, or super-impose, a class.
    pub fn class_set(&mut self, class: &Ty) -> u16 {
        if let Some(&known) = self.class_sets.get(class) {
            return known;
        }
        let tags: Vec<u32> = self.possible(class).into_iter().map(|(tag, _)| tag).collect();
        let mut set = vec![false; tags.iter().max().map_or(0, |largest| *largest as usize + 1)];
        for tag in tags {
            set[tag as usize] = true;
        }
        let index = self.code.class_sets.len() as u16;
        self.code.class_sets.push(set);
        self.class_sets.insert(class.clone(), index);
        index
    }

    fn new_table(&mut self) -> u32 {
        self.code.tables.push(Vec::new());
        self.code.tables.len() as u32 - 1
    }

    fn set_table(&mut self, table: u32, tag: u32, value: u32) {
        let table = &mut self.code.tables[table as usize];
        if table.len() <= tag as usize {
            table.resize(tag as usize + 1, 0);
        }
        table[tag as usize] = value;
    }
}

/// Where an attribute stands in objects of different classes.
pub enum OffsetOf {
    Fixed(u32),
    Table(u32),
}
