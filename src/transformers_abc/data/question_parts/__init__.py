"""What `data.questions` and `data.replies` are made of: what a clip says for sure, how a question is worded, how a reply is read."""
