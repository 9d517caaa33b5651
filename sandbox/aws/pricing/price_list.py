"""The Pricing API for EC2's on-demand prices, with invented prices in AWS's format.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html and
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from botocore.loaders import create_loader

from sandbox.aws import moto_repairs
from sandbox.aws.paging import page
from sandbox.aws.pricing import invented_prices
from sandbox.aws.protocol import AwsError, Call, Reply, answer

SERVICE = "AmazonEC2"
# The Pricing API is served from these regions only:
# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
REGIONS = frozenset({"us-east-1", "eu-central-1", "ap-south-1"})
PAGE = 100
ON_DEMAND = "JRTCKXETXF"  # AWS's code for the on-demand offer term
HOURLY = "6YS6EN2CT7"  # and for its hourly price
FAMILIES = {
    "a": "General purpose",
    "c": "Compute optimized",
    "d": "Storage optimized",
    "f": "FPGA Instances",
    "g": "GPU instance",
    "h": "Storage optimized",
    "i": "Storage optimized",
    "inf": "Machine Learning ASIC Instances",
    "m": "General purpose",
    "p": "GPU instance",
    "r": "Memory optimized",
    "t": "General purpose",
    "trn": "Machine Learning ASIC Instances",
    "u": "Memory optimized",
    "x": "Memory optimized",
    "z": "Memory optimized",
}
# What a price depends on besides type and region: callers who omit one of these get several products, as on AWS.
# Operations: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
SYSTEMS = {
    "Linux": "RunInstances",
    "RHEL": "RunInstances:0010",
    "SUSE": "RunInstances:000g",
    "Windows": "RunInstances:0002",
}
TENANCIES = ("Shared", "Dedicated")
CAPACITIES = ("Used", "UnusedCapacityReservation", "AllocatedCapacityReservation")
USAGE = {
    "Used": "BoxUsage",
    "UnusedCapacityReservation": "UnusedBox",
    "AllocatedCapacityReservation": "Reservation",
}
INSTANCES = "Compute Instance"  # the family of products
NOTE = "sandbox price, not an AWS price"


def get_products(call: Call) -> Reply:
    """GetProducts of AmazonEC2."""
    _here(call)
    request = json.loads(call.body or b"{}")
    if request.get("ServiceCode") != SERVICE:
        return answer(call, {"FormatVersion": "aws_v1", "PriceList": []})
    listed = _price_list(tuple(sorted(_filters(request).items())))
    shown, token = page(listed, request.get("NextToken"), min(int(request.get("MaxResults") or PAGE), PAGE))
    return answer(call, {"FormatVersion": "aws_v1", "PriceList": list(shown), "NextToken": token})


def get_attribute_values(call: Call) -> Reply:
    """GetAttributeValues, for the attributes that callers filter by."""
    _here(call)
    request = json.loads(call.body or b"{}")
    values: dict[str, Sequence[str]] = {
        "instanceType": sorted(moto_repairs.instance_types()),
        "location": sorted(locations().values()),
        "regionCode": sorted(locations()),
        "operatingSystem": sorted(SYSTEMS),
        "tenancy": TENANCIES,
        "capacitystatus": CAPACITIES,
    }
    found = [{"Value": value} for value in values.get(request.get("AttributeName", ""), ())]
    shown, token = page(found, request.get("NextToken"), min(int(request.get("MaxResults") or PAGE), PAGE))
    return answer(call, {"AttributeValues": list(shown), "NextToken": token})


# Cached for all pages of a list, since it takes a second.
@lru_cache(maxsize=16)
def _price_list(filters: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The products that match a call's filters, each as JSON."""
    wanted = dict(filters)
    listed = itertools.chain(_products(wanted), _cpu_credits())
    return tuple(json.dumps(one) for one in listed if _fits(one["product"], wanted))


@cache
def locations() -> Mapping[str, str]:
    """Region code -> its name in the price list."""
    partitions = create_loader().load_data("endpoints")["partitions"]
    regions = next(one for one in partitions if one["partition"] == "aws")["regions"]
    return {code: str(region["description"]).replace("Europe", "EU") for code, region in regions.items()}


def _here(call: Call) -> None:
    if call.region not in REGIONS:
        raise AwsError(
            "InvalidSignatureException",
            f"The Pricing API is not served from {call.region}, only from {', '.join(sorted(REGIONS))}.",
        )


def _filters(request: Mapping[str, Any]) -> dict[str, str]:
    wanted = {}
    for one in request.get("Filters", ()):
        if one.get("Type", "TERM_MATCH") not in {"TERM_MATCH", "EQUALS"}:
            raise AwsError("InvalidParameterException", f"Filter type {one.get('Type')} is not supported.")
        wanted[one["Field"]] = one["Value"]
    return wanted


