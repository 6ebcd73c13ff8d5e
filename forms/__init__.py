"""Documents on paper; knows neither the app nor a database."""
