#!/bin/sh
# Runs the tests of this crate under the address and leak sanitizers, and under valgrind.
#
#   runtime/sanitize.sh              both
#   runtime/sanitize.sh asan         sanitizers only
#   runtime/sanitize.sh valgrind     valgrind only
#
# The property tests make fewer operations here; OPERATIONS says how many.
set -eu
cd "$(dirname "$0")"
what=${1:-both}
export SPP_MODEL_OPERATIONS="${OPERATIONS:-100000}"
target=$(rustc -vV | sed -n 's/^host: //p')
out=${CARGO_TARGET_DIR:-../target}

# The names of the test programs that a `cargo test` with these arguments would run.
programs() {
    cargo test -p spp-runtime --no-run --message-format=json "$@" 2>/dev/null |
        sed -n 's/.*"executable":"\([^"]*\)".*/\1/p'
}

if [ "$what" = asan ] || [ "$what" = both ]; then
    echo "== address and leak sanitizer"
    # Sizes that no machine has are to fail, as they do without the sanitizer.
    ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1 \
        RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address \
        cargo test -p spp-runtime --lib --tests --target "$target" --target-dir "$out/asan" --quiet
    echo "-- the C program"
    tmp=$out/asan/$target/tmp
    cc -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -I include tests/c/smoke.c \
        -o "$tmp/smoke" "$tmp/clib/debug/libspp_runtime.a" -lpthread -ldl -lm
    ASAN_OPTIONS=detect_leaks=1 "$tmp/smoke"
fi

if [ "$what" = valgrind ] || [ "$what" = both ]; then
    echo "== valgrind"
    export SPP_MODEL_OPERATIONS="${OPERATIONS:-50000}"
    list=$(programs --lib --test failures --test faults --test model --test model_arrays \
        --test model_heap --test model_frames --test threads --target-dir "$out/valgrind")
    [ -n "$list" ] || { echo "the tests do not build" >&2; exit 1; }
    for program in $list; do
        echo "-- $(basename "$program")"
        valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
            --show-leak-kinds=definite --track-origins=yes --fair-sched=yes "$program" --quiet --test-threads=1
    done
    echo "-- the C program"
    cargo test -p spp-runtime --test c_program --target-dir "$out/valgrind" --quiet
    for program in "$out"/valgrind/tmp/clib/smoke-*; do
        [ -x "$program" ] || continue
        valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
            --show-leak-kinds=definite "$program"
    done
fi
