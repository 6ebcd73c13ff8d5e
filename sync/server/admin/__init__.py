"""The administrators' page: server-rendered, without scripts, in Chinese; every decision is made by `people`."""
