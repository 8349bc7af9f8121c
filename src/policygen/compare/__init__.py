"""What differs between two documents: by clause id, by line, by word, with the owner of each change."""
