"""The page with all questions and all experiments."""

from core.experiments import words
from core.experiments.experiment import Kind
from core.experiments.plans import PLANS


def test_every_question_is_there_with_the_way_to_set_it_up(open_page, trained) -> None:
    app = open_page("demo")
    texts = " ".join(item.value for item in app.markdown)
    links = [link.proto.query_string for link in app.get("page_link")]
    for kind in PLANS:
        assert words.QUESTIONS[kind] in texts
        assert f"kind={kind.value}" in links
    assert "Experiments" not in [header.value for header in app.header]


def test_experiments_are_listed_with_how_far_they_are(open_page, make_experiment) -> None:
    race = make_experiment(Kind.RACE, lambda arm: None if arm.lane == "scratch" else 2)
    app = open_page("demo")
    links = {link.proto.query_string: link.proto.label for link in app.get("page_link")}
    assert "Race · Shapes" in links[f"experiment={race.id}"]
    assert any(item.value.startswith("2 of 3 runs, not complete · ") for item in app.caption)
