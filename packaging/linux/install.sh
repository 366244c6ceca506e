#!/bin/sh
# Puts Mail First Aid into your own home, or with --system (as root) into /opt for everyone. Needs no Python.
#
#   ./install.sh [--system]
#   ./install.sh --uninstall [--system] [--remove-data]      the notebook and the settings stay unless asked for
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
system="" uninstall="" data=""
for word in "$@"; do
    case "$word" in
        --system) system=1 ;;
        --uninstall) uninstall=1 ;;
        --remove-data) data=1 ;;
        *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
    esac
done

if [ -n "$system" ]; then
    program=/opt/mail-first-aid bin=/usr/local/bin share=/usr/local/share
else
    share=${XDG_DATA_HOME:-$HOME/.local/share}
    program=$HOME/.local/lib/mail-first-aid bin=$HOME/.local/bin
fi

remove() {
    # Only a folder that this script made, and only our own files elsewhere.
    [ ! -e "$program/.mail-first-aid" ] || rm -rf "$program"
    [ "$(readlink "$bin/mail-first-aid" 2>/dev/null)" != "$program/mail-first-aid" ] || rm -f "$bin/mail-first-aid"
    rm -f "$share/applications/mail-first-aid.desktop" "$share"/metainfo/*MailFirstAid.metainfo.xml
    rm -f "$share"/icons/hicolor/*/apps/mail-first-aid.png "$share/icons/hicolor/scalable/apps/mail-first-aid.svg"
}

if [ -n "$uninstall" ]; then
    remove
    if [ -n "$data" ]; then
        rm -rf "${XDG_DATA_HOME:-$HOME/.local/share}/mail-first-aid" "${XDG_CONFIG_HOME:-$HOME/.config}/mail-first-aid"
    fi
    echo "Mail First Aid is removed."
    exit 0
fi

if [ -e "$program" ] && [ ! -e "$program/.mail-first-aid" ]; then
    echo "$program is there already and is not ours; nothing was changed." >&2
    exit 1
fi
remove
mkdir -p "$program" "$bin" "$share/applications" "$share/metainfo"
cp -R "$here/mail-first-aid/." "$program/"
: > "$program/.mail-first-aid"
ln -sf "$program/mail-first-aid" "$bin/mail-first-aid"
cp -R "$here/share/." "$share/"
# A path with blanks must be quoted in a desktop file; TryExec takes it as it is.
sed -i "s|^Exec=.*|Exec=\"$program/mail-first-aid\"|; s|^TryExec=.*|TryExec=$program/mail-first-aid|" \
    "$share/applications/mail-first-aid.desktop"
echo "Installed. Start it from the menu, or in a terminal: mail-first-aid"
case ":$PATH:" in *":$bin:"*) ;; *) echo "(In a terminal it is found once $bin is in PATH.)" ;; esac
