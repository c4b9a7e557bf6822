# The pole on the cart (docs/cartpole.md), ten seeds: traces, and a network that does not learn.
[ "$HMN_SEEDS" -le 10 ] || HMN_SEEDS=10
column() {
    name=$1
    measure "fast and slow trace" "$name" cartpole --target "$name"
    measure "fast alone" "$name" cartpole --target "$name" --set k_slow=0
    measure "slow alone" "$name" cartpole --target "$name" --set k_fast=0 --set k_slow=0.05
    measure "no learning" "$name" cartpole --target "$name" --set eta=0 --set episodes=0
}
if begin; then
    for target in reference loihi2 loihi spinnaker; do
        column $target
    done
fi
columns="reference|loihi2|loihi|spinnaker"
printf 'Pushes, mean of 100 episodes with learning off, after 300 with learning on (10 seeds):\n\n'
table pushes "$columns" traces 1
printf '\nPushes in the last 100 episodes of learning:\n\n'
table pushes_last_100_learning "$columns" traces 1
printf '\nEpisodes of learning after which the last 100 came to 195 pushes (0: never):\n\n'
table solved_after "$columns" traces 0
