# The commands of a day. `just` without a name lists them. https://just.systems

_list:
    @just --list --unsorted

# Buy a backup plan on a fake service
first:
    cargo run -p examples --example create_backup_plan

# Unit tests, black-box tests, examples, guide
test:
    cargo test

# Unit tests whose names contain a word: `just quick scrub`
quick name:
    cargo test --lib {{name}}

# One module of tests/it: `just it calls`
it module:
    cargo test --test it {{module}}

# Compile errors and the public API; builds the crate again
builds:
    cargo test -p builds

# Format, lints, spelling
lint:
    .ci/steps/lint

# Write the lists in docs/ and schemas/ again
docs:
    UPDATE_DOCS=1 cargo test --lib outcome
    UPDATE_DOCS=1 cargo test --test it -- coverage schemas messages
    UPDATE_DOCS=1 cargo test -p builds public_api

# Costs, next to the work that cannot be avoided
bench:
    cargo bench -p benches

# Journals and killed processes, with PostgreSQL and Redis
databases:
    .ci/services cargo test -p databases --test journals
    .ci/services cargo test -p databases --test chaos

# Fuzz one target for a minute: `just fuzz responses`
fuzz target:
    mkdir -p fuzz/corpus/{{target}}
    cargo +nightly fuzz run -s none {{target}} fuzz/corpus/{{target}} fuzz/seeds/{{target}} -- -max_total_time=60 -max_len=4096

# All that a change must pass, on a clean clone
ci:
    bash .ci/run
