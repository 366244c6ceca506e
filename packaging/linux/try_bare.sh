#!/bin/sh
# Tries the Linux archive where nothing is: a bare Debian 12 without Python, in a folder of its own. As root.
#
#   packaging/linux/try_bare.sh ARCHIVE [FOLDER]     FOLDER is kept for the next time; build/bare-debian if not given
#
# Installs the archive for everyone there, runs the program's self-test and the practice incident, and removes it again.
set -eu

archive=$(readlink -f "$1")
root=$(readlink -m "${2:-build/bare-debian}")
# What the C library's neighbours of a desktop bring: Qt loads these from the system, as every Qt program does.
needed="libgl1,libegl1"

if [ ! -e "$root/bin/sh" ]; then
    mkdir -p "$root"
    debootstrap --variant=minbase --include="$needed" bookworm "$root" > "$root.log" 2>&1 || { tail "$root.log" >&2; exit 1; }
fi
if [ -e "$root/usr/bin/python3" ]; then
    echo "$root has a Python: it proves nothing" >&2
    exit 1
fi
rm -rf "$root/root" && mkdir -p "$root/root/unpacked"
tar -xJf "$archive" -C "$root/root/unpacked" --strip-components=1

inside() { # a network of its own without any way out: the self-test needs none
    unshare --mount --net --pid --fork sh -c '
        mount -t proc proc "$0/proc" && ip link set lo up 2>/dev/null
        root=$0; shift 0
        exec chroot "$root" env -i HOME=/root PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 "$@"' "$root" "$@"
}

inside /root/unpacked/install.sh --system
said=$(inside mail-first-aid --self-test 2>&1) || { echo "$said" >&2; exit 1; }
if echo "$said" | grep -v "^self-test: "; then echo "unexpected output" >&2; exit 1; fi
echo "$said" | tail -n 1 | grep -qx "self-test: ok"
status=0
inside mail-first-aid practice --lang ja --json --pdf /root/practice.pdf > "$root/root/practice.json" 2> "$root/root/said" || status=$?
[ "$status" -eq 2 ] || { cat "$root/root/said" >&2; echo "practice ended with $status" >&2; exit 1; }
grep -q '"open_relay"' "$root/root/practice.json"
[ "$(head -c 5 "$root/root/practice.pdf")" = "%PDF-" ]
inside /root/unpacked/install.sh --uninstall --system
[ ! -e "$root/opt/mail-first-aid" ] && [ ! -e "$root/usr/local/bin/mail-first-aid" ]
echo "ok: bare Debian 12 without Python: installed, tested itself, practice incident with PDF, uninstalled"
