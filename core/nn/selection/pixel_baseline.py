"""A support vector machine on the pixels of small pictures: what a network has to be better than.

It takes a fraction of a second. Where it is better than a pretrained network, what that network learned elsewhere is in
the way here: negative transfer (Wang et al. 2019, https://arxiv.org/abs/1811.09751).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import CoreError, Stopped
from core.evaluation.pixel_answers import PixelAnswers, save_pixel_answers
from core.files import durable
from core.images.decoding import decode
from core.nn.selection.training_pictures import labels_of, some_of

# Small enough for milliseconds, large enough to tell shapes: digits of 8 x 8 pixels, and photographs by their colours.
SIDE = 16
# With more, to read them would take longer than all the rest.
MOST_TRAINING = MOST_ANSWERED = 500
# With scikit-learn's own width of the kernel; 1 and 100 were no better on the built-in samples and on cats and dogs.
STRENGTH = 10.0


def keep_answers_from_pixels(
    dataset: DatasetIndex, seed: int, run_folder: Path, should_stop: Callable[[], bool] = lambda: False
) -> None:
    """Keeps what `answer_from_pixels` returns with a run, unless there is nothing or the user doesn't wait for it."""
    with suppress(Stopped):
        if found := answer_from_pixels(dataset, seed, should_stop):
            durable.make_folder(run_folder)
            save_pixel_answers(found, run_folder)


def answer_from_pixels(
    dataset: DatasetIndex, seed: int, should_stop: Callable[[], bool] = lambda: False
) -> PixelAnswers | None:
    """Trains on the pixels of up to 500 training pictures, and answers up to 500 validation pictures.

    Args:
        dataset: has a split.
        seed: of the choice of pictures.
        should_stop: asked before each picture is read.

    Returns:
        None if too few pictures can be read: each class needs one to train on.

    Raises:
        Stopped: `should_stop` said so.
    """
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC
    from threadpoolctl import threadpool_limits

    training = some_of(dataset.select("train"), MOST_TRAINING, seed, of_each_class=True)
    asked = some_of(dataset.select("validation"), MOST_ANSWERED, seed)
    read = _read(dataset, [*training, *asked], should_stop)
    known = [sample for sample in training if sample.path in read]
    answered = [sample for sample in asked if sample.path in read]
    if not answered or len({sample.label for sample in known}) < len(dataset.class_names):
        return None
    model = make_pipeline(StandardScaler(), SVC(C=STRENGTH))
    with threadpool_limits(1):
        model.fit(_pixels(read, known), labels_of(known))
        answers = model.predict(_pixels(read, answered))
    paths = [sample.path for sample in answered]
    num_unreadable = len(training) + len(asked) - len(known) - len(answered)
    return PixelAnswers(dict(zip(paths, answers.tolist(), strict=True)), len(known), SIDE, num_unreadable)


def _read(dataset: DatasetIndex, samples: Sequence[Sample], should_stop: Callable[[], bool]) -> dict[str, np.ndarray]:
    """Returns the pixels of those pictures that can be read, by their paths."""

    def pixels(sample: Sample) -> np.ndarray | None:
        if should_stop():
            raise Stopped
        try:
            return decode(dataset.picture_path(sample), SIDE)
        except (CoreError, OSError):
            return None

    with ThreadPoolExecutor(psutil.cpu_count() or 1) as threads:
        found = list(threads.map(pixels, samples))
    return {sample.path: one for sample, one in zip(samples, found, strict=True) if one is not None}


def _pixels(read: dict[str, np.ndarray], samples: Sequence[Sample]) -> np.ndarray:
    return np.stack([read[sample.path].reshape(-1) for sample in samples]).astype(np.float32) / 255
