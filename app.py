"""Transfer Studio: picture classifiers by transfer learning, in the browser. Start it with `streamlit run app.py`."""

import streamlit as st

from pages.components import access, downloads, frame, polling, response_headers, start_up, upload_route

if __name__ == "__main__":
    # Streamlit runs this file for each look at a page ...
    frame.run_page()
else:
    # ... and imports it once, to serve it.
    polling.keep_to_their_page()
    access.let_streamlit_agree()
    app = st.App(
        __file__,
        routes=[*upload_route.routes(), *downloads.routes()],
        lifespan=start_up.lifespan,
        middleware=start_up.middleware(),
        exception_handlers={Exception: response_headers.failed},
    )
