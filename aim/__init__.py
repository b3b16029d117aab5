"""The OpenAIM project: settings, process entry points, embedded services and health pages."""
