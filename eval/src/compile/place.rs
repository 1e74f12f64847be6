//! Places: where a value stands, as a slot or behind a borrow.

use super::function::{Body, Emitter, slot};
use super::types::OffsetOf;
use super::{Outcome, Refusal, too_large};
use crate::op::{Builtin, Op};
use crate::word::array;
use hir::ClassId;
use hir::layout::WORD;
use hir::mir::{self, Arg, Const, Operand, Projection, SlotId};
use hir::ty::{Convention, Ty};

/// A place with its type.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Words of the frame.
    Frame {
        word: u16,
        ty: Ty,
        convention: Convention,
        /// Where the class tag stands if the place is an object seen as a base class, without tag in front.
        tag: Option<u16>,
    },
    /// Behind a borrow in a slot, some words further on.
    Memory { pointer: u16, offset: u16, ty: Ty, convention: Convention, tag: Option<u16> },
}

impl Place {
    pub fn ty(&self) -> &Ty {
        match self {
            Place::Frame { ty, .. } | Place::Memory { ty, .. } => ty,
        }
    }

    pub fn convention(&self) -> Convention {
        match self {
            Place::Frame { convention, .. } | Place::Memory { convention, .. } => *convention,
        }
    }

    fn tag(&self) -> Option<u16> {
        match self {
            Place::Frame { tag, .. } | Place::Memory { tag, .. } => *tag,
        }
    }

    /// The part some words further on, with its own type.
    pub fn part(&self, words: u32, part: Ty, held: Convention) -> Outcome<Place> {
        let further = |word: u16| slot(u32::from(word) + words);
        Ok(match self {
            Place::Frame { word, .. } => {
                Place::Frame { word: further(*word)?, ty: part, convention: held, tag: None }
            }
            Place::Memory { pointer, offset, .. } => Place::Memory {
                pointer: *pointer,
                offset: further(*offset)?,
                ty: part,
                convention: held,
                tag: None,
            },
        })
    }
}

impl Body<'_, '_> {
    pub fn slot_place(&self, id: SlotId) -> Place {
        let (convention, ty) = self.slot_type(id);
        Place::Frame { word: self.slots[id.0 as usize].0, ty, convention, tag: None }
    }

    pub fn place(&mut self, place: &mir::Place) -> Outcome<Place> {
        let mut at = self.slot_place(place.slot);
        for projection in &place.projection {
            at = match projection {
                Projection::Deref => self.deref(&at)?,
                Projection::Attribute { class, index } => self.emit.attribute(&at, *class, *index)?,
                Projection::TupleField(index) => self.emit.element_of_tuple(&at, *index)?,
                Projection::Base(class) => self.emit.base_part(&at, *class)?,
                Projection::Capture(index) => self.capture(&at, *index)?,
            };
        }
        Ok(at)
    }

    fn deref(&mut self, at: &Place) -> Outcome<Place> {
        if at.convention() == Convention::Value {
            return Ok(at.clone());
        }
        let words = self.emit.compiler.borrow_words(at.ty());
        let pointer = match at {
            Place::Frame { word, .. } => *word,
            Place::Memory { .. } => {
                let to = self.emit.temporary(words)?;
                self.emit.load(to, at, words)?;
                to
            }
        };
        let tag = (words == 2).then_some(pointer + 1);
        Ok(Place::Memory { pointer, offset: 0, ty: at.ty().clone(), convention: Convention::Value, tag })
    }

    fn capture(&mut self, at: &Place, index: u32) -> Outcome<Place> {
        let fields = self.mir.captures.clone();
        let mut words = 0;
        for field in &fields[..(index as usize).min(fields.len())] {
            let ty = self.ty(&field.ty);
            words += self.emit.compiler.held_words(field.convention, &ty)?;
        }
        let Some(field) = fields.get(index as usize) else {
            return Err(Refusal("a capture is missing".to_owned()));
        };
        at.part(words, self.ty(&field.ty), field.convention)
    }

