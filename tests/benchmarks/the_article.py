"""The article's own script, written out plainly: the whole of VGG16 over every picture in every epoch.

`python -m tests.benchmarks.the_article FOLDER WEIGHTS EPOCHS`, where FOLDER has `train` and `validation`. Prints one
JSON object with the validation accuracy of each epoch.
"""

import json
import sys

import tensorflow as tf
from keras import Sequential, layers
from keras.applications import VGG16


def main() -> None:
    """Trains as the article does."""
    folder, weights, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    generator = tf.keras.preprocessing.image.ImageDataGenerator
    training = generator(rescale=1 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
    validation = generator(rescale=1 / 255)
    options = {"target_size": (150, 150), "batch_size": 32, "class_mode": "binary"}
    convolutions = VGG16(include_top=False, weights=weights, input_shape=(150, 150, 3))
    convolutions.trainable = False
    model = Sequential(
        [convolutions, layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dense(1, activation="sigmoid")]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit(
        training.flow_from_directory(f"{folder}/train", **options),
        validation_data=validation.flow_from_directory(f"{folder}/validation", **options),
        epochs=epochs,
        verbose=2,
    )
    print(json.dumps({"accuracies": history.history["val_accuracy"]}))


if __name__ == "__main__":
    main()
