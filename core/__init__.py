"""The training module of Transfer Studio: data sets, runs, networks, evaluation. Knows nothing of Streamlit."""
