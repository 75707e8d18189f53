"""Prometheus and Grafana, in their words."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan.edge import Published
from generator.plan.service import HealthCheck
from generator.plan.vocabulary import Environment


@dataclass(frozen=True)
class ScrapeTarget:
    """One Prometheus target with the labels that say what it is."""

    address: str
    labels: Environment


@dataclass(frozen=True)
class ScrapeJob:
    """One Prometheus job."""

    name: str
    targets: tuple[ScrapeTarget, ...]


@dataclass(frozen=True)
class Prometheus:
    """The Prometheus of this deployment."""

    name: str
    image: str
    binary: str
    address: str
    port: int
    published: Published
    url: str
    retention: str
    scrape_interval: int
    jobs: tuple[ScrapeJob, ...]
    health: HealthCheck


@dataclass(frozen=True)
class Grafana:
    """Grafana with its data source and dashboards provisioned; Compose only."""

    name: str
    image: str
    address: str
    port: int
    published: Published
    url: str
    data_source_url: str
    health: HealthCheck
