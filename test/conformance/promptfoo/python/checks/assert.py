"""Assertions of the conformance cases."""

import counting


def get_assert(output, context):
    return {"pass": len(output) > 3, "score": 0.75, "reason": "more than three letters"}


def shouted(output, context):
    return output.upper() == "HELLO"


async def later(output, context):
    return len(output) / 10


def counted(output, context):
    return counting.letters(output) == 5


def configured(output, context):
    return len(output) > context["config"]["limit"]
