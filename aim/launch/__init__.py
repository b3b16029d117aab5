"""The demo: prepares the data, runs the processes of the Procfile, ends them all."""