    /// The slot in which an operand's value stands, and its type; loaded into a temporary where needed.
    pub fn operand(&mut self, operand: &Operand) -> Outcome<(u16, Ty)> {
        match operand {
            Operand::Move(place) | Operand::Copy(place) => {
                if let Some(array) = self.array_of_length(place) {
                    let to = self.emit.temporary(2)?;
                    self.length_of(to, &array)?;
                    return Ok((to, Ty::Class(self.emit.compiler.lang.num, hir::TyArgs::EMPTY)));
                }
                let place = self.place(place)?;
                let ty = place.ty().clone();
                match place {
                    Place::Frame { word, .. } => Ok((word, ty)),
                    Place::Memory { .. } => {
                        let words = self.emit.compiler.held_words(place.convention(), &ty)?;
                        let to = self.emit.temporary(words)?;
                        self.emit.load(to, &place, words)?;
                        Ok((to, ty))
                    }
                }
            }
            Operand::Const(constant) => {
                let ty = self.constant_type(constant);
                let words = self.emit.compiler.words(&ty)?;
                let to = self.emit.temporary(words)?;
                self.constant(to, constant)?;
                Ok((to, ty))
            }
        }
    }

    /// Puts an operand's value into slots; answers how many words it has.
    pub fn operand_to(&mut self, to: u16, operand: &Operand) -> Outcome<u32> {
        match operand {
            Operand::Move(place) | Operand::Copy(place) => {
                if let Some(array) = self.array_of_length(place) {
                    self.length_of(to, &array)?;
                    return Ok(2);
                }
                if let Some(words) = self.redirect_operand(to, place) {
                    return Ok(words);
                }
                let place = self.place(place)?;
                let words = self.emit.compiler.held_words(place.convention(), place.ty())?;
                self.emit.load(to, &place, words)?;
                Ok(words)
            }
            Operand::Const(constant) => {
                let ty = self.constant_type(constant);
                self.constant(to, constant)?;
                self.emit.compiler.words(&ty)
            }
        }
    }

    /// The array of which a place is the length.
    pub fn array_of_length(&self, place: &mir::Place) -> Option<mir::Place> {
        match place.projection.split_last()? {
            (Projection::Attribute { class, .. }, array) if *class == self.emit.compiler.lang.arr => {
                Some(mir::Place { slot: place.slot, projection: array.iter().cloned().collect() })
            }
            _ => None,
        }
    }

    pub fn length_of(&mut self, to: u16, array: &mir::Place) -> Outcome<()> {
        let array = self.place(array)?;
        self.length(to, &array)
    }

    /// Type and convention of an operand.
    pub fn operand_type(&mut self, operand: &Operand) -> Outcome<(Convention, Ty)> {
        match operand {
            Operand::Move(place) | Operand::Copy(place) => self.type_of(place),
            Operand::Const(constant) => Ok((Convention::Value, self.constant_type(constant))),
        }
    }

    /// Type and convention of a place, without code.
    pub fn type_of(&mut self, place: &mir::Place) -> Outcome<(Convention, Ty)> {
        let before = (self.emit.ops.len(), self.emit.scratch);
        let place = self.place(place)?;
        self.emit.ops.truncate(before.0);
        self.emit.scratch = before.1;
        Ok((place.convention(), place.ty().clone()))
    }

    fn constant_type(&self, constant: &Const) -> Ty {
        let lang = self.emit.compiler.lang;
        let class = |class: ClassId| Ty::Class(class, hir::TyArgs::EMPTY);
        match constant {
            Const::Number(_) => class(lang.num),
            Const::Bool(_) => class(lang.bool),
            Const::Str(_) => class(lang.str),
            Const::Regex(_) => class(lang.rgx),
            Const::EnumMember(id, _) => class(*id),
            Const::Func(of) => Ty::Func(of.0, self.emit.compiler.concrete_args(&self.subst, &of.1)),
            Const::Void => class(lang.void),
        }
    }

