"""Record leads, appointments and the sales pipeline."""

from __future__ import annotations

from anclora_otel import instruments
from anclora_otel._guard import guarded
from anclora_otel.catalogue import business as catalogue
from anclora_otel.catalogue.labels import AppointmentType, LeadQuality


@guarded
def record_lead(source: str, quality: LeadQuality) -> None:
    """
    Record a lead.

    Args:
        source: where it came from.
        quality: how promising it is.

    """
    instruments.current().counter(catalogue.BUSINESS_LEADS_CAPTURED).add(1, source, quality)


@guarded
def record_appointment(type: AppointmentType, source: str) -> None:  # noqa: A002 - the contract's name
    """
    Record an appointment.

    Args:
        type: its kind.
        source: where it came from.

    """
    instruments.current().counter(catalogue.BUSINESS_APPOINTMENTS_SCHEDULED).add(1, type, source)


@guarded
def record_property_inquiry(value_euros: float) -> None:
    """
    Record that a client asked about a property.

    Args:
        value_euros: its price in euros.

    """
    instruments.current().histogram(catalogue.BUSINESS_PROPERTY_INQUIRY_VALUE).record(value_euros)


@guarded
def set_sales_pipeline(stage: str, count: int) -> None:
    """
    Report how many deals are in a stage of the sales pipeline.

    Args:
        stage: the stage's name.
        count: number of deals.

    """
    instruments.current().gauge(catalogue.BUSINESS_SALES_PIPELINE).set(count, stage)
