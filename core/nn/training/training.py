"""Training, from configuration and pictures to a saved, evaluated model."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from core.backbones.table import get_backbone
from core.config.head_candidates import MOST_CLASSES, STRENGTHS
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import DatasetError, Stopped
from core.evaluation.calibration import NEVER_SURE, Calibration, calibrate, softened
from core.evaluation.evaluation import Evaluation, final_metrics, save_evaluations
from core.evaluation.mistakes import save_details
from core.events import Event
from core.features.cache import evict
from core.features.feature_space import FeatureRows, array_rows
from core.files import durable
from core.nn.extraction.extraction import FeatureSource
from core.nn.extraction.pretrained import features_for, open_features, weights_notes
from core.nn.methods.target_pictures import Adapted, TargetPictures
from core.nn.networks.classifier import Classifier, class_logits, with_new_head
from core.nn.networks.model_files import TrainedClassifier, TrainingEmbeddings, save_classifier
from core.nn.networks.model_folder import MODEL_FOLDER
from core.nn.selection.head_choice import (
    MOST_PICTURES,
    HeadChoice,
    choose_head,
    joined,
    load_choice,
    most_candidates,
    save_choice,
)
from core.nn.selection.out_of_fold import calibrate_out_of_fold
from core.nn.selection.pixel_baseline import keep_answers_from_pixels
from core.nn.selection.training_pictures import class_weights, groups_of, labels_of, some_of
from core.nn.selection.vectors import stage_vectors
from core.nn.training.checkpoints import CHECKPOINT_FOLDER, Checkpoints, TrainingState
from core.nn.training.mistakes import all_mistake_details
from core.nn.training.notes import CHOSEN, NOT_ADAPTED, NOTES_FILE, save_notes
from core.nn.training.objectives import CrossEntropy, MakeObjective
from core.nn.training.reference import Compared, training_reference
from core.nn.training.stage_data import LabelledRows, StageData, num_measured
from core.nn.training.stages import Stage, TrainingResult
from core.nn.training.trainable import Trainable
from core.nn.training.trainer import Trainer, run_model
from core.nn.training.unit_rows import head_alone
from core.progress import OnEvent, PhaseSeconds, Progress, ShouldStop
from core.settings import Settings
from core.wording.coded import Note

# How many training pictures to keep for comparison: many if their features are at hand, fewer if each must go through
# unfrozen blocks first.
REFERENCE_PICTURES, REFERENCE_PICTURES_UNFROZEN = 2000, 256
# Of how many training pictures out-of-fold answers are asked: enough for a temperature, in seconds.
CALIBRATION_PICTURES = 3000


def run_training(
    config: TrainingConfig,
    dataset: DatasetIndex,
    folder: Path,
    settings: Settings,
    on_event: OnEvent,
    should_stop: ShouldStop,
    make_objective: MakeObjective = CrossEntropy,
    target: DatasetIndex | None = None,
) -> TrainingResult:
    """Trains a classifier and saves it, with its evaluation, in `folder`.

    Args:
        config: the run's configuration.
        dataset: the pictures; split here if they come without validation pictures.
        folder: the run's folder. An interrupted run continues from its checkpoint in this folder.
        settings: where weights and features are.
        on_event: takes the events of the phases `weights`, `features`, `choice`, `head`, `fine_tune`, `adapt`,
            `evaluate` and `save`.
        should_stop: asked before each batch.
        make_objective: makes the objective of a stage.
        target: the data set to adapt to, if the configuration names one.

    Raises:
        CoreError: it can't be done; the message says what to do.
        Stopped: before there was anything to keep.
    """
    with features_for(config, settings, folder) as own:
        return _Training(config, dataset, folder, own, on_event, should_stop, make_objective, target).run()


class _Training:
    """The state of one training; start reading at `run`."""

    def __init__(
        self,
        config: TrainingConfig,
        dataset: DatasetIndex,
        folder: Path,
        settings: Settings,
        on_event: OnEvent,
        should_stop: ShouldStop,
        make_objective: MakeObjective,
        target: DatasetIndex | None,
    ) -> None:
        self.config = config
        self.dataset = dataset.with_split(**config.split_options)
        self.folder = folder
        self.settings = settings
        self.on_event = on_event
        self.should_stop = should_stop
        self.make_objective = make_objective
        self.adapt_to = target if config.adaptation.is_on else None
        self.adapted: Adapted | None = None
        self.clock = PhaseSeconds()
        self.stopped = False
        self.history: list[dict[str, float]] = []
        self.fine_tuned = False
        self.computed: dict[tuple[str, ...], FeatureRows] = {}
        self.checkpoints = Checkpoints(folder / CHECKPOINT_FOLDER)
        self.resumed = self._load_checkpoint()
        self.samples = {split: self.dataset.select(split) for split in ("train", "validation", "test")}
        if not self.samples["train"] or not self.samples["validation"]:
            raise DatasetError(
                "Expected pictures to train on and pictures to validate with. Received none of one kind. "
                "Fix: add pictures, or remove the validation folder so that a share is held out."
            )

    def _load_checkpoint(self) -> TrainingState | None:
        loaded = self.checkpoints.load()
        self.notes: list[Note] = []
        if loaded.num_damaged:
            self.notes.append(Note("checkpoints_damaged", {"count": loaded.num_damaged}))
        if loaded.state:
            self.notes.append(Note("resumed", {"epoch": len(loaded.state.history)}))
        return loaded.state

    def run(self) -> TrainingResult:
        keras.utils.set_random_seed(self.config.seed)
        self.num_features = get_backbone(self.config.backbone).num_features
        self.classifier, self.source = self._build()
        self.target = TargetPictures(self.adapt_to, self.dataset, self.source) if self.adapt_to else None
        if self.config.head_epochs and not (self.resumed and self.resumed.phase == "fine_tune"):
            self._train_head()
        if self.config.fine_tune_epochs and not self.stopped:
            self._fine_tune()
        if self.target:
            self._adapt(self.target)
        calibration = self._calibrate()
        evaluations = self._evaluate(calibration.temperature)
        if not self.stopped:
            with self.clock.during("evaluate"):
                keep_answers_from_pixels(self.dataset, self.config.seed, self.folder, self.should_stop)
        self._save(evaluations, calibration)
        evict(self.settings, self.settings.cache_bytes, keep=self.source.space_names)
        # Last of all, because a run killed before its end is recorded continues from them.
        if not self.stopped:
            self.checkpoints.clear()
        return TrainingResult(self.stopped, final_metrics(evaluations), self.clock.seconds())

    def _build(self) -> tuple[Classifier, FeatureSource]:
        with self.clock.during("weights"):
            self.on_event(Event("weights"))
            source = open_features(
                self.config, self.dataset, self.settings, self.on_event, self.should_stop, download=True
            )
            self.notes += weights_notes(self.config, self.settings)
            return source.built_classifier(), source

    def _train_head(self) -> None:
        boundary = self.source.head_boundary
        views = self.config.augmentation.cached_views
        with self.clock.during("features"):
            if self.source.cut_boundary not in (boundary, "pixels"):
                self._ensure(self.source.cut_boundary, views)
            self._ensure(boundary, views)
            if self.target:
                self.target.read()
        if self.config.chooses_head:
            with self.clock.during("choice"):
                self._choose_head()
        with self.clock.during("head"):
            trained = head_alone(self.classifier, self.config, self._stage_data(boundary))
            self._fit(self._stage("head", *trained))

    def _choose_head(self) -> None:
        """Chooses weight decay and depths by cross-validation on the training pictures.

        The configuration, which is saved with the model, has what was chosen. After an interruption it stays chosen:
        were features computed again by another engine, a narrow choice might fall otherwise, and no checkpoint fit.
        """
        choice = load_choice(self.folder) if self.resumed else None
        if choice is None:
            choice = self._cross_validate()
        if choice is None:
            self.config = self.config.with_options(cross_validation=False)
            reason = "many_classes" if len(self.dataset.class_names) > MOST_CLASSES else "few_pictures"
            self.notes.append(Note("head_not_chosen", {"reason": reason}))
            return
        save_choice(choice, self.folder)
        self.config = self.config.with_options(
            cross_validation=False, weight_decay=1 / choice.strength, depths=choice.depths
        )
        self.classifier = with_new_head(self.classifier, self.config)
        self.notes.append(Note(CHOSEN, {**asdict(choice), "num_strengths": len(STRENGTHS)}))

    def _cross_validate(self) -> HeadChoice | None:
        chosen = some_of(self.samples["train"], MOST_PICTURES, self.config.seed, of_each_class=True)
        stages = self._stage_vectors(chosen)
        progress = Progress("choice", most_candidates(len(stages)), self.on_event, self.should_stop)
        return choose_head(
            stages, labels_of(chosen), groups_of(chosen), self._class_weights(), progress.advance, self.should_stop
        )

    def _stage_vectors(self, samples: Sequence[Sample]) -> list[np.ndarray]:
        """Returns the unit vectors of each stage that a frozen network's features come from, the last one first."""
        stages = get_backbone(self.config.backbone).stage_features if self.config.keeps_stages else (self.num_features,)
        return stage_vectors(self._head_inputs(samples), stages)

    def _fine_tune(self) -> None:
        self.fine_tuned = True
        boundary = self.source.cut_boundary
        with self.clock.during("features"):
            self._ensure(boundary, 1 if boundary == "pixels" else self.config.augmentation.cached_views)
        network = Trainable.whole(self.classifier, self.config.from_scratch)
        with self.clock.during("fine_tune"):
            self._fit(self._stage("fine_tune", network, self._stage_data(boundary)))

    def _adapt(self, target: TargetPictures) -> None:
        """Replaces what the head has learned by what suits the other pictures, unless the user doesn't wait for it."""
        is_done = False
        with self.clock.during("adapt"), suppress(Stopped):
            if not self.stopped:
                labelled = target.labelled(self.samples["train"])
                stages, weights = self._stage_vectors(labelled), self._class_weights()
                self.adapted = target.adapt(self.classifier, self.config, labelled, stages, weights)
                is_done = True
        self.stopped = not is_done
        why = Note(NOT_ADAPTED, {"name": target.name, "reason": "class_shares" if is_done else "stopped"})
        self.notes.append(self.adapted.note if self.adapted else why)

    def _ensure(self, boundary: str, views: int) -> None:
        plain = [*self.samples["train"], *self.samples["validation"], *self.samples["test"]]
        changed = [(self.samples["train"], view) for view in range(1, views)]
        self.source.ensure(boundary, [(plain, 0), *changed])

    def _stage(self, phase: str, network: Trainable, data: StageData) -> Stage:
        config, rates = self.config, self.config.optimization
        fine = phase == "fine_tune"
        return Stage(
            phase=phase,
            objective=self.make_objective(network, data, config),
            epochs=config.fine_tune_epochs if fine else config.head_epochs,
            learning_rate=rates.fine_tune_learning_rate if fine and not config.from_scratch else rates.learning_rate,
            optimization=config.optimization,
        )

    def _stage_data(self, boundary: str) -> StageData:
        training, validation = self.samples["train"], self.samples["validation"]
        measured = self._measured_sample()
        return StageData(
            read=self.source.reader(boundary, training),
            labels=labels_of(training),
            class_weights=self._class_weights(),
            measured=LabelledRows(self.source.rows(boundary, measured), labels_of(measured)),
            validation=LabelledRows(self.source.rows(boundary, validation), labels_of(validation)),
            seed=self.config.seed,
        )

    def _measured_sample(self) -> list[Sample]:
        """Chooses the training pictures that the training curve is measured on, the same in every epoch."""
        training = self.samples["train"]
        return some_of(training, num_measured(len(training), len(self.samples["validation"])), self.config.seed)

    def _class_weights(self) -> np.ndarray:
        labels = labels_of(self.samples["train"])
        return class_weights(labels, len(self.dataset.class_names), self.config.objective.class_weighting)

    def _fit(self, stage: Stage) -> None:
        resumed = self.resumed if self.resumed and self.resumed.phase == stage.phase else None
        past = resumed.history[: resumed.first_epoch] if resumed else self.history
        fitted = Trainer(stage, self.on_event, self.should_stop, past, self.checkpoints.save, resumed).run()
        # Where it learned from unit vectors, another one was trained.
        self.classifier.head.set_weights(stage.objective.network.head.get_weights())
        self.history = [*past, *fitted.history]
        self.stopped = fitted.stopped

    def _head_inputs(self, samples: Sequence[Sample]) -> FeatureRows:
        """Returns the head's inputs for unchanged pictures, with the current network."""
        if not self.fine_tuned:
            return self.source.rows(self.source.head_boundary, samples)
        key = tuple(sample.path for sample in samples)
        if key not in self.computed:
            rows = self.source.rows(self.source.cut_boundary, samples)
            self.computed[key] = array_rows(run_model(self.classifier.suffix, rows))
        return self.computed[key]

    def _calibrate(self) -> Calibration:
        """Makes the model's probabilities mean what they say, and notes what that was learned from."""
        with self.clock.during("evaluate"):
            self.on_event(Event("evaluate"))
            if self.adapted:
                # What labelled pictures show of its probabilities says nothing of pictures of the other kind.
                self.notes.append(Note("adapted_never_sure"))
                return Calibration(sure_probability=NEVER_SURE)
            calibration = self._calibrate_out_of_fold() or self._calibrate_on_validation()
        self.notes.append(
            Note(
                f"calibrated_{calibration.source}",
                {"temperature": calibration.temperature, "count": calibration.num_pictures},
            )
        )
        if calibration.sure_probability > 1:
            self.notes.append(Note("never_sure", {"count": calibration.num_pictures}))
        return calibration

    def _calibrate_out_of_fold(self) -> Calibration | None:
        """Calibrates on the training pictures, each answered by a head that wasn't trained on it.

        Returns:
            None if that would say nothing of this model, if there are too few pictures, or if the user doesn't wait.
        """
        if self.fine_tuned or not self.config.head.is_logistic or self.config.objective.label_smoothing:
            return None
        chosen = some_of(self.samples["train"], CALIBRATION_PICTURES, self.config.seed)
        with suppress(Stopped):
            vectors = joined(self._stage_vectors(chosen), self.config.head.depths if self.config.has_depths else 1)
            decay, weights = self.config.head.weight_decay, self._class_weights()
            return calibrate_out_of_fold(vectors, chosen, decay, weights, self._logits(chosen), self.should_stop)
        return None

    def _calibrate_on_validation(self) -> Calibration:
        samples = self.samples["validation"]
        return calibrate(self._logits(samples), labels_of(samples), "validation")

    def _logits(self, samples: Sequence[Sample]) -> np.ndarray:
        return class_logits(run_model(self.classifier.head, self._head_inputs(samples)))

    def _evaluate(self, temperature: float) -> list[Evaluation]:
        with self.clock.during("evaluate"):
            return [self._evaluate_split(split, temperature) for split in ("validation", "test") if self.samples[split]]

    def _evaluate_split(self, split: str, temperature: float) -> Evaluation:
        samples = self.samples[split]
        paths, probabilities = tuple(one.path for one in samples), softened(self._logits(samples), temperature)
        return Evaluation(split, self.dataset.class_names, labels_of(samples), probabilities, paths, temperature)

    def _reference(self) -> TrainingEmbeddings:
        """Keeps training pictures for comparison, and what of new ones is to count as familiar."""
        most = REFERENCE_PICTURES_UNFROZEN if self.fine_tuned else REFERENCE_PICTURES
        chosen = some_of(self.samples["train"], most, self.config.seed)
        training, validation = (Compared(one, self._head_inputs(one)) for one in (chosen, self.samples["validation"]))
        reference, notes = training_reference(training, validation, self.config, self.fine_tuned, self.adapted)
        self.notes += notes
        return reference

    def _save(self, evaluations: list[Evaluation], calibration: Calibration) -> None:
        with self.clock.during("save"):
            self.on_event(Event("save"))
            names, reference = self.dataset.class_names, self._reference()
            trained = TrainedClassifier(self.classifier, self.config, names, reference, calibration)
            self.folder.mkdir(parents=True, exist_ok=True)
            durable.sweep(self.folder / NOTES_FILE)
            save_evaluations(evaluations, self.folder)
            of = reference, calibration.sure_probability
            inputs = {one.split: self._head_inputs(self.samples[one.split]) for one in evaluations}
            details = {one.split: all_mistake_details(one, inputs[one.split], *of) for one in evaluations}
            save_details(details, self.folder)
            # Each note once, even if two parts of a network ran in the same engine.
            others = self.target.source.notes if self.target else []
            save_notes(list(dict.fromkeys([*self.notes, *self.source.notes, *others])), self.folder)
            save_classifier(trained, self.folder / MODEL_FOLDER)
