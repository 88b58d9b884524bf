"""Pictures through the frozen part of a network, once, into the feature cache."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from core.config import TrainingConfig
from core.datasets.index import DatasetIndex, Sample
from core.errors import Stopped
from core.events import Event, OnEvent, ShouldStop
from core.nn.augmentation import make_view
from core.nn.classifier import Classifier
from core.nn.engines import BATCH, Engine, choose_engine
from core.nn.features import FeatureSpace, Rows, rows_of
from core.nn.images import DECODER_VERSION, decode

# Share of the free memory that rows of one stage may take before they are read from disk instead.
MEMORY_SHARE = 0.25
AHEAD_BYTES = 64 * 1024**2

Batch = tuple[list[str], np.ndarray]


def ahead(batches: Sequence[Sequence[str]], read: Callable[[Sequence[str]], np.ndarray]) -> Iterator[Batch]:
    """Reads batches while the ones before them are worked on, `AHEAD_BYTES` or one batch in advance.

    So much because the first batch waits some seconds for its network to be compiled, mostly on one processor.
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
            # Whoever stops doesn't wait for what was to be read next.
            for _, future in waiting:
                future.cancel()


@dataclass
class Progress:
    """Counts pictures over several passes and tells how fast they go and how long they still take."""

    total: int
    on_event: OnEvent
    done: int = 0
    _timed: int = 0
    _started: float = 0.0

    def add(self, pictures: int) -> None:
        """Counts pictures that were computed just now, and says so.

        The first batch also compiles the network, so the clock starts after it.
        """
        self.done += pictures
        metrics = {}
        if self._started:
            self._timed += pictures
            rate = self._timed / max(time.monotonic() - self._started, 1e-6)
            metrics = {"pictures_per_second": rate, "seconds_left": (self.total - self.done) / rate}
        else:
            self._started = time.monotonic()
        self.on_event(Event("features", self.done, self.total, metrics))


