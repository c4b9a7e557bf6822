# `--timing fast` beside `cycle` (docs/timing.md): sums of work_ns of timing/steps.csv over the same steps, and the step
# that is furthest apart. Networks do not depend on --seed here: what is compared are two models of the same run.
steps=100

# sums DIR: sum and steps of work_ns -> file of one number a step.
work_of() { awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "work_ns") k = i; next } { print $k }' "$1/timing/steps.csv"; }

# pair ROW TARGET NET OPTION..: a line of the file: fast and cycle in ms, apart in per cent of cycle, largest step.
pair() {
    row=$1 target=$2 net=$3
    shift 3
    wanted "$target" || return 0
    work=$(mktemp -d)
    echo "$row, $target" >&2
    for mode in fast cycle; do
        if ! $hmn run "$net" --target "$target" "$@" --steps $steps --timing $mode --out "$work/$mode" --quiet >/dev/null 2>"$work/said"; then
            grep -m 1 error: "$work/said" >&2
            rm -rf "$work"
            return 0
        fi
        work_of "$work/$mode" >"$work/$mode.txt"
    done
    paste "$work/fast.txt" "$work/cycle.txt" | awk -v row="$row" -v target="$target" \
        -v command="hmn run $net --target $target $* --steps $steps --timing fast; cycle" '
        { fast += $1; cycle += $2; d = $2 ? ($1 > $2 ? $1 - $2 : $2 - $1) / $2 : 0; most = d > most ? d : most }
        END {
            printf "%s,%s,fast_ms,1,%.6g,0,%.6g,%.6g,\"%s\"\n", row, target, fast / 1e6, fast / 1e6, fast / 1e6, command
            printf "%s,%s,cycle_ms,1,%.6g,0,%.6g,%.6g,\"%s\"\n", row, target, cycle / 1e6, cycle / 1e6, cycle / 1e6, command
            printf "%s,%s,step_apart,1,%.6g,0,%.6g,%.6g,\"%s\"\n", row, target, most, most, most, command
        }' >>"$HMN_CSV"
    rm -rf "$work"
}

if begin; then
    for target in loihi loihi2 spinnaker; do
        [ $target = loihi ] && rest="--set v_reset=-65" || rest= # which loihi resets to
        # shellcheck disable=SC2086
        {
            pair W1 $target models/bench/w1.yaml $rest
            pair "W1d: delays of 1 to 15 ms" $target models/bench/w1.yaml --set delay_low=1 --set delay_high=15 $rest
            pair "W3: pair STDP" $target models/bench/w3.yaml $rest
            pair "W3r: eligibility and reward" $target models/bench/w3r.yaml $rest
        }
        pair "W4: 784-400-10" $target models/bench/w4.yaml
        pair digits $target models/digits.yaml
        for net in models/basics/*.yaml; do
            pair "$(basename "$net" .yaml)" $target "$net"
        done
    done
fi
awk -F, '
    NR > 1 && !($1 in seen) { seen[$1] = 1; row[++rows] = $1 }
    NR > 1 { value[$1, $2, $3] = $5; has[$1, $2] = 1 }
    END {
        n = split("loihi loihi2 spinnaker", target, " ")
        printf "| network |"
        for (k = 1; k <= n; k++) printf " %s: `fast`, `cycle` [ms] | apart | a step at most |", target[k]
        printf "\n|---|"
        for (k = 1; k <= n; k++) printf "---|---|---|"
        print ""
        for (i = 1; i <= rows; i++) {
            printf "| %s |", row[i]
            for (k = 1; k <= n; k++)
                if ((row[i], target[k]) in has) {
                    fast = value[row[i], target[k], "fast_ms"]; cycle = value[row[i], target[k], "cycle_ms"]
                    printf " %.4g, %.4g | %.1f %% | %.1f %% |", fast, cycle, cycle ? 100 * (fast > cycle ? fast - cycle : cycle - fast) / cycle : 0,
                        100 * value[row[i], target[k], "step_apart"]
                } else
                    printf "  |  |  |"
            print ""
        }
    }' "$HMN_CSV"
