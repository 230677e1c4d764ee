from werkzeug.urls import url_quote
