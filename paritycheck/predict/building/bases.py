"""Which base images bring nothing of the project, so that an image nobody has read hides no module of it.

Names of public registries: Docker's official library, and publishers of runtimes and distributions.
Any other image may be the project's own, built from the same repository.
"""

from __future__ import annotations

import re

# A bare name that is none of these is an image that somebody built here: ``FROM base``.
_OFFICIAL = re.compile(
    r"""
    (?:docker\.io/|public\.ecr\.aws/docker/|mirror\.gcr\.io/)?(?:library/)? (?:
        almalinux | alpine | alt | amazoncorretto | amazonlinux | archlinux | bash | buildpack-deps | busybox
      | caddy | cassandra | centos | chromium | clearlinux | clojure | composer | couchdb | crux | dart
      | debian | docker | eclipse-temurin | elasticsearch | elixir | erlang | fedora | gcc | golang | gradle
      | groovy | haproxy | haskell | httpd | hylang | ibmjava | influxdb | java | jetty | jruby | julia
      | kibana | kong | logstash | mageia | mariadb | maven | memcached | mongo | mono | mysql | nats
      | neo4j | neurodebian | nginx | node | ol | openjdk | opensuse | oraclelinux | percona | perl | photon
      | php | postgres | pypy | python | r-base | rabbitmq | rakudo-star | rails | redis | rethinkdb
      | rockylinux | ros | ruby | rust | sapmachine | scratch | sl | solr | swift | swipl | tomcat | traefik
      | ubuntu | ubuntu-debootstrap | valkey | varnish | zookeeper
    ) (?![a-z0-9._/-])
    """,
    re.VERBOSE,
)
_PUBLISHERS = re.compile(
    r"""
    (?:docker\.io/)? (?:
        (?:amd64|arm32v7|arm64v8|i386)/ | continuumio/ | condaforge/ | mambaorg/ | nvidia/ | pytorch/
      | tensorflow/ | jupyter/ | bitnami/ | selenium/ | rayproject/ | huggingface/ | ollama/ | vllm/
      | pypy: | astral/ | ghcr\.io/astral-sh/ | ghcr\.io/prefix-dev/ | ghcr\.io/osgeo/
      | mcr\.microsoft\.com/ | nvcr\.io/nvidia/ | public\.ecr\.aws/(?:lambda|amazonlinux|ubuntu|debian)/
      | registry\.access\.redhat\.com/ | registry\.redhat\.io/ | registry\.fedoraproject\.org/
      | quay\.io/(?:pypa|fedora|centos|jupyter)/ | gcr\.io/distroless/ | cgr\.dev/chainguard/ | dhi\.io/
    )
    """,
    re.VERBOSE,
)


def may_hold_project(name: str) -> bool:
    """Tell whether an image of this name, not at hand, may hold modules of the project being built."""
    if name.startswith("localhost/"):
        return True
    return _OFFICIAL.match(name) is None and _PUBLISHERS.match(name) is None
