"""What `data.embeddings` is made of: what a frame is, where frames come from, and the files they are written to."""
