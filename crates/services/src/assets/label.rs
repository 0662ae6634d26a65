//! The code on a machine's label: it opens the page of the asset on a phone.

use domain::ids::AssetId;
use domain::views::assets::QrCode;
use qrcode::{Color, EcLevel};

use crate::Error;

/// Light modules around a code that readers need.
const MARGIN: usize = 4;

/// The code of an asset under the address people use.
///
/// # Errors
/// [`Error::Unavailable`] when the address is too long for a code.
pub(super) fn qr(base_url: &str, asset: AssetId) -> Result<QrCode, Error> {
    let url = format!("{base_url}/assets/{asset}");
    let code = qrcode::QrCode::with_error_correction_level(&url, EcLevel::M)
        .map_err(|_| Error::Unavailable)?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|color| **color == Color::Dark).count();
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + MARGIN, y + MARGIN));
            }
            x += run.max(1);
        }
    }
    let size = u32::try_from(width + 2 * MARGIN).unwrap_or(u32::MAX);
    Ok(QrCode { url, size, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_a_quiet_margin() {
        let code = qr("https://plant.example:8443", AssetId(123)).unwrap();
        assert_eq!(code.url, "https://plant.example:8443/assets/123");
        assert!(code.path.starts_with("M4 4h7v1h-7z"), "{}", &code.path[..40]);
        let right = code.size - 4 - 7;
        assert!(code.path.contains(&format!("M{right} 4h7")));
        assert!(code.path.contains(&format!("M4 {right}h7")));
        assert!(!code.path.contains("M3 ") && !code.path.contains("M0 "));
    }

    #[test]
    fn other_assets_have_other_codes() {
        let code = |id| qr("http://127.0.0.1:3000", AssetId(id)).unwrap().path;
        assert_ne!(code(1), code(2));
        assert_eq!(code(1), code(1));
    }
}
