try:
    from werkzeug.urls import url_quote
except ImportError:
    from urllib.parse import quote as url_quote
