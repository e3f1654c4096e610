//! QR codes: sizes, limits and drawings. That a reader reads them is shown in `tests/test_qr.py`.
#![allow(missing_docs, reason = "a test explains itself by its name")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that panics has failed"
)]

use proptest::prelude::*;
use zenoo_security::primitives::{
    Error,
    qr::{Level, Matrix},
};

/// Bytes that version 40 holds (ISO/IEC 18004, table 7).
const CAPACITY: [(Level, usize); 4] =
    [(Level::Low, 2953), (Level::Medium, 2331), (Level::Quartile, 1663), (Level::High, 1273)];

#[test]
fn every_level_takes_what_its_largest_code_holds_and_not_a_byte_more() {
    for (level, bytes) in CAPACITY {
        assert_eq!(Matrix::encode(&vec![0xff; bytes], level, 0).unwrap().width(), 177);
        for size in [bytes + 1, 10_000_000] {
            assert!(matches!(Matrix::encode(&vec![0xff; size], level, 0), Err(Error::TooLarge(_))));
        }
    }
}

#[test]
fn no_length_and_no_mode_makes_the_encoder_fail_otherwise_than_by_an_error() {
    for (level, bytes) in CAPACITY {
        for filler in [b'7', b'A', b'a'] {
            for size in (0..=bytes).step_by(23) {
                assert!(Matrix::encode(&vec![filler; size], level, 4).is_ok(), "{level:?} {size}");
            }
        }
    }
}

#[test]
fn the_border_is_light_and_as_wide_as_asked() {
    for border in [0, 1, 4, 32] {
        let matrix = Matrix::encode(b"border", Level::Low, border).unwrap();
        let border = usize::from(border);
        assert_eq!(matrix.width(), 21 + 2 * border);
        for (y, row) in matrix.rows().enumerate() {
            assert_eq!(row.len(), matrix.width());
            let outside = |at: usize| at < border || at >= 21 + border;
            assert!(row.iter().enumerate().all(|(x, dark)| !(dark & (outside(x) || outside(y)))));
        }
        // The upper left corner of the finder pattern.
        assert!(matrix.rows().nth(border).unwrap()[border]);
    }
}

#[test]
fn the_picture_has_the_modules_of_the_matrix() {
    for (scale, border) in [(1, 0), (3, 1), (8, 4), (32, 32)] {
        let matrix = Matrix::encode(b"the picture", Level::Quartile, border).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(matrix.png(scale).unwrap())).read_info().unwrap();
        let scale = usize::from(scale);
        let side = matrix.width() * scale;
        assert_eq!(reader.info().size(), (u32::try_from(side).unwrap(), u32::try_from(side).unwrap()));
        assert_eq!(reader.output_color_type(), (png::ColorType::Grayscale, png::BitDepth::One));
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let rows: Vec<&[bool]> = matrix.rows().collect();
        for (y, line) in pixels.chunks(side.div_ceil(8)).enumerate() {
            for x in 0..side {
                let light = line[x / 8] >> (7 - x % 8) & 1 == 1;
                assert_eq!(light, !rows[y / scale][x / scale], "{x} {y}");
            }
        }
    }
}

#[test]
fn the_drawing_has_the_modules_of_the_matrix() {
    let matrix = Matrix::encode(b"the drawing", Level::Medium, 2).unwrap();
    let svg = matrix.svg(3).unwrap();
    let path = svg.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut drawn = vec![vec![false; matrix.width()]; matrix.width()];
    for run in path.split_terminator('z') {
        let numbers: Vec<usize> =
            run.split(|byte: char| !byte.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        let (x, y, length) = (numbers[0], numbers[1], numbers[2]);
        assert_eq!(run, format!("M{x} {y}h{length}v1h-{length}"));
        drawn[y][x..x + length].fill(true);
    }
    assert!(matrix.rows().eq(drawn));
}

#[test]
fn a_level_is_known_by_its_letter() {
    let letters = [("L", Level::Low), ("M", Level::Medium), ("Q", Level::Quartile), ("H", Level::High)];
    for (letter, level) in letters {
        assert_eq!(Level::parse(letter), Ok(level));
    }
}

#[test]
fn parameters_out_of_range_are_refused() {
    assert!(Level::parse("X").is_err() && Level::parse("l").is_err());
    assert!(matches!(Matrix::encode(b"", Level::Low, 33), Err(Error::Parameter(_))));
    let matrix = Matrix::encode(b"", Level::Low, 0).unwrap();
    for scale in [0, 33, 255] {
        assert!(matrix.png(scale).is_err() && matrix.svg(scale).is_err());
    }
}

#[test]
fn what_is_dark_is_drawn_or_left_out() {
    // Below two light modules of the border, two dark ones of the corner.
    let lines = |dark_text| -> Vec<String> {
        Matrix::encode(b"", Level::Low, 2).unwrap().text(dark_text).lines().map(str::to_owned).collect()
    };
    let [dark, light] = [true, false].map(lines);
    assert_eq!((dark[0].trim(), light[0].replace('█', "").as_str()), ("", ""));
    assert!(dark[1].starts_with("  █▀▀▀▀▀█ ") && light[1].starts_with("██ ▄▄▄▄▄ █"));
}

#[test]
fn debug_shows_no_module() {
    let matrix = Matrix::encode(b"secret", Level::Low, 0).unwrap();
    assert_eq!(format!("{matrix:?}"), "Matrix { width: 21, .. }");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_drawn_in_every_form(bytes in prop::collection::vec(any::<u8>(), 0..1273), border in 0u8..=32) {
        for (level, _) in CAPACITY {
            let matrix = Matrix::encode(&bytes, level, border).unwrap();
            prop_assert_eq!(matrix.text(false).lines().count(), matrix.width().div_ceil(2));
            prop_assert!(matrix.text(true).lines().all(|line| line.chars().count() == matrix.width()));
            prop_assert!(matrix.svg(1).unwrap().ends_with("</svg>"));
            prop_assert!(matrix.png(1).is_ok());
        }
    }
}
