//! Runs S++ programs: MIR is compiled to bytecode, which runs on the allocator runtime.

mod builtins;
mod machine;
mod num;
mod op;
mod run;
mod support;
mod word;
