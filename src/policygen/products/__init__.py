"""Which files a build makes of a document, and what a finished file says of itself."""
