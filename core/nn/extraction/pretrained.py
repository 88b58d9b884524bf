"""A network with the initial weights of a run, and its features."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.backbones.availability import availability, ways_to_get
from core.backbones.backbone import Backbone
from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.errors import WeightsError
from core.files.checksums import sha256_of
from core.files.user_files import is_file
from core.nn.extraction.extraction import FeatureSource
from core.nn.networks.classifier import Classifier, build_classifier
from core.nn.networks.weights import ensure_weights, load_weights
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import Settings
from core.wording.coded import Note

# Fingerprint of weights that still have to be downloaded: no features can exist for them.
NOT_HERE = "not here yet"
# In the folder of a run that computes its features anew.
OWN_FEATURES = "features"


def weights_path(config: TrainingConfig, settings: Settings) -> Path | None:
    """Returns the file of the backbone's weights; None from scratch, or if they still have to be downloaded."""
    if config.from_scratch:
        return None
    if config.weights == "imagenet":
        return availability(get_backbone(config.backbone), settings).path
    return Path(config.weights)


def weights_fingerprint(config: TrainingConfig, settings: Settings) -> str:
    """Returns the fingerprint of the weights, which features depend on; `NOT_HERE` if there is no weight file yet."""
    if config.from_scratch:
        return f"random {config.seed}"
    path = weights_path(config, settings)
    if path is None or not is_file(path):
        return NOT_HERE
    return sha256_of(path)


def build_pretrained(config: TrainingConfig, num_classes: int, settings: Settings) -> Classifier:
    """Builds a classifier with the initial weights of a run: random ones from scratch, else those of the file.

    Args:
        config: of the run.
        num_classes: of its data set.
        settings: where weights are.

    Raises:
        WeightsError: the weights aren't on this machine, or can't be used.
    """
    classifier = build_classifier(config, num_classes)
    if config.from_scratch:
        return classifier
    backbone, path = get_backbone(config.backbone), weights_path(config, settings)
    if path is None:
        raise WeightsError(_missing(backbone, settings))
    load_weights(classifier.features, backbone, path)
    return classifier


def _missing(backbone: Backbone, settings: Settings) -> str:
    missing = f"The weights of {backbone.label} aren't on this machine yet."
    if not backbone.weights_file.url:
        return f"{missing} {ways_to_get(backbone, settings)}"
    package = backbone.weights_file.package
    instead = f", or {package.install_command}" if package else ""
    return f"{missing} Start a training to download them{instead}."


def weights_notes(config: TrainingConfig, settings: Settings) -> list[Note]:
    """Returns the note on whose work the ImageNet weights of a run are and where they were read, if one is due."""
    backbone = get_backbone(config.backbone)
    credit, package = backbone.weights_file.credit, backbone.weights_file.package
    if config.weights != "imagenet" or not credit:
        return []
    is_packaged = availability(backbone, settings).kind == "package"
    name = f"{package.name} {package.version}" if package and is_packaged else ""
    return [Note("imagenet_weights", {"label": backbone.label, "package": name, "credit": credit})]


@contextmanager
def features_for(config: TrainingConfig, settings: Settings, folder: Path) -> Iterator[Settings]:
    """Yields the settings with the place of a run's features: the shared cache, or a folder of its own until it ends.

    Args:
        config: of the run.
        settings: of this process.
        folder: the run's. If it is interrupted, its own features stay for when it is resumed.
    """
    if config.reuse_features:
        yield settings
        return
    own = folder / OWN_FEATURES
    yield replace(settings, features_folder=own)
    shutil.rmtree(own, ignore_errors=True)


def open_features(
    config: TrainingConfig,
    dataset: DatasetIndex,
    settings: Settings,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
    download: bool = False,
) -> FeatureSource:
    """Opens the features of a data set, cached or still to be computed.

    The network is only built when something has to be computed, or on `FeatureSource.built_classifier`.

    Args:
        config: of the run that they are for.
        dataset: its data set.
        settings: where weights and cached features are.
        on_event: takes the events of the phases `weights` (a download) and `features`.
        should_stop: asked before each batch.
        download: whether to download weights that aren't on this machine.

    Raises:
        WeightsError: they couldn't be downloaded.
        Stopped: `should_stop` said so.
    """
    if download and config.weights == "imagenet":
        ensure_weights(get_backbone(config.backbone), settings, on_event, should_stop)
    return FeatureSource(
        None,
        config,
        dataset,
        weights_fingerprint(config, settings),
        settings.features,
        on_event,
        should_stop,
        build=lambda: build_pretrained(config, len(dataset.class_names), settings),
    )
