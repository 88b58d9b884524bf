"""Transfer Studio: picture classifiers by transfer learning, in the browser. Start it with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from pages.components import session

COMPONENTS = Path(__file__).parent / "pages" / "components"

page = st.navigation(
    [
        st.Page(session.HOME, title="Home", icon=":material/home:", default=True),
        st.Page(session.DATA, title="Data", icon=":material/photo_library:", url_path="data"),
        st.Page(session.TRAIN, title="Train", icon=":material/model_training:", url_path="train"),
        st.Page(session.RUNS, title="Runs", icon=":material/stacked_line_chart:", url_path="runs"),
        st.Page(session.TESTING, title="Test", icon=":material/image_search:", url_path="test"),
        st.Page(session.RUN, title="Run", icon=":material/monitoring:", url_path="run", visibility="hidden"),
    ],
    position="top",
)
st.set_page_config(
    page_title=f"{page.title} · Transfer Studio",
    page_icon=str(COMPONENTS / "icon.svg"),
    layout="wide",
    # With a menu there is a switch between light and dark.
    menu_items={"About": "Transfer Studio trains picture classifiers on this machine, from the pictures you have."},
)
st.logo(COMPONENTS / "logo.svg", size="large")
st.html(COMPONENTS / "page.css")
session.run_store()
page.run()
