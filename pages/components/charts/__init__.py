"""Charts: data in, Plotly figures out; and the chart that grows while a run trains."""
