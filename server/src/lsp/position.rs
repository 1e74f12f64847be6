//! Between byte offsets and the positions of the protocol.

use line_index::{LineCol, LineIndex, WideEncoding};
use syntax::{TextRange, TextSize};
use tower_lsp::lsp_types::{ClientCapabilities, Position, PositionEncodingKind, Range};

/// In what unit the client counts columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    Utf8,
    /// The only one that every client knows.
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// UTF-8 where the client offers it, since then no line has to be read to count.
    pub fn negotiate(capabilities: &ClientCapabilities) -> Encoding {
        let general = capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
        if offered.contains(&PositionEncodingKind::UTF8) {
            Encoding::Utf8
        } else if offered.contains(&PositionEncodingKind::UTF16) || offered.is_empty() {
            Encoding::Utf16
        } else if offered.contains(&PositionEncodingKind::UTF32) {
            Encoding::Utf32
        } else {
            Encoding::Utf16
        }
    }

    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// Length of a piece of text in this encoding.
    pub fn len(self, text: &str) -> u32 {
        match self {
            Encoding::Utf8 => text.len() as u32,
            Encoding::Utf16 => text.chars().map(|c| c.len_utf16() as u32).sum(),
            Encoding::Utf32 => text.chars().count() as u32,
        }
    }
}

/// Byte offset of a position. A position behind the end of a line or of the text means that end; one inside of a
/// character means its start.
pub fn offset(lines: &LineIndex, text: &str, position: Position, encoding: Encoding) -> TextSize {
    let end = TextSize::of(text);
    let Some(line) = lines.line(position.line) else { return end };
    let start = line.start().min(end);
    let content = text.get(usize::from(start)..usize::from(line.end().min(end))).unwrap_or("");
    let content = content.strip_suffix('\n').unwrap_or(content);
    let content = content.strip_suffix('\r').unwrap_or(content);
    let wanted = position.character as usize;
    if encoding == Encoding::Utf8 || content.is_ascii() {
        let mut column = wanted.min(content.len());
        while !content.is_char_boundary(column) {
            column -= 1;
        }
        return start + TextSize::new(column as u32);
    }
    let mut seen = 0;
    for (at, c) in content.char_indices() {
        let width = if encoding == Encoding::Utf16 { c.len_utf16() } else { 1 };
        if seen + width > wanted {
            return start + TextSize::new(at as u32);
        }
        seen += width;
    }
    start + TextSize::of(content)
}

/// The position of a byte offset; one inside of a character counts as its start.
pub fn position(lines: &LineIndex, offset: TextSize, encoding: Encoding) -> Position {
    let mut at = u32::from(offset.min(lines.len()));
    loop {
        if let Some(narrow) = lines.try_line_col(TextSize::from(at)) {
            let LineCol { line, col } = narrow;
            let wide = match encoding {
                Encoding::Utf8 => None,
                Encoding::Utf16 => lines.to_wide(WideEncoding::Utf16, narrow),
                Encoding::Utf32 => lines.to_wide(WideEncoding::Utf32, narrow),
            };
            return Position { line, character: wide.map_or(col, |wide| wide.col) };
        }
        if at == 0 {
            return Position::default();
        }
        at -= 1;
    }
}

pub fn range(lines: &LineIndex, range: TextRange, encoding: Encoding) -> Range {
    Range { start: position(lines, range.start(), encoding), end: position(lines, range.end(), encoding) }
}

/// The bytes of a range; a reversed one is turned around.
pub fn text_range(lines: &LineIndex, text: &str, range: Range, encoding: Encoding) -> TextRange {
    let start = offset(lines, text, range.start, encoding);
    let end = offset(lines, text, range.end, encoding);
    TextRange::new(start.min(end), start.max(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, line: u32, character: u32, encoding: Encoding) -> u32 {
        offset(&LineIndex::new(text), text, Position { line, character }, encoding).into()
    }

    #[test]
    fn astral_characters_count_two_in_utf_16_and_four_in_utf_8() {
        let text = "a😀b\nc";
        assert_eq!(at(text, 0, 3, Encoding::Utf16), 5);
        assert_eq!(at(text, 0, 5, Encoding::Utf8), 5);
        assert_eq!(at(text, 0, 2, Encoding::Utf32), 5);
        let lines = LineIndex::new(text);
        let b = TextSize::new(5);
        assert_eq!(position(&lines, b, Encoding::Utf16), Position { line: 0, character: 3 });
        assert_eq!(position(&lines, b, Encoding::Utf8), Position { line: 0, character: 5 });
        assert_eq!(position(&lines, b, Encoding::Utf32), Position { line: 0, character: 2 });
    }

    #[test]
    fn a_position_inside_a_character_is_its_start() {
        assert_eq!(at("😀b", 0, 1, Encoding::Utf16), 0);
        assert_eq!(at("😀b", 0, 2, Encoding::Utf8), 0);
    }

    #[test]
    fn positions_past_the_end_are_the_end() {
        let text = "ab\r\ncd";
        assert_eq!(at(text, 0, 99, Encoding::Utf16), 2);
        assert_eq!(at(text, 1, 99, Encoding::Utf16), 6);
        assert_eq!(at(text, 99, 0, Encoding::Utf16), 6);
        assert_eq!(at("", 5, 5, Encoding::Utf8), 0);
    }

    #[test]
    fn the_end_of_a_text_is_a_position() {
        let lines = LineIndex::new("ab\n");
        assert_eq!(position(&lines, 3.into(), Encoding::Utf16), Position { line: 1, character: 0 });
        assert_eq!(position(&lines, 99.into(), Encoding::Utf16), Position { line: 1, character: 0 });
    }
}
