# Each term of the rule off, on the stationary bandit (docs/bandit.md): the rate of each row chosen anew from three on seeds
# 101 to 104, on loihi2 as on the reference. Then negative controls, which are meant to fail.
terms="local_attention global_attention phase_gate probability_gate slow_trace fast_trace meta eta_local astrocyte \
homeostasis noise"
# `baseline` is off in any case, as no modulator has one
basic="local_attention,phase_gate,probability_gate,slow_trace,meta,eta_local,astrocyte"
rates="0.003 0.0096 0.03"

# at ROW COLUMN TARGET TUNED-ON TERMS [OPTION..]
at() {
    row=$1 column=$2 target=$3 on=$4 less=$5
    shift 5
    wanted "$column" || return 0
    if [ "$on" = "$target" ]; then
        eta=$(tuned eta "$rates" bandit --target "$on" --ablate "$less" "$@")
    else
        eta=$(sed -n "s/^$row,$on,.*eta=\([0-9.]*\).*/\1/p" "$HMN_CSV" | head -n 1)
    fi
    measure "$row" "$column" bandit --target "$target" --ablate "$less" "$@" --set "eta=${eta:-0.0096}"
}

# column NAME TARGET TUNED-ON ALWAYS-OFF
column() {
    name=$1 target=$2 on=$3 off=$4
    at "all terms" "$name" "$target" "$on" "$off"
    for term in $terms; do
        [ "$term" = "$off" ] || at "without $term" "$name" "$target" "$on" "$off,$term"
    done
    at "basic three-factor" "$name" "$target" "$on" "$off,$basic"
    at "basic; reward alone" "$name" "$target" "$on" "$off,$basic,global_attention" --set w_novelty=0 --set w_uncertainty=0
    measure "control: no homeostasis; rate not tuned" "$name" bandit --target "$target" --ablate "$off,homeostasis"
    measure "control: uniform attention; spurious novelty" "$name" bandit --target "$target" --ablate "$off,global_attention" \
        --set spurious=0.02
    at "control: no critic" "$name" "$target" "$on" "$off" --net models/bandit_raw.yaml
    [ "$target" = reference ] || at "control: rounding to nearest" "$name" "$target" "$target" "$off" --net models/bandit_nearest.yaml
}
if begin; then
    column reference reference reference baseline
    column loihi2 loihi2 reference baseline
    column loihi loihi loihi local_attention
    column spinnaker spinnaker spinnaker baseline
fi
columns="reference|loihi2|loihi|spinnaker"
printf 'Share of optimal choices in the last 100 of 600 trials:\n\n'
table optimal_last_100 "$columns"
printf '\nThe same over all trials:\n\n'
table optimal_all "$columns"
