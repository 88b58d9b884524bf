"""What follows from the training pictures before and beside training: out-of-fold answers, familiarity."""
