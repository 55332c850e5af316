#!/bin/sh
# Installs fablab-kiosk on a Raspberry Pi or any Debian; run again, it updates.
#
#   sudo systemd/install.sh --kiosk SITE.toml [--browser]    a lab
#   sudo systemd/install.sh --central SITE.toml              the central store
#   sudo systemd/install.sh --uninstall                      journals and keys stay
#
#   --dry-run      say every step, do none
#   --wheel FILE   install this wheel instead of the folder this script is in
#   --prefix DIR   where versions go (/opt/fablab); `current` points to the one in use
#   --root DIR     put the files under DIR and start nothing: for an image, and for tests
#
# The version before stays beside the new one: to go back, point `current` to it and
# restart. A relay that holds a print is left alone: the keeper is restarted only when
# nothing is held.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
prefix=/opt/fablab root='' wheel='' site='' role='' browser='' dry='' uninstall=''
python=${PYTHON:-python3}

stop() {
    echo "install.sh: $*" >&2
    exit 2
}
# Does a step, or says it.
step() {
    if [ -n "$dry" ]; then echo "would: $*"; else "$@"; fi
}

while [ $# -gt 0 ]; do
    case $1 in
    --kiosk | --central)
        [ -z "$role" ] || stop "--kiosk or --central: expected one of them, once"
        role=${1#--} site=${2:-}
        [ -f "$site" ] || stop "$1 ${site:-(nothing)}: expected a site file"
        shift
        ;;
    --prefix) prefix=${2:-} && shift ;;
    --root) root=${2:-} && shift ;;
    --wheel)
        wheel=${2:-} && shift
        [ -f "$wheel" ] || stop "--wheel $wheel: no such file"
        ;;
    --browser) browser=yes ;;
    --dry-run) dry=yes ;;
    --uninstall) uninstall=yes ;;
    *) stop "$1: expected --kiosk FILE, --central FILE, --browser, --wheel, --prefix, --root, --dry-run or --uninstall" ;;
    esac
    shift
