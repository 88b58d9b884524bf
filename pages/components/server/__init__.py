"""What the server does outside the pages: its start, who may speak to it, what its answers tell browsers."""
