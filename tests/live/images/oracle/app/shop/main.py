"""Every kind of import that finds something, or nearly does."""

import importlib
import sys

from shop import answer
import acme
import acme.billing
import acme.nowhere
import acme.orders
import array
import brought.by_pth
import click
import click.core
import cmath
import collections.abc
import dangling
import distutils
import egged
import encodings.utf_8
import hooked.here
import hooked.there
import imp
import legacyns.far
import legacyns.near
import linked.cart
import markupsafe._speedups
import os.path
import packaging.version
import pip
import pkg_resources
import sched
import script
import setuptools
import Shop
import SHOP.main
import shop.cart
import shop.inner.deep
import shop.Prices
import shop.prices
import shop.reserved.inner
import stat
import syslog
import this
import tomllib
import utils
import utils.text
import uvicorn.main
import xml.etree.ElementTree
import yaml
import yaml.nodes
import zipped
import zipped.inner
import zipped.missing
import _ssl
from json import decoder, loads, nothing_there
from os import path, sep
from xml import dom, etree, nothing

from . import _right, _stable, _wrong, absent, both, cached, cart, legacy, nsboth, stubs
from .both import inside, outside
from .cart import *
from .cart import Basket, Trolley
from .compiled import deep
from .inner import VALUE, deep as deeper, lost
from .lazy import anything
from .legacy import something
from .nsboth import inner
from .plugins import alpha, gamma
from ... import above
from ..outer import beyond

try:
    import ujson as json
except ImportError:
    import json

if sys.version_info >= (3, 40):
    import no_future
if sys.platform == "win32":
    import winreg

alpha_again = importlib.import_module("shop.plugins.alpha")
beta = importlib.import_module(".beta", "shop.plugins")


def run():
    """Import late."""
    import shop.later
    import shop.never
    from shop.cart import Basket as again, gone

    return __import__("shop.plugins.delta"), importlib.import_module("shop." + sys.argv[0])
