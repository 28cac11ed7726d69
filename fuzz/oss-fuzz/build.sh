#!/bin/bash -eu
# Builds every fuzz target with its seeds, dictionary and options, as OSS-Fuzz and ClusterFuzzLite ask.
cd "$SRC/ucks/fuzz"
cargo fuzz build --release
./targets | while read -r target length; do
    cp "target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
    cp ucks.dict "$OUT/$target.dict"
    printf '[libfuzzer]\nmax_len = %s\ntimeout = 10\n' "$length" >"$OUT/$target.options"
    (cd "seeds/$target" && zip -q -r "$OUT/${target}_seed_corpus.zip" .)
done
