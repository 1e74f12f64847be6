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
pub async fn filter(input: impl AsyncBufRead + Unpin, mut output: impl AsyncWrite + Unpin) -> io::Result<()> {
    let mut frames = Frames { input, announced: None };
    while let Some(frame) = frames.next().await? {
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

struct Frames<R> {
    input: R,
    /// Length of a body that comes next, after noise before it was reported.
    announced: Option<u64>,
}

impl<R: AsyncBufRead + Unpin> Frames<R> {
    /// The body of the next frame; `Err` for what cannot be read as one, `None` at the end of the input. After noise, the
    /// next header is looked for, so that a client's mistake costs no more than the messages around it.
    async fn next(&mut self) -> io::Result<Option<Result<Vec<u8>, i64>>> {
        if let Some(length) = self.announced.take() {
            return Ok(self.body(length).await?.map(Ok));
        }
        let mut length: Option<u64> = None;
        let mut noise = false;
        loop {
            let mut line = Vec::new();
            (&mut self.input).take(MAX_HEADER).read_until(b'\n', &mut line).await?;
            if line.is_empty() {
                return Ok(None);
            }
            if line.trim_ascii().is_empty() {
                match length.take() {
                    Some(length) if noise => {
                        self.announced = Some(length);
                        return Ok(Some(Err(PARSE_ERROR)));
                    }
                    Some(length) => return Ok(self.body(length).await?.map(Ok)),
                    None if noise => return Ok(Some(Err(PARSE_ERROR))),
                    // Blank lines between frames do no harm.
                    None => continue,
                }
            }
            match header(&line) {
                Header::Length(value) => length = Some(value),
                Header::LengthAfterNoise(value) => (length, noise) = (Some(value), true),
                Header::Other => {}
                Header::Noise => noise = true,
            }
        }
    }

    async fn body(&mut self, length: u64) -> io::Result<Option<Vec<u8>>> {
        let mut body = Vec::new();
        (&mut self.input).take(length).read_to_end(&mut body).await?;
        Ok((body.len() as u64 == length).then_some(body))
    }
}

enum Header {
    Length(u64),
    /// The rest of a body that was longer than its header said stands before it.
    LengthAfterNoise(u64),
    Other,
    Noise,
}

fn header(line: &[u8]) -> Header {
    const LENGTH: &str = "content-length:";
    let text = String::from_utf8_lossy(line).to_ascii_lowercase();
    if let Some(at) = text.rfind(LENGTH) {
        let length = text[at + LENGTH.len()..].trim().parse().ok().filter(|length| *length <= MAX_FRAME);
        return match length {
            Some(length) if text[..at].trim().is_empty() => Header::Length(length),
            Some(length) => Header::LengthAfterNoise(length),
            None => Header::Noise,
        };
    }
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    match text.split_once(':') {
        Some((name, _)) if is_name(name) => Header::Other,
        _ => Header::Noise,
    }
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

    #[test]
    fn frames_after_noise_are_found_again() {
        let body = "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1}";
        let frame = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        for noise in [
            "]".to_owned(),
            "nonsense\r\n".to_owned(),
            "nonsense\r\n\r\n".to_owned(),
            format!("Content-Length: 1\r\n\r\n{body}"),
            format!("Content-Length: {}\r\n\r\n{body}", body.len() + 5),
        ] {
            let out = filtered(&format!("{noise}{frame}{frame}"));
            assert!(out.contains("-32700") && out.ends_with(&frame), "{noise:?}: {out}");
        }
        assert_eq!(filtered(&format!("X-Other: 1\r\n{frame}")), frame);
    }
}
