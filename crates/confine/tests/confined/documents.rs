//! Documents made in code.

/// A PDF of one page that says `Annual income`.
pub fn pdf() -> Vec<u8> {
    let drawing = "BT /F1 24 Tf 20 100 Td (Annual income) Tj ET\n";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>\nstream\n{drawing}endstream", drawing.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut text = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", text.len()));
        text.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let start = text.len();
    text.push_str(&format!("xref\n0 6\n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"));
    text.into_bytes()
}

/// A grey image that says `117`, in strokes of ten pixels.
pub fn pgm() -> Vec<u8> {
    let (width, height) = (260, 140);
    let ink = |x: usize, y: usize| {
        let upright = (30..110).contains(&y);
        let one = |left: usize| {
            let stem = upright && (left..left + 10).contains(&x);
            let flag = (30..50).contains(&y) && x + y >= left + 28 && x + y < left + 44 && x < left;
            stem || flag
        };
        let bar = (30..40).contains(&y) && (160..210).contains(&x);
        let slant = (40..110).contains(&y) && (x + y / 2 >= 215) && (x + y / 2 < 227);
        one(60) || one(120) || bar || slant
    };
    let mut image = format!("P5\n{width} {height}\n255\n").into_bytes();
    image.extend((0..width * height).map(|at| if ink(at % width, at / width) { 0 } else { 255 }));
    image
}
