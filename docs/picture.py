"""A picture of a terminal: reads output with ANSI colours, writes an SVG.

    script -qec "env COLUMNS=96 ucks run embedded:names-not-unique-while-connected --seed 1 2>/dev/null" /dev/null |
        python3 docs/picture.py 'ucks run …' > docs/finding.svg
"""

import html
import re
import sys

WIDTH, LINE, MARGIN = 8.43, 19, 18
NBSP = "\u00a0"
COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "36": "#79c0ff"}
STYLES = {"1": "font-weight:bold", "2": "opacity:.6"}


def spans(line):
    """Pieces of a line: column, text, style."""
    column, codes = 0, []
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        if code := re.fullmatch(r"\x1b\[([0-9;]*)m", piece):
            for number in code[1].split(";"):
                codes = [] if number in ("", "0") else [*codes, number]
        elif piece:
            colour = [f"fill:{COLOURS[c]}" for c in codes if c in COLOURS]
            yield column, piece, ";".join(colour + [STYLES[c] for c in codes if c in STYLES])
            column += len(piece)


def main():
    text = sys.stdin.read().replace("\r\n", "\n")
    lines = text.strip("\n").split("\n")
    lines.insert(0, f"\x1b[32m$\x1b[0m {sys.argv[1]}")
    bare = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    width = round(max(map(len, bare)) * WIDTH + 2 * MARGIN)
    height = len(lines) * LINE + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">')
    print(f'<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>')
    print('<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14" fill="#e6edf3">')
    for row, line in enumerate(lines):
        y = MARGIN + row * LINE + 14
        for column, piece, style in spans(line):
            if piece.strip():
                lead = len(piece) - len(piece.lstrip(" "))
                shown = piece.strip(" ")
                x = MARGIN + (column + lead) * WIDTH
                styled = f' style="{style}"' if style else ""
                length = f' textLength="{len(shown) * WIDTH:.1f}"' if len(shown) > 1 else ""
                print(f'<text x="{x:.1f}" y="{y}"{length}{styled}>{html.escape(shown.replace(" ", NBSP), quote=False)}</text>')
    print("</g></svg>")


main()