    fn constant(&mut self, to: u16, constant: &Const) -> Outcome<()> {
        match constant {
            Const::Number(number) => {
                if number.imaginary {
                    self.emit.number(to, &format!("{}i", number.text))?;
                } else {
                    self.emit.number(to, &number.text)?;
                }
            }
            Const::Bool(value) => self.emit.op(Op::Word { to, value: i32::from(*value) }),
            Const::Str(text) => {
                let literal = self.emit.compiler.literal(text);
                self.emit.op(Op::Text { to, literal });
            }
            Const::Regex(pattern) => {
                let value = self.emit.compiler.regex(pattern) as i32 + 1;
                self.emit.op(Op::Word { to, value });
            }
            Const::EnumMember(_, index) => self.emit.op(Op::Word { to, value: *index as i32 + 1 }),
            Const::Func(..) | Const::Void => {}
        }
        Ok(())
    }

    /// The slots of an argument's words: a value, or a borrow.
    pub fn argument(&mut self, argument: &Arg) -> Outcome<(u16, u32)> {
        match argument {
            Arg::Value(operand) => {
                let (convention, ty) = self.operand_type(operand)?;
                let words = self.emit.compiler.held_words(convention, &ty)?;
                let (at, _) = self.operand(operand)?;
                Ok((at, words))
            }
            Arg::Ref { place, upcast, .. } => {
                let place = self.place(place)?;
                let seen = upcast.as_ref().map(|ty| self.ty(ty));
                self.emit.borrow(&place, seen.as_ref())
            }
        }
    }

    /// A slot that holds the borrow an argument is.
    pub fn pointer_argument(&mut self, argument: &Arg) -> Outcome<u16> {
        match argument {
            Arg::Value(operand) => {
                let (convention, _) = self.operand_type(operand)?;
                let (at, ty) = self.operand(operand)?;
                if convention != Convention::Value {
                    return Ok(at);
                }
                // A value where the callee borrows: a borrow of the temporary.
                let place = Place::Frame { word: at, ty, convention, tag: None };
                self.emit.pointer_to(&place)
            }
            Arg::Ref { place, .. } => {
                let place = self.place(place)?;
                self.emit.pointer_to(&place)
            }
        }
    }
}

impl Emitter<'_, '_> {
    pub fn number(&mut self, to: u16, literal: &str) -> Outcome<()> {
        let Some(words) = self.compiler.bigs.parse(literal) else {
            return Err(Refusal(format!("`{literal}` is not a number")));
        };
        if words[0] == crate::word::num::INT
            && let Ok(value) = i32::try_from(words[1] as i64)
        {
            self.op(Op::Int { to, value });
            return Ok(());
        }
        if words[0] == crate::word::num::BIG {
            // The digits belong to the machine that runs the code (S9).
            let (text, digits) = (self.temporary(3)?, self.compiler.literal(literal));
            self.op(Op::Text { to: text, literal: digits });
            self.op(Op::Builtin { builtin: Builtin::NumParse, a: to, b: text, c: 0 });
            return Ok(());
        }
        self.two_words(to, words);
        Ok(())
    }

    /// The header of an array without slots: it has no block.
    pub fn empty_array(&mut self, to: u16) {
        self.two_words(to, [array::NO_BLOCK, 0]);
    }

    fn two_words(&mut self, to: u16, words: [u64; 2]) {
        let constant = self.compiler.code.constants.len() as u32;
        self.compiler.code.constants.extend(words);
        self.op(Op::Num { to, constant });
    }

    /// Copies the words of a place into slots.
    pub fn load(&mut self, to: u16, place: &Place, words: u32) -> Outcome<()> {
        match place {
            Place::Frame { word, .. } => self.move_words(to, *word, words),
            Place::Memory { pointer, offset, .. } => {
                let (pointer, offset) = (*pointer, *offset);
                match words {
                    0 => {}
                    1 => self.op(Op::Load1 { to, pointer, offset }),
                    2 => self.op(Op::Load2 { to, pointer, offset }),
                    _ => {
                        let mut done = 0;
                        while done < words {
                            let some = (words - done).min(255);
                            self.op(Op::LoadN {
                                words: some as u8,
                                to: slot(u32::from(to) + done)?,
                                pointer,
                                offset: slot(u32::from(offset) + done)?,
                            });
                            done += some;
                        }
                    }
                }
                Ok(())
            }
        }
    }

