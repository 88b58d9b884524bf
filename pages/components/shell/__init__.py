"""What every page stands on: session ids, cached services, frame, polling, jobs, dialogs."""
