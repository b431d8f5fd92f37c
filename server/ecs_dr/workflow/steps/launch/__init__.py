"""Step 5: what the launch is asked about, the go-ahead, the creation, and what a refusal leads to."""
