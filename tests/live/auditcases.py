"""Small applications whose containers fail, each in a way of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

CONTAINERFILE = """FROM localhost/python:slim
WORKDIR /app
COPY shop shop
CMD ["python3", "-m", "shop.main"]
"""
MAIN = "from shop import prices\n\nprint(prices.load())\n"


@dataclass(frozen=True)
class Case:
    """Files of a checkout, how its container is run, and what the audit must say of the first failure."""

    name: str
    files: dict[str, str]
    explained: str
    reason: str
    code: str = ""
    lost: str = ""
    flags: tuple[str, ...] = field(default=())
    repair: str = ""


CASES = (
    Case(
        "missing-data",
        {
            "Containerfile": CONTAINERFILE,
            ".dockerignore": "**/data\n.git\n",
            "shop/__init__.py": "",
            "shop/main.py": MAIN,
            "shop/prices.py": "import json\nfrom pathlib import Path\n\n\ndef load() -> object:\n"
            "    return json.loads((Path(__file__).parent / 'data/prices.json').read_text())\n",
            "shop/data/prices.json": "{}\n",
        },
        explained="parity",
        reason="the ignore file keeps it out",
        code="PC109",
        lost="context",
        repair="!shop/data/prices.json",
    ),
    Case(
        "wrong-path",
        {
            "Containerfile": "FROM localhost/python:slim\nWORKDIR /app\nENV PYTHONPATH=/app/source\n"
            'COPY src src\nCOPY bin bin\nCMD ["python3", "bin/start.py"]\n',
            "bin/start.py": "import shop.main\n",
            "src/shop/__init__.py": "",
            "src/shop/main.py": "print('open')\n",
        },
        explained="parity",
        reason="from no directory of sys.path",
        code="PC107",
        lost="syspath",
    ),
    Case(
        "hidden",
        {
            "Containerfile": CONTAINERFILE,
            "shop/__init__.py": "",
            "shop/main.py": MAIN,
            "shop/prices.py": "from shop.rates import tables\n\n\ndef load() -> object:\n    return tables\n",
            "shop/rates/__init__.py": "",
            "shop/rates/tables.py": "RATES = {}\n",
        },
        explained="parity",
        reason="hides /app/shop/rates/",
        code="PC106",
        lost="mounted",
        flags=("-v", "{empty}:/app/shop/rates"),
    ),
    Case(
        "division",
        {
            "Containerfile": CONTAINERFILE,
            "shop/__init__.py": "",
            "shop/main.py": MAIN,
            "shop/prices.py": "def load() -> float:\n    return 1 / 0\n",
        },
        explained="none-of-ours",
        reason="shop/prices.py:2 raises it, and the file is the same in the checkout",
    ),
    Case(
        "distribution",
        {
            "Containerfile": "FROM localhost/python:slim\nWORKDIR /app\nCOPY requirements.txt ./\n"
            "RUN pip install --no-cache-dir -r requirements.txt\nCOPY shop shop\n"
            'CMD ["python3", "-m", "shop.main"]\n',
            "requirements.txt": "idna\n",
            "shop/__init__.py": "",
            "shop/main.py": MAIN,
            "shop/prices.py": "import yaml\n\n\ndef load() -> object:\n    return yaml.safe_load('[]')\n",
        },
        explained="parity",
        reason="pyyaml is not installed: no dependency file declares it",
        code="PC203",
        lost="tracked",
        repair="add `pyyaml` to requirements.txt",
    ),
    Case(
        "library",
        {
            "Containerfile": CONTAINERFILE,
            "shop/__init__.py": "",
            "shop/main.py": MAIN,
            "shop/prices.py": "from ctypes import CDLL\n\n\n"
            "def load() -> object:\n    return CDLL('libGL.so.1')\n",
        },
        explained="parity",
        reason="no directory of the container holds libGL.so.1",
        code="PC207",
        lost="image",
        repair="libgl1",
    ),
)
