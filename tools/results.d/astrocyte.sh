# The astrocyte probe (docs/bandit.md, section 7.4.3): sustained arousal with scrambled rewards, and with a true change.
# Rates are such that a network without the path suffers; chosen on seeds 101 to 110.
column() {
    name=$1 less=$2
    shift 2
    measure "scrambled: no astrocyte" "$name" bandit --net models/astrocyte.yaml "$@" --ablate "$less,astrocyte"
    measure "scrambled: gain (lambda -1.2)" "$name" bandit --net models/astrocyte.yaml "$@" --ablate "$less"
    measure "scrambled: additive (lambda -0.5)" "$name" bandit --net models/astrocyte_additive.yaml "$@" --ablate "$less"
    measure "scrambled: eligibility (lambda -1.2)" "$name" bandit --net models/astrocyte_eligibility.yaml "$@" --ablate "$less"
    measure "scrambled: presynaptic (lambda 0.3)" "$name" bandit --net models/astrocyte_presynaptic.yaml "$@" --ablate "$less"
    measure "true change: no astrocyte" "$name" bandit --net models/astrocyte.yaml "$@" --ablate "$less,astrocyte" --set probe_shift=1
    measure "true change: gain (lambda -1.2)" "$name" bandit --net models/astrocyte.yaml "$@" --ablate "$less" --set probe_shift=1
    measure "true change: additive (lambda -0.5)" "$name" bandit --net models/astrocyte_additive.yaml "$@" --ablate "$less" --set probe_shift=1
    measure "true change: eligibility (lambda -1.2)" "$name" bandit --net models/astrocyte_eligibility.yaml "$@" --ablate "$less" --set probe_shift=1
    measure "true change: presynaptic (lambda 0.3)" "$name" bandit --net models/astrocyte_presynaptic.yaml "$@" --ablate "$less" --set probe_shift=1
}
if begin; then
    column reference baseline --target reference
    column loihi2 baseline --target loihi2
    column loihi local_attention --target loihi --set eta=0.02
    column spinnaker baseline --target spinnaker
fi
columns="reference|loihi2|loihi|spinnaker"
printf 'Share of optimal choices in the last 100 of 300 trials of arousal:\n\n'
table optimal_late_in_probe "$columns" probe
printf '\nThe same in the 50 trials after it, by the arms of before:\n\n'
table optimal_after_probe "$columns" probe
