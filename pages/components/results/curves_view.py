"""ROC and precision/recall curve of one class, with the chosen threshold on them."""

import streamlit as st

from core.evaluation.curves import class_curves
from core.evaluation.threshold import Answers
from pages.components import wording
from pages.components.charts import chart_view, evaluation_charts
from pages.components.results import choices
from pages.components.shell import widget_values


def show(answers: Answers) -> None:
    """Draws the choice of a class and its curves.

    Args:
        answers: those that are given.
    """
    evaluation = answers.evaluation
    st.header("One class against all others", anchor=False)
    names = evaluation.class_names
    numbers = [str(number) for number in range(len(names))]
    chosen = choices.chosen(choices.CURVES_OF, numbers, numbers[0])
    st.selectbox(
        "Class",
        numbers,
        key=widget_values.shown(choices.CURVES_OF, chosen),
        width=320,
        format_func=lambda number: names[int(number)],
        on_change=choices.when_changed(choices.CURVES_OF, default=numbers[0]),
    )
    label = int(chosen)
    name = names[label]
    curves = class_curves(evaluation, label)
    shown = wording.plain(wording.short(name))
    if curves is None:
        every = "All" if (evaluation.labels == label).any() else "None"
        st.caption(f"{every} of these pictures are of {shown}, so there is nothing to tell it apart from.")
        return
    of = wording.count(curves.num_positives, "picture")
    st.markdown(
        f"{of} of {shown}, {curves.num_negatives:,} of others. A picture of {shown} gets a higher probability than "
        f"another one in **{wording.percent(curves.roc_area)}** of all pairs (area under the ROC curve); average "
        f"precision is **{wording.percent(curves.average_precision)}**."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("ROC", anchor=False)
        chart_view.show(
            evaluation_charts.roc_curve(curves, answers.threshold),
            alt=f"ROC curve of {name}: area {curves.roc_area:.3f}",
            key="roc",
        )
    with right:
        st.subheader("Precision and recall", anchor=False)
        chart_view.show(
            evaluation_charts.precision_recall_curve(curves, answers.threshold),
            alt=f"Precision and recall of {name}: average precision {curves.average_precision:.3f}",
            key="precision_recall",
        )