    /// Copies slots into a place.
    pub fn store(&mut self, place: &Place, from: u16, words: u32) -> Outcome<()> {
        match place {
            Place::Frame { word, .. } => self.move_words(*word, from, words),
            Place::Memory { pointer, offset, .. } => {
                let (pointer, offset) = (*pointer, *offset);
                match words {
                    0 => {}
                    1 => self.op(Op::Store1 { pointer, from, offset }),
                    2 => self.op(Op::Store2 { pointer, from, offset }),
                    _ => {
                        let mut done = 0;
                        while done < words {
                            let some = (words - done).min(255);
                            self.op(Op::StoreN {
                                words: some as u8,
                                pointer,
                                from: slot(u32::from(from) + done)?,
                                offset: slot(u32::from(offset) + done)?,
                            });
                            done += some;
                        }
                    }
                }
                Ok(())
            }
        }
    }

    /// A slot that holds a borrow of a place, without class.
    pub fn pointer_to(&mut self, place: &Place) -> Outcome<u16> {
        match place {
            // The place holds a borrow itself: that is handed on (CC3).
            Place::Frame { word, convention: Convention::Ref | Convention::Mut, .. } => Ok(*word),
            Place::Memory { convention: Convention::Ref | Convention::Mut, ty, .. } => {
                let words = self.compiler.borrow_words(ty);
                let to = self.temporary(words)?;
                self.load(to, place, words)?;
                Ok(to)
            }
            Place::Frame { word, .. } => {
                let to = self.temporary(1)?;
                self.address(to, *word);
                Ok(to)
            }
            Place::Memory { pointer, offset: 0, .. } => Ok(*pointer),
            Place::Memory { pointer, offset, .. } => {
                let to = self.temporary(1)?;
                self.op(Op::Offset { to, pointer: *pointer, words: *offset });
                Ok(to)
            }
        }
    }

    /// The words of a borrow of a place, seen as another type where that is given.
    pub fn borrow(&mut self, place: &Place, seen: Option<&Ty>) -> Outcome<(u16, u32)> {
        let from = place.ty().clone();
        let to_ty = seen.unwrap_or(&from).clone();
        let words = self.compiler.borrow_words(&to_ty);
        if words == 1 {
            return Ok((self.pointer_to(place)?, 1));
        }
        if place.convention() != Convention::Value && self.compiler.borrow_words(&from) == 2 {
            // Handed on with its class.
            return Ok((self.pointer_to(place)?, 2));
        }
        let to = self.temporary(2)?;
        if let (Some(code), true) = (place.tag(), self.compiler.is_function_type(&from)) {
            // Handed on: the object, and the code.
            let pointer = self.pointer_to(place)?;
            self.move_words(to, pointer, 1)?;
            self.move_words(slot(u32::from(to) + 1)?, code, 1)?;
            return Ok((to, 2));
        }
        if self.compiler.is_function_type(&to_ty) {
            self.borrow_function(to, place, &from)?;
            return Ok((to, 2));
        }
        let tag_slot = slot(u32::from(to) + 1)?;
        if self.compiler.is_polymorphic(&from) && place.convention() == Convention::Value {
            match place.tag() {
                // An object behind a borrow with class.
                Some(tag) => {
                    let pointer = self.pointer_to(place)?;
                    self.move_words(to, pointer, 1)?;
                    self.move_words(tag_slot, tag, 1)?;
                }
                // A variable: the class stands in front of the object.
                None => {
                    self.load(tag_slot, place, 1)?;
                    let object = place.part(1, from, Convention::Value)?;
                    let pointer = self.pointer_to(&object)?;
                    self.move_words(to, pointer, 1)?;
                }
            }
        } else {
            let pointer = self.pointer_to(place)?;
            self.move_words(to, pointer, 1)?;
            let tag = self.compiler.tag(&from);
            self.op(Op::Word { to: tag_slot, value: tag as i32 });
        }
        Ok((to, 2))
    }

