"""What a person may do. One function each; every door calls these."""
