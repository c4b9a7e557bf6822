# What each term of HMN is worth: networks with all terms (models/bandit.yaml, models/full), then each without one, the same
# seeds, and the difference of scores seed by seed. The rate of each variant is the best of three on seeds 101 to 104, for the
# maze and the cart after fewer trials, for shuffled digits on one task. A term that a network lacks has no row in its
# column.
terms="eta_global eta_local fast_trace slow_trace local_attention global_attention phase_gate probability_gate meta astrocyte \
homeostasis noise"
all=$(mktemp)
asked=$HMN_SEEDS

# column NAME TARGET TUNED-ON SEEDS "RATES" "OPTIONS TO TUNE" "TERMS THAT IT LACKS" TASK OPTION..: of equal rates the first is taken.
column() {
    name="$1 $2" target=$2 on=$3 most=$4 rates=$5 shorter=$6 lacks=$7
    shift 7
    wanted "$name" || return 0
    HMN_SEEDS=$asked
    [ "$asked" -le "$most" ] || HMN_SEEDS=$most
    rm -f "$all"
    for term in all $terms; do
        case " $lacks " in *" $term "*) continue ;; esac
        less=$(echo baseline $lacks | tr " " ,) # no network has a baseline
        [ "$term" = all ] && label="all terms" || { label="without $term"; less=$less,$term; }
        [ "$term" = all ] || picked "$label" || continue
        # shellcheck disable=SC2086
        eta=$(tuned eta "$rates" "$@" $shorter --target "$on" --ablate "$less")
        versus "$all" "$label" "$name" "$@" --target "$target" --ablate "$less" --set "eta=${eta:-${rates%% *}}"
    done
}

# columns TARGET TUNED-ON: where the bandit's rates are tuned; the others' are on the target.
columns() {
    column bandit "$1" "$2" 20 "0.0096 0.003 0.03" "" "" bandit
    column delayed "$1" "$1" 12 "0.05 0.02 0.1" "--set trials=250" "" delayed --net models/full/delayed.yaml
    column cart-pole "$1" "$1" 10 "0.5 0.2 1" "--set episodes=150 --set tests=50" "" cartpole --net models/full/cartpole.yaml
}
if begin; then
    columns loihi2 reference
    # the score is of the last test: those before it are kept short
    column permuted loihi2 loihi2 3 "80 40 160" "--set experts=1 --set tasks=1" "homeostasis noise" continual \
        --net models/full/permuted.yaml --set n_probe=10
    column split loihi2 loihi2 5 "2 0.5 8" "" "homeostasis noise" continual --net models/full/split.yaml --set n_probe=10
    columns reference reference
    columns spinnaker spinnaker
fi
rm -f "$all"
printf 'The score of all terms, and below it what it changes by when a term is off, on loihi2:\n\n'
differences "bandit loihi2|delayed loihi2|cart-pole loihi2|permuted loihi2|split loihi2"
printf '\nThe same on the reference and on spinnaker:\n\n'
differences "bandit reference|delayed reference|cart-pole reference|bandit spinnaker|delayed spinnaker|cart-pole spinnaker"
