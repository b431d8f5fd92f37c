"""What is told: words that may be shown as they are, and the parts of a page without their drawing."""
