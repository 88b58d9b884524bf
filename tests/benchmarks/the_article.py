"""The article's own script, written out plainly: the whole network over every picture in every epoch.

`python -m tests.benchmarks.the_article FOLDER WEIGHTS EPOCHS [BACKBONE]`, where FOLDER has `train` and `validation`.
With `efficientnet_lite0` in place of `vgg16` nothing changes but the network, its size of pictures, and that it takes
pixels as they are. Prints one JSON object with the validation accuracy of each epoch and the seconds from the first
line after the imports to the end.
"""

import json
import sys
import time
from pathlib import Path

import keras
import tensorflow as tf
from keras import Sequential, layers
from keras.applications import VGG16

from core.backbones.table import get_backbone
from core.nn.networks.building import build_network
from core.nn.networks.weights import load_weights

EFFICIENTNET = "efficientnet_lite0"


def convolutions_of(name: str, weights: str, side: int) -> keras.Model:
    """Returns the pretrained part."""
    if name == EFFICIENTNET:
        network = build_network(get_backbone(name), side, "native")
    else:
        network = VGG16(include_top=False, weights=None, input_shape=(side, side, 3))
    load_weights(network, get_backbone(name), Path(weights))
    return network


def main() -> None:
    """Trains as the article does."""
    folder, weights, epochs, *names = sys.argv[1:]
    started = time.monotonic()
    name = names[0] if names else "vgg16"
    side, rescale = (224, None) if name == EFFICIENTNET else (150, 1 / 255)
    generator = tf.keras.preprocessing.image.ImageDataGenerator
    training = generator(rescale=rescale, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
    validation = generator(rescale=rescale)
    options = {"target_size": (side, side), "batch_size": 32, "class_mode": "binary"}
    convolutions = convolutions_of(name, weights, side)
    convolutions.trainable = False
    model = Sequential(
        [convolutions, layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dense(1, activation="sigmoid")]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit(
        training.flow_from_directory(f"{folder}/train", **options),
        validation_data=validation.flow_from_directory(f"{folder}/validation", **options),
        epochs=int(epochs),
        verbose=2,
    )
    print(json.dumps({"accuracies": history.history["val_accuracy"], "seconds": {"fit": time.monotonic() - started}}))


if __name__ == "__main__":
    main()
