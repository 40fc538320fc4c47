"""Chooses the exporter that the settings name."""

from shared.settings import Settings
from shared.telemetry import Exporter, LogExporter


def make_exporter(settings: Settings) -> Exporter:
    """The exporter, with alerts to a webhook where one is set. Only the SDK of the one that is named is imported."""
    exporter = _inner(settings)
    if settings.alert_webhook_url:
        from shared.adapters.telemetry_webhook import AlertingExporter

        return AlertingExporter(exporter, settings.alert_webhook_url)
    return exporter


def _inner(settings: Settings) -> Exporter:
    if settings.telemetry_exporter == "azure_monitor" and settings.telemetry_connection_string:
        from shared.adapters.telemetry_azure_monitor import AzureMonitorExporter

        return AzureMonitorExporter(settings.telemetry_connection_string)
    if settings.telemetry_exporter == "opencensus" and settings.telemetry_connection_string:
        from shared.adapters.telemetry_opencensus import OpenCensusExporter

        return OpenCensusExporter(settings.telemetry_connection_string)
    return LogExporter()
