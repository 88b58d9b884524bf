"""What is at work: runs, uploads, imports and other jobs, in a sign on every page and in a list."""
