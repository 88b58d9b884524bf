"""What is computed once for the groups of an evaluation, and when it is computed again."""

import os
from dataclasses import replace

from core.datasets.attributes.own_attributes import read_table, save_attributes
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations
from core.settings import settings
from pages.components.slices import slice_queries


def test_key_follows_what_is_known_of_the_pictures(app, trained):
    run = trained.get("Good run")
    (evaluation,) = load_evaluations(trained.folder(run.id))
    dataset = slice_queries.dataset_of(run, evaluation)
    assert dataset.id == run.dataset_id
    before = slice_queries.key(run, evaluation, dataset)
    assert slice_queries.key(run, evaluation, dataset) == before
    lines = [f"{sample.name},{at % 2}" for at, sample in enumerate(dataset.samples)]
    table = read_table(dataset, "more.csv", "\n".join(["file,camera", *lines]).encode())
    save_attributes(dataset, table)
    after = slice_queries.key(run, evaluation, dataset)
    assert after != before
    found = slice_queries.groupings_of(after, dataset, evaluation, table)
    assert found is slice_queries.groupings_of(after, dataset, evaluation, table)
    slices = slice_queries.slices_of(after, "own:camera", evaluation, found.find("camera"))
    assert sum(group.num_pictures for group in slices.groups) == len(evaluation.labels)
    os.utime(dataset.folder / "attributes.json", ns=(1, 1))
    assert slice_queries.key(run, evaluation, dataset) != after


def test_pictures_of_another_data_set_are_looked_up_there(app, trained, shapes):
    run = trained.get("Good run")
    (evaluation,) = load_evaluations(trained.folder(run.id))
    assert slice_queries.dataset_of(run, replace(evaluation, dataset_id=shapes.id)).id == shapes.id
    DatasetStore(settings()).delete(shapes.id)
    assert slice_queries.dataset_of(run, replace(evaluation, dataset_id="gone")) is None
