"""What a model tells of its own wrong answers, stored with the run so that pages need not load it."""

import numpy as np

from core.evaluation.evaluation import Evaluation
from core.evaluation.mistakes import MistakeDetails, Neighbour
from core.evaluation.prediction import verdict
from core.features.feature_space import FeatureRows, array_rows
from core.nn.networks.model_files import TrainingEmbeddings

NEAREST = 3
WRONG_AT_ONCE = 256


def all_mistake_details(
    evaluation: Evaluation,
    head_inputs: FeatureRows,
    reference: TrainingEmbeddings,
    sure_probability: float,
) -> dict[str, MistakeDetails]:
    """Returns what `mistake_details` does of all wrong answers.

    Args:
        evaluation: all answers.
        head_inputs: of their pictures.
        reference: the training pictures to compare with.
        sure_probability: from which probability on an answer is sure.
    """
    wrong = np.flatnonzero(evaluation.predictions != evaluation.labels)
    found: dict[str, MistakeDetails] = {}
    # In parts: the maps of all of them could take gigabytes.
    for part in np.array_split(wrong, -(-len(wrong) // WRONG_AT_ONCE) or 1):
        if len(part):
            inputs = array_rows(head_inputs.read(part))
            found |= mistake_details(evaluation, part, inputs, reference, sure_probability)
    return found


def mistake_details(
    evaluation: Evaluation,
    wrong: np.ndarray,
    head_inputs: FeatureRows,
    reference: TrainingEmbeddings,
    sure_probability: float,
) -> dict[str, MistakeDetails]:
    """Returns how reliable wrong answers seem and the most similar training pictures, by the path of the picture.

    Args:
        evaluation: all answers.
        wrong: indices of the wrong ones, `int64` `(num_wrong,)`.
        head_inputs: of their pictures.
        reference: the training pictures to compare with.
        sure_probability: from which probability on an answer is sure.
    """
    compared = reference.compare(head_inputs, NEAREST)
    top = evaluation.probabilities[wrong].max(axis=1)
    return {
        evaluation.paths[number]: MistakeDetails(
            verdict(float(top[row]), bool(compared.is_familiar[row]), sure_probability),
            tuple(
                Neighbour(reference.paths[index], round(float(cosine), 4))
                for index, cosine in zip(compared.indices[row], compared.cosines[row], strict=True)
            ),
        )
        for row, number in enumerate(wrong.tolist())
    }
