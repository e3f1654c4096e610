//! QR codes (ISO/IEC 18004, made by `fast_qr`) as PNG, as SVG, and as text for a terminal.
//!
//! The matrix and the pictures hold what was encoded, a TOTP secret for example: keep them out of caches and logs.

use core::fmt::{self, Write as _};

use fast_qr::{ECL, QRBuilder, QRCode};
use png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::{Error, Result};

/// What the largest code (version 40, level L) holds in bytes.
pub const MAX_BYTES: usize = 2953;
/// The most pixels a module: with the widest border a picture has at most 7,712 x 7,712 pixels.
pub const MAX_SCALE: u8 = 32;
/// The widest border in modules.
pub const MAX_BORDER: u8 = 32;

/// How much of a code may be damaged and still be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// About 7 %.
    Low,
    /// About 15 %.
    Medium,
    /// About 25 %.
    Quartile,
    /// About 30 %.
    High,
}

impl Level {
    /// The level by its letter.
    ///
    /// # Errors
    /// [`Error::Parameter`] for anything but L, M, Q and H.
    pub fn parse(letter: &str) -> Result<Self> {
        match letter {
            "L" => Ok(Self::Low),
            "M" => Ok(Self::Medium),
            "Q" => Ok(Self::Quartile),
            "H" => Ok(Self::High),
            _ => Err(Error::Parameter("level must be L, M, Q or H")),
        }
    }
}

impl From<Level> for ECL {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Self::L,
            Level::Medium => Self::M,
            Level::Quartile => Self::Q,
            Level::High => Self::H,
        }
    }
}

/// A code and the light border around it.
pub struct Matrix {
    dark: Vec<bool>,
    width: usize,
}

impl Matrix {
    /// Encodes `data` in the smallest code of that level, with `border` light modules around it (the standard wants 4).
    ///
    /// # Errors
    /// [`Error::TooLarge`] when no code of the level holds the data, [`Error::Parameter`] for a border over 32.
    pub fn encode(data: &[u8], level: Level, border: u8) -> Result<Self> {
        const TOO_LARGE: Error = Error::TooLarge("the data does not fit a QR code of that error level");
        if border > MAX_BORDER {
            return Err(Error::Parameter("border must be 0 to 32 modules"));
        }
        if data.len() > MAX_BYTES {
            return Err(TOO_LARGE);
        }
        let code = QRBuilder::new(data).ecl(level.into()).build().map_err(|_| TOO_LARGE)?;
        Ok(Self::with_border(&code, border.into()))
    }

    fn with_border(code: &QRCode, border: usize) -> Self {
        let width = border.saturating_mul(2).saturating_add(code.size);
        let light_rows = || core::iter::repeat_n(false, width.saturating_mul(border));
        let mut dark = Vec::with_capacity(width.saturating_mul(width));
        dark.extend(light_rows());
        for row in code.data.chunks(code.size).take(code.size) {
            dark.extend(core::iter::repeat_n(false, border));
            dark.extend(row.iter().map(|module| module.value()));
            dark.extend(core::iter::repeat_n(false, border));
        }
        dark.extend(light_rows());
        Self { dark, width }
    }

    /// Modules on a side, border included.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// The rows from the top, border included; `true` is dark.
    pub fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.width)
    }

    /// A PNG picture, 1-bit greyscale, of `scale` pixels a module.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a scale of 0 or over 32.
    pub fn png(&self, scale: u8) -> Result<Vec<u8>> {
        let side = self.side(scale)?;
        let mut picture = Vec::new();
        self.write_png(&mut picture, side, scale.into()).map_err(|_| Error::TooLarge("the picture is too large"))?;
        Ok(picture)
    }

    fn write_png(&self, picture: &mut Vec<u8>, side: u32, scale: usize) -> Result<(), png::EncodingError> {
        let mut encoder = Encoder::new(picture, side, side);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        encoder.set_compression(Compression::Fast);
        // A row is mostly the same as the one above it.
        encoder.set_filter(Filter::Up);
        let pixels: Vec<u8> = self.rows().flat_map(|row| packed(row, scale).repeat(scale)).collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()
    }

    /// An SVG picture of one path, `scale` CSS pixels a module unless the page sets another size. It has no style
    /// attribute and no script, so a strict content security policy lets it pass.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a scale of 0 or over 32.
    pub fn svg(&self, scale: u8) -> Result<String> {
        let (side, width) = (self.side(scale)?, self.width);
        let mut path = String::new();
        for (y, row) in self.rows().enumerate() {
            let mut x = 0usize;
            for run in row.chunk_by(|left, right| left == right) {
                let length = run.len();
                if run.first() == Some(&true) {
                    // Writing to a String cannot fail.
                    let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
                }
                x = x.saturating_add(length);
            }
        }
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side}\" height=\"{side}\" viewBox=\"0 0 {width} {width}\" \
             shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{width}v{width}H0z\"/><path d=\"{path}\"/></svg>"
        ))
    }

    /// Lines of half blocks, two rows of modules a line. A terminal with light text on dark shows it right; for dark text
    /// on light say `dark_text`.
    pub fn text(&self, dark_text: bool) -> String {
        let rows: Vec<&[bool]> = self.rows().collect();
        let mut lines = String::new();
        for pair in rows.chunks(2) {
            let upper = pair.first().copied().unwrap_or_default();
            let lower = pair.get(1).copied().unwrap_or_default().iter().chain(core::iter::repeat(&false));
            lines.extend(upper.iter().zip(lower).map(|(upper, lower)| {
                match (*upper == dark_text, *lower == dark_text) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                }
            }));
            lines.push('\n');
        }
        lines
    }

    /// Pixels on a side.
    fn side(&self, scale: u8) -> Result<u32> {
        const RANGE: Error = Error::Parameter("scale must be 1 to 32 pixels a module");
        if scale == 0 || scale > MAX_SCALE {
            return Err(RANGE);
        }
        u32::try_from(self.width.saturating_mul(scale.into())).map_err(|_| RANGE)
    }
}

impl fmt::Debug for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matrix").field("width", &self.width).finish_non_exhaustive()
    }
}

/// A row of modules as bits, light as 1, padded with light to whole bytes.
fn packed(row: &[bool], scale: usize) -> Vec<u8> {
    let mut light: Vec<bool> = row.iter().flat_map(|dark| core::iter::repeat_n(!dark, scale)).collect();
    light.resize(light.len().next_multiple_of(8), true);
    light.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
}
