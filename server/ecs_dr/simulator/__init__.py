"""A small Alibaba Cloud on this machine: enough of ECS and VPC to practise a recovery against.

It is an independent witness of how the cloud behaves, so it shares nothing with the product but the types
of the seam (`ecs_dr.cloud.transport`). What it does not simulate it says loudly (`NotSimulated`).
"""
