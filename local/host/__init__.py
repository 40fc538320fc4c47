"""An Azure Functions host in one process, over Microsoft's Python worker library (`azure-functions-runtime`).

It indexes `function_app.py` as Azure does and does the host's part: validates what the worker does not, listens for
every trigger, invokes, retries and settles.
"""
