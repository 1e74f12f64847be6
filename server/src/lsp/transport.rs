//! Frames of standard input: whatever is no message of the protocol is turned into one that says so, since the transport
//! of the protocol library ends at the first bad frame.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Method of the message that stands for a bad frame; its parameters are the code of the error and the id to answer to.
pub const MALFORMED: &str = "$/malformed";

/// Larger frames are not read.
const MAX_FRAME: u64 = 512 * 1024 * 1024;

/// A line of a header is shorter.
const MAX_HEADER: u64 = 4096;

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const INVALID_PARAMS: i64 = -32602;

#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(borrow, default)]
    jsonrpc: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'a RawValue>,
}

/// `null` is a value here.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Copies frames until the input ends.
pub async fn filter(
    mut input: impl AsyncBufRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    while let Some(frame) = read_frame(&mut input).await? {
        let body = match &frame {
            Ok(body) => checked(body),
            Err(code) => Some(malformed(*code, "null")),
        };
        let body = match &body {
            Some(replaced) => replaced.as_slice(),
            None => frame.as_deref().unwrap_or_default(),
        };
        output.write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes()).await?;
        output.write_all(body).await?;
        output.flush().await?;
    }
    output.shutdown().await
}

/// The body of the next frame; `Err` for one that cannot be read, `None` at the end of the input.
async fn read_frame(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Result<Vec<u8>, i64>>> {
    let mut length: Option<u64> = None;
    let mut bad = false;
    loop {
        let mut line = Vec::new();
        (&mut *input).take(MAX_HEADER).read_until(b'\n', &mut line).await?;
        if line.is_empty() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if text.is_empty() {
            match length.take() {
                _ if bad => return Ok(Some(Err(PARSE_ERROR))),
                Some(length) => return Ok(read_body(input, length).await?.map(Ok)),
                // Blank lines between frames do no harm.
                None => continue,
            }
        }
        match text.split_once(':') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok().filter(|length| *length <= MAX_FRAME);
                bad |= length.is_none();
            }
            Some((name, _)) if name.trim().eq_ignore_ascii_case("content-type") => {}
            _ => bad = true,
        }
    }
}

async fn read_body(input: &mut (impl AsyncBufRead + Unpin), length: u64) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body).await?;
    Ok((body.len() as u64 == length).then_some(body))
}

/// What to hand on instead of a body; `None`: the body itself.
fn checked(body: &[u8]) -> Option<Vec<u8>> {
    let shape = match serde_json::from_slice::<Shape<'_>>(body) {
        Ok(shape) => shape,
        Err(error) if error.is_data() => return Some(malformed(INVALID_REQUEST, "null")),
        Err(_) => return Some(malformed(PARSE_ERROR, "null")),
    };
    let id = shape.id.map_or("null", |id| id.get());
    let known_id = id == "null" || id.starts_with('"') || id.parse::<i64>().is_ok();
    if shape.jsonrpc.as_deref() != Some("2.0") || !known_id {
        return Some(malformed(INVALID_REQUEST, if known_id { id } else { "null" }));
    }
    let Some(method) = shape.method else {
        // An answer. One to nothing in particular is noise.
        return (id == "null").then(|| malformed(INVALID_REQUEST, "null"));
    };
    match shape.params.map(|params| params.get().as_bytes().first()) {
        Some(Some(b'{' | b'[')) | None => None,
        Some(Some(b'n')) => {
            // `null` means no parameters.
            let method = serde_json::Value::from(method);
            let id = shape.id.map_or(String::new(), |id| format!(r#","id":{}"#, id.get()));
            Some(format!(r#"{{"jsonrpc":"2.0","method":{method}{id}}}"#).into_bytes())
        }
        Some(_) if shape.id.is_none() => {
            Some(format!(r#"{{"jsonrpc":"2.0","method":"{MALFORMED}"}}"#).into_bytes())
        }
        Some(_) => Some(malformed(INVALID_PARAMS, id)),
    }
}

fn malformed(code: i64, id: &str) -> Vec<u8> {
    format!(r#"{{"jsonrpc":"2.0","id":0,"method":"{MALFORMED}","params":{{"code":{code},"id":{id}}}}}"#)
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(input: &str) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut output = Vec::new();
        runtime.block_on(filter(input.as_bytes(), &mut output)).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn a_good_frame_passes_unchanged() {
        let frame = "Content-Length: 36\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1}";
        let frame = frame.replace("36", &(frame.len() - "Content-Length: 36\r\n\r\n".len()).to_string());
        assert_eq!(filtered(&frame), frame);
    }

    #[test]
    fn bad_frames_are_named() {
        assert!(filtered("Content-Length: 3\r\n\r\n{a}").contains("-32700"));
        assert!(filtered("Content-Length: 2\r\n\r\n[]").contains(MALFORMED));
        assert!(filtered("nonsense\r\n\r\n").contains("-32700"));
        assert!(filtered("Content-Length: x\r\n\r\n").contains("-32700"));
        assert_eq!(filtered("Content-Length: 10\r\n\r\n{"), "");
    }
}