def _fits(product: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Fields and values are compared case-insensitively, as on AWS."""
    known = {key.lower(): value.lower() for key, value in product["attributes"].items()}
    known |= {"servicecode": SERVICE.lower(), "productfamily": product["productFamily"].lower()}
    return all(known.get(field.lower()) == value.lower() for field, value in wanted.items())


def _products(wanted: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The instances of the price list, already filtered by the fields that make it long."""
    if wanted.get("productFamily", INSTANCES).lower() != INSTANCES.lower():
        return
    variants = [
        variant
        for variant in itertools.product(SYSTEMS, TENANCIES, CAPACITIES)
        if wanted.get("operation", SYSTEMS[variant[0]]).lower() == SYSTEMS[variant[0]].lower()
        and all(
            wanted.get(field, value).lower() == value.lower()
            for field, value in zip(("operatingSystem", "tenancy", "capacitystatus"), variant, strict=True)
        )
    ]
    for region, location in sorted(locations().items()):
        if wanted.get("regionCode", region) != region or wanted.get("location", location) != location:
            continue
        for name in sorted(moto_repairs.regions_offering(region)):
            facts = moto_repairs.instance_type(name)
            if facts is None or wanted.get("instanceType", name) != name:
                continue
            for system, tenancy, capacity in variants:
                yield _product(facts, region, location, system, tenancy, capacity)


def _product(
    facts: Mapping[str, Any], region: str, location: str, system: str, tenancy: str, capacity: str
) -> dict[str, Any]:
    name = facts["InstanceType"]
    usage = USAGE[capacity] if tenancy == "Shared" else USAGE[capacity].replace("Box", "Dedicated")
    sku = hashlib.sha256("/".join((region, name, system, tenancy, capacity)).encode()).hexdigest()[:16].upper()
    price = invented_prices.on_demand(facts, region, system) * (1.06 if tenancy == "Dedicated" else 1)
    if capacity == "AllocatedCapacityReservation":
        price = 0.0
    family = name.split(".")[0]
    memory = int(facts["MemoryInfo"]["SizeInMiB"]) / 1024
    attributes = {
        "availabilityzone": "NA",
        "capacitystatus": capacity,
        "currentGeneration": "Yes" if facts.get("CurrentGeneration") else "No",
        "instanceFamily": _family(family),
        "instanceType": name,
        "licenseModel": "No License required",
        "location": location,
        "locationType": "AWS Region",
        "marketoption": "OnDemand",
        "memory": f"{memory:g} GiB",
        "networkPerformance": str(facts.get("NetworkInfo", {}).get("NetworkPerformance", "")),
        "operatingSystem": system,
        "operation": SYSTEMS[system],
        "physicalProcessor": str(facts["ProcessorInfo"].get("Manufacturer", "")),
        "preInstalledSw": "NA",
        "processorArchitecture": "64-bit",
        "regionCode": region,
        "sandbox": "true",
        "servicecode": SERVICE,
        "servicename": "Amazon Elastic Compute Cloud",
        "storage": "EBS only" if not facts.get("InstanceStorageSupported") else "NVMe SSD",
        "tenancy": tenancy,
        "usagetype": f"{usage}:{name}",
        "vcpu": str(facts["VCpuInfo"]["DefaultVCpus"]),
    }
    text = f"${price:.4f} per On Demand {system} {name} Instance Hour ({NOTE})"
    return _listed(INSTANCES, sku, attributes, "Hrs", price, text)


def _cpu_credits() -> Iterator[dict[str, Any]]:
    """What a vCPU-hour of surplus CPU credits costs, for each family; only us-east-1's usage types have no prefix.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html
    """
    for region, location in sorted(locations().items()):
        prefix = "" if region == "us-east-1" else region.upper().replace("-", "") + "-"
        for (family, price), system in itertools.product(invented_prices.CPU_CREDITS.items(), ("Linux", "Windows")):
            usd = price if system == "Linux" else invented_prices.CPU_CREDITS_WINDOWS
            sku = hashlib.sha256("/".join((region, family, system, "credits")).encode()).hexdigest()[:16].upper()
            attributes = {
                "instance": family.upper(),
                "location": location,
                "locationType": "AWS Region",
                "operatingSystem": system,
                "regionCode": region,
                "sandbox": "true",
                "servicecode": SERVICE,
                "servicename": "Amazon Elastic Compute Cloud",
                "usagetype": f"{prefix}CPUCredits:{family}",
            }
            text = f"${usd:.2f} per vCPU-Hour of {family.upper()} CPU Credits ({NOTE})"
            yield _listed("CPU Credits", sku, attributes, "vCPU-Hours", usd, text)


def _listed(
    family: str, sku: str, attributes: Mapping[str, str], unit: str, price: float, description: str
) -> dict[str, Any]:
    """An entry of the price list, on demand."""
    rate = f"{sku}.{ON_DEMAND}.{HOURLY}"
    return {
        "product": {"productFamily": family, "attributes": attributes, "sku": sku},
        "serviceCode": SERVICE,
        "terms": {
            "OnDemand": {
                f"{sku}.{ON_DEMAND}": {
                    "priceDimensions": {
                        rate: {
                            "unit": unit,
                            "endRange": "Inf",
                            "description": description,
                            "appliesTo": [],
                            "rateCode": rate,
                            "beginRange": "0",
                            "pricePerUnit": {"USD": f"{price:.10f}"},
                        }
                    },
                    "sku": sku,
                    "effectiveDate": "2026-01-01T00:00:00Z",
                    "offerTermCode": ON_DEMAND,
                    "termAttributes": {},
                }
            }
        },
        "version": "20260101000000",
        "publicationDate": "2026-01-01T00:00:00Z",
    }


def _family(name: str) -> str:
    letters = name.rstrip("-").rstrip("0123456789")
    for length in (3, 1):
        if letters[:length] in FAMILIES:
            return FAMILIES[letters[:length]]
    return "Compute optimized"
