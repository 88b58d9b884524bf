"""What the server does outside the pages: start-up, access control, response headers."""
