"""What a page shows, in its address: so reloading works, and an address can be kept and shared."""

from collections.abc import Mapping

import streamlit as st

SECTION = "section"
# On the page of a run or an experiment: whether it is played again.
REPLAY = "replay"
# On the data page: the data set that is shown, or the way to add one. Neither of them shows the list.
DATASET, ADD = "dataset", "add"
# On a run's page, in the section Explain: this many first digits of the digest of the picture that is shown.
PICTURE, DIGITS = "picture", 12


def keep(name: str, value: str) -> None:
    """Writes a value into the address unless it is there already."""
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def choose_section(
    sections: Mapping[str, str],
    former: Mapping[str, str] | None = None,
    key: str = SECTION,
    name: str = SECTION,
    default: str = "",
) -> str:
    """Draws the choice of a section of the page, and returns the chosen one.

    The section that opens by itself isn't written into an address without one: that would be another step in the
    browser's history, which leads back to the address without a section, which would be written into again.

    Args:
        sections: the label of each section, by the name that it has in the address.
        former: for names that older addresses have, the name of the section that has their content now.
        key: of the widget.
        name: of the parameter in the address.
        default: the section that opens if the address names none; the first if empty.
    """
    default = default or next(iter(sections))
    written = f"{key}_written"
    last = st.session_state.get(written, "")
    named = st.query_params.get(name, "").lower()
    named = (former or {}).get(named, named)
    # An address that this didn't write is of a link that was followed: it overrules what was chosen before. Nothing is
    # chosen any more after another page was open: then the address still has it.
    if named in sections and (named != last or key not in st.session_state):
        st.session_state[key] = named
    elif (last and not named) or st.session_state.get(key) not in sections:
        st.session_state[key] = default
    chosen = (
        st.segmented_control(
            "Section",
            list(sections),
            # For a browser that draws it anew: it would show the first section otherwise, and send that.
            default=st.session_state[key],
            key=key,
            required=True,
            format_func=sections.__getitem__,
            label_visibility="collapsed",
        )
        or default
    )
    if named or chosen != default:
        keep(name, chosen)
    st.session_state[written] = st.query_params.get(name, "")
    return chosen


def open_section(name: str, key: str = SECTION) -> None:
    """Opens a section with the next drawing."""
    st.session_state[key] = name


def show_dataset(dataset_id: str) -> None:
    """Shows a data set with the next drawing of the data page, for callbacks, which can't switch pages.

    In place of another data set, such as the one it is a version of, it is shown in the same section.
    """
    section = st.query_params.get(SECTION, "") if DATASET in st.query_params else ""
    st.query_params.from_dict({DATASET: dataset_id} | ({SECTION: section} if section else {}))


def show_adding(way: str) -> None:
    """Shows the view that adds a data set with the next drawing of the data page, for callbacks.

    Args:
        way: to add it, by its name in the address.
    """
    st.query_params.from_dict({ADD: way})
