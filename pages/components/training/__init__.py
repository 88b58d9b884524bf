"""The set-up of a run: form, advanced settings, previews, forecast, rate finder."""
