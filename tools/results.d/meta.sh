# Meta-learning of the rate from one 17 times too high, a good one and one 17 times too low, beside the same rate fixed
# (docs/bandit.md): 2000 trials of the stationary bandit, its last 100. Step, reach and window of SPSA chosen on seeds 101
# to 110; REINFORCE, which steps after each window and not after each other, has half the step.
column() {
    name=$1
    shift
    for eta in 0.16 0.0096 0.00056; do
        set_to="--set trials=2000 --set eta=$eta --set meta_window=25 --set meta_step=12 --set meta_reach=1"
        off=astrocyte
        # shellcheck disable=SC2086
        {
            measure "eta $eta: fixed" "$name" bandit "$@" --ablate $off,meta --set trials=2000 --set eta=$eta
            measure "eta $eta: SPSA" "$name" bandit "$@" --ablate $off $set_to
            measure "eta $eta: REINFORCE" "$name" bandit --net models/bandit_reinforce.yaml "$@" --ablate $off $set_to --set meta_step=6
            measure "eta $eta: finite differences" "$name" bandit --net models/bandit_difference.yaml "$@" --ablate $off $set_to
        }
    done
    # what is there to gain: an astrocyte that knows the good rate, from trial 1000 on (arms move by 4 of 4: not at all)
    measure "eta 0.16: lowered 17 times at trial 1000" "$name" bandit "$@" --ablate meta --set trials=2000 --set eta=0.16 \
        --set probe_from=1000 --set probe_until=2000 --set probe_shift=4 --set lambda=-0.949
}
if begin; then
    column reference --target reference
    column loihi2 --target loihi2
fi
printf 'Share of optimal choices in the last 100 of 2000 trials:\n\n'
table optimal_last_100 "reference|loihi2" start
printf '\nThe same over all trials:\n\n'
table optimal_all "reference|loihi2" start
