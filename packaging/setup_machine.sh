#!/bin/sh
# Installs the Debian packages this project needs, if any is missing; says nothing when all are there.
#
#   packaging/setup_machine.sh run     what the app itself needs
#   packaging/setup_machine.sh test    that, and what the tests need
#   packaging/setup_machine.sh build   what the app needs, and what `make build` needs
#   packaging/setup_machine.sh windows that, and what `make build-windows-test` needs (wine, NSIS, mingw)
#
# Works as root or through sudo. Without either it names what is missing and fails. On a system without dpkg it names
# the packages and goes on. Services that come with a package (sshd, nsd, unbound) are neither started nor left enabled.
set -eu

RUN="python3-venv libglib2.0-0 libgl1 libegl1 libfontconfig1 libxkbcommon0 libdbus-1-3 libxkbcommon-x11-0
     libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 openssh-client"
# binutils is for the build; fonts so that screenshots show Japanese.
TEST="fail2ban debootstrap debian-archive-keyring iproute2 procps openssh-server sudo tcsh fish busybox nsd unbound xvfb xauth xdotool
      x11-utils rbldnsd poppler-utils fonts-noto-cjk binutils git desktop-file-utils appstream pflogsumm nftables
      openbox tint2 dbus at-spi2-core python3-gi gir1.2-atspi-2.0"

BUILD="binutils appstream desktop-file-utils debootstrap debian-archive-keyring"
WINDOWS="wine wine64 nsis gcc-mingw-w64-x86-64 locales"

case "${1:-}" in
    run) wanted=$RUN ;;
    test) wanted="$RUN $TEST" ;;
    build) wanted="$RUN $BUILD" ;;
    windows) wanted="$RUN $BUILD $WINDOWS" ;;
    *) echo "usage: $0 run|test|build|windows" >&2; exit 64 ;;
esac

if ! command -v dpkg-query >/dev/null; then
    echo "Not a Debian system: these packages, or your system's own of the same kind, are needed:" $wanted >&2
    exit 0
fi

# A package may also be there under a newer name that provides this one.
provided=$(dpkg-query -W -f '${db:Status-Status} ${Provides},\n')
missing=""
for package in $wanted; do
    case " $(dpkg-query -W -f '${db:Status-Status} ' "$package" 2>/dev/null || true)" in *" installed "*) continue ;; esac
    printf '%s' "$provided" | grep -q "^installed.* $package[ ,]" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    root=""
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    root="sudo"
else
    echo "These Debian packages are missing; as root run: apt-get install$missing" >&2
    exit 1
fi

# Debian starts a service the moment it is installed, unless this file says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null
    $root chmod 755 $policy
    trap '$root rm -f $policy' EXIT
    trap 'exit 130' INT TERM
fi

echo "Installing Debian packages:$missing" >&2
$root apt-get -q update >&2
$root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing >&2
for service in nsd unbound openssh-server fail2ban rbldnsd; do
    case "$missing " in *" $service "*) ;; *) continue ;; esac
    if [ -d /run/systemd/system ]; then
        $root systemctl --quiet disable "$([ $service = openssh-server ] && echo ssh || echo $service)"
    fi
done
