# The maze (docs/delayed.md): traces at half a second and at one, the rate of the latter doubled. A rate that is ten times
# higher does not help the fast trace alone.
column() {
    name=$1
    longer="--set delay=1000 --set eta=0.1"
    measure "500 ms: fast and slow trace" "$name" delayed --target "$name"
    measure "500 ms: slow alone" "$name" delayed --target "$name" --set k_fast=0
    measure "500 ms: fast alone" "$name" delayed --target "$name" --set k_slow=0
    measure "500 ms: fast alone at ten times the rate" "$name" delayed --target "$name" --set k_slow=0 --set eta=0.5
    # shellcheck disable=SC2086
    measure "1000 ms: fast and slow trace" "$name" delayed --target "$name" $longer
    # shellcheck disable=SC2086
    measure "1000 ms: slow alone" "$name" delayed --target "$name" $longer --set k_fast=0
    # shellcheck disable=SC2086
    measure "1000 ms: fast alone" "$name" delayed --target "$name" $longer --set k_slow=0
    measure "T-maze (2 arms) 500 ms: fast and slow trace" "$name" delayed --target "$name" --set arms=2
    measure "T-maze (2 arms) 500 ms: fast alone" "$name" delayed --target "$name" --set arms=2 --set k_slow=0
}
if begin; then
    for target in reference loihi2 loihi spinnaker; do
        column $target
    done
fi
columns="reference|loihi2|loihi|spinnaker"
printf 'Share of right choices in the last 100 of 400 trials:\n\n'
table right_last_100 "$columns" "delay and traces"
printf '\nThe same over all trials:\n\n'
table right_all "$columns" "delay and traces"
