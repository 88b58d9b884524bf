"""Pictures through the frozen part of a network, once, into the feature cache."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import keras
import numpy as np
import psutil

from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import RunError, Stopped
from core.events import Event
from core.features.feature_space import FeatureRows, FeatureSpace, MissingRows, rows_of
from core.features.half_precision import in_half_precision
from core.images.augmentation import make_view
from core.images.decoding import DECODER_VERSION, decode
from core.nn.extraction.engines import BATCH, Engine, choose_engine
from core.nn.networks.classifier import Classifier
from core.progress import OnEvent, ShouldStop, Throughput, ignore_event
from core.wording.coded import Note

# Share of the free memory that rows of one stage may take; beyond it they are read from disk.
MEMORY_SHARE = 0.25
AHEAD_BYTES = 64 * 1024**2
# How often to recompute rows that are damaged or deleted before they are read.
ATTEMPTS = 5
# How many of the pictures that were read are named, and how long until the next is.
SHOWN_PICTURES = 6
SECONDS_A_PICTURE = 1.0

Batch = tuple[list[str], np.ndarray]
Read = TypeVar("Read")


def ahead(batches: Sequence[Sequence[str]], read: Callable[[Sequence[str]], np.ndarray]) -> Iterator[Batch]:
    """Reads batches ahead while earlier ones are processed, up to `AHEAD_BYTES` or one batch.

    The limit is large because the first batch waits some seconds for the network to compile, mostly on one processor.
    """
    with ThreadPoolExecutor(1) as reader:
        waiting: deque[tuple[list[str], Future]] = deque()
        depth = 1
        try:
            for batch in batches:
                waiting.append((list(batch), reader.submit(read, batch)))
                if len(waiting) > depth:
                    digests, future = waiting.popleft()
                    rows = future.result()
                    depth = max(1, AHEAD_BYTES // max(rows.nbytes, 1))
                    yield digests, rows
            while waiting:
                digests, future = waiting.popleft()
                yield digests, future.result()
        finally:
            # A stopped consumer doesn't wait for the next batches.
            for _, future in waiting:
                future.cancel()


class FeatureProgress:
    """Counts pictures over several passes, and reports their speed, the time left and some of the pictures.

    Args:
        total: how many pictures there are in all passes.
        done: how many of them are already cached.
        on_event: told of each batch.
    """

    def __init__(self, total: int, done: int, on_event: OnEvent) -> None:
        self.total = total
        self.done = done
        self._on_event = on_event
        self._throughput = Throughput()
        self._shown: deque[str] = deque(maxlen=SHOWN_PICTURES)
        self._shown_at = 0.0

    def add(self, samples: Sequence[Sample]) -> None:
        """Counts pictures that were just computed, and reports it."""
        self.done += len(samples)
        self._throughput.add(len(samples))
        self._show(samples)
        metrics = self._throughput.metrics(self.total - self.done)
        self._on_event(Event("features", self.done, self.total, metrics, pictures=tuple(self._shown)))

    def _show(self, samples: Sequence[Sample]) -> None:
        """Fills the pictures that are shown with the first batch, then adds one a second, so that they can be seen."""
        now = time.monotonic()
        if not self._shown:
            self._shown.extendleft(sample.path for sample in samples)
        elif now - self._shown_at >= SECONDS_A_PICTURE:
            self._shown.appendleft(samples[-1].path)
        else:
            return
        self._shown_at = now


@dataclass
class FeatureSource:
    """Provides the input rows of a training stage, computing what isn't cached.

    Attributes:
        classifier: its frozen part is used, with the weights it will have when the rows are used. None to use `build`.
        config: what the rows depend on.
        dataset: the pictures.
        fingerprint: of the backbone's weights.
        folder: of all feature spaces.
        should_stop: asked before each batch.
        build: builds the classifier once something has to be computed.
    """

    classifier: Classifier | None
    config: TrainingConfig
    dataset: DatasetIndex
    fingerprint: str
    folder: Path
    on_event: OnEvent
    should_stop: ShouldStop
    build: Callable[[], Classifier] | None = None

    def __post_init__(self) -> None:
        self._samples = {sample.digest: sample for sample in self.dataset.samples}
        self._spaces: dict[tuple[str, int], FeatureSpace] = {}
        self._wanted: set[str] = set()
        self._engines: list[Note] = []

    @property
    def notes(self) -> list[Note]:
        """What computed the rows, and what was damaged on disk."""
        return [*self._engines, *self._damage()]

    def _damage(self) -> Iterator[Note]:
        damaged = self._wanted & {digest for space in self._spaces.values() for digest in space.damaged}
        if damaged:
            yield Note("features_damaged", {"damaged": len(damaged), "wanted": len(self._wanted)})
        if lists := sum(space.num_damaged_lists for space in self._spaces.values()):
            yield Note("feature_lists_damaged", {"count": lists})

    def _key(self, boundary: str, view: int) -> dict[str, object]:
        key: dict[str, object] = {"decoder": DECODER_VERSION, "image_size": self.config.image_size}
        if boundary != "pixels":
            key |= {
                "backbone": self.config.backbone,
                "weights": self.fingerprint,
                "preprocessing": self.config.preprocessing,
            }
            if self.config.engine == "bfloat16":
                key["precision"] = "bfloat16"
        if view:
            changes = {**vars(self.config.augmentation)}
            changes.pop("views")
            key |= {"augmentation": changes, "seed": self.config.seed, "view": view}
        return {**key, "boundary": boundary}

    def _space(self, boundary: str, view: int) -> FeatureSpace:
        if (boundary, view) not in self._spaces:
            dtype = "uint8" if boundary == "pixels" else "float16"
            self._spaces[boundary, view] = FeatureSpace.open(
                self.folder, self._key(boundary, view), dtype, self._row_shape(boundary)
            )
        return self._spaces[boundary, view]

    def _row_shape(self, boundary: str) -> tuple[int, ...] | None:
        """Returns the shape of a row; None if it can't be known without the network."""
        if boundary == "pixels":
            return self.config.image_size, self.config.image_size, 3
        if self.classifier is None:
            return None
        shape = self._network(boundary).output_shape[1:]
        return None if None in shape else tuple(shape)

    def _network(self, boundary: str) -> keras.Model:
        """Returns the network that computes the rows of a boundary, from pictures or the rows of an earlier one."""
        classifier = self.built_classifier()
        return classifier.suffix if boundary != self.cut_boundary else classifier.prefix

    def built_classifier(self) -> Classifier:
        """Returns the classifier, building it if necessary."""
        if self.classifier is None:
            if self.build is None:
                raise ValueError("Expected a classifier, or a function that builds one, to compute features.")
            self.classifier = self.build()
        return self.classifier

    @property
    def space_names(self) -> set[str]:
        """Names of the feature spaces that were used."""
        return {space.folder.name for space in self._spaces.values()}

    @property
    def cut_boundary(self) -> str:
        """Name of the boundary where the trainable blocks begin."""
        if not self.config.num_frozen_blocks:
            return "pixels"
        return f"block {self.config.num_frozen_blocks}" if self.config.freeze.trainable_blocks else self.head_boundary

    @property
    def head_boundary(self) -> str:
        """Name of the boundary where the head begins."""
        return "stages and style, average" if self.config.keeps_stages else f"head inputs, {self.config.head.pooling}"

    def count_missing(self, boundary: str, samples: Sequence[Sample], view: int = 0) -> int:
        """Returns how many of the pictures aren't cached in this version."""
        return len(self._space(boundary, view).missing([sample.digest for sample in samples]))

    def ensure(
        self, boundary: str, wanted: Sequence[tuple[Sequence[Sample], int]], on_event: OnEvent | None = None
    ) -> None:
        """Computes the missing rows of these pictures in these versions.

        Args:
            boundary: `cut_boundary` or `head_boundary`.
            wanted: pictures, each set with the number of its version.
            on_event: takes the events instead of the source's own listener.

        Raises:
            RunError: the rows contain NaN or infinity, or the disk refuses them.
            Stopped: `should_stop` said so; what was computed is kept.
        """
        on_event = on_event or self.on_event
        self._wanted.update(sample.digest for samples, _ in wanted for sample in samples)
        missing = [
            (view, self._space(boundary, view).missing([sample.digest for sample in samples]))
            for samples, view in wanted
        ]
        total = sum(len(samples) for samples, _ in wanted)
        progress = FeatureProgress(total, total - sum(len(digests) for _, digests in missing), on_event)
        if not any(digests for _, digests in missing):
            return
        on_event(Event("features", progress.done, total))
        pending = sum(len(digests) for _, digests in missing)
        compute = self._function(boundary, pending)
        for view, digests in missing:
            if digests:
                self._space(boundary, view).write(self._batches(boundary, view, digests, compute, progress))

    def _function(self, boundary: str, num_pictures: int) -> Callable[[np.ndarray], np.ndarray]:
        """Returns the function that turns inputs into rows; it chooses the engine on its first inputs."""
        if boundary == "pixels":
            return lambda rows: rows
        model = self._network(boundary)
        engines: list[Engine] = []

        def compute(rows: np.ndarray) -> np.ndarray:
            if not engines:
                engines.append(choose_engine(model, self.config, rows, num_pictures))
                self._engines.append(engines[0].note)
            return engines[0].compute(rows)

        return compute

    def _batches(
        self,
        boundary: str,
        view: int,
        digests: Sequence[str],
        compute: Callable[[np.ndarray], np.ndarray],
        progress: FeatureProgress,
    ) -> Iterator[Batch]:
        chunks = [digests[start : start + BATCH] for start in range(0, len(digests), BATCH)]
        with ThreadPoolExecutor(psutil.cpu_count() or 1) as decoders:
            for batch, rows in ahead(chunks, lambda chunk: self._inputs(boundary, view, chunk, decoders)):
                if self.should_stop():
                    raise Stopped
                yield batch, self._stored(boundary, batch, compute(rows))
                progress.add([self._samples[digest] for digest in batch])

    def _stored(self, boundary: str, digests: Sequence[str], rows: np.ndarray) -> np.ndarray:
        """Returns rows in their stored type.

        Raises:
            RunError: some contain NaN or infinity, which would spoil whole batches.
        """
        if boundary == "pixels":
            return rows
        with np.errstate(over="ignore"):
            half = rows.astype(np.float16)
        if np.isfinite(half).all():
            return half
        wrong = np.flatnonzero(~np.isfinite(rows).reshape(len(rows), -1).all(axis=1))
        if len(wrong):
            name = self._samples[digests[wrong[0]]].name
            raise RunError(
                f"The frozen blocks of {get_backbone(self.config.backbone).label} gave values that aren't numbers for "
                f"{len(wrong)} of {len(digests)} pictures, {name} first. Use other weights or another engine; if it is "
                "only this picture, leave it out. Then start again."
            )
        # A number beyond the range of float16.
        return in_half_precision(rows)

    def _inputs(self, boundary: str, view: int, digests: Sequence[str], decoders: ThreadPoolExecutor) -> np.ndarray:
        """Reads the inputs of the network that computes `boundary`."""
        if boundary != self.cut_boundary and self.cut_boundary != "pixels":
            samples = [self._samples[digest] for digest in digests]
            space = self._space(self.cut_boundary, view)
            return self._complete(self.cut_boundary, samples, view, lambda: space.gather(digests), ignore_event)
        return np.stack(list(decoders.map(lambda digest: self._picture(digest, view), digests)))

    def _picture(self, digest: str, view: int) -> np.ndarray:
        plain = self._space("pixels", 0) if self.cut_boundary == "pixels" else None
        try:
            picture = plain.gather([digest])[0] if plain is not None else None
        except MissingRows:
            picture = None
        if picture is None:
            picture = decode(self.dataset.picture_path(self._samples[digest]), self.config.image_size)
        return make_view(picture, self.config.augmentation, self.config.seed, digest, view)

    def rows(self, boundary: str, samples: Sequence[Sample], view: int = 0) -> FeatureRows:
        """Returns the rows of pictures that `ensure` has computed.

        Damaged or missing ones are computed again: now, or, if rows are read from disk, when they are read.

        Raises:
            RunError: they are damaged or deleted as fast as they are written.
            Stopped: `should_stop` said so while rows were computed again.
        """
        budget = int(psutil.virtual_memory().available * MEMORY_SHARE)
        space, digests = self._space(boundary, view), [sample.digest for sample in samples]
        self._wanted.update(digests)
        rows = self._complete(boundary, samples, view, lambda: rows_of(space, digests, budget), self.on_event)
        # Reading may happen in a thread beside training, which reports its own progress meanwhile.
        return FeatureRows(
            rows.num_rows,
            lambda indices: self._complete(boundary, samples, view, lambda: rows.read(indices), ignore_event),
        )

    def _complete(
        self, boundary: str, samples: Sequence[Sample], view: int, read: Callable[[], Read], on_event: OnEvent
    ) -> Read:
        """Reads rows; if some are missing, computes them and reads again."""
        for _ in range(ATTEMPTS):
            try:
                return read()
            except MissingRows:
                # All of them at once, because the network has to be compiled for it.
                self._space(boundary, view).check([sample.digest for sample in samples])
                self.ensure(boundary, [(samples, view)], on_event)
        raise RunError(
            f"The features in {self.folder} are damaged or deleted as fast as they are written. Check the disk, "
            "then start again."
        )

    def reader(self, boundary: str, samples: Sequence[Sample]) -> Callable[[np.ndarray, int], np.ndarray]:
        """Returns a function that reads training rows, from indices into `samples` and the number of the epoch.

        Cached versions take turns, so that each epoch mixes original and changed pictures. If every block is
        trainable, pictures are changed anew each epoch.
        """
        if boundary == "pixels":
            return self._pixel_reader(samples)
        views = [self.rows(boundary, samples, view) for view in range(self.config.augmentation.cached_views)]

        def read(indices: np.ndarray, epoch: int) -> np.ndarray:
            turns = (indices + epoch) % len(views)
            parts = [(turns == view, rows) for view, rows in enumerate(views) if (turns == view).any()]
            if len(parts) == 1:
                return parts[0][1].read(indices)
            first = parts[0][1].read(indices[parts[0][0]])
            batch = np.empty((len(indices), *first.shape[1:]), first.dtype)
            for chosen, rows in parts:
                batch[chosen] = rows.read(indices[chosen])
            return batch

        return read

    def _pixel_reader(self, samples: Sequence[Sample]) -> Callable[[np.ndarray, int], np.ndarray]:
        plain = self.rows("pixels", samples)
        config = self.config

        def read(indices: np.ndarray, epoch: int) -> np.ndarray:
            pictures = plain.read(indices)
            if not config.augmentation.changes_pictures:
                return pictures
            digests = [samples[index].digest for index in indices]
            changed = [
                make_view(picture, config.augmentation, config.seed, digest, epoch + 1)
                for picture, digest in zip(pictures, digests, strict=True)
            ]
            return np.stack(changed)

        return read
