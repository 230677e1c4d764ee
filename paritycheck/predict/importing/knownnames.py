"""Import names of well-known distributions, and which names no distribution has to itself.

Source: the ``top_level.txt`` and ``RECORD`` of the distributions' own releases on PyPI, put together by
hand. What a name of a namespace package brings (``google.cloud.storage``) follows from the name
unless it stands here.
"""

from __future__ import annotations

# The module (of a namespace package the submodule), then what brings it, the most usual first.
_DIFFERENT = """
actstream django-activity-stream; attributecode aboutcode-toolkit; biscuit_auth biscuit-python; cluecode
scancode-toolkit; dal django-autocomplete-light; dal_alight django-autocomplete-light; dal_queryset_sequence
django-autocomplete-light; dal_select2 django-autocomplete-light; dal_select2_queryset_sequence
django-autocomplete-light; dal_select2_taggit django-autocomplete-light; djclick django-click; formattedcode
scancode-toolkit; licensedcode scancode-toolkit; packagedcode scancode-toolkit; patoolib patool; pyroscope
pyroscope-io; rest_framework_extensions drf-extensions; scancode scancode-toolkit; scancode_config
scancode-toolkit; slackviewer slack-export-viewer; splunklib splunk-sdk; summarycode scancode-toolkit;
templated_email django-templated-email; textcode scancode-toolkit;
hglib python-hglib; dogpile dogpile-cache; guppy guppy3;
absl absl-py; airflow apache-airflow; allauth django-allauth; ansible ansible-core ansible;
antlr4 antlr4-python3-runtime; apiclient google-api-python-client; arango python-arango;
argon2 argon2-cffi; atlassian atlassian-python-api; attr attrs; auditlog django-auditlog;
auth0 auth0-python; autogen autogen-agentchat pyautogen; axes django-axes;
azure.storage.filedatalake azure-storage-file-datalake; azure.storage.fileshare azure-storage-file-share;
background_task django-background-tasks; barcode python-barcode; bidi python-bidi;
brotli brotli brotlipy; bs4 beautifulsoup4; bson pymongo bson; bugzilla python-bugzilla; cairo pycairo;
captcha django-simple-captcha captcha; cassandra cassandra-driver scylla-driver;
cchardet cchardet faust-cchardet; chromadb chromadb chromadb-client;
cloudinary_storage django-cloudinary-storage; colorfield django-colorfield; compressor django-compressor;
constance django-constance; corsheaders django-cors-headers; crispy_forms django-crispy-forms;
crontab python-crontab crontab; Crypto pycryptodome; Cryptodome pycryptodomex; csp django-csp;
cv2 opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless;
daemon python-daemon; dateutil python-dateutil; dbus dbus-python; debug_toolbar django-debug-toolbar;
decouple python-decouple; digitalocean python-digitalocean;
discord discord-py py-cord discord-py-self nextcord; django_filters django-filter;
django_q django-q2 django-q; djcelery_email django-celery-email; djmoney django-money; dns dnspython;
docopt docopt docopt-ng; docx python-docx; dotenv python-dotenv;
elasticsearch_dsl elasticsearch-dsl elasticsearch; elftools pyelftools; engineio python-engineio;
environ django-environ environ-config; faiss faiss-cpu faiss-gpu; ffmpeg ffmpeg-python python-ffmpeg;
fitz pymupdf; flask_security flask-security flask-security-too; flaskext flask-mysql; gi pygobject;
git gitpython; github pygithub; github3 github3-py; gitlab python-gitlab; gnupg python-gnupg;
google.ads.googleads google-ads; google.api google-api-core googleapis-common-protos;
google.cloud.exceptions google-cloud-core; google.cloud.monitoring_v3 google-cloud-monitoring;
google.cloud.pubsub_v1 google-cloud-pubsub; google.cloud.run_v2 google-cloud-run;
google.cloud.secretmanager google-cloud-secret-manager; google.cloud.tasks_v2 google-cloud-tasks;
google.cloud.translate_v2 google-cloud-translate; google.iam google-api-core grpc-google-iam-v1;
google.longrunning googleapis-common-protos; google.oauth2 google-auth; google.protobuf protobuf;
google.rpc googleapis-common-protos; google.type googleapis-common-protos;
googleapiclient google-api-python-client; graphql graphql-core; grpc grpcio;
grpc_health grpcio-health-checking; grpc_reflection grpcio-reflection; grpc_status grpcio-status;
grpc_tools grpcio-tools; guardian django-guardian; hcaptcha django-hcaptcha; hcl2 python-hcl2;
health_check django-health-check; humps pyhumps; hydra hydra-core; i18n python-i18n;
ibm_boto3 ibm-cos-sdk; impersonate django-impersonate; import_export django-import-export;
jenkins python-jenkins; jks pyjks; jnius pyjnius; jose python-jose; jsonlogger python-json-logger;
jwt pyjwt; kafka kafka-python kafka-python-ng; keycloak python-keycloak; ldap python-ldap;
Levenshtein levenshtein python-levenshtein; llama_cpp llama-cpp-python;
llama_index llama-index llama-index-core; magic python-magic file-magic; markdown_it markdown-it-py;
markdownx django-markdownx; material mkdocs-material; mdx_math python-markdown-math; MeCab mecab-python3;
memcache python-memcached; model_utils django-model-utils; modelcluster django-modelcluster;
mpd python-mpd2; mptt django-mptt; msgpack msgpack msgpack-python; multipart python-multipart multipart;
mysql mysql-connector-python; mysql.connector mysql-connector-python; MySQLdb mysqlclient; nacl pynacl;
nmap python-nmap; nose nose pynose; oauth2_provider django-oauth-toolkit; odf odfpy;
onelogin python3-saml; opencc opencc opencc-python-reimplemented; OpenGL pyopengl;
opensearchpy opensearch-py; OpenSSL pyopenssl; opentelemetry._events opentelemetry-api;
opentelemetry._logs opentelemetry-api;
opentelemetry.baggage opentelemetry-api; opentelemetry.context opentelemetry-api;
opentelemetry.exporter.otlp opentelemetry-exporter-otlp-proto-grpc
opentelemetry-exporter-otlp-proto-http opentelemetry-exporter-otlp;
opentelemetry.instrumentation.auto_instrumentation opentelemetry-instrumentation;
opentelemetry.instrumentation.bootstrap opentelemetry-instrumentation;
opentelemetry.instrumentation.dependencies opentelemetry-instrumentation;
opentelemetry.instrumentation.distro opentelemetry-instrumentation;
opentelemetry.instrumentation.instrumentor opentelemetry-instrumentation;
opentelemetry.instrumentation.propagators opentelemetry-instrumentation;
opentelemetry.instrumentation.utils opentelemetry-instrumentation; ibm_db_dbi ibm-db;
rudder_analytics rudder-sdk-python;
opentelemetry.metrics opentelemetry-api; opentelemetry.propagate opentelemetry-api;
opentelemetry.semconv opentelemetry-semantic-conventions; opentelemetry.trace opentelemetry-api;
opentelemetry.util opentelemetry-api; osgeo gdal; otp_yubikey django-otp-yubikey; paho paho-mqtt;
pam python-pam; past future; pdfminer pdfminer-six; phonenumber_field django-phonenumber-field;
phonenumbers phonenumbers phonenumberslite; PIL pillow; pkcs11 python-pkcs11; pkg_resources setuptools;
playhouse peewee; polymorphic django-polymorphic; pptx python-pptx; progressbar progressbar2 progressbar;
proto proto-plus; psycopg psycopg psycopg-binary; psycopg2 psycopg2-binary psycopg2; pwiz peewee;
pydantic_ai pydantic-ai pydantic-ai-slim; pylab matplotlib; pymdownx pymdown-extensions;
pypandoc pypandoc pypandoc-binary; pysnmp pysnmp pysnmp-lextudio; pythoncom pywin32;
pythonjsonlogger python-json-logger; qbittorrentapi qbittorrent-api; rapidjson python-rapidjson;
ratelimit django-ratelimit ratelimit; redis_lock python-redis-lock; rest_framework djangorestframework;
rest_framework_simplejwt djangorestframework-simplejwt; reversion django-reversion;
rosetta django-rosetta; rpds rpds-py; saml2 pysaml2;
seleniumwire selenium-wire; serial pyserial; shapefile pyshp; simple_history django-simple-history;
skimage scikit-image; sklearn scikit-learn; sklearn_extra scikit-learn-extra; slack slackclient;
slugify python-slugify awesome-slugify; snappy python-snappy;
snowflake.connector snowflake-connector-python; social_core social-auth-core;
social_django social-auth-app-django; socketio python-socketio; socks pysocks; solo django-solo;
sorl sorl-thumbnail; speech_recognition speechrecognition; ssh2 ssh2-python; stdnum python-stdnum;
storages django-storages; strawberry strawberry-graphql; taggit django-taggit; tavily tavily-python;
telebot pytelegrambotapi; telegram python-telegram-bot;
tensorflow tensorflow tensorflow-cpu tensorflow-gpu; tlz toolz; treebeard django-treebeard;
TTS tts coqui-tts; two_factor django-two-factor-auth; umap umap-learn; usb pyusb; uwsgidecorators uwsgi;
validate_email py3-validate-email validate-email; vertexai google-cloud-aiplatform; vlc python-vlc;
waffle django-waffle; weaviate weaviate-client; websocket websocket-client; webview pywebview;
whisper openai-whisper; widget_tweaks django-widget-tweaks; win32api pywin32; win32con pywin32;
winrm pywinrm; wx wxpython; xdg pyxdg xdg; yaml pyyaml; zmq pyzmq;
"""

