"""The roundings that study.py compares: name -> plan."""
from rounding import INPUTS, MATRICES, plan_of

# All of an integer engine but the planes of the matrices' inputs.
ENGINE = dict(weights=8, query=2, key=1, rotated_key=1, value=1, rope=15, score=10,
              probability=15, activation=9, norm=16, residual=8, output=16, logit=10)


def engine(**changes):
    return plan_of(**{**ENGINE, **changes})


def inputs(*two_planes):
    """Two planes for the inputs named, one for the others."""
    return {f"input__{i}": 2 if i in two_planes else 1 for i in INPUTS}


def single():
    """One operation at a time."""
    plans = {f"weights of {m}": {f"weights.{m}": 8} for m in MATRICES}
    plans["weights"] = plan_of(weights=8)
    plans.update({f"input of {i}, 1 plane": {f"input.{i}": 1} for i in INPUTS})
    plans["inputs, 1 plane"] = plan_of(inputs=1)
    plans["inputs, 2 planes"] = plan_of(inputs=2)
    for place, choices in (("query", (1, 2)), ("key", (1,)), ("rotated_key", (1,)), ("value", (1,)),
                           ("rope", (15, 12)), ("score", (10, 8, 6)), ("probability", (15, 12, 8)),
                           ("activation", (10, 9, 8)), ("norm", (16, 12)), ("residual", (8, 4, 2)),
                           ("output", (16, 14, 12)), ("logit", (10, 8, 6))):
        plans.update({f"{place} {choice}": plan_of(**{place: choice}) for choice in choices})
    plans["key, value 1, both of the key"] = plan_of(key=1, rotated_key=1, value=1)
    plans["value 1, probability 15"] = plan_of(value=1, probability=15)
    return plans


def together():
    """The whole engine, by the inputs that have two planes."""
    plans = {"engine, exact inputs": engine(),
             "engine, exact inputs and weights":
                 {k: v for k, v in engine().items() if not k.startswith("weights")}}
    for two in ((), ("down",), ("down", "o"), ("down", "head"), ("down", "head", "qkv"),
                ("down", "head", "gate_up"), ("down", "head", "qkv", "gate_up"), INPUTS):
        plans["engine, 2 planes: " + (", ".join(two) or "none")] = engine(**inputs(*two))
    late = {f"input.gate_up.{i}": 2 for i in range(25, 30)}
    name = "engine, residual 10, activation 8, 2 planes: down, head, qkv, gate_up from layer 25"
    plans[name] = {
        **engine(**inputs("down", "head", "qkv"), residual=10, activation=8), **late}
    return plans


def by_layers(layers, group=5):
    """One plane for some layers' inputs alone."""
    plans = {}
    for place in ("qkv", "gate_up", "down"):
        for begin in range(0, layers, group):
            some = range(begin, min(begin + group, layers))
            plans[f"input of {place} in layers {some[0]} to {some[-1]}, 1 plane"] = {
                f"input.{place}.{i}": 1 for i in some}
    return plans


def folded():
    """What a folding is judged by."""
    plans = {"exact": {}, "weights": plan_of(weights=8),
             "weights, best scale": plan_of(weights="best")}
    plans.update({f"input of {i}, 1 plane": {f"input.{i}": 1} for i in ("qkv", "gate_up", "head")})
    for two in ((), ("down",), ("down", "head"), ("down", "head", "qkv"),
                ("down", "head", "gate_up"), ("down", "head", "qkv", "gate_up")):
        name = "engine, 2 planes: " + (", ".join(two) or "none")
        plans[name] = engine(**inputs(*two))
        plans[name + "; best scale"] = engine(**inputs(*two), weights="best")
    return plans


# Foldings of the weights, each a list of steps: "rotate", "rotate everywhere", or what smoothing
# (folding.smooth) takes: strength, places, and whether by powers of two.
FOLDINGS = {
    "none": [],
    "smooth 0.5": [(0.5, ("qkv", "gate_up"), True)],
    "rotate": ["rotate"],
    "rotate everywhere": ["rotate everywhere"],
    "smooth 0.5, any factor": [(0.5, ("qkv", "gate_up"), False)],
    "smooth 0.5, any factor, head too": [(0.5, ("qkv", "gate_up", "head"), False)],
}
