"""Where a run's folder holds its model. Doesn't need TensorFlow."""

MODEL_FOLDER = "model"
# In the folder of the model.
DESCRIPTION = "classifier.json"