# Imported as they are called: knowing them tells that they bring nothing else, either.
_ALIKE = """
a2wsgi accelerate aio_pika aioboto3 aiobotocore aiocache aiodns aiodocker aiofiles aiogram aiohttp
aiohttp_cors aiomqtt aiomysql aioredis aiosmtplib aiosqlite alembic alibabacloud_credentials altair amqp
annotated_types annoy ansible_runner anthropic anyio appdirs apprise apscheduler arabic_reshaper argcomplete
argostranslate arrow asgiref astor async_timeout asyncpg asyncssh atomicwrites attrs authlib autobahn babel
babelfish backoff bcrypt billiard bitarray black bleach blinker bokeh boltons boto boto3 botocore bottle
cachetools cairocffi cairosvg catboost ccxt celery certifi cffi chardet charset_normalizer cheroot cherrypy
click clickhouse_connect clickhouse_driver cloudinary cloudpickle cloudscraper colorama coloredlogs colorlog
confluent_kafka connexion couchdb coverage crispy_bootstrap4 crispy_bootstrap5 cron_descriptor cryptography
cssselect cssutils ctranslate2 cx_Oracle cytoolz dash dask databases datasets dateparser deep_translator
defusedxml deluge_client deprecated diffusers dill diskcache distlib distro dj_database_url dj_rest_auth
django django_celery_beat django_celery_results django_extensions django_ftl django_htmx django_otp
django_prometheus django_redis django_rq django_tables2 djoser docker docutils docx2txt dramatiq
drf_spectacular drf_yasg duckdb duckduckgo_search ebooklib ecdsa edge_tts edgedb einops elasticsearch
email_validator environs enzyme et_xmlfile evaluate eventlet exceptiongroup executing extruct faker
fakeredis falcon fastapi fastapi_users fastavro faster_whisper fastmcp feedgen feedparser fido2 filelock
filetype fiona flake8 flask flask_admin flask_appbuilder flask_babel flask_bcrypt flask_caching
flask_compress flask_cors flask_httpauth flask_jwt_extended flask_limiter flask_login flask_mail
flask_marshmallow flask_migrate flask_openid flask_principal flask_restful flask_restx flask_session
flask_socketio flask_sqlalchemy flask_talisman flask_wtf flower fonttools freezegun frozenlist fsspec ftfy
furl future fuzzywuzzy gensim geopandas geopy gevent google_auth_httplib2 google_auth_oauthlib googletrans
gql gradio graphene graphene_django greenlet groq gspread gtts guessit gunicorn h11 h2 h5py hiredis hishel
hjson holidays hpack html2text html5lib httpcore httplib2 httptools httpx httpx_sse huey huggingface_hub
humanize hvac hypercorn hyperframe hypothesis ibm_db icalendar idna ijson imageio impacket
importlib_metadata importlib_resources inflect inflection influxdb_client invoke iptools IPython isodate
isort itsdangerous jaeger_client jedi jellyfish jieba jinja2 jiter jmespath joblib json_log_formatter
jsonpatch jsonpath_ng jsonpickle jsonpointer jsonschema jupyter kazoo keras keyring knowit kombu kornia
kubernetes langchain langchain_community langchain_core langchain_openai langdetect langfuse langgraph
langsmith lark lark_oapi ldap3 librosa libtorrent lightgbm limits litellm llvmlite locust logfire loguru
lxml lxml_html_clean lz4 magic_filter mailchimp_marketing mako mangum markdown markdown2 markdown_include
markdownify markupsafe marshmallow matplotlib mcp mcstatus mdurl minio minisbd mistune mkdocs mlflow
mongoengine more_itertools motor mss multidict mutagen mypy narwhals natsort neo4j nest_asyncio netaddr
netifaces networkx newrelic nicegui nltk notion_client ntlm_auth numba numexpr numpy oauth2client oauthlib
ollama onnx onnxruntime openai openapi_spec_validator openpyxl oracledb ordered_set orjson ormsgpack oss2
outcome packaging pandas paramiko parso passlib pathspec patsy pdfplumber peewee peft pendulum pexpect
pg8000 pgpy pgvector piexif pika pikepdf pinecone pip platformdirs playwright plexapi plotly pluggy polars
polib portalocker portpicker posthog prefect prettytable prometheus_client prometheus_fastapi_instrumentator
prompt_toolkit propcache psutil psycopg2cffi psycopg_pool ptyprocess pulsar pwdlib py_vapid pyarrow pyasn1
pyasn1_modules pyaudio pybind11 pycocotools pycountry pycparser pycurl pydantic pydantic_core
pydantic_settings pydash pydot pydub pyfiglet pygments pyinotify pylibmc pylint pymemcache pymilvus pymisp
pymongo pymssql pymysql pynput pyodbc pyotp pyparsing pypdf pypdf2 pyperclip pyproj pyquery pyrogram pysftp
pysrt pytesseract pytest pytest_asyncio pyttsx3 pytz pytz_deprecation_shim pyvips pyvirtualdisplay pyvis
pywebpush pyzbar pyzipper pyzstd qdrant_client qrcode quart rapidfuzz rarfile rasterio raven rdflib rebulk
redis regex reportlab requests requests_cache requests_html requests_mock requests_ntlm requests_oauthlib
requests_toolbelt responses retry rfc3339_validator rich rq rsa rtree s3transfer safetensors sanic scapy
schedule scipy scrapy seaborn segno selectolax selenium sendgrid sentence_transformers sentencepiece
sentry_sdk setproctitle setuptools shapely shellingham simple_parsing simple_salesforce simplejson six
slack_bolt slack_sdk slowapi sniffio snowballstemmer sortedcontainers sounddevice soundfile soupsieve spacy
sphinx sphinx_rtd_theme sqladmin sqlalchemy sqlalchemy_continuum sqlalchemy_utils sqlglot sqlmodel sqlparse
sse_starlette starlette starlette_context starlette_exporter starlette_prometheus statsd statsmodels stem
stevedore streamlit stripe structlog subliminal supabase supervisor svgwrite swagger_ui_bundle sympy
tabulate telethon tenacity termcolor textblob thefuzz tiktoken timm tinycss2 tinydb tinytag tldextract
tls_client tokenizers toml tomli tomlkit toolz toon_format torch torchaudio torchvision tornado tqdm
trafilatura traitlets transformers transmission_rpc tree_sitter trio tweepy twilio twine twisted txaio
typeguard typer typing_extensions typing_inspect typing_inspection tzdata tzlocal ua_parser ujson unidecode
unstructured unstructured_client uritemplate urllib3 user_agents uvicorn uvloop vine virtualenv vobject
voluptuous vosk w3lib wagtail wand watchdog watchfiles watchgod wcwidth weasyprint webauthn webcolors
webdriver_manager webencodings websockets wechatpy werkzeug wheel whitenoise wikipedia wrapt wsproto wtforms
xgboost xlrd xlsxwriter xmlsec xmltodict xxhash yarl youtube_dl youtube_transcript_api yt_dlp zeroconf zipp
zstandard zxcvbn
"""

# What lies in these is asked by submodule.
_NAMESPACES = """
azure azure.ai azure.data azure.keyvault azure.mgmt azure.monitor azure.storage backports flufl google
google.ads google.ai google.cloud jaraco opentelemetry opentelemetry.exporter opentelemetry.instrumentation
paste ruamel snowflake sphinxcontrib zope
"""
NAMESPACES = frozenset(_NAMESPACES.split())


def _read() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for entry in filter(None, map(str.strip, _DIFFERENT.split(";"))):
        module, *distributions = entry.split()
        table[module] = tuple(distributions)
    for module in _ALIKE.split():
        table[module] = (module.replace("_", "-").lower(),)
    return table


# Import name -> the distributions that bring it, names normalised (PEP 503).
KNOWN: dict[str, tuple[str, ...]] = _read()
