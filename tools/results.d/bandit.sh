# The contextual bandit (docs/bandit.md): the worlds, all terms, rates as written. A world that changes needs neurons that
# go on trying: there homeostasis aims at 20 Hz. Without local attention (loihi) it needs twice the rate.
column() {
    name=$1 eta=$2
    shift 2
    changing="--set trials=1200 --set homeostasis_rate=20 --set eta=$eta"
    measure "stationary" "$name" bandit "$@"
    measure "spurious novelty" "$name" bandit "$@" --set spurious=0.02
    measure "stationary at 20 Hz" "$name" bandit "$@" --set homeostasis_rate=20
    # shellcheck disable=SC2086
    measure "reversal each 300 trials at 20 Hz" "$name" bandit "$@" $changing --set reversal=300
    measure "the same at 4 Hz" "$name" bandit "$@" --set trials=1200 --set "eta=$eta" --set reversal=300
    # shellcheck disable=SC2086
    measure "drift each 150 trials at 20 Hz" "$name" bandit "$@" $changing --set drift=150
}
if begin; then
    column reference 0.0096 --target reference
    column loihi2 0.0096 --target loihi2
    column loihi 0.02 --target loihi --ablate local_attention
    column spinnaker 0.0096 --target spinnaker
fi
columns="reference|loihi2|loihi|spinnaker"
printf 'Share of optimal choices in the last 100 trials:\n\n'
table optimal_last_100 "$columns" world
printf '\nThe same over all trials:\n\n'
table optimal_all "$columns" world
printf '\nRegret, in rewards (lowest seed):\n\n'
table regret "$columns" world 1
