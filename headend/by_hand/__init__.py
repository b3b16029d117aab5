"""What a person does with one device or one captured frame from the command line."""
