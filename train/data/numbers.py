#!/usr/bin/env python3
"""usage: train/data/numbers.py OUT [MEGABYTES]

Writes synthetic JSON documents of numbers to OUT (8 MB, deterministic): meshes, map outlines, time
series, tables of records and matrices, in the layouts of common JSON writers. Their regularities
(running indices, faces that repeat the vertices of their neighbours, aligned decimal points) are
common to such files and rare in text.
"""
import json
import math
import random
import sys

LAYOUTS = (
    {"separators": (",", ":")},
    {"separators": (", ", ": ")},
    {"indent": 1}, {"indent": 2}, {"indent": 4},
    {"indent": 4, "separators": (", ", ": ")},
    {"indent": 8, "separators": (", ", " : ")},
    {"indent": "\t"},
)
MESH_KEYS = (("vertices", "normals", "faces"), ("positions", "normals", "indices"),
             ("vertexPositions", "vertexNormals", "indices"), ("v", "vn", "f"))
RECORD_KEYS = ("id", "x", "y", "width", "height", "count", "mean", "score", "lat", "lon", "rank",
               "total", "min", "max", "year")


def surface(chance, across, down):
    """The points of a bent tube of across x down vertices, and its normals."""
    radius, height = chance.uniform(0.5, 50), chance.uniform(0.5, 80)
    digits = chance.choice((3, 4, 6, 9, 12))
    bends, phase = chance.choice((1, 2, 3)), chance.uniform(0, 6)
    points, normals = [], []
    for row in range(down):
        for column in range(across):
            turn = 2 * math.pi * column / across
            wave = 1 + 0.3 * math.sin(bends * row / down * math.pi + phase)
            x, z = radius * wave * math.cos(turn), radius * wave * math.sin(turn)
            y = height * row / down
            size = math.sqrt(x * x + z * z)
            points += [round(value, digits) for value in (x, y, z)]
            normals += [round(value, digits) for value in (x / size, 0.1 * wave, z / size)]
    return points, normals


def faces(chance, across, down):
    """Triangles or quads of vertex numbers, one- or two-sided, by rows or by strips."""
    start, two_sided = chance.choice((0, 0, 1)), chance.random() < 0.5
    quads = chance.random() < 0.3
    order, skip = chance.choice((0, 1, 2)), chance.choice((0, 0, 0.02, 0.1))
    result = []
    for row in range(down - 1):
        for column in range(across - 1):
            if chance.random() < skip:
                continue
            a = start + row * across + column
            c = a + across
            b, d = (a + 1, c + 1) if order < 2 else (c, a + 1)
            if quads:
                shapes = [[a, b, d, c]]
            else:
                shapes = [[a, b, c], [c, b, d]] if order else [[a, c, b], [b, c, d]]
            for shape in shapes:
                result.append(shape)
                if two_sided:
                    result.append(shape[::-1] if order else [shape[0], shape[2], shape[1]])
    return result


def strip_faces(chance):
    """Faces of a mesh that was made point by point: near numbers, each new vertex one higher."""
    newest, two_sided = 3, chance.random() < 0.6
    recent, result = [0, 1, 2], []
    for _ in range(chance.randrange(200, 4000)):
        if chance.random() < 0.6:
            recent = recent[-chance.choice((2, 5, 9, 12)):] + [newest]
            newest += 1
        a, b = chance.sample(recent[:-1], 2) if len(recent) > 2 else (0, 1)
        result.append([a, b, recent[-1]])
        if two_sided:
            result.append([recent[-1], b, a])
    return result


def mesh(chance):
    across, down = chance.randrange(3, 40), chance.randrange(3, 60)
    points, normals = surface(chance, across, down)
    shapes = strip_faces(chance) if chance.random() < 0.4 else faces(chance, across, down)
    indices = [index for shape in shapes for index in shape] if chance.random() < 0.7 else shapes
    return dict(zip(chance.choice(MESH_KEYS), (points, normals, indices)))


def outline(chance):
    x, y = chance.uniform(-180, 180), chance.uniform(-80, 80)
    digits = chance.choice((2, 4, 5, 6, 14))
    features = []
    for number in range(chance.randrange(1, 12)):
        ring = []
        for _ in range(chance.randrange(5, 200)):
            x, y = x + chance.gauss(0, 0.05), y + chance.gauss(0, 0.05)
            ring.append([round(x, digits), round(y, digits)])
        geometry = {"type": "Polygon", "coordinates": [ring + ring[:1]]}
        properties = {"code": chance.randrange(1000)}
        features.append({"type": "Feature", "id": number, "properties": properties,
                         "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def series(chance):
    now = chance.randrange(10**9, 17 * 10**8)
    step = chance.choice((1, 10, 60, 300, 3600, 86400))
    level, digits = chance.uniform(-5, 500), chance.choice((0, 1, 2, 3, 6))
    unit = chance.choice((1, 1000))
    values = []
    for _ in range(chance.randrange(50, 1500)):
        now, level = now + step, level + chance.gauss(0, 0.5)
        values.append([now * unit, round(level, digits) if digits else int(level)])
    if chance.random() < 0.5:
        name = chance.choice(("cpu", "load", "price", "temperature"))
        return {"name": name, "data": values}
    return [{"time": time, "value": value} for time, value in values]


def records(chance):
    keys = chance.sample(RECORD_KEYS, chance.randrange(3, 8))
    kinds = [chance.randrange(3) for _ in keys]
    rows = []
    for number in range(chance.randrange(20, 500)):
        makers = (lambda: number, lambda: chance.randrange(1000),
                  lambda: round(chance.gauss(0, 9), 3))
        rows.append({key: makers[kind]() for key, kind in zip(keys, kinds)})
    return rows


def matrix(chance):
    width, digits = chance.randrange(3, 60), chance.choice((1, 3, 6, 16))
    return {"shape": [width, width], "data": [
        [round(math.exp(-abs(row - column) / 5) * chance.uniform(0.9, 1), digits)
         for column in range(width)] for row in range(width)]}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    most = int(float(sys.argv[2] if len(sys.argv) > 2 else 8) * 1e6)
    chance = random.Random(1)
    with open(sys.argv[1], "wb") as out:
        while out.tell() < most:
            value = chance.choice((mesh, mesh, mesh, outline, series, records, matrix))(chance)
            text = json.dumps(value, **chance.choice(LAYOUTS))
            out.write(text[:262144].encode() + b"\0")
        print(f"{sys.argv[1]}: {out.tell()} bytes")


if __name__ == "__main__":
    main()
