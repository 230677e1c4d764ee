try:
    from werkzeug.urls import url_quote
except ModuleNotFoundError:
    url_quote = None
