import flask
from flask import Flask, json
from sqlalchemy.sql.type_api import NULLTYPE
from jinja2 import Environment
