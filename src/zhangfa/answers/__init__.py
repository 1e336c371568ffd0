"""What a person may ask: compositions across records, read-only."""
