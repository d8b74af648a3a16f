"""Leads, appointments and sales."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue.metric import Kind, Metric

BUSINESS_LEADS_CAPTURED = Metric(
    "anclora.business.leads.captured",
    Kind.COUNTER,
    "{lead}",
    "leads captured",
    (labels.SOURCE, labels.QUALITY),
)
BUSINESS_APPOINTMENTS_SCHEDULED = Metric(
    "anclora.business.appointments.scheduled",
    Kind.COUNTER,
    "{appointment}",
    "appointments scheduled",
    (labels.APPOINTMENT_TYPE, labels.SOURCE),
)
BUSINESS_PROPERTY_INQUIRY_VALUE = Metric(
    "anclora.business.property.inquiry.value",
    Kind.HISTOGRAM,
    "euros",
    "price of the property that a client asked about",
    buckets=(100_000, 250_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000),
)
BUSINESS_SALES_PIPELINE = Metric(
    "anclora.business.sales.pipeline",
    Kind.GAUGE,
    "{deal}",
    "deals in each stage of the sales pipeline",
    (labels.STAGE,),
    observable=True,
    aggregate="max",
)
BUSINESS_HIGH_VALUE_SALES = Metric(
    "anclora.business.high_value.sales",
    Kind.COUNTER,
    "{sale}",
    "sales above the high-value limit, by default 5,000,000 euros",
)

METRICS = (
    BUSINESS_LEADS_CAPTURED,
    BUSINESS_APPOINTMENTS_SCHEDULED,
    BUSINESS_PROPERTY_INQUIRY_VALUE,
    BUSINESS_SALES_PIPELINE,
    BUSINESS_HIGH_VALUE_SALES,
)
"""The metrics of the domain, in the order of the contract."""
