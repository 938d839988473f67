#!/bin/bash
# Runs what the host asks for on the control channel, as root, one thing after another. Only test images hold this.
# The words of the channel stand in xtask/src/appliance/channel.rs.
set -u
room=$(mktemp -d /run/control.XXXXXX)
port=/dev/virtio-ports/vcconnect.control
# systemd itself would wait for a minute and a half, which an emulated machine on a busy host may need.
until [[ -e $port ]]; do sleep 0.2; done
exec 3<>"$port"
# What a reset broke off may stand before this.
printf '\nhello %s\n' "$(</proc/sys/kernel/random/boot_id)" >&3

# What the script itself starts in the background keeps neither the channel nor this loop.
run() {
    timeout --kill-after=10 "$1" bash "$room/script" </dev/null >"$room/out" 2>"$room/err" 3>&-
}

while read -r verb id first second <&3; do
    : >"$room/out"
    : >"$room/err"
    case $verb in
    run)
        base64 -d <<<"$second" >"$room/script"
        run "$first"
        ;;
    put)
        # Exactly as many bytes as were announced: what follows is the next request.
        head -c "$first" <&3 >"$room/file"
        path=$(base64 -d <<<"$second")
        mkdir -p "$(dirname "$path")" 2>"$room/err" && mv "$room/file" "$path" 2>>"$room/err"
        ;;
    *) continue ;;
    esac
    code=$?
    {
        printf 'done %s %s ' "$id" "$code"
        base64 -w0 "$room/out"
        printf ':'
        base64 -w0 "$room/err"
        printf '\n'
    } >&3
done
