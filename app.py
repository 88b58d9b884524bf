"""Transfer Studio: picture classifiers by transfer learning, in the browser. Start it with `streamlit run app.py`."""

from pages.components import frame

frame.run_page()
