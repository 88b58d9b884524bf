"""What every page builds on: session ids, cached services, frame, polling, jobs, dialogs."""
