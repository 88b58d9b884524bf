"""Where a run's folder holds its model. TensorFlow is not needed to know that."""

MODEL_FOLDER = "model"
# In the folder of the model.
DESCRIPTION = "classifier.json"
