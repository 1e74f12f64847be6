//! Prints the tree of a file and what is wrong with it: `cargo run -p spp-syntax --example tree FILE [--quiet]`.

use syntax::{Edition, parse};

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let quiet = args.iter().position(|it| it == "--quiet").map(|at| args.remove(at)).is_some();
    for path in &args {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{path}: {error}");
                continue;
            }
        };
        let parse = parse(&text, Edition::E2023);
        if !quiet {
            print!("{:#?}", parse.syntax());
        }
        for error in parse.errors() {
            let line = text[..usize::from(error.range.start())].matches('\n').count() + 1;
            let found = &text[error.range];
            println!("{path}:{line}: {} {:?}: {} at {found:?}", error.code, error.severity, error.message);
        }
    }
}
