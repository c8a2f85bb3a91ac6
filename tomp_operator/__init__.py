"""The Django project: settings, URLs, and the processes that make up one installation."""
