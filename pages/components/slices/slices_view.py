"""Does the model do as well for every group? A choice of groups, the table, the chart and the largest gap."""

import streamlit as st

from core.datasets.attributes.groupings import MOST_GROUPS, Grouping, Groupings
from core.datasets.attributes.own_attributes import OwnAttributes, read_attributes
from core.datasets.index import DatasetIndex
from core.errors import CoreError
from core.evaluation.evaluation import Evaluation
from core.evaluation.slices import MACRO_F1, Slices
from core.evaluation.words import slices as words
from core.evaluation.words.results import plausibly
from core.runs.records.store import Run
from core.wording.lists import listed
from pages.components import wording
from pages.components.charts import chart_view, slices_chart
from pages.components.check import audits
from pages.components.results import choices, stored
from pages.components.shared import tables
from pages.components.shell import session, widget_values
from pages.components.slices import own_table, slice_queries

DELETED = "The data set was deleted, so nothing is known of its pictures that they could be grouped by."
PERCENT = "%.1f %%"
GROUP_WIDTH = 150


def show(run: Run) -> None:
    """Draws the part.

    Args:
        run: has a model.
    """
    with session.errors_shown():
        evaluation = _evaluation(run)
        st.header("Does it do as well for every group?", anchor=False)
        dataset = slice_queries.dataset_of(run, evaluation)
        if dataset is None:
            st.caption(DELETED)
            return
        attributes = _attributes(dataset)
        key = slice_queries.key(run, evaluation, dataset)
        found = slice_queries.groupings_of(key, dataset, evaluation, attributes)
        grouping = _choose(found)
        if grouping is not None:
            _show_groups(evaluation, grouping, slice_queries.slices_of(key, grouping.name, evaluation, grouping))
        _say_what_is_missing(dataset, found)
        own_table.show(dataset, attributes, evaluation.paths)


def _evaluation(run: Run) -> Evaluation:
    """Returns the evaluation that is chosen at the top of the section."""
    by_split = {evaluation.split: evaluation for evaluation in stored.evaluations(run)}
    return by_split[choices.chosen(choices.SPLIT, by_split, next(iter(by_split)))]


def _attributes(dataset: DatasetIndex) -> OwnAttributes | None:
    """Returns the user's table; if it can't be read, says so."""
    try:
        return read_attributes(dataset)
    except CoreError as error:
        st.warning(wording.plain(str(error)), icon=":material/warning:")
        own_table.offer_removal(dataset)
        return None


def _choose(found: Groupings) -> Grouping | None:
    by_name = {grouping.name: grouping for grouping in found.offered}
    if not by_name:
        st.caption("All of these pictures are of one folder, size, shape and look, so there are no groups to compare.")
        return None
    name = choices.chosen(choices.GROUPS_BY, by_name)
    st.selectbox(
        "Groups by",
        list(by_name),
        key=widget_values.shown(choices.GROUPS_BY, name or None),
        index=None,
        placeholder="Choose what to compare by",
        width=320,
        format_func=words.grouping_name,
        on_change=choices.when_changed(choices.GROUPS_BY),
    )
    return by_name.get(name)


def _show_groups(evaluation: Evaluation, grouping: Grouping, slices: Slices) -> None:
    names = [words.group_name(group) for group in grouping.groups]
    plain = [wording.plain(wording.short(name)) for name in names]
    if grouping.name in words.EXPLANATIONS:
        st.caption(words.EXPLANATIONS[grouping.name])
    sentence = f"**{words.gap_sentence(slices, plain)}**"
    if slices.gap and slices.gap.is_sure:
        st.warning(sentence, icon=":material/balance:")
    else:
        st.markdown(sentence)
    if small := words.small_sentence(slices, plain):
        st.warning(small, icon=":material/warning:")
    left, right = st.columns(2, gap="medium")
    with left:
        _table(slices, names)
    with right:
        _chart(evaluation, slices, names)
    sentences = [words.unknown_sentence(slices), words.pairs_sentence(slices)]
    if slices.differences:
        sentences.append(
            "Macro F1, in which every class counts the same, differs by up to "
            f"{slices.differences[MACRO_F1] * 100:.0f} points between these groups."
        )
    st.caption(" ".join(filter(None, sentences)))


def _table(slices: Slices, names: list[str]) -> None:
    scores = [*slices.groups, *([slices.unknown] if slices.unknown else [])]
    tables.show(
        {
            "Group": _names(slices, names),
            "Pictures": [score.num_pictures for score in scores],
            "Right": [score.accuracy * 100 for score in scores],
            "Plausibly": [plausibly(score.interval).removeprefix("plausibly ") for score in scores],
            "Macro F1": [score.macro_f1 * 100 for score in scores],
        },
        alt="Number of pictures, accuracy with its interval and macro F1 of each group",
        file_name="groups.csv",
        column_config={
            "Group": st.column_config.TextColumn(width=GROUP_WIDTH),
            "Right": st.column_config.NumberColumn(format=PERCENT, help="The share of right answers: the accuracy."),
            "Plausibly": st.column_config.TextColumn(help="95 % interval of that share, on new pictures of this kind."),
            "Macro F1": st.column_config.NumberColumn(
                format=PERCENT, help="The mean of the classes' F1: each counts the same."
            ),
        },
    )


def _chart(evaluation: Evaluation, slices: Slices, names: list[str]) -> None:
    scores = [*slices.groups, *([slices.unknown] if slices.unknown else [])]
    shown = _names(slices, names)
    parts = [f"{name} {wording.percent(score.accuracy)}" for name, score in zip(shown, scores, strict=True)]
    chart_view.show(
        slices_chart.accuracies(scores, shown, evaluation.accuracy),
        alt=f"Right answers by group, with intervals: {listed(parts)}",
        key="slices",
    )


def _names(slices: Slices, names: list[str]) -> list[str]:
    return [names[score.group] for score in slices.groups] + ([words.UNKNOWN] if slices.unknown else [])


def _say_what_is_missing(dataset: DatasetIndex, found: Groupings) -> None:
    if found.too_many:
        many = wording.plain(listed([words.grouping_name(name) for name in found.too_many]))
        st.caption(f"Not offered, because it would make more than {MOST_GROUPS} groups: {many}.")
    if found.num_unmeasured:
        audits.show_missing(dataset)
