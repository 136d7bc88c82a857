"""An endgame table of chess: moves to mate with king and rook against king."""

from binary_kind import made


def rook_endgame():
    """Moves to mate with king and rook against king, for all squares and both sides: 255 where a
    position is not possible, 254 where it is drawn. Black is mated."""
    kings = [[t for t in range(64)
              if t != s and abs(t % 8 - s % 8) < 2 and abs(t // 8 - s // 8) < 2]
             for s in range(64)]

    def rook_moves(rook, king, other):
        for step, last in ((1, 7 - rook % 8), (-1, rook % 8), (8, 7 - rook // 8), (-8, rook // 8)):
            for k in range(1, last + 1):
                square = rook + k * step
                if square == king:
                    break
                yield square
                if square == other:
                    break
    attacks = {(rook, king): 0 for rook in range(64) for king in range(64)}
    for rook, king in attacks:
        attacks[rook, king] = set(rook_moves(rook, king, -1)) if rook != king else set()
    white = [255] * 64**3  # to move; index king, rook, black king
    black = [255] * 64**3
    replies, reached = {}, []
    for king in range(64):
        for rook in range(64):
            for other in range(64):
                if king == rook or rook == other or king == other or other in kings[king]:
                    continue
                index = (king * 64 + rook) * 64 + other
                black[index] = 254
                if other not in attacks[rook, king]:
                    white[index] = 254
                hit = attacks[rook, king]
                moves = [t for t in kings[other] if t not in kings[king] and t != king
                         and (t not in rook_free(rook, king, other, hit)) and
                         (t != rook or rook not in kings[king])]
                captures = rook in moves
                replies[index] = (len(moves), captures)
                if not moves and other in hit:
                    black[index] = 0
                    reached.append(index)
    depth = 0
    while reached:
        depth += 1
        wins = []
        for index in reached:
            king, rook, other = index >> 12, index >> 6 & 63, index & 63
            froms = [(k, rook) for k in kings[king] if k != rook and k != other]
            froms += [(king, r) for r in rook_moves(rook, king, other) if r != other]
            for k, r in froms:
                before = (k * 64 + r) * 64 + other
                if white[before] == 254:
                    white[before] = depth
                    wins.append(before)
        reached = []
        for index in wins:
            king, rook, other = index >> 12, index >> 6 & 63, index & 63
            for t in kings[other]:
                before = (king * 64 + rook) * 64 + t
                if black[before] != 254 or replies[before][1]:
                    continue
                count, captures = replies[before]
                replies[before] = (count - 1, captures)
                if count == 1:
                    black[before] = depth
                    reached.append(before)
    return bytes(white) + bytes(black)


def rook_free(rook, king, other, hit):
    """Squares that the rook attacks once the black king has left `other`."""
    if other not in hit:
        return hit
    step = other - rook
    unit = (8 if step > 0 else -8) if rook % 8 == other % 8 else (1 if step > 0 else -1)
    beyond, square = set(hit), other
    while True:
        following = square + unit
        if not 0 <= following < 64 or (abs(unit) == 1 and following // 8 != square // 8):
            return beyond
        if following == king:
            return beyond
        beyond.add(following)
        square = following


@made
def endgame_rook(_):
    return rook_endgame()
