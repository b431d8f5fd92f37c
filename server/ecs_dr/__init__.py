"""Guided disaster recovery of an Alibaba Cloud ECS instance into another availability zone."""

__version__ = "0.2.0"
