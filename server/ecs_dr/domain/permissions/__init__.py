"""What an identity must be allowed to do."""
