"""What one kind of experiment shows besides accuracy."""

from core.experiments.experiment import Kind


def headers(app) -> list[str]:
    return [item.value for item in app.header]


def test_freezing_shows_costs_and_the_network(open_page, make_experiment) -> None:
    experiment = make_experiment(Kind.FREEZE, lambda arm: 5 - round(min(arm.x, 4)))
    app = open_page("demo", experiment=experiment.id)
    assert headers(app) == ["What it costs", "The network"]
    assert "4 trainable blocks" in next(item.value for item in app.caption if "Filled" in item.value)


def test_the_article_has_a_bar_for_each_step(open_page, make_experiment) -> None:
    app = open_page("demo", experiment=make_experiment(Kind.ARTICLE, lambda arm: 10 - round(arm.x)).id)
    assert headers(app) == ["What each difference is worth"]
    assert any("may be chance" in item.value for item in app.caption)


def test_networks_show_their_size(open_page, make_experiment) -> None:
    app = open_page("demo", experiment=make_experiment(Kind.BACKBONES).id)
    assert headers(app) == ["What it costs"]