done
[ -n "$role$uninstall" ] || stop "expected --kiosk SITE.toml, --central SITE.toml or --uninstall"
[ -n "$dry$root" ] || [ "$(id -u)" = 0 ] || stop "root is needed: sudo $0 …, or --dry-run to see"
case $prefix in /*) ;; *) stop "--prefix $prefix: expected a path from /" ;; esac

etc=/etc/fablab state=/var/lib/fablab user=fablab file=site.toml
units="fablab-relays fablab-kiosk"
if [ "$role" = central ]; then
    etc=/etc/fablab-central state=/var/lib/fablab-central user=fablab-central file=central.toml
    units=fablab-central
fi
[ -z "$browser" ] || units="$units fablab-browser"

# systemctl, unless files are only laid under --root.
tell_systemd() {
    [ -n "$root" ] || step systemctl "$@"
}

copy() { # FILE PLACE
    step mkdir -p "$(dirname "$root$2")"
    step cp "$1" "$root$2"
}

if [ -n "$uninstall" ]; then
    for unit in fablab-browser fablab-kiosk fablab-relays fablab-central; do
        [ -e "$root/etc/systemd/system/$unit.service" ] || continue
        tell_systemd disable --now "$unit"
        step rm -f "$root/etc/systemd/system/$unit.service"
    done
    for left in sysusers.d/fablab.conf udev/rules.d/70-fablab.rules modules-load.d/fablab.conf \
        chromium/policies/managed/fablab.json; do
        step rm -f "$root/etc/$left"
    done
    step rm -f "$root/usr/local/bin/fablab"
    step rm -rf "$root$prefix"
    tell_systemd daemon-reload
    echo "Uninstalled. Journals in /var/lib/fablab* and keys in /etc/fablab* stay; remove them by hand."
    exit 0
fi

# 1. The program, in a folder of its version.
source=${wheel:-$(dirname "$here")}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/../pyproject.toml" 2>/dev/null || true)
if [ -n "$wheel" ]; then
    version=$(basename "$wheel" | cut -d- -f2)
fi
[ -n "$version" ] || stop "$source: no version found; expected a checkout, or --wheel FILE"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    stop "$python: expected Python 3.11 or newer (apt install python3 python3-venv)"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    stop "$python has no venv module: apt install python3-venv"
place=$prefix/$version
extra=''
case $(uname -m) in aarch64 | armv7l) extra=pi ;; esac
# Reports and notices as PDF are made at the central alone.
[ "$role" != central ] || extra=${extra:+$extra,}pdf
# python3-lgpio of Raspberry Pi OS is seen from inside, where PyPI has no wheel.
[ -x "$root$place/bin/python" ] || step "$python" -m venv --system-site-packages "$root$place"
step "$root$place/bin/python" -m pip install --quiet --upgrade "$source${extra:+[$extra]}"
# Every script of a venv names its interpreter; under --root that is the final path.
if [ -n "$root" ] && [ -z "$dry" ]; then
    sed -i "1s|$root$place|$place|" "$root$place/bin/fablab"
fi

# 2. What it reads: the site, checked first; keys are put there by hand.
step "$root$place/bin/python" -I -m kiosk check --site "$site"
step install -d -m 0750 "$root$etc" "$root$state"
if [ "$(readlink -f "$site")" != "$(readlink -f "$root$etc/$file" || true)" ]; then
    step install -m 0640 "$site" "$root$etc/$file"
fi
if [ ! -e "$root$etc/badge-key" ]; then
    echo "install.sh: $etc/badge-key is not there yet: copy the association's key, the same in every lab"
fi

# 3. Users, device rules, units.
copy "$here/pi/sysusers.conf" /etc/sysusers.d/fablab.conf
copy "$here/pi/udev.rules" /etc/udev/rules.d/70-fablab.rules
copy "$here/pi/modules.conf" /etc/modules-load.d/fablab.conf
[ -z "$browser" ] || copy "$here/pi/chromium.json" /etc/chromium/policies/managed/fablab.json
rendered=$(mktemp -d)
trap 'rm -rf "$rendered"' EXIT
(cd "$here/.." && "$python" -m systemd.render --prefix "$prefix" --etc "$etc" \
    --secrets "$root$etc" --out "$rendered")
for unit in $units; do
    copy "$rendered/$unit.service" "/etc/systemd/system/$unit.service"
done
if [ -z "$root" ]; then
    step systemd-sysusers
    step chown -R "$user:$user" "$state"
    step chgrp -R "$user" "$etc"
    step chmod -R o= "$etc" # keys
    step udevadm control --reload
fi

# 4. Outputs that a dead process leaves fall back to inputs.
for boot in /boot/firmware/config.txt /boot/config.txt; do
    if [ -f "$root$boot" ] && [ ! -L "$root$boot" ]; then
        grep -q '^dtparam=strict_gpiod' "$root$boot" ||
            step sh -c "printf '\n# A relay must not outlive its keeper.\ndtparam=strict_gpiod\n' >> '$root$boot'"
        break
    fi
done

# 5. The switch, and the start. The keeper first, if nothing is held by the one that runs.
step ln -sfn "$place" "$root$prefix/current.new"
step mv -T "$root$prefix/current.new" "$root$prefix/current"
step install -d "$root/usr/local/bin"
step ln -sfn "$prefix/current/bin/fablab" "$root/usr/local/bin/fablab"
tell_systemd daemon-reload
for unit in $units; do
    tell_systemd enable "$unit"
    [ "$unit" = fablab-relays ] || tell_systemd restart "$unit"
done
[ "$role" = central ] || tell_systemd start fablab-relays
echo "Installed $version in $place."
if [ "$role" = kiosk ]; then
    echo "The relay keeper that runs is left as it is. When nothing is printing: systemctl restart fablab-relays"
fi