@dataclass
class FeatureSource:
    """Gives the rows that a stage of the training starts from, computing what isn't cached.

    Attributes:
        classifier: whose frozen part is used; its weights are as they will be when the rows are used. None where
            nothing is to be computed.
        config: what the rows depend on.
        index: the pictures.
        fingerprint: of the backbone's weights.
        folder: of all feature spaces.
        should_stop: asked before each batch.
    """

    classifier: Classifier | None
    config: TrainingConfig
    index: DatasetIndex
    fingerprint: str
    folder: Path
    on_event: OnEvent
    should_stop: ShouldStop

    def __post_init__(self) -> None:
        self._samples = {sample.digest: sample for sample in self.index.samples}
        self._spaces: dict[tuple[str, int], FeatureSpace] = {}
        self.notes: list[str] = []

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
            self._spaces[boundary, view] = FeatureSpace.open(self.folder, self._key(boundary, view))
        return self._spaces[boundary, view]

    @property
    def space_names(self) -> set[str]:
        """Names of the feature spaces that were used."""
        return {space.folder.name for space in self._spaces.values()}

    @property
    def cut_boundary(self) -> str:
        """Name of the place where the trainable blocks begin."""
        if not self.config.num_frozen_blocks:
            return "pixels"
        return f"block {self.config.num_frozen_blocks}" if self.config.freeze.trainable_blocks else self.head_boundary

    @property
    def head_boundary(self) -> str:
        """Name of the place where the head begins."""
        return f"head inputs, {self.config.head.pooling}"

    def count_missing(self, boundary: str, samples: Sequence[Sample], view: int = 0) -> int:
        """Returns how many of the pictures aren't cached in this version."""
        return len(self._space(boundary, view).missing([sample.digest for sample in samples]))

    def ensure(self, boundary: str, wanted: Sequence[tuple[Sequence[Sample], int]]) -> None:
        """Computes the rows of these pictures, in these versions, that aren't cached.

        Args:
            boundary: `cut_boundary` or `head_boundary`.
            wanted: pictures and the number of their version.

        Raises:
            Stopped: `should_stop` said so; what was computed is kept.
        """
        missing = [
            (view, self._space(boundary, view).missing([sample.digest for sample in samples]))
            for samples, view in wanted
        ]
        total = sum(len(samples) for samples, _ in wanted)
        progress = Progress(total, self.on_event, total - sum(len(digests) for _, digests in missing))
        if not any(digests for _, digests in missing):
            return
        self.on_event(Event("features", progress.done, total))
        pending = sum(len(digests) for _, digests in missing)
        compute = self._function(boundary, pending)
        for view, digests in missing:
            if digests:
                self._space(boundary, view).write(self._batches(boundary, view, digests, compute, progress))

    def _function(self, boundary: str, num_pictures: int) -> Callable[[np.ndarray], np.ndarray]:
        """Returns what turns inputs into rows; the engine is chosen on the first of them."""
        if boundary == "pixels":
            return lambda rows: rows
        model = self.classifier.suffix if boundary != self.cut_boundary else self.classifier.prefix
        engines: list[Engine] = []

        def compute(rows: np.ndarray) -> np.ndarray:
            if not engines:
                engines.append(choose_engine(model, self.config, rows, num_pictures))
                self.notes.append(engines[0].sentence)
            return engines[0].compute(rows).astype(np.float16)

        return compute

    def _batches(
        self,
        boundary: str,
        view: int,
        digests: Sequence[str],
        compute: Callable[[np.ndarray], np.ndarray],
        progress: Progress,
    ) -> Iterator[Batch]:
        chunks = [digests[start : start + BATCH] for start in range(0, len(digests), BATCH)]
        with ThreadPoolExecutor(psutil.cpu_count() or 1) as decoders:
            for batch, rows in ahead(chunks, lambda chunk: self._inputs(boundary, view, chunk, decoders)):
                if self.should_stop():
                    raise Stopped
                yield batch, compute(rows)
                progress.add(len(batch))

    def _inputs(self, boundary: str, view: int, digests: Sequence[str], decoders: ThreadPoolExecutor) -> np.ndarray:
        """Reads what enters the network that computes `boundary`."""
        if boundary != self.cut_boundary and self.cut_boundary != "pixels":
            return self._space(self.cut_boundary, view).gather(digests)
        return np.stack(list(decoders.map(lambda digest: self._picture(digest, view), digests)))

    def _picture(self, digest: str, view: int) -> np.ndarray:
        plain = self._space("pixels", 0) if self.cut_boundary == "pixels" else None
        if plain is not None and digest in plain:
            picture = plain.gather([digest])[0]
        else:
            picture = decode(self.index.picture_path(self._samples[digest]), self.config.image_size)
        return make_view(picture, self.config.augmentation, self.config.seed, digest, view)

    def rows(self, boundary: str, samples: Sequence[Sample], view: int = 0) -> Rows:
        """Returns the rows of pictures that `ensure` has seen to."""
        budget = int(psutil.virtual_memory().available * MEMORY_SHARE)
        return rows_of(self._space(boundary, view), [sample.digest for sample in samples], budget)

    def reader(self, boundary: str, samples: Sequence[Sample]) -> Callable[[np.ndarray, int], np.ndarray]:
        """Returns how training rows are read: places among `samples` and the number of the epoch to rows.

        Cached versions take turns, so that each epoch mixes plain and changed pictures. Where every block is
        trainable, pictures are changed anew each epoch.
        """
        if boundary == "pixels":
            return self._pixel_reader(samples)
        views = [self.rows(boundary, samples, view) for view in range(self.config.augmentation.cached_views)]

        def read(places: np.ndarray, epoch: int) -> np.ndarray:
            turns = (places + epoch) % len(views)
            parts = [(turns == view, rows) for view, rows in enumerate(views) if (turns == view).any()]
            if len(parts) == 1:
                return parts[0][1].read(places)
            first = parts[0][1].read(places[parts[0][0]])
            batch = np.empty((len(places), *first.shape[1:]), first.dtype)
            for chosen, rows in parts:
                batch[chosen] = rows.read(places[chosen])
            return batch

        return read

    def _pixel_reader(self, samples: Sequence[Sample]) -> Callable[[np.ndarray, int], np.ndarray]:
        plain = self.rows("pixels", samples)
        config = self.config

        def read(places: np.ndarray, epoch: int) -> np.ndarray:
            pictures = plain.read(places)
            if not config.augmentation.changes_pictures:
                return pictures
            digests = [samples[place].digest for place in places]
            changed = [
                make_view(picture, config.augmentation, config.seed, digest, epoch + 1)
                for picture, digest in zip(pictures, digests, strict=True)
            ]
            return np.stack(changed)

        return read
