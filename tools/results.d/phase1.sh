# Several tasks one after another (docs/continual.md): MNIST, so tools/get-data mnist first. A seed of five tasks takes a
# minute and more of a processor, so 5 seeds from 101 on where the usual 20 are asked for; 1 and 2 were used to tune.
[ "$HMN_FIRST.$HMN_SEEDS" != 1001.20 ] || HMN_FIRST=101 HMN_SEEDS=5
bench=${HMN_BENCH:-build/bench_continual}

# on_chip ROW NET OPTION..: a system on the chip. The row's name is its column too, so that --column measures it alone.
on_chip() {
    row=$1 net=$2
    shift 2
    measure "$row" "$row" continual --net "models/continual/$net.yaml" "$@"
}

# beside ROW OPTION..: a baseline, mean and interval by Student's t as in hmn task.
beside() {
    row=$1
    shift
    wanted "$row" || return 0
    "$bench" "$@" --seed "$HMN_FIRST" --seeds "$HMN_SEEDS" | baseline_lines "$row" "bench_continual $* --seed $HMN_FIRST --seeds $HMN_SEEDS" >>"$HMN_CSV"
}

# baseline_lines ROW COMMAND: lines of bench_continual -> lines of the file.
baseline_lines() {
    awk -F, -v row="$1" -v command="$2" '
        BEGIN {
            split("final_average current forgetting backward_transfer forward_transfer", name, " ")
            split("12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228", student, " ")
        }
        { n++; for (k = 1; k <= 5; k++) { x = $(k + 6); sum[k] += x; square[k] += x * x
            if (n == 1 || x < low[k]) low[k] = x; if (n == 1 || x > high[k]) high[k] = x } }
        END {
            t = n - 1 <= 10 ? student[n - 1] : 1.96 + 2.5 / (n - 1)
            for (k = 1; k <= 5; k++) {
                mean = sum[k] / n; variance = n > 1 ? (square[k] - n * mean * mean) / (n - 1) : 0
                printf "%s,%s,%s,%d,%.6g,%.6g,%.6g,%.6g,\"%s\"\n", row, row, name[k], n, mean,
                    n > 1 ? t * sqrt(variance > 0 ? variance : 0) / sqrt(n) : 0, low[k], high[k], command
            }
        }'
}

# across "NUMBER|NUMBER..": a line a row, a column a number: mean ± interval, seeds.
across() {
    awk -F, -v wanted="$1" '
        NR > 1 && !($1 in seen) { seen[$1] = 1; row[++rows] = $1 }
        NR > 1 { cell[$1, $3] = $4 > 1 ? sprintf("%.4f ± %.4f", $5, $6) : sprintf("%.4f", $5); seeds[$1] = $4 }
        END {
            n = split(wanted, number, "|")
            printf "| system | seeds |"
            for (k = 1; k <= n; k++) { head = number[k]; gsub(/_/, " ", head); printf " %s |", head }
            printf "\n|---|---|"
            for (k = 1; k <= n; k++) printf "---|"
            print ""
            for (i = 1; i <= rows; i++) {
                printf "| %s | %d |", row[i], seeds[row[i]]
                for (k = 1; k <= n; k++) printf " %s |", (row[i], number[k]) in cell ? cell[row[i], number[k]] : ""
                print ""
            }
        }' "$HMN_CSV"
}

# few N COMMAND..: the same of N seeds, for rows that take long.
few() {
    all=$HMN_SEEDS
    [ "$1" -gt "$HMN_SEEDS" ] || HMN_SEEDS=$1
    shift
    "$@"
    HMN_SEEDS=$all
}

once="--set ink=63 --set bright=255 --set tau=0.5 --set first=64 --set scale=4000 --set reach=1.25 --set race=96"
if begin; then
    on_chip "experts 5 x 2000" mnist
    few 3 on_chip "experts 5 x 4000" mnist --set n_hidden=4000
    on_chip "experts 5 x 2000; task cue" cue
    on_chip "experts 5 x 4000; basic three-factor rule; right or wrong only" reward
    few 3 on_chip "one readout 4000; two-phase rule" plain
    few 3 on_chip "one readout 4000; two-phase rule; pixels fire once" plain $once
    few 3 on_chip "one readout 4000; basic three-factor rule; right or wrong only" plain_reward
    few 2 on_chip "experts 10 x 2000; 10 tasks" mnist --set experts=10 --set tasks=10
    on_chip "split MNIST; one readout 4000; Hebb and leak" split
    beside "perceptron; plain descent" --method naive --rate 0.05
    beside "perceptron; EWC" --method ewc --rate 0.3 --lambda 30
    beside "perceptrons; one a task; task told" --method masked --rate 0.3
    few 3 beside "perceptron; plain descent; 10 tasks" --method naive --rate 0.05 --tasks 10
    few 3 beside "perceptron; EWC; 10 tasks" --method ewc --rate 0.3 --lambda 30 --tasks 10
    few 2 beside "perceptrons; one a task; task told; 10 tasks" --method masked --rate 0.3 --tasks 10
fi
across "final_average|current|forgetting|forward_transfer|routed_rightly"
