def quote(text):
    from werkzeug.urls import url_quote

    return url_quote(text)


quote('a')