    /// A borrow of something callable: its object, and the code.
    fn borrow_function(&mut self, to: u16, place: &Place, from: &Ty) -> Outcome<()> {
        let code = slot(u32::from(to) + 1)?;
        match from {
            Ty::Func(func, args) => {
                let function = self.item_code(*func, args)?;
                self.op(Op::Word { to, value: 0 });
                self.op(Op::Word { to: code, value: function as i32 + 1 });
            }
            Ty::Closure(closure) => {
                let function = self.closure_code(closure)?;
                let pointer = self.pointer_to(place)?;
                self.move_words(to, pointer, 1)?;
                self.op(Op::Word { to: code, value: function as i32 + 1 });
            }
            _ => {
                // A function value: code, then the object.
                let value = self.temporary(2)?;
                self.load(value, place, 2)?;
                self.move_words(code, value, 1)?;
                self.move_words(to, slot(u32::from(value) + 1)?, 1)?;
            }
        }
        Ok(())
    }

    pub fn attribute(&mut self, at: &Place, class: ClassId, index: u32) -> Outcome<Place> {
        let ty = at.ty().clone();
        let layout = self.compiler.object(&ty)?;
        let declared = layout
            .sections
            .iter()
            .find(|section| section.ty.class() == Some(class))
            .and_then(|section| section.attributes.get(index as usize));
        let Some((part, offset)) = declared.cloned() else {
            return Err(Refusal(format!("`{}` has no such attribute", ty.display(self.compiler.db))));
        };
        if !self.compiler.is_polymorphic(&ty) {
            return at.part(offset / WORD, part, Convention::Value);
        }
        // The object may be of another class, which has its parts elsewhere.
        let (object, tag) = match at.tag() {
            Some(tag) => (at.clone(), tag),
            None => {
                let tag = self.temporary(1)?;
                self.load(tag, at, 1)?;
                (at.part(1, ty.clone(), Convention::Value)?, tag)
            }
        };
        match self.compiler.offset_table(&ty, class, index)? {
            OffsetOf::Fixed(words) => object.part(words, part, Convention::Value),
            OffsetOf::Table(table) => {
                let by = self.temporary(1)?;
                let table = u16::try_from(table).map_err(|_| too_large())?;
                self.op(Op::TableWord { to: by, class: tag, table });
                let pointer = self.pointer_to(&object)?;
                let to = self.temporary(1)?;
                self.op(Op::OffsetBy { to, pointer, by });
                Ok(Place::Memory {
                    pointer: to,
                    offset: 0,
                    ty: part,
                    convention: Convention::Value,
                    tag: None,
                })
            }
        }
    }

    pub fn element_of_tuple(&mut self, at: &Place, index: u32) -> Outcome<Place> {
        let Ty::Tuple(parts) = at.ty().clone() else {
            return Err(Refusal(format!("`{}` is not a tuple", at.ty().display(self.compiler.db))));
        };
        let mut words = 0;
        for part in &parts[..(index as usize).min(parts.len())] {
            words += self.compiler.words(part)?;
        }
        let part = parts.get(index as usize).cloned().unwrap_or(Ty::Unknown);
        at.part(words, part, Convention::Value)
    }

    /// The part of a base class inside an object.
    pub fn base_part(&mut self, at: &Place, class: ClassId) -> Outcome<Place> {
        let ty = at.ty().clone();
        let layout = self.compiler.object(&ty)?;
        let object = if self.compiler.is_polymorphic(&ty) && at.tag().is_none() {
            at.part(1, ty.clone(), Convention::Value)?
        } else {
            at.clone()
        };
        match layout.sections.iter().find(|section| section.ty.class() == Some(class)) {
            Some(section) => {
                let offset = section.attributes.first().map_or(0, |(_, offset)| *offset);
                object.part(offset / WORD, section.ty.clone(), Convention::Value)
            }
            None => object.part(0, Ty::Class(class, hir::TyArgs::EMPTY), Convention::Value),
        }
    }

    /// Bytes of a block are shown by `frames`; words are what the machine counts.
    pub fn shape(&mut self, element: &Ty) -> Outcome<u16> {
        self.compiler.shape(element)
    }
}
