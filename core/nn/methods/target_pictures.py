"""The pictures that a run's model is adapted to: which they are, their features, and the head that comes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.splits import TEST
from core.errors import DatasetError
from core.features.feature_space import FeatureRows
from core.nn.extraction.extraction import FeatureSource
from core.nn.methods.adaptation import NUM_HEADS, ROUNDS, adapt_head
from core.nn.networks.classifier import Classifier
from core.nn.selection.familiarity import Familiarity, familiarity, leave_one_out_similarities
from core.nn.selection.head_choice import joined
from core.nn.selection.training_pictures import groups_of, labels_of, some_of
from core.nn.selection.vectors import stage_vectors, unit_vectors
from core.progress import OnEvent, Progress
from core.wording.coded import Note

# Of either kind. With more, a dozen heads would take longer than they are worth.
MOST_PICTURES = 2000


def target_samples(target: DatasetIndex, dataset: DatasetIndex, seed: int) -> list[Sample]:
    """Returns the pictures to adapt to, each once.

    Test pictures, and those that the run knows from its own data set, aren't among them, so that they still measure it.

    Args:
        target: the data set to adapt to.
        dataset: the run's own.
        seed: of the choice, if there are very many.

    Raises:
        DatasetError: none is left.
    """
    own = {sample.digest for sample in dataset.samples}
    found = {one.digest: one for one in target.samples if one.split != TEST and one.digest not in own}
    if not found:
        raise DatasetError(
            f"Expected pictures to adapt to that aren't in {dataset.name}. {target.name} has none, besides test "
            "pictures. Choose another data set to adapt to."
        )
    return some_of(list(found.values()), MOST_PICTURES, seed)


@dataclass(frozen=True)
class Adapted:
    """What adapting a head left besides its weights.

    Attributes:
        note: says what was done.
        vectors: unit vectors of the last stage of the pictures that it was adapted to, `float16`
            `(num_pictures, num_features)`.
        groups: which of them are copies of each other, `(num_pictures,)`.
        answers: the classes that the head gives them, `int64` `(num_pictures,)`.
    """

    note: Note
    vectors: np.ndarray
    groups: np.ndarray
    answers: np.ndarray

    def familiarity(self, vectors: np.ndarray, samples: Sequence[Sample]) -> Familiarity:
        """Measures from which similarity on pictures are like the training pictures or those adapted to.

        Args:
            vectors: unit vectors of training pictures, `float16` `(num_training, num_features)`.
            samples: these pictures.
        """
        every = np.concatenate([vectors, self.vectors])
        groups = np.concatenate([groups_of(samples), self.groups + len(samples)])
        labels = np.concatenate([labels_of(samples), self.answers])
        return familiarity(leave_one_out_similarities(every, groups), labels)


class TargetPictures:
    """Pictures to adapt to, with their features.

    Args:
        target: the data set to adapt to.
        dataset: the run's own.
        source: of the run's features, with its network.
    """

    def __init__(self, target: DatasetIndex, dataset: DatasetIndex, source: FeatureSource) -> None:
        self.name = target.name
        self.samples = target_samples(target, dataset, source.config.seed)
        # The page of a run shows pictures by their paths in the run's own data set.
        on_event: OnEvent = lambda event: source.on_event(replace(event, pictures=()))  # noqa: E731
        self.source = replace(source, dataset=target, on_event=on_event)

    def read(self) -> None:
        """Computes the features that aren't cached.

        Raises:
            RunError: they can't be used, or the disk refuses them.
            Stopped: the user asked to stop; what was computed is kept.
        """
        self.source.ensure(self.source.head_boundary, [(self.samples, 0)])

    def rows(self) -> FeatureRows:
        """Returns the head's inputs."""
        return self.source.rows(self.source.head_boundary, self.samples)

    def labelled(self, training: Sequence[Sample]) -> list[Sample]:
        """Returns which of a run's training pictures a head is trained on beside these."""
        return some_of(training, MOST_PICTURES, self.source.config.seed, of_each_class=True)

    def adapt(
        self,
        classifier: Classifier,
        config: TrainingConfig,
        labelled: Sequence[Sample],
        stages: Sequence[np.ndarray],
        class_weights: np.ndarray,
    ) -> Adapted | None:
        """Gives a classifier's head the weights that suit these pictures.

        Args:
            classifier: its head is a logistic regression on unit vectors.
            config: of the run, with the chosen weight decay and depths.
            labelled: what `labelled` returned.
            stages: their unit vectors of each stage, the last one first, each `(num_labelled, size)`.
            class_weights: factors of the loss, `(num_classes,)`.

        Returns:
            None if it would do harm; then the classifier is unchanged.

        Raises:
            Stopped: the user asked to stop; the classifier is unchanged.
        """
        backbone, depths = get_backbone(config.backbone), config.head.depths
        source = joined(stages, depths)
        target = joined(stage_vectors(self.rows(), backbone.stage_features), depths)
        progress = Progress("adapt", NUM_HEADS, self.source.on_event, self.source.should_stop)
        found = adapt_head(
            source, labels_of(labelled), target, config.head.weight_decay, class_weights, progress.advance
        )
        if found is None:
            return None
        # The layer's own inputs have a root mean square of 1.
        scale = source.shape[1] ** 0.5
        classifier.head.get_layer("logits").set_weights([found.weights / scale, found.biases])
        parameters = {
            "name": self.name,
            "count": len(self.samples),
            "num_rounds": ROUNDS,
            "num_changed": found.num_changed,
        }
        vectors = unit_vectors(self.rows(), backbone.num_features).astype(np.float16)
        return Adapted(Note("adapted", parameters), vectors, groups_of(self.samples), found.after)
