//! What is written is read; whatever comes, nothing panics and nothing grows beyond its limit.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn written(frames: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut writer = FrameWriter::new(Vec::new());
    for (kind, payload) in frames {
        writer.write(*kind, payload).unwrap();
    }
    writer.output
}

/// Gives its bytes in small pieces, as a pipe may.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let cut = buffer.len().min(self.1.max(1));
        Read::read(&mut self.0, &mut buffer[..cut])
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(frames in vec((any::<u8>(), vec(any::<u8>(), 0..300)), 0..10), piece in 1usize..40) {
        let bytes = written(&frames);
        let mut reader = FrameReader::new(Pieces(&bytes, piece), bytes.len() as u64);
        for (kind, payload) in frames {
            prop_assert_eq!(reader.read().unwrap(), Some(Frame { kind, payload }));
        }
        prop_assert!(reader.read().unwrap().is_none());
    }

    #[test]
    fn any_bytes_are_frames_or_an_error(bytes in vec(any::<u8>(), 0..2000), total in 0u64..2500) {
        let mut reader = FrameReader::new(bytes.as_slice(), total);
        while let Ok(Some(frame)) = reader.read() {
            prop_assert!(frame.payload.len() <= MAX_PAYLOAD);
        }
        prop_assert!(reader.decoder.held.capacity() <= 2 * (MAX_PAYLOAD + READ));
        prop_assert!(reader.decoder.held.len() as u64 <= total);
    }

    #[test]
    fn a_stream_is_one_again(length in 0usize..200_000, step in 1u8..) {
        let bytes: Vec<u8> = (0..length).map(|at| (at as u8).wrapping_mul(step)).collect();
        let mut writer = FrameWriter::new(Vec::new());
        writer.write_stream(7, bytes.as_slice()).unwrap();
        writer.write(8, b"after").unwrap();
        let mut reader = FrameReader::new(writer.output.as_slice(), u64::MAX);
        let mut back = Vec::new();
        reader.stream(7, bytes.len() as u64).read_to_end(&mut back).unwrap();
        prop_assert_eq!(back, bytes);
        prop_assert_eq!(reader.read().unwrap().map(|frame| frame.kind), Some(8));
    }
}

fn stream_error(bytes: &[u8], limit: u64) -> String {
    let mut reader = FrameReader::new(bytes, u64::MAX);
    reader.stream(7, limit).read_to_end(&mut Vec::new()).unwrap_err().to_string()
}

#[test]
fn a_stream_has_a_limit_an_end_and_one_kind() {
    let nine = written(&[(7, vec![0; 9]), (7, Vec::new())]);
    assert!(stream_error(&nine, 8).contains("more than 8 bytes"));
    assert!(stream_error(&written(&[(7, vec![0; 9])]), 9).contains("ended in the middle"));
    assert!(stream_error(&written(&[(8, vec![0; 9])]), 9).contains("kind 8"));
}

#[test]
fn a_huge_length_is_refused_by_its_header() {
    let mut reader = FrameReader::new([0xff, 0xff, 0xff, 0xff, 1].as_slice(), u64::MAX);
    assert!(matches!(reader.read(), Err(FrameError::TooLarge(0xffff_ffff))));
    assert!(matches!(FrameWriter::new(Vec::new()).write(1, &vec![0; MAX_PAYLOAD + 1]), Err(FrameError::TooLarge(_))));
}

#[test]
fn the_total_counts_headers_too() {
    let empty = written(&[(1, Vec::new()), (1, Vec::new())]);
    let mut reader = FrameReader::new(Pieces(&empty, 5), 9);
    assert!(reader.read().unwrap().is_some());
    assert!(matches!(reader.read(), Err(FrameError::TooMuch(9))));
}

#[test]
fn an_end_within_a_frame_is_an_error() {
    let bytes = written(&[(1, vec![1, 2, 3])]);
    for cut in 1..bytes.len() {
        assert!(matches!(FrameReader::new(&bytes[..cut], u64::MAX).read(), Err(FrameError::Cut)), "{cut}");
    }
}

#[tokio::test]
async fn both_sides_speak_alike() {
    let (near, far) = tokio::io::duplex(64);
    let payload = vec![5; 10_000];
    let mut writer = FrameWriter::new(near);
    let mut reader = FrameReader::new(far, u64::MAX);
    let (sent, frame) = tokio::join!(writer.send(3, &payload), reader.next());
    sent.unwrap();
    assert_eq!(frame.unwrap().unwrap().payload, payload);
    let (sent, frames) = tokio::join!(writer.send_stream(4, payload.as_slice()), async {
        let mut back = Vec::new();
        while let Some(frame) = reader.next().await.unwrap() {
            if frame.payload.is_empty() {
                break;
            }
            back.extend(frame.payload);
        }
        back
    });
    sent.unwrap();
    assert_eq!(frames, payload);
}
