"""Pictures: small, bare of metadata, the same every time; bombs and rubble are refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from holub.errors import Misused, Refused
from holub.outbound.press.pictures import LARGEST_FILE, Measure, measure, resize


def photo(width: int = 1200, height: int = 900, mode: str = "RGB") -> Image.Image:
    """Something with slopes and edges, as a photograph has."""
    image = Image.linear_gradient("L").resize((width, height)).convert(mode)
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill="red" if mode != "L" else 9)
    return image


def saved(image: Image.Image, kind: str, **settings: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, kind, **settings)
    return sink.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_longer_side_fits_and_the_shape_stays(kind: str) -> None:
    data = saved(photo(), kind)
    assert measure(data) == Measure(1200, 900, kind)
    small = resize(data)
    assert opened(small).size == (800, 600)
    assert opened(small).format in ("JPEG", "PNG", "WEBP")
    assert len(small) < 60_000
    assert resize(data) == small


def test_a_small_picture_is_not_blown_up_and_a_tall_one_fits() -> None:
    assert opened(resize(saved(photo(40, 30), "PNG"))).size == (40, 30)
    assert opened(resize(saved(photo(300, 900), "PNG"), longest=90)).size == (30, 90)


@pytest.mark.parametrize(("grey", "shown"), [(0, 0), (40_000, 156), (65_535, 255)])
def test_a_scan_of_16_bits_keeps_its_greys(grey: int, shown: int) -> None:
    result = opened(resize(saved(Image.new("I;16", (40, 30), grey), "PNG"))).convert("L")
    assert result.getpixel((20, 15)) == pytest.approx(shown, abs=1)


def test_a_drawing_stays_sharp_and_see_through() -> None:
    drawing = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(drawing).rectangle((100, 100, 300, 300), fill=(255, 0, 0, 255))
    result = opened(resize(saved(drawing, "PNG"))).convert("RGBA")
    pixel = result.getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[3] == 0
    assert result.getpixel((200, 200)) == pytest.approx((255, 0, 0, 255), abs=6)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixels_is_taken(mode: str) -> None:
    image = Image.new(mode, (1000, 500))
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(resize(saved(image, kind))).size == (800, 400)


def test_what_a_camera_wrote_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif[0x0112] = 6  # turned: the picture stands upright once its longer side is its height
    exif.get_ifd(0x8825)[1] = "N"
    data = saved(photo(), "JPEG", exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE" * 9)
    assert b"SECRET" in data
    small = resize(data)
    assert opened(small).size == (600, 800)
    assert b"SECRET" not in small
    assert b"Exif" not in small
    assert dict(opened(small).getexif()) == {}
    assert not {"icc_profile", "comment", "exif", "xmp"} & set(opened(small).info)


def test_texts_inside_a_png_are_gone() -> None:
    chunk = b"tEXtComment\x00SECRET-TEXT"
    data = saved(photo(), "PNG")
    data = data[:33] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[33:]
    assert opened(data).info["Comment"] == "SECRET-TEXT"
    assert b"SECRET" not in resize(data)


def test_of_a_moving_picture_the_first_image_stays() -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    result = opened(resize(data))
    assert getattr(result, "n_frames", 1) == 1
    assert result.convert("RGB").getpixel((30, 30)) == pytest.approx((255, 0, 0), abs=6)


def bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


REFUSED = {
    "a bomb": bomb(60_000, 60_000),
    "a lesser bomb": bomb(10_000, 5_001),
    "nothing": b"",
    "words": b"this is not a picture",
    "a vector drawing": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a kind that is not taken": saved(photo(20, 20), "BMP"),
    "a cut PNG": saved(photo(), "PNG")[:2000],
    "a cut JPEG": saved(photo(), "JPEG")[:2000],
    "a PNG with too little in it": bomb(100, 100),
    "too many bytes": bytes(LARGEST_FILE + 1),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        resize(data)
    assert refusal.value.todo


@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
@settings(max_examples=150)
def test_damage_is_refused_or_survived(kind: str, place: int, noise: bytes) -> None:
    data = bytearray(SAMPLES[kind])
    place %= len(data)
    data[place : place + len(noise)] = noise
    try:
        result = resize(bytes(data), longest=64)
    except Refused:
        return
    assert max(opened(result).size) <= 64


SAMPLES = {kind: saved(photo(80, 60), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")}


@pytest.mark.parametrize(("longest", "quality"), [(0, 70), (15, 70), (10_000, 70), (800, 0), (800, 100)])
def test_impossible_settings(longest: int, quality: int) -> None:
    with pytest.raises(Misused):
        resize(SAMPLES["PNG"], longest=longest, quality=quality)
