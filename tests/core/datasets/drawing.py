"""Generated pictures with the features of photographs: large and small shapes, gradients, edges and noise."""

import io

import numpy as np
from PIL import Image, ImageDraw


def draw_scene(seed: int, width: int = 160, height: int = 120) -> Image.Image:
    """Draws a unique scene: its shapes, colours and grain are derived from the seed."""
    generator = np.random.default_rng(seed)
    slopes = generator.uniform(20, 220, (3, 4, 3)).astype(np.uint8)
    picture = Image.fromarray(slopes).resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for _ in range(24):
        colour = tuple(int(value) for value in generator.integers(0, 256, 3))
        left, top = generator.integers(-width // 6, width), generator.integers(-height // 6, height)
        right, bottom = left + generator.integers(3, width // 2), top + generator.integers(3, height // 2)
        shape = (draw.ellipse, draw.rectangle)[int(generator.integers(2))]
        shape((int(left), int(top), int(right), int(bottom)), fill=colour)
    grain = generator.normal(0, 4, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8))


def encode(picture: Image.Image, kind: str = "JPEG", quality: int = 90) -> bytes:
    """Returns the picture's file."""
    buffer = io.BytesIO()
    options = {"quality": quality} if kind == "JPEG" else {}
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
