//! A phone's camera.

/// The text of the QR code on a picture, if one can be read.
pub fn read(png: &[u8]) -> Option<String> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let picture = reader.next_frame(&mut pixels).ok()?;
    let (width, step) = (picture.width as usize, picture.color_type.samples());
    let light = |x: usize, y: usize| pixels[(y * width + x) * step];
    let height = picture.height as usize;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, light);
    let grid = image.detect_grids().into_iter().next()?;
    Some(grid.decode().ok()?.1)
}
