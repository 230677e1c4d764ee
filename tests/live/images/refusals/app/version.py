from flask import __version__
