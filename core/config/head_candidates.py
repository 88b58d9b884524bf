"""Which heads cross-validation chooses from, for the choice itself and for what is said of it."""

# Inverse penalties, C of scikit-learn's `LogisticRegression`: from a strong penalty to hardly one. With still less,
# gradient steps take far longer to come to the end, and on cats and dogs answers got no better.
STRENGTHS = tuple(4.0**power for power in range(6))
# How many of the last stages of a backbone features can come from.
NUM_STAGES = 3
# With more it would take minutes.
MOST_CLASSES = 100
